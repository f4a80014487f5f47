//! Who gets which frames.

use crate::whop::{API_KEY, As, PATIENCE, QUIET, Socket, Whop, assert_error};
use futures_util::SinkExt as _;
use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

async fn eventually(mut holds: impl AsyncFnMut() -> bool) {
    let held = async { while !holds().await {} };
    tokio::time::timeout(PATIENCE, held)
        .await
        .expect("the condition in time");
}

async fn sockets(whop: &Whop) -> Value {
    whop.get("/_sandbox/state", As::Nobody).await.1["sockets"].clone()
}

#[tokio::test]
async fn a_post_reaches_all_who_see_the_feed_and_no_one_else() {
    let whop = Whop::start().await;
    let mut server = whop.server_socket("user_bob").await;
    let mut joined = whop
        .browser_socket("user_chen", "join_experience=exp_quiet")
        .await;
    joined.subscription("exp_quiet").await;
    let mut subscribed = whop.browser_socket("user_noor", "").await;
    subscribed
        .send(json!({"subscribeToChannel": {"channel": {"type": "DMS", "id": QUIET}}}))
        .await;
    assert_eq!(subscribed.subscription(QUIET).await["isSubscribed"], true);
    let mut elsewhere = whop
        .browser_socket("user_sofia", "join_experience=exp_lounge")
        .await;
    elsewhere.subscription("exp_lounge").await;
    let mut stranger_on_server = whop.server_socket("user_stranger").await;
    let mut stranger = whop
        .browser_socket("user_stranger", "join_experience=exp_quiet")
        .await;
    let state = stranger.subscription("exp_quiet").await;
    assert_eq!(state["isSubscribed"], false);
    assert_eq!(state["disconnectionReason"], "NO_ACCESS");

    whop.say(QUIET, "user_ada", "hello").await;
    for socket in [&mut server, &mut joined, &mut subscribed] {
        assert_eq!(socket.entity("dmsPost").await["content"], "hello");
    }
    for socket in [&mut elsewhere, &mut stranger_on_server, &mut stranger] {
        let frames = socket.until_heartbeat().await;
        assert!(
            frames.iter().all(|frame| frame.get("feedEntity").is_none()),
            "{frames:?}"
        );
    }
}

#[tokio::test]
async fn subscriptions_are_checked_one_by_one() {
    let whop = Whop::start().await;
    let mut ada = whop.browser_socket("user_ada", "").await;
    let mut stranger = whop.browser_socket("user_stranger", "").await;
    for (kind, id, member_may, stranger_may) in [
        ("EXPERIENCE", "exp_quiet", true, false),
        ("DMS", "chat_feed_quiet", true, false),
        ("DMS", "chat_feed_nowhere", false, false),
        ("USER", "user_ada", true, false),
        ("USER", "user_bob", false, false),
        ("ACCESS_PASS", "prod_members", true, false),
        ("BOT", "biz_sandbox", true, false),
        ("APP", "[app_id]", true, true),
        ("APP", "app_other", false, false),
        ("APP", "[app_id]_exp_quiet", true, false),
        ("APP", "[app_id]_c_game", true, true),
        ("PUBLIC", "prices", true, true),
        ("FUTURE", "x", false, false),
    ] {
        let channel = json!({"type": kind, "id": id});
        for (socket, may) in [(&mut ada, member_may), (&mut stranger, stranger_may)] {
            socket
                .send(json!({"subscribeToChannelBatch": {"channels": [{"channel": channel}]}}))
                .await;
            let state = socket.subscription(id).await;
            assert_eq!(state["channel"], channel);
            assert_eq!(state["isSubscribed"], may, "{channel}");
        }
    }
}

#[tokio::test]
async fn an_unsubscribed_channel_is_silent() {
    let whop = Whop::start().await;
    let mut socket = whop
        .browser_socket("user_bob", "join_experience=exp_quiet")
        .await;
    socket.subscription("app_sandbox_exp_quiet").await;
    let channel = json!({"type": "EXPERIENCE", "id": "exp_quiet"});
    socket
        .send(json!({"unsubscribeFromChannel": {"channel": channel}}))
        .await;
    let state = socket
        .find(|frame| {
            let state = frame.get("channelSubscriptionState")?;
            state.get("disconnectionReason").map(|_| state.clone())
        })
        .await;
    assert_eq!(state["disconnectionReason"], "REQUESTED_DISCONNECT");
    whop.say(QUIET, "user_ada", "unheard").await;
    assert_eq!(socket.until_heartbeat().await, Vec::<Value>::new());
}

#[tokio::test]
async fn heartbeats_are_answered_with_the_time() {
    let whop = Whop::start().await;
    let mut socket = whop.server_socket("user_bob").await;
    socket
        .send(json!({"heartbeat": {
            "userish": {"type": "USER", "id": "user_bob", "deviceId": "d"}, "channels": [], "platform": "WEB",
        }}))
        .await;
    let time = socket
        .find(|frame| {
            frame["heartbeatResponse"]["serverTime"]
                .as_str()
                .map(ToOwned::to_owned)
        })
        .await;
    assert!(time.parse::<i64>().unwrap() > 1_700_000_000_000);
}

