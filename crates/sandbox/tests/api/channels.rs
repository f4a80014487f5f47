use crate::whop::{As, QUIET, Whop, assert_error};
use reqwest::StatusCode;
use serde_json::json;

#[tokio::test]
async fn a_channel_is_found_by_its_id_and_by_its_experience() {
    let whop = Whop::start().await;
    let (_, by_id) = whop
        .get("/api/v1/chat_channels/chat_feed_quiet", As::App)
        .await;
    let (_, by_experience) = whop.get("/api/v1/chat_channels/exp_quiet", As::App).await;
    assert_eq!(by_id, by_experience);
    assert_eq!(
        by_id,
        json!({
            "id": "chat_feed_quiet",
            "ban_media": false,
            "ban_urls": false,
            "banned_words": [],
            "user_posts_cooldown_seconds": null,
            "who_can_post": "everyone",
            "who_can_react": "everyone",
            "experience": {"id": "exp_quiet", "name": "Quiet room"},
        })
    );
    let (_, announcements) = whop
        .get("/api/v1/chat_channels/exp_announcements", As::App)
        .await;
    assert_eq!(announcements["who_can_post"], "admins");
}

#[tokio::test]
async fn banned_words_are_the_moderators_secret() {
    let whop = Whop::start().await;
    whop.settings(QUIET, json!({"banned_words": ["scam"]}))
        .await;
    let words = async |who| {
        let (_, channel) = whop.get("/api/v1/chat_channels/exp_quiet", who).await;
        let (_, list) = whop
            .get("/api/v1/chat_channels?company_id=biz_sandbox", who)
            .await;
        assert_eq!(list["data"][2]["banned_words"], channel["banned_words"]);
        channel["banned_words"].clone()
    };
    assert_eq!(words(As::App).await, json!(["scam"]));
    assert_eq!(words(As::Behalf("user_marcus")).await, json!(["scam"]));
    assert_eq!(words(As::Behalf("user_ada")).await, json!([]));
}

#[tokio::test]
async fn settings_change_one_by_one() {
    let whop = Whop::start().await;
    whop.settings(
        QUIET,
        json!({"user_posts_cooldown_seconds": 30, "ban_urls": true}),
    )
    .await;
    let channel = whop
        .settings("exp_quiet", json!({"who_can_post": "admins_only"}))
        .await;
    assert_eq!(channel["user_posts_cooldown_seconds"], 30);
    assert_eq!(channel["ban_urls"], true);
    assert_eq!(channel["who_can_post"], "admins");
    let channel = whop
        .settings(
            QUIET,
            json!({"user_posts_cooldown_seconds": 0, "who_can_react": "no_one", "ban_media": null}),
        )
        .await;
    assert_eq!(channel["user_posts_cooldown_seconds"], json!(null));
    assert_eq!(channel["who_can_react"], "no_one");
    assert_eq!(channel["ban_media"], false);
}

#[tokio::test]
async fn only_admins_change_settings_and_only_to_what_there_is() {
    let whop = Whop::start().await;
    let path = "/api/v1/chat_channels/exp_quiet";
    let member = whop
        .patch(path, As::Behalf("user_ada"), json!({"ban_urls": true}))
        .await;
    assert_error(member, StatusCode::FORBIDDEN, "forbidden");
    for body in [
        json!({"who_can_post": "friends"}),
        json!({"who_can_react": 5}),
        json!({"user_posts_cooldown_seconds": -1}),
        json!({"user_posts_cooldown_seconds": 1_000_000}),
        json!({"banned_words": "scam"}),
    ] {
        let answer = whop.patch(path, As::App, body).await;
        assert_error(answer, StatusCode::BAD_REQUEST, "bad_request");
    }
    let nowhere = whop
        .get("/api/v1/chat_channels?company_id=biz_other", As::App)
        .await;
    assert_error(nowhere, StatusCode::NOT_FOUND, "not_found");
}
