//! Direct messages and support chats: opened, read, written and heard by those who take part, and by nobody else.

#![allow(clippy::unwrap_used, reason = "a test's helpers")]

mod common;

use common::{API_KEY, Closed, PATIENCE, SITE, Stack, assertion, error_of};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::timeout;
use wire::session::Session;

/// What somebody does on whop.com.
async fn elsewhere(stack: &Stack, user: &str, method: Method, path: &str, body: Value) -> Value {
    let url = format!("{}/api/v1{path}", stack.sandbox.addresses().api);
    let request = stack.client.request(method, url).bearer_auth(API_KEY);
    let request = request.header("x-on-behalf-of", user).json(&body);
    let answer = request.send().await.unwrap();
    assert!(
        answer.status().is_success(),
        "{path}: {:?}",
        answer.text().await
    );
    answer.json().await.unwrap()
}

fn id(entity: &Value) -> String {
    entity["id"].as_str().unwrap().to_owned()
}

async fn direct(stack: &Stack, from: &str, with: &[&str]) -> String {
    let body = json!({"with_user_ids": with, "company_id": "biz_sandbox", "custom_name": "Prints"});
    id(&elsewhere(stack, from, Method::POST, "/dm_channels", body).await)
}

async fn support(stack: &Stack, customer: &str) -> String {
    let body = json!({"company_id": "biz_sandbox", "user_id": customer});
    id(&elsewhere(stack, customer, Method::POST, "/support_channels", body).await)
}

async fn say(stack: &Stack, user: &str, channel: &str, content: &str) -> String {
    let body = json!({"channel_id": channel, "content": content});
    id(&elsewhere(stack, user, Method::POST, "/messages", body).await)
}

async fn refused(stack: &Stack, user: &str, channel: &str) -> StatusCode {
    let body = json!({"channel_id": channel, "assertion": assertion(user), "with_messages": true});
    error_of(stack.post_session(&body).await).await.0
}

async fn brought(stack: &Stack, user: &str, channel: &str, scopes: &[&str]) -> reqwest::Response {
    let wanted = json!({"company_id": "biz_sandbox", "user_id": user, "scoped_actions": scopes});
    let token = elsewhere(stack, user, Method::POST, "/access_tokens", wanted).await;
    let body = json!({"channel_id": channel, "assertion": token["token"], "with_messages": true});
    stack.post_session(&body).await
}

