//! The websocket relay: who hears what, and who does not.

mod common;

use common::{
    Closed, PATIENCE, SESSION_SECRET, SITE, Socket, Stack, assert_let_through, now, sign,
};
use proxy::configuration::{Configuration, RateLimit};
use proxy::{Proxy, serve};
use reqwest::Method;
use serde_json::{Value, json};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};

fn typing(feed: &str) -> Value {
    json!({"broadcastRequest": {
        "channel": {"type": "DMS", "id": feed}, "typingIndicator": {"expireAfter": "9999999999999"}
    }})
}

#[tokio::test]
async fn a_message_reaches_everyone_in_its_channel_and_no_one_else() {
    let stack = Stack::start().await;
    let ada = stack.session_of("user_ada", "exp_quiet").await;
    let bob = stack.session_of("user_bob", "chat_feed_quiet").await;
    let elsewhere = stack.session_of("user_chen", "exp_lounge").await;
    let mut ada_socket = stack.socket(&ada).await;
    let mut bob_socket = stack.socket(&bob).await;
    let mut elsewhere_socket = stack.socket(&elsewhere).await;
    let id = stack.post(&bob, "first").await;
    for socket in [&mut ada_socket, &mut bob_socket] {
        assert_eq!(socket.next_message().await, "first");
    }
    let reaction = json!({"resource_id": id, "emoji": ":heart:"});
    let reacted = stack
        .api(Method::POST, "/reactions", &ada.token.token, Some(reaction))
        .await;
    assert!(reacted.status().is_success());
    loop {
        let frame = bob_socket.next().await.unwrap();
        if frame["feedEntity"]["reaction"]["postId"] == id {
            break;
        }
    }
    stack.post(&elsewhere, "other room").await;
    assert_eq!(elsewhere_socket.next_message().await, "other room");
    assert!(
        !ada_socket
            .all_until_heartbeat()
            .await
            .iter()
            .any(|frame| frame.to_string().contains("other room"))
    );
}

#[tokio::test]
async fn sockets_share_one_connection_to_whop() {
    let stack = Stack::start().await;
    let session = stack.session_of("user_ada", "exp_quiet").await;
    let mut sockets = Vec::new();
    for _ in 0..5 {
        sockets.push(stack.socket(&session).await);
    }
    assert_eq!(stack.proxy.listeners(), 5);
    assert_eq!(
        stack.upstream_requests("GET /v1/websockets/connect").await,
        1
    );
    stack.post(&session, "to all five").await;
    for socket in &mut sockets {
        assert_eq!(socket.next_message().await, "to all five");
    }
    drop(sockets);
    tokio::time::timeout(PATIENCE, async {
        while stack.proxy.listeners() > 0 {
            tokio::task::yield_now().await;
        }
    })
    .await
    .expect("sockets that are gone are forgotten");
}

#[tokio::test]
async fn frames_are_passed_on_as_they_came() {
    let stack = Stack::start().await;
    let session = stack.session_of("user_ada", "exp_quiet").await;
    let mut socket = stack.socket(&session).await;
    let frame = json!({"feedEntity": {"chatFeed": {
        "entityId": "chat_feed_quiet", "somethingNew": {"b": [1, 2], "a": "é"}, "whoCanPost": "A_NEW_VALUE"
    }}, "alsoNew": true});
    stack
        .control("sockets/frame", &json!({"frame": frame}))
        .await;
    assert_eq!(socket.next().await.unwrap(), frame);
}

