//! whop.com's part: the host page, signing in on the app's origin, and what the app is told.

use crate::whop::{As, Whop};
use axum::Router;
use axum::extract::Request;
use axum::http::HeaderMap;
use axum::response::IntoResponse;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

/// An app that answers with what it was asked.
async fn echo(request: Request) -> impl IntoResponse {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 22).await.unwrap();
    let headers: serde_json::Map<String, Value> = parts
        .headers
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().into()))
        .collect();
    let tokens = parts.headers.get_all("x-whop-user-token").iter().count();
    let asked = json!({
        "method": parts.method.as_str(),
        "target": parts.uri.to_string(),
        "headers": headers,
        "tokens": tokens,
        "length": body.len(),
    });
    let mut answer = HeaderMap::new();
    answer.insert("x-from-app", "yes".parse().unwrap());
    answer.insert("set-cookie", "app_cookie=1".parse().unwrap());
    (StatusCode::ACCEPTED, answer, asked.to_string())
}

async fn with_app() -> Whop {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let app_url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async { axum::serve(listener, Router::new().fallback(echo)).await });
    Whop::start_with(|options| options.app_url = app_url).await
}

async fn ask(whop: &Whop, headers: &[(&str, &str)]) -> Value {
    let mut request = whop
        .http
        .get(format!("{}/experiences/exp_quiet?x=%20y", whop.app));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::ACCEPTED);
    assert_eq!(answer.headers()["x-from-app"], "yes");
    assert_eq!(answer.headers()["set-cookie"], "app_cookie=1");
    serde_json::from_str(&answer.text().await.unwrap()).unwrap()
}

#[tokio::test]
async fn the_app_is_told_who_looks_at_it_and_can_check_it() {
    let whop = with_app().await;
    let cookie = whop.cookie("user_ada").await;
    let both = format!("theme=dark; {cookie}; other=1");
    let asked = ask(&whop, &[("cookie", &both), ("x-anything", "kept")]).await;
    assert_eq!(asked["target"], "/experiences/exp_quiet?x=%20y");
    assert_eq!(asked["headers"]["x-anything"], "kept");
    assert_eq!(
        asked["headers"]["cookie"], "theme=dark; other=1",
        "the cookie is the origin's own"
    );
    assert_eq!(
        format!(
            "http://{}",
            asked["headers"]["x-forwarded-host"].as_str().unwrap()
        ),
        whop.app
    );

    let token = asked["headers"]["x-whop-user-token"].as_str().unwrap();
    let (status, keys) = whop.get("/.well-known/jwks.json", As::Nobody).await;
    assert_eq!(status, StatusCode::OK);
    let keys: JwkSet = serde_json::from_value(keys).unwrap();
    let header = decode_header(token).unwrap();
    assert_eq!(header.alg, Algorithm::ES256);
    let key = keys.find(&header.kid.unwrap()).unwrap();
    let mut validation = Validation::new(Algorithm::ES256);
    validation.set_issuer(&["urn:whopcom:exp-proxy"]);
    validation.set_audience(&["app_sandbox"]);
    validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    let key = DecodingKey::from_jwk(key).unwrap();
    let claims = decode::<Value>(token, &key, &validation).unwrap().claims;
    assert_eq!(claims["sub"], "user_ada");
    let lasts = claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap();
    assert!((1..=600).contains(&lasts), "{lasts} s");
}

#[tokio::test]
async fn a_visitors_own_token_never_reaches_the_app() {
    let whop = with_app().await;
    let cookie = whop.cookie("user_ada").await;
    for forged in ["x-whop-user-token", "X-Whop-User-Token"] {
        let asked = ask(&whop, &[(forged, "forged")]).await;
        assert_eq!(asked["tokens"], 0);
        let asked = ask(&whop, &[(forged, "forged"), ("cookie", &cookie)]).await;
        assert_eq!(asked["tokens"], 1);
        assert_ne!(asked["headers"]["x-whop-user-token"], "forged");
    }
    let asked = ask(&whop, &[("cookie", "whop_sandbox_visitor=forged")]).await;
    assert_eq!(asked["tokens"], 0);
    assert!(asked["headers"].get("cookie").is_none());
}

#[tokio::test]
async fn headers_of_one_hop_stay_there() {
    let whop = with_app().await;
    let asked = ask(
        &whop,
        &[
            ("connection", "x-secret-hop"),
            ("x-secret-hop", "1"),
            ("te", "trailers"),
            ("proxy-authorization", "x"),
        ],
    )
    .await;
    for name in ["x-secret-hop", "te", "proxy-authorization", "connection"] {
        assert!(asked["headers"].get(name).is_none(), "{name}");
    }
}

#[tokio::test]
async fn bodies_and_methods_go_through() {
    let whop = with_app().await;
    for method in [Method::POST, Method::PUT, Method::DELETE] {
        let answer = whop
            .http
            .request(method.clone(), format!("{}/upload", whop.app))
            .body(vec![7; 2_000_000])
            .send()
            .await
            .unwrap();
        let asked: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        assert_eq!(asked["length"], 2_000_000);
        assert_eq!(asked["method"], method.as_str());
    }
}

