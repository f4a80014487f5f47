//! What is left out, null, or written as protobuf's JSON writes it.

use serde::de::DeserializeOwned;
use serde_json::{Value, from_value, json};
use wire::rest::*;
use wire::socket::*;
use wire::{Millis, Timestamp};

fn read<T: DeserializeOwned>(value: Value) -> T {
    let text = value.to_string();
    match from_value(value) {
        Ok(read) => read,
        Err(error) => panic!("{error} in {text}"),
    }
}

#[test]
fn a_message_needs_little() {
    let message: Message = read(json!({
        "id": "msg_1", "created_at": "2023-12-01T05:00:00Z", "updated_at": "2023-12-01T05:00:00Z",
        "message_type": "regular", "user": { "id": "user_1" }
    }));
    assert_eq!(message.content, None);
    assert!(!message.is_edited && !message.is_pinned && !message.mentions_everyone);
    assert!(message.mentions.is_empty() && message.reaction_counts.is_empty());
    assert_eq!(
        (message.poll, message.attachments, message.view_count),
        (None, None, None)
    );
    assert_eq!(message.user.username, "");
}

#[test]
fn a_channel_needs_little() {
    let channel: ChatChannel = read(json!({
        "id": "chat_feed_1", "who_can_post": "everyone", "who_can_react": "everyone",
        "experience": { "id": "exp_1", "name": "General" }
    }));
    assert!(!channel.ban_media && !channel.ban_urls && channel.banned_words.is_empty());
    assert_eq!(channel.user_posts_cooldown_seconds, None);
}

#[test]
fn an_error_may_be_bare() {
    let body: ErrorBody = read(json!({ "error": {} }));
    assert_eq!(
        (body.error.kind.as_str(), body.error.message.as_str()),
        ("", "")
    );
}

#[test]
fn the_sdk_sends_null_for_what_is_not_set() {
    let create: MessageCreate = read(json!({
        "channel_id": "exp_1", "content": "Hi", "attachments": null, "poll": null, "replying_to_message_id": null,
        "auto_detect_links": null
    }));
    assert_eq!(create.poll, None);
    let update: ChatChannelUpdate = read(json!({
        "ban_media": null, "ban_urls": null, "banned_words": null, "user_posts_cooldown_seconds": null,
        "who_can_post": null, "who_can_react": null
    }));
    assert_eq!(update, ChatChannelUpdate::default());
    let token: AccessTokenCreate = read(json!({
        "company_id": null, "user_id": null, "scoped_actions": null, "expires_at": null
    }));
    assert_eq!(token, AccessTokenCreate::default());
    let reaction: ReactionCreate =
        read(json!({ "resource_id": "msg_1", "emoji": null, "poll_option_id": "1" }));
    assert_eq!(reaction.emoji, None);
}

/// Protobuf's JSON leaves out what is 0, false or empty.
#[test]
fn a_frame_of_defaults() {
    let frame: ServerFrame = read(json!({ "feedEntity": { "dmsPost": { "entityId": "msg_1" } } }));
    let post = frame.feed_entity.unwrap().dms_post.unwrap();
    assert_eq!(post.created_at, Millis::new(0));
    assert!(!post.deleted && !post.is_edited && !post.is_pinned && post.content.is_empty());
    let update: PostReactionCountUpdate = read(json!({ "postId": "msg_1" }));
    assert!(
        !update
            .updated_fields_bitmask
            .contains(UpdatedFields::VIEW_COUNT)
    );
    let tally: PostReactionCount = read(json!({}));
    assert_eq!(tally.reaction_type, ReactionKind::Unknown(String::new()));
    let reaction: ReactionEntity = read(json!({ "entityId": "reac_1" }));
    assert!(!reaction.deleted);
    let message: AppMessage = read(json!({ "json": "{}" }));
    assert!(!message.is_trusted, "nothing is trusted unless it says so");
}

/// Protobuf's JSON takes null for any field as the field's default.
#[test]
fn null_means_default_in_frames() {
    let post: DmsPost = read(json!({
        "entityId": "msg_1", "createdAt": null, "updatedAt": null, "Deleted": null, "syncError": null,
        "feedId": null, "feedType": null, "userId": null, "isEdited": null, "content": null, "richContent": null,
        "markdownContent": null, "replyingToPostId": null, "replyingToPost": null, "isPinned": null,
        "everyoneMentioned": null, "mentionedUserIds": null, "viewCount": null, "postReactionCounts": null,
        "messageType": null, "user": null, "files": null, "links": null, "gifs": null, "poll": null,
        "isPosterAdmin": null, "experienceId": null, "sortKey": null
    }));
    assert_eq!(post.content, "");
    assert!(post.post_reaction_counts.is_empty());
    let reaction: ReactionEntity = read(json!({
        "entityId": "reac_1", "postId": null, "reactionType": null, "value": null, "score": null, "Deleted": null,
        "updatedAt": null
    }));
    assert_eq!(reaction.score, 0);
    let update: PostReactionCountUpdate = read(json!({
        "postId": "msg_1", "feedId": null, "updatedFieldsBitmask": null, "viewCount": null, "postReactionCounts": null,
        "singleReactionCountUpdate": null
    }));
    assert_eq!(update.view_count, None);
    let file: FileAttachment = read(json!({
        "id": null, "originalUrl": null, "fileName": null, "contentType": null, "byteSize": null, "image": null,
        "video": null
    }));
    assert_eq!(file.byte_size, 0);
    let feed: ChatFeed = read(json!({
        "entityId": "chat_feed_1", "banUrls": null, "whoCanPost": null, "Deleted": null, "updatedAt": null
    }));
    assert_eq!(feed.who_can_post, None);
}

/// Protobuf's JSON writes 64-bit integers as strings.
#[test]
fn integers_of_frames_may_be_strings() {
    let post: DmsPost = read(json!({
        "entityId": "msg_1", "viewCount": "12",
        "postReactionCounts": [{ "reactionType": "EMOJI", "value": "👍", "totalScore": "-3", "userCount": "3" }],
        "files": [{ "id": "file_1", "byteSize": "9007199254740993", "image": { "width": 8, "height": 6 } }]
    }));
    assert_eq!(post.view_count, 12);
    assert_eq!(post.post_reaction_counts[0].user_count, 3);
    assert_eq!(post.post_reaction_counts[0].total_score, -3);
    assert_eq!(post.files[0].byte_size, 9_007_199_254_740_993);
    let reaction: ReactionEntity = read(json!({ "entityId": "reac_1", "score": "1" }));
    assert_eq!(reaction.score, 1);
    let update: PostReactionCountUpdate = read(json!({ "postId": "msg_1", "viewCount": "4" }));
    assert_eq!(update.view_count, Some(4));
    let badge: DmsUnreadBadgeUpdate = read(json!({ "feedId": "feed_1", "count": "7" }));
    assert_eq!(badge.count, 7);
}

#[test]
fn times_are_numbers_or_strings() {
    let at: Vec<Millis> = read(json!([
        1_701_406_800_401_i64,
        "1701406800401",
        "2023-12-01T05:00:00.401Z",
        1_701_406_800_401.0,
        "2023-12-01T06:00:00.401+01:00"
    ]));
    for at in at {
        assert_eq!(at.get(), 1_701_406_800_401);
    }
    for bad in [
        json!(true),
        json!([]),
        json!("soon"),
        json!("12e3"),
        json!({}),
    ] {
        assert!(from_value::<Millis>(bad).is_err());
    }
    assert_eq!(
        read::<Timestamp>(json!("2023-12-01T05:00:00.401987Z")).unix_millis(),
        Some(1_701_406_800_401)
    );
}
