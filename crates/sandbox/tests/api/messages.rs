use crate::whop::{As, QUIET, Whop, assert_error};
use reqwest::StatusCode;
use serde_json::{Value, json};
use wire::rest::Message;

#[tokio::test]
async fn a_message_is_stored_as_it_was_posted() {
    let whop = Whop::start().await;
    let text = "**bold** @ada and @user_bob, <b>no html</b> \u{202e}… \u{1f4f7}\n\n- list";
    let earlier = whop.say(QUIET, "user_bob", "earlier").await;
    let body = json!({
        "channel_id": "exp_quiet",
        "content": text,
        "replying_to_message_id": earlier["id"],
        "poll": null,
        "auto_detect_links": true,
        "a_field_of_tomorrow": 1,
    });
    let (status, posted) = whop
        .post("/api/v1/messages", As::Behalf("user_ada"), body)
        .await;
    assert_eq!(status, StatusCode::OK, "{posted}");
    let message: Message = serde_json::from_value(posted.clone()).unwrap();
    assert!(message.extra.is_empty());
    assert_eq!(message.content.as_deref(), Some(text));
    assert_eq!(message.user.id.as_str(), "user_ada");
    assert_eq!(message.user.username, "ada");
    assert_eq!(
        message.replying_to_message_id.as_deref(),
        earlier["id"].as_str()
    );
    assert_eq!(posted["mentions"], json!(["user_ada", "user_bob"]));
    assert_eq!(posted["message_type"], "regular");
    assert_eq!(posted["poll"], Value::Null);
    assert!(!message.is_edited && !message.is_pinned && !message.mentions_everyone);
    assert_eq!(message.created_at, message.updated_at);
    let path = format!("/api/v1/messages/{}", message.id);
    assert_eq!(whop.get(&path, As::Behalf("user_chen")).await.1, posted);
}

#[tokio::test]
async fn times_follow_the_order_of_arrival() {
    let whop = Whop::start().await;
    let mut last = String::new();
    for number in 0..30 {
        let message = whop.say(QUIET, "user_ada", &number.to_string()).await;
        let created_at = message["created_at"].as_str().unwrap().to_owned();
        assert!(created_at > last, "{created_at} is not after {last}");
        last = created_at;
    }
}

#[tokio::test]
async fn only_admins_mention_everyone() {
    let whop = Whop::start().await;
    let by_member = whop.say(QUIET, "user_ada", "@everyone look").await;
    let by_admin = whop.say(QUIET, "user_olivia", "@everyone look").await;
    assert_eq!(by_member["mentions_everyone"], false);
    assert_eq!(by_admin["mentions_everyone"], true);
}

#[tokio::test]
async fn messages_need_something_to_say_and_an_end() {
    let whop = Whop::start().await;
    let post = async |body: Value| {
        let mut body = body;
        body["channel_id"] = QUIET.into();
        whop.post("/api/v1/messages", As::Behalf("user_ada"), body)
            .await
    };
    assert_eq!(
        post(json!({"content": "é".repeat(10_000)})).await.0,
        StatusCode::OK
    );
    let option = |id: &str, text: &str| json!({"id": id, "text": text});
    for body in [
        json!({"content": ""}),
        json!({"content": " \n\t"}),
        json!({"content": "é".repeat(10_001)}),
        json!({"content": "x", "poll": {"options": [option("1", "only")]}}),
        json!({"content": "x", "poll": {"options": []}}),
        json!({"content": "x", "poll": {"options": [option("1", "a"), option("3", "b")]}}),
        json!({"content": "x", "poll": {"options": [option("1", "a"), option("2", " ")]}}),
        json!({"content": "", "poll": {"options": [option("1", "a"), option("2", "b")]}}),
        json!({"content": "x", "attachments": [{"id": "file_nowhere"}]}),
        json!({"content": "x", "replying_to_message_id": "msg_nowhere"}),
        json!({"content": "x", "replying_to_message_id": "msg_lounge_1"}),
    ] {
        assert_error(post(body).await, StatusCode::BAD_REQUEST, "bad_request");
    }
}

/// A file that the seed made.
pub async fn seeded_file(whop: &Whop, media_type: &str) -> Value {
    let (_, page) = whop
        .get("/api/v1/messages?channel_id=exp_general&first=100", As::App)
        .await;
    let messages = page["data"].as_array().unwrap();
    let mut files = messages
        .iter()
        .flat_map(|message| message["attachments"].as_array().unwrap());
    files
        .find(|file| {
            file["content_type"]
                .as_str()
                .unwrap()
                .starts_with(media_type)
        })
        .unwrap()
        .clone()
}

