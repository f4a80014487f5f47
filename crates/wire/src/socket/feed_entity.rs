use super::{ChatFeed, DmsPost, MutedUser, PostReactionCountUpdate, ReactionEntity};
use crate::read::read_object;
use crate::{ChannelId, Extra, Millis, Timestamp, UserId};
use serde::Serialize;

/// Something in a feed changed: exactly one of its fields is there.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FeedEntity {
    /// A message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dms_post: Option<Box<DmsPost>>,
    /// One user's reaction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reaction: Option<ReactionEntity>,
    /// A message's tallies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub post_reaction_count_update: Option<PostReactionCountUpdate>,
    /// A channel's settings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chat_feed: Option<ChatFeed>,
    /// A mute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub muted_user: Option<MutedUser>,
    /// A DM or support chat.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dms_feed: Option<DmsFeed>,
    /// A member of a DM.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dms_feed_member: Option<DmsFeedMember>,
    /// How many unread messages a DM has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dms_unread_badge_update: Option<DmsUnreadBadgeUpdate>,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

read_object!(FeedEntity {
    dms_post: optional "dmsPost",
    reaction: optional "reaction",
    post_reaction_count_update: optional "postReactionCountUpdate",
    chat_feed: optional "chatFeed",
    muted_user: optional "mutedUser",
    dms_feed: optional "dmsFeed",
    dms_feed_member: optional "dmsFeedMember",
    dms_unread_badge_update: optional "dmsUnreadBadgeUpdate",
} extra);

/// A DM or support chat changed.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DmsFeed {
    /// The chat's id.
    pub entity_id: ChannelId,
    /// The name given to it.
    pub custom_name: String,
    /// The customer of a support chat.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_user_id: Option<UserId>,
    /// When a support chat was resolved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolved_at: Option<Timestamp>,
    /// The chat is gone.
    #[serde(rename = "Deleted")]
    pub deleted: bool,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

read_object!(DmsFeed {
    entity_id: required "entityId",
    custom_name: or_default "customName",
    customer_user_id: optional "customerUserId",
    resolved_at: optional "resolvedAt",
    deleted: or_default "Deleted",
} extra);

/// A member of a DM changed.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DmsFeedMember {
    /// The membership's id.
    pub entity_id: String,
    /// The DM.
    pub feed_id: ChannelId,
    /// The member.
    pub user_id: UserId,
    /// Up to when they have read.
    pub last_viewed_at: Millis,
    /// They left.
    #[serde(rename = "Deleted")]
    pub deleted: bool,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

read_object!(DmsFeedMember {
    entity_id: required "entityId",
    feed_id: or_default "feedId",
    user_id: or_default "userId",
    last_viewed_at: or_default "lastViewedAt",
    deleted: or_default "Deleted",
} extra);

/// How many unread messages a DM has.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DmsUnreadBadgeUpdate {
    /// The DM.
    pub feed_id: ChannelId,
    /// How many.
    pub count: u64,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

read_object!(DmsUnreadBadgeUpdate {
    feed_id: required "feedId",
    count: or_default "count",
} extra);
