//! What Whop tells by webhooks, and what is read where it tells nothing.
#![allow(clippy::unwrap_used, reason = "a test's helpers")]

mod common;

use common::{API_KEY, PATIENCE, Socket, Stack, assert_let_through, error_of, now};
use jsonwebtoken::{Algorithm, EncodingKey};
use proxy::configuration::Secret;
use reqwest::{Client, Method, Response, StatusCode};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// base64 of thirty-two letters.
const SECRET: &str = "whsec_dGhpcnR5LXR3byBsZXR0ZXJzIGFyZSBhIHNlY3JldCE=";

/// Signed by another library than the one that reads it.
fn signature(id: &str, time: i64, body: &str) -> String {
    let key = EncodingKey::from_base64_secret(SECRET.trim_start_matches("whsec_")).unwrap();
    let text = format!("{id}.{time}.{body}");
    let signed = jsonwebtoken::crypto::sign(text.as_bytes(), &key, Algorithm::HS256).unwrap();
    format!("v1,{}=", signed.replace('-', "+").replace('_', "/"))
}

async fn send(stack: &Stack, id: &str, time: i64, body: &str, signature: &str) -> Response {
    stack
        .client
        .post(format!("{}/webhooks/whop", stack.url))
        .header("content-type", "application/json")
        .header("webhook-id", id)
        .header("webhook-timestamp", time.to_string())
        .header("webhook-signature", signature)
        .body(body.to_owned())
        .send()
        .await
        .unwrap()
}

async fn tell(stack: &Stack, id: &str, body: &Value) {
    let (time, body) = (now(), body.to_string());
    let answer = send(stack, id, time, &body, &signature(id, time, &body)).await;
    assert_eq!(answer.status(), StatusCode::OK);
}

fn message(id: &str, content: &str) -> Value {
    json!({
        "id": format!("evt_{id}"), "api_version": "v1", "type": "chat.message.created",
        "timestamp": "2026-01-02T03:04:05Z", "company_id": "biz_sandbox",
        "data": {
            "channel": {"id": "chat_feed_quiet", "type": "chat", "experience_id": "exp_quiet"},
            "audience": {"type": "channel"}, "reason": "message",
            "message": {
                "id": id, "content": content, "created_at": "2026-01-02T03:04:05.000Z",
                "updated_at": "2026-01-02T03:04:05.000Z", "message_type": "regular",
                "user": {"id": "user_bob", "name": "Bob", "username": "bob"}
            }
        }
    })
}

async fn stack() -> Stack {
    Stack::start_with(
        |_| {},
        |configuration| configuration.webhook_secret = Some(Secret::new(SECRET)),
    )
    .await
}

async fn listener(stack: &Stack) -> Socket {
    let session = stack.session_of("user_ada", "exp_quiet").await;
    stack.socket(&session).await
}

#[tokio::test]
async fn what_a_webhook_says_is_heard_once() {
    let stack = stack().await;
    let mut socket = listener(&stack).await;
    tell(&stack, "msg_hook_1", &message("msg_new", "by webhook")).await;
    assert_eq!(socket.next_message().await, "by webhook");
    // The same again, a redelivery of the same event under a new id, and what the websocket has told already.
    tell(&stack, "msg_hook_1", &message("msg_new", "by webhook")).await;
    tell(&stack, "msg_hook_2", &message("msg_new", "by webhook")).await;
    let bob = stack.session_of("user_bob", "exp_quiet").await;
    let id = stack.post(&bob, "by websocket").await;
    tell(&stack, "msg_hook_3", &message(&id, "by websocket")).await;
    let frames = socket.all_until_heartbeat().await;
    assert_eq!(frames.len(), 1, "{frames:?}");
    assert_eq!(
        frames[0]["feedEntity"]["dmsPost"]["content"],
        "by websocket"
    );
}

#[tokio::test]
async fn a_reaction_is_told_with_all_counts() {
    let stack = stack().await;
    let mut socket = listener(&stack).await;
    let mut event = message("msg_old", "an old one");
    event["type"] = json!("chat.reaction.created");
    event["data"]["message"]["reaction_counts"] = json!([{"emoji": ":heart:", "count": 4}]);
    event["data"]["reaction"] = json!({
        "id": "reac_new", "emoji": ":heart:", "resource_id": "msg_old",
        "user": {"id": "user_chen", "name": null, "username": "chen"}
    });
    tell(&stack, "msg_hook_1", &event).await;
    let told = socket.next().await.unwrap();
    assert_eq!(told["feedEntity"]["reaction"]["userId"], "user_chen");
    let told = socket.next().await.unwrap();
    let counts = &told["feedEntity"]["postReactionCountUpdate"];
    assert_eq!(counts["postReactionCounts"][0]["userCount"], 4);
}