#[tokio::test]
async fn two_people_talk_and_nobody_else_learns_that_they_do() {
    let stack = Stack::start().await;
    let channel = direct(&stack, "user_ada", &["user_bob"]).await;
    say(&stack, "user_bob", &channel, "are you there?").await;
    let ada = stack.session_of("user_ada", &channel).await;
    assert_eq!(ada.channel.id.as_str(), channel);
    assert_eq!(ada.channel.experience.name, "Prints");
    assert!(ada.permissions.can_post && ada.permissions.can_react);
    assert!(!ada.permissions.can_moderate);
    let page = ada.messages.as_ref().unwrap();
    assert_eq!(page.data[0].content.as_deref(), Some("are you there?"));
    let bob = stack.session_of("user_bob", &channel).await;
    let mut ada_socket = stack.socket(&ada).await;
    let mut bob_socket = stack.socket(&bob).await;
    // By way of the proxy: at once, and with a name for its author.
    let posted = stack
        .client
        .post(format!("{}/api/v1/messages", stack.url))
        .header("origin", SITE)
        .bearer_auth(&ada.token.token)
        .header("idempotency-key", "mine")
        .json(&json!({"channel_id": channel, "content": "I am"}))
        .send()
        .await
        .unwrap();
    assert_eq!(posted.status(), StatusCode::OK);
    assert_eq!(bob_socket.next_message().await, "I am");
    loop {
        let frame = ada_socket.next().await.unwrap();
        if frame["feedEntity"]["dmsPost"]["content"] == "I am" {
            assert_eq!(frame["idempotencyKey"], "mine");
            assert_eq!(frame["feedEntity"]["dmsPost"]["feedType"], "dms_feed");
            break;
        }
    }
    // On whop.com: a moment later.
    let said = say(&stack, "user_bob", &channel, "and I").await;
    assert_eq!(ada_socket.next_message().await, "and I");
    assert_eq!(bob_socket.next_message().await, "and I");
    // What is gone is told, too.
    let path = format!("/messages/{said}");
    elsewhere(&stack, "user_bob", Method::DELETE, &path, json!({})).await;
    loop {
        let frame = ada_socket.next().await.unwrap();
        let post = &frame["feedEntity"]["dmsPost"];
        if post["entityId"] == said.as_str() && post["Deleted"] == true {
            break;
        }
    }
    // Typing is told among those who are here.
    let typing = json!({"broadcastRequest": {
        "channel": {"type": "DMS", "id": channel}, "typingIndicator": {}
    }});
    ada_socket.say(&typing).await;
    loop {
        let frame = bob_socket.next().await.unwrap();
        if frame["broadcastResponse"]["fromUserId"] == "user_ada" {
            break;
        }
    }
    for other in ["user_chen", "user_olivia", "user_stranger", "user_agent"] {
        assert_eq!(
            refused(&stack, other, &channel).await,
            StatusCode::NOT_FOUND,
            "{other}"
        );
    }
    // Nobody's ticket is for another's conversation.
    let chen = stack.session_of("user_chen", "exp_quiet").await;
    assert!(
        stack
            .try_socket(&ada.socket.path, &[], Some(SITE))
            .await
            .is_err()
    );
    let read = format!("/messages?channel_id={channel}&direction=desc&first=50");
    let read = stack.api(Method::GET, &read, &chen.token.token, None).await;
    assert!(read.status().is_client_error());
    // A renewal is for that conversation, and for no other.
    let renew = async |channel: &str| {
        let body = json!({"channel_id": channel, "renewal": ada.renewal});
        stack.post_session(&body).await.status()
    };
    assert_eq!(renew(&channel).await, StatusCode::OK);
    let other = direct(&stack, "user_ada", &["user_chen"]).await;
    assert_eq!(renew(&other).await, StatusCode::FORBIDDEN);
    assert_eq!(renew("exp_quiet").await, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn what_has_no_name_is_called_by_who_spoke() {
    let stack = Stack::start().await;
    let body = json!({"with_user_ids": ["user_bob", "user_yuki"], "company_id": "biz_sandbox"});
    let channel = elsewhere(&stack, "user_ada", Method::POST, "/dm_channels", body).await;
    let channel = id(&channel);
    for user in ["user_bob", "user_ada", "user_yuki", "user_bob"] {
        say(&stack, user, &channel, "hello").await;
    }
    let ada = stack.session_of("user_ada", &channel).await;
    assert_eq!(ada.channel.experience.name, "Bob, ゆき Yuki");
}

#[tokio::test]
async fn a_customer_talks_with_the_team() {
    let stack = Stack::start().await;
    let channel = support(&stack, "user_ada").await;
    let ada = stack.session_of("user_ada", &channel).await;
    let olivia = stack.session_of("user_olivia", &channel).await;
    assert_eq!(olivia.channel.experience.name, "Ada Kowalska");
    let mut ada_socket = stack.socket(&ada).await;
    stack.post(&olivia, "How can I help?").await;
    assert_eq!(ada_socket.next_message().await, "How can I help?");
    assert_eq!(
        refused(&stack, "user_bob", &channel).await,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn a_token_that_a_page_brought_needs_their_scopes() {
    let stack = Stack::start().await;
    let channel = direct(&stack, "user_ada", &["user_bob"]).await;
    let all = ["dms:read", "dms:message:manage"];
    let answer = brought(&stack, "user_ada", &channel, &all).await;
    assert_eq!(answer.status(), StatusCode::OK, "{:?}", answer.text().await);
    let ada: Session = answer.json().await.unwrap();
    assert!(ada.permissions.can_post && ada.renewal.is_empty());
    let mut socket = stack.socket(&ada).await;
    stack.post(&ada, "by a page of Whop's").await;
    assert_eq!(socket.next_message().await, "by a page of Whop's");
    let answer = brought(&stack, "user_ada", &channel, &["dms:read"]).await;
    let reader: Session = answer.json().await.unwrap();
    assert!(!reader.permissions.can_post);
    for scopes in [
        &["chat:read", "chat:message:create"][..],
        &["support_chat:read"],
    ] {
        let answer = brought(&stack, "user_ada", &channel, scopes).await;
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{scopes:?}");
    }
    let bobs = brought(&stack, "user_chen", &channel, &all).await;
    assert_eq!(bobs.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn who_is_put_out_hears_nothing_more() {
    let stack = Stack::start_with(
        |_| {},
        |configuration| configuration.access_lifetime = Duration::from_millis(200),
    )
    .await;
    let channel = direct(&stack, "user_ada", &["user_bob", "user_chen"]).await;
    let bob = stack.session_of("user_bob", &channel).await;
    let mut socket = stack.socket(&bob).await;
    let path = format!("/dm_members?channel_id={channel}&first=50");
    let members = elsewhere(&stack, "user_ada", Method::GET, &path, json!({})).await;
    let members = members["data"].as_array().unwrap();
    let own = members
        .iter()
        .find(|member| member["user_id"] == "user_bob");
    let path = format!("/dm_members/{}", id(own.unwrap()));
    elsewhere(&stack, "user_ada", Method::DELETE, &path, json!({})).await;
    let end = timeout(PATIENCE, async {
        loop {
            if let Err(end) = socket.next().await {
                return end;
            }
        }
    });
    assert_eq!(end.await.unwrap(), Closed(Some(4003)));
    assert_eq!(
        refused(&stack, "user_bob", &channel).await,
        StatusCode::NOT_FOUND
    );
}
