//! Whop's own access tokens that a page brings for its visitor: the session is what the token is, and no more.

#![allow(clippy::unwrap_used, reason = "a test's helpers")]

mod common;

use common::{
    API_KEY, Closed, PATIENCE, STRANGERS_PER_MINUTE, Stack, assert_let_through, error_of, now, sign,
};
use futures_util::future::join_all;
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};
use std::time::Instant;
use tokio::time::timeout;
use wire::rest::AccessLevel;
use wire::session::{CompanySession, Session};

const MINTS: &str = "POST /api/v1/access_tokens";
const WHO: &str = "GET /api/v1/users/{id}";
const ALL: [&str; 3] = ["chat:read", "chat:message:create", "chat:moderate"];

/// A token as a creator's backend mints it with Whop's SDK.
async fn minted_at(api: &str, wanted: &Value) -> Value {
    let client = reqwest::Client::new();
    let request = client.post(format!("{api}/api/v1/access_tokens"));
    let answer = request
        .bearer_auth(API_KEY)
        .json(wanted)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    answer.json().await.unwrap()
}

async fn token(stack: &Stack, user: &str, scopes: &[&str]) -> String {
    let wanted = json!({"company_id": "biz_sandbox", "user_id": user, "scoped_actions": scopes});
    let minted = minted_at(&stack.sandbox.addresses().api, &wanted).await;
    minted["token"].as_str().unwrap().to_owned()
}

async fn open(stack: &Stack, token: &str, channel: &str) -> Response {
    let body = json!({"channel_id": channel, "assertion": token, "with_messages": true});
    stack.post_session(&body).await
}

async fn opened(stack: &Stack, token: &str, channel: &str) -> Session {
    let answer = open(stack, token, channel).await;
    assert_eq!(answer.status(), StatusCode::OK, "{:?}", answer.text().await);
    answer.json().await.unwrap()
}

async fn refused(stack: &Stack, token: &str, channel: &str) -> (StatusCode, String, String) {
    error_of(open(stack, token, channel).await).await
}

#[tokio::test]
async fn the_session_is_the_token_itself() {
    let stack = Stack::start().await;
    let wanted = json!({
        "company_id": "biz_sandbox", "user_id": "user_ada", "scoped_actions": ALL,
        "expires_at": wire::Timestamp::from_unix_millis((now() + 600) * 1_000),
    });
    let minted = minted_at(&stack.sandbox.addresses().api, &wanted).await;
    let token = minted["token"].as_str().unwrap();
    let session = opened(&stack, token, "exp_general").await;
    assert_eq!(session.token.token, token);
    let said: wire::Timestamp = serde_json::from_value(minted["expires_at"].clone()).unwrap();
    assert_eq!(session.token.expires_at.unix_millis(), said.unix_millis());
    assert_eq!(session.user.id.as_str(), "user_ada");
    assert_eq!(session.user.username, "ada");
    assert_eq!(session.renewal, "", "the page has the next one");
    assert_eq!(session.channel.id.as_str(), "chat_feed_general");
    assert_eq!(session.permissions.access_level, AccessLevel::Customer);
    assert!(session.permissions.can_post && session.permissions.can_react);
    // Ada is no moderator, whatever scopes her token has.
    assert!(!session.permissions.can_moderate);
    assert!(!session.messages.unwrap().data.is_empty());
    let minted = stack.upstream_requests(MINTS).await;
    assert_eq!(minted, 1, "only the page's backend minted");
}

#[tokio::test]
async fn what_the_token_is_not_for_its_owner_can_not_do() {
    let stack = Stack::start().await;
    let reader = token(&stack, "user_marcus", &["chat:read"]).await;
    let session = opened(&stack, &reader, "exp_general").await;
    assert_eq!(session.permissions.access_level, AccessLevel::Admin);
    assert!(!session.permissions.can_post && !session.permissions.can_moderate);
    let body = json!({"channel_id": "exp_general", "content": "no"});
    let posted = stack
        .api(Method::POST, "/messages", &reader, Some(body))
        .await;
    assert_eq!(posted.status(), StatusCode::FORBIDDEN);
    let admin = token(&stack, "user_marcus", &ALL).await;
    let session = opened(&stack, &admin, "exp_general").await;
    assert!(session.permissions.can_post && session.permissions.can_moderate);
    // D1: nor does it see what moderators' tokens do.
    assert_eq!(session.token.token, admin);
}

