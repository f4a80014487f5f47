//! How often one visitor and one address may ask, and what the others notice of it.

#![allow(clippy::unwrap_used, reason = "a test's helpers")]

mod common;

use common::program::Program;
use common::{SITE, Stack, assert_let_through, assertion, error_of};
use proxy::configuration::Configuration;
use reqwest::{Method, Response, StatusCode};
use serde_json::json;
use std::time::Instant;

async fn limited(change: impl FnOnce(&mut Configuration)) -> Stack {
    Stack::start_with(|_| {}, change).await
}

/// A new one flows in every four seconds: time enough to look at what follows the last.
const PER_MINUTE: u32 = 15;

/// Asks until the answer is a 429.
async fn exhaust(ask: impl AsyncFn() -> Response) {
    let since = Instant::now();
    let mut count = 0;
    while ask().await.status() != StatusCode::TOO_MANY_REQUESTS {
        count += 1;
        assert!(count < 500, "there is no limit");
    }
    assert_let_through(count, PER_MINUTE as usize, since);
}

#[tokio::test]
async fn one_visitor_is_stopped_and_the_others_notice_nothing() {
    let stack = limited(|configuration| configuration.requests_per_user = PER_MINUTE).await;
    let ada = stack.session_of("user_ada", "exp_quiet").await;
    let bob = stack.session_of("user_bob", "exp_quiet").await;
    let read = async |token: &str| {
        let path = "/messages?channel_id=exp_quiet&first=1";
        stack.api(Method::GET, path, token, None).await
    };
    exhaust(async || read(&ada.token.token).await).await;
    let refused = read(&ada.token.token).await;
    let seconds = refused.headers()["retry-after"]
        .to_str()
        .unwrap()
        .parse::<u64>();
    assert!((1..=4).contains(&seconds.unwrap()));
    let millis = refused.headers()["retry-after-ms"]
        .to_str()
        .unwrap()
        .parse::<u64>();
    assert!((1..=4_000).contains(&millis.unwrap()));
    assert_eq!(refused.headers()["access-control-allow-origin"], SITE);
    let (status, kind, _) = error_of(refused).await;
    assert_eq!((status.as_u16(), kind.as_str()), (429, "too_many_requests"));
    assert_eq!(read(&bob.token.token).await.status(), StatusCode::OK);
    // A new session is the same visitor.
    let body = json!({"channel_id": "exp_quiet", "assertion": assertion("user_ada")});
    let again = stack.post_session(&body).await;
    assert_eq!(again.status(), StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn one_address_is_stopped_whoever_it_claims_to_be() {
    let stack = limited(|configuration| configuration.requests_per_address = PER_MINUTE).await;
    let ask = async |address: Option<&str>| {
        let mut request = stack
            .client
            .get(format!(
                "{}/api/v1/messages?channel_id=exp_quiet",
                stack.url
            ))
            .bearer_auth(format!("made.up.{}", rand::random::<u64>()));
        if let Some(address) = address {
            request = request.header("x-forwarded-for", address);
        }
        request.send().await.unwrap()
    };
    exhaust(async || ask(None).await).await;
    // This machine is one of the operator's own proxies unless they say otherwise.
    assert_eq!(
        ask(Some("192.0.2.1")).await.status(),
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(
        ask(Some("203.0.113.5, 127.0.0.1")).await.status(),
        StatusCode::UNAUTHORIZED
    );
    exhaust(async || ask(Some("2001:db8::1")).await).await;
    let neighbour = ask(Some("198.51.100.1, 2001:db8::ffff")).await;
    assert_eq!(
        neighbour.status(),
        StatusCode::TOO_MANY_REQUESTS,
        "of the same network"
    );
    // The files and the health of the proxy are no chat.
    let health = stack.client.get(format!("{}/healthz", stack.url));
    assert_eq!(health.send().await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn a_strangers_word_of_where_they_are_is_not_believed() {
    let stack = limited(|configuration| {
        configuration.requests_per_address = PER_MINUTE;
        configuration.trusted_proxies = proxy::configuration::TrustedProxies::default();
    })
    .await;
    exhaust(async || {
        let request = stack.client.post(format!("{}/session", stack.url));
        let address = format!("192.0.2.{}", rand::random::<u8>());
        let request = request.header("x-forwarded-for", address).json(&json!({}));
        request.send().await.unwrap()
    })
    .await;
}

#[tokio::test]
async fn pages_of_foreign_origins_are_counted_and_told_of_once() {
    let stack = limited(|configuration| configuration.requests_per_address = PER_MINUTE).await;
    let foreign = async || {
        let request = stack.client.post(format!("{}/session", stack.url));
        let request = request.header("origin", "https://evil.example");
        request.json(&json!({})).send().await.unwrap()
    };
    assert_eq!(foreign().await.status(), StatusCode::FORBIDDEN);
    exhaust(foreign).await;
    let program = Program::start(&stack.sandbox.addresses().api, &[]);
    for _ in 0..5 {
        let origin = format!("https://{}.example", "e".repeat(5_000));
        let request = stack.client.post(format!("{}/session", program.url));
        let answer = request.header("origin", origin).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    }
    let log = program.stop();
    let told = log.lines().filter(|line| line.contains("https://eee"));
    let lengths: Vec<usize> = told.map(str::len).collect();
    assert!(lengths.len() == 1 && lengths[0] < 1_000, "{lengths:?}");
}
