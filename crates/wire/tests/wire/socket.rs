//! `@whop/api` 0.0.51, `codegen/proto/common/*.ts`: protobuf messages as JSON.

use crate::{survives, survives_the_future};
use serde_json::{Value, json};
use wire::socket::*;

pub(crate) fn dms_post() -> Value {
    json!({
        "entityType": "dms_post", "entityId": "msg_1", "createdAt": "1701406800401", "updatedAt": 1_701_406_900_000_i64,
        "Deleted": false, "isSynced": true, "sortKey": "1701406800401",
        "feedId": "chat_feed_1", "feedType": "chat_feed", "userId": "user_ada", "parentId": "", "isEdited": true,
        "title": "", "content": "Hello", "richContent": "{\"type\":\"doc\"}", "childrenCount": 0,
        "attachments": [], "gifs": [{ "title": "hi", "url": "https://giphy.example/1.gif", "width": 10, "height": 20 }],
        "replyingToPostId": "msg_0",
        "links": [{
            "url": "https://example.com", "title": "Example", "description": "", "image": "",
            "favicon": "https://example.com/favicon.ico", "processing": true
        }],
        "isPinned": true, "everyoneMentioned": true, "mentionedUserIds": ["user_bob"], "viewCount": 12,
        "postReactionCounts": [
            { "reactionType": "EMOJI", "value": ":heart:", "totalScore": 3, "userCount": 3 },
            { "reactionType": "VOTE", "value": "1", "totalScore": 2, "userCount": 2 },
            { "reactionType": "VIEW", "value": "", "totalScore": 12, "userCount": 12 },
            { "reactionType": "LIKE", "value": "", "totalScore": -1, "userCount": 1 }
        ],
        "isPosterAdmin": true, "messageType": "REGULAR_BUT_NEW",
        "user": {
            "id": "user_ada", "name": "Ada", "username": "ada", "profilePicture": {
                "id": "file_2", "originalUrl": "https://assets.whop.com/a.png", "fileName": "a.png",
                "contentType": "image/png", "byteSize": 99
            }
        },
        "files": [{
            "id": "file_1", "originalUrl": "https://assets.whop.com/1.jpg", "fileName": "1.jpg",
            "contentType": "image/jpeg", "byteSize": 1234,
            "image": { "width": 800, "height": 600, "blurhash": "LEHV6nWB2yk8" }
        }, {
            "id": "file_3", "originalUrl": "https://assets.whop.com/1.mp4", "fileName": "1.mp4",
            "contentType": "video/mp4", "byteSize": 5678, "video": { "width": 1920, "height": 1080, "duration": 3.5 }
        }],
        "experienceId": "exp_1", "poll": { "options": [{ "id": "1", "text": "Yes" }] }, "markdownContent": "**Hello**",
        "replyingToPost": {
            "entityId": "msg_0", "createdAt": 1, "updatedAt": "1", "Deleted": true, "feedId": "chat_feed_1",
            "feedType": "chat_feed", "userId": "user_bob", "isEdited": false, "content": "", "richContent": "",
            "markdownContent": "", "replyingToPostId": "", "isPinned": false, "everyoneMentioned": false,
            "mentionedUserIds": [], "viewCount": 0, "postReactionCounts": [], "files": [], "gifs": [], "links": [],
            "isPosterAdmin": false, "sortKey": ""
        }
    })
}

#[test]
fn frame_with_a_message() {
    survives_the_future::<ServerFrame>(&json!({
        "feedEntity": { "dmsPost": dms_post() },
        "createdAt": "2023-12-01T05:00:00.401Z", "processedAt": "1701406800402", "deliveredAt": 1_701_406_800_403_i64
    }));
}

#[test]
fn frame_with_a_reaction() {
    survives_the_future::<ServerFrame>(&json!({ "feedEntity": { "reaction": {
        "entityType": "reaction", "entityId": "reac_1", "createdAt": 1, "updatedAt": "1701406800401", "Deleted": true,
        "postId": "msg_1", "postType": "dms_post", "userId": "user_ada", "feedId": "chat_feed_1",
        "feedType": "chat_feed", "reactionType": "EMOJI", "value": "👏🏽", "score": 1
    } } }));
}

#[test]
fn frame_with_tallies() {
    let heart =
        json!({ "reactionType": "EMOJI", "value": ":heart:", "totalScore": 2, "userCount": 2 });
    survives_the_future::<ServerFrame>(&json!({ "feedEntity": { "postReactionCountUpdate": {
        "postId": "msg_1", "postType": "dms_post", "feedId": "chat_feed_1", "feedType": "chat_feed",
        "updatedFieldsBitmask": 7, "viewCount": 9, "postReactionCounts": [heart],
        "singleReactionCountUpdate": heart, "commentCount": 4
    } } }));
}

#[test]
fn the_mask_names_fields() {
    let update = |mask: u32| -> PostReactionCountUpdate {
        serde_json::from_value(json!({ "postId": "msg_1", "updatedFieldsBitmask": mask })).unwrap()
    };
    let single = update(4).updated_fields_bitmask;
    assert!(single.contains(UpdatedFields::SINGLE_REACTION));
    assert!(!single.contains(UpdatedFields::ALL_REACTIONS));
    let both = update(3 | 64).updated_fields_bitmask;
    assert!(
        both.contains(UpdatedFields::VIEW_COUNT) && both.contains(UpdatedFields::ALL_REACTIONS)
    );
    assert!(!both.contains(UpdatedFields::COMMENT_COUNT));
}

