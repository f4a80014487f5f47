//! Faults as resources: aimed, counted, timed, drawn by a seed, listed, ended, refused.

use crate::whop::{As, PATIENCE, QUIET, Whop, assert_error};
use reqwest::StatusCode;
use sandbox::Fault;
use serde_json::{Value, json};

const ME: &str = "/api/v1/users/me";

async fn list(whop: &Whop) -> Vec<Value> {
    let (_, faults) = whop.get("/_sandbox/faults", As::Nobody).await;
    faults["data"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_fault_is_told_counted_and_forgotten() {
    let whop = Whop::start().await;
    let given = json!({"kind": "status", "status": 503, "count": 2, "match": {"path": ME}});
    let fault = whop.fault(given).await;
    let told = &list(&whop).await[0];
    assert_eq!(told["id"], fault["id"]);
    assert_eq!((&told["status"], &told["struck"]), (&json!(503), &json!(0)));
    assert_eq!(told["match"]["path"], ME);
    for left in [1, 0] {
        assert_eq!(
            whop.get(ME, As::App).await.0,
            StatusCode::SERVICE_UNAVAILABLE
        );
        assert_eq!(list(&whop).await.len(), left);
    }
    assert_eq!(whop.get(ME, As::App).await.0, StatusCode::OK);
    let path = format!("/_sandbox/faults/{}", fault["id"].as_str().unwrap());
    assert_error(
        whop.get(&path, As::Nobody).await,
        StatusCode::NOT_FOUND,
        "not_found",
    );
    assert_error(
        whop.delete(&path, As::Nobody).await,
        StatusCode::NOT_FOUND,
        "not_found",
    );
}

#[tokio::test]
async fn a_share_is_drawn_by_its_seed() {
    let whop = Whop::start().await;
    let runs = async |seed: u64| {
        let fault = json!({"kind": "status", "status": 500, "share": 0.4, "seed": seed, "match": {"path": ME}});
        let fault = whop.fault(fault).await;
        let mut run = Vec::new();
        for _ in 0..40 {
            run.push(whop.get(ME, As::App).await.0 == StatusCode::OK);
        }
        whop.end(&fault).await;
        run
    };
    let first = runs(1).await;
    assert_eq!(first, runs(1).await);
    assert_ne!(first, runs(2).await);
    let failed = first.iter().filter(|is_ok| !**is_ok).count();
    assert!((8..=24).contains(&failed), "{failed} of 40");
}

#[tokio::test]
async fn a_fault_is_aimed_at_a_user_a_route_or_an_origin() {
    let whop = Whop::start().await;
    let message = whop.say(QUIET, "user_ada", "hello").await;
    let path = format!("/api/v1/messages/{}", message["id"].as_str().unwrap());
    let token = whop.token("user_ada", &["chat:read"]).await;
    let fault = json!({"kind": "status", "status": 500,
        "match": {"user": "user_ada", "path": "/api/v1/messages/{id}", "method": "get", "origin": "api"}});
    let fault = whop.fault(fault).await;
    let struck = StatusCode::INTERNAL_SERVER_ERROR;
    assert_eq!(whop.get(&path, As::Token(&token)).await.0, struck);
    assert_eq!(whop.get(&path, As::Behalf("user_ada")).await.0, struck);
    assert_eq!(
        whop.get(&path, As::Behalf("user_bob")).await.0,
        StatusCode::OK
    );
    assert_eq!(whop.get(ME, As::Token(&token)).await.0, StatusCode::OK);
    whop.end(&fault).await;
    whop.fault(json!({"kind": "status", "status": 418, "match": {"origin": "app"}}))
        .await;
    let app = whop.http.get(&whop.app).send().await.unwrap();
    assert_eq!(app.status().as_u16(), 418);
    assert_eq!(whop.get(ME, As::App).await.0, StatusCode::OK);
}

#[tokio::test]
async fn a_fault_ends_when_its_time_is_over() {
    let whop = Whop::start().await;
    let fault = whop
        .fault(json!({"kind": "status", "status": 500, "seconds": 0.3}))
        .await;
    assert!(fault["milliseconds_left"].as_u64().unwrap() <= 300);
    let over = async { while whop.get(ME, As::App).await.0 != StatusCode::OK {} };
    tokio::time::timeout(PATIENCE, over).await.unwrap();
    assert!(list(&whop).await.is_empty());
}

#[tokio::test]
async fn the_oldest_ending_wins_and_no_other_is_counted() {
    let whop = Whop::start().await;
    for status in [501, 502] {
        whop.fault(json!({"kind": "status", "status": status, "count": 1}))
            .await;
    }
    for status in [501, 502, 200] {
        assert_eq!(whop.get(ME, As::App).await.0.as_u16(), status);
    }
}

#[tokio::test]
async fn all_faults_end_together() {
    let whop = Whop::start().await;
    for path in ["/_sandbox/faults", "/_sandbox/reset"] {
        whop.fault(json!({"kind": "status", "status": 500})).await;
        whop.control("latency", json!({"milliseconds": 1})).await;
        assert_eq!(list(&whop).await.len(), 2);
        let ended = if path.ends_with("reset") {
            whop.post(path, As::Nobody, json!({})).await
        } else {
            whop.delete(path, As::Nobody).await
        };
        assert_eq!(ended.0, StatusCode::OK);
        assert!(list(&whop).await.is_empty());
        let state = whop.get("/_sandbox/state", As::Nobody).await.1;
        assert_eq!(state["latency_milliseconds"], 0);
    }
}

#[tokio::test]
async fn what_is_not_understood_is_refused_and_named() {
    let whop = Whop::start().await;
    for (fault, says) in [
        (json!({"kind": "explosion"}), "explosion"),
        (json!({"kind": "status", "status": 200}), "400 to 599"),
        (
            json!({"kind": "reset", "match": {"user": 5}}),
            "invalid type",
        ),
        (json!("outage"), "not understood"),
    ] {
        let answer = whop.post("/_sandbox/faults", As::Nobody, fault).await;
        let message = answer.1["error"]["message"].as_str().unwrap().to_owned();
        assert!(message.contains(says), "{message}");
        assert_error(answer, StatusCode::BAD_REQUEST, "bad_request");
    }
    assert!(list(&whop).await.is_empty());
}

#[tokio::test]
async fn faults_can_be_there_from_the_start() {
    let fault = Fault::from_text(r#"{"kind": "status", "status": 503, "count": 1}"#).unwrap();
    let whop = Whop::start_with(|options| options.faults.push(fault)).await;
    assert_eq!(
        whop.get(ME, As::App).await.0,
        StatusCode::SERVICE_UNAVAILABLE
    );
    assert_eq!(whop.get(ME, As::App).await.0, StatusCode::OK);
}
