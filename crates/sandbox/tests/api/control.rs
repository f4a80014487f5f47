use crate::whop::{As, QUIET, Socket, Whop, answer, assert_error};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const LIST: &str = "/api/v1/messages?channel_id=chat_feed_quiet";

async fn state(whop: &Whop) -> Value {
    whop.get("/_sandbox/state", As::Nobody).await.1
}

#[tokio::test]
async fn sockets_are_dropped_and_refused() {
    let whop = Whop::start().await;
    let mut server = whop.server_socket("user_bob").await;
    let mut browser = whop.browser_socket("user_ada", "").await;
    assert_eq!(
        state(&whop).await["sockets"],
        json!({"server": 1, "browser": 1})
    );
    whop.control("sockets/drop", json!({})).await;
    assert_eq!((server.next().await, browser.next().await), (None, None));
    assert_eq!(
        state(&whop).await["sockets"],
        json!({"server": 0, "browser": 0})
    );

    let mut server = whop.server_socket("user_bob").await;
    whop.control("sockets/refuse", json!({"refuse": true}))
        .await;
    assert_eq!(server.next().await, None);
    let cookie = whop.cookie("user_ada").await;
    let refused = Socket::open(whop.browser_request("", Some(&cookie), None)).await;
    assert_eq!(refused.err(), Some(StatusCode::SERVICE_UNAVAILABLE));
    whop.say(QUIET, "user_ada", "meanwhile").await;
    whop.control("sockets/refuse", json!({"refuse": false}))
        .await;
    let mut server = whop.server_socket("user_bob").await;
    whop.say(QUIET, "user_ada", "again").await;
    assert_eq!(server.entity("dmsPost").await["content"], "again");
}

#[tokio::test]
async fn tokens_expire_on_request() {
    let whop = Whop::start().await;
    let old = whop.token("user_ada", &["chat:read"]).await;
    assert_eq!(whop.get(LIST, As::Token(&old)).await.0, StatusCode::OK);
    whop.control("tokens/expire", json!({})).await;
    assert_error(
        whop.get(LIST, As::Token(&old)).await,
        StatusCode::UNAUTHORIZED,
        "unauthorized",
    );
    let new = whop.token("user_ada", &["chat:read"]).await;
    assert_eq!(whop.get(LIST, As::Token(&new)).await.0, StatusCode::OK);
    assert_eq!(whop.get(LIST, As::App).await.0, StatusCode::OK);
}

#[tokio::test]
async fn failures_match_by_method_and_path() {
    let whop = Whop::start().await;
    whop.control(
        "fail",
        json!({"method": "GET", "path": "/api/v1/messages", "status": 503, "times": 2}),
    )
    .await;
    whop.say(QUIET, "user_ada", "a POST goes through").await;
    for _ in 0..2 {
        assert_error(
            whop.get(LIST, As::App).await,
            StatusCode::SERVICE_UNAVAILABLE,
            "service_unavailable",
        );
    }
    assert_eq!(whop.get(LIST, As::App).await.0, StatusCode::OK);
    whop.control(
        "fail",
        json!({"method": "post", "path": "/api/v1/*", "status": 429}),
    )
    .await;
    let request = whop.request(Method::POST, "/api/v1/reactions", As::App);
    let refused = request.send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(refused.headers()["retry-after"], "1");
    for status in [200, 99, 700] {
        let body = json!({"method": "GET", "path": "/", "status": status, "times": 1});
        let answer = whop.post("/_sandbox/fail", As::Nobody, body).await;
        assert_error(answer, StatusCode::BAD_REQUEST, "bad_request");
    }
}

