//! Who comes with a bare socket and bad manners: slow heads, long heads, too many at once.

#![allow(clippy::unwrap_used, reason = "a test's helpers")]

mod common;

use common::{PATIENCE, Stack};
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
    // One byte at a time, and never the last.
    let drip = async {
        slow.write_all(b"GET /healthz HTTP/1.1\r\nx-slow: ").await?;
        loop {
            slow.write_all(b"a").await?;
            sleep(Duration::from_millis(20)).await;
        }
    };
    let dripped: std::io::Result<()> = timeout(PATIENCE, drip).await.expect("it is let in");
    assert!(dripped.is_err());
    assert_eq!(rest(&mut silent).await, "");
    let answered = rest(&mut kept).await;
    assert!(answered.starts_with("HTTP/1.1 200") && answered.ends_with("ok\n"));
}

#[tokio::test]
async fn long_heads_are_refused() {
    let stack = Stack::start().await;
    let long = format!("x-long: {}\r\n", "a".repeat(40 << 10));
    let many: String = (0..200)
        .map(|number| format!("x-{number}: a\r\n"))
        .collect();
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
