//! DMs: opened, named, left and deleted, and nobody outside reads a byte of them.

use crate::whop::{As, Whop, assert_error};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

const ADA: As<'_> = As::Behalf("user_ada");
const BOB: As<'_> = As::Behalf("user_bob");
const CHEN: As<'_> = As::Behalf("user_chen");

/// A new DM of that user with those, within the company: besides what the seed's people have already.
pub async fn open(whop: &Whop, who: As<'_>, with: &[&str]) -> String {
    let body = json!({"with_user_ids": with, "company_id": "biz_sandbox"});
    let (status, channel) = whop.post("/api/v1/dm_channels", who, body).await;
    assert_eq!(status, StatusCode::OK, "{channel}");
    channel["id"].as_str().unwrap().to_owned()
}

/// The membership of that user, as somebody in the conversation sees it.
async fn member(whop: &Whop, who: As<'_>, channel: &str, user: &str) -> Value {
    let path = format!("/api/v1/dm_members?channel_id={channel}&first=100");
    let (status, page) = whop.get(&path, who).await;
    assert_eq!(status, StatusCode::OK, "{page}");
    let members = page["data"].as_array().unwrap();
    let found = members.iter().find(|member| member["user_id"] == user);
    found.unwrap().clone()
}

fn member_path(member: &Value) -> String {
    format!("/api/v1/dm_members/{}", member["id"].as_str().unwrap())
}

#[tokio::test]
async fn two_people_have_one_dm_however_often_it_is_opened() {
    let whop = Whop::start().await;
    let body = json!({"with_user_ids": ["chen"], "custom_name": " Prints "});
    let (status, channel) = whop.post("/api/v1/dm_channels", ADA, body).await;
    assert_eq!(status, StatusCode::OK, "{channel}");
    assert!(channel["id"].as_str().unwrap().starts_with("feed_"));
    assert_eq!(channel["name"], "Prints");
    assert_eq!(channel["last_message_at"], json!(null));
    let created: i64 = channel["created_at"].as_str().unwrap().parse().unwrap();
    assert!(created > 1_700_000_000_000, "{created}");
    for (who, with) in [
        (ADA, json!(["user_chen"])),
        (ADA, json!(["user_chen", "ada", "chen"])),
        (CHEN, json!(["user_ada"])),
    ] {
        let (_, again) = whop
            .post("/api/v1/dm_channels", who, json!({"with_user_ids": with}))
            .await;
        assert_eq!(again, channel);
    }
    let within = json!({"with_user_ids": ["chen"], "company_id": "biz_sandbox"});
    let (_, within) = whop.post("/api/v1/dm_channels", ADA, within).await;
    assert_ne!(within["id"], channel["id"], "a company's DM is another one");
    let group = open(&whop, ADA, &["user_chen", "user_yuki"]).await;
    assert_ne!(group, open(&whop, ADA, &["user_chen", "user_yuki"]).await);
}

#[tokio::test]
async fn the_list_is_ones_own_and_the_most_active_first() {
    let whop = Whop::start().await;
    let (_, page) = whop.get("/api/v1/dm_channels", CHEN).await;
    assert_eq!(page["data"], json!([]));
    let first = open(&whop, CHEN, &["user_ada"]).await;
    let second = open(&whop, CHEN, &["user_bob", "user_ada"]).await;
    whop.say(&second, "user_bob", "later").await;
    whop.say(&first, "user_ada", "the newest").await;
    let ids = |page: &Value| -> Vec<String> {
        let channels = page["data"].as_array().unwrap().iter();
        channels
            .map(|channel| channel["id"].as_str().unwrap().to_owned())
            .collect()
    };
    let (_, page) = whop.get("/api/v1/dm_channels", CHEN).await;
    assert_eq!(ids(&page), [first.clone(), second.clone()]);
    let (_, page) = whop.get("/api/v1/dm_channels?first=1", CHEN).await;
    assert_eq!(ids(&page), [first.as_str()]);
    assert_eq!(page["page_info"]["has_next_page"], true);
    let after = page["page_info"]["end_cursor"].as_str().unwrap();
    let path = format!("/api/v1/dm_channels?first=1&after={after}");
    assert_eq!(ids(&whop.get(&path, CHEN).await.1), [second.as_str()]);
    // Bob has the seed's as well.
    let (_, page) = whop.get("/api/v1/dm_channels", BOB).await;
    assert_eq!(
        ids(&page),
        [second.as_str(), "feed_ada_bob", "feed_darkroom"]
    );
    let path = "/api/v1/dm_channels?company_id=biz_sandbox";
    assert_eq!(ids(&whop.get(path, BOB).await.1), [second]);
    let other = whop
        .get("/api/v1/dm_channels?company_id=biz_other", BOB)
        .await;
    assert_error(other, StatusCode::NOT_FOUND, "not_found");
}

