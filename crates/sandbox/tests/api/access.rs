//! Who joins and leaves, as tests make it.

use crate::whop::{As, Whop, assert_error};
use reqwest::StatusCode;
use serde_json::json;

#[tokio::test]
async fn somebody_leaves_and_comes_back() {
    let whop = Whop::start().await;
    let path = "/api/v1/messages?channel_id=exp_lounge";
    let read = async || whop.get(path, As::Behalf("user_bob")).await;
    assert_eq!(read().await.0, StatusCode::OK);
    let set = async |level: &str| {
        let body = json!({"user_id": "user_bob", "access_level": level});
        whop.control("access", body).await;
    };
    set("no_access").await;
    assert_error(read().await, StatusCode::FORBIDDEN, "forbidden");
    set("admin").await;
    let access = "/api/v1/users/user_bob/access/exp_lounge";
    let (_, answer) = whop.get(access, As::App).await;
    assert_eq!(answer["access_level"], "admin");
    assert_eq!(read().await.0, StatusCode::OK);
}

#[tokio::test]
async fn more_people_are_members() {
    let whop = Whop::start().await;
    whop.control("people", json!({"count": 2})).await;
    whop.control("people", json!({"count": 3})).await;
    for number in 1..=3 {
        let path = format!("/api/v1/users/user_extra_{number}/access/exp_lounge");
        let (status, answer) = whop.get(&path, As::App).await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(answer["access_level"], "customer");
    }
}
