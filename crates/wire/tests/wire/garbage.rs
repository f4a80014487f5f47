//! Whatever arrives, reading it gives a value or an error and never a panic; and what was read once is read again
//! to the same.

use crate::{rest, socket};
use proptest::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Number, Value, json};
use wire::{Millis, Timestamp};

/// Field names that mean something, so that the values get past the first door.
const NAMES: [&str; 40] = [
    "id",
    "content",
    "created_at",
    "updated_at",
    "createdAt",
    "updatedAt",
    "message_type",
    "user",
    "username",
    "poll",
    "options",
    "data",
    "page_info",
    "error",
    "type",
    "message",
    "token",
    "expires_at",
    "who_can_post",
    "who_can_react",
    "experience",
    "name",
    "feedEntity",
    "dmsPost",
    "entityId",
    "postReactionCounts",
    "userCount",
    "reaction",
    "postId",
    "channel",
    "channels",
    "heartbeat",
    "userish",
    "appMessage",
    "json",
    "channel_id",
    "files",
    "byteSize",
    "image",
    "width",
];

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(|number| Number::from_f64(number).map_or(Value::Null, Value::Number)),
        "\\PC{0,12}".prop_map(Value::from),
        Just(json!("1701406800401")),
        Just(json!("2023-12-01T05:00:00.401Z")),
        Just(json!("EMOJI")),
    ];
    leaf.prop_recursive(5, 48, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::Array),
            prop::collection::btree_map(
                prop_oneof![
                    prop::sample::select(&NAMES[..]).prop_map(str::to_owned),
                    "\\PC{0,6}"
                ],
                inner,
                0..6
            )
            .prop_map(|fields| Value::Object(fields.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

fn try_to_read<T: DeserializeOwned + Serialize>(value: &Value) {
    let Ok(read) = serde_json::from_value::<T>(value.clone()) else {
        return;
    };
    let written = serde_json::to_value(&read).unwrap();
    let again: T = serde_json::from_value(written.clone()).unwrap();
    assert_eq!(serde_json::to_value(&again).unwrap(), written);
}

fn as_every_type(value: &Value) {
    macro_rules! all {
        ($($name:ty),* $(,)?) => { $( try_to_read::<$name>(value); )* };
    }
    use wire::rest::*;
    use wire::socket::*;
    all!(
        Message,
        MessageCreate,
        MessageUpdate,
        Poll,
        PollOption,
        PollVote,
        ReactionCount,
        Attachment,
        Reaction,
        ReactionCreate,
        ChatChannel,
        ChatChannelUpdate,
        AccessToken,
        AccessTokenCreate,
        AccessCheck,
        AccessLevel,
        User,
        UserReference,
        Experience,
        File,
        ErrorBody,
        PageInfo,
        Page<Message>,
        Page<Value>,
        MessageType,
        WhoCanPost,
        WhoCanReact,
        Direction,
        ServerFrame,
        ClientFrame,
        FeedEntity,
        DmsPost,
        ReactionEntity,
        PostReactionCount,
        PostReactionCountUpdate,
        ChatFeed,
        MutedUser,
        DmsFeed,
        DmsFeedMember,
        DmsUnreadBadgeUpdate,
        FileAttachment,
        AppMessage,
        BroadcastResponse,
        ChannelSubscriptionState,
        HeartbeatResponse,
        SocketChannel,
        Heartbeat,
        wire::session::SessionRequest,
        wire::session::Session,
        Millis,
        Timestamp,
    );
    if let Ok(post) = serde_json::from_value::<DmsPost>(value.clone()) {
        let _ = post.into_message();
    }
}

/// A good document with one of its values replaced.
fn damaged(mut document: Value, at: usize, by: Value) -> Value {
    fn places(value: &Value, path: &str, paths: &mut Vec<String>) {
        paths.push(path.to_owned());
        match value {
            Value::Object(fields) => {
                for (name, field) in fields {
                    places(field, &format!("{path}/{name}"), paths);
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    places(item, &format!("{path}/{index}"), paths);
                }
            }
            _ => {}
        }
    }
    let mut paths = Vec::new();
    places(&document, "", &mut paths);
    if let Some(place) = document.pointer_mut(&paths[at % paths.len()]) {
        *place = by;
    }
    document
}

proptest! {
    #[test]
    fn any_json_is_harmless(value in value()) {
        as_every_type(&value);
    }

    #[test]
    fn a_damaged_message_is_harmless(at in any::<usize>(), by in value()) {
        as_every_type(&damaged(rest::message(), at, by));
    }

    #[test]
    fn a_damaged_frame_is_harmless(at in any::<usize>(), by in value()) {
        let frame = json!({ "feedEntity": { "dmsPost": socket::dms_post() } });
        as_every_type(&damaged(frame.clone(), at, by.clone()));
        as_every_type(&damaged(socket::dms_post(), at, by));
    }

    #[test]
    fn any_bytes_are_harmless(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = serde_json::from_slice::<wire::socket::ServerFrame>(&bytes);
        let _ = serde_json::from_slice::<wire::rest::Message>(&bytes);
    }
}

#[test]
fn deep_nesting_is_an_error() {
    let deep = format!("{}1{}", "{\"a\":[".repeat(5_000), "]}".repeat(5_000));
    assert!(serde_json::from_str::<wire::socket::ServerFrame>(&deep).is_err());
    assert!(serde_json::from_str::<wire::rest::Message>(&deep).is_err());
    let replies = "{\"entityId\":\"m\",\"replyingToPost\":".repeat(5_000);
    assert!(serde_json::from_str::<wire::socket::DmsPost>(&replies).is_err());
}