#[tokio::test]
async fn a_file_alone_is_a_message() {
    let whop = Whop::start_with(|options| options.messages = 300).await;
    let file = seeded_file(&whop, "image/").await;
    let body = json!({"channel_id": QUIET, "content": "", "attachments": [{"id": file["id"]}]});
    let (status, message) = whop
        .post("/api/v1/messages", As::Behalf("user_ada"), body)
        .await;
    assert_eq!(status, StatusCode::OK, "{message}");
    assert_eq!(message["content"], Value::Null);
    assert_eq!(message["attachments"], json!([file]));
}

#[tokio::test]
async fn authors_edit_and_admins_pin() {
    let whop = Whop::start().await;
    let message = whop.say(QUIET, "user_ada", "frist").await;
    let path = format!("/api/v1/messages/{}", message["id"].as_str().unwrap());
    let edit = json!({"content": "first, @bob"});
    let (_, edited) = whop
        .patch(&path, As::Behalf("user_ada"), edit.clone())
        .await;
    assert_eq!(edited["content"], "first, @bob");
    assert_eq!(edited["is_edited"], true);
    assert_eq!(edited["mentions"], json!(["user_bob"]));
    assert!(edited["updated_at"].as_str() > message["updated_at"].as_str());
    let (_, pinned) = whop
        .patch(&path, As::Behalf("user_marcus"), json!({"is_pinned": true}))
        .await;
    assert_eq!(
        (&pinned["is_pinned"], &pinned["content"]),
        (&json!(true), &json!("first, @bob"))
    );
    for (who, body) in [
        (As::Behalf("user_bob"), edit.clone()),
        (As::Behalf("user_marcus"), edit),
        (As::Behalf("user_ada"), json!({"is_pinned": false})),
    ] {
        assert_error(
            whop.patch(&path, who, body).await,
            StatusCode::FORBIDDEN,
            "forbidden",
        );
    }
    for content in ["", &"x".repeat(10_001)] {
        let answer = whop
            .patch(&path, As::Behalf("user_ada"), json!({"content": content}))
            .await;
        assert_error(answer, StatusCode::BAD_REQUEST, "bad_request");
    }
}

#[tokio::test]
async fn pinning_is_no_edit() {
    let whop = Whop::start().await;
    let message = whop.say(QUIET, "user_ada", "keep this").await;
    let path = format!("/api/v1/messages/{}", message["id"].as_str().unwrap());
    let (_, pinned) = whop.patch(&path, As::App, json!({"is_pinned": true})).await;
    assert_eq!(pinned["is_edited"], false);
}

#[tokio::test]
async fn authors_and_admins_delete() {
    let whop = Whop::start().await;
    for (who, allowed) in [
        (As::Behalf("user_bob"), false),
        (As::Behalf("user_ada"), true),
        (As::Behalf("user_marcus"), true),
        (As::App, true),
    ] {
        let message = whop.say(QUIET, "user_ada", "delete me").await;
        whop.react(&message, "user_bob", json!({"emoji": "👍"}))
            .await;
        let path = format!("/api/v1/messages/{}", message["id"].as_str().unwrap());
        let answer = whop.delete(&path, who).await;
        if allowed {
            assert_eq!(answer, (StatusCode::OK, json!(true)));
            let gone = whop.get(&path, As::App).await;
            assert_error(gone, StatusCode::NOT_FOUND, "not_found");
        } else {
            assert_error(answer, StatusCode::FORBIDDEN, "forbidden");
        }
    }
}

#[tokio::test]
async fn every_seeded_message_is_one_that_wire_knows() {
    let whop = Whop::start_with(|options| options.messages = 1_000).await;
    for channel in ["exp_general", "exp_announcements", "exp_lounge"] {
        let mut after = String::new();
        loop {
            let path = format!("/api/v1/messages?channel_id={channel}&first=100&after={after}");
            let (_, page) = whop.get(&path, As::App).await;
            for value in page["data"].as_array().unwrap() {
                let message: Message = serde_json::from_value(value.clone()).unwrap();
                assert!(message.extra.is_empty(), "{value}");
                assert_eq!(serde_json::to_value(&message).unwrap(), *value);
            }
            if page["page_info"]["has_next_page"] == false {
                break;
            }
            after = page["page_info"]["end_cursor"].as_str().unwrap().to_owned();
        }
    }
}