#[tokio::test]
async fn a_dm_takes_fifty_people_and_somebody_besides_oneself() {
    let whop = Whop::start().await;
    whop.control("people", json!({"count": 60})).await;
    let people = |count: usize| -> Vec<String> {
        (1..=count)
            .map(|number| format!("user_extra_{number}"))
            .collect()
    };
    let post = async |with: Vec<String>| {
        let body = json!({"with_user_ids": with});
        whop.post("/api/v1/dm_channels", ADA, body).await
    };
    assert_error(
        post(people(50)).await,
        StatusCode::UNPROCESSABLE_ENTITY,
        "unprocessable_entity",
    );
    assert_error(
        post(people(60)).await,
        StatusCode::UNPROCESSABLE_ENTITY,
        "unprocessable_entity",
    );
    let (status, channel) = post(people(49)).await;
    assert_eq!(status, StatusCode::OK, "{channel}");
    let add = |user: &str| json!({"channel_id": channel["id"], "user_id": user});
    let full = whop
        .post("/api/v1/dm_members", ADA, add("user_extra_50"))
        .await;
    assert_error(
        full,
        StatusCode::UNPROCESSABLE_ENTITY,
        "unprocessable_entity",
    );
    for with in [vec![], vec!["user_ada".to_owned()]] {
        assert_error(post(with).await, StatusCode::BAD_REQUEST, "bad_request");
    }
    let nobody = post(vec!["user_nobody".to_owned()]).await;
    assert_error(nobody, StatusCode::NOT_FOUND, "not_found");
}

#[tokio::test]
async fn only_its_admin_names_and_deletes_it() {
    let whop = Whop::start().await;
    let id = open(&whop, ADA, &["user_bob", "user_noor"]).await;
    let path = format!("/api/v1/dm_channels/{id}");
    let message = whop.say(&id, "user_bob", "hello").await;
    let name = json!({"custom_name": "Saturday"});
    let by_bob = whop.patch(&path, BOB, name.clone()).await;
    assert_error(by_bob, StatusCode::FORBIDDEN, "forbidden");
    assert_error(
        whop.delete(&path, BOB).await,
        StatusCode::FORBIDDEN,
        "forbidden",
    );
    assert_eq!(whop.patch(&path, ADA, name).await.1["name"], "Saturday");
    assert_eq!(
        whop.patch(&path, ADA, json!({})).await.1["name"],
        "Saturday"
    );
    let nameless = whop.patch(&path, ADA, json!({"custom_name": ""})).await;
    assert_eq!(nameless.1["name"], json!(null));
    assert_eq!(whop.delete(&path, ADA).await, (StatusCode::OK, json!(true)));
    for path in [
        path,
        format!("/api/v1/messages/{}", message["id"].as_str().unwrap()),
    ] {
        assert_error(
            whop.get(&path, ADA).await,
            StatusCode::NOT_FOUND,
            "not_found",
        );
    }
}

#[tokio::test]
async fn members_are_added_removed_and_leave() {
    let whop = Whop::start().await;
    let id = open(&whop, ADA, &["user_bob"]).await;
    let add = async |who, user: &str| {
        let body = json!({"channel_id": id, "user_id": user});
        whop.post("/api/v1/dm_members", who, body).await
    };
    assert_error(
        add(BOB, "user_noor").await,
        StatusCode::FORBIDDEN,
        "forbidden",
    );
    let (status, noor) = add(ADA, "user_noor").await;
    assert_eq!(status, StatusCode::OK, "{noor}");
    assert_eq!(
        noor,
        json!({
            "id": noor["id"], "channel_id": id, "user_id": "user_noor", "status": "accepted",
            "last_viewed_at": null, "notification_preference": "all",
        })
    );
    assert_eq!(add(ADA, "noor").await.1, noor, "she is in it already");
    let (_, stranger) = add(ADA, "user_stranger").await;
    assert_eq!(stranger["status"], "requested", "nobody is drawn into it");
    assert_ne!(
        open(&whop, ADA, &["user_bob"]).await,
        id,
        "it is no DM of two any more"
    );

    let remove = async |who, member: &Value| whop.delete(&member_path(member), who).await;
    assert_error(remove(BOB, &noor).await, StatusCode::FORBIDDEN, "forbidden");
    assert_eq!(remove(ADA, &noor).await.1, json!(true));
    assert_error(remove(ADA, &noor).await, StatusCode::NOT_FOUND, "not_found");
    // Ada goes; Bob, who is longest there, is the next admin.
    let ada = member(&whop, BOB, &id, "user_ada").await;
    assert_eq!(remove(ADA, &ada).await.1, json!(true));
    assert_eq!(add(BOB, "user_chen").await.0, StatusCode::OK);
    assert_error(
        add(ADA, "user_yuki").await,
        StatusCode::NOT_FOUND,
        "not_found",
    );
    for user in ["user_stranger", "user_chen", "user_bob"] {
        let own = member(&whop, As::Behalf(user), &id, user).await;
        assert_eq!(remove(As::Behalf(user), &own).await.1, json!(true));
    }
    let path = format!("/api/v1/dm_channels/{id}");
    assert_error(
        whop.get(&path, BOB).await,
        StatusCode::NOT_FOUND,
        "not_found",
    );
}