#[tokio::test]
async fn what_whop_did_not_sign_is_heard_by_nobody() {
    let stack = stack().await;
    let mut socket = listener(&stack).await;
    let body = message("msg_forged", "forged").to_string();
    let (id, time) = ("msg_hook_1", now());
    let good = signature(id, time, &body);
    let old = time - 400;
    for (id, time, body, signature) in [
        ("msg_hook_2", time, body.as_str(), good.as_str()),
        (id, time + 1, &body, &good),
        (id, time, &body.replace("forged", "altered"), &good),
        (id, time, &body, "v1,AAAA"),
        (id, old, &body, &signature(id, old, &body)),
    ] {
        let (status, kind, _) = error_of(send(&stack, id, time, body, signature).await).await;
        assert_eq!(
            (status, kind.as_str()),
            (StatusCode::UNAUTHORIZED, "unauthorized")
        );
    }
    // Signed, and no JSON: Whop may send it again as often as it likes.
    let nonsense = send(&stack, id, time, "{", &signature(id, time, "{")).await;
    assert_eq!(nonsense.status(), StatusCode::BAD_REQUEST);
    assert!(socket.all_until_heartbeat().await.is_empty());
    // Without a secret there is no such address.
    let without = Stack::start().await;
    let answer = send(&without, id, time, &body, &good).await;
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn whoever_is_not_whop_is_refused_before_their_body() {
    let stack = stack().await;
    let announce = async |headers: String| {
        let mut stream = TcpStream::connect(&stack.host).await.unwrap();
        let head = format!(
            "POST /webhooks/whop HTTP/1.1\r\nhost: a\r\n{headers}content-length: 9000\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut status = [0; 12];
        let read = stream.read_exact(&mut status);
        tokio::time::timeout(PATIENCE, read).await.unwrap().unwrap();
        String::from_utf8_lossy(&status).into_owned()
    };
    let current = |time| {
        format!("webhook-id: msg_1\r\nwebhook-timestamp: {time}\r\nwebhook-signature: v1,AAAA\r\n")
    };
    for headers in [
        String::new(),
        current(now() - 400),
        "x-whop-signature: v1=00\r\n".to_owned(),
        format!("x-whop-signature: t={},v1=00\r\n", now() - 400),
    ] {
        // A body that was waited for in vain would be a 408.
        assert_eq!(announce(headers).await, "HTTP/1.1 401");
    }
    let (time, long) = (now(), format!("\"{}\"", "x".repeat(300 << 10)));
    let refused = send(
        &stack,
        "msg_1",
        time,
        &long,
        &signature("msg_1", time, &long),
    )
    .await;
    assert_eq!(refused.status(), StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn bodies_that_never_end_hold_nobody_up_for_long() {
    let stack = stack().await;
    let mut socket = listener(&stack).await;
    let mut slow = Vec::new();
    for number in 0..40 {
        let mut stream = TcpStream::connect(&stack.host).await.unwrap();
        let head = format!(
            "POST /webhooks/whop HTTP/1.1\r\nhost: a\r\nwebhook-id: msg_{number}\r\nwebhook-timestamp: {}\r\nwebhook-signature: v1,AAAA\r\ncontent-length: 9000\r\n\r\n{{",
            now()
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        slow.push(stream);
    }
    // Those that wait for a place are told to come again, those that have one that they are too slow.
    let (mut busy, mut late) = (0, 0);
    for stream in &mut slow {
        let mut status = [0; 12];
        let read = stream.read_exact(&mut status);
        tokio::time::timeout(PATIENCE, read).await.unwrap().unwrap();
        match &status[9..] {
            b"503" => busy += 1,
            b"408" => late += 1,
            other => panic!("{other:?}"),
        }
    }
    assert!(busy > 0 && late >= 16, "{busy} {late}");
    tell(&stack, "msg_hook_1", &message("msg_new", "at last")).await;
    assert_eq!(socket.next_message().await, "at last");
}

#[tokio::test]
async fn webhooks_count_against_their_address() {
    let stack = Stack::start_with(
        |_| {},
        |configuration| {
            configuration.webhook_secret = Some(Secret::new(SECRET));
            configuration.requests_per_address = 60;
        },
    )
    .await;
    let since = Instant::now();
    let mut taken = 0;
    while send(&stack, "msg_1", 0, "{}", "v1,AAAA").await.status() == StatusCode::UNAUTHORIZED {
        taken += 1;
        assert!(taken < 500, "there is no limit");
    }
    assert_let_through(taken, 60, since);
}

#[tokio::test]
async fn a_webhook_is_told_though_its_sender_hangs_up() {
    let stack = stack().await;
    let mut socket = listener(&stack).await;
    let (time, body) = (now(), message("msg_new", "by webhook").to_string());
    let signature = signature("msg_hook_1", time, &body);
    let sending = send(&stack, "msg_hook_1", time, &body, &signature);
    // Meanwhile the proxy waits whether the websocket tells it, too.
    let gone = tokio::time::timeout(Duration::from_millis(300), sending).await;
    assert!(gone.is_err());
    assert_eq!(socket.next_message().await, "by webhook");
}

#[tokio::test]
async fn while_whop_tells_nothing_channels_are_polled() {
    let stack = Stack::start().await;
    let bob = stack.session_of("user_bob", "exp_quiet").await;
    let mut socket = listener(&stack).await;
    let id = stack.post(&bob, "first").await;
    assert_eq!(socket.next_message().await, "first");
    stack
        .control("sockets/refuse", &json!({"refuse": true}))
        .await;
    stack.control("sockets/drop", &json!({})).await;
    // T1: once the channel is read from time to time, those who listen fetch what they missed.
    assert_eq!(socket.next_text().await.unwrap(), r#"{"reconnect":{}}"#);
    let second = stack.post(&bob, "second").await;
    assert_eq!(socket.next_message().await, "second");
    let token = &bob.token.token;
    let edit = Some(json!({"content": "first, edited"}));
    stack
        .api(Method::PATCH, &format!("/messages/{id}"), token, edit)
        .await;
    assert_eq!(socket.next_message().await, "first, edited");
    stack
        .api(Method::DELETE, &format!("/messages/{second}"), token, None)
        .await;
    let gone = socket.next().await.unwrap();
    let gone = &gone["feedEntity"]["dmsPost"];
    assert_eq!(
        (&gone["entityId"], &gone["Deleted"]),
        (&json!(second), &json!(true))
    );
    // A newcomer is let in, too.
    let mut newcomer = listener(&stack).await;
    stack.post(&bob, "third").await;
    assert_eq!(newcomer.next_message().await, "third");
    assert_eq!(socket.next_message().await, "third");
    // And when Whop tells again, once more.
    stack
        .control("sockets/refuse", &json!({"refuse": false}))
        .await;
    assert_eq!(socket.next_text().await.unwrap(), r#"{"reconnect":{}}"#);
    stack.post(&bob, "fourth").await;
    assert_eq!(socket.next_message().await, "fourth");
}

/// A request to Whop's API with the API key, on behalf of that user; its answer.
async fn whop(api: &str, method: Method, path: &str, user: &str, body: &Value) -> Value {
    let request = Client::new()
        .request(method, format!("{api}/api/v1{path}"))
        .bearer_auth(API_KEY)
        .header("x-on-behalf-of", user)
        .json(body);
    let answer = request.send().await.unwrap();
    assert!(answer.status().is_success(), "{:?}", answer.text().await);
    answer.json().await.unwrap()
}

/// A webhook that Whop sends to the proxy from now on.
async fn register(api: &str, proxy: &str) -> Value {
    let body = json!({"url": format!("{proxy}/webhooks/whop"), "events": ["chat.message.created"]});
    whop(api, Method::POST, "/webhooks", "user_olivia", &body).await
}

/// What Whop delivered to that webhook, once it has delivered something.
async fn delivery(api: &str, id: &str) -> Value {
    let path = format!("/webhooks/{id}/deliveries");
    let waiting = async {
        loop {
            let page = whop(api, Method::GET, &path, "user_olivia", &json!({})).await;
            if page["data"][0].is_object() {
                return page["data"][0].clone();
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.unwrap()
}

/// T1: Whop's own webhooks carry a channel whose websocket can't be opened and whose messages can't be read.
#[tokio::test]
async fn what_whop_delivers_is_heard_once_where_it_tells_nothing_else() {
    let mut id = String::new();
    let stack = Stack::start_prepared(
        |_| {},
        async |api, proxy, configuration| {
            let webhook = register(api, proxy).await;
            let secret = webhook["webhook_secret"].as_str().unwrap();
            configuration.webhook_secret = Some(Secret::new(secret));
            webhook["id"].as_str().unwrap().clone_into(&mut id);
        },
    )
    .await;
    let api = stack.sandbox.addresses().api.clone();
    let mut socket = listener(&stack).await;
    for path in ["/v1/websockets/connect", "/api/v1/messages"] {
        let fault =
            json!({"kind": "status", "status": 503, "match": {"method": "GET", "path": path}});
        stack.control("faults", &fault).await;
    }
    stack.control("sockets/drop", &json!({})).await;
    let say = async |content: &str| {
        let body = json!({"channel_id": "chat_feed_quiet", "content": content});
        whop(&api, Method::POST, "/messages", "user_bob", &body).await;
    };
    say("by Whop's webhook").await;
    assert_eq!(socket.next_message().await, "by Whop's webhook");

    // Whop sends the same event again, under the same id: taken, and told to nobody.
    let delivered = delivery(&api, &id).await;
    assert_eq!(delivered["response_code"], 200, "{delivered}");
    let path = format!(
        "/webhooks/{id}/deliveries/{}/replay",
        delivered["id"].as_str().unwrap()
    );
    let replayed = whop(&api, Method::POST, &path, "user_olivia", &json!({})).await;
    assert_eq!(replayed["status"], 200, "{replayed}");
    let told = |frames: Vec<Value>| {
        let posts = frames.into_iter();
        posts
            .filter(|frame| frame["feedEntity"]["dmsPost"].is_object())
            .count()
    };
    assert_eq!(told(socket.all_until_heartbeat().await), 0);

    // Another webhook of the same company has another secret, which the proxy doesn't know.
    let off = json!({"enabled": false});
    whop(
        &api,
        Method::PATCH,
        &format!("/webhooks/{id}"),
        "user_olivia",
        &off,
    )
    .await;
    let other = register(&api, &stack.url).await;
    say("by another's webhook").await;
    let refused = delivery(&api, other["id"].as_str().unwrap()).await;
    assert_eq!(refused["response_code"], 401, "{refused}");
    assert_eq!(told(socket.all_until_heartbeat().await), 0);
}

/// The form that Whop's old webhooks have.
#[tokio::test]
async fn what_whop_delivers_in_the_old_form_is_heard() {
    let stack = Stack::start_prepared(
        |_| {},
        async |api, proxy, configuration| {
            let webhook = register(api, proxy).await;
            let path = format!("/webhooks/{}", webhook["id"].as_str().unwrap());
            let old = json!({"api_version": "v5"});
            whop(api, Method::PATCH, &path, "user_olivia", &old).await;
            let secret = webhook["webhook_secret"].as_str().unwrap();
            configuration.webhook_secret = Some(Secret::new(secret));
        },
    )
    .await;
    let mut socket = listener(&stack).await;
    for path in ["/v1/websockets/connect", "/api/v1/messages"] {
        let fault =
            json!({"kind": "status", "status": 503, "match": {"method": "GET", "path": path}});
        stack.control("faults", &fault).await;
    }
    stack.control("sockets/drop", &json!({})).await;
    let body = json!({"channel_id": "chat_feed_quiet", "content": "in the old form"});
    let api = &stack.sandbox.addresses().api;
    whop(api, Method::POST, "/messages", "user_bob", &body).await;
    assert_eq!(socket.next_message().await, "in the old form");
}

#[tokio::test]
async fn who_comes_after_all_have_left_a_polled_channel_misses_nothing() {
    let stack = Stack::start().await;
    let chen = stack.session_of("user_chen", "exp_quiet").await;
    let mut socket = listener(&stack).await;
    stack
        .control("sockets/refuse", &json!({"refuse": true}))
        .await;
    stack.control("sockets/drop", &json!({})).await;
    assert_eq!(socket.next_text().await.unwrap(), r#"{"reconnect":{}}"#);
    // A page is shared while the channel is polled.
    let path = "/messages?channel_id=exp_quiet&direction=desc&first=50";
    let get = async || -> Value {
        let answer = stack.api(Method::GET, path, &chen.token.token, None).await;
        answer.json().await.unwrap()
    };
    assert_eq!(get().await["data"], json!([]));
    drop(socket);
    tokio::time::timeout(PATIENCE, async {
        while stack.proxy.listeners() > 0 {
            tokio::task::yield_now().await;
        }
    })
    .await
    .unwrap();
    // Written on Whop's side, and nobody polls.
    let flood = json!({"count": 1, "per_second": 100, "channel_id": "exp_quiet", "numbered": true});
    stack.control("flood", &flood).await;
    // What nothing is heard of is good for a burst of openings, no longer.
    tokio::time::timeout(PATIENCE, async {
        while get().await["data"] == json!([]) {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    })
    .await
    .unwrap();
}
