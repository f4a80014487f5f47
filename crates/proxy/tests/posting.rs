//! Posts with an `Idempotency-Key`: each lands once, whatever becomes of the answers (S1), and its echo says which it is (S2).

#![allow(clippy::unwrap_used, reason = "a test's helpers")]

mod common;

use common::{PATIENCE, SITE, Stack, error_of};
use futures_util::future::join_all;
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};
use std::time::Duration;
use wire::session::Session;

const MESSAGES: &str = "POST /api/v1/messages";

async fn send(stack: &Stack, token: &str, key: &str, body: &Value) -> Response {
    let request = stack.client.post(format!("{}/api/v1/messages", stack.url));
    let request = request
        .header("origin", SITE)
        .header("idempotency-key", key)
        .bearer_auth(token)
        .json(body);
    request.send().await.unwrap()
}

async fn post(stack: &Stack, session: &Session, key: &str, content: &str) -> Response {
    let body = json!({"channel_id": "exp_quiet", "content": content});
    send(stack, &session.token.token, key, &body).await
}

async fn body_of(answer: Response) -> Value {
    assert_eq!(answer.status(), StatusCode::OK);
    answer.json().await.unwrap()
}

/// How often somebody said that in the channel.
async fn said(stack: &Stack, session: &Session, content: &str) -> usize {
    let path = "/messages?channel_id=exp_quiet&direction=desc&first=50";
    let page = stack
        .api(Method::GET, path, &session.token.token, None)
        .await;
    let page: Value = page.json().await.unwrap();
    let messages = page["data"].as_array().unwrap();
    messages
        .iter()
        .filter(|message| message["content"] == content)
        .count()
}

async fn lose_the_next_answer(stack: &Stack, status: u16) {
    let fault = json!({"method": "POST", "path": "/api/v1/messages", "status": status, "after_commit": true});
    stack.control("fail", &fault).await;
}

#[tokio::test]
async fn the_same_key_and_words_land_once_with_the_same_answer() {
    let stack = Stack::start().await;
    let ada = stack.session_of("user_ada", "exp_quiet").await;
    let first = post(&stack, &ada, "\"key-1\"", "once").await;
    assert_eq!(first.headers()["idempotency-key"], "key-1");
    let exposed = first.headers()["access-control-expose-headers"]
        .to_str()
        .unwrap();
    assert!(exposed.contains("idempotency-key"));
    let first = first.text().await.unwrap();
    let again = post(&stack, &ada, "key-1", "once").await;
    assert_eq!(again.headers()["idempotency-key"], "key-1");
    assert_eq!(again.text().await.unwrap(), first, "to the byte");
    assert_eq!(stack.upstream_requests(MESSAGES).await, 1);
    let other = post(&stack, &ada, "key-1", "twice").await;
    let (status, kind, _) = error_of(other).await;
    let expected = (StatusCode::UNPROCESSABLE_ENTITY, "unprocessable_entity");
    assert_eq!((status, kind.as_str()), expected);
    // Another key, or another visitor's, is another post.
    let bob = stack.session_of("user_bob", "exp_quiet").await;
    body_of(post(&stack, &ada, "key-2", "once").await).await;
    body_of(post(&stack, &bob, "key-1", "once").await).await;
    assert_eq!(said(&stack, &ada, "once").await, 3);
    for key in ["\"", "", "a\"b"] {
        assert_eq!(
            post(&stack, &ada, key, "x").await.status(),
            StatusCode::BAD_REQUEST,
            "{key}"
        );
    }
}

#[tokio::test]
async fn who_asks_while_the_first_is_under_way_waits_for_its_answer() {
    let stack = Stack::start().await;
    let ada = stack.session_of("user_ada", "exp_quiet").await;
    stack
        .control("latency", &json!({"milliseconds": 200}))
        .await;
    let all = (0..10)
        .map(|_| async { body_of(post(&stack, &ada, "key", "once").await).await["id"].clone() });
    let ids = join_all(all).await;
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    // One who leaves in the middle leaves nothing half-way.
    let left = tokio::time::timeout(
        Duration::from_millis(50),
        post(&stack, &ada, "left", "left"),
    )
    .await;
    assert!(left.is_err());
    stack.control("latency", &json!({"milliseconds": 0})).await;
    body_of(post(&stack, &ada, "left", "left").await).await;
    assert_eq!(said(&stack, &ada, "left").await, 1);
    assert_eq!(said(&stack, &ada, "once").await, 1);
}

