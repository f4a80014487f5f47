//! Which frames a change makes, and that they say what the REST routes say.

use crate::whop::{As, QUIET, Socket, Whop};
use serde_json::{Value, json};
use wire::rest::Message;
use wire::socket::{DmsPost, ServerFrame};

async fn message(whop: &Whop, id: &Value) -> Message {
    let path = format!("/api/v1/messages/{}", id.as_str().unwrap());
    serde_json::from_value(whop.get(&path, As::App).await.1).unwrap()
}

/// What a frame can't know.
fn comparable(mut message: Message) -> Message {
    message.view_count = None;
    message.attachments = message.attachments.filter(|files| !files.is_empty());
    for attachment in message.attachments.iter_mut().flatten() {
        attachment.extra = wire::Extra::default();
        attachment.blurhash = None;
    }
    message.user.profile_picture = None;
    message
}

async fn posted(socket: &mut Socket) -> DmsPost {
    serde_json::from_value(socket.entity("dmsPost").await).unwrap()
}

#[tokio::test]
async fn a_post_says_what_rest_says() {
    let whop = Whop::start_with(|options| options.messages = 300).await;
    let mut socket = whop.server_socket("user_bob").await;
    let file = crate::messages::seeded_file(&whop, "image/").await;
    let earlier = whop.say(QUIET, "user_ada", "earlier").await;
    posted(&mut socket).await;
    let body = json!({
        "channel_id": QUIET,
        "content": "**now** @bob",
        "replying_to_message_id": earlier["id"],
        "attachments": [{"id": file["id"]}],
        "poll": {"options": [{"id": "1", "text": "a"}, {"id": "2", "text": "b"}]},
    });
    let (_, rest) = whop
        .post("/api/v1/messages", As::Behalf("user_marcus"), body)
        .await;
    let frame = socket.find(|frame| frame.get("feedEntity").cloned()).await;
    let raw = frame["dmsPost"].clone();
    assert_eq!(raw["messageType"], "REGULAR");
    assert_eq!(raw["feedId"], QUIET);
    assert_eq!(raw["experienceId"], "exp_quiet");
    assert_eq!(raw["isPosterAdmin"], true);
    assert_eq!(raw["entityType"], "dms_post");
    assert!(raw["createdAt"].is_i64() && raw["updatedAt"].is_i64());
    let post: DmsPost = serde_json::from_value(raw).unwrap();
    let rest: Message = serde_json::from_value(rest).unwrap();
    let told = post.into_message();
    let portrait = told.user.profile_picture.as_ref();
    assert!(
        portrait.is_some_and(|picture| picture.url.is_some()),
        "only frames tell it"
    );
    let files = told.attachments.iter().flatten();
    assert!(files.clone().all(|file| file.blurhash.is_some()) && files.count() == 1);
    assert_eq!(comparable(told), comparable(rest));
}

#[tokio::test]
async fn edits_pins_and_deletions() {
    let whop = Whop::start().await;
    let mut socket = whop.server_socket("user_bob").await;
    let message = whop.say(QUIET, "user_ada", "secret").await;
    let path = format!("/api/v1/messages/{}", message["id"].as_str().unwrap());
    let first = posted(&mut socket).await;
    whop.patch(&path, As::Behalf("user_ada"), json!({"content": "changed"}))
        .await;
    let edited = posted(&mut socket).await;
    assert!(edited.is_edited && !first.is_edited && !edited.is_pinned);
    assert_eq!(edited.content, "changed");
    assert!(edited.updated_at.get() > first.updated_at.get());
    whop.patch(&path, As::App, json!({"is_pinned": true})).await;
    let pinned = posted(&mut socket).await;
    assert!(pinned.is_pinned && pinned.updated_at.get() > edited.updated_at.get());
    whop.delete(&path, As::App).await;
    let deleted = posted(&mut socket).await;
    assert!(deleted.deleted && deleted.updated_at.get() > pinned.updated_at.get());
    assert_eq!(deleted.entity_id, first.entity_id);
    assert_eq!(deleted.content, "", "a deletion spreads no text");
}

#[tokio::test]
async fn every_frame_has_its_three_times_as_strings() {
    let whop = Whop::start().await;
    let mut socket = whop.server_socket("user_bob").await;
    whop.say(QUIET, "user_ada", "when?").await;
    let frame = socket.next().await.unwrap();
    for name in ["createdAt", "processedAt", "deliveredAt"] {
        let time: i64 = frame[name].as_str().unwrap().parse().unwrap();
        assert!(time > 1_700_000_000_000, "{name} {time}");
    }
    let known: ServerFrame = serde_json::from_value(frame.clone()).unwrap();
    assert!(known.extra.is_empty());
    // Nothing but the spelling of an enum changes on the way through `wire`.
    let mut expected = frame;
    expected["feedEntity"]["dmsPost"]["messageType"] = "regular".into();
    assert_eq!(serde_json::to_value(known).unwrap(), expected);
}

