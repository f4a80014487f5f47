//! Many messages, for benchmarks.

use crate::whop::{As, QUIET, Whop};
use reqwest::StatusCode;
use serde_json::json;
use std::collections::BTreeSet;

#[tokio::test]
async fn everybody_talks_at_the_rate_that_was_asked_for() {
    let whop = Whop::start().await;
    let mut ada = whop
        .browser_socket("user_ada", "join_experience=exp_quiet")
        .await;
    ada.subscription("exp_quiet").await;
    let body = json!({"channel_id": QUIET, "count": 60, "per_second": 200});
    let flood = whop.post("/_sandbox/flood", As::Nobody, body);
    let hear = async {
        let mut posts = Vec::new();
        while posts.len() < 60 {
            posts.push(ada.entity("dmsPost").await);
        }
        posts
    };
    let ((status, answer), posts) = tokio::join!(flood, hear);
    assert_eq!(status, StatusCode::OK, "{answer}");
    assert_eq!(answer["posted"], 60);
    assert!(
        answer["milliseconds"].as_u64().unwrap() >= 58 * 5,
        "{answer}"
    );
    let times: Vec<i64> = posts
        .iter()
        .map(|post| post["createdAt"].as_i64().unwrap())
        .collect();
    assert!(times.is_sorted());
    let authors: BTreeSet<&str> = posts
        .iter()
        .map(|post| post["userId"].as_str().unwrap())
        .collect();
    assert!(authors.len() > 3, "{authors:?}");
    let list = format!("/api/v1/messages?channel_id={QUIET}&first=100");
    let (_, page) = whop.get(&list, As::App).await;
    assert_eq!(page["data"].as_array().unwrap().len(), 60);
}

#[tokio::test]
async fn a_flood_has_bounds() {
    let whop = Whop::start().await;
    for (body, status) in [
        (
            json!({"count": 1, "per_second": 0}),
            StatusCode::BAD_REQUEST,
        ),
        (
            json!({"count": 1, "per_second": 10_001}),
            StatusCode::BAD_REQUEST,
        ),
        (
            json!({"count": 100_001, "per_second": 1}),
            StatusCode::BAD_REQUEST,
        ),
        (
            json!({"count": 1, "per_second": 1, "channel_id": "nowhere"}),
            StatusCode::NOT_FOUND,
        ),
    ] {
        let (found, answer) = whop.post("/_sandbox/flood", As::Nobody, body).await;
        assert_eq!(found, status, "{answer}");
    }
}
