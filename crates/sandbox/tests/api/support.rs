//! Support chats: of the customer and the company's team, and of nobody else.

use crate::whop::{As, Whop, assert_error};
use reqwest::StatusCode;
use serde_json::{Value, json};

const ADA: As<'_> = As::Behalf("user_ada");
const CHEN: As<'_> = As::Behalf("user_chen");
const MARCUS: As<'_> = As::Behalf("user_marcus");
const SEEDED: &str = "feed_support_ada";

async fn open(whop: &Whop, who: As<'_>, customer: &str) -> (StatusCode, Value) {
    let body = json!({"company_id": "biz_sandbox", "user_id": customer});
    whop.post("/api/v1/support_channels", who, body).await
}

async fn ids(whop: &Whop, who: As<'_>, query: &str) -> Vec<String> {
    let (status, page) = whop
        .get(&format!("/api/v1/support_channels?{query}"), who)
        .await;
    assert_eq!(status, StatusCode::OK, "{page}");
    let channels = page["data"].as_array().unwrap().iter();
    channels
        .map(|channel| channel["id"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_customer_has_one_whoever_opens_it() {
    let whop = Whop::start().await;
    let (status, channel) = open(&whop, CHEN, "user_chen").await;
    assert_eq!(status, StatusCode::OK, "{channel}");
    assert_eq!(
        channel,
        json!({
            "id": channel["id"],
            "company_id": "biz_sandbox",
            "custom_name": null,
            "customer_user": {"id": "user_chen", "name": "陈立 Chen Li", "username": "chen"},
            "last_message_at": null,
            "resolved_at": null,
        })
    );
    assert_eq!(open(&whop, MARCUS, "chen").await.1, channel);
    assert_eq!(open(&whop, As::App, "user_chen").await.1, channel);
    let path = format!(
        "/api/v1/support_channels/{}",
        channel["id"].as_str().unwrap()
    );
    assert_eq!(whop.get(&path, MARCUS).await.1, channel);
    assert_error(
        open(&whop, CHEN, "user_bob").await,
        StatusCode::FORBIDDEN,
        "forbidden",
    );
    assert_error(
        open(&whop, MARCUS, "user_nobody").await,
        StatusCode::NOT_FOUND,
        "not_found",
    );
    let elsewhere = json!({"company_id": "biz_other", "user_id": "user_chen"});
    let answer = whop.post("/api/v1/support_channels", CHEN, elsewhere).await;
    assert_error(answer, StatusCode::NOT_FOUND, "not_found");
    let nowhere = whop
        .post("/api/v1/support_channels", CHEN, json!({"user_id": "chen"}))
        .await;
    assert_error(nowhere, StatusCode::BAD_REQUEST, "bad_request");
}

#[tokio::test]
async fn only_the_customer_and_the_team_see_it() {
    let whop = Whop::start().await;
    for who in [ADA, MARCUS, As::App] {
        let list = format!("/api/v1/messages?channel_id={SEEDED}");
        assert_eq!(
            whop.get(&list, who).await.1["data"]
                .as_array()
                .unwrap()
                .len(),
            3
        );
    }
    for who in [CHEN, As::Behalf("user_stranger")] {
        for path in [
            format!("messages?channel_id={SEEDED}"),
            "messages/msg_support_1".to_owned(),
            "reactions?resource_id=msg_support_1".to_owned(),
            format!("support_channels/{SEEDED}"),
            format!("dm_channels/{SEEDED}"),
            format!("dm_members?channel_id={SEEDED}"),
        ] {
            let answer = whop.get(&format!("/api/v1/{path}"), who).await;
            assert_error(answer, StatusCode::NOT_FOUND, "not_found");
        }
        let body = json!({"channel_id": SEEDED, "content": "hi"});
        let answer = whop.post("/api/v1/messages", who, body).await;
        assert_error(answer, StatusCode::NOT_FOUND, "not_found");
        assert!(ids(&whop, who, "").await.is_empty());
    }
    // Members of the team join by writing; the customer stays.
    whop.say(SEEDED, "user_marcus", "Anything else?").await;
    let (_, members) = whop
        .get(&format!("/api/v1/dm_members?channel_id={SEEDED}"), ADA)
        .await;
    let users: Vec<&Value> = members["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|member| &member["user_id"])
        .collect();
    assert_eq!(users, ["user_ada", "user_olivia", "user_marcus"]);
    let path = format!(
        "/api/v1/dm_members/{}",
        members["data"][0]["id"].as_str().unwrap()
    );
    assert_error(
        whop.delete(&path, ADA).await,
        StatusCode::FORBIDDEN,
        "forbidden",
    );
    let bob = json!({"channel_id": SEEDED, "user_id": "user_bob"});
    let answer = whop.post("/api/v1/dm_members", MARCUS, bob).await;
    assert_error(answer, StatusCode::FORBIDDEN, "forbidden");
    let path = format!("/api/v1/dm_channels/{SEEDED}");
    assert_error(
        whop.delete(&path, MARCUS).await,
        StatusCode::NOT_FOUND,
        "not_found",
    );
}

#[tokio::test]
async fn the_list_is_filtered_and_ordered() {
    let whop = Whop::start().await;
    let id = |answer: (StatusCode, Value)| answer.1["id"].as_str().unwrap().to_owned();
    let chen = id(open(&whop, CHEN, "user_chen").await);
    let bob = id(open(&whop, MARCUS, "user_bob").await);
    let own = id(open(&whop, MARCUS, "user_marcus").await);
    whop.say(&chen, "user_chen", "the newest").await;
    let seeded = || SEEDED.to_owned();
    let all = |query| ids(&whop, MARCUS, query);
    assert_eq!(
        all("company_id=biz_sandbox").await,
        [chen.clone(), own.clone(), bob.clone(), seeded()]
    );
    assert_eq!(
        all("order=created_at&direction=asc").await,
        [seeded(), chen.clone(), bob.clone(), own.clone()]
    );
    assert_eq!(all("view=customer").await, [own.as_str()]);
    assert_eq!(all("view=admin&first=2").await, [chen.clone(), bob.clone()]);
    assert_eq!(ids(&whop, CHEN, "view=all").await, [chen.as_str()]);
    assert!(ids(&whop, CHEN, "view=admin").await.is_empty());
    whop.control("support/resolve", json!({"channel_id": chen}))
        .await;
    assert_eq!(all("open=true").await, [own, bob, seeded()]);
    assert_eq!(all("open=false").await, [chen.as_str()]);
    let (_, resolved) = whop
        .get(&format!("/api/v1/support_channels/{chen}"), CHEN)
        .await;
    assert!(resolved["resolved_at"].is_string());
    whop.say(&chen, "user_chen", "it is back").await;
    assert!(all("open=false").await.is_empty());
    for query in ["view=mine", "order=name", "direction=up", "open=perhaps"] {
        let answer = whop
            .get(&format!("/api/v1/support_channels?{query}"), MARCUS)
            .await;
        assert_error(answer, StatusCode::BAD_REQUEST, "bad_request");
    }
    let none = whop
        .post(
            "/_sandbox/support/resolve",
            As::Nobody,
            json!({"channel_id": "feed_ada_bob"}),
        )
        .await;
    assert_error(none, StatusCode::NOT_FOUND, "not_found");
}

#[tokio::test]
async fn each_route_needs_its_scope() {
    let whop = Whop::start().await;
    let other = whop
        .token(
            "user_ada",
            &[
                "chat:read",
                "dms:read",
                "dms:message:manage",
                "chat:message:create",
            ],
        )
        .await;
    let reader = whop.token("user_ada", &["support_chat:read"]).await;
    for path in [
        "support_channels".to_owned(),
        format!("support_channels/{SEEDED}"),
        format!("messages?channel_id={SEEDED}"),
        format!("dm_members?channel_id={SEEDED}"),
    ] {
        let get = async |token| whop.get(&format!("/api/v1/{path}"), As::Token(token)).await;
        assert_error(get(&other).await, StatusCode::FORBIDDEN, "forbidden");
        assert_eq!(get(&reader).await.0, StatusCode::OK, "{path}");
    }
    let body = json!({"channel_id": SEEDED, "content": "x"});
    for token in [&other, &reader] {
        let answer = whop
            .post("/api/v1/messages", As::Token(token), body.clone())
            .await;
        assert_error(answer, StatusCode::FORBIDDEN, "forbidden");
        let answer = open(&whop, As::Token(token), "user_ada").await;
        assert_error(answer, StatusCode::FORBIDDEN, "forbidden");
    }
    let writer = whop
        .token(
            "user_ada",
            &["support_chat:message:create", "support_chat:create"],
        )
        .await;
    assert_eq!(
        whop.post("/api/v1/messages", As::Token(&writer), body)
            .await
            .0,
        StatusCode::OK
    );
    assert_eq!(
        open(&whop, As::Token(&writer), "user_ada").await.1["id"],
        SEEDED
    );
}
