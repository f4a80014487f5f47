//! What is read of a frame of Whop's: only what says to whom it goes. All else in it is passed over.

use serde::Deserialize;
use serde::de::IgnoredAny;
use std::borrow::Cow;
use wire::Millis;

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Frame<'a> {
    #[serde(borrow)]
    pub feed_entity: Option<Entity<'a>>,
    #[serde(borrow)]
    pub broadcast_response: Option<Broadcast<'a>>,
    #[serde(borrow)]
    pub channel_subscription_state: Option<State<'a>>,
    #[serde(borrow)]
    pub user_presence: Option<Person<'a>>,
    pub reconnect: Option<IgnoredAny>,
    pub app_message: Option<IgnoredAny>,
}

/// What concerns a feed. `dmsUnreadBadgeUpdate` is missing on purpose: it concerns the proxy's own user only.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Entity<'a> {
    #[serde(borrow)]
    pub dms_post: Option<Post<'a>>,
    #[serde(borrow)]
    pub reaction: Option<Reaction<'a>>,
    #[serde(borrow)]
    pub post_reaction_count_update: Option<InFeed<'a>>,
    #[serde(borrow)]
    pub muted_user: Option<OfUser<'a>>,
    #[serde(borrow)]
    pub dms_feed_member: Option<OfUser<'a>>,
    #[serde(borrow)]
    pub chat_feed: Option<Feed<'a>>,
    #[serde(borrow)]
    pub dms_feed: Option<Feed<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct InFeed<'a> {
    #[serde(borrow)]
    pub feed_id: Cow<'a, str>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Reaction<'a> {
    #[serde(borrow)]
    pub feed_id: Cow<'a, str>,
    #[serde(borrow)]
    pub entity_id: Lenient<Cow<'a, str>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct OfUser<'a> {
    #[serde(borrow)]
    pub feed_id: Cow<'a, str>,
    #[serde(borrow)]
    pub user_id: Lenient<Cow<'a, str>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Post<'a> {
    #[serde(borrow)]
    pub feed_id: Cow<'a, str>,
    #[serde(borrow)]
    pub entity_id: Lenient<Cow<'a, str>>,
    #[serde(borrow)]
    pub user_id: Lenient<Cow<'a, str>>,
    pub created_at: Lenient<Millis>,
    #[serde(rename = "Deleted")]
    pub deleted: Lenient<bool>,
}

/// What only tells who speaks: where it is not as it should be the frame is passed on all the same.
#[derive(Deserialize)]
#[serde(untagged)]
pub enum Lenient<T> {
    Known(T),
    Other(IgnoredAny),
}

impl<T> Default for Lenient<T> {
    fn default() -> Self {
        Self::Other(IgnoredAny)
    }
}

impl<T> Lenient<T> {
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Other(_) => None,
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Feed<'a> {
    #[serde(borrow)]
    pub entity_id: Cow<'a, str>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Broadcast<'a> {
    #[serde(borrow)]
    pub channel: Channel<'a>,
    #[serde(borrow)]
    pub from_user_id: Lenient<Cow<'a, str>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct State<'a> {
    #[serde(borrow)]
    pub channel: Channel<'a>,
    pub is_subscribed: bool,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Person<'a> {
    #[serde(borrow)]
    pub user_id: Cow<'a, str>,
    pub last_seen_at: Option<IgnoredAny>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Channel<'a> {
    #[serde(borrow)]
    pub id: Cow<'a, str>,
}