#[tokio::test]
async fn s1_an_answer_can_be_lost_after_the_message_landed() {
    let whop = Whop::start().await;
    let failure =
        json!({"method": "POST", "path": "/api/v1/messages", "status": 504, "after_commit": true});
    whop.control("fail", failure).await;
    let body = json!({"channel_id": QUIET, "content": "did it land?"});
    let (status, _) = whop
        .post("/api/v1/messages", As::Behalf("user_ada"), body)
        .await;
    assert_eq!(status, StatusCode::GATEWAY_TIMEOUT);
    let (_, page) = whop.get(LIST, As::App).await;
    assert_eq!(page["data"][0]["content"], "did it land?");
}

#[tokio::test]
async fn answers_take_the_time_that_was_asked_for() {
    let whop = Whop::start().await;
    whop.control("latency", json!({"milliseconds": 200})).await;
    let start = Instant::now();
    whop.get(LIST, As::App).await;
    assert!(start.elapsed() >= Duration::from_millis(200));
    assert_eq!(state(&whop).await["latency_milliseconds"], 200);
    whop.control("latency", json!({"milliseconds": 0})).await;
    let answer = whop
        .post(
            "/_sandbox/latency",
            As::Nobody,
            json!({"milliseconds": 3_600_000}),
        )
        .await;
    assert_error(answer, StatusCode::BAD_REQUEST, "bad_request");
}

#[tokio::test]
async fn a_reset_is_the_seed_again() {
    let whop = Whop::start().await;
    let list = "/api/v1/messages?channel_id=exp_general&first=100";
    let (_, before) = whop.get(list, As::App).await;
    whop.say("exp_general", "user_ada", "one more").await;
    whop.settings("exp_general", json!({"ban_urls": true}))
        .await;
    let token = whop.token("user_ada", &["chat:read"]).await;
    whop.control("reset", json!({})).await;
    assert_eq!(whop.get(list, As::Token(&token)).await.1, before);
    let (_, channel) = whop.get("/api/v1/chat_channels/exp_general", As::App).await;
    assert_eq!(channel["ban_urls"], false);
}

#[tokio::test]
async fn requests_are_counted_by_route() {
    let whop = Whop::start().await;
    whop.get(LIST, As::App).await;
    whop.get(LIST, As::Nobody).await;
    whop.get("/api/v1/messages/msg_lounge_1", As::App).await;
    let state = state(&whop).await;
    assert_eq!(state["requests"]["GET /api/v1/messages"], 2);
    assert_eq!(state["requests"]["GET /api/v1/messages/{id}"], 1);
    assert_eq!(state["messages"], 30 + 4 + 5 + (4 + 5 + 3));
}

#[tokio::test]
async fn any_frame_can_be_sent_to_all() {
    let whop = Whop::start().await;
    let mut socket = whop.server_socket("user_bob").await;
    let frame = json!({"appMessage": {"isTrusted": true, "json": "forged"}, "odd": [1]});
    whop.control("sockets/frame", json!({"frame": frame})).await;
    assert_eq!(socket.next().await, Some(frame));
    let answer = whop
        .post("/_sandbox/sockets/frame", As::Nobody, json!({"frame": 5}))
        .await;
    assert_error(answer, StatusCode::BAD_REQUEST, "bad_request");
}

#[tokio::test]
async fn pages_of_other_origins_control_nothing() {
    let whop = Whop::start().await;
    for (name, value) in [
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("host", "evil.example:4710"),
    ] {
        let request = whop
            .request(Method::POST, "/_sandbox/reset", As::Nobody)
            .header(name, value);
        assert_error(answer(request).await, StatusCode::FORBIDDEN, "forbidden");
    }
    let own = whop
        .request(Method::GET, "/_sandbox/state", As::Nobody)
        .header("origin", &whop.api);
    assert_eq!(answer(own).await.0, StatusCode::OK);
}

#[tokio::test]
async fn control_can_be_switched_off() {
    let whop = Whop::start_with(|options| options.control = false).await;
    let answer = whop.get("/_sandbox/state", As::Nobody).await;
    assert_error(answer, StatusCode::NOT_FOUND, "not_found");
}