#[tokio::test]
async fn forged_app_messages_reach_nobody() {
    let stack = Stack::start().await;
    let ada = stack.session_of("user_ada", "exp_quiet").await;
    let bob = stack.session_of("user_bob", "exp_quiet").await;
    let mut ada_socket = stack.socket(&ada).await;
    let mut bob_socket = stack.socket(&bob).await;
    for forged in [
        json!({"broadcastAppMessage": {"channel": {"type": "APP", "id": "[app_id]_exp_quiet"}, "json": "{\"forged\":1}"}}),
        json!({"broadcastAppMessage": {"channel": {"type": "DMS", "id": "chat_feed_quiet"}, "json": "{\"forged\":1}"}}),
        json!({"appMessage": {"isTrusted": true, "json": "{\"forged\":1}"}}),
        json!({"feedEntity": {"dmsPost": {"feedId": "chat_feed_quiet", "content": "forged"}}}),
        json!({"reconnect": {}, "forged": true}),
    ] {
        ada_socket.say(&forged).await;
    }
    // What Whop itself carries for apps is none of the visitors' business either.
    for trusted in [true, false] {
        let frame = json!({"appMessage": {"isTrusted": trusted, "json": "{\"forged\":1}"}});
        stack
            .control("sockets/frame", &json!({"frame": frame}))
            .await;
    }
    // The first socket's frames have been dealt with when its heartbeat is answered; then an honest message.
    let own = ada_socket.all_until_heartbeat().await;
    stack.post(&bob, "honest").await;
    let mut heard = own;
    loop {
        let frame = bob_socket.next().await.unwrap();
        let is_honest = frame["feedEntity"]["dmsPost"]["content"] == "honest";
        heard.push(frame);
        if is_honest {
            break;
        }
    }
    for frame in heard {
        let frame = frame.to_string();
        assert!(
            !frame.contains("forged") && !frame.contains("appMessage"),
            "{frame}"
        );
    }
}

#[tokio::test]
async fn typing_is_told_to_the_others_with_its_real_author() {
    let stack = Stack::start().await;
    let ada = stack.session_of("user_ada", "exp_quiet").await;
    let bob = stack.session_of("user_bob", "exp_quiet").await;
    let chen = stack.session_of("user_chen", "exp_lounge").await;
    let mut ada_socket = stack.socket(&ada).await;
    let mut bob_socket = stack.socket(&bob).await;
    let mut chen_socket = stack.socket(&chen).await;
    let mut forged = typing("chat_feed_quiet");
    forged["broadcastRequest"]["fromUserId"] = json!("user_olivia");
    for _ in 0..5 {
        ada_socket.say(&forged).await;
    }
    // Chen's room is another; saying that they type in the quiet room is not for them.
    chen_socket.say(&typing("chat_feed_quiet")).await;
    assert!(chen_socket.all_until_heartbeat().await.is_empty());
    assert!(ada_socket.all_until_heartbeat().await.is_empty());
    let heard = bob_socket.all_until_heartbeat().await;
    assert_eq!(heard.len(), 1, "five within a second are one: {heard:?}");
    let broadcast = &heard[0]["broadcastResponse"];
    assert_eq!(broadcast["fromUserId"], "user_ada");
    assert_eq!(broadcast["channel"]["id"], "chat_feed_quiet");
}

