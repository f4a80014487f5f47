use super::SocketChannel;
use crate::open_enum::open_enum;
use crate::read::read_object;
use crate::{ExperienceId, Extra, Millis};
use serde::Serialize;

/// What a client says: exactly one of its fields is there.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ClientFrame {
    /// Still there; answered with a `heartbeatResponse`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub heartbeat: Option<Heartbeat>,
    /// Send me this channel's frames.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subscribe_to_channel: Option<SubscribeToChannel>,
    /// Send me these channels' frames.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subscribe_to_channel_batch: Option<SubscribeToChannelBatch>,
    /// No more of this channel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unsubscribe_from_channel: Option<UnsubscribeFromChannel>,
    /// Tell the others that I type or have read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub broadcast_request: Option<BroadcastRequest>,
    /// Tell the others what the app's page says. They receive it as untrusted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub broadcast_app_message: Option<BroadcastAppMessage>,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

read_object!(ClientFrame {
    heartbeat: optional "heartbeat",
    subscribe_to_channel: optional "subscribeToChannel",
    subscribe_to_channel_batch: optional "subscribeToChannelBatch",
    unsubscribe_from_channel: optional "unsubscribeFromChannel",
    broadcast_request: optional "broadcastRequest",
    broadcast_app_message: optional "broadcastAppMessage",
} extra);

open_enum! {
    /// Whether a connection belongs to a user.
    ConnectedKind {
        /// It does.
        User = "USER",
        /// It doesn't.
        Anonymous = "ANONYMOUS",
    }
}

/// Whose connection it is. An address: it has no unknown fields to keep.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ConnectedId {
    /// A user's, or nobody's.
    #[serde(rename = "type")]
    pub kind: ConnectedKind,
    /// The user's id.
    pub id: String,
    /// Tells one user's devices apart.
    pub device_id: String,
}

read_object!(ConnectedId {
    kind: required "type",
    id: or_default "id",
    device_id: or_default "deviceId",
});

/// Still there.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Heartbeat {
    /// Whose connection it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub userish: Option<ConnectedId>,
    /// What it is subscribed to.
    pub channels: Vec<SocketChannel>,
    /// `WEB`, `IOS` or `ANDROID`.
    pub platform: String,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

read_object!(Heartbeat {
    userish: optional "userish",
    channels: or_default "channels",
    platform: or_default "platform",
} extra);

/// Send me this channel's frames.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SubscribeToChannel {
    /// Which channel.
    pub channel: SocketChannel,
    /// Whose connection it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub userish: Option<ConnectedId>,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

read_object!(SubscribeToChannel {
    channel: required "channel",
    userish: optional "userish",
} extra);

/// Send me these channels' frames.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SubscribeToChannelBatch {
    /// Which channels.
    pub channels: Vec<SubscribeToChannel>,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

read_object!(SubscribeToChannelBatch {
    channels: required "channels",
} extra);

/// No more of this channel.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct UnsubscribeFromChannel {
    /// Which channel.
    pub channel: SocketChannel,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

read_object!(UnsubscribeFromChannel {
    channel: required "channel",
} extra);

/// Tell the others that I type or have read.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BroadcastRequest {
    /// The feed's channel.
    pub channel: SocketChannel,
    /// I type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub typing_indicator: Option<TypingIndicator>,
    /// I have read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mark_as_read: Option<MarkAsRead>,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

read_object!(BroadcastRequest {
    channel: required "channel",
    typing_indicator: optional "typingIndicator",
    mark_as_read: optional "markAsRead",
} extra);

/// Somebody types.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TypingIndicator {
    /// From then on they don't, unless they say so again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expire_after: Option<Millis>,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

read_object!(TypingIndicator {
    expire_after: optional "expireAfter",
} extra);

/// Somebody has read all up to a moment.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MarkAsRead {
    /// In which experience.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub experience_id: Option<ExperienceId>,
    /// Everywhere.
    pub is_global: bool,
    /// Up to when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<Millis>,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

read_object!(MarkAsRead {
    experience_id: optional "experienceId",
    is_global: or_default "isGlobal",
    timestamp: optional "timestamp",
} extra);

/// Tell the others what the app's page says.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BroadcastAppMessage {
    /// An `APP` channel: `[app_id]`, `[app_id]_exp_…` or `[app_id]_c_custom`; the server fills in the app's id.
    pub channel: SocketChannel,
    /// A JSON document as a string.
    pub json: String,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

read_object!(BroadcastAppMessage {
    channel: required "channel",
    json: required "json",
} extra);