#[test]
fn frame_with_a_channels_settings() {
    // What the mask of spellings does to `whoCanPost` is told in `spellings`.
    survives_the_future::<ServerFrame>(&json!({ "feedEntity": { "chatFeed": {
        "entityType": "chat_feed", "entityId": "chat_feed_1", "createdAt": 0, "updatedAt": "1701406800401",
        "Deleted": false, "experienceId": "exp_1", "banUrls": true, "banMedia": false,
        "whoCanPost": "everyone", "whoCanReact": "everyone", "requiredProductIdsToWrite": ["prod_1"],
        "userPostsCooldownSeconds": 30, "banUnverifiedUsers": false
    } } }));
}

#[test]
fn frames_about_people_and_dms() {
    for entity in [
        json!({ "mutedUser": {
            "entityId": "mute_1", "userId": "user_bob", "feedId": "chat_feed_1", "feedType": "chat_feed",
            "mutedUntil": "1701406800401", "Deleted": false, "updatedAt": "1701406700000"
        } }),
        json!({ "dmsFeed": {
            "entityId": "feed_1", "customName": "Refund?", "customerUserId": "user_bob", "Deleted": false,
            "resolvedAt": "2023-12-01T05:00:00Z", "botId": "biz_1", "postCount": 4
        } }),
        json!({ "dmsFeedMember": {
            "entityId": "member_1", "feedId": "feed_1", "userId": "user_bob", "lastViewedAt": 1_701_406_800_401_i64,
            "Deleted": false, "status": "ACCEPTED", "notificationPreference": "ALL"
        } }),
        json!({ "dmsUnreadBadgeUpdate": { "feedId": "feed_1", "count": 3 } }),
        json!({ "forumPost": { "entityId": "post_1", "isDeleted": false } }),
    ] {
        survives_the_future::<ServerFrame>(&json!({ "feedEntity": entity }));
    }
}

#[test]
fn all_other_frames() {
    for frame in [
        json!({ "appMessage": { "fromUserId": "user_bob", "isTrusted": false, "json": "{\"a\":1}" } }),
        json!({ "appMessage": { "isTrusted": true, "json": "not json" } }),
        json!({ "broadcastResponse": {
            "channel": { "type": "DMS", "id": "chat_feed_1" }, "fromUserId": "user_bob",
            "typingIndicator": { "expireAfter": "1701406800401" }
        } }),
        json!({ "broadcastResponse": {
            "channel": { "type": "EXPERIENCE", "id": "exp_1" }, "fromUserId": "user_bob",
            "markAsRead": { "experienceId": "exp_1", "isGlobal": true, "timestamp": 1 }
        } }),
        json!({ "channelSubscriptionState": {
            "channel": { "type": "DMS", "id": "chat_feed_1" }, "isSubscribed": false, "disconnectionReason": "NO_ACCESS"
        } }),
        json!({ "heartbeatResponse": { "serverTime": "2023-12-01T05:00:00.401Z" } }),
        json!({ "reconnect": {} }),
        json!({ "reloadClient": { "versionId": "1.2.3", "force": true } }),
        json!({ "userPresence": { "userId": "user_bob", "lastSeenAt": "2023-12-01T05:00:00.401Z" } }),
        json!({ "supportTicketBadgeUpdate": { "openCount": 3, "botId": "biz_1" } }),
        json!({ "marketplaceStats": { "something": [1, 2] } }),
        json!({}),
    ] {
        survives_the_future::<ServerFrame>(&frame);
    }
}

#[test]
fn all_that_a_client_says() {
    let userish = json!({ "type": "USER", "id": "user_ada", "deviceId": "tab-1" });
    let channel = json!({ "type": "DMS", "id": "chat_feed_1" });
    for frame in [
        json!({ "heartbeat": {
            "userish": userish, "channels": [channel], "platform": "WEB", "clientSemver": "", "clientAge": "3"
        } }),
        json!({ "heartbeat": { "channels": [], "platform": "IOS" } }),
        json!({ "subscribeToChannel": { "channel": channel, "userish": userish, "authToken": "t" } }),
        json!({ "subscribeToChannelBatch": { "channels": [{ "channel": channel }, { "channel": channel }] } }),
        json!({ "unsubscribeFromChannel": { "channel": channel } }),
        json!({ "broadcastRequest": { "channel": channel, "typingIndicator": {} } }),
        json!({ "broadcastRequest": { "channel": channel, "markAsRead": { "isGlobal": false } } }),
        json!({ "broadcastAppMessage": { "channel": { "type": "APP", "id": "[app_id]_exp_1" }, "json": "[]" } }),
        json!({ "gameCommand": { "move": "e4" } }),
    ] {
        survives_the_future::<ClientFrame>(&frame);
    }
    survives::<SocketChannel>(&json!({ "type": "CASINO", "id": "7" }));
}
