use crate::read::read_object;
use crate::rest::{WhoCanPost, WhoCanReact};
use crate::{ChannelId, ExperienceId, Extra, Millis, UserId};
use serde::Serialize;

/// A chat channel's settings changed.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ChatFeed {
    /// The channel's id.
    pub entity_id: ChannelId,
    /// The experience that shows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub experience_id: Option<ExperienceId>,
    /// Links are refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ban_urls: Option<bool>,
    /// Images and videos are refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ban_media: Option<bool>,
    /// Who may post.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub who_can_post: Option<WhoCanPost>,
    /// Who may react.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub who_can_react: Option<WhoCanReact>,
    /// Seconds between two posts of one user; 0 for none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_posts_cooldown_seconds: Option<u32>,
    /// The channel is gone.
    #[serde(rename = "Deleted")]
    pub deleted: bool,
    /// When the change was made.
    pub updated_at: Millis,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

read_object!(ChatFeed {
    entity_id: required "entityId",
    experience_id: optional "experienceId",
    ban_urls: optional "banUrls",
    ban_media: optional "banMedia",
    who_can_post: optional "whoCanPost",
    who_can_react: optional "whoCanReact",
    user_posts_cooldown_seconds: optional "userPostsCooldownSeconds",
    deleted: or_default "Deleted",
    updated_at: or_default "updatedAt",
} extra);

/// A user may not post in a feed for a while.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MutedUser {
    /// Who.
    pub user_id: UserId,
    /// In which feed.
    pub feed_id: ChannelId,
    /// Until when.
    pub muted_until: Millis,
    /// The mute was lifted.
    #[serde(rename = "Deleted")]
    pub deleted: bool,
    /// When it was made or lifted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<Millis>,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

read_object!(MutedUser {
    user_id: required "userId",
    feed_id: required "feedId",
    muted_until: or_default "mutedUntil",
    deleted: or_default "Deleted",
    updated_at: optional "updatedAt",
} extra);
