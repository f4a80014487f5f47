//! Who is muted says nothing for a while.

use crate::whop::{As, QUIET, Whop, assert_error};
use reqwest::StatusCode;
use serde_json::{Value, json};

async fn mute(whop: &Whop, seconds: i64) {
    let body = json!({"channel_id": "exp_quiet", "user_id": "user_bob", "seconds": seconds});
    whop.control("mute", body).await;
}

async fn post(whop: &Whop, channel: &str) -> (StatusCode, Value) {
    let body = json!({"channel_id": channel, "content": "may I?"});
    whop.post("/api/v1/messages", As::Behalf("user_bob"), body)
        .await
}

#[tokio::test]
async fn a_muted_member_neither_posts_nor_edits_until_it_is_lifted() {
    let whop = Whop::start().await;
    let mut ada = whop
        .browser_socket("user_ada", "join_experience=exp_quiet")
        .await;
    ada.subscription("exp_quiet").await;
    let old = whop.say(QUIET, "user_bob", "before").await;
    mute(&whop, 60).await;
    let told = ada.entity("mutedUser").await;
    assert_eq!(told["userId"], "user_bob");
    assert_eq!(told["feedId"], QUIET);
    assert_eq!(told["Deleted"], false);
    let now = told["createdAt"].as_i64().unwrap();
    assert_eq!(
        told["mutedUntil"].as_i64().unwrap() / 1_000,
        now / 1_000 + 60
    );

    assert_error(post(&whop, QUIET).await, StatusCode::FORBIDDEN, "forbidden");
    let path = format!("/api/v1/messages/{}", old["id"].as_str().unwrap());
    let edit = whop
        .patch(&path, As::Behalf("user_bob"), json!({"content": "instead"}))
        .await;
    assert_error(edit, StatusCode::FORBIDDEN, "forbidden");
    assert_eq!(post(&whop, "chat_feed_lounge").await.0, StatusCode::OK);
    whop.say(QUIET, "user_ada", "others may").await;

    mute(&whop, 0).await;
    assert_eq!(ada.entity("mutedUser").await["Deleted"], true);
    assert_eq!(post(&whop, QUIET).await.0, StatusCode::OK);
}

#[tokio::test]
async fn only_known_people_are_muted_in_known_channels() {
    let whop = Whop::start().await;
    for (body, status) in [
        (
            json!({"channel_id": "nowhere", "user_id": "user_bob", "seconds": 1}),
            StatusCode::NOT_FOUND,
        ),
        (
            json!({"channel_id": QUIET, "user_id": "user_x", "seconds": 1}),
            StatusCode::NOT_FOUND,
        ),
        (
            json!({"channel_id": QUIET, "user_id": "user_bob", "seconds": -1}),
            StatusCode::BAD_REQUEST,
        ),
    ] {
        let answer = whop.post("/_sandbox/mute", As::Nobody, body).await;
        assert_eq!(answer.0, status, "{}", answer.1);
    }
    assert_eq!(post(&whop, QUIET).await.0, StatusCode::OK);
}
