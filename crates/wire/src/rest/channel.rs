use crate::open_enum::open_enum;
use crate::{ChannelId, ExperienceId, Extra};
use serde::{Deserialize, Serialize};

open_enum! {
    /// Who may post in a channel. REST, the guides and the websocket each have a spelling of their own.
    WhoCanPost {
        /// Everyone who has access.
        Everyone = "everyone" | "EVERYONE",
        /// Members of the company.
        Members = "members_only" | "members" | "MEMBERS",
        /// Admins and moderators.
        Admins = "admins" | "admins_only" | "ADMINS",
        /// Owners of certain products.
        ProductOwners = "product_owners" | "PRODUCT_OWNERS",
        /// No one.
        NoOne = "no_one" | "none" | "NONE",
    }
}

open_enum! {
    /// Who may react in a channel.
    WhoCanReact {
        /// Everyone who has access.
        Everyone = "everyone" | "EVERYONE",
        /// Members of the company.
        Members = "members_only" | "members" | "MEMBERS",
        /// Admins and moderators.
        Admins = "admins_only" | "admins" | "ADMINS",
        /// Owners of certain products.
        ProductOwners = "product_owners" | "PRODUCT_OWNERS",
        /// No one.
        NoOne = "no_one" | "none" | "NONE",
    }
}

/// A channel of `GET /chat_channels/{id}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChatChannel {
    /// The channel's own id, even where it was asked for by its experience.
    pub id: ChannelId,
    /// Images and videos are refused.
    #[serde(default)]
    pub ban_media: bool,
    /// Links are refused.
    #[serde(default)]
    pub ban_urls: bool,
    /// Words that are refused. Empty for those who may not moderate.
    #[serde(default)]
    pub banned_words: Vec<String>,
    /// Seconds between two posts of one user.
    #[serde(default)]
    pub user_posts_cooldown_seconds: Option<u32>,
    /// Who may post.
    pub who_can_post: WhoCanPost,
    /// Who may react.
    pub who_can_react: WhoCanReact,
    /// The experience that shows the channel.
    pub experience: ExperienceReference,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

/// An experience as other entities name it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExperienceReference {
    /// The experience's id.
    pub id: ExperienceId,
    /// Its name, which is the channel's name too.
    pub name: String,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

/// The body of `PATCH /chat_channels/{id}`: what is missing stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ChatChannelUpdate {
    /// Refuse images and videos.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ban_media: Option<bool>,
    /// Refuse links.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ban_urls: Option<bool>,
    /// Refuse these words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub banned_words: Option<Vec<String>>,
    /// Seconds between two posts of one user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_posts_cooldown_seconds: Option<u32>,
    /// Who may post.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub who_can_post: Option<WhoCanPost>,
    /// Who may react.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub who_can_react: Option<WhoCanReact>,
}
