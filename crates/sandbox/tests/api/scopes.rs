//! Every route asks for its scope, and for no other.

use crate::whop::{As, QUIET, Whop, answer, assert_error};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

const ALL: [&str; 12] = [
    "chat:read",
    "chat:message:create",
    "chat:moderate",
    "dms:read",
    "dms:message:manage",
    "dms:channel:manage",
    "support_chat:read",
    "support_chat:message:create",
    "support_chat:create",
    "notification:create",
    "developer:manage_webhook",
    "user:read",
];

/// What Marcus, who is an admin, asks for, and what his token needs for it.
type Row = (Method, String, Option<Value>, &'static [&'static str]);

fn in_a_channel(message: &str) -> Vec<Row> {
    let one = format!("messages/{message}");
    vec![
        (
            Method::GET,
            format!("messages?channel_id={QUIET}"),
            None,
            &["chat:read"],
        ),
        (Method::GET, one.clone(), None, &["chat:read"]),
        (
            Method::POST,
            "messages".into(),
            Some(json!({"channel_id": QUIET, "content": "x"})),
            &["chat:message:create"],
        ),
        (
            Method::PATCH,
            one.clone(),
            Some(json!({"content": "y"})),
            &["chat:message:create"],
        ),
        (
            Method::PATCH,
            one,
            Some(json!({"is_pinned": true})),
            &["chat:message:create", "chat:moderate"],
        ),
        (
            Method::GET,
            format!("reactions?resource_id={message}"),
            None,
            &["chat:read"],
        ),
        (
            Method::POST,
            "reactions".into(),
            Some(json!({"resource_id": message, "emoji": "👍"})),
            &["chat:read"],
        ),
        (
            Method::GET,
            "chat_channels?company_id=biz_sandbox".into(),
            None,
            &["chat:read"],
        ),
        (
            Method::GET,
            "chat_channels/exp_quiet".into(),
            None,
            &["chat:read"],
        ),
        (
            Method::PATCH,
            "chat_channels/exp_quiet".into(),
            Some(json!({"ban_urls": false})),
            &["chat:moderate"],
        ),
    ]
}

fn in_conversations(dm: &str) -> Vec<Row> {
    let support = "feed_support_ada";
    vec![
        (Method::GET, "dm_channels".into(), None, &["dms:read"]),
        (
            Method::GET,
            format!("dm_channels/{dm}"),
            None,
            &["dms:read"],
        ),
        (
            Method::POST,
            "dm_channels".into(),
            Some(json!({"with_user_ids": ["user_bob"]})),
            &["dms:channel:manage"],
        ),
        (
            Method::PATCH,
            format!("dm_channels/{dm}"),
            Some(json!({"custom_name": "x"})),
            &["dms:channel:manage"],
        ),
        (
            Method::GET,
            format!("dm_members?channel_id={dm}"),
            None,
            &["dms:read"],
        ),
        (
            Method::GET,
            format!("messages?channel_id={dm}"),
            None,
            &["dms:read"],
        ),
        (
            Method::POST,
            "messages".into(),
            Some(json!({"channel_id": dm, "content": "x"})),
            &["dms:message:manage"],
        ),
        (
            Method::GET,
            "support_channels".into(),
            None,
            &["support_chat:read"],
        ),
        (
            Method::GET,
            format!("support_channels/{support}"),
            None,
            &["support_chat:read"],
        ),
        (
            Method::GET,
            format!("dm_channels/{support}"),
            None,
            &["support_chat:read"],
        ),
        (
            Method::GET,
            format!("messages?channel_id={support}"),
            None,
            &["support_chat:read"],
        ),
        (
            Method::POST,
            "messages".into(),
            Some(json!({"channel_id": support, "content": "x"})),
            &["support_chat:message:create"],
        ),
        (
            Method::POST,
            "support_channels".into(),
            Some(json!({"company_id": "biz_sandbox", "user_id": "user_bob"})),
            &["support_chat:create"],
        ),
    ]
}

fn of_the_company() -> Vec<Row> {
    vec![
        (
            Method::POST,
            "notifications".into(),
            Some(json!({"company_id": "biz_sandbox", "title": "t", "content": "c"})),
            &["notification:create"],
        ),
        (
            Method::GET,
            "webhooks?company_id=biz_sandbox".into(),
            None,
            &["developer:manage_webhook"],
        ),
        (
            Method::POST,
            "webhooks".into(),
            Some(json!({"url": "http://127.0.0.1:9/", "events": []})),
            &["developer:manage_webhook"],
        ),
    ]
}

#[tokio::test]
async fn every_route_needs_its_scopes_and_no_others() {
    let whop = Whop::start().await;
    let message = whop.say(QUIET, "user_marcus", "mine").await;
    let dm = crate::direct_messages::open(&whop, As::Behalf("user_marcus"), &["user_ada"]).await;
    let rows = in_a_channel(message["id"].as_str().unwrap())
        .into_iter()
        .chain(in_conversations(&dm))
        .chain(of_the_company());
    for (method, path, body, needed) in rows {
        let ask = async |scopes: &[&str]| {
            let token = whop.token("user_marcus", scopes).await;
            let request = whop.request(
                method.clone(),
                &format!("/api/v1/{path}"),
                As::Token(&token),
            );
            answer(match &body {
                Some(body) => request.json(body),
                None => request,
            })
            .await
        };
        let (status, told) = ask(needed).await;
        assert_eq!(
            status,
            StatusCode::OK,
            "{method} {path} with {needed:?}: {told}"
        );
        for missing in needed {
            let others: Vec<&str> = ALL.into_iter().filter(|scope| scope != missing).collect();
            let refused = ask(&others).await;
            let told = refused.1["error"]["message"]
                .as_str()
                .unwrap_or_default()
                .to_owned();
            assert!(
                told.contains(missing),
                "{method} {path} without {missing}: {told:?}"
            );
            assert_error(refused, StatusCode::FORBIDDEN, "forbidden");
        }
    }
}
