//! What webhooks missed is sent again, how they stand is told, and what they are pinned to is kept.

use crate::webhooks::{Receiver, deliveries, quick, register};
use crate::whop::{As, QUIET, Whop, assert_error};
use reqwest::StatusCode;
use serde_json::{Value, json};

const SINCE_EVER: &str = "2020-01-01T00:00:00Z";

async fn replay(whop: &Whop, webhook: &Value, body: Value) {
    let path = format!(
        "/api/v1/webhooks/{}/replay",
        webhook["id"].as_str().unwrap()
    );
    let answer = whop.post(&path, As::App, body).await;
    assert_eq!(answer, (StatusCode::OK, json!({"queued": true})));
}

async fn look(whop: &Whop, webhook: &Value) -> Value {
    let path = format!("/api/v1/webhooks/{}", webhook["id"].as_str().unwrap());
    whop.get(&path, As::App).await.1
}

#[tokio::test]
async fn what_failed_is_sent_again_once_each() {
    let whop = quick().await;
    // Six attempts at the first event, all in vain.
    let receiver = Receiver::start(&[500; 6]).await;
    let webhook = register(
        &whop,
        json!({"url": receiver.url, "events": ["chat.message.created"]}),
    )
    .await;
    whop.say(QUIET, "user_ada", "missed").await;
    deliveries(&whop, 6).await;
    let failing = look(&whop, &webhook).await;
    assert_eq!(failing["consecutive_failures"], 1);
    assert!(
        failing["failing_since"].is_string() && failing["last_failure_at"].is_string(),
        "{failing}"
    );
    let list = "/api/v1/webhooks?company_id=biz_sandbox&has_failures=true";
    assert_eq!(
        whop.get(list, As::App).await.1["data"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    whop.say(QUIET, "user_ada", "heard").await;
    receiver.wait(7).await;
    deliveries(&whop, 7).await;
    let healthy = look(&whop, &webhook).await;
    assert_eq!(
        (&healthy["consecutive_failures"], &healthy["failing_since"]),
        (&json!(0), &json!(null))
    );
    assert_eq!(healthy["last_failure_at"], failing["last_failure_at"]);
    assert_eq!(whop.get(list, As::App).await.1["data"], json!([]));

    replay(
        &whop,
        &webhook,
        json!({"sent_after": SINCE_EVER, "failed_only": true}),
    )
    .await;
    let heard = receiver.wait(8).await;
    assert_eq!(heard[7].1, heard[0].1);
    assert_eq!(heard[7].0["webhook-id"], heard[0].0["webhook-id"]);
    // All, the oldest first, under new ids; and none of other events, or of another time.
    replay(
        &whop,
        &webhook,
        json!({"sent_after": SINCE_EVER, "events": ["chat.reaction.created"]}),
    )
    .await;
    replay(
        &whop,
        &webhook,
        json!({"sent_after": SINCE_EVER, "sent_before": SINCE_EVER}),
    )
    .await;
    deliveries(&whop, 8).await;
    replay(
        &whop,
        &webhook,
        json!({"sent_after": SINCE_EVER, "regenerate_ids": true}),
    )
    .await;
    let heard = receiver.wait(10).await;
    let mut ids: Vec<_> = heard
        .iter()
        .map(|(headers, _)| &headers["webhook-id"])
        .collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 4, "two events, each under two ids");
    assert_eq!(deliveries(&whop, 10).await.len(), 10);
}

#[tokio::test]
async fn what_makes_no_sense_is_not_sent_again() {
    let whop = quick().await;
    let webhook = register(
        &whop,
        json!({"url": "http://127.0.0.1:9/", "enabled": false}),
    )
    .await;
    let path = format!(
        "/api/v1/webhooks/{}/replay",
        webhook["id"].as_str().unwrap()
    );
    for body in [
        json!({"sent_after": SINCE_EVER}),
        json!({"sent_after": "yesterday"}),
        json!({}),
    ] {
        let answer = whop.post(&path, As::App, body).await;
        assert_error(answer, StatusCode::BAD_REQUEST, "bad_request");
    }
}

#[tokio::test]
async fn a_webhook_is_pinned_to_a_version_and_unpinned() {
    let whop = quick().await;
    let body = json!({"url": "http://127.0.0.1:9/", "api_version_date": "2026-10-15-1", "resource_id": "app_sandbox"});
    let webhook = register(&whop, body).await;
    assert_eq!(webhook["api_version_date"], "2026-10-15-1");
    let path = format!("/api/v1/webhooks/{}", webhook["id"].as_str().unwrap());
    for body in [
        json!({"api_version_date": "soon"}),
        json!({"api_version_date": 20_261_015}),
        json!({"api_version": "v5"}),
    ] {
        let answer = whop.patch(&path, As::App, body).await;
        assert_error(answer, StatusCode::BAD_REQUEST, "bad_request");
    }
    let (_, kept) = whop.patch(&path, As::App, json!({"events": []})).await;
    assert_eq!(kept["api_version_date"], "2026-10-15-1");
    let (_, unpinned) = whop
        .patch(&path, As::App, json!({"api_version_date": null}))
        .await;
    assert_eq!(unpinned["api_version_date"], json!(null));
    // The app's own are listed for those who ask for them.
    for (query, count) in [
        ("", 0),
        ("app_id=app_sandbox", 1),
        ("include_app_webhooks=true", 1),
    ] {
        let (_, page) = whop
            .get(&format!("/api/v1/webhooks?{query}"), As::App)
            .await;
        assert_eq!(page["data"].as_array().unwrap().len(), count, "{query}");
    }
}
