//! `POST /session`, this project's own route.

use crate::{rest, survives};
use serde_json::json;
use wire::session::{CompanySession, Session, SessionRequest};

#[test]
fn request() {
    survives::<SessionRequest>(&json!({ "channel_id": "exp_1", "with_messages": true }));
    survives::<SessionRequest>(&json!({
        "channel_id": "chat_feed_1", "assertion": "a.b.c", "renewal": "r", "with_messages": false
    }));
}

#[test]
fn of_a_company() {
    survives::<SessionRequest>(&json!({ "company_id": "biz_1", "with_messages": false }));
    survives::<CompanySession>(&json!({
        "token": { "token": "a.b.c", "expires_at": "2023-12-01T05:00:00.401Z" }, "renewal": "",
        "company_id": "biz_1", "user": { "id": "user_ada", "name": "Ada", "username": "ada" },
        "server_time": 1_701_406_800_401_i64
    }));
}

#[test]
fn answer() {
    survives::<Session>(&json!({
        "token": { "token": "a.b.c", "expires_at": "2023-12-01T05:00:00.401Z" },
        "renewal": "r",
        "user": { "id": "user_ada", "name": "Ada", "username": "ada" },
        "channel": {
            "id": "chat_feed_1", "ban_media": false, "ban_urls": false, "banned_words": [],
            "user_posts_cooldown_seconds": null, "who_can_post": "everyone", "who_can_react": "everyone",
            "experience": { "id": "exp_1", "name": "General" }
        },
        "permissions": {
            "access_level": "customer", "can_post": true, "can_react": true, "can_moderate": false
        },
        "messages": {
            "data": [rest::message()],
            "page_info": {
                "end_cursor": "a", "start_cursor": "b", "has_next_page": true, "has_previous_page": false
            }
        },
        "socket": { "path": "/_whop/ws/v1/websockets/connect?join_experience=exp_1", "protocols": ["p"] },
        "server_time": 1_701_406_800_401_i64
    }));
}

#[test]
fn secrets_are_not_in_debug_output() {
    let request: SessionRequest = serde_json::from_value(json!({
        "channel_id": "exp_1", "assertion": "secret-a", "renewal": "secret-r"
    }))
    .unwrap();
    assert!(!format!("{request:?}").contains("secret"));
}
