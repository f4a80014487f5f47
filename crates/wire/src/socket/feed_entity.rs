use super::{ChatFeed, DmsPost, MutedUser, PostReactionCountUpdate, ReactionEntity};
use crate::protobuf::{integer, or_default};
use crate::{ChannelId, Extra, Millis, Timestamp, UserId};
use serde::{Deserialize, Serialize};

/// Something in a feed changed: exactly one of its fields is there.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FeedEntity {
    /// A message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dms_post: Option<Box<DmsPost>>,
    /// One user's reaction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reaction: Option<ReactionEntity>,
    /// A message's tallies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub post_reaction_count_update: Option<PostReactionCountUpdate>,
    /// A channel's settings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chat_feed: Option<ChatFeed>,
    /// A mute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub muted_user: Option<MutedUser>,
    /// A DM or support chat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dms_feed: Option<DmsFeed>,
    /// A member of a DM.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dms_feed_member: Option<DmsFeedMember>,
    /// How many unread messages a DM has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dms_unread_badge_update: Option<DmsUnreadBadgeUpdate>,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

/// A DM or support chat changed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DmsFeed {
    /// The chat's id.
    pub entity_id: ChannelId,
    /// The name given to it.
    #[serde(default, deserialize_with = "or_default")]
    pub custom_name: String,
    /// The customer of a support chat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_user_id: Option<UserId>,
    /// When a support chat was resolved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolved_at: Option<Timestamp>,
    /// The chat is gone.
    #[serde(default, deserialize_with = "or_default", rename = "Deleted")]
    pub deleted: bool,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

/// A member of a DM changed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DmsFeedMember {
    /// The membership's id.
    pub entity_id: String,
    /// The DM.
    #[serde(default, deserialize_with = "or_default")]
    pub feed_id: ChannelId,
    /// The member.
    #[serde(default, deserialize_with = "or_default")]
    pub user_id: UserId,
    /// Up to when they have read.
    #[serde(default, deserialize_with = "or_default")]
    pub last_viewed_at: Millis,
    /// They left.
    #[serde(default, deserialize_with = "or_default", rename = "Deleted")]
    pub deleted: bool,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

/// How many unread messages a DM has.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DmsUnreadBadgeUpdate {
    /// The DM.
    pub feed_id: ChannelId,
    /// How many.
    #[serde(default, deserialize_with = "integer")]
    pub count: u64,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}
