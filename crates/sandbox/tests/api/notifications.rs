//! Notifications are recorded; the company's basics are told.

use crate::whop::{As, Whop, assert_error};
use reqwest::StatusCode;
use serde_json::{Value, json};

async fn recorded(whop: &Whop) -> Vec<Value> {
    let (_, log) = whop.get("/_sandbox/notifications", As::Nobody).await;
    log["data"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_notification_reaches_who_is_meant() {
    let whop = Whop::start().await;
    let send = async |body: Value| whop.post("/api/v1/notifications", As::App, body).await;
    let team = json!({"company_id": "biz_sandbox", "title": "New ticket", "content": "Ada asks", "rest_path": "/tickets/1"});
    assert_eq!(send(team).await, (StatusCode::OK, json!({"success": true})));
    let named = json!({"experience_id": "exp_quiet", "title": "Psst", "content": "Look",
        "user_ids": ["user_bob", "user_stranger", "user_nobody"]});
    send(named).await;
    let everybody = json!({"experience_id": "exp_quiet", "title": "All", "content": "Look"});
    send(everybody).await;
    let log = recorded(&whop).await;
    assert_eq!(log[0]["recipients"], json!(["user_olivia", "user_marcus"]));
    assert_eq!(log[0]["rest_path"], "/tickets/1");
    assert_eq!(
        log[1]["recipients"],
        json!(["user_bob"]),
        "who may not see it isn't told"
    );
    assert_eq!(log[2]["recipients"].as_array().unwrap().len(), 10);
    for (body, status, kind) in [
        (
            json!({"title": "t", "content": "c"}),
            StatusCode::BAD_REQUEST,
            "bad_request",
        ),
        (
            json!({"company_id": "biz_sandbox", "experience_id": "exp_quiet", "title": "t", "content": "c"}),
            StatusCode::BAD_REQUEST,
            "bad_request",
        ),
        (
            json!({"company_id": "biz_sandbox", "title": " ", "content": "c"}),
            StatusCode::BAD_REQUEST,
            "bad_request",
        ),
        (
            json!({"company_id": "biz_other", "title": "t", "content": "c"}),
            StatusCode::NOT_FOUND,
            "not_found",
        ),
        (
            json!({"experience_id": "exp_other", "title": "t", "content": "c"}),
            StatusCode::NOT_FOUND,
            "not_found",
        ),
    ] {
        assert_error(send(body).await, status, kind);
    }
    let ada = whop.token("user_ada", &["notification:create"]).await;
    let marcus = whop.token("user_marcus", &["chat:read"]).await;
    for token in [&ada, &marcus] {
        let body = json!({"experience_id": "exp_quiet", "title": "t", "content": "c"});
        let answer = whop
            .post("/api/v1/notifications", As::Token(token), body)
            .await;
        assert_error(answer, StatusCode::FORBIDDEN, "forbidden");
    }
    assert_eq!(recorded(&whop).await.len(), 3);
}

#[tokio::test]
async fn the_company_is_told_by_its_id_and_its_route() {
    let whop = Whop::start().await;
    let (_, company) = whop.get("/api/v1/companies/biz_sandbox", As::App).await;
    assert_eq!(company["title"], "Northlight Studio");
    assert_eq!(company["owner_user"]["id"], "user_olivia");
    assert_eq!(company["member_count"], 11);
    let (_, same) = whop
        .get(
            "/api/v1/companies/northlight-studio",
            As::Behalf("user_stranger"),
        )
        .await;
    assert_eq!(same, company);
    let (_, page) = whop.get("/api/v1/companies", As::Behalf("user_ada")).await;
    assert_eq!(page["data"], json!([company]));
    let (_, page) = whop
        .get("/api/v1/companies", As::Behalf("user_stranger"))
        .await;
    assert_eq!(page["data"], json!([]));
    assert_error(
        whop.get("/api/v1/companies/biz_x", As::App).await,
        StatusCode::NOT_FOUND,
        "not_found",
    );
}