#[tokio::test]
async fn a_link_signs_in_once_and_stays_on_its_origin() {
    let whop = Whop::start().await;
    let address = whop.enter_address("user_ada").await;
    assert!(
        address.starts_with(&format!("{}/_whop/enter?token=", whop.app)),
        "{address}"
    );
    let outside = address.replace("next=%2Fexperiences%2Fexp_quiet", "next=//evil.example");
    assert_ne!(outside, address);
    let refused = whop.http.get(&outside).send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::BAD_REQUEST);
    let entered = whop.http.get(&address).send().await.unwrap();
    assert_eq!(entered.status(), StatusCode::SEE_OTHER);
    assert_eq!(entered.headers()["location"], "/experiences/exp_quiet");
    let cookie = entered.headers()["set-cookie"].to_str().unwrap();
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"),
        "{cookie}"
    );
    let again = whop.http.get(&address).send().await.unwrap();
    assert_eq!(again.status(), StatusCode::UNAUTHORIZED);
    assert!(again.headers().get("set-cookie").is_none());
}

#[tokio::test]
async fn an_app_that_is_down_gets_a_page_that_says_so() {
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let app_url = format!("http://{}", closed.local_addr().unwrap());
    drop(closed);
    let whop = Whop::start_with(|options| options.app_url.clone_from(&app_url)).await;
    let answer = whop.http.get(&whop.app).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::BAD_GATEWAY);
    let page = answer.text().await.unwrap();
    assert!(
        page.contains(&app_url) && page.contains("--app-url"),
        "{page}"
    );
}

#[tokio::test]
async fn the_host_page_offers_every_user_and_experience() {
    let whop = Whop::start().await;
    let page = whop.http.get(&whop.api).send().await.unwrap();
    let policy = page.headers()["content-security-policy"]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(
        policy.contains(&format!("frame-src {}", whop.app)),
        "{policy}"
    );
    let page = page.text().await.unwrap();
    assert!(!page.contains("{{"), "{page}");
    for known in [
        "user_olivia",
        "user_stranger",
        "exp_general",
        "exp_quiet",
        "Announcements",
    ] {
        assert!(page.contains(known), "{known}");
    }
    for (query, says) in [
        ("user=user_nobody", "There is no such user"),
        ("experience=exp_nowhere", "There is no such experience"),
        ("user=%3Cscript%3E", "&lt;script&gt;"),
    ] {
        let address = format!("{}/?{query}", whop.api);
        let answer = whop.http.get(address).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::NOT_FOUND);
        let page = answer.text().await.unwrap();
        assert!(page.contains(says) && !page.contains("{{"), "{page}");
        assert!(page.contains("href=\"/?user="), "a way on: {page}");
    }
    for (path, kind) in [("style.css", "text/css"), ("bridge.js", "text/javascript")] {
        let asset = whop.http.get(format!("{}/_host/{path}", whop.api));
        let asset = asset.send().await.unwrap();
        let found = asset.headers()["content-type"].to_str().unwrap();
        assert!(found.starts_with(kind), "{found}");
    }
}

#[tokio::test]
async fn the_host_page_opens_a_place_in_the_app() {
    let whop = Whop::start().await;
    for (path, place) in [
        ("/settings%3Fa%3D1%26b%3D2", "/settings?a=1&b=2"),
        ("//evil.example", "/experiences/exp_quiet"),
    ] {
        let address = format!(
            "{}/?user=user_ada&experience=exp_quiet&path={path}",
            whop.api
        );
        let page = whop.http.get(address).send().await.unwrap();
        let page = page.text().await.unwrap();
        let (_, rest) = page.split_once("src=\"").unwrap();
        let (frame, _) = rest.split_once('"').unwrap();
        let entered = whop
            .http
            .get(frame.replace("&amp;", "&"))
            .send()
            .await
            .unwrap();
        assert_eq!(entered.headers()["location"], place);
    }
}

#[tokio::test]
async fn the_host_page_knows_what_its_visitor_has_not_read() {
    let whop = Whop::start().await;
    let notify = async |title: &str| {
        let body = json!({"experience_id": "exp_quiet", "title": title, "content": "Tonight", "user_ids": ["user_ada"]});
        let (status, _) = whop.post("/api/v1/notifications", As::App, body).await;
        assert_eq!(status, StatusCode::OK);
    };
    let path = |user: &str| format!("/_host/notifications?user={user}&experience=exp_quiet");
    let unread = async |user: &str| {
        let (_, answer) = whop.get(&path(user), As::Nobody).await;
        answer["earliest_unread_id"].clone()
    };
    assert_eq!(unread("user_ada").await, json!(null));
    notify("first").await;
    notify("second").await;
    let (_, log) = whop.get("/_sandbox/notifications", As::Nobody).await;
    let ids = [&log["data"][0]["id"], &log["data"][1]["id"]];
    assert_eq!(unread("user_ada").await, *ids[0]);
    assert_eq!(unread("user_bob").await, json!(null));
    let one = format!(
        "{}&notification={}",
        path("user_ada"),
        ids[0].as_str().unwrap()
    );
    for _ in 0..2 {
        whop.post(&one, As::Nobody, json!({})).await;
        assert_eq!(unread("user_ada").await, *ids[1]);
    }
    whop.post(&path("user_ada"), As::Nobody, json!({})).await;
    assert_eq!(unread("user_ada").await, json!(null));
}
