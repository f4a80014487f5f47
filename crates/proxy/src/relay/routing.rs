//! To whom a frame of Whop's goes. Only what decides that is read; the frame itself is passed on as it came.

use serde::Deserialize;
use serde::de::IgnoredAny;
use std::borrow::Cow;
use wire::{Millis, UserId};

/// What a frame of a feed says to have changed there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Change {
    /// Nothing that is kept anywhere.
    #[default]
    Nothing,
    /// What its pages of messages show, and the id of what was told of: a message, or a reaction.
    Content(Option<String>),
    /// Its settings.
    Settings,
    /// What somebody may do there.
    Member(Option<UserId>),
}

/// Where a frame goes.
#[derive(Debug, PartialEq, Eq)]
pub enum Route {
    /// To all who listen to a feed.
    Feed {
        /// Its id.
        feed: String,
        /// Who says something in it just now.
        speaker: Option<UserId>,
        /// What is not as it was before.
        change: Change,
    },
    /// Somebody came or went on Whop's own side. Made anew before it is told: nothing else of the frame is.
    Presence {
        /// Who.
        user: UserId,
        /// They came.
        is_there: bool,
    },
    /// Whop wants a new connection.
    Reconnect,
    /// Whether Whop lets the proxy listen to that feed.
    Subscription {
        /// The feed.
        feed: String,
        /// It does.
        is_subscribed: bool,
    },
    /// To nobody: it is no visitor's business, or not to be trusted.
    Nobody,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Frame<'a> {
    #[serde(borrow)]
    feed_entity: Option<Entity<'a>>,
    #[serde(borrow)]
    broadcast_response: Option<Broadcast<'a>>,
    #[serde(borrow)]
    channel_subscription_state: Option<State<'a>>,
    #[serde(borrow)]
    user_presence: Option<Person<'a>>,
    reconnect: Option<IgnoredAny>,
    app_message: Option<IgnoredAny>,
}

