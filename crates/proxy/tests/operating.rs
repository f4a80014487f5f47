//! What an operator relies on: health, numbers, and stopping without anybody's losing anything.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test's helpers")]

mod common;

use common::program::Program;
use common::{Closed, PATIENCE, SITE, Stack, assertion};
use proxy::configuration::Secret;
use proxy::metrics;
use reqwest::{Client, StatusCode};
use serde_json::json;
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use tokio::time::{sleep, timeout};
use wire::session::Session;

/// The address of that stack's numbers.
async fn metrics_of(stack: &Stack) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(metrics::serve(stack.proxy.clone(), listener));
    url
}

async fn text(client: &Client, url: &str) -> (StatusCode, String) {
    let answer = client.get(url).send().await.unwrap();
    (answer.status(), answer.text().await.unwrap())
}

/// The value of a series, given as it is written.
fn value(numbers: &str, series: &str) -> Option<f64> {
    let line = numbers.lines().find(|line| {
        line.rsplit_once(' ')
            .is_some_and(|(name, _)| name == series)
    })?;
    line.rsplit_once(' ')?.1.parse().ok()
}

#[tokio::test]
async fn the_numbers_say_what_happens_and_to_nobody_in_particular() {
    let stack = Stack::start().await;
    let url = metrics_of(&stack).await;
    let session = stack.session_of("user_ada", "exp_general").await;
    let mut socket = stack.socket(&session).await;
    let id = stack.post(&session, "counted").await;
    assert_eq!(socket.next_message().await, "counted");
    let refused = stack
        .post_session(&json!({"channel_id": "exp_general", "assertion": "forged"}))
        .await;
    assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
    for path in ["/nothing/at/all", "/api/v1/no_such_thing", "/healthz"] {
        text(&stack.client, &format!("{}{path}", stack.url)).await;
    }
    let (status, numbers) = text(&stack.client, &format!("{url}/metrics")).await;
    assert_eq!(status, StatusCode::OK);
    for (series, expected) in [
        (
            r#"whop_chat_requests_total{route="/session",method="POST",status="2xx"}"#,
            1.0,
        ),
        (
            r#"whop_chat_requests_total{route="/session",method="POST",status="4xx"}"#,
            1.0,
        ),
        (
            r#"whop_chat_requests_total{route="/api/v1/messages",method="POST",status="2xx"}"#,
            1.0,
        ),
        (
            r#"whop_chat_requests_total{route="none",method="GET",status="4xx"}"#,
            1.0,
        ),
        (r#"whop_chat_sessions_total{outcome="opened"}"#, 1.0),
        (r#"whop_chat_sessions_total{outcome="unauthorized"}"#, 1.0),
        (r#"whop_chat_refusals_total{outcome="not_found"}"#, 2.0),
        (
            r#"whop_chat_request_duration_seconds_count{route="/session"}"#,
            2.0,
        ),
        ("whop_chat_sockets", 1.0),
        ("whop_chat_tokens_minted_total", 1.0),
        (
            r#"whop_chat_upstream_requests_total{route="/access_tokens",outcome="2xx"}"#,
            1.0,
        ),
        (
            r#"whop_chat_upstream_requests_total{route="/messages",outcome="2xx"}"#,
            2.0,
        ),
        (r#"whop_chat_upstream_socket{state="connected"}"#, 1.0),
        (r#"whop_chat_upstream_socket{state="polling"}"#, 0.0),
        ("whop_chat_upstream_waiting", 0.0),
        ("whop_chat_slow_readers_total", 0.0),
        ("whop_chat_panics_total", 0.0),
        ("whop_chat_draining", 0.0),
    ] {
        assert_eq!(
            value(&numbers, series),
            Some(expected),
            "{series}: {numbers}"
        );
    }
    assert!(value(&numbers, "whop_chat_connections").unwrap() >= 1.0);
    assert!(value(&numbers, "process_resident_memory_bytes").unwrap() > 1e6);
    assert!(value(&numbers, "process_open_fds").unwrap() >= 3.0);
    assert!(value(&numbers, "whop_chat_frames_delivered_total").unwrap() >= 1.0);
    assert!(value(&numbers, "whop_chat_upstream_granted_total").unwrap() >= 1.0);
    for private in ["user_ada", "exp_general", &id, "no_such_thing", "at/all"] {
        assert!(!numbers.contains(private), "{private}: {numbers}");
    }
    assert!(numbers.ends_with("# EOF\n"));
    // Visitors don't get there.
    let (status, _) = text(&stack.client, &format!("{}/metrics", stack.url)).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn it_is_ready_when_it_can_do_its_work() {
    let stack = Stack::start().await;
    let ready = format!("{}/readyz", stack.url);
    let (status, said) = text(&stack.client, &ready).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(said.contains("assets: the widget's files are not there"));
    assert!(said.contains("whop: ok"), "{said}");
    std::fs::write(stack.assets.join("loader.js"), "").unwrap();
    let (status, said) = text(&stack.client, &ready).await;
    assert_eq!(status, StatusCode::OK, "{said}");
    // The same at the address of the numbers.
    let numbers = metrics_of(&stack).await;
    for path in ["/readyz", "/healthz"] {
        let (status, _) = text(&stack.client, &format!("{numbers}{path}")).await;
        assert_eq!(status, StatusCode::OK);
    }
}

#[tokio::test]
async fn without_whop_it_is_alive_but_not_ready() {
    let stack = Stack::start_with(
        |_| {},
        |configuration| "http://127.0.0.1:9/api/v1".clone_into(&mut configuration.api_url),
    )
    .await;
    std::fs::write(stack.assets.join("loader.js"), "").unwrap();
    let (status, said) = text(&stack.client, &format!("{}/readyz", stack.url)).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(said.contains("whop: it does not answer"), "{said}");
    for path in [
        "/readyz?exclude=whop",
        "/readyz?exclude=live,whop",
        "/healthz",
    ] {
        let (status, said) = text(&stack.client, &format!("{}{path}", stack.url)).await;
        assert_eq!(status, StatusCode::OK, "{path}: {said}");
    }
}

/// A session at that program, which no stack's proxy knows.
async fn session_at(program: &Program, client: &Client, user: &str) -> Session {
    let body = json!({"channel_id": "exp_general", "assertion": assertion(user)});
    let answer = client
        .post(format!("{}/session", program.url))
        .header("origin", SITE)
        .json(&body)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    answer.json().await.unwrap()
}

#[tokio::test]
async fn told_to_stop_it_sends_sockets_away_one_after_the_other_and_still_answers() {
    let stack = Stack::start().await;
    let settings = [
        ("WHOP_CHAT_DRAIN_SECONDS", "6"),
        ("WHOP_CHAT_METRICS_ADDRESS", "127.0.0.1:0"),
    ];
    let mut program = Program::start(&stack.sandbox.addresses().api, &settings);
    let url = program.url.clone();
    let session = session_at(&program, &stack.client, "user_ada").await;
    let mut sockets = Vec::new();
    for user in ["user_ada", "user_bob"] {
        let session = session_at(&program, &stack.client, user).await;
        for _ in 0..4 {
            sockets.push(program.socket(&session).await);
        }
    }
    let count = sockets.len();
    program.signal("TERM");
    let told_at = Instant::now();
    let departures: Vec<_> = sockets
        .into_iter()
        .map(|mut socket| {
            tokio::spawn(async move {
                loop {
                    let frame = socket.next().await.expect("told before it ends");
                    if frame.get("reconnect").is_some() {
                        break;
                    }
                }
                let moment = told_at.elapsed();
                assert_eq!(socket.next().await, Err(Closed(Some(1012))));
                moment
            })
        })
        .collect();
    timeout(PATIENCE, async {
        while text(&stack.client, &format!("{url}/readyz")).await.0
            != StatusCode::SERVICE_UNAVAILABLE
        {
            sleep(Duration::from_millis(10)).await;
        }
    })
    .await
    .unwrap();
    // Who comes now is still answered, but not to stay.
    let posted = stack
        .client
        .post(format!("{url}/api/v1/messages"))
        .bearer_auth(&session.token.token)
        .json(&json!({"channel_id": "exp_general", "content": "last words"}))
        .send()
        .await
        .unwrap();
    assert!(posted.status().is_success());
    assert_eq!(posted.headers()["connection"], "close");
    let again = stack
        .client
        .get(format!("{url}{}", session.socket.path))
        .header("origin", SITE)
        .send()
        .await
        .unwrap();
    assert_eq!(again.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(again.headers()["retry-after"], "2");
    let numbers = format!("{}/metrics", program.metrics.as_ref().unwrap());
    let (_, numbers) = text(&stack.client, &numbers).await;
    assert_eq!(value(&numbers, "whop_chat_draining"), Some(1.0));

    let mut moments = Vec::new();
    for departure in departures {
        moments.push(timeout(PATIENCE, departure).await.unwrap().unwrap());
    }
    moments.sort();
    // Eight over six seconds: none of them all at once, whatever the machine is busy with.
    let spread = moments[count - 1].checked_sub(moments[0]).unwrap();
    assert!(spread > Duration::from_millis(1_600), "{moments:?}");
    let ended = timeout(PATIENCE, async {
        loop {
            if let Some(ended) = program.ended() {
                break ended;
            }
            sleep(Duration::from_millis(20)).await;
        }
    });
    assert!(ended.await.unwrap().success());
    assert!(told_at.elapsed() >= Duration::from_secs(6));
    assert!(program.log().contains("stopped"));
}

#[tokio::test]
async fn a_container_can_ask_whether_it_is_alive() {
    let stack = Stack::start().await;
    let api = &stack.sandbox.addresses().api;
    let program = Program::start(api, &[]);
    let address = program.url.strip_prefix("http://").unwrap().to_owned();
    assert!(Program::probe(&address));
    let port = address.rsplit_once(':').unwrap().1;
    assert!(Program::probe(&format!("0.0.0.0:{port}")));
    program.stop();
    assert!(!Program::probe(&address));
}

#[tokio::test]
async fn told_twice_it_ends_at_once() {
    let stack = Stack::start().await;
    let settings = [("WHOP_CHAT_DRAIN_SECONDS", "300")];
    let mut program = Program::start(&stack.sandbox.addresses().api, &settings);
    program.signal("INT");
    let ready = format!("{}/readyz", program.url);
    timeout(PATIENCE, async {
        while !text(&stack.client, &ready)
            .await
            .1
            .contains("the proxy stops")
        {
            sleep(Duration::from_millis(10)).await;
        }
        program.signal("TERM");
        while program.ended().is_none() {
            sleep(Duration::from_millis(10)).await;
        }
    })
    .await
    .unwrap();
    assert!(program.log().contains("cut off"));
}

#[tokio::test]
async fn while_the_session_secret_changes_nobody_has_to_begin_anew() {
    const NEXT: &str = "b7e151628aed2a6abf7158809cf4f3c7";
    let before = Stack::start().await;
    let session = before.session_of("user_ada", "exp_general").await;
    let renew = json!({"channel_id": "exp_general", "renewal": session.renewal});
    let after = Stack::start_with(
        |_| {},
        |configuration| {
            let previous = configuration.session_secret.clone();
            configuration.session_secret = Secret::new(NEXT).after(&previous);
        },
    )
    .await;
    let answer = after.post_session(&renew).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let renewed: Session = answer.json().await.unwrap();
    // The old ticket lets in, too; what is new is signed with the new secret only.
    after.socket(&session).await;
    after.socket(&renewed).await;
    let back = json!({"channel_id": "exp_general", "renewal": renewed.renewal});
    let answer = before.post_session(&back).await;
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    let later = Stack::start_with(
        |_| {},
        |configuration| configuration.session_secret = Secret::new(NEXT),
    )
    .await;
    assert_eq!(
        later.post_session(&renew).await.status(),
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(later.post_session(&back).await.status(), StatusCode::OK);
}