#[tokio::test]
async fn who_comes_and_goes_is_told_within_the_channel() {
    let stack = Stack::start().await;
    let ada = stack.session_of("user_ada", "exp_quiet").await;
    let bob = stack.session_of("user_bob", "exp_quiet").await;
    let chen = stack.session_of("user_chen", "exp_lounge").await;
    let mut ada_socket = stack.socket(&ada).await;
    let mut chen_socket = stack.socket(&chen).await;
    let mut bob_socket = stack.socket(&bob).await;
    assert_eq!(ada_socket.presence().await, ("user_bob".to_owned(), true));
    assert_eq!(bob_socket.presence().await, ("user_ada".to_owned(), true));
    drop(bob_socket);
    assert_eq!(ada_socket.presence().await, ("user_bob".to_owned(), false));
    // What Whop says of its own side names no channel: nobody hears it who may not know them.
    let tell = async |frame: Value| {
        stack
            .control("sockets/frame", &json!({"frame": frame}))
            .await;
    };
    let frame = json!({"userPresence": {"userId": "user_noor", "secret": 1}, "alsoSecret": 2});
    tell(frame).await;
    // Noor shows where they are. Then it holds nothing but who and whether.
    let typing = json!({"broadcastResponse": {"channel": {"type": "DMS", "id": "chat_feed_lounge"},
        "fromUserId": "user_noor", "typingIndicator": {}}});
    tell(typing).await;
    let typing = chen_socket.next().await.unwrap();
    assert_eq!(typing["broadcastResponse"]["fromUserId"], "user_noor");
    let text = chen_socket.next_text().await.unwrap();
    assert_eq!(text, r#"{"userPresence":{"userId":"user_noor"}}"#);
    tell(json!({"userPresence": {"userId": "user_noor", "lastSeenAt": "1"}})).await;
    assert_eq!(
        chen_socket.presence().await,
        ("user_noor".to_owned(), false)
    );
    ada_socket.say(&json!({"heartbeat": {}})).await;
    let next = ada_socket.next_text().await.unwrap();
    assert!(next.contains("heartbeatResponse"), "{next}");
}

#[tokio::test]
async fn a_mute_reaches_the_channel() {
    let stack = Stack::start().await;
    let session = stack.session_of("user_ada", "exp_quiet").await;
    let mut socket = stack.socket(&session).await;
    let body = json!({"channel_id": "exp_quiet", "user_id": "user_ada", "seconds": 60});
    stack.control("mute", &body).await;
    let frame = socket.next().await.unwrap();
    let muted = &frame["feedEntity"]["mutedUser"];
    assert_eq!(
        (&muted["userId"], &muted["feedId"]),
        (&json!("user_ada"), &json!("chat_feed_quiet"))
    );
    let body = json!({"channel_id": "exp_quiet", "content": "may I?"});
    let answer = stack
        .api(Method::POST, "/messages", &session.token.token, Some(body))
        .await;
    assert_eq!(answer.status(), 403);
    assert!(answer.text().await.unwrap().contains("You are muted"));
}

#[tokio::test]
async fn subscriptions_are_answered_for_the_tickets_channel_only() {
    let stack = Stack::start().await;
    let session = stack.session_of("user_ada", "exp_quiet").await;
    let mut socket = stack.socket(&session).await;
    for (id, expected) in [("chat_feed_quiet", true), ("chat_feed_general", false)] {
        let channel = json!({"type": "DMS", "id": id});
        socket
            .say(&json!({"subscribeToChannel": {"channel": channel}}))
            .await;
        let state = &socket.next().await.unwrap()["channelSubscriptionState"];
        assert_eq!(state["channel"], channel);
        assert_eq!(state["isSubscribed"], expected);
        if !expected {
            assert_eq!(state["disconnectionReason"], "NO_ACCESS");
        }
    }
}

async fn refusal(stack: &Stack, path: &str, protocols: &[String], origin: Option<&str>) -> u16 {
    match stack.try_socket(path, protocols, origin).await {
        Err(Error::Http(answer)) => answer.status().as_u16(),
        Err(error) => panic!("{error}"),
        Ok(_) => 101,
    }
}

#[tokio::test]
async fn the_door_is_closed_without_ticket_and_origin() {
    let stack = Stack::start().await;
    let session = stack.session_of("user_ada", "exp_quiet").await;
    let (path, protocols) = (&session.socket.path, &session.socket.protocols);
    for origin in [None, Some("https://evil.example"), Some("null")] {
        assert_eq!(
            refusal(&stack, path, protocols, origin).await,
            403,
            "{origin:?}"
        );
    }
    let ticket = |change: fn(&mut Value), secret: &str| {
        let mut claims = json!({
            "sub": "user_ada", "aud": "whop-chat-socket", "channel": "chat_feed_quiet",
            "experience": "exp_quiet", "exp": now() + 60
        });
        change(&mut claims);
        vec![
            "whop-chat.v1".to_owned(),
            format!("ticket.{}", sign(&claims, secret.as_bytes())),
        ]
    };
    let refused = [
        vec![],
        vec!["whop-chat.v1".to_owned()],
        vec![protocols[1].clone()],
        vec![
            "whop-chat.v1".to_owned(),
            format!("ticket.{}", session.renewal),
        ],
        vec![
            "whop-chat.v1".to_owned(),
            format!("ticket.{}", session.token.token),
        ],
        ticket(|claims| claims["exp"] = json!(now() - 1), SESSION_SECRET),
        ticket(
            |claims| claims["aud"] = json!("whop-chat-renewal"),
            SESSION_SECRET,
        ),
        ticket(|_| {}, "a secret that only its forger knows"),
    ];
    for protocols in refused {
        assert_eq!(
            refusal(&stack, path, &protocols, Some(SITE)).await,
            401,
            "{protocols:?}"
        );
    }
    for other in [
        "/_whop/ws/v1/websockets/connect?join_experience=exp_general",
        "/_whop/ws/v1/websockets/connect?join_experience=exp_quiet&join_custom=x",
    ] {
        assert_eq!(refusal(&stack, other, protocols, Some(SITE)).await, 403);
    }
    assert_eq!(refusal(&stack, path, protocols, Some(SITE)).await, 101);
    assert_eq!(
        refusal(&stack, path, &ticket(|_| {}, SESSION_SECRET), Some(SITE)).await,
        101,
        "the tickets above were refused for what is wrong with them"
    );
}

#[tokio::test]
async fn a_socket_ends_with_its_ticket() {
    let stack = Stack::start_with(
        |_| {},
        |configuration| configuration.token_lifetime = Duration::from_secs(3),
    )
    .await;
    let session = stack.session_of("user_ada", "exp_quiet").await;
    let mut socket = stack.socket(&session).await;
    let end = loop {
        if let Err(end) = socket.next().await {
            break end;
        }
    };
    assert_eq!(end, Closed(Some(4001)));
    assert!(now() >= session.token.expires_at.unix_millis().unwrap() / 1_000);
    // The renewal gives a new ticket at once (T6).
    let body = json!({"channel_id": "exp_quiet", "renewal": session.renewal});
    let answer = stack.post_session(&body).await;
    let renewed: wire::session::Session = answer.json().await.unwrap();
    assert_ne!(renewed.token.token, session.token.token);
    stack.socket(&renewed).await;
}

#[tokio::test]
async fn frames_that_are_too_long_close_the_socket() {
    use futures_util::SinkExt;
    let stack = Stack::start().await;
    let session = stack.session_of("user_ada", "exp_quiet").await;
    for length in [65_537, 300_000] {
        let mut socket = stack.socket(&session).await;
        let frame = Message::text("x".repeat(length));
        socket.0.send(frame).await.unwrap();
        assert_eq!(
            socket.next().await.unwrap_err(),
            Closed(Some(1009)),
            "{length}"
        );
    }
    let mut socket = stack.socket(&session).await;
    socket.0.send(Message::binary(vec![1, 2, 3])).await.unwrap();
    assert_eq!(socket.next().await.unwrap_err(), Closed(Some(1003)));
    let mut socket = stack.socket(&session).await;
    for _ in 0..60 {
        if socket.0.send(Message::text("{}")).await.is_err() {
            break;
        }
    }
    assert_eq!(socket.next().await.unwrap_err(), Closed(Some(1008)));
}

#[tokio::test]
async fn after_a_gap_upstream_everyone_is_told_to_fetch_what_they_missed() {
    let stack = Stack::start().await;
    let session = stack.session_of("user_ada", "exp_quiet").await;
    let mut socket = stack.socket(&session).await;
    stack.control("sockets/drop", &json!({})).await;
    // T1: the frame comes when live updates are there again, so that what is fetched then leaves no hole.
    assert_eq!(socket.next_text().await.unwrap(), r#"{"reconnect":{}}"#);
    stack.post(&session, "after the gap").await;
    assert_eq!(socket.next_message().await, "after the gap");
}

#[tokio::test]
async fn a_socket_opens_only_when_live_updates_arrive() {
    let stack = Stack::start().await;
    let session = stack.session_of("user_ada", "exp_quiet").await;
    stack
        .control("sockets/refuse", &json!({"refuse": true}))
        .await;
    let (path, protocols) = (&session.socket.path, &session.socket.protocols);
    assert_eq!(refusal(&stack, path, protocols, Some(SITE)).await, 503);
    stack
        .control("sockets/refuse", &json!({"refuse": false}))
        .await;
    let mut attempts = 0;
    while refusal(&stack, path, protocols, Some(SITE)).await != 101 {
        attempts += 1;
        assert!(attempts < 10, "it recovers by itself");
    }
}

#[tokio::test]
async fn a_stopping_proxy_sends_its_sockets_elsewhere() {
    let mut stack = Stack::start().await;
    let session = stack.session_of("user_ada", "exp_quiet").await;
    let mut socket = stack.socket(&session).await;
    let stopped = stack.stop_proxy();
    let told = async {
        assert_eq!(socket.next_text().await.unwrap(), r#"{"reconnect":{}}"#);
        assert_eq!(socket.next().await.unwrap_err(), Closed(Some(1012)));
    };
    tokio::join!(stopped, told);
}

#[tokio::test]
async fn a_slow_reader_is_let_go_and_the_others_notice_nothing() {
    const FRAMES: usize = 1_200;
    let stack = Stack::start().await;
    let ada = stack.session_of("user_ada", "exp_quiet").await;
    let bob = stack.session_of("user_bob", "exp_quiet").await;
    // It never reads: what the kernel's buffers don't take fills its queue.
    let mut slow = stack.socket(&ada).await;
    let mut quick = stack.socket(&bob).await;
    let padding = "x".repeat(30_000);
    for number in 0..FRAMES {
        let frame = json!({"feedEntity": {"chatFeed": {
            "entityId": "chat_feed_quiet", "number": number, "padding": padding
        }}});
        stack
            .control("sockets/frame", &json!({"frame": frame}))
            .await;
        let heard = quick.next().await.unwrap();
        assert_eq!(heard["feedEntity"]["chatFeed"]["number"], number);
        if stack.proxy.listeners() == 1 {
            break;
        }
    }
    assert_eq!(stack.proxy.listeners(), 1, "the slow one was let go");
    // It reads at last: what was on its way, then that it has missed something.
    let mut heard = 0;
    let (last, end) = loop {
        match slow.next().await {
            Ok(frame) if frame.get("reconnect").is_some() => {
                break (Some(frame), slow.next().await);
            }
            Ok(_) => heard += 1,
            Err(end) => break (None, Err(end)),
        }
    };
    assert!(heard < FRAMES);
    assert_eq!(last, Some(json!({"reconnect": {}})));
    assert_eq!(end.unwrap_err(), Closed(Some(4008)));
}

#[tokio::test]
async fn visitors_inside_whop_and_on_the_creators_site_hear_each_other() {
    let stack = Stack::start().await;
    let ada = stack.session_of("user_ada", "exp_quiet").await;
    let mut site = stack.socket(&ada).await;
    let cookie = stack.visitor_cookie("user_bob").await;
    let app = &stack.sandbox.addresses().app;
    let path = "/_whop/ws/v1/websockets/connect?join_experience=exp_quiet";
    let mut request = format!("{}{path}", app.replace("http", "ws"))
        .into_client_request()
        .unwrap();
    request
        .headers_mut()
        .insert("cookie", cookie.parse().unwrap());
    request.headers_mut().insert("origin", app.parse().unwrap());
    let (stream, _) = connect_async(request).await.unwrap();
    let mut inside = Socket(stream);
    // Whop's clients name the experience instead of the feed.
    let mut request = typing("exp_quiet");
    request["broadcastRequest"]["channel"]["type"] = json!("EXPERIENCE");
    inside.say(&request).await;
    let heard = site.next().await.unwrap();
    assert_eq!(heard["broadcastResponse"]["fromUserId"], "user_bob");
    stack.post(&ada, "hello inside").await;
    assert_eq!(inside.next_message().await, "hello inside");
    assert_eq!(site.next_message().await, "hello inside");
}

/// Frames until the socket ends, and how it did.
async fn until_end(socket: &mut Socket) -> (Vec<Value>, Closed) {
    let mut frames = Vec::new();
    loop {
        match socket.next().await {
            Ok(frame) => frames.push(frame),
            Err(end) => return (frames, end),
        }
    }
}

#[tokio::test]
async fn who_loses_access_hears_so_and_nothing_more() {
    let stack = Stack::start().await;
    let ada = stack.session_of("user_ada", "exp_quiet").await;
    let bob = stack.session_of("user_bob", "exp_quiet").await;
    let mut ada_socket = stack.socket(&ada).await;
    let mut bob_socket = stack.socket(&bob).await;
    let taken = json!({"user_id": "user_ada", "access_level": "no_access"});
    stack.control("access", &taken).await;
    // Something happened to ada: their access is looked at.
    let mute = json!({"channel_id": "exp_quiet", "user_id": "user_ada", "seconds": 60});
    stack.control("mute", &mute).await;
    let (frames, end) = until_end(&mut ada_socket).await;
    assert_eq!(end, Closed(Some(4003)));
    let last = &frames.last().unwrap()["channelSubscriptionState"];
    assert_eq!(last["disconnectionReason"], "NO_ACCESS");
    assert_eq!(last["isSubscribed"], false);
    let (path, protocols) = (&ada.socket.path, &ada.socket.protocols);
    assert_eq!(refusal(&stack, path, protocols, Some(SITE)).await, 403);
    let body = json!({"channel_id": "exp_quiet", "renewal": ada.renewal});
    assert_eq!(stack.post_session(&body).await.status(), 403);
    stack.post(&bob, "among us").await;
    assert_eq!(bob_socket.next_message().await, "among us");
}

#[tokio::test]
async fn access_is_looked_at_in_rounds() {
    let stack = Stack::start_with(
        |_| {},
        |configuration| configuration.access_lifetime = Duration::from_millis(200),
    )
    .await;
    let ada = stack.session_of("user_ada", "exp_quiet").await;
    let mut socket = stack.socket(&ada).await;
    // It is asked over and over, with ada's own token, and the socket stays.
    let route = "GET /api/v1/users/{id}/access/{resource_id}";
    let asked = stack.upstream_requests(route).await;
    tokio::time::timeout(PATIENCE, async {
        while stack.upstream_requests(route).await < asked + 2 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await
    .unwrap();
    stack.post(&ada, "still here").await;
    assert_eq!(socket.next_message().await, "still here");
    let lost = json!({"user_id": "user_ada", "access_level": "no_access"});
    stack.control("access", &lost).await;
    assert_eq!(until_end(&mut socket).await.1, Closed(Some(4003)));
}

fn rate_limit(requests: usize, seconds: u64) -> RateLimit {
    RateLimit {
        requests,
        window: Duration::from_secs(seconds),
    }
}

fn quickly(configuration: &mut Configuration) {
    configuration.access_lifetime = Duration::from_millis(500);
}

async fn take_access(stack: &Stack, user: &str) {
    let taken = json!({"user_id": user, "access_level": "no_access"});
    stack.control("access", &taken).await;
}

#[tokio::test]
async fn who_lost_access_does_not_stay_by_coming_again() {
    let stack = Stack::start_with(|_| {}, quickly).await;
    let ada = stack.session_of("user_ada", "exp_quiet").await;
    let (path, protocols) = (&ada.socket.path, &ada.socket.protocols);
    assert_eq!(refusal(&stack, path, protocols, Some(SITE)).await, 101);
    take_access(&stack, "user_ada").await;
    // Each time the first look would be a round later.
    tokio::time::timeout(PATIENCE, async {
        while refusal(&stack, path, protocols, Some(SITE)).await == 101 {}
    })
    .await
    .unwrap();
    assert_eq!(refusal(&stack, path, protocols, Some(SITE)).await, 403);
}

#[tokio::test]
async fn who_lost_access_does_not_stay_by_spending_their_own_calls() {
    let stack = Stack::start_with(
        |_| {},
        |configuration| {
            quickly(configuration);
            configuration.rate_limit = rate_limit(10, 10);
        },
    )
    .await;
    let ada = stack.session_of("user_ada", "exp_quiet").await;
    let mut socket = stack.socket(&ada).await;
    take_access(&stack, "user_ada").await;
    let flood = futures_util::future::join_all((0..60).map(async |_| -> Infallible {
        loop {
            let path = "/users/user_bob";
            stack.api(Method::GET, path, &ada.token.token, None).await;
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }));
    tokio::select! {
        end = until_end(&mut socket) => assert_eq!(end.1, Closed(Some(4003))),
        _ = flood => unreachable!("it never ends"),
    }
}

#[tokio::test]
async fn while_whop_cannot_say_who_was_let_in_lately_is() {
    let stack = Stack::start_with(
        |_| {},
        |configuration| configuration.access_lifetime = Duration::from_secs(1),
    )
    .await;
    let opened = std::time::Instant::now();
    let ada = stack.session_of("user_ada", "exp_quiet").await;
    let access = json!({"method": "GET", "path": "/api/v1/users/{id}/access/{resource_id}"});
    let fault = json!({"kind": "status", "status": 503, "match": access});
    stack.control("faults", &fault).await;
    let (path, protocols) = (&ada.socket.path, &ada.socket.protocols);
    let mut late = 0;
    let refused = loop {
        let status = refusal(&stack, path, protocols, Some(SITE)).await;
        if status != 101 {
            break status;
        }
        late += u32::from(opened.elapsed() > Duration::from_millis(1_500));
        assert!(opened.elapsed() < PATIENCE);
    };
    assert_eq!(refused, 503, "come again");
    assert!(opened.elapsed() > Duration::from_secs(3));
    assert!(late > 0, "not everybody at once");
    stack
        .client
        .delete(format!("{}/_sandbox/faults", stack.sandbox.addresses().api))
        .send()
        .await
        .unwrap();
    assert_eq!(refusal(&stack, path, protocols, Some(SITE)).await, 101);
}

#[tokio::test]
async fn a_proxy_that_has_just_started_asks_with_the_listeners_own_token() {
    let stack = Stack::start().await;
    let ada = stack.session_of("user_ada", "exp_quiet").await;
    let addresses = stack.sandbox.addresses();
    let assets = stack.assets.to_str().unwrap();
    let mut other = common::configuration(&addresses.api, &addresses.app, assets);
    // Of the key's one call for the next hours the connection to Whop is made.
    other.rate_limit = rate_limit(1, 3_600);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}{}", listener.local_addr().unwrap(), ada.socket.path);
    let (stop, stopped) = oneshot::channel::<()>();
    let served = tokio::spawn(serve(
        Arc::new(Proxy::new(other).unwrap()),
        listener,
        async {
            let _ = stopped.await;
        },
    ));
    let mut request = url.into_client_request().unwrap();
    let headers = request.headers_mut();
    headers.insert("origin", SITE.parse().unwrap());
    let protocols = ada.socket.protocols.join(", ").parse().unwrap();
    headers.insert("sec-websocket-protocol", protocols);
    let route = "GET /api/v1/users/{id}/access/{resource_id}";
    let asked = stack.upstream_requests(route).await;
    let (stream, _) = connect_async(request).await.unwrap();
    assert_eq!(stack.upstream_requests(route).await, asked + 1);
    let mut socket = Socket(stream);
    stack.post(&ada, "heard there").await;
    assert_eq!(socket.next_message().await, "heard there");
    drop((socket, stop));
    served.await.unwrap();
}

#[tokio::test]
async fn guests_listen_as_long_as_the_channel_is_open() {
    let ticket = json!({
        "sub": "guest_1", "aud": "whop-chat-socket", "channel": "chat_feed_quiet",
        "experience": "exp_quiet", "exp": now() + 60
    });
    let ticket = sign(&ticket, SESSION_SECRET.as_bytes());
    let protocols = ["whop-chat.v1".to_owned(), format!("ticket.{ticket}")];
    let path = "/_whop/ws/v1/websockets/connect";
    for (channels, expected) in [(vec![], 403), (vec!["exp_quiet".to_owned()], 101)] {
        let stack = Stack::start_with(
            |_| {},
            |configuration| configuration.public_channels = channels,
        )
        .await;
        let status = refusal(&stack, path, &protocols, Some(SITE)).await;
        assert_eq!(status, expected);
    }
}

#[tokio::test]
async fn who_comes_and_goes_over_and_over_is_told_once_and_then_refused() {
    let stack = Stack::start_with(
        |_| {},
        // A third of it at once.
        |configuration| configuration.requests_per_user = 30,
    )
    .await;
    let ada = stack.session_of("user_ada", "exp_quiet").await;
    let bob = stack.session_of("user_bob", "exp_quiet").await;
    let mut socket = stack.socket(&ada).await;
    let (path, protocols) = (&bob.socket.path, &bob.socket.protocols);
    let since = std::time::Instant::now();
    let mut opened = 0;
    let refused = loop {
        match refusal(&stack, path, protocols, Some(SITE)).await {
            101 => opened += 1,
            status => break status,
        }
    };
    assert_eq!(refused, 429);
    assert_let_through(opened, 30, since);
    assert_eq!(socket.presence().await, ("user_bob".to_owned(), true));
    assert_eq!(socket.presence().await, ("user_bob".to_owned(), false));
}

#[tokio::test]
async fn one_person_says_so_much_in_all_of_their_tabs() {
    let stack = Stack::start().await;
    let ada = stack.session_of("user_ada", "exp_quiet").await;
    let bob = stack.session_of("user_bob", "exp_quiet").await;
    let mut ada_socket = stack.socket(&ada).await;
    let mut over = typing("chat_feed_quiet");
    over["broadcastRequest"]["typingIndicator"]["expireAfter"] = json!("0");
    let began = std::time::Instant::now();
    for _ in 0..10 {
        let mut tab = stack.socket(&bob).await;
        for _ in 0..10 {
            tab.say(&typing("chat_feed_quiet")).await;
            tab.say(&over).await;
        }
        tab.all_until_heartbeat().await;
    }
    let heard = ada_socket.all_until_heartbeat().await.len();
    // Ten at once, three a second.
    let most = 10 + 3 * usize::try_from(began.elapsed().as_secs() + 1).unwrap();
    assert!(heard >= 10 && heard <= most, "{heard} of {most}");
}

#[tokio::test]
async fn who_may_not_post_any_more_types_unheard() {
    let stack = Stack::start().await;
    let marcus = stack.session_of("user_marcus", "exp_announcements").await;
    let ada = stack.session_of("user_ada", "exp_announcements").await;
    let mut marcus_socket = stack.socket(&marcus).await;
    let mut ada_socket = stack.socket(&ada).await;
    let channel = &marcus.channel.id;
    marcus_socket.say(&typing(channel)).await;
    let heard = ada_socket.next().await.unwrap();
    assert_eq!(heard["broadcastResponse"]["fromUserId"], "user_marcus");
    let demoted = json!({"user_id": "user_marcus", "access_level": "customer"});
    stack.control("access", &demoted).await;
    let route = "GET /api/v1/users/{id}/access/{resource_id}";
    let asked = stack.upstream_requests(route).await;
    let mute = json!({"channel_id": "exp_announcements", "user_id": "user_marcus", "seconds": 0});
    stack.control("mute", &mute).await;
    ada_socket.next().await.unwrap();
    let mut heard = usize::MAX;
    tokio::time::timeout(PATIENCE, async {
        while stack.upstream_requests(route).await == asked || heard > 0 {
            tokio::time::sleep(Duration::from_millis(1_010)).await;
            marcus_socket.say(&typing(channel)).await;
            marcus_socket.all_until_heartbeat().await;
            heard = ada_socket.all_until_heartbeat().await.len();
        }
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn many_who_fill_the_same_gap_cost_one_read() {
    let stack = Stack::start().await;
    stack.control("people", &json!({"count": 60})).await;
    let sessions = futures_util::future::join_all((1..=60).map(async |number| {
        let session = stack
            .session_of(&format!("user_extra_{number}"), "exp_quiet")
            .await;
        (stack.socket(&session).await, session)
    }));
    let sessions = sessions.await;
    let reads = "GET /api/v1/messages";
    let before = stack.upstream_requests(reads).await;
    stack.control("sockets/drop", &json!({})).await;
    let filled = sessions.into_iter().map(|(mut socket, session)| {
        let stack = &stack;
        async move {
            assert_eq!(socket.next_text_but_presence().await, r#"{"reconnect":{}}"#);
            let path = "/messages?channel_id=chat_feed_quiet&direction=desc&first=50";
            let answer = stack
                .api(Method::GET, path, &session.token.token, None)
                .await;
            assert_eq!(answer.status(), 200);
        }
    });
    futures_util::future::join_all(filled).await;
    let cost = stack.upstream_requests(reads).await - before;
    assert!(cost <= 2, "{cost}");
}

#[tokio::test]
async fn a_connection_that_only_looks_alive_is_replaced() {
    let stack = Stack::start().await;
    let ada = stack.session_of("user_ada", "exp_quiet").await;
    let mut socket = stack.socket(&ada).await;
    // T3: not a byte comes through any more, and nobody says so.
    let fault = json!({"kind": "socket_half_open", "match": {"endpoint": "server"}});
    stack.control("faults", &fault).await;
    stack.post(&ada, "unheard").await;
    assert_eq!(socket.next_text().await.unwrap(), r#"{"reconnect":{}}"#);
    stack.post(&ada, "heard").await;
    assert_eq!(socket.next_message().await, "heard");
}
