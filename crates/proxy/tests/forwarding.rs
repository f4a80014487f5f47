//! `/api/v1`: what passes, as whom, and to the byte.

mod common;

use common::{API_KEY, PATIENCE, SITE, Stack, assertion, error_of};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::time::Duration;
use wire::session::Session;

#[tokio::test]
async fn calls_pass_with_the_visitors_own_token() {
    let stack = Stack::start().await;
    let session = stack.session_of("user_ada", "exp_quiet").await;
    let token = session.token.token.as_str();
    let id = stack.post(&session, "one").await;
    let edited = stack
        .api(
            Method::PATCH,
            &format!("/messages/{id}"),
            token,
            Some(json!({"content": "two"})),
        )
        .await;
    assert_eq!(edited.status(), StatusCode::OK);
    let reaction = stack
        .api(
            Method::POST,
            "/reactions",
            token,
            Some(json!({"resource_id": id, "emoji": ":heart:"})),
        )
        .await;
    assert!(reaction.status().is_success());
    let list = stack
        .api(
            Method::GET,
            "/messages?channel_id=exp_quiet&direction=desc&first=5",
            token,
            None,
        )
        .await;
    assert_eq!(list.headers()["content-type"], "application/json");
    assert_eq!(list.headers()["cache-control"], "no-store");
    let list: Value = list.json().await.unwrap();
    assert_eq!(list["data"][0]["content"], "two");
    assert_eq!(list["data"][0]["reaction_counts"][0]["count"], 1);
    let unreact = stack
        .api(
            Method::DELETE,
            &format!("/reactions/{id}?emoji=%3Aheart%3A"),
            token,
            None,
        )
        .await;
    assert!(unreact.status().is_success());
    let deleted = stack
        .api(Method::DELETE, &format!("/messages/{id}"), token, None)
        .await;
    assert_eq!(deleted.text().await.unwrap(), "true");
}

#[tokio::test]
async fn whop_decides_and_its_refusals_come_back_as_they_are() {
    let stack = Stack::start().await;
    let session = stack.session_of("user_ada", "exp_announcements").await;
    let body = json!({"channel_id": "exp_announcements", "content": "Me too"});
    let answer = stack
        .api(Method::POST, "/messages", &session.token.token, Some(body))
        .await;
    let (status, _, message) = error_of(answer).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert!(message.contains("admins"), "{message}");
    // A member's token has no scope to moderate, whatever the member asks for.
    let settings = json!({"who_can_post": "everyone"});
    let answer = stack
        .api(
            Method::PATCH,
            "/chat_channels/exp_announcements",
            &session.token.token,
            Some(settings),
        )
        .await;
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    // An expired token: the widget renews (T6).
    stack.control("tokens/expire", &json!({})).await;
    let answer = stack
        .api(
            Method::GET,
            "/messages?channel_id=exp_announcements",
            &session.token.token,
            None,
        )
        .await;
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    let renewal = json!({"channel_id": "exp_announcements", "renewal": session.renewal});
    let renewed: Session = stack.post_session(&renewal).await.json().await.unwrap();
    let answer = stack
        .api(
            Method::GET,
            "/messages?channel_id=exp_announcements",
            &renewed.token.token,
            None,
        )
        .await;
    assert_eq!(
        answer.status(),
        StatusCode::OK,
        "the dead token is not given out again"
    );
}