#[tokio::test]
async fn typing_reaches_the_others_of_the_channel() {
    let whop = Whop::start().await;
    let mut ada = whop
        .browser_socket("user_ada", "join_experience=exp_quiet")
        .await;
    ada.subscription("app_sandbox_exp_quiet").await;
    let mut server = whop.server_socket("user_bob").await;
    let mut stranger = whop.server_socket("user_stranger").await;
    let channel = json!({"type": "DMS", "id": QUIET});
    ada.send(json!({"broadcastRequest": {
        "channel": channel, "typingIndicator": {"expireAfter": "1795000000000"},
    }}))
    .await;
    let typing = server
        .find(|frame| frame.get("broadcastResponse").cloned())
        .await;
    assert_eq!(typing["fromUserId"], "user_ada");
    assert_eq!(typing["channel"], channel);
    assert_eq!(typing["typingIndicator"]["expireAfter"], "1795000000000");
    ada.send(json!({"broadcastRequest": {
        "channel": channel, "markAsRead": {"isGlobal": false, "timestamp": "1795000000001"},
    }}))
    .await;
    let read = server
        .find(|frame| frame.get("broadcastResponse").cloned())
        .await;
    assert_eq!(read["markAsRead"]["timestamp"], "1795000000001");
    // Not to oneself, not to strangers, and strangers can't send any.
    assert_eq!(ada.until_heartbeat().await, Vec::<Value>::new());
    assert_eq!(stranger.until_heartbeat().await, Vec::<Value>::new());
    stranger
        .send(json!({"broadcastRequest": {"channel": channel, "typingIndicator": {}}}))
        .await;
    stranger.until_heartbeat().await;
    assert_eq!(server.until_heartbeat().await, Vec::<Value>::new());
}

#[tokio::test]
async fn app_messages_of_visitors_are_untrusted() {
    let whop = Whop::start().await;
    let query = "join_experience=exp_quiet&join_custom=game";
    let mut ada = whop.browser_socket("user_ada", query).await;
    let mut bob = whop.browser_socket("user_bob", query).await;
    let mut chen = whop.browser_socket("user_chen", "").await;
    for socket in [&mut ada, &mut bob] {
        socket.subscription("app_sandbox_c_game").await;
    }
    for (channel, chen_hears) in [
        ("[app_id]", true),
        ("[app_id]_exp_quiet", false),
        ("[app_id]_c_game", false),
    ] {
        let claim = json!({"isTrusted": true, "fromUserId": "user_olivia"}).to_string();
        ada.send(json!({"broadcastAppMessage": {
            "channel": {"type": "APP", "id": channel},
            "json": claim, "isTrusted": true, "fromUserId": "user_olivia",
        }}))
        .await;
        let message = bob.find(|frame| frame.get("appMessage").cloned()).await;
        assert_eq!(
            message,
            json!({"isTrusted": false, "fromUserId": "user_ada", "json": claim})
        );
        ada.until_heartbeat().await;
        let heard = chen.until_heartbeat().await;
        assert_eq!(heard.len(), usize::from(chen_hears), "{channel}");
    }
    // Another app's channel is nobody's.
    ada.send(json!({"broadcastAppMessage": {"channel": {"type": "APP", "id": "app_other"}, "json": "{}"}}))
        .await;
    ada.until_heartbeat().await;
    assert_eq!(bob.until_heartbeat().await, Vec::<Value>::new());
}

#[tokio::test]
async fn app_messages_with_the_api_key_are_trusted() {
    let whop = Whop::start().await;
    let query = "join_experience=exp_quiet&join_custom=game";
    let mut bob = whop.browser_socket("user_bob", query).await;
    bob.subscription("app_sandbox_c_game").await;
    let mut chen = whop.browser_socket("user_chen", "").await;
    for (target, chen_hears) in [
        (json!("everyone"), true),
        (json!({"experience": "exp_quiet"}), false),
        (json!({"user": "user_bob"}), false),
        (json!({"custom": "game"}), false),
    ] {
        let body = json!({"message": "{\"n\":1}", "target": target});
        let (status, answer) = whop.post("/v1/websockets/send", As::App, body).await;
        assert_eq!((status, answer), (StatusCode::OK, json!({"ok": true})));
        let message = bob.find(|frame| frame.get("appMessage").cloned()).await;
        assert_eq!(message, json!({"isTrusted": true, "json": "{\"n\":1}"}));
        let heard = chen.until_heartbeat().await;
        assert_eq!(heard.len(), usize::from(chen_hears), "{target}");
    }
    let token = whop.token("user_ada", &["chat:read"]).await;
    let body = json!({"message": "{}", "target": "everyone"});
    let answer = whop
        .post("/v1/websockets/send", As::Token(&token), body)
        .await;
    assert_error(answer, StatusCode::UNAUTHORIZED, "unauthorized");
    let body = json!({"message": "{}", "target": {"galaxy": "x"}});
    let answer = whop.post("/v1/websockets/send", As::App, body).await;
    assert_error(answer, StatusCode::BAD_REQUEST, "bad_request");
}

