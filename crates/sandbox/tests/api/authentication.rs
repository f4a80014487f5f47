use crate::whop::{API_KEY, As, QUIET, Whop, answer, assert_error};
use reqwest::{Method, StatusCode};
use serde_json::json;

const LIST: &str = "/api/v1/messages?channel_id=chat_feed_quiet";

#[tokio::test]
async fn nobody_is_unauthorized_everywhere() {
    let whop = Whop::start().await;
    let id = whop.say(QUIET, "user_ada", "hello").await["id"].clone();
    let id = id.as_str().unwrap();
    for (method, path) in [
        (Method::GET, LIST.to_owned()),
        (Method::POST, "/api/v1/messages".to_owned()),
        (Method::GET, format!("/api/v1/messages/{id}")),
        (Method::PATCH, format!("/api/v1/messages/{id}")),
        (Method::DELETE, format!("/api/v1/messages/{id}")),
        (Method::GET, format!("/api/v1/reactions?resource_id={id}")),
        (Method::POST, "/api/v1/reactions".to_owned()),
        (Method::DELETE, "/api/v1/reactions/reac_1".to_owned()),
        (Method::GET, "/api/v1/chat_channels/exp_quiet".to_owned()),
        (Method::PATCH, "/api/v1/chat_channels/exp_quiet".to_owned()),
        (
            Method::GET,
            "/api/v1/chat_channels?company_id=biz_sandbox".to_owned(),
        ),
        (Method::POST, "/api/v1/access_tokens".to_owned()),
        (Method::GET, "/api/v1/dm_channels".to_owned()),
        (Method::POST, "/api/v1/dm_channels".to_owned()),
        (Method::GET, "/api/v1/dm_channels/feed_ada_bob".to_owned()),
        (Method::PATCH, "/api/v1/dm_channels/feed_ada_bob".to_owned()),
        (
            Method::DELETE,
            "/api/v1/dm_channels/feed_ada_bob".to_owned(),
        ),
        (
            Method::GET,
            "/api/v1/dm_members?channel_id=feed_ada_bob".to_owned(),
        ),
        (Method::POST, "/api/v1/dm_members".to_owned()),
        (Method::GET, "/api/v1/support_channels".to_owned()),
        (Method::POST, "/api/v1/support_channels".to_owned()),
        (
            Method::GET,
            "/api/v1/support_channels/feed_support_ada".to_owned(),
        ),
        (Method::GET, "/api/v1/files".to_owned()),
        (Method::POST, "/api/v1/files".to_owned()),
        (Method::POST, "/api/v1/notifications".to_owned()),
        (Method::GET, "/api/v1/companies".to_owned()),
        (Method::GET, "/api/v1/webhooks".to_owned()),
        (Method::POST, "/api/v1/webhooks".to_owned()),
        (Method::GET, "/api/v1/users".to_owned()),
        (Method::GET, "/api/v1/users/me".to_owned()),
        (
            Method::GET,
            "/api/v1/users/user_ada/access/exp_quiet".to_owned(),
        ),
        (Method::GET, "/api/v1/experiences/exp_quiet".to_owned()),
        (Method::POST, "/v1/websockets/send".to_owned()),
        (Method::GET, "/v1/websockets/connect".to_owned()),
    ] {
        for who in [As::Nobody, As::Token("sandbox_api_kez"), As::Token("a.b.c")] {
            let refused = answer(whop.request(method.clone(), &path, who)).await;
            assert_error(refused, StatusCode::UNAUTHORIZED, "unauthorized");
        }
    }
    let basic = whop
        .request(Method::GET, LIST, As::Nobody)
        .basic_auth(API_KEY, Some(""));
    assert_error(
        answer(basic).await,
        StatusCode::UNAUTHORIZED,
        "unauthorized",
    );
}

#[tokio::test]
async fn the_api_key_acts_as_the_agent_or_on_behalf_of_a_user() {
    let whop = Whop::start().await;
    let me = async |who| whop.get("/api/v1/users/me", who).await.1["id"].clone();
    assert_eq!(me(As::App).await, "user_agent");
    assert_eq!(me(As::Behalf("user_bob")).await, "user_bob");
    let token = whop.token("user_chen", &[]).await;
    assert_eq!(me(As::Token(&token)).await, "user_chen");
    let unknown = whop
        .get("/api/v1/users/me", As::Behalf("user_nobody"))
        .await;
    assert_error(unknown, StatusCode::UNAUTHORIZED, "unauthorized");
    // An access token is one user's, whatever the header says.
    let request = whop
        .request(Method::GET, "/api/v1/users/me", As::Token(&token))
        .header("x-on-behalf-of", "user_olivia");
    assert_eq!(answer(request).await.1["id"], "user_chen");
}

