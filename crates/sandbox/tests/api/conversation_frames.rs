//! What the websockets tell of DMs and support chats: all of it to those who are in them, nothing to others.

use crate::direct_messages::open;
use crate::whop::{As, Socket, Whop, assert_error};
use reqwest::StatusCode;
use serde_json::{Value, json};

const ADA: As<'_> = As::Behalf("user_ada");

fn subscribe(id: &str) -> Value {
    json!({"subscribeToChannel": {"channel": {"type": "DMS", "id": id}}})
}

/// Nothing of that feed came up to now.
async fn heard_nothing_of(socket: &mut Socket, feed: &str) {
    for frame in socket.until_heartbeat().await {
        let of_it = frame.to_string().contains(feed);
        let is_refusal = frame["channelSubscriptionState"]["isSubscribed"] == false;
        assert!(!of_it || is_refusal, "{frame}");
    }
}

#[tokio::test]
async fn members_are_told_and_nobody_else() {
    let whop = Whop::start().await;
    let mut ada = whop.server_socket("user_ada").await;
    let mut bob = whop.browser_socket("user_bob", "").await;
    let mut outsiders = [
        whop.server_socket("user_chen").await,
        // The company's owner and the app itself: no admin reads along.
        whop.server_socket("user_olivia").await,
        whop.server_socket("user_agent").await,
        whop.browser_socket("user_yuki", "join_experience=exp_quiet")
            .await,
        whop.browser_socket("user_stranger", "").await,
    ];
    let id = open(&whop, ADA, &["user_bob"]).await;
    let opened = bob.entity("dmsFeed").await;
    assert_eq!(
        (&opened["entityId"], &opened["Deleted"]),
        (&json!(id), &json!(false))
    );
    assert_eq!(opened["entityType"], "dms_feed");
    for socket in &mut outsiders {
        socket.send(subscribe(&id)).await;
        let state = socket.subscription(&id).await;
        assert_eq!(state["isSubscribed"], false);
        assert_eq!(state["disconnectionReason"], "NO_ACCESS");
    }
    bob.send(subscribe(&id)).await;
    assert_eq!(bob.subscription(&id).await["isSubscribed"], true);

    let message = whop.say(&id, "user_ada", "between us").await;
    for socket in [&mut ada, &mut bob] {
        let post = socket.entity("dmsPost").await;
        assert_eq!(
            (&post["entityId"], &post["content"]),
            (&message["id"], &json!("between us"))
        );
        assert_eq!(
            (&post["feedId"], &post["feedType"]),
            (&json!(id), &json!("dms_feed"))
        );
        assert!(post.get("experienceId").is_none());
    }
    let badge = bob.entity("dmsUnreadBadgeUpdate").await;
    assert_eq!((&badge["feedId"], &badge["count"]), (&json!(id), &json!(1)));
    whop.react(&message, "user_bob", json!({"emoji": "👍"}))
        .await;
    assert_eq!(ada.entity("reaction").await["feedId"], json!(id));
    let typing =
        json!({"broadcastRequest": {"channel": {"type": "DMS", "id": id}, "typingIndicator": {}}});
    bob.send(typing.clone()).await;
    let heard = ada
        .find(|frame| frame.get("broadcastResponse").cloned())
        .await;
    assert_eq!(heard["fromUserId"], "user_bob");
    let path = format!("/api/v1/dm_channels/{id}");
    whop.patch(&path, ADA, json!({"custom_name": "secret plans"}))
        .await;
    assert_eq!(bob.entity("dmsFeed").await["customName"], "secret plans");
    for socket in &mut outsiders {
        // Nor does an outsider reach those inside.
        socket.send(typing.clone()).await;
        heard_nothing_of(socket, &id).await;
    }
    whop.delete(&path, ADA).await;
    for socket in [&mut ada, &mut bob] {
        let is_gone =
            |frame: &Value| (frame["feedEntity"]["dmsFeed"]["Deleted"] == true).then_some(());
        socket.find(is_gone).await;
    }
    assert_eq!(bob.subscription(&id).await["isSubscribed"], false);
    for socket in &mut outsiders {
        heard_nothing_of(socket, &id).await;
    }
}

#[tokio::test]
async fn a_read_mark_is_kept_and_told() {
    let whop = Whop::start().await;
    let id = open(&whop, ADA, &["user_bob"]).await;
    whop.say(&id, "user_ada", "one").await;
    let second = whop.say(&id, "user_ada", "two").await;
    let mut ada = whop.server_socket("user_ada").await;
    let mut bob = whop.browser_socket("user_bob", "").await;
    let read = |timestamp: Value| {
        json!({"broadcastRequest": {
        "channel": {"type": "DMS", "id": id}, "markAsRead": {"isGlobal": false, "timestamp": timestamp}}})
    };
    let at = wire::Timestamp::from(second["created_at"].as_str().unwrap())
        .unix_millis()
        .unwrap();
    bob.send(read(json!((at - 1).to_string()))).await;
    assert_eq!(bob.entity("dmsUnreadBadgeUpdate").await["count"], 1);
    bob.send(read(json!(at.to_string()))).await;
    let badge = bob.entity("dmsUnreadBadgeUpdate").await;
    assert_eq!(
        (&badge["count"], &badge["lastViewedAt"]),
        (&json!(0), &json!(at.to_string()))
    );
    let told = ada
        .find(|frame| {
            let member = frame["feedEntity"].get("dmsFeedMember")?;
            (member["lastViewedAt"] == at).then(|| member.clone())
        })
        .await;
    assert_eq!(told["userId"], "user_bob");
    assert_eq!(
        told["notificationPreference"], "UNKNOWN_PREFERENCE",
        "his business"
    );
    let path = format!("/api/v1/dm_members/{}", told["entityId"].as_str().unwrap());
    let (_, member) = whop.get(&path, ADA).await;
    assert_eq!(member["last_viewed_at"], json!(at.to_string()));
    // What was read stays read, and the future isn't.
    bob.send(read(json!("1"))).await;
    bob.send(read(json!("99999999999999"))).await;
    let badge = bob.entity("dmsUnreadBadgeUpdate").await;
    let viewed: i64 = badge["lastViewedAt"].as_str().unwrap().parse().unwrap();
    assert!((at..at + 600_000).contains(&viewed), "{viewed}");
}

