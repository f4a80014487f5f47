use crate::open_enum::open_enum;
use crate::read::read_object;
use crate::{ChannelId, Extra, Millis, UserId};
use serde::Serialize;

open_enum! {
    /// Which messages a member is notified of.
    NotificationPreference {
        /// All.
        All = "all" | "ALL",
        /// Those that mention them.
        Mentions = "mentions" | "MENTIONS",
        /// None.
        Nothing = "none" | "NONE",
    }
}

open_enum! {
    /// How a member stands to a conversation.
    MemberStatus {
        /// Asked to talk, and has not agreed yet.
        Requested = "requested" | "REQUESTED",
        /// Takes part.
        Accepted = "accepted" | "ACCEPTED",
        /// Doesn't want to see it. The websocket's word is `REJECTED`.
        Hidden = "hidden" | "REJECTED",
        /// Is done with it.
        Closed = "closed" | "CLOSED",
        /// Keeps it out of the way.
        Archived = "archived" | "ARCHIVED",
    }
}

/// A user's place in a conversation, of `GET /dm_members/{id}`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DmMember {
    /// The membership's id.
    pub id: String,
    /// The conversation.
    pub channel_id: ChannelId,
    /// Up to when they have read, milliseconds as a string; nothing before the first look.
    pub last_viewed_at: Option<Millis>,
    /// Which messages they are notified of; lists don't tell it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notification_preference: Option<NotificationPreference>,
    /// How they stand to the conversation.
    pub status: MemberStatus,
    /// Who.
    pub user_id: UserId,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

read_object!(DmMember {
    id: required "id",
    channel_id: required "channel_id",
    last_viewed_at: optional "last_viewed_at",
    notification_preference: optional "notification_preference",
    status: required "status",
    user_id: required "user_id",
} extra);

/// The body of `POST /dm_members`.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct DmMemberCreate {
    /// The conversation.
    pub channel_id: ChannelId,
    /// Who is added.
    pub user_id: UserId,
}

read_object!(DmMemberCreate {
    channel_id: required "channel_id",
    user_id: required "user_id",
});

/// The body of `PATCH /dm_members/{id}`: what is missing stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct DmMemberUpdate {
    /// Which messages to be notified of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notification_preference: Option<NotificationPreference>,
    /// How to stand to the conversation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<MemberStatus>,
}

read_object!(DmMemberUpdate {
    notification_preference: optional "notification_preference",
    status: optional "status",
});
