//! What a hostile visitor, or a half-dead client, tries on the real servers.

#![allow(clippy::unwrap_used, reason = "a test's helpers")]

mod common;

use common::{Closed, PATIENCE, SITE, Stack, error_of};
use futures_util::SinkExt;
use reqwest::StatusCode;
use serde_json::json;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::{Error, Message};
use wire::session::SocketAddress;

#[tokio::test]
async fn control_frames_are_a_flood_too() {
    let stack = Stack::start().await;
    let session = stack.session_of("user_ada", "exp_quiet").await;
    let mut socket = stack.socket(&session).await;
    for _ in 0..400 {
        let ping = Message::Ping(vec![0; 125].into());
        if socket.0.send(ping).await.is_err() {
            break;
        }
    }
    let end = timeout(PATIENCE, socket.next()).await.unwrap();
    assert_eq!(end.unwrap_err(), Closed(Some(1008)));
}

#[tokio::test]
async fn what_one_says_is_never_repeated_to_the_others_at_length() {
    let stack = Stack::start().await;
    let ada = stack.session_of("user_ada", "exp_quiet").await;
    let bob = stack.session_of("user_bob", "exp_quiet").await;
    let mut ada_socket = stack.socket(&ada).await;
    let mut bob_socket = stack.socket(&bob).await;
    // A moment as RFC 3339 writes it, with thirty thousand digits of a second.
    let moment = format!("2099-01-01T00:00:00.{}Z", "1".repeat(30_000));
    ada_socket
        .say(&json!({"broadcastRequest": {
            "channel": {"type": "DMS", "id": "chat_feed_quiet"},
            "markAsRead": {"timestamp": moment}, "typingIndicator": {"expireAfter": moment},
        }}))
        .await;
    let heard = loop {
        let frame = bob_socket.next_text().await.unwrap();
        if frame.contains("broadcastResponse") {
            break frame;
        }
    };
    assert!(heard.contains("markAsRead") && heard.contains("typingIndicator"));
    assert!(heard.len() < 1_000, "{} bytes", heard.len());
}

#[tokio::test]
async fn nobody_holds_up_a_stopping_proxy() {
    let mut stack = Stack::start().await;
    let session = stack.session_of("user_ada", "exp_quiet").await;
    let mut socket = stack.socket(&session).await;
    let mut half = TcpStream::connect(&stack.host).await.unwrap();
    half.write_all(b"POST /session HTTP/1.1\r\nHost: chat\r\nContent-")
        .await
        .unwrap();
    // An answer on another connection: the half request has been read by then.
    stack.session_of("user_bob", "exp_quiet").await;
    let stopped = stack.stop_proxy();
    let told = async {
        assert_eq!(socket.next_text().await.unwrap(), r#"{"reconnect":{}}"#);
        assert_eq!(socket.next().await.unwrap_err(), Closed(Some(1012)));
    };
    tokio::join!(stopped, told);
}

#[tokio::test]
async fn a_channel_that_whop_refused_once_is_not_lost_for_ever() {
    let stack = Stack::start().await;
    let session = stack.session_of("user_ada", "exp_quiet").await;
    let mut socket = stack.socket(&session).await;
    let refusal = json!({"channelSubscriptionState": {
        "channel": {"type": "DMS", "id": "chat_feed_quiet"}, "isSubscribed": false,
        "disconnectionReason": "NO_ACCESS",
    }});
    stack
        .control("sockets/frame", &json!({"frame": refusal}))
        .await;
    assert_eq!(socket.next_text().await.unwrap(), r#"{"reconnect":{}}"#);
    assert_eq!(socket.next().await.unwrap_err(), Closed(Some(1012)));
    let mut again = timeout(PATIENCE, async {
        loop {
            let SocketAddress { path, protocols } = &session.socket;
            match stack.try_socket(path, protocols, Some(SITE)).await {
                Ok(socket) => break socket,
                Err(Error::Http(answer)) => assert_eq!(answer.status(), 503),
                Err(error) => panic!("{error}"),
            }
        }
    })
    .await
    .expect("Whop lets the proxy listen again, and so does the proxy");
    stack.post(&session, "heard again").await;
    assert_eq!(again.next_message().await, "heard again");
}

#[tokio::test]
async fn every_refusal_has_whops_shape() {
    let stack = Stack::start().await;
    let session = stack.session_of("user_ada", "exp_quiet").await;
    let get = |path: &str| stack.client.get(format!("{}{path}", stack.url));
    let answer = get("/experiences/%ff").send().await.unwrap();
    assert_eq!(error_of(answer).await.0, StatusCode::NOT_FOUND);
    // A ticket, but no websocket.
    let answer = get(&session.socket.path)
        .header("origin", SITE)
        .header(
            "sec-websocket-protocol",
            session.socket.protocols.join(", "),
        )
        .send()
        .await
        .unwrap();
    assert_eq!(error_of(answer).await.0, StatusCode::UPGRADE_REQUIRED);
}

#[tokio::test]
async fn one_visitor_does_not_fill_the_house() {
    let stack = Stack::start().await;
    let ada = stack.session_of("user_ada", "exp_quiet").await;
    let SocketAddress { path, protocols } = &ada.socket;
    let mut sockets = Vec::new();
    let refused = loop {
        assert!(sockets.len() < 100, "somebody has to say no");
        match stack.try_socket(path, protocols, Some(SITE)).await {
            Ok(socket) => sockets.push(socket),
            Err(Error::Http(answer)) => break answer.status(),
            Err(error) => panic!("{error}"),
        }
    };
    assert_eq!(refused, 429);
    assert!(sockets.len() >= 20, "tabs and devices: {}", sockets.len());
    // Nobody else is kept out, and who leaves may come back.
    let bob = stack.session_of("user_bob", "exp_quiet").await;
    stack.socket(&bob).await;
    sockets.pop();
    timeout(PATIENCE, async {
        while stack.try_socket(path, protocols, Some(SITE)).await.is_err() {}
    })
    .await
    .unwrap();
}