#[tokio::test]
async fn who_is_removed_hears_that_and_no_more() {
    let whop = Whop::start().await;
    let id = open(&whop, ADA, &["user_bob", "user_noor"]).await;
    let mut bob = whop.browser_socket("user_bob", "").await;
    bob.send(subscribe(&id)).await;
    bob.subscription(&id).await;
    let mut bobs_server = whop.server_socket("user_bob").await;
    let mut noor = whop.server_socket("user_noor").await;
    let path = format!("/api/v1/dm_members?channel_id={id}");
    let (_, page) = whop.get(&path, ADA).await;
    let member = page["data"]
        .as_array()
        .unwrap()
        .iter()
        .find(|member| member["user_id"] == "user_bob");
    let path = format!(
        "/api/v1/dm_members/{}",
        member.unwrap()["id"].as_str().unwrap()
    );
    whop.delete(&path, ADA).await;
    for socket in [&mut bob, &mut bobs_server, &mut noor] {
        let left = socket.entity("dmsFeedMember").await;
        assert_eq!(
            (&left["userId"], &left["Deleted"]),
            (&json!("user_bob"), &json!(true))
        );
    }
    let state = bob.subscription(&id).await;
    assert_eq!(state["disconnectionReason"], "NO_ACCESS");
    whop.say(&id, "user_ada", "without him").await;
    assert_eq!(noor.entity("dmsPost").await["content"], "without him");
    for socket in [&mut bob, &mut bobs_server] {
        heard_nothing_of(socket, &id).await;
    }
}

#[tokio::test]
async fn a_support_chat_reaches_its_customer_and_the_team() {
    let whop = Whop::start().await;
    let mut marcus = whop.server_socket("user_marcus").await;
    let mut chen = whop.server_socket("user_chen").await;
    let mut ada = whop.server_socket("user_ada").await;
    let body = json!({"company_id": "biz_sandbox", "user_id": "user_chen"});
    let (_, channel) = whop
        .post("/api/v1/support_channels", As::Behalf("user_chen"), body)
        .await;
    let id = channel["id"].as_str().unwrap();
    let opened = marcus.entity("dmsFeed").await;
    assert_eq!(
        (&opened["customerUserId"], &opened["botId"]),
        (&json!("user_chen"), &json!("biz_sandbox"))
    );
    let open_count = async |socket: &mut Socket| {
        let update = socket
            .find(|frame| frame.get("supportTicketBadgeUpdate").cloned())
            .await;
        assert_eq!(update["botId"], "biz_sandbox");
        update["openCount"].clone()
    };
    assert_eq!(open_count(&mut marcus).await, 2, "with the seed's");
    whop.say(id, "user_chen", "help").await;
    assert_eq!(marcus.entity("dmsPost").await["content"], "help");
    whop.say(id, "user_marcus", "here").await;
    chen.find(|frame| (frame["feedEntity"]["dmsPost"]["content"] == "here").then_some(()))
        .await;
    whop.control("support/resolve", json!({"channel_id": id}))
        .await;
    assert_eq!(open_count(&mut marcus).await, 1);
    let resolved = chen
        .find(|frame| frame["feedEntity"]["dmsFeed"].get("resolvedAt").cloned())
        .await;
    assert!(resolved.is_string(), "{resolved}");
    whop.say(id, "user_chen", "one more thing").await;
    assert_eq!(
        open_count(&mut marcus).await,
        2,
        "whoever writes again opens it again"
    );
    heard_nothing_of(&mut ada, id).await;
    for frame in chen.until_heartbeat().await {
        assert!(
            frame.get("supportTicketBadgeUpdate").is_none(),
            "that is for the team"
        );
    }
}

#[tokio::test]
async fn a_mute_holds_in_a_dm_and_is_told_there() {
    let whop = Whop::start().await;
    let id = open(&whop, ADA, &["user_bob"]).await;
    let mut ada = whop.server_socket("user_ada").await;
    let mut chen = whop.server_socket("user_chen").await;
    let mute = json!({"channel_id": id, "user_id": "user_bob", "seconds": 60});
    whop.control("mute", mute).await;
    let told = ada.entity("mutedUser").await;
    assert_eq!(
        (&told["feedId"], &told["feedType"], &told["userId"]),
        (&json!(id), &json!("dms_feed"), &json!("user_bob"))
    );
    let body = json!({"channel_id": id, "content": "may I?"});
    let answer = whop
        .post("/api/v1/messages", As::Behalf("user_bob"), body)
        .await;
    assert_error(answer, StatusCode::FORBIDDEN, "forbidden");
    heard_nothing_of(&mut chen, &id).await;
}
