//! `@whop/sdk` 0.0.42, `resources/*.d.ts`: every field of every entity.

use crate::{survives, survives_the_future};
use serde_json::{Value, json};
use wire::rest::*;

pub(crate) fn message() -> Value {
    json!({
        "id": "msg_01hz",
        "content": "**Hello** @ada :heart:",
        "created_at": "2023-12-01T05:00:00.401Z",
        "updated_at": "2023-12-01T05:00:00.401+00:00",
        "is_edited": true,
        "is_pinned": false,
        "mentions": ["user_ada"],
        "mentions_everyone": false,
        "message_type": "regular",
        "poll": { "options": [{ "id": "1", "text": "Yes" }, { "id": "2", "text": "No" }] },
        "poll_votes": [{ "option_id": "1", "count": 42 }, { "option_id": null, "count": 0 }],
        "reaction_counts": [{ "emoji": ":heart:", "count": 3 }, { "emoji": "❤️", "count": 1 }, { "emoji": null, "count": 9 }],
        "replying_to_message_id": "msg_01hy",
        "user": { "id": "user_ada", "name": "Ada", "username": "ada" },
        "view_count": 120,
        "attachments": [{
            "id": "file_1", "url": "https://assets.whop.com/1.jpg", "filename": "1.jpg",
            "content_type": "image/jpeg", "width": 800, "height": 600
        }]
    })
}

#[test]
fn message_with_everything() {
    survives_the_future::<Message>(&message());
}

#[test]
fn message_with_nothing() {
    survives_the_future::<Message>(&json!({
        "id": "TXNnLTE=", "content": null, "created_at": "2023-12-01T05:00:00Z", "updated_at": "2023-12-01T05:00:00Z",
        "is_edited": false, "is_pinned": false, "mentions": [], "mentions_everyone": false,
        "message_type": "system", "poll": null, "poll_votes": [], "reaction_counts": [],
        "replying_to_message_id": null, "user": { "id": "user_x", "name": null, "username": "x" },
        "view_count": null
    }));
}

#[test]
fn poll_whose_options_are_null() {
    survives::<Poll>(&json!({ "options": null }));
}

#[test]
fn user_with_a_picture_in_a_message() {
    survives_the_future::<UserReference>(&json!({
        "id": "user_ada", "name": "Ada", "username": "ada", "profile_picture": { "url": "https://assets.whop.com/a.png" }
    }));
}

#[test]
fn message_create_and_update() {
    survives::<MessageCreate>(&json!({
        "channel_id": "exp_general", "content": "Hi", "attachments": [{ "id": "file_1" }],
        "poll": { "options": [{ "id": "1", "text": "A" }, { "id": "2", "text": "B" }] },
        "replying_to_message_id": "msg_1", "auto_detect_links": true
    }));
    survives::<MessageCreate>(&json!({ "channel_id": "chat_feed_1", "content": "" }));
    survives::<MessageUpdate>(&json!({ "content": "new", "attachments": [], "is_pinned": true }));
    survives::<MessageUpdate>(&json!({}));
}

#[test]
fn reaction() {
    let user = json!({ "id": "user_bob", "name": null, "username": "bob" });
    survives_the_future::<Reaction>(&json!({
        "id": "reac_1", "emoji": ":heart:", "resource_id": "msg_1", "user": user
    }));
    survives_the_future::<Reaction>(&json!({
        "id": "reac_2", "emoji": null, "resource_id": "msg_1", "user": user, "poll_option_id": "2"
    }));
    survives::<ReactionCreate>(&json!({ "resource_id": "msg_1", "emoji": "👏🏽" }));
    survives::<ReactionCreate>(&json!({ "resource_id": "msg_1", "poll_option_id": "1" }));
}