#[tokio::test]
async fn a_token_does_what_its_scopes_say() {
    let whop = Whop::start().await;
    let message = whop.say(QUIET, "user_ada", "hello").await;
    let id = message["id"].as_str().unwrap();
    let read = whop.token("user_ada", &["chat:read"]).await;
    let write = whop.token("user_ada", &["chat:message:create"]).await;
    let moderate = whop.token("user_marcus", &["chat:moderate"]).await;
    let all_of_member = whop
        .token(
            "user_ada",
            &["chat:read", "chat:message:create", "chat:moderate"],
        )
        .await;
    let post = json!({"channel_id": QUIET, "content": "again"});
    let react = json!({"resource_id": id, "emoji": "👍"});
    let settings = json!({"ban_urls": true});
    let channel = "/api/v1/chat_channels/exp_quiet";

    let allowed = [
        whop.get(LIST, As::Token(&read)).await,
        whop.get(channel, As::Token(&read)).await,
        whop.post("/api/v1/reactions", As::Token(&read), react.clone())
            .await,
        whop.post("/api/v1/messages", As::Token(&write), post.clone())
            .await,
        whop.patch(channel, As::Token(&moderate), settings.clone())
            .await,
        whop.delete(&format!("/api/v1/messages/{id}"), As::Token(&write))
            .await,
    ];
    for (status, body) in allowed {
        assert_eq!(status, StatusCode::OK, "{body}");
    }
    let refused = [
        whop.get(LIST, As::Token(&write)).await,
        whop.get(channel, As::Token(&moderate)).await,
        whop.post("/api/v1/messages", As::Token(&read), post).await,
        whop.post("/api/v1/reactions", As::Token(&write), react)
            .await,
        whop.patch(channel, As::Token(&read), settings.clone())
            .await,
        // The scope alone makes no moderator.
        whop.patch(channel, As::Token(&all_of_member), settings)
            .await,
        whop.post(
            "/api/v1/access_tokens",
            As::Token(&all_of_member),
            json!({}),
        )
        .await,
        whop.get("/api/v1/users/user_bob/access/exp_quiet", As::Token(&read))
            .await,
    ];
    for answer in refused {
        assert_error(answer, StatusCode::FORBIDDEN, "forbidden");
    }
}

#[tokio::test]
async fn a_stranger_sees_nothing() {
    let whop = Whop::start().await;
    let message = whop.say(QUIET, "user_ada", "members only").await;
    let id = message["id"].as_str().unwrap();
    let token = whop
        .token("user_stranger", &["chat:read", "chat:message:create"])
        .await;
    for who in [As::Behalf("user_stranger"), As::Token(&token)] {
        let body = json!({"channel_id": QUIET, "content": "let me in"});
        for answer in [
            whop.get(LIST, who).await,
            whop.get(&format!("/api/v1/messages/{id}"), who).await,
            whop.get(&format!("/api/v1/reactions?resource_id={id}"), who)
                .await,
            whop.get("/api/v1/chat_channels/exp_quiet", who).await,
            whop.get("/api/v1/chat_channels?company_id=biz_sandbox", who)
                .await,
            whop.post("/api/v1/messages", who, body).await,
            whop.post(
                "/api/v1/reactions",
                who,
                json!({"resource_id": id, "emoji": "👍"}),
            )
            .await,
            whop.delete(&format!("/api/v1/messages/{id}"), who).await,
        ] {
            assert_error(answer, StatusCode::FORBIDDEN, "forbidden");
        }
    }
    let path = "/api/v1/users/user_stranger/access/exp_quiet";
    let (_, access) = whop.get(path, As::Token(&token)).await;
    assert_eq!(
        access,
        json!({"has_access": false, "access_level": "no_access"})
    );
}

#[tokio::test]
async fn access_levels_are_told_for_every_kind_of_resource() {
    let whop = Whop::start().await;
    for resource in [
        "biz_sandbox",
        "prod_members",
        "exp_lounge",
        "chat_feed_lounge",
    ] {
        for (user, level) in [
            ("user_olivia", "admin"),
            ("user_marcus", "admin"),
            ("user_ada", "customer"),
            ("user_stranger", "no_access"),
        ] {
            let path = format!("/api/v1/users/{user}/access/{resource}");
            let (_, access) = whop.get(&path, As::App).await;
            assert_eq!(access["access_level"], level, "{path}");
            assert_eq!(access["has_access"], level != "no_access", "{path}");
        }
    }
    for path in [
        "/api/v1/users/user_ada/access/exp_nowhere",
        "/api/v1/users/user_nobody/access/exp_quiet",
        "/api/v1/users/user_nobody",
        "/api/v1/experiences/exp_nowhere",
    ] {
        assert_error(
            whop.get(path, As::App).await,
            StatusCode::NOT_FOUND,
            "not_found",
        );
    }
}
