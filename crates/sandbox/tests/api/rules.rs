use crate::messages::seeded_file;
use crate::whop::{As, QUIET, Whop, assert_error};
use reqwest::StatusCode;
use serde_json::{Value, json};

async fn post(whop: &Whop, channel: &str, user: &str, body: Value) -> (StatusCode, Value) {
    let mut body = body;
    body["channel_id"] = channel.into();
    whop.post("/api/v1/messages", As::Behalf(user), body).await
}

#[tokio::test]
async fn who_can_post() {
    let whop = Whop::start().await;
    let text = json!({"content": "hello"});
    for (setting, member, admin) in [
        ("everyone", true, true),
        ("members_only", true, true),
        ("admins", false, true),
        ("none", false, false),
    ] {
        whop.settings(QUIET, json!({"who_can_post": setting})).await;
        for (user, allowed) in [("user_ada", member), ("user_marcus", admin)] {
            let answer = post(&whop, QUIET, user, text.clone()).await;
            if allowed {
                assert_eq!(answer.0, StatusCode::OK, "{setting} {user}");
            } else {
                assert_error(answer, StatusCode::FORBIDDEN, "forbidden");
            }
        }
    }
    let seeded = post(&whop, "exp_announcements", "user_ada", text).await;
    assert_error(seeded, StatusCode::FORBIDDEN, "forbidden");
}

#[tokio::test]
async fn who_can_react() {
    let whop = Whop::start().await;
    let message = whop.say(QUIET, "user_ada", "react").await;
    let react = async |user| {
        let body = json!({"resource_id": message["id"], "emoji": "👍"});
        whop.post("/api/v1/reactions", As::Behalf(user), body).await
    };
    whop.settings(QUIET, json!({"who_can_react": "no_one"}))
        .await;
    assert_error(react("user_bob").await, StatusCode::FORBIDDEN, "forbidden");
    assert_error(
        react("user_marcus").await,
        StatusCode::FORBIDDEN,
        "forbidden",
    );
    whop.settings(QUIET, json!({"who_can_react": "admins_only"}))
        .await;
    assert_error(react("user_bob").await, StatusCode::FORBIDDEN, "forbidden");
    assert_eq!(react("user_marcus").await.0, StatusCode::OK);
    whop.settings(QUIET, json!({"who_can_react": "everyone"}))
        .await;
    assert_eq!(react("user_bob").await.0, StatusCode::OK);
}