#[tokio::test]
async fn malformed_frames_are_ignored() {
    let whop = Whop::start().await;
    let mut socket = whop.server_socket("user_bob").await;
    for text in [
        "nonsense",
        "[]",
        "{}",
        "{\"heartbeat\": 5}",
        "{\"subscribeToChannel\": {}}",
        "{\"broadcastRequest\": {\"channel\": {\"type\": 5}}}",
        "{\"executeClientCommandResponse\": {}}",
    ] {
        socket.0.send(Message::Text(text.into())).await.unwrap();
    }
    socket
        .0
        .send(Message::Binary(vec![0; 100].into()))
        .await
        .unwrap();
    socket.0.send(Message::Ping(vec![1].into())).await.unwrap();
    assert_eq!(socket.until_heartbeat().await, Vec::<Value>::new());
}

#[tokio::test]
async fn a_frame_that_is_too_long_ends_the_connection() {
    let whop = Whop::start().await;
    let mut socket = whop.server_socket("user_bob").await;
    let text = "x".repeat(70_000);
    // The server may hang up before all of it is sent.
    let _ = socket.0.send(Message::Text(text.into())).await;
    assert_eq!(socket.next().await, None);
    eventually(async || sockets(&whop).await["server"] == 0).await;
}

#[tokio::test]
async fn who_may_open_which_socket() {
    let whop = Whop::start().await;
    let address = format!("{}/v1/websockets/connect", whop.api);
    let token = whop.token("user_ada", &["chat:read"]).await;
    for who in [
        As::Nobody,
        As::Token("wrong"),
        As::Token(&token),
        As::Behalf("user_nobody"),
    ] {
        let answer = whop.get("/v1/websockets/connect", who).await;
        assert_error(answer, StatusCode::UNAUTHORIZED, "unauthorized");
    }
    let plain = whop
        .http
        .get(&address)
        .bearer_auth(API_KEY)
        .send()
        .await
        .unwrap();
    assert_eq!(plain.status(), StatusCode::BAD_REQUEST);

    let cookie = whop.cookie("user_ada").await;
    let own = whop.app.clone();
    let localhost = own.replace("127.0.0.1", "localhost");
    let forged = "whop_sandbox_visitor=a.b.c";
    for (query, cookie, origin, expected) in [
        ("", Some(cookie.as_str()), Some(own.as_str()), Ok(())),
        ("", Some(cookie.as_str()), Some(localhost.as_str()), Ok(())),
        ("", Some(cookie.as_str()), None, Ok(())),
        (
            "",
            Some(cookie.as_str()),
            Some("https://evil.example"),
            Err(StatusCode::FORBIDDEN),
        ),
        (
            "",
            Some(cookie.as_str()),
            Some("null"),
            Err(StatusCode::FORBIDDEN),
        ),
        (
            "join_experience=exp_quiet",
            None,
            Some(own.as_str()),
            Err(StatusCode::UNAUTHORIZED),
        ),
        (
            "",
            Some(forged),
            Some(own.as_str()),
            Err(StatusCode::UNAUTHORIZED),
        ),
        ("join_public=prices", None, Some(own.as_str()), Ok(())),
    ] {
        let request = whop.browser_request(query, cookie, origin);
        let opened = Socket::open(request).await.map(|_| ());
        assert_eq!(opened, expected, "{query} {origin:?}");
    }
}

#[tokio::test]
async fn a_socket_that_does_not_read_is_dropped_and_delays_nobody() {
    let whop = Whop::start().await;
    let mut reader = whop.server_socket("user_bob").await;
    let _sleeper = whop.server_socket("user_chen").await;
    assert_eq!(sockets(&whop).await["server"], 2);
    let text = "x".repeat(60_000);
    for number in 0..2_000 {
        let body = json!({"message": text, "target": "everyone"});
        whop.post("/v1/websockets/send", As::App, body).await;
        let message = reader.find(|frame| frame.get("appMessage").cloned()).await;
        assert_eq!(message["isTrusted"], true);
        if number % 50 == 49 && sockets(&whop).await["server"] == 1 {
            return;
        }
    }
    panic!("the socket that doesn't read is still there");
}

#[tokio::test]
async fn a_stopping_sandbox_tells_its_sockets_to_connect_anew() {
    let whop = Whop::start().await;
    let mut socket = whop.server_socket("user_bob").await;
    // It is in the hub once it is answered.
    socket.until_heartbeat().await;
    whop.running.stop().await;
    assert_eq!(socket.next().await.unwrap()["reconnect"], json!({}));
    assert_eq!(socket.next().await, None);
}

#[tokio::test]
async fn a_reset_tells_sockets_to_connect_anew_and_leaves_them_open() {
    let whop = Whop::start().await;
    let mut socket = whop.server_socket("user_bob").await;
    socket.until_heartbeat().await;
    whop.control("reset", json!({})).await;
    assert_eq!(socket.next().await.unwrap()["reconnect"], json!({}));
    socket.until_heartbeat().await;
}