#[tokio::test]
async fn an_emoji_sends_its_own_count_only() {
    let whop = Whop::start().await;
    let posted = whop.say(QUIET, "user_ada", "react").await;
    whop.react(&posted, "user_chen", json!({"emoji": "👍"}))
        .await;
    let mut socket = whop.server_socket("user_bob").await;
    let reaction = whop
        .react(&posted, "user_bob", json!({"emoji": ":+1:"}))
        .await;
    let entity = socket.entity("reaction").await;
    assert_eq!(entity["entityId"], reaction["id"]);
    assert_eq!(
        (&entity["reactionType"], &entity["value"]),
        (&json!("EMOJI"), &json!("👍"))
    );
    assert_eq!(
        (&entity["userId"], &entity["Deleted"]),
        (&json!("user_bob"), &json!(false))
    );
    let update = socket.entity("postReactionCountUpdate").await;
    assert_eq!(update["updatedFieldsBitmask"], 4);
    assert_eq!(
        update["singleReactionCountUpdate"],
        json!({"reactionType": "EMOJI", "value": "👍", "totalScore": 2, "userCount": 2})
    );
    for user in ["user_bob", "user_chen"] {
        let path = format!(
            "/api/v1/reactions/{}?emoji=%F0%9F%91%8D",
            posted["id"].as_str().unwrap()
        );
        whop.delete(&path, As::Behalf(user)).await;
    }
    assert_eq!(socket.entity("reaction").await["Deleted"], true);
    assert_eq!(
        socket.entity("postReactionCountUpdate").await["singleReactionCountUpdate"]["userCount"],
        1
    );
    let last = socket.entity("postReactionCountUpdate").await;
    assert_eq!(last["singleReactionCountUpdate"]["userCount"], 0);
}

#[tokio::test]
async fn a_moved_vote_sends_all_counts() {
    let whop = Whop::start().await;
    let body = json!({
        "channel_id": QUIET, "content": "?",
        "poll": {"options": [{"id": "1", "text": "a"}, {"id": "2", "text": "b"}]},
    });
    let (_, poll) = whop
        .post("/api/v1/messages", As::Behalf("user_ada"), body)
        .await;
    let mut socket = whop.server_socket("user_chen").await;
    whop.react(&poll, "user_bob", json!({"poll_option_id": "1"}))
        .await;
    let update = socket.entity("postReactionCountUpdate").await;
    assert_eq!(update["updatedFieldsBitmask"], 2);
    whop.react(&poll, "user_bob", json!({"poll_option_id": "2"}))
        .await;
    let gone = socket.entity("reaction").await;
    assert_eq!(
        (&gone["value"], &gone["Deleted"]),
        (&json!("1"), &json!(true))
    );
    let made = socket.entity("reaction").await;
    assert_eq!(
        (&made["value"], &made["Deleted"]),
        (&json!("2"), &json!(false))
    );
    let update = socket.entity("postReactionCountUpdate").await;
    assert_eq!(
        update["postReactionCounts"],
        json!([{"reactionType": "VOTE", "value": "2", "totalScore": 1, "userCount": 1}])
    );
    assert_eq!(message(&whop, &poll["id"]).await.poll_votes.len(), 1);
}

#[tokio::test]
async fn what_was_there_already_makes_no_frame() {
    let whop = Whop::start().await;
    let posted = whop.say(QUIET, "user_ada", "react").await;
    whop.react(&posted, "user_bob", json!({"emoji": "👍"}))
        .await;
    let mut socket = whop.server_socket("user_bob").await;
    whop.react(&posted, "user_bob", json!({"emoji": "👍"}))
        .await;
    let refused = json!({"channel_id": QUIET, "content": ""});
    whop.post("/api/v1/messages", As::Behalf("user_bob"), refused)
        .await;
    assert_eq!(socket.until_heartbeat().await, Vec::<Value>::new());
}

#[tokio::test]
async fn settings_are_told_in_the_sockets_spelling_without_the_banned_words() {
    let whop = Whop::start().await;
    let mut socket = whop.server_socket("user_ada").await;
    let settings = json!({
        "who_can_post": "admins", "who_can_react": "no_one", "ban_urls": true,
        "user_posts_cooldown_seconds": 15, "banned_words": ["hush"],
    });
    whop.settings(QUIET, settings).await;
    let frame = socket.next().await.unwrap();
    assert!(!frame.to_string().contains("hush"));
    let feed = &frame["feedEntity"]["chatFeed"];
    assert_eq!(feed["entityId"], QUIET);
    assert_eq!(
        (&feed["whoCanPost"], &feed["whoCanReact"]),
        (&json!("ADMINS"), &json!("NONE"))
    );
    assert_eq!(feed["userPostsCooldownSeconds"], 15);
    assert_eq!(
        (&feed["banUrls"], &feed["banMedia"]),
        (&json!(true), &json!(false))
    );
}

#[tokio::test]
async fn frames_come_in_the_order_of_the_timeline() {
    let whop = Whop::start().await;
    let mut socket = whop.server_socket("user_bob").await;
    let posts = (0..40).map(|number| {
        let whop = &whop;
        async move { whop.say(QUIET, "user_ada", &number.to_string()).await }
    });
    futures_util::future::join_all(posts).await;
    let (_, page) = whop
        .get(
            "/api/v1/messages?channel_id=exp_quiet&direction=asc&first=100",
            As::App,
        )
        .await;
    for message in page["data"].as_array().unwrap() {
        assert_eq!(
            posted(&mut socket).await.entity_id.as_str(),
            message["id"].as_str().unwrap()
        );
    }
}