/// What concerns a feed. `dmsUnreadBadgeUpdate` is missing on purpose: it concerns the proxy's own user only.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Entity<'a> {
    #[serde(borrow)]
    dms_post: Option<Post<'a>>,
    #[serde(borrow)]
    reaction: Option<Reaction<'a>>,
    #[serde(borrow)]
    post_reaction_count_update: Option<InFeed<'a>>,
    #[serde(borrow)]
    muted_user: Option<OfUser<'a>>,
    #[serde(borrow)]
    dms_feed_member: Option<OfUser<'a>>,
    #[serde(borrow)]
    chat_feed: Option<Feed<'a>>,
    #[serde(borrow)]
    dms_feed: Option<Feed<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct InFeed<'a> {
    #[serde(borrow)]
    feed_id: Cow<'a, str>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Reaction<'a> {
    #[serde(borrow)]
    feed_id: Cow<'a, str>,
    #[serde(borrow)]
    entity_id: Lenient<Cow<'a, str>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct OfUser<'a> {
    #[serde(borrow)]
    feed_id: Cow<'a, str>,
    #[serde(borrow)]
    user_id: Lenient<Cow<'a, str>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Post<'a> {
    #[serde(borrow)]
    feed_id: Cow<'a, str>,
    #[serde(borrow)]
    entity_id: Lenient<Cow<'a, str>>,
    #[serde(borrow)]
    user_id: Lenient<Cow<'a, str>>,
    created_at: Lenient<Millis>,
    #[serde(rename = "Deleted")]
    deleted: Lenient<bool>,
}

/// What only tells who speaks: where it is not as it should be the frame is passed on all the same.
#[derive(Deserialize)]
#[serde(untagged)]
enum Lenient<T> {
    Known(T),
    Other(IgnoredAny),
}

impl<T> Default for Lenient<T> {
    fn default() -> Self {
        Self::Other(IgnoredAny)
    }
}

impl<T> Lenient<T> {
    fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Other(_) => None,
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Feed<'a> {
    #[serde(borrow)]
    entity_id: Cow<'a, str>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Broadcast<'a> {
    #[serde(borrow)]
    channel: Channel<'a>,
    #[serde(borrow)]
    from_user_id: Lenient<Cow<'a, str>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct State<'a> {
    #[serde(borrow)]
    channel: Channel<'a>,
    is_subscribed: bool,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Person<'a> {
    #[serde(borrow)]
    user_id: Cow<'a, str>,
    last_seen_at: Option<IgnoredAny>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Channel<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
}

/// Where a frame goes. One that says several things at once for several feeds goes nowhere: it would tell one feed's
/// listeners about another. `now` in milliseconds since the Unix epoch.
pub fn route(frame: &str, now: i64) -> Route {
    let Ok(frame) = serde_json::from_str::<Frame<'_>>(frame) else {
        return Route::Nobody;
    };
    if frame.app_message.is_some() {
        return Route::Nobody;
    }
    if frame.reconnect.is_some() {
        return Route::Reconnect;
    }
    if let Some(state) = frame.channel_subscription_state {
        return Route::Subscription {
            feed: state.channel.id.into_owned(),
            is_subscribed: state.is_subscribed,
        };
    }
    let presence = presence(&frame);
    let speaker = speaker(&frame, now);
    let change = change(&frame);
    let mut feeds = feeds(frame);
    match feeds.next() {
        Some(feed) if !feed.is_empty() && feeds.all(|other| other == feed) => {
            let feed = feed.into_owned();
            Route::Feed {
                feed,
                speaker,
                change,
            }
        }
        None => presence.unwrap_or(Route::Nobody),
        _ => Route::Nobody,
    }
}

fn change(frame: &Frame<'_>) -> Change {
    let Some(entity) = &frame.feed_entity else {
        return Change::Nothing;
    };
    let post = entity.dms_post.as_ref().map(|post| &post.entity_id);
    let told = post.or(entity.reaction.as_ref().map(|own| &own.entity_id));
    let member = entity
        .muted_user
        .as_ref()
        .or(entity.dms_feed_member.as_ref());
    if let Some(told) = told {
        Change::Content(told.known().map(|id| id.clone().into_owned()))
    } else if entity.post_reaction_count_update.is_some() {
        Change::Content(None)
    } else if entity.chat_feed.is_some() || entity.dms_feed.is_some() {
        Change::Settings
    } else if let Some(member) = member {
        Change::Member(member.user_id.known().and_then(|id| user(id)))
    } else {
        Change::Nothing
    }
}

fn presence(frame: &Frame<'_>) -> Option<Route> {
    let person = frame.user_presence.as_ref()?;
    Some(Route::Presence {
        user: user(&person.user_id)?,
        is_there: person.last_seen_at.is_none(),
    })
}

fn user(id: &str) -> Option<UserId> {
    const LONGEST_ID: usize = 100;
    (id.starts_with("user_") && id.len() <= LONGEST_ID).then(|| UserId::from(id))
}

/// Who types, reads or posts. A message of long ago that is edited or deleted says nothing of where its author is now.
fn speaker(frame: &Frame<'_>, now: i64) -> Option<UserId> {
    const NEW_MILLIS: i64 = 10 * 60_000;
    if let Some(broadcast) = &frame.broadcast_response {
        return user(broadcast.from_user_id.known()?);
    }
    let post = frame.feed_entity.as_ref()?.dms_post.as_ref()?;
    let age = now.saturating_sub(post.created_at.known()?.get());
    let is_deleted = post.deleted.known().is_some_and(|deleted| *deleted);
    user(post.user_id.known()?).filter(|_| age < NEW_MILLIS && !is_deleted)
}

fn feeds(frame: Frame<'_>) -> impl Iterator<Item = Cow<'_, str>> {
    let entity = frame.feed_entity.unwrap_or_default();
    let post = entity.dms_post.map(|post| post.feed_id);
    let reaction = entity.reaction.map(|reaction| reaction.feed_id);
    let counts = entity.post_reaction_count_update;
    let of_user = [entity.muted_user, entity.dms_feed_member];
    let feeds = [entity.chat_feed, entity.dms_feed];
    let broadcast = frame.broadcast_response;
    reaction
        .into_iter()
        .chain(counts.into_iter().map(|counts| counts.feed_id))
        .chain(of_user.into_iter().flatten().map(|entity| entity.feed_id))
        .chain(post)
        .chain(feeds.into_iter().flatten().map(|feed| feed.entity_id))
        .chain(broadcast.into_iter().map(|broadcast| broadcast.channel.id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOW: i64 = 1_800_000_000_000;

    #[test]
    fn a_frame_that_does_not_say_who_speaks_is_passed_on() {
        for odd in [
            r#""userId": null, "createdAt": "1", "Deleted": false"#,
            r#""userId": "user_a", "createdAt": null"#,
            r#""userId": "user_a", "createdAt": {}, "Deleted": null"#,
            r#""userId": 7, "Deleted": "no""#,
        ] {
            let frame = format!(r#"{{"feedEntity": {{"dmsPost": {{"feedId": "f", {odd}}}}}}}"#);
            assert_eq!(feed_of(&frame).as_deref(), Some("f"), "{odd}");
            assert_eq!(speaker(&frame), None, "{odd}");
        }
        let frame = r#"{"broadcastResponse": {"channel": {"id": "f"}, "fromUserId": null}}"#;
        assert_eq!(
            (feed_of(frame).as_deref(), speaker(frame)),
            (Some("f"), None)
        );
    }

    fn route(frame: &str) -> Route {
        super::route(frame, NOW)
    }

    fn feed_of(frame: &str) -> Option<String> {
        match route(frame) {
            Route::Feed { feed, .. } => Some(feed),
            _ => None,
        }
    }

    fn speaker(frame: &str) -> Option<String> {
        match route(frame) {
            Route::Feed { speaker, .. } => speaker.map(|user| user.to_string()),
            _ => None,
        }
    }

    #[test]
    fn who_types_or_posts_is_in_the_feed() {
        let post = |at: i64, more: &str| {
            format!(
                r#"{{"feedEntity":{{"dmsPost":{{"feedId":"f","userId":"user_ada","createdAt":"{at}"{more}}}}}}}"#
            )
        };
        let typing = r#"{"broadcastResponse":{"channel":{"id":"f"},"fromUserId":"user_ada"}}"#;
        for frame in [typing, &post(NOW, ""), &post(NOW - 500_000, "")] {
            assert_eq!(speaker(frame).as_deref(), Some("user_ada"), "{frame}");
        }
        // Others pin, edit and delete what somebody wrote who may be gone since.
        let reaction = r#"{"feedEntity":{"reaction":{"feedId":"f","userId":"user_ada"}}}"#;
        let old = post(NOW - 700_000, "");
        let deleted = post(NOW, r#","Deleted":true"#);
        for frame in [reaction, &old, &deleted, &post(i64::MIN, "")] {
            assert_eq!(
                (feed_of(frame).as_deref(), speaker(frame)),
                (Some("f"), None)
            );
        }
    }

    #[test]
    fn frames_of_a_feed_go_to_the_feed() {
        for frame in [
            r#"{"feedEntity":{"dmsPost":{"feedId":"f","entityId":"p","content":"\u0066eed"}}}"#,
            r#"{"feedEntity":{"reaction":{"feedId":"f"}},"deliveredAt":"17"}"#,
            r#"{"feedEntity":{"postReactionCountUpdate":{"feedId":"f","postId":"p"}}}"#,
            r#"{"feedEntity":{"mutedUser":{"userId":"user_ada","feedId":"f"}}}"#,
            r#"{"feedEntity":{"chatFeed":{"entityId":"f","whoCanPost":"NONE"}}}"#,
            r#"{"feedEntity":{"dmsFeedMember":{"entityId":"m","feedId":"\u0066"}}}"#,
            r#"{"broadcastResponse":{"channel":{"type":"DMS","id":"f"},"fromUserId":"user_ada"}}"#,
        ] {
            assert_eq!(feed_of(frame).as_deref(), Some("f"), "{frame}");
        }
    }

    #[test]
    fn what_changed_is_read() {
        let change = |entity: &str| {
            let frame = format!(r#"{{"feedEntity":{{{entity}}}}}"#);
            match route(&frame) {
                Route::Feed { change, .. } => change,
                other => panic!("{other:?}"),
            }
        };
        for (entity, told) in [
            (r#""dmsPost":{"feedId":"f","entityId":"p"}"#, Some("p")),
            (r#""dmsPost":{"feedId":"f","entityId":7}"#, None),
            (r#""reaction":{"feedId":"f","entityId":"r"}"#, Some("r")),
            (
                r#""postReactionCountUpdate":{"feedId":"f","postId":"p"}"#,
                None,
            ),
            (
                r#""mutedUser":{"feedId":"f"},"dmsPost":{"feedId":"f"}"#,
                None,
            ),
        ] {
            let told = told.map(str::to_owned);
            assert_eq!(change(entity), Change::Content(told), "{entity}");
        }
        assert_eq!(change(r#""chatFeed":{"entityId":"f"}"#), Change::Settings);
        for (entity, expected) in [
            (
                r#""mutedUser":{"feedId":"f","userId":"user_a"}"#,
                Some("user_a".into()),
            ),
            (
                r#""dmsFeedMember":{"feedId":"f","userId":"user_a"}"#,
                Some("user_a".into()),
            ),
            (r#""dmsFeedMember":{"feedId":"f","userId":7}"#, None),
        ] {
            assert_eq!(change(entity), Change::Member(expected), "{entity}");
        }
        let typing = r#"{"broadcastResponse":{"channel":{"id":"f"}}}"#;
        assert!(matches!(
            route(typing),
            Route::Feed {
                change: Change::Nothing,
                ..
            }
        ));
    }

    #[test]
    fn what_is_no_visitors_business_stays_here() {
        for frame in [
            r#"{"appMessage":{"isTrusted":true,"json":"{}"}}"#,
            r#"{"appMessage":{},"feedEntity":{"dmsPost":{"feedId":"f"}}}"#,
            r#"{"feedEntity":{"dmsUnreadBadgeUpdate":{"feedId":"f","count":3}}}"#,
            r#"{"feedEntity":{"dmsPost":{"feedId":"f"},"reaction":{"feedId":"g"}}}"#,
            r#"{"feedEntity":{"dmsPost":{"feedId":""}}}"#,
            r#"{"feedEntity":{"dmsPost":{}}}"#,
            r#"{"userPresence":{"userId":"user_ada"},"appMessage":{}}"#,
            r#"{"userPresence":{"userId":""}}"#,
            r#"{"userPresence":{"lastSeenAt":"1"}}"#,
            r#"{"userPresence":{"userId":["user_ada"]}}"#,
            r#"{"heartbeatResponse":{}}"#,
            r#"{"somethingNew":{"feedId":"f"}}"#,
            "{}",
            "[]",
            "null",
            "",
            "{",
        ] {
            assert_eq!(route(frame), Route::Nobody, "{frame}");
        }
    }

    #[test]
    fn who_comes_and_goes_is_read() {
        for (frame, is_there) in [
            (r#"{"userPresence":{"userId":"user_ada"}}"#, true),
            (
                r#"{"userPresence":{"userId":"user_ada","lastSeenAt":null}}"#,
                true,
            ),
            (
                r#"{"userPresence":{"userId":"user_ada","lastSeenAt":"1"},"deliveredAt":"2"}"#,
                false,
            ),
        ] {
            let user = "user_ada".into();
            assert_eq!(route(frame), Route::Presence { user, is_there }, "{frame}");
        }
    }

    #[test]
    fn knows_what_is_meant_for_the_proxy() {
        assert_eq!(route(r#"{"reconnect":{}}"#), Route::Reconnect);
        assert_eq!(
            route(
                r#"{"channelSubscriptionState":{"channel":{"type":"DMS","id":"f"},"isSubscribed":true}}"#
            ),
            Route::Subscription {
                feed: "f".to_owned(),
                is_subscribed: true
            }
        );
    }

    proptest! {
        #[test]
        fn never_panics(frame in "\\PC*") {
            let _ = route(&frame);
        }
    }
}
