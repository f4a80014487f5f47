use crate::whop::{As, Whop, assert_error};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::time::{SystemTime, UNIX_EPOCH};
use wire::Timestamp;

fn now_millis() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(now.as_millis()).unwrap()
}

fn claims(token: &Value) -> Value {
    let token = token["token"].as_str().unwrap();
    let payload = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

#[tokio::test]
async fn a_token_says_for_whom_and_how_long() {
    let whop = Whop::start().await;
    let body = json!({"company_id": "biz_sandbox", "user_id": "user_ada", "scoped_actions": ["chat:read"]});
    let (status, token) = whop.post("/api/v1/access_tokens", As::App, body).await;
    assert_eq!(status, StatusCode::OK);
    let claims = claims(&token);
    assert_eq!(claims["sub"], "user_ada");
    assert_eq!(claims["company"], "biz_sandbox");
    assert_eq!(claims["scoped_actions"], json!(["chat:read"]));
    let expires_at = Timestamp::from(token["expires_at"].as_str().unwrap());
    let expires_at = expires_at.unix_millis().unwrap();
    assert_eq!(claims["exp"].as_i64(), Some(expires_at / 1_000));
    let hour = now_millis() + 3_600_000;
    assert!(
        (hour - 10_000..=hour).contains(&expires_at),
        "{expires_at} is not in an hour"
    );
}

#[tokio::test]
async fn lifetimes_are_three_hours_at_most() {
    let whop = Whop::start().await;
    let mint = async |expires_at: Value| {
        let body =
            json!({"user_id": "user_ada", "company_id": "biz_sandbox", "expires_at": expires_at});
        whop.post("/api/v1/access_tokens", As::App, body).await
    };
    let minutes =
        |minutes: i64| json!(Timestamp::from_unix_millis(now_millis() + minutes * 60_000).as_str());
    assert_eq!(mint(minutes(179)).await.0, StatusCode::OK);
    assert_eq!(mint(minutes(1)).await.0, StatusCode::OK);
    for expires_at in [minutes(181), minutes(0), minutes(-5), json!("soon")] {
        assert_error(
            mint(expires_at).await,
            StatusCode::BAD_REQUEST,
            "bad_request",
        );
    }
}

#[tokio::test]
async fn a_token_ends_when_it_says() {
    let whop = Whop::start().await;
    let expires_at = Timestamp::from_unix_millis(now_millis() + 2_000);
    let body = json!({"user_id": "user_ada", "expires_at": expires_at.as_str()});
    let (status, token) = whop.post("/api/v1/access_tokens", As::App, body).await;
    assert_eq!(status, StatusCode::OK, "{token}");
    let who = As::Token(token["token"].as_str().unwrap());
    let ended = async {
        while whop.get("/api/v1/users/me", who).await.0 == StatusCode::OK {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(crate::whop::PATIENCE, ended)
        .await
        .expect("an end");
    assert!(now_millis() >= expires_at.unix_millis().unwrap() / 1_000 * 1_000);
    let answer = whop.get("/api/v1/users/me", who).await;
    assert_error(answer, StatusCode::UNAUTHORIZED, "unauthorized");
}

#[tokio::test]
async fn tokens_of_others_are_refused() {
    let whop = Whop::start().await;
    let other = Whop::start().await;
    let foreign = other.token("user_ada", &["chat:read"]).await;
    let answer = whop.get("/api/v1/users/me", As::Token(&foreign)).await;
    assert_error(answer, StatusCode::UNAUTHORIZED, "unauthorized");
    // The same claims with another user, under the old signature; and unsigned.
    let own = whop.token("user_ada", &["chat:read"]).await;
    let parts: Vec<&str> = own.split('.').collect();
    let payload = String::from_utf8(URL_SAFE_NO_PAD.decode(parts[1]).unwrap()).unwrap();
    let payload = URL_SAFE_NO_PAD.encode(payload.replace("user_ada", "user_olivia"));
    let unsigned = URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#);
    for forged in [
        format!("{}.{payload}.{}", parts[0], parts[2]),
        format!("{unsigned}.{payload}."),
    ] {
        let answer = whop.get("/api/v1/users/me", As::Token(&forged)).await;
        assert_error(answer, StatusCode::UNAUTHORIZED, "unauthorized");
    }
    // The cookie of the app's origin is signed with the same key, and is still no access token.
    let cookie = whop.cookie("user_ada").await;
    let (_, value) = cookie.split_once('=').unwrap();
    let answer = whop.get("/api/v1/users/me", As::Token(value)).await;
    assert_error(answer, StatusCode::UNAUTHORIZED, "unauthorized");
}

#[tokio::test]
async fn nonsense_is_refused() {
    let whop = Whop::start().await;
    for (body, status, kind) in [
        (
            json!({"user_id": "user_nobody"}),
            StatusCode::NOT_FOUND,
            "not_found",
        ),
        (
            json!({"company_id": "biz_other"}),
            StatusCode::NOT_FOUND,
            "not_found",
        ),
        (
            json!({"scoped_actions": ["everything please"]}),
            StatusCode::BAD_REQUEST,
            "bad_request",
        ),
        (
            json!({"scoped_actions": "chat:read"}),
            StatusCode::BAD_REQUEST,
            "bad_request",
        ),
    ] {
        let answer = whop.post("/api/v1/access_tokens", As::App, body).await;
        assert_error(answer, status, kind);
    }
}