#[tokio::test]
async fn a_members_settings_are_their_own() {
    let whop = Whop::start().await;
    let id = open(&whop, ADA, &["user_bob"]).await;
    let bob = member(&whop, ADA, &id, "user_bob").await;
    assert!(
        bob.get("notification_preference").is_none(),
        "lists don't tell it"
    );
    let path = member_path(&bob);
    let change = json!({"notification_preference": "mentions", "status": "archived"});
    assert_error(
        whop.patch(&path, ADA, change.clone()).await,
        StatusCode::FORBIDDEN,
        "forbidden",
    );
    let (_, changed) = whop.patch(&path, BOB, change).await;
    assert_eq!(changed["notification_preference"], "mentions");
    assert_eq!(changed["status"], "archived");
    assert_eq!(whop.get(&path, BOB).await.1, changed);
    for body in [
        json!({"status": "gone"}),
        json!({"notification_preference": "loud"}),
    ] {
        let answer = whop.patch(&path, BOB, body).await;
        assert_error(answer, StatusCode::BAD_REQUEST, "bad_request");
    }
}

#[tokio::test]
async fn messages_reactions_polls_and_pins_work_as_in_a_channel() {
    let whop = Whop::start().await;
    let id = open(&whop, ADA, &["user_bob"]).await;
    // No rule of a channel holds here: no links are banned, nobody is slowed.
    let first = whop
        .say(&id, "user_bob", "https://example.com @ada @chen")
        .await;
    assert_eq!(first["mentions"], json!(["user_ada"]), "Chen is not here");
    whop.react(&first, "user_ada", json!({"emoji": "👍"})).await;
    let poll = json!({"channel_id": id, "content": "?", "replying_to_message_id": first["id"],
        "poll": {"options": [{"id": "1", "text": "a"}, {"id": "2", "text": "b"}]}});
    let (_, poll) = whop.post("/api/v1/messages", ADA, poll).await;
    whop.react(&poll, "user_bob", json!({"poll_option_id": "2"}))
        .await;
    let (_, page) = whop
        .get(&format!("/api/v1/messages?channel_id={id}"), BOB)
        .await;
    assert_eq!(
        page["data"][0]["poll_votes"],
        json!([{"option_id": "2", "count": 1}])
    );
    assert_eq!(
        page["data"][1]["reaction_counts"],
        json!([{"emoji": "👍", "count": 1}])
    );
    let (_, channel) = whop.get(&format!("/api/v1/dm_channels/{id}"), BOB).await;
    assert_eq!(channel["last_message_at"], poll["created_at"]);
    let path = format!("/api/v1/messages/{}", first["id"].as_str().unwrap());
    let pin = json!({"is_pinned": true});
    assert_error(
        whop.patch(&path, BOB, pin.clone()).await,
        StatusCode::FORBIDDEN,
        "forbidden",
    );
    assert_eq!(whop.patch(&path, ADA, pin).await.1["is_pinned"], true);
    let other = json!({"channel_id": "feed_ada_bob", "content": "x", "replying_to_message_id": first["id"]});
    assert_error(
        whop.post("/api/v1/messages", ADA, other).await,
        StatusCode::BAD_REQUEST,
        "bad_request",
    );
}

