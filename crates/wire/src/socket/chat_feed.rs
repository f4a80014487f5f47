use crate::protobuf::{optional_integer, or_default};
use crate::rest::{WhoCanPost, WhoCanReact};
use crate::{ChannelId, ExperienceId, Extra, Millis, UserId};
use serde::{Deserialize, Serialize};

/// A chat channel's settings changed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChatFeed {
    /// The channel's id.
    pub entity_id: ChannelId,
    /// The experience that shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub experience_id: Option<ExperienceId>,
    /// Links are refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ban_urls: Option<bool>,
    /// Images and videos are refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ban_media: Option<bool>,
    /// Who may post.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub who_can_post: Option<WhoCanPost>,
    /// Who may react.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub who_can_react: Option<WhoCanReact>,
    /// Seconds between two posts of one user; 0 for none.
    #[serde(
        default,
        deserialize_with = "optional_integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub user_posts_cooldown_seconds: Option<u32>,
    /// The channel is gone.
    #[serde(default, deserialize_with = "or_default", rename = "Deleted")]
    pub deleted: bool,
    /// When the change was made.
    #[serde(default, deserialize_with = "or_default")]
    pub updated_at: Millis,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

/// A user may not post in a feed for a while.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MutedUser {
    /// Who.
    pub user_id: UserId,
    /// In which feed.
    pub feed_id: ChannelId,
    /// Until when.
    #[serde(default, deserialize_with = "or_default")]
    pub muted_until: Millis,
    /// The mute was lifted.
    #[serde(default, deserialize_with = "or_default", rename = "Deleted")]
    pub deleted: bool,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}
