use crate::read::read_object;
use crate::{ChannelId, CompanyId, Extra, Millis, Timestamp};
use serde::Serialize;

/// A conversation between two or more users, of `GET /dm_channels/{id}`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DmChannel {
    /// The feed's id, `feed_…`.
    pub id: ChannelId,
    /// When it was opened: milliseconds as a string, unlike other entities' moments.
    pub created_at: Millis,
    /// When the newest message was posted.
    pub last_message_at: Option<Timestamp>,
    /// The name given to it.
    pub name: Option<String>,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

read_object!(DmChannel {
    id: required "id",
    created_at: or_default "created_at",
    last_message_at: optional "last_message_at",
    name: optional "name",
} extra);

/// The body of `POST /dm_channels`. Where the same two people have a channel already, that one is answered.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct DmChannelCreate {
    /// With whom: user ids, usernames or mail addresses. Whoever asks is in it anyway.
    pub with_user_ids: Vec<String>,
    /// Only within this company.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub company_id: Option<CompanyId>,
    /// The same under its newer name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_id: Option<CompanyId>,
    /// A name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom_name: Option<String>,
}

read_object!(DmChannelCreate {
    with_user_ids: required "with_user_ids",
    company_id: optional "company_id",
    account_id: optional "account_id",
    custom_name: optional "custom_name",
});

/// The body of `PATCH /dm_channels/{id}`.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct DmChannelUpdate {
    /// The new name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom_name: Option<String>,
}

read_object!(DmChannelUpdate {
    custom_name: optional "custom_name",
});
