//! Forwarding to the byte, seen from Whop's end of the wire: a listener that records what arrives. The sandbox can't
//! show this, since it reads JSON and writes its own.

#![allow(clippy::unwrap_used, reason = "a test's helpers")]

mod common;

use common::{SITE, Stack};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

const ANSWER: &str = "{\"id\" : \"msg_1\",\r\n \"new_field\":[1.50,1e2, 18446744073709551617], \"dup\":1,\"dup\":2 }";

/// Answers one request after another with the same bytes, and keeps what it was asked.
async fn recorder() -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/api/v1", listener.local_addr().unwrap());
    let requests = Arc::new(Mutex::new(Vec::new()));
    let kept = requests.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = Vec::new();
            let mut buffer = [0; 4096];
            loop {
                let read = stream.read(&mut buffer).await.unwrap_or(0);
                request.extend_from_slice(&buffer[..read]);
                let text = String::from_utf8_lossy(&request).into_owned();
                let whole = text.split_once("\r\n\r\n").is_some_and(|(head, body)| {
                    let length = head
                        .lines()
                        .filter_map(|line| line.split_once(": "))
                        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
                        .and_then(|(_, value)| value.parse::<usize>().ok())
                        .unwrap_or(0);
                    body.len() >= length
                });
                if whole || read == 0 {
                    kept.lock().unwrap().push(text);
                    break;
                }
            }
            let answer = format!(
                "HTTP/1.1 201 Created\r\ncontent-type: application/json; charset=utf-8\r\nset-cookie: secret=1\r\n\
                 x-internal: secret\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{ANSWER}",
                ANSWER.len()
            );
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    (url, requests)
}

#[tokio::test]
async fn bodies_and_queries_pass_to_the_byte_and_nothing_else_does() {
    let (url, requests) = recorder().await;
    let stack = Stack::start_with(|_| {}, |configuration| configuration.api_url = url).await;
    let body = "{ \"content\":\"caf\\u00e9 \u{1f9e1}\",\"unknown\":{\"b\":1,\"a\":[0.10, 1E+2]},\"content\":\"twice\"}\n";
    let answer = stack
        .client
        .post(format!(
            "{}/api/v1/messages?b=2&a=%3Aheart%3A&empty=&a=+x",
            stack.url
        ))
        .header("origin", SITE)
        .header("cookie", "session=visitor")
        .header("x-forwarded-for", "192.0.2.1")
        .header("x-whop-user-token", "a token that stays here")
        .header("api-version-date", "2026-01-01")
        .header("content-type", "application/json; charset=utf-8")
        .bearer_auth("the.visitors.token")
        .body(body)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status().as_u16(), 201);
    assert_eq!(
        answer.headers()["content-type"],
        "application/json; charset=utf-8"
    );
    assert!(answer.headers().get("set-cookie").is_none());
    assert!(answer.headers().get("x-internal").is_none());
    assert_eq!(answer.text().await.unwrap(), ANSWER);
    let requests = requests.lock().unwrap();
    let (head, passed) = requests[0].split_once("\r\n\r\n").unwrap();
    assert_eq!(passed, body);
    assert!(
        head.starts_with("POST /api/v1/messages?b=2&a=%3Aheart%3A&empty=&a=+x HTTP/1.1"),
        "{head}"
    );
    let head = head.to_ascii_lowercase();
    assert!(head.contains("authorization: bearer the.visitors.token"));
    assert!(head.contains("api-version-date: 2026-01-01"));
    for kept in [
        "cookie",
        "x-forwarded-for",
        "x-whop-user-token",
        "origin",
        "sandbox_api_key",
    ] {
        assert!(!head.contains(kept), "{kept} went upstream: {head}");
    }
}
