//! The company's people, for its team: who is found, what is shown of them, and to whom.

use crate::whop::{As, Whop, answer, assert_error};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

async fn found(whop: &Whop, query: &str) -> Vec<String> {
    let (status, page) = whop.get(&format!("/api/v1/members?{query}"), As::App).await;
    assert_eq!(status, StatusCode::OK, "{page}");
    let members = page["data"].as_array().unwrap();
    let user = |member: &Value| member["user"]["id"].as_str().unwrap().to_owned();
    members.iter().map(user).collect()
}

#[tokio::test]
async fn members_are_found_by_who_they_are() {
    let whop = Whop::start().await;
    let everybody = found(&whop, "direction=asc").await;
    assert!(everybody.contains(&"user_ada".to_owned()));
    assert!(!everybody.contains(&"user_stranger".to_owned()));
    let mut backwards = found(&whop, "direction=desc").await;
    backwards.sort();
    let mut sorted = everybody.clone();
    sorted.sort();
    assert_eq!(backwards, sorted);
    for (query, expected) in [
        ("query=KOWALSKA", &["user_ada"][..]),
        ("query=ada@example.com", &["user_ada"]),
        (
            "user_ids[]=user_bob&user_ids[]=user_stranger",
            &["user_bob"],
        ),
        ("user_ids=user_bob,user_chen&query=chen", &["user_chen"]),
        ("query=ada&access_level=admin", &[]),
        (
            "query=ada&statuses[]=joined&product_ids=prod_members",
            &["user_ada"],
        ),
        ("status=left", &[]),
        ("plan_ids=plan_x", &[]),
        ("created_before=2001-01-01T00:00:00Z", &[]),
    ] {
        assert_eq!(found(&whop, query).await, expected, "{query}");
    }
    // Page by page, once each.
    let (mut walked, mut after) = (Vec::new(), String::new());
    loop {
        let path = format!("/api/v1/members?direction=asc&first=4{after}");
        let (_, page) = whop.get(&path, As::App).await;
        let members = page["data"].as_array().unwrap();
        walked.extend(
            members
                .iter()
                .map(|member| member["user"]["id"].as_str().unwrap().to_owned()),
        );
        if page["page_info"]["has_next_page"] == json!(false) {
            break;
        }
        after = format!(
            "&after={}",
            page["page_info"]["end_cursor"].as_str().unwrap()
        );
    }
    assert_eq!(walked, everybody);
    for query in ["direction=up", "created_after=yesterday"] {
        let refused = whop.get(&format!("/api/v1/members?{query}"), As::App).await;
        assert_error(refused, StatusCode::BAD_REQUEST, "bad_request");
    }
    let refused = whop
        .get("/api/v1/members?company_id=biz_other", As::App)
        .await;
    assert_error(refused, StatusCode::NOT_FOUND, "not_found");
}

#[tokio::test]
async fn members_are_for_the_team_and_addresses_for_who_may_read_them() {
    let whop = Whop::start().await;
    let list = "/api/v1/members?query=ada";
    for user in ["user_ada", "user_stranger"] {
        let token = whop.token(user, &["member:basic:read"]).await;
        let refused = whop.get(list, As::Token(&token)).await;
        assert_error(refused, StatusCode::FORBIDDEN, "forbidden");
    }
    let chat = whop.token("user_olivia", &["chat:read"]).await;
    let refused = whop.get(list, As::Token(&chat)).await;
    assert_error(refused, StatusCode::FORBIDDEN, "forbidden");
    let basic = whop.token("user_olivia", &["member:basic:read"]).await;
    let (_, page) = whop.get(list, As::Token(&basic)).await;
    assert_eq!(page["data"][0]["user"]["email"], json!(null));
    let more = ["member:basic:read", "member:email:read"];
    let more = whop.token("user_olivia", &more).await;
    let (_, page) = whop.get(list, As::Token(&more)).await;
    assert_eq!(page["data"][0]["user"]["email"], "ada@example.com");
    // One's own, and no other's.
    let own = whop.token("user_ada", &["member:basic:read"]).await;
    let (status, member) = whop.get("/api/v1/members/mber_ada", As::Token(&own)).await;
    assert_eq!(
        (status, &member["company"]["id"]),
        (StatusCode::OK, &json!("biz_sandbox"))
    );
    for id in ["mber_bob", "mber_stranger", "mber_nobody", "user_ada"] {
        let refused = whop
            .get(&format!("/api/v1/members/{id}"), As::Token(&own))
            .await;
        assert_error(refused, StatusCode::NOT_FOUND, "not_found");
    }
    let october = whop.request(Method::GET, "/api/v1/members/mber_ada", As::App);
    let (_, october) = answer(october.header("api-version-date", "2026-10-15-1")).await;
    assert_eq!(october["account_id"], "biz_sandbox");
    assert_eq!(october["usd_total_spent"]["amount"], "0.00");
    assert_eq!(october.get("company"), None);
}