#[tokio::test]
async fn direct_messages_and_support_need_a_token_that_is_for_them() {
    let stack = Stack::start().await;
    let chat = stack.session_of("user_ada", "exp_quiet").await;
    let wanted = json!({
        "channel_id": "exp_quiet", "assertion": assertion("user_ada"), "with_direct_messages": true, "with_support": true,
    });
    let all: Session = stack.post_session(&wanted).await.json().await.unwrap();
    let call = async |session: &Session, method: Method, path: &str, body: Option<Value>| {
        let token = session.token.token.as_str();
        stack.api(method, path, token, body).await
    };
    for (path, body) in [
        ("/dm_channels", json!({"with_user_ids": ["user_bob"]})),
        (
            "/support_channels",
            json!({"company_id": "biz_sandbox", "user_id": "user_ada"}),
        ),
    ] {
        let refused = call(&chat, Method::POST, path, Some(body.clone())).await;
        assert_eq!(refused.status(), StatusCode::FORBIDDEN, "{path}");
        let opened = call(&all, Method::POST, path, Some(body)).await;
        assert_eq!(opened.status(), StatusCode::OK, "{path}");
        let opened: Value = opened.json().await.unwrap();
        let id = opened["id"].as_str().unwrap();
        let list = format!("{path}?company_id=biz_sandbox");
        let one = format!("{path}/{id}");
        let messages = format!("/messages?channel_id={id}&direction=desc&first=5");
        let post = json!({"channel_id": id, "content": "between us"});
        let posted = call(&all, Method::POST, "/messages", Some(post.clone())).await;
        assert_eq!(posted.status(), StatusCode::OK, "{path}");
        let posted = call(&chat, Method::POST, "/messages", Some(post)).await;
        assert_eq!(posted.status(), StatusCode::FORBIDDEN, "{path}");
        for path in [list, one, messages] {
            let refused = call(&chat, Method::GET, &path, None).await;
            assert_eq!(refused.status(), StatusCode::FORBIDDEN, "{path}");
            let answer = call(&all, Method::GET, &path, None).await;
            assert_eq!(answer.status(), StatusCode::OK, "{path}");
        }
    }
    // Being let into one's own conversations says nothing of others'.
    let bob = stack.session_of("user_bob", "exp_quiet").await;
    let answer = call(&bob, Method::GET, "/dm_channels", None).await;
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn everything_else_is_closed() {
    let stack = Stack::start().await;
    let session = stack.session_of("user_marcus", "exp_general").await;
    let token = session.token.token.as_str();
    for (method, path) in [
        (Method::POST, "/access_tokens"),
        (Method::GET, "/webhooks"),
        (Method::POST, "/notifications"),
        (Method::GET, "/messages/a%2Fb"),
        (Method::GET, "/messages/%2e%2e"),
        (Method::GET, "/users/user_ada/access"),
        (Method::GET, "//messages"),
        (Method::GET, "/"),
    ] {
        let answer = stack.api(method, path, token, Some(json!({}))).await;
        let (status, kind, _) = error_of(answer).await;
        assert_eq!(
            (status, kind.as_str()),
            (StatusCode::NOT_FOUND, "not_found"),
            "{path}"
        );
    }
    let answer = stack
        .api(Method::PUT, "/messages", token, Some(json!({})))
        .await;
    assert_eq!(answer.headers()["allow"], "GET, POST");
    assert_eq!(error_of(answer).await.0, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn only_visitors_tokens_open_it() {
    let stack = Stack::start().await;
    let asked = stack.upstream_requests("GET /api/v1/messages").await;
    let get = async |authorization: Option<&str>| {
        let mut request = stack.client.get(format!(
            "{}/api/v1/messages?channel_id=exp_quiet",
            stack.url
        ));
        if let Some(authorization) = authorization {
            request = request.header("authorization", authorization);
        }
        error_of(request.send().await.unwrap()).await
    };
    let key = format!("Bearer {API_KEY}");
    for authorization in [
        None,
        Some("Bearer"),
        Some("Bearer "),
        Some("Basic dTpw"),
        Some(key.as_str()),
        Some("bearer sandbox_api_key"),
    ] {
        let (status, kind, _) = get(authorization).await;
        assert_eq!(
            (status, kind.as_str()),
            (StatusCode::UNAUTHORIZED, "unauthorized"),
            "{authorization:?}"
        );
    }
    assert_eq!(
        stack.upstream_requests("GET /api/v1/messages").await,
        asked,
        "Whop never heard of it"
    );
}

#[tokio::test]
async fn bodies_are_json_of_a_limited_length() {
    let stack = Stack::start().await;
    let session = stack.session_of("user_ada", "exp_quiet").await;
    let post = async |kind: &str, body: String| {
        let answer = stack
            .client
            .post(format!("{}/api/v1/messages", stack.url))
            .bearer_auth(&session.token.token)
            .header("content-type", kind)
            .body(body)
            .send()
            .await
            .unwrap();
        error_of(answer).await.0
    };
    assert_eq!(
        post("text/plain", "{}".to_owned()).await,
        StatusCode::UNSUPPORTED_MEDIA_TYPE
    );
    assert_eq!(
        post("application/json", "{".to_owned()).await,
        StatusCode::BAD_REQUEST
    );
    assert_eq!(
        post("application/json", format!("\"{}\"", "x".repeat(262_143))).await,
        StatusCode::PAYLOAD_TOO_LARGE
    );
    // Without a length in the headers, too.
    let chunks =
        futures_util::stream::iter((0..5).map(|_| Ok::<_, std::io::Error>("x".repeat(65_536))));
    let answer = stack
        .client
        .post(format!("{}/api/v1/messages", stack.url))
        .bearer_auth(&session.token.token)
        .header("content-type", "application/json")
        .body(reqwest::Body::wrap_stream(chunks))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn whops_failures_keep_their_status_and_lose_their_words() {
    let stack = Stack::start().await;
    let session = stack.session_of("user_ada", "exp_quiet").await;
    for (status, expected) in [(500, 500), (502, 502), (503, 503), (429, 429), (422, 422)] {
        let fault = json!({"method": "GET", "path": "/api/v1/users/user_bob", "status": status});
        stack.control("fail", &fault).await;
        let token = &session.token.token;
        let answer = stack.api(Method::GET, "/users/user_bob", token, None).await;
        assert_eq!(answer.status().as_u16(), expected);
        let told = answer.headers().contains_key("retry-after");
        assert_eq!(told, matches!(status, 429 | 503), "{status}");
        let (_, _, message) = error_of(answer).await;
        assert_eq!(message.contains("A test asked"), status < 500, "{message}");
    }
}

#[tokio::test]
async fn preflights_and_answers_name_the_site_that_asked() {
    let stack = Stack::start().await;
    let preflight = async |origin: &str| {
        stack
            .client
            .request(
                Method::OPTIONS,
                format!("{}/api/v1/messages/msg_1", stack.url),
            )
            .header("origin", origin)
            .header("access-control-request-method", "PATCH")
            .header("access-control-request-headers", "authorization")
            .send()
            .await
            .unwrap()
    };
    let allowed = preflight(SITE).await;
    assert_eq!(allowed.status(), StatusCode::NO_CONTENT);
    let headers = allowed.headers();
    assert_eq!(headers["access-control-allow-origin"], SITE);
    assert!(
        headers["access-control-allow-methods"]
            .to_str()
            .unwrap()
            .contains("PATCH")
    );
    assert!(
        headers["access-control-allow-headers"]
            .to_str()
            .unwrap()
            .contains("authorization")
    );
    assert!(headers.get("access-control-allow-credentials").is_none());
    let foreign = preflight("https://evil.example").await;
    assert_eq!(foreign.status(), StatusCode::FORBIDDEN);
    assert!(
        foreign
            .headers()
            .get("access-control-allow-origin")
            .is_none()
    );
    // Even errors can be read by the site, so that the widget can show them.
    let answer = stack
        .client
        .get(format!("{}/api/v1/nothing", stack.url))
        .header("origin", SITE)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.headers()["access-control-allow-origin"], SITE);
    assert_eq!(answer.headers()["vary"], "origin");
}

#[tokio::test]
async fn foreign_pages_are_turned_away_before_anything_else() {
    let stack = Stack::start().await;
    for origin in [
        "https://evil.example",
        "null",
        "https://creator.example.evil.example",
        "http://creator.example",
    ] {
        for path in ["/session", "/api/v1/messages"] {
            let answer = stack
                .client
                .post(format!("{}{path}", stack.url))
                .header("origin", origin)
                .body("not even JSON")
                .send()
                .await
                .unwrap();
            let (status, kind, _) = error_of(answer).await;
            assert_eq!(
                (status, kind.as_str()),
                (StatusCode::FORBIDDEN, "forbidden"),
                "{origin} {path}"
            );
        }
    }
}

#[tokio::test]
async fn who_leaves_in_the_middle_of_a_write_finds_it_when_they_are_back() {
    let stack = Stack::start().await;
    let ada = stack.session_of("user_ada", "exp_quiet").await;
    let _listening = stack.socket(&ada).await;
    let token = &ada.token.token;
    // Nobody hears of it live, so that what is shared looks true.
    let late = json!({"kind": "frame_delay", "milliseconds": 60_000});
    stack.control("faults", &late).await;
    for key in [None, Some("key")] {
        let read = async || {
            let path = "/messages?channel_id=exp_quiet&direction=desc&first=50";
            let page = stack.api(Method::GET, path, token, None).await;
            page.text().await.unwrap()
        };
        read().await;
        stack
            .control(
                "faults",
                &json!({
                    "kind": "latency", "milliseconds": 900, "after_commit": true, "count": 1,
                    "match": {"method": "POST", "path": "/api/v1/messages"}
                }),
            )
            .await;
        let words = format!("left {key:?}").replace('"', "'");
        let request = stack.client.post(format!("{}/api/v1/messages", stack.url));
        let mut request = request.bearer_auth(token).header("origin", SITE);
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        let request = request.json(&json!({"channel_id": "exp_quiet", "content": words}));
        let left = tokio::time::timeout(Duration::from_millis(300), request.send()).await;
        assert!(left.is_err());
        let found = async { while !read().await.contains(&words) {} };
        tokio::time::timeout(PATIENCE, found)
            .await
            .expect("they are given a page of before");
    }
}
