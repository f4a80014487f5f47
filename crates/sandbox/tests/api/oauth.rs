//! Signing in with Whop, step by step: what is answered, and what is refused.

use crate::whop::{API_KEY, As, Whop, answer};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::{Method, Response, StatusCode, Url};
use serde_json::{Value, json};
use std::collections::HashMap;

const BACK: &str = "http://127.0.0.1:9/oauth/callback?app=1";
/// RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

async fn start() -> Whop {
    Whop::start_with(|options| options.oauth_redirect_uris = vec![BACK.to_owned()]).await
}

/// A request that is right; a test changes one thing of it.
fn request() -> Vec<(&'static str, String)> {
    [
        ("response_type", "code"),
        ("client_id", "app_sandbox"),
        ("redirect_uri", BACK),
        ("scope", "openid profile email chat:read"),
        ("state", "s & t"),
        ("nonce", "n-1"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ]
    .map(|(name, value)| (name, value.to_owned()))
    .to_vec()
}

fn with(name: &'static str, value: Option<&str>) -> Vec<(&'static str, String)> {
    let mut request = request();
    request.retain(|(own, _)| *own != name);
    request.extend(value.map(|value| (name, value.to_owned())));
    request
}

async fn page(whop: &Whop, request: &[(&str, String)]) -> Response {
    let address = format!("{}/oauth/authorize", whop.api);
    whop.http.get(address).query(request).send().await.unwrap()
}

async fn decide(whop: &Whop, user: &str, request: &[(&str, String)]) -> Response {
    let mut form = request.to_vec();
    form.push(("user", user.to_owned()));
    let address = format!("{}/oauth/authorize", whop.api);
    let body = Url::parse_with_params("http://x", &form).unwrap();
    whop.http
        .post(address)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("origin", &whop.api)
        .body(body.query().unwrap().to_owned())
        .send()
        .await
        .unwrap()
}

/// What the app is told at its redirect URI.
fn told(answer: &Response) -> HashMap<String, String> {
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let location = answer.headers()["location"].to_str().unwrap();
    assert!(location.starts_with(BACK), "{location}");
    Url::parse(location)
        .unwrap()
        .query_pairs()
        .into_owned()
        .collect()
}

async fn code(whop: &Whop, request: &[(&str, String)]) -> String {
    let answer = decide(whop, "user_ada", request).await;
    let told = told(&answer);
    assert_eq!(told["state"], "s & t");
    assert_eq!(told["app"], "1");
    told["code"].clone()
}

fn exchange(code: &str) -> Value {
    json!({
        "grant_type": "authorization_code", "client_id": "app_sandbox", "redirect_uri": BACK,
        "code": code, "code_verifier": VERIFIER,
    })
}

async fn token(whop: &Whop, body: Value) -> (StatusCode, Value) {
    whop.post("/oauth/token", As::Nobody, body).await
}

async fn refresh(whop: &Whop, token: &Value) -> (StatusCode, Value) {
    let body =
        json!({"grant_type": "refresh_token", "client_id": "app_sandbox", "refresh_token": token});
    whop.post("/oauth/token", As::Nobody, body).await
}

#[track_caller]
fn assert_refused((status, body): (StatusCode, Value), expected: StatusCode, error: &str) {
    assert_eq!(
        (status, &body["error"]),
        (expected, &json!(error)),
        "{body}"
    );
    let description = body["error_description"].as_str().unwrap();
    assert!(description.len() > 10, "{description:?} says too little");
}

#[tokio::test]
async fn the_consent_page_offers_everybody_and_a_way_out() {
    let whop = start().await;
    let answer = page(&whop, &request()).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let policy = answer.headers()["content-security-policy"]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(
        policy.contains("form-action 'self' http://127.0.0.1:9;")
            && policy.contains("frame-ancestors 'none'"),
        "{policy}"
    );
    let html = answer.text().await.unwrap();
    for part in [
        "value=\"user_ada\"",
        "value=\"user_stranger\"",
        "value=\"s &amp; t\"",
        "chat:read",
        "Deny",
    ] {
        assert!(html.contains(part), "{part} is missing: {html}");
    }
    assert!(
        !html.contains("user_agent") && !html.contains("{{"),
        "{html}"
    );
    let denied = told(&decide(&whop, "", &request()).await);
    assert_eq!(denied["error"], "access_denied");
    assert_eq!(denied["state"], "s & t");
}

#[tokio::test]
async fn a_code_becomes_tokens_that_do_what_was_allowed() {
    let whop = start().await;
    let code = code(&whop, &request()).await;
    let (status, tokens) = token(&whop, exchange(&code)).await;
    assert_eq!(status, StatusCode::OK, "{tokens}");
    assert_eq!(tokens["token_type"], "Bearer");
    assert_eq!(tokens["expires_in"], 3_600);
    assert_eq!(tokens["scope"], "openid profile email chat:read");
    let id_token = tokens["id_token"].as_str().unwrap();
    let claims = id_token.split('.').nth(1).unwrap();
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap();
    assert_eq!(claims["iss"], whop.api);
    assert_eq!(
        (&claims["aud"], &claims["sub"]),
        (&json!("app_sandbox"), &json!("user_ada"))
    );
    assert_eq!(claims["nonce"], "n-1");

    let access = As::Token(tokens["access_token"].as_str().unwrap());
    let (status, user) = whop.get("/oauth/userinfo", access).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(user["sub"], "user_ada");
    assert_eq!(user["preferred_username"], "ada");
    assert_eq!(user["email_verified"], true);
    let (status, _) = whop
        .get("/api/v1/messages?channel_id=exp_quiet", access)
        .await;
    assert_eq!(status, StatusCode::OK);
    let body = json!({"channel_id": "exp_quiet", "content": "not allowed"});
    let (status, _) = whop.post("/api/v1/messages", access, body).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn forms_are_read_like_json() {
    let whop = start().await;
    let code = code(&whop, &request()).await;
    let mut url = Url::parse("http://x").unwrap();
    for (name, value) in exchange(&code).as_object().unwrap() {
        url.query_pairs_mut()
            .append_pair(name, value.as_str().unwrap());
    }
    let request = whop
        .request(Method::POST, "/oauth/token", As::Nobody)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(url.query().unwrap().to_owned());
    let (status, tokens) = answer(request).await;
    assert_eq!(status, StatusCode::OK, "{tokens}");
}

#[tokio::test]
async fn nothing_is_sent_to_an_address_that_is_not_registered() {
    let whop = start().await;
    for request in [
        with("redirect_uri", None),
        with("redirect_uri", Some("http://127.0.0.1:9/oauth/callback")),
        with(
            "redirect_uri",
            Some("http://127.0.0.1:9/oauth/callback?app=1&x"),
        ),
        with(
            "redirect_uri",
            Some("https://evil.example/oauth/callback?app=1"),
        ),
        with("client_id", None),
        with("client_id", Some("app_other")),
        [request(), request()].concat(),
    ] {
        for answer in [
            page(&whop, &request).await,
            decide(&whop, "user_ada", &request).await,
        ] {
            assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{request:?}");
            assert!(answer.headers().get("location").is_none());
            let html = answer.text().await.unwrap();
            assert!(html.contains("can&#39;t be answered") || html.contains("can't be answered"));
        }
    }
}

#[tokio::test]
async fn what_else_is_wrong_is_told_to_the_app() {
    let whop = start().await;
    for (request, error) in [
        (
            with("response_type", Some("token")),
            "unsupported_response_type",
        ),
        (with("response_type", None), "invalid_request"),
        (with("code_challenge", None), "invalid_request"),
        (with("code_challenge", Some("short")), "invalid_request"),
        (
            with("code_challenge_method", Some("plain")),
            "invalid_request",
        ),
        (with("code_challenge_method", None), "invalid_request"),
        (with("company_id", Some("biz_other")), "invalid_request"),
        (with("scope", Some("everything please")), "invalid_scope"),
        (with("scope", Some(" ")), "invalid_scope"),
    ] {
        for answer in [
            page(&whop, &request).await,
            decide(&whop, "user_ada", &request).await,
        ] {
            let told = told(&answer);
            assert_eq!(told["error"], error, "{request:?}");
            assert_eq!(told["state"], "s & t");
            assert!(!told.contains_key("code"));
        }
    }
}

#[tokio::test]
async fn a_code_is_for_one_exchange_by_who_asked_for_it() {
    let whop = start().await;
    let bad = StatusCode::BAD_REQUEST;
    for (name, value) in [
        ("code_verifier", json!("x".repeat(43))),
        ("code_verifier", json!(CHALLENGE)),
        ("redirect_uri", json!("http://127.0.0.1:9/oauth/callback")),
        ("code", json!("0".repeat(48))),
    ] {
        let mut body = exchange(&code(&whop, &request()).await);
        body[name] = value;
        assert_refused(token(&whop, body.clone()).await, bad, "invalid_grant");
        if name != "code" {
            // A code that somebody guessed at is gone.
            let right = exchange(body["code"].as_str().unwrap());
            assert_refused(token(&whop, right).await, bad, "invalid_grant");
        }
    }
    let code = code(&whop, &request()).await;
    let (_, tokens) = token(&whop, exchange(&code)).await;
    assert_refused(token(&whop, exchange(&code)).await, bad, "invalid_grant");
    // Overheard, perhaps: what came of it has ended, too.
    let refreshed = refresh(&whop, &tokens["refresh_token"]).await;
    assert_refused(refreshed, bad, "invalid_grant");
}

#[tokio::test]
async fn refresh_tokens_rotate_and_a_stolen_one_ends_them_all() {
    let whop = start().await;
    let code = code(&whop, &request()).await;
    let (_, first) = token(&whop, exchange(&code)).await;
    let (status, second) = refresh(&whop, &first["refresh_token"]).await;
    assert_eq!(status, StatusCode::OK, "{second}");
    assert_ne!(first["refresh_token"], second["refresh_token"]);
    let access = As::Token(second["access_token"].as_str().unwrap());
    assert_eq!(
        whop.get("/oauth/userinfo", access).await.1["sub"],
        "user_ada"
    );
    let bad = StatusCode::BAD_REQUEST;
    assert_refused(
        refresh(&whop, &first["refresh_token"]).await,
        bad,
        "invalid_grant",
    );
    assert_refused(
        refresh(&whop, &second["refresh_token"]).await,
        bad,
        "invalid_grant",
    );
    assert_refused(
        refresh(&whop, &json!("nonsense")).await,
        bad,
        "invalid_grant",
    );
}

#[tokio::test]
async fn refreshing_asks_for_the_same_company_and_no_more_scopes() {
    let whop = start().await;
    let code = code(&whop, &with("company_id", Some("biz_sandbox"))).await;
    let (_, tokens) = token(&whop, exchange(&code)).await;
    let bad = StatusCode::BAD_REQUEST;
    assert_refused(
        refresh(&whop, &tokens["refresh_token"]).await,
        bad,
        "invalid_grant",
    );
    let mut body = json!({
        "grant_type": "refresh_token", "client_id": "app_sandbox", "company_id": "biz_sandbox",
        "refresh_token": tokens["refresh_token"], "scope": "openid chat:moderate",
    });
    assert_refused(token(&whop, body.clone()).await, bad, "invalid_scope");
    body["scope"] = json!("openid");
    let (status, tokens) = token(&whop, body).await;
    assert_eq!(status, StatusCode::OK, "{tokens}");
    let access = As::Token(tokens["access_token"].as_str().unwrap());
    assert_eq!(
        whop.get("/oauth/userinfo", access).await.1,
        json!({"sub": "user_ada"})
    );
}

#[tokio::test]
async fn a_revoked_token_refreshes_nothing() {
    let whop = start().await;
    let code = code(&whop, &request()).await;
    let (_, tokens) = token(&whop, exchange(&code)).await;
    let body = json!({"token": tokens["refresh_token"], "client_id": "app_sandbox"});
    for body in [
        body.clone(),
        body,
        json!({"token": "x", "client_id": "app_sandbox"}),
    ] {
        assert_eq!(
            whop.post("/oauth/revoke", As::Nobody, body).await.0,
            StatusCode::OK
        );
    }
    let refreshed = refresh(&whop, &tokens["refresh_token"]).await;
    assert_refused(refreshed, StatusCode::BAD_REQUEST, "invalid_grant");
}

#[tokio::test]
async fn clients_are_checked_before_codes() {
    let whop = start().await;
    let code = code(&whop, &request()).await;
    let unauthorized = StatusCode::UNAUTHORIZED;
    for (name, value) in [
        ("client_id", json!("app_other")),
        ("client_id", Value::Null),
        ("client_secret", json!("wrong")),
    ] {
        let mut body = exchange(&code);
        body[name] = value;
        assert_refused(token(&whop, body).await, unauthorized, "invalid_client");
    }
    // A confidential client needs its secret; either way of sending it will do. The code is still good.
    let settings = json!({"oauth_client_type": "confidential"});
    let (status, app) = whop
        .patch("/api/v1/apps/app_sandbox", As::App, settings)
        .await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(app["redirect_uris"], json!([BACK]));
    assert_refused(
        token(&whop, exchange(&code)).await,
        unauthorized,
        "invalid_client",
    );
    let request = whop
        .request(Method::POST, "/oauth/token", As::Nobody)
        .basic_auth("app_sandbox", Some(API_KEY))
        .json(&exchange(&code));
    let (status, tokens) = answer(request).await;
    assert_eq!(status, StatusCode::OK, "{tokens}");
    let missing = json!({"client_id": "app_sandbox", "client_secret": API_KEY});
    let bad = StatusCode::BAD_REQUEST;
    assert_refused(token(&whop, missing.clone()).await, bad, "invalid_request");
    let mut other = missing;
    other["grant_type"] = json!("password");
    assert_refused(token(&whop, other).await, bad, "unsupported_grant_type");
    assert_refused(token(&whop, json!([])).await, bad, "invalid_request");
}

#[tokio::test]
async fn tokens_for_other_things_open_no_userinfo() {
    let whop = start().await;
    let bare = whop.token("user_ada", &["chat:read"]).await;
    let (status, body) = whop.get("/oauth/userinfo", As::Token(&bare)).await;
    assert_eq!(
        (status, &body["error"]),
        (StatusCode::FORBIDDEN, &json!("insufficient_scope"))
    );
    let request = whop.request(Method::GET, "/oauth/userinfo", As::Token("x"));
    let refused = request.send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
    let challenge = refused.headers()["www-authenticate"].to_str().unwrap();
    assert!(challenge.contains("error=\"invalid_token\""), "{challenge}");
}

#[tokio::test]
async fn pages_of_other_origins_allow_nothing() {
    let whop = start().await;
    let answer = whop
        .http
        .post(format!("{}/oauth/authorize", whop.api))
        .header("content-type", "application/x-www-form-urlencoded")
        .header("origin", "https://evil.example")
        .body("user=user_ada")
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn grants_survive_a_restart() {
    let directory = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("sandbox-oauth");
    let _ = std::fs::remove_dir_all(&directory);
    std::fs::create_dir_all(&directory).unwrap();
    let path = directory.join("whop.sqlite");
    let start = async || {
        Whop::start_with(|options| {
            options.oauth_redirect_uris = vec![BACK.to_owned()];
            options.storage = sandbox::Storage::File(path.clone());
        })
        .await
    };
    let whop = start().await;
    let code = code(&whop, &request()).await;
    let (_, tokens) = token(&whop, exchange(&code)).await;
    whop.running.stop().await;
    let whop = start().await;
    let (status, tokens) = refresh(&whop, &tokens["refresh_token"]).await;
    assert_eq!(status, StatusCode::OK, "{tokens}");
}
