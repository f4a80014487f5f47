//! Sessions without a channel, for lists and searches.

#![allow(clippy::unwrap_used, reason = "a test's helpers")]

mod common;

use common::{ASSERTION_SECRET, Stack, assertion, claims, error_of, sign};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use wire::session::CompanySession;

async fn refused(stack: &Stack, body: &Value) -> (StatusCode, String) {
    let (status, kind, _) = error_of(stack.post_session(body).await).await;
    (status, kind)
}

async fn opened(stack: &Stack, body: &Value) -> CompanySession {
    let answer = stack.post_session(body).await;
    assert_eq!(answer.status(), StatusCode::OK, "{:?}", answer.text().await);
    assert_eq!(answer.headers()["cache-control"], "no-store");
    answer.json().await.unwrap()
}

async fn status_of(stack: &Stack, path: &str, token: &str) -> StatusCode {
    stack.api(Method::GET, path, token, None).await.status()
}

#[tokio::test]
async fn the_lists_of_a_company_are_read_with_the_scopes_that_were_asked_for() {
    let stack = Stack::start().await;
    let (direct, support) = ("/dm_channels", "/support_channels?company_id=biz_sandbox");
    let chats = "/chat_channels?company_id=biz_sandbox";
    let body = json!({"company_id": "biz_sandbox", "assertion": assertion("user_ada")});
    let session = opened(&stack, &body).await;
    assert_eq!(session.user.username, "ada");
    let token = &session.token.token;
    assert_eq!(status_of(&stack, chats, token).await, StatusCode::OK);
    assert_eq!(
        status_of(&stack, direct, token).await,
        StatusCode::FORBIDDEN
    );
    // The renewal is for the company, and asks for more like any session.
    let body = json!({
        "company_id": "biz_sandbox", "renewal": session.renewal, "with_direct_messages": true,
        "with_support": true
    });
    let renewed = opened(&stack, &body).await;
    let token = &renewed.token.token;
    for path in [chats, direct, support] {
        assert_eq!(
            status_of(&stack, path, token).await,
            StatusCode::OK,
            "{path}"
        );
    }
    let other = json!({"channel_id": "exp_quiet", "renewal": renewed.renewal});
    let no_access = (StatusCode::FORBIDDEN, "no_access".to_owned());
    assert_eq!(refused(&stack, &other).await, no_access);
}

#[tokio::test]
async fn a_page_need_not_know_the_company() {
    let stack = Stack::start().await;
    let body = json!({"company_id": "", "assertion": assertion("user_ada")});
    let session = opened(&stack, &body).await;
    assert_eq!(&*session.company_id, "biz_sandbox");
    let body = json!({"company_id": "", "renewal": session.renewal});
    assert_eq!(opened(&stack, &body).await.user, session.user);
}

#[tokio::test]
async fn it_is_no_wider_than_who_asks() {
    let stack = Stack::start().await;
    let no_access = (StatusCode::FORBIDDEN, "no_access".to_owned());
    let of = |user: &str| json!({"company_id": "biz_sandbox", "assertion": assertion(user)});
    assert_eq!(refused(&stack, &of("user_stranger")).await, no_access);
    let elsewhere = json!({"company_id": "biz_other", "assertion": assertion("user_ada")});
    assert_eq!(refused(&stack, &elsewhere).await, no_access);
    // What is for one channel is not for all of them.
    let mut limited = claims("user_ada");
    limited["channels"] = json!(["exp_quiet"]);
    let limited = sign(&limited, ASSERTION_SECRET.as_bytes());
    let body = json!({"company_id": "biz_sandbox", "assertion": limited});
    assert_eq!(refused(&stack, &body).await, no_access);
    let session = stack.session_of("user_ada", "exp_quiet").await;
    let body = json!({"company_id": "biz_sandbox", "renewal": session.renewal});
    assert_eq!(refused(&stack, &body).await, no_access);
}

#[tokio::test]
async fn nobody_has_no_lists() {
    let stack = Stack::start_with(
        |_| {},
        |configuration| configuration.public_channels = vec!["exp_quiet".to_owned()],
    )
    .await;
    let (status, _) = refused(&stack, &json!({"company_id": "biz_sandbox"})).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    let both = json!({
        "company_id": "biz_sandbox", "channel_id": "exp_quiet", "assertion": assertion("user_ada")
    });
    assert_eq!(refused(&stack, &both).await.0, StatusCode::BAD_REQUEST);
    let neither = json!({"assertion": assertion("user_ada")});
    assert_eq!(refused(&stack, &neither).await.0, StatusCode::NOT_FOUND);
}
