//! Who comes with a bare socket and bad manners: slow heads, long heads, too many at once.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test's helpers")]

mod common;

use common::{PATIENCE, SITE, Stack};
use proxy::configuration::OriginPattern;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

async fn connect(stack: &Stack) -> TcpStream {
    TcpStream::connect(&stack.host).await.unwrap()
}

/// All that still comes.
async fn rest(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    // A reset is an end, too.
    let _ = timeout(PATIENCE, stream.read_to_end(&mut bytes))
        .await
        .expect("the connection stays open");
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Sends a head one byte at a time, and never the last.
async fn drip(stream: &mut TcpStream) -> std::io::Result<()> {
    stream
        .write_all(b"GET /healthz HTTP/1.1\r\nx-slow: ")
        .await?;
    loop {
        stream.write_all(b"a").await?;
        sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_head_that_never_ends_is_not_waited_for() {
    let idle = Duration::from_millis(400);
    let stack = Stack::start_with(|_| {}, |configuration| configuration.idle = idle).await;
    let mut slow = connect(&stack).await;
    let mut silent = connect(&stack).await;
    let mut kept = connect(&stack).await;
    kept.write_all(b"GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n")
        .await
        .unwrap();
    let dripped = timeout(PATIENCE, drip(&mut slow)).await;
    let dripped = dripped.expect("it may go on for ever");
    assert!(dripped.is_err());
    assert_eq!(rest(&mut silent).await, "");
    let answered = rest(&mut kept).await;
    assert!(answered.starts_with("HTTP/1.1 200") && answered.ends_with("ok\n"));
}

#[tokio::test]
async fn long_heads_are_refused() {
    let stack = Stack::start().await;
    let long = format!("x-long: {}\r\n", "a".repeat(40 << 10));
    let many = "x-some: a\r\n".repeat(200);
    for headers in [long, many] {
        let mut stream = connect(&stack).await;
        let request = format!("GET /healthz HTTP/1.1\r\nhost: a\r\n{headers}\r\n");
        // It may be refused before all is written.
        let _ = stream.write_all(request.as_bytes()).await;
        let answer = rest(&mut stream).await;
        assert!(
            answer.is_empty() || answer.starts_with("HTTP/1.1 431"),
            "{answer}"
        );
    }
    assert_eq!(
        stack
            .client
            .get(format!("{}/healthz", stack.url))
            .send()
            .await
            .unwrap()
            .status(),
        200
    );
}

#[tokio::test]
async fn there_are_only_so_many_connections() {
    let stack = Stack::start_with(|_| {}, |configuration| configuration.most_connections = 3).await;
    let mut held = Vec::new();
    for _ in 0..3 {
        let mut stream = connect(&stack).await;
        stream
            .write_all(b"GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n")
            .await
            .unwrap();
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).await.unwrap();
        assert_eq!(&answer, b"HTTP/1.1 200");
        held.push(stream);
    }
    let mut fourth = connect(&stack).await;
    assert_eq!(rest(&mut fourth).await, "");
    held.pop();
    // The place is free as soon as the proxy sees that somebody has gone.
    timeout(PATIENCE, async {
        loop {
            let mut next = connect(&stack).await;
            let _ = next
                .write_all(b"GET /healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
                .await;
            if rest(&mut next).await.starts_with("HTTP/1.1 200") {
                break;
            }
            sleep(Duration::from_millis(10)).await;
        }
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn every_answer_says_what_browsers_may_do_with_it() {
    let stack = Stack::start_with(
        |_| {},
        |configuration| {
            configuration.public_url = OriginPattern::parse("https://chat.creator.example");
        },
    )
    .await;
    std::fs::write(stack.assets.join("loader.js"), "//").unwrap();
    let api = "default-src 'none'; frame-ancestors 'none'; sandbox";
    let nothing = "default-src 'none'; frame-ancestors 'none'";
    for (path, status, policy, resource) in [
        ("/healthz", 200, nothing, "same-origin"),
        ("/readyz", 200, nothing, "same-origin"),
        ("/pages/experience.css", 200, nothing, "same-origin"),
        ("/embed/loader.js", 200, nothing, "cross-origin"),
        ("/embed/none.js", 404, nothing, "cross-origin"),
        ("/nothing", 404, nothing, "same-origin"),
        ("/session", 405, api, "same-origin"),
        ("/api/v1/messages", 401, api, "same-origin"),
        (
            "/_whop/ws/v1/websockets/connect",
            403,
            nothing,
            "same-origin",
        ),
        (
            "/experiences/exp_1",
            200,
            "frame-ancestors https://whop.com",
            "cross-origin",
        ),
    ] {
        let url = format!("{}{path}", stack.url);
        let answer = stack.client.get(url).send().await.unwrap();
        assert_eq!(answer.status(), status, "{path}");
        let header = |name: &str| {
            let value = answer.headers().get(name);
            value.map_or("", |value| value.to_str().unwrap())
        };
        assert!(header("content-security-policy").contains(policy), "{path}");
        assert_eq!(header("cross-origin-resource-policy"), resource, "{path}");
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header("referrer-policy"), "no-referrer", "{path}");
        assert!(
            header("strict-transport-security").starts_with("max-age="),
            "{path}"
        );
        assert_eq!(header("x-request-id").len(), 16, "{path}");
        assert_eq!(header("server"), "", "{path}");
        if path.starts_with("/experiences") {
            assert!(header("permissions-policy").contains("camera=()"));
            assert_eq!(
                header("cross-origin-opener-policy"),
                "same-origin-allow-popups"
            );
            assert!(!header("content-security-policy").contains("unsafe-inline"));
        }
    }
}

#[tokio::test]
async fn pages_of_foreign_origins_get_in_nowhere() {
    let stack = Stack::start().await;
    let session = stack.session_of("user_ada", "exp_general").await;
    let socket = &session.socket;
    for origin in [
        None,
        Some("https://evil.example"),
        Some("null"),
        Some("http://creator.example"),
        Some("https://creator.example.evil.example"),
    ] {
        let refused = stack
            .try_socket(&socket.path, &socket.protocols, origin)
            .await;
        assert!(refused.is_err(), "{origin:?}");
        let Some(origin) = origin else { continue };
        for method in [reqwest::Method::OPTIONS, reqwest::Method::POST] {
            let answer = stack
                .client
                .request(method, format!("{}/session", stack.url))
                .header("origin", origin)
                .header("access-control-request-method", "POST")
                .send()
                .await
                .unwrap();
            assert_eq!(answer.status(), 403, "{origin}");
            assert!(!answer.headers().contains_key("access-control-allow-origin"));
        }
    }
    assert!(
        stack
            .try_socket(&socket.path, &socket.protocols, Some(SITE))
            .await
            .is_ok()
    );
}