#[test]
fn chat_channel() {
    survives_the_future::<ChatChannel>(&json!({
        "id": "chat_feed_1", "ban_media": false, "ban_urls": true, "banned_words": ["spam", "Viagra®"],
        "user_posts_cooldown_seconds": 30, "who_can_post": "everyone", "who_can_react": "no_one",
        "experience": { "id": "exp_1", "name": "General" }
    }));
    survives::<ChatChannel>(&json!({
        "id": "channel_1", "ban_media": false, "ban_urls": false, "banned_words": [],
        "user_posts_cooldown_seconds": null, "who_can_post": "admins", "who_can_react": "everyone",
        "experience": { "id": "exp_1", "name": "" }
    }));
    survives::<ChatChannelUpdate>(&json!({
        "ban_media": true, "ban_urls": false, "banned_words": [], "user_posts_cooldown_seconds": 5,
        "who_can_post": "everyone", "who_can_react": "everyone"
    }));
    survives::<ChatChannelUpdate>(&json!({}));
}

#[test]
fn access_token() {
    survives_the_future::<AccessToken>(&json!({
        "token": "eyJhbGciOiJFUzI1NiJ9.e30.c2ln", "expires_at": "2023-12-01T05:00:00.401Z"
    }));
    survives::<AccessTokenCreate>(&json!({
        "company_id": "biz_1", "user_id": "user_1", "scoped_actions": ["chat:read", "chat:message:create"],
        "expires_at": "2023-12-01T05:00:00.401Z"
    }));
    survives::<AccessTokenCreate>(&json!({}));
}

#[test]
fn a_token_is_not_in_debug_output() {
    let token: AccessToken = serde_json::from_value(json!({
        "token": "secret-token", "expires_at": "2023-12-01T05:00:00Z"
    }))
    .unwrap();
    assert!(!format!("{token:?}").contains("secret-token"));
}

#[test]
fn user_with_all_that_the_sdk_lists() {
    survives_the_future::<User>(&json!({
        "id": "user_1", "name": null, "username": "one", "bio": "Hello", "created_at": "2023-12-01T05:00:00.401Z",
        "profile_picture": { "url": null }, "balance": null, "balance_history": null, "earnings_usd": null,
        "verification": {}, "whop_partner_enabled_at": null
    }));
}

#[test]
fn access_check() {
    survives_the_future::<AccessCheck>(&json!({ "has_access": true, "access_level": "customer" }));
}

#[test]
fn experience() {
    survives_the_future::<Experience>(&json!({
        "id": "exp_1", "name": "Chat", "created_at": "2023-12-01T05:00:00.401Z", "order": "123.45", "is_public": true,
        "image": null, "app": { "id": "app_1", "name": "Chat", "icon": { "url": null } },
        "company": { "id": "biz_1", "route": "pickaxe", "title": "Pickaxe" }, "products": []
    }));
}

#[test]
fn file() {
    survives_the_future::<File>(&json!({
        "id": "file_1", "content_type": "image/jpeg", "filename": "a.jpg", "size": "6942069", "upload_status": "ready",
        "url": "https://assets.whop.com/a.jpg", "visibility": "public", "upload_url": null, "upload_headers": null
    }));
    survives::<File>(&json!({
        "id": "file_1", "content_type": null, "filename": null, "size": null, "upload_status": "pending",
        "url": null, "visibility": "private", "upload_url": "https://s3.example/put?X-Amz=1",
        "upload_headers": { "x-amz-acl": "private" }
    }));
}

#[test]
fn page() {
    survives::<Page<Message>>(&json!({
        "data": [message()],
        "page_info": {
            "end_cursor": "Mg", "start_cursor": "MQ", "has_next_page": true, "has_previous_page": false
        }
    }));
    survives_the_future::<PageInfo>(&json!({
        "end_cursor": null, "start_cursor": null, "has_next_page": false, "has_previous_page": false
    }));
}

#[test]
fn error() {
    let body = json!({ "error": { "type": "not_found", "message": "No such channel" } });
    survives_the_future::<ErrorBody>(&body);
    let made = ErrorBody::new("not_found", "No such channel");
    assert_eq!(serde_json::to_value(made).unwrap(), body);
}
