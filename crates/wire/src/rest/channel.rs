use crate::open_enum::open_enum;
use crate::read::read_object;
use crate::{ChannelId, ExperienceId, Extra};
use serde::Serialize;

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
        NoOne = "no_one" | "none" | "NONE" | "NO_ONE",
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
        NoOne = "no_one" | "none" | "NONE" | "NO_ONE",
    }
}

/// A channel of `GET /chat_channels/{id}`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ChatChannel {
    /// The channel's own id, even where it was asked for by its experience.
    pub id: ChannelId,
    /// Images and videos are refused.
    pub ban_media: bool,
    /// Links are refused.
    pub ban_urls: bool,
    /// Words that are refused. Empty for those who may not moderate.
    pub banned_words: Vec<String>,
    /// Seconds between two posts of one user.
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

read_object!(ChatChannel {
    id: required "id",
    ban_media: or_default "ban_media",
    ban_urls: or_default "ban_urls",
    banned_words: or_default "banned_words",
    user_posts_cooldown_seconds: optional "user_posts_cooldown_seconds",
    who_can_post: required "who_can_post",
    who_can_react: required "who_can_react",
    experience: required "experience",
} extra);

/// An experience as other entities name it.
#[derive(Clone, Debug, PartialEq, Serialize)]
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

read_object!(ExperienceReference {
    id: required "id",
    name: required "name",
} extra);

/// The body of `PATCH /chat_channels/{id}`: what is missing stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ChatChannelUpdate {
    /// Refuse images and videos.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ban_media: Option<bool>,
    /// Refuse links.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ban_urls: Option<bool>,
    /// Refuse these words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub banned_words: Option<Vec<String>>,
    /// Seconds between two posts of one user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_posts_cooldown_seconds: Option<u32>,
    /// Who may post.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub who_can_post: Option<WhoCanPost>,
    /// Who may react.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub who_can_react: Option<WhoCanReact>,
}

read_object!(ChatChannelUpdate {
    ban_media: optional "ban_media",
    ban_urls: optional "ban_urls",
    banned_words: optional "banned_words",
    user_posts_cooldown_seconds: optional "user_posts_cooldown_seconds",
    who_can_post: optional "who_can_post",
    who_can_react: optional "who_can_react",
});