#[tokio::test]
async fn slow_mode_says_how_long_to_wait() {
    let whop = Whop::start().await;
    whop.settings(QUIET, json!({"user_posts_cooldown_seconds": 60}))
        .await;
    whop.say(QUIET, "user_ada", "first").await;
    let request = whop
        .request(
            reqwest::Method::POST,
            "/api/v1/messages",
            As::Behalf("user_ada"),
        )
        .json(&json!({"channel_id": QUIET, "content": "second"}));
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let seconds: u64 = answer.headers()["retry-after"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!((55..=60).contains(&seconds), "{seconds}");
    // Others are not slowed, and admins never.
    whop.say(QUIET, "user_bob", "first").await;
    whop.say(QUIET, "user_marcus", "first").await;
    whop.say(QUIET, "user_marcus", "second").await;
    // Other channels neither; and afterwards it is over.
    whop.say("exp_lounge", "user_ada", "elsewhere").await;
    whop.settings(QUIET, json!({"user_posts_cooldown_seconds": 0}))
        .await;
    whop.say(QUIET, "user_ada", "second").await;
}

#[tokio::test]
async fn d1_a_banned_word_is_refused_without_telling_which() {
    let whop = Whop::start().await;
    whop.settings(QUIET, json!({"banned_words": ["Giveaway"]}))
        .await;
    let text = json!({"content": "a free giveaway!"});
    let answer = post(&whop, QUIET, "user_ada", text.clone()).await;
    let told = answer.1["error"]["message"]
        .as_str()
        .unwrap()
        .to_lowercase();
    assert!(!told.contains("giveaway"), "{told}");
    assert_error(
        answer,
        StatusCode::UNPROCESSABLE_ENTITY,
        "unprocessable_entity",
    );
    let poll = json!({"content": "?", "poll": {"options": [{"id": "1", "text": "GIVEAWAY"}, {"id": "2", "text": "no"}]}});
    let answer = post(&whop, QUIET, "user_ada", poll).await;
    assert_error(
        answer,
        StatusCode::UNPROCESSABLE_ENTITY,
        "unprocessable_entity",
    );
    assert_eq!(
        post(&whop, QUIET, "user_marcus", text).await.0,
        StatusCode::OK
    );
    // Nor by editing it in.
    let message = whop.say(QUIET, "user_ada", "innocent").await;
    let path = format!("/api/v1/messages/{}", message["id"].as_str().unwrap());
    let answer = whop
        .patch(
            &path,
            As::Behalf("user_ada"),
            json!({"content": "giveaway"}),
        )
        .await;
    assert_error(
        answer,
        StatusCode::UNPROCESSABLE_ENTITY,
        "unprocessable_entity",
    );
}

#[tokio::test]
async fn links_and_media_are_refused_where_they_are_banned() {
    let whop = Whop::start_with(|options| options.messages = 600).await;
    let image = seeded_file(&whop, "image/").await;
    whop.settings(QUIET, json!({"ban_urls": true, "ban_media": true}))
        .await;
    let with_image = json!({"content": "look", "attachments": [{"id": image["id"]}]});
    for body in [
        json!({"content": "see https://example.org"}),
        json!({"content": "[click](//x) www.example.org"}),
        json!({"content": "example.com"}),
        with_image.clone(),
    ] {
        let answer = post(&whop, QUIET, "user_ada", body).await;
        assert_error(
            answer,
            StatusCode::UNPROCESSABLE_ENTITY,
            "unprocessable_entity",
        );
    }
    whop.say(QUIET, "user_ada", "f/2.8, nothing else.").await;
    whop.settings(QUIET, json!({"ban_urls": false, "ban_media": false}))
        .await;
    whop.say(QUIET, "user_ada", "see https://example.org").await;
    assert_eq!(
        post(&whop, QUIET, "user_ada", with_image).await.0,
        StatusCode::OK
    );
}

#[tokio::test]
async fn every_spelling_is_understood_and_told_as_the_sdk_spells_it() {
    let whop = Whop::start().await;
    let mut socket = whop.server_socket("user_noor").await;
    let message = whop.say(QUIET, "user_olivia", "react").await;
    for (spellings, post, react, on_the_socket, members_may, admins_may) in [
        (
            &["everyone", "EVERYONE"][..],
            "everyone",
            "everyone",
            "EVERYONE",
            true,
            true,
        ),
        (
            &["members_only", "members", "MEMBERS"],
            "members_only",
            "members_only",
            "MEMBERS",
            true,
            true,
        ),
        (
            &["product_owners", "PRODUCT_OWNERS"],
            "product_owners",
            "product_owners",
            "PRODUCT_OWNERS",
            true,
            true,
        ),
        (
            &["admins", "admins_only", "ADMINS"],
            "admins",
            "admins_only",
            "ADMINS",
            false,
            true,
        ),
        (
            &["no_one", "none", "NONE", "NO_ONE"],
            "no_one",
            "no_one",
            "NONE",
            false,
            false,
        ),
    ] {
        for spelling in spellings {
            let body = json!({"who_can_post": spelling, "who_can_react": spelling});
            let channel = whop.settings(QUIET, body).await;
            assert_eq!(
                (&channel["who_can_post"], &channel["who_can_react"]),
                (&json!(post), &json!(react))
            );
            let told = socket.entity("chatFeed").await;
            assert_eq!(
                (&told["whoCanPost"], &told["whoCanReact"]),
                (&json!(on_the_socket), &json!(on_the_socket))
            );
        }
        for (user, may) in [("user_ada", members_may), ("user_marcus", admins_may)] {
            let expected = if may {
                StatusCode::OK
            } else {
                StatusCode::FORBIDDEN
            };
            let posted = self::post(&whop, QUIET, user, json!({"content": "x"})).await;
            assert_eq!(posted.0, expected, "{user} posts where {post}");
            let body = json!({"resource_id": message["id"], "emoji": "👍"});
            let reacted = whop.post("/api/v1/reactions", As::Behalf(user), body).await;
            assert_eq!(reacted.0, expected, "{user} reacts where {react}");
        }
    }
}