#[tokio::test]
async fn a_lost_answer_is_looked_up_at_once() {
    let stack = Stack::start().await;
    let ada = stack.session_of("user_ada", "exp_quiet").await;
    for status in [500, 502, 503] {
        lose_the_next_answer(&stack, status).await;
        let (key, content) = (format!("key-{status}"), format!("lost {status}"));
        let message = body_of(post(&stack, &ada, &key, &content).await).await;
        assert_eq!(message["content"], content);
        let again = body_of(post(&stack, &ada, &key, &content).await).await;
        assert_eq!(again["id"], message["id"]);
        assert_eq!(said(&stack, &ada, &content).await, 1);
    }
}

#[tokio::test]
async fn where_it_could_not_be_looked_up_the_next_try_does_before_it_posts() {
    let stack = Stack::start().await;
    let ada = stack.session_of("user_ada", "exp_quiet").await;
    let blind = json!({"method": "GET", "path": "/api/v1/messages", "status": 500, "times": 2});
    lose_the_next_answer(&stack, 500).await;
    stack.control("fail", &blind).await;
    assert_eq!(
        post(&stack, &ada, "key", "landed").await.status().as_u16(),
        500
    );
    // Nobody knows yet: so it is not posted.
    let asked = stack.upstream_requests(MESSAGES).await;
    let second = post(&stack, &ada, "key", "landed").await;
    assert_eq!(second.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(stack.upstream_requests(MESSAGES).await, asked);
    body_of(post(&stack, &ada, "key", "landed").await).await;
    assert_eq!(stack.upstream_requests(MESSAGES).await, asked);
    assert_eq!(said(&stack, &ada, "landed").await, 1);
    // What did not land is posted by the next try.
    let fault = json!({"method": "POST", "path": "/api/v1/messages", "status": 500});
    stack.control("fail", &fault).await;
    assert_eq!(
        post(&stack, &ada, "key-2", "not yet")
            .await
            .status()
            .as_u16(),
        500
    );
    assert_eq!(said(&stack, &ada, "not yet").await, 0);
    body_of(post(&stack, &ada, "key-2", "not yet").await).await;
    assert_eq!(said(&stack, &ada, "not yet").await, 1);
}

#[tokio::test]
async fn a_lost_post_is_found_below_all_that_was_said_since() {
    let stack = Stack::start().await;
    let ada = stack.session_of("user_ada", "exp_quiet").await;
    let blind = json!({"method": "GET", "path": "/api/v1/messages", "status": 500});
    lose_the_next_answer(&stack, 500).await;
    stack.control("fail", &blind).await;
    let lost = post(&stack, &ada, "key", "below").await;
    assert_eq!(lost.status().as_u16(), 500);
    let flood = |count| json!({"channel_id": "exp_quiet", "count": count, "per_second": 10_000});
    stack.control("flood", &flood(120)).await;
    let asked = stack.upstream_requests(MESSAGES).await;
    let found = body_of(post(&stack, &ada, "key", "below").await).await;
    assert_eq!(found["content"], "below");
    assert_eq!(stack.upstream_requests(MESSAGES).await, asked);
    // Where it lies deeper than anybody looks, nobody knows: it is not posted.
    lose_the_next_answer(&stack, 500).await;
    stack.control("fail", &blind).await;
    post(&stack, &ada, "deep", "deeper").await;
    stack.control("flood", &flood(600)).await;
    let asked = stack.upstream_requests(MESSAGES).await;
    let second = post(&stack, &ada, "deep", "deeper").await;
    assert_eq!(second.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(stack.upstream_requests(MESSAGES).await, asked);
}

#[tokio::test]
async fn what_nobody_can_read_is_not_posted_again_blindly() {
    let stack = Stack::start().await;
    let ada = stack.session_of("user_ada", "exp_quiet").await;
    let send = async || {
        let request = stack.client.post(format!("{}/api/v1/messages", stack.url));
        let request = request
            .header("idempotency-key", "key")
            .header("content-type", "application/json")
            .bearer_auth(&ada.token.token);
        // Whop may take the first, the last, or none of them.
        let body = r#"{"channel_id": "exp_quiet", "content": "one", "content": "other"}"#;
        request.body(body).send().await.unwrap()
    };
    let fault = json!({"method": "POST", "path": "/api/v1/messages", "status": 500});
    stack.control("fail", &fault).await;
    assert_eq!(send().await.status().as_u16(), 500);
    let asked = stack.upstream_requests(MESSAGES).await;
    assert_eq!(send().await.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(stack.upstream_requests(MESSAGES).await, asked);
}

#[tokio::test]
async fn an_equal_message_that_is_known_is_not_taken_for_the_lost_one() {
    let stack = Stack::start().await;
    let ada = stack.session_of("user_ada", "exp_quiet").await;
    let first = body_of(post(&stack, &ada, "one", "same").await).await;
    let fault = json!({"method": "POST", "path": "/api/v1/messages", "status": 502});
    stack.control("fail", &fault).await;
    // It did not land, and the one that did is another.
    assert_eq!(
        post(&stack, &ada, "two", "same").await.status(),
        StatusCode::BAD_GATEWAY
    );
    let second = body_of(post(&stack, &ada, "two", "same").await).await;
    assert_ne!(first["id"], second["id"]);
    assert_eq!(said(&stack, &ada, "same").await, 2);
}

#[tokio::test]
async fn what_whop_refused_may_be_sent_again_or_changed() {
    let stack = Stack::start().await;
    let ada = stack.session_of("user_ada", "exp_quiet").await;
    for status in [403, 422, 429] {
        let fault = json!({"method": "POST", "path": "/api/v1/messages", "status": status});
        stack.control("fail", &fault).await;
        let key = format!("key-{status}");
        assert_eq!(
            post(&stack, &ada, &key, "no").await.status().as_u16(),
            status
        );
        let content = format!("changed {status}");
        body_of(post(&stack, &ada, &key, &content).await).await;
    }
    assert_eq!(said(&stack, &ada, "no").await, 0);
    // A token that Whop doesn't take any more: the same post, with the next one.
    stack.control("tokens/expire", &json!({})).await;
    assert_eq!(
        post(&stack, &ada, "late", "late").await.status(),
        StatusCode::UNAUTHORIZED
    );
    let renewal = json!({"channel_id": "exp_quiet", "renewal": ada.renewal});
    let renewed: Session = stack.post_session(&renewal).await.json().await.unwrap();
    let first = body_of(post(&stack, &renewed, "late", "late").await).await;
    // And the one after that is the same visitor still.
    stack.control("tokens/expire", &json!({})).await;
    assert_eq!(
        stack
            .api(
                Method::GET,
                "/messages?channel_id=exp_quiet",
                &renewed.token.token,
                None
            )
            .await
            .status(),
        StatusCode::UNAUTHORIZED
    );
    let renewal = json!({"channel_id": "exp_quiet", "renewal": renewed.renewal});
    let again: Session = stack.post_session(&renewal).await.json().await.unwrap();
    assert_ne!(again.token.token, renewed.token.token);
    let second = body_of(post(&stack, &again, "late", "late").await).await;
    assert_eq!(first["id"], second["id"]);
    assert_eq!(said(&stack, &again, "late").await, 1);
}

#[tokio::test]
async fn the_echo_says_which_post_it_is_to_its_author_only() {
    let stack = Stack::start().await;
    let ada = stack.session_of("user_ada", "exp_quiet").await;
    let bob = stack.session_of("user_bob", "exp_quiet").await;
    let mut own = stack.socket(&ada).await;
    let mut tab = stack.socket(&ada).await;
    let mut other = stack.socket(&bob).await;
    let posted = post(&stack, &ada, "the key", "hello").await;
    let id = body_of(posted).await["id"].clone();
    for (socket, key) in [
        (&mut own, json!("the key")),
        (&mut tab, json!("the key")),
        (&mut other, Value::Null),
    ] {
        let frame = tokio::time::timeout(PATIENCE, socket.next())
            .await
            .unwrap()
            .unwrap();
        assert_eq!(frame["feedEntity"]["dmsPost"]["entityId"], id);
        assert_eq!(frame["idempotencyKey"], key);
    }
    // Without a key there is none to tell.
    stack.post(&ada, "plain").await;
    let frame = own.next().await.unwrap();
    assert_eq!(frame["feedEntity"]["dmsPost"]["content"], "plain");
    assert_eq!(frame.get("idempotencyKey"), None);
    // Where the answer is lost the echo comes all the same, and says it.
    lose_the_next_answer(&stack, 500).await;
    body_of(post(&stack, &ada, "lost", "lost").await).await;
    tab.next().await.unwrap();
    let frame = tab.next().await.unwrap();
    assert_eq!(frame["idempotencyKey"], "lost");
}
