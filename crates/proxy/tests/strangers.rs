//! Tokens that were not minted here: what they say of themselves is nobody's word, and Whop is asked of them sparingly.

#![allow(clippy::unwrap_used, reason = "a test's helpers")]

mod common;

use common::{API_KEY, SITE, STRANGERS_PER_MINUTE, Stack, assert_let_through, sign};
use futures_util::future::join_all;
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};
use std::time::Instant;

const POSTS: &str = "POST /api/v1/messages";
const READS: &str = "GET /api/v1/messages";
const PAGE: &str = "/messages?channel_id=exp_quiet&direction=desc&first=5";

/// A token that says it is somebody's, signed by nobody.
fn forged(user: &str) -> String {
    sign(&json!({"sub": user}), b"a guess")
}

async fn post(stack: &Stack, token: &str, key: Option<&str>, content: &str) -> Response {
    let request = stack.client.post(format!("{}/api/v1/messages", stack.url));
    let mut request = request.header("origin", SITE).bearer_auth(token);
    if let Some(key) = key {
        request = request.header("idempotency-key", key);
    }
    let body = json!({"channel_id": "exp_quiet", "content": content});
    request.json(&body).send().await.unwrap()
}

/// A token of Whop's that this proxy knows nothing of, as after a restart.
async fn elsewhere(stack: &Stack, user: &str) -> String {
    let url = format!("{}/api/v1/access_tokens", stack.sandbox.addresses().api);
    let wanted = json!({
        "company_id": "biz_sandbox", "user_id": user,
        "scoped_actions": ["chat:read", "chat:message:create"],
    });
    let minted = stack.client.post(url).bearer_auth(API_KEY).json(&wanted);
    let minted: Value = minted.send().await.unwrap().json().await.unwrap();
    minted["token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_forged_token_has_nobodys_answer() {
    let stack = Stack::start().await;
    let ada = stack.session_of("user_ada", "exp_quiet").await;
    let posted = post(&stack, &ada.token.token, Some("key"), "my words").await;
    assert_eq!(posted.status(), StatusCode::OK);
    let replayed = post(&stack, &forged("user_ada"), Some("key"), "my words").await;
    assert_eq!(replayed.status(), StatusCode::UNAUTHORIZED);
    assert!(!replayed.text().await.unwrap().contains("my words"));
    // And Ada has hers still.
    let asked = stack.upstream_requests(POSTS).await;
    let again = post(&stack, &ada.token.token, Some("key"), "my words").await;
    assert_eq!(again.status(), StatusCode::OK);
    assert_eq!(stack.upstream_requests(POSTS).await, asked);
}

#[tokio::test]
async fn a_forged_token_names_nobodys_message() {
    let stack = Stack::start().await;
    let ada = stack.session_of("user_ada", "exp_quiet").await;
    let mut socket = stack.socket(&ada).await;
    let slow = json!({
        "kind": "latency", "milliseconds": 3_000, "count": 1,
        "match": {"method": "POST", "path": "/api/v1/messages"}
    });
    stack.control("faults", &slow).await;
    let asked = stack.upstream_requests(POSTS).await;
    let token = forged("user_ada");
    let under_way = post(&stack, &token, Some("theirs"), "hello");
    let own = async {
        while stack.upstream_requests(POSTS).await == asked {}
        post(&stack, &ada.token.token, None, "hello").await;
        let frame = socket.next().await.unwrap();
        assert_eq!(frame["feedEntity"]["dmsPost"]["content"], "hello");
        assert_eq!(frame.get("idempotencyKey"), None);
    };
    let (refused, ()) = tokio::join!(under_way, own);
    assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_token_of_another_instance_posts_once_and_under_its_key() {
    let stack = Stack::start().await;
    let ada = elsewhere(&stack, "user_ada").await;
    let first = post(&stack, &ada, Some("key"), "once").await;
    assert_eq!(first.status(), StatusCode::OK);
    let first = first.text().await.unwrap();
    let again = post(&stack, &ada, Some("key"), "once").await;
    assert_eq!(again.text().await.unwrap(), first);
    assert_eq!(stack.upstream_requests(POSTS).await, 1);
}

#[tokio::test]
async fn whop_is_asked_once_of_a_token_that_it_does_not_take() {
    let stack = Stack::start().await;
    let token = forged("user_ada");
    for _ in 0..3 {
        let refused = stack.api(Method::GET, PAGE, &token, None).await;
        assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
    }
    assert_eq!(stack.upstream_requests(READS).await, 1);
}

#[tokio::test]
async fn made_up_tokens_do_not_make_whop_answer() {
    let stack = Stack::start_with(
        |_| {},
        |configuration| configuration.requests_per_address = 6_000,
    )
    .await;
    let bob = stack.session_of("user_bob", "exp_quiet").await;
    let ada = elsewhere(&stack, "user_ada").await;
    let read = async |token: &str| stack.api(Method::GET, PAGE, token, None).await.status();
    assert_eq!(read(&ada).await, StatusCode::OK);
    let since = Instant::now();
    let flood = (0..STRANGERS_PER_MINUTE)
        .map(async |stranger| read(&forged(&format!("user_{stranger}"))).await);
    let answers = join_all(flood).await;
    let count = answers
        .iter()
        .filter(|status| **status == StatusCode::UNAUTHORIZED)
        .count();
    assert_let_through(count, STRANGERS_PER_MINUTE, since);
    // Whom Whop knows notices nothing.
    assert_eq!(read(&bob.token.token).await, StatusCode::OK);
    assert_eq!(read(&ada).await, StatusCode::OK);
}