/// Everything that can be asked of a conversation, a message and a reaction in it, and a member of it.
fn attempts(
    id: &str,
    message_id: &str,
    reaction_id: &str,
    member_id: &str,
) -> Vec<(Method, String, Option<Value>)> {
    vec![
        (Method::GET, format!("messages?channel_id={id}"), None),
        (Method::GET, format!("messages/{message_id}"), None),
        (
            Method::PATCH,
            format!("messages/{message_id}"),
            Some(json!({"content": "mine"})),
        ),
        (Method::DELETE, format!("messages/{message_id}"), None),
        (
            Method::POST,
            "messages".to_owned(),
            Some(json!({"channel_id": id, "content": "hi"})),
        ),
        (
            Method::GET,
            format!("reactions?resource_id={message_id}"),
            None,
        ),
        (Method::GET, format!("reactions/{reaction_id}"), None),
        (Method::DELETE, format!("reactions/{reaction_id}"), None),
        (
            Method::POST,
            "reactions".to_owned(),
            Some(json!({"resource_id": message_id, "emoji": "👍"})),
        ),
        (Method::GET, format!("dm_channels/{id}"), None),
        (
            Method::PATCH,
            format!("dm_channels/{id}"),
            Some(json!({"custom_name": "mine"})),
        ),
        (Method::DELETE, format!("dm_channels/{id}"), None),
        (Method::GET, format!("dm_members?channel_id={id}"), None),
        (
            Method::POST,
            "dm_members".to_owned(),
            Some(json!({"channel_id": id, "user_id": "user_chen"})),
        ),
        (Method::GET, format!("dm_members/{member_id}"), None),
        (
            Method::PATCH,
            format!("dm_members/{member_id}"),
            Some(json!({})),
        ),
        (Method::DELETE, format!("dm_members/{member_id}"), None),
        (Method::GET, format!("chat_channels/{id}"), None),
        (Method::GET, format!("support_channels/{id}"), None),
    ]
}

#[tokio::test]
async fn nobody_outside_reads_or_writes_a_byte() {
    let whop = Whop::start().await;
    let id = open(&whop, ADA, &["user_bob"]).await;
    let message = whop.say(&id, "user_bob", "between us").await;
    let reaction = whop
        .react(&message, "user_ada", json!({"emoji": "🔥"}))
        .await;
    let member = member(&whop, ADA, &id, "user_ada").await;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let (message_id, reaction_id) = (text(&message["id"]), text(&reaction["id"]));
    let member_id = text(&member["id"]);
    // A member, the company's owner, the app with its key, somebody without access.
    let chen = whop
        .token(
            "user_chen",
            &[
                "chat:read",
                "chat:message:create",
                "dms:read",
                "dms:message:manage",
                "dms:channel:manage",
            ],
        )
        .await;
    for who in [
        As::Token(&chen),
        As::Behalf("user_olivia"),
        As::App,
        As::Behalf("user_stranger"),
    ] {
        for (method, path, body) in attempts(&id, &message_id, &reaction_id, &member_id) {
            let request = whop.request(method, &format!("/api/v1/{path}"), who);
            let request = body.map_or_else(
                || request.try_clone().unwrap(),
                |body| request.try_clone().unwrap().json(&body),
            );
            let answer = crate::whop::answer(request).await;
            assert!(!answer.1.to_string().contains("between us"), "{path}");
            assert_error(answer, StatusCode::NOT_FOUND, "not_found");
        }
    }
    let (_, page) = whop
        .get(&format!("/api/v1/messages?channel_id={id}"), BOB)
        .await;
    assert_eq!(page["data"].as_array().unwrap().len(), 1);
    assert_eq!(
        page["data"][0]["reaction_counts"],
        json!([{"emoji": "🔥", "count": 1}])
    );
}

#[tokio::test]
async fn each_route_needs_its_scope() {
    let whop = Whop::start().await;
    let chat = whop
        .token(
            "user_ada",
            &["chat:read", "chat:message:create", "support_chat:read"],
        )
        .await;
    let reader = whop.token("user_ada", &["dms:read"]).await;
    let id = "feed_ada_bob";
    let get = async |path: &str, token: &str| {
        whop.get(&format!("/api/v1/{path}"), As::Token(token)).await
    };
    for path in [
        "dm_channels".to_owned(),
        format!("dm_channels/{id}"),
        format!("dm_members?channel_id={id}"),
        format!("messages?channel_id={id}"),
        "messages/msg_direct_1".to_owned(),
    ] {
        assert_error(get(&path, &chat).await, StatusCode::FORBIDDEN, "forbidden");
        assert_eq!(get(&path, &reader).await.0, StatusCode::OK, "{path}");
    }
    for (path, body) in [
        ("messages", json!({"channel_id": id, "content": "x"})),
        ("dm_channels", json!({"with_user_ids": ["user_chen"]})),
        (
            "dm_members",
            json!({"channel_id": "feed_darkroom", "user_id": "user_chen"}),
        ),
    ] {
        for token in [&chat, &reader] {
            let answer = whop
                .post(&format!("/api/v1/{path}"), As::Token(token), body.clone())
                .await;
            assert_error(answer, StatusCode::FORBIDDEN, "forbidden");
        }
    }
    assert_error(
        get("messages?channel_id=exp_quiet", &reader).await,
        StatusCode::FORBIDDEN,
        "forbidden",
    );
    let writer = whop.token("user_ada", &["dms:message:manage"]).await;
    let body = json!({"channel_id": id, "content": "written"});
    assert_eq!(
        whop.post("/api/v1/messages", As::Token(&writer), body)
            .await
            .0,
        StatusCode::OK
    );
}