#[tokio::test]
async fn a_token_without_a_scope_for_reading_opens_nothing() {
    let stack = Stack::start().await;
    // Others read there, and so does Ada with another token: nothing of that is for this one.
    stack.session_of("user_ada", "exp_general").await;
    for scopes in [
        &["chat:message:create"][..],
        &["dms:read"],
        &["company:basic:read"],
    ] {
        let token = token(&stack, "user_ada", scopes).await;
        let (status, kind, said) = refused(&stack, &token, "exp_general").await;
        assert_eq!(
            (status, kind.as_str()),
            (StatusCode::FORBIDDEN, "no_access"),
            "{said}"
        );
        let page = "/messages?channel_id=exp_general&direction=desc&first=50";
        let read = stack.api(Method::GET, page, &token, None).await;
        assert_eq!(read.status(), StatusCode::FORBIDDEN);
    }
    let stranger = token(&stack, "user_stranger", &ALL).await;
    let (status, kind, _) = refused(&stack, &stranger, "exp_general").await;
    assert_eq!(
        (status, kind.as_str()),
        (StatusCode::FORBIDDEN, "no_access")
    );
    let ada = token(&stack, "user_ada", &ALL).await;
    assert_eq!(
        refused(&stack, &ada, "exp_nowhere").await.0,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn forged_tokens_are_nobodys() {
    let stack = Stack::start().await;
    let claims = json!({
        "iss": "urn:whop-sandbox:access-token", "sub": "user_marcus", "company": "biz_sandbox",
        "scoped_actions": ALL, "iat": now(), "exp": now() + 600, "jti": "0", "generation": 0
    });
    let forged = sign(&claims, b"a guess");
    for _ in 0..3 {
        let (status, kind, said) = refused(&stack, &forged, "exp_general").await;
        assert_eq!(
            (status, kind.as_str()),
            (StatusCode::UNAUTHORIZED, "unauthorized")
        );
        assert!(said.contains("Ask the page for a new one"), "{said}");
    }
    assert_eq!(
        stack.upstream_requests(WHO).await,
        1,
        "Whop is asked once of it"
    );
    // What was changed after Whop signed it.
    let honest = token(&stack, "user_ada", &["chat:read"]).await;
    let parts: Vec<&str> = honest.split('.').collect();
    let other = forged.split('.').nth(1).unwrap();
    let changed = format!("{}.{other}.{}", parts[0], parts[2]);
    assert_eq!(
        refused(&stack, &changed, "exp_general").await.0,
        StatusCode::UNAUTHORIZED
    );
    // What another Whop signed.
    let other = sandbox::start(sandbox::Options {
        app_url: stack.url.clone(),
        ..sandbox::Options::default()
    });
    let other = other.await.unwrap();
    let wanted = json!({"company_id": "biz_sandbox", "user_id": "user_ada"});
    let foreign = minted_at(&other.addresses().api, &wanted).await;
    let foreign = foreign["token"].as_str().unwrap();
    assert_eq!(
        refused(&stack, foreign, "exp_general").await.0,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn what_has_expired_is_refused_without_asking() {
    let stack = Stack::start().await;
    let expired = sign(&json!({"sub": "user_ada", "exp": now() - 1}), b"somebody");
    let (status, _, said) = refused(&stack, &expired, "exp_general").await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    assert!(
        said.contains("it has expired. Ask the page for a new one"),
        "{said}"
    );
    assert_eq!(stack.upstream_requests(WHO).await, 0);
}

#[tokio::test]
async fn a_revoked_token_is_over_at_once() {
    let stack = Stack::start().await;
    let ada = token(&stack, "user_ada", &ALL).await;
    opened(&stack, &ada, "exp_general").await;
    stack.control("tokens/expire", &json!({})).await;
    let (status, _, _) = refused(&stack, &ada, "exp_lounge").await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    let asked = stack
        .upstream_requests("GET /api/v1/chat_channels/{id}")
        .await;
    assert_eq!(
        refused(&stack, &ada, "exp_lounge").await.0,
        StatusCode::UNAUTHORIZED
    );
    let page = "/messages?channel_id=exp_general&direction=desc&first=50";
    let read = stack.api(Method::GET, page, &ada, None).await;
    assert_eq!(read.status(), StatusCode::UNAUTHORIZED);
    let again = stack
        .upstream_requests("GET /api/v1/chat_channels/{id}")
        .await;
    assert_eq!(again, asked, "Whop is not asked again of it");
}

#[tokio::test]
async fn replayed_it_is_the_same_visitor_and_costs_no_more_than_a_look() {
    let stack = Stack::start().await;
    let bob = token(&stack, "user_bob", &ALL).await;
    let sessions = (0..5).map(|_| opened(&stack, &bob, "exp_general"));
    let sessions = join_all(sessions).await;
    for session in &sessions {
        assert_eq!(session.user.id.as_str(), "user_bob");
        assert_eq!(session.token.token, bob);
    }
    assert_eq!(stack.upstream_requests(WHO).await, 1);
    assert_eq!(stack.upstream_requests(MINTS).await, 1);
    // It renews nothing, and nor does what stands for no renewal.
    for renewal in ["", bob.as_str()] {
        let body = json!({"channel_id": "exp_general", "renewal": renewal});
        let answer = stack.post_session(&body).await;
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn live_updates_come_until_the_token_ends() {
    let stack = Stack::start().await;
    let wanted = json!({
        "company_id": "biz_sandbox", "user_id": "user_ada", "scoped_actions": ALL,
        "expires_at": wire::Timestamp::from_unix_millis((now() + 4) * 1_000),
    });
    let minted = minted_at(&stack.sandbox.addresses().api, &wanted).await;
    let ada = opened(&stack, minted["token"].as_str().unwrap(), "exp_quiet").await;
    let mut socket = stack.socket(&ada).await;
    let bob = opened(&stack, &token(&stack, "user_bob", &ALL).await, "exp_quiet").await;
    stack.post(&bob, "hello from a page of Whop's").await;
    assert_eq!(socket.next_message().await, "hello from a page of Whop's");
    let end = timeout(PATIENCE, async {
        loop {
            if let Err(end) = socket.next().await {
                return end;
            }
        }
    });
    assert_eq!(end.await.unwrap(), Closed(Some(4001)));
}

#[tokio::test]
async fn who_loses_access_hears_nothing_more() {
    let stack = Stack::start_with(
        |_| {},
        |configuration| configuration.access_lifetime = std::time::Duration::from_millis(100),
    )
    .await;
    let ada = opened(&stack, &token(&stack, "user_ada", &ALL).await, "exp_quiet").await;
    let mut socket = stack.socket(&ada).await;
    let lost = json!({"user_id": "user_ada", "access_level": "no_access"});
    stack.control("access", &lost).await;
    let end = timeout(PATIENCE, async {
        loop {
            if let Err(end) = socket.next().await {
                return end;
            }
        }
    });
    assert_eq!(end.await.unwrap(), Closed(Some(4003)));
    let again = stack.try_socket(&ada.socket.path, &ada.socket.protocols, Some(common::SITE));
    assert!(again.await.is_err());
}

#[tokio::test]
async fn a_post_lands_once_though_its_token_is_replaced() {
    let stack = Stack::start().await;
    let mut ids = Vec::new();
    for _ in 0..2 {
        let ada = token(&stack, "user_ada", &ALL).await;
        opened(&stack, &ada, "exp_quiet").await;
        let request = stack.client.post(format!("{}/api/v1/messages", stack.url));
        let body = json!({"channel_id": "exp_quiet", "content": "once"});
        let request = request.header("origin", common::SITE).bearer_auth(&ada);
        let request = request.header("idempotency-key", "key").json(&body);
        let message: Value = request.send().await.unwrap().json().await.unwrap();
        ids.push(message["id"].clone());
    }
    assert!(ids[0].is_string() && ids[0] == ids[1]);
    assert_eq!(stack.upstream_requests("POST /api/v1/messages").await, 1);
}

#[tokio::test]
async fn made_up_tokens_do_not_make_whop_answer() {
    let stack = Stack::start_with(
        |_| {},
        |configuration| configuration.requests_per_address = 6_000,
    )
    .await;
    let honest = token(&stack, "user_ada", &ALL).await;
    opened(&stack, &honest, "exp_quiet").await;
    let made_up = |count: usize| sign(&json!({"jti": count, "exp": now() + 60}), b"a guess");
    let since = Instant::now();
    let flood = (0..STRANGERS_PER_MINUTE)
        .map(async |number| open(&stack, &made_up(number), "exp_quiet").await.status());
    let answers = join_all(flood).await;
    let count = answers
        .iter()
        .filter(|status| **status == StatusCode::UNAUTHORIZED)
        .count();
    assert_let_through(count, STRANGERS_PER_MINUTE, since);
    assert!(stack.upstream_requests(WHO).await <= u64::try_from(count).unwrap() + 1);
    // Whom Whop knows notices nothing.
    opened(&stack, &honest, "exp_lounge").await;
}

#[tokio::test]
async fn assertions_are_never_shown_to_whop_nor_tokens_taken_for_assertions() {
    let stack = Stack::start().await;
    let signed = sign(
        &common::claims("user_ada"),
        b"a secret that nobody here knows at all",
    );
    assert_eq!(
        refused(&stack, &signed, "exp_general").await.0,
        StatusCode::UNAUTHORIZED
    );
    let session = stack.session_of("user_ada", "exp_general").await;
    let asked = stack.upstream_requests(WHO).await;
    let ticket = session.socket.protocols[1].strip_prefix("ticket.").unwrap();
    for own in [session.renewal.as_str(), ticket] {
        let (status, _, _) = refused(&stack, own, "exp_general").await;
        assert_eq!(status, StatusCode::UNAUTHORIZED);
    }
    assert_eq!(stack.upstream_requests(WHO).await, asked);
    let (status, _, said) = refused(&stack, API_KEY, "exp_general").await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    assert!(said.contains("API key"), "{said}");
}

#[tokio::test]
async fn an_operator_may_refuse_them() {
    let stack = Stack::start_with(|_| {}, |configuration| configuration.page_tokens = false).await;
    let ada = token(&stack, "user_ada", &ALL).await;
    let (status, _, said) = refused(&stack, &ada, "exp_general").await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    assert!(said.contains("WHOP_CHAT_PAGE_TOKENS"), "{said}");
    assert_eq!(stack.upstream_requests(WHO).await, 0);
}

#[tokio::test]
async fn of_a_company_it_is_the_token_itself() {
    let stack = Stack::start().await;
    let scopes = ["chat:read", "dms:read"];
    let ada = token(&stack, "user_ada", &scopes).await;
    let answer = stack
        .post_session(&json!({"company_id": "biz_sandbox", "assertion": ada}))
        .await;
    assert_eq!(answer.status(), StatusCode::OK);
    let session: CompanySession = answer.json().await.unwrap();
    assert_eq!(session.token.token, ada);
    assert_eq!(session.user.id.as_str(), "user_ada");
    assert_eq!(session.renewal, "");
    for (path, status) in [
        ("/chat_channels?company_id=biz_sandbox", StatusCode::OK),
        ("/dm_channels?company_id=biz_sandbox", StatusCode::OK),
        (
            "/support_channels?company_id=biz_sandbox",
            StatusCode::FORBIDDEN,
        ),
    ] {
        let read = stack.api(Method::GET, path, &ada, None).await;
        assert_eq!(read.status(), status, "{path}");
    }
    assert_eq!(stack.upstream_requests(MINTS).await, 1);
}
