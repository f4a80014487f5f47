//! A frame's message and a route's message are the same message.

use crate::socket::dms_post;
use serde_json::{Value, from_value, json, to_value};
use wire::rest::MessageType;
use wire::socket::DmsPost;

fn message(post: Value) -> Value {
    let post: DmsPost = from_value(post).unwrap();
    to_value(post.into_message()).unwrap()
}

#[test]
fn everything_is_carried_over() {
    assert_eq!(
        message(dms_post()),
        json!({
            "id": "msg_1", "content": "**Hello**", "created_at": "2023-12-01T05:00:00.401Z",
            "updated_at": "2023-12-01T05:01:40.000Z", "is_edited": true, "is_pinned": true, "mentions": ["user_bob"],
            "mentions_everyone": true, "message_type": "REGULAR_BUT_NEW",
            "poll": { "options": [{ "id": "1", "text": "Yes" }] },
            "poll_votes": [{ "option_id": "1", "count": 2 }],
            "reaction_counts": [{ "emoji": ":heart:", "count": 3 }],
            "replying_to_message_id": "msg_0",
            "user": {
                "id": "user_ada", "name": "Ada", "username": "ada",
                "profile_picture": { "url": "https://assets.whop.com/a.png" }
            },
            "view_count": 12,
            "attachments": [
                {
                    "id": "file_1", "url": "https://assets.whop.com/1.jpg", "filename": "1.jpg",
                    "content_type": "image/jpeg", "width": 800, "height": 600, "byte_size": 1234,
                    "blurhash": "LEHV6nWB2yk8"
                },
                {
                    "id": "file_3", "url": "https://assets.whop.com/1.mp4", "filename": "1.mp4",
                    "content_type": "video/mp4", "width": 1920, "height": 1080, "byte_size": 5678
                },
                {
                    "id": "", "url": "https://giphy.example/1.gif", "filename": "hi",
                    "content_type": "image/gif", "width": 10, "height": 20
                }
            ]
        })
    );
}

#[test]
fn what_is_empty_is_nothing() {
    let message = message(json!({
        "entityId": "msg_1", "userId": "user_ada", "files": [{ "id": "file_1", "image": { "width": 0, "height": 9 } }],
        "user": { "id": "user_ada", "name": "", "username": "ada" }
    }));
    assert_eq!(message["content"], json!(null));
    assert_eq!(message["replying_to_message_id"], json!(null));
    assert_eq!(message["user"]["name"], json!(null));
    assert_eq!(message["message_type"], json!(MessageType::Regular));
    let attachment = &message["attachments"][0];
    assert_eq!(
        (attachment.get("width"), &attachment["url"]),
        (None, &json!(null))
    );
}

#[test]
fn without_a_user_the_id_remains() {
    let message = message(json!({ "entityId": "msg_1", "userId": "user_ada", "content": "plain" }));
    assert_eq!(message["user"]["id"], "user_ada");
    assert_eq!(message["content"], "plain");
    assert!(message.get("attachments").is_none());
}
