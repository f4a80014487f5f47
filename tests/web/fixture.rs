//! Answers of the server, as JSON.

use serde_json::{Value, json};

pub const CHANNEL: &str = "chat_feed_general";
pub const VIEWER: &str = "user_ada";

/// A message as REST tells it, posted so many minutes ago.
pub fn message(id: &str, user: &str, minutes_ago: u32, content: &str) -> Value {
    let at = timestamp(minutes_ago);
    json!({
        "id": id, "content": content, "created_at": at, "updated_at": at, "is_edited": false,
        "is_pinned": false, "mentions": [], "mentions_everyone": false, "message_type": "regular",
        "poll": null, "poll_votes": [], "reaction_counts": [], "replying_to_message_id": null,
        "user": {"id": user, "name": null, "username": user.trim_start_matches("user_")},
    })
}

/// `count` messages with ids that go up with the time, newest first, the newest so many minutes ago.
pub fn messages(first: u32, count: u32, newest_minutes_ago: u32) -> Vec<Value> {
    (0..count)
        .rev()
        .map(|index| {
            let number = first + index;
            let id = format!("msg_{number:05}");
            let words = "some words ".repeat(usize::try_from(number % 7).unwrap());
            let user = if number.is_multiple_of(5) {
                "user_bob"
            } else {
                "user_chen"
            };
            message(
                &id,
                user,
                newest_minutes_ago + count - index,
                &format!("number {number} {words}"),
            )
        })
        .collect()
}

/// A message as a live frame tells it, posted just now.
pub fn post(id: &str, user: &str, content: &str) -> Value {
    let at = timestamp(0);
    let at = js_sys::Date::new(&at.into()).get_time();
    json!({"feedEntity": {"dmsPost": {
        "entityId": id, "createdAt": at, "updatedAt": at, "Deleted": false, "feedId": CHANNEL,
        "feedType": "chat_feed", "userId": user, "isEdited": false, "content": content,
        "messageType": "REGULAR", "postReactionCounts": [],
        "user": {"id": user, "username": user.trim_start_matches("user_")},
    }}, "createdAt": at})
}

/// A page, newest first.
pub fn page(messages: &[Value], cursor: Option<&str>) -> Value {
    json!({"data": messages, "page_info": {
        "end_cursor": cursor, "start_cursor": null, "has_next_page": cursor.is_some(), "has_previous_page": false,
    }})
}

/// What `POST /session` answers.
pub fn session(messages: &[Value], cursor: Option<&str>) -> Value {
    let expires_at: String = js_sys::Date::new(&(js_sys::Date::now() + 3_600_000.0).into())
        .to_iso_string()
        .into();
    json!({
        "token": {"token": "token-1", "expires_at": expires_at},
        "renewal": "renewal-1",
        "user": {"id": VIEWER, "name": "Ada", "username": "ada"},
        "channel": {
            "id": CHANNEL, "who_can_post": "everyone", "who_can_react": "everyone",
            "experience": {"id": "exp_general", "name": "General"},
        },
        "permissions": {"access_level": "customer", "can_post": true, "can_react": true, "can_moderate": false},
        "messages": page(messages, cursor),
        "socket": {"path": "/_whop/ws/v1/websockets/connect", "protocols": []},
        "server_time": js_sys::Date::now(),
    })
}

fn timestamp(minutes_ago: u32) -> String {
    let millis = js_sys::Date::now() - f64::from(minutes_ago) * 60_000.0;
    js_sys::Date::new(&millis.into()).to_iso_string().into()
}
