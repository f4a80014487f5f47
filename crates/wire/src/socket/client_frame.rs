use super::SocketChannel;
use crate::open_enum::open_enum;
use crate::protobuf::or_default;
use crate::{ExperienceId, Extra, Millis};
use serde::{Deserialize, Serialize};

/// What a client says: exactly one of its fields is there.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClientFrame {
    /// Still there; answered with a `heartbeatResponse`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heartbeat: Option<Heartbeat>,
    /// Send me this channel's frames.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subscribe_to_channel: Option<SubscribeToChannel>,
    /// Send me these channels' frames.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subscribe_to_channel_batch: Option<SubscribeToChannelBatch>,
    /// No more of this channel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unsubscribe_from_channel: Option<UnsubscribeFromChannel>,
    /// Tell the others that I type or have read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub broadcast_request: Option<BroadcastRequest>,
    /// Tell the others what the app's page says. They receive it as untrusted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub broadcast_app_message: Option<BroadcastAppMessage>,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

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
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConnectedId {
    /// A user's, or nobody's.
    #[serde(rename = "type")]
    pub kind: ConnectedKind,
    /// The user's id.
    #[serde(default, deserialize_with = "or_default")]
    pub id: String,
    /// Tells one user's devices apart.
    #[serde(default, deserialize_with = "or_default")]
    pub device_id: String,
}

/// Still there.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Heartbeat {
    /// Whose connection it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub userish: Option<ConnectedId>,
    /// What it is subscribed to.
    #[serde(default, deserialize_with = "or_default")]
    pub channels: Vec<SocketChannel>,
    /// `WEB`, `IOS` or `ANDROID`.
    #[serde(default, deserialize_with = "or_default")]
    pub platform: String,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

/// Send me this channel's frames.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SubscribeToChannel {
    /// Which channel.
    pub channel: SocketChannel,
    /// Whose connection it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub userish: Option<ConnectedId>,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

/// Send me these channels' frames.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SubscribeToChannelBatch {
    /// Which channels.
    pub channels: Vec<SubscribeToChannel>,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

/// No more of this channel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UnsubscribeFromChannel {
    /// Which channel.
    pub channel: SocketChannel,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

/// Tell the others that I type or have read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BroadcastRequest {
    /// The feed's channel.
    pub channel: SocketChannel,
    /// I type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub typing_indicator: Option<TypingIndicator>,
    /// I have read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark_as_read: Option<MarkAsRead>,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

/// Somebody types.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TypingIndicator {
    /// From then on they don't, unless they say so again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expire_after: Option<Millis>,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

/// Somebody has read all up to a moment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MarkAsRead {
    /// In which experience.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub experience_id: Option<ExperienceId>,
    /// Everywhere.
    #[serde(default, deserialize_with = "or_default")]
    pub is_global: bool,
    /// Up to when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<Millis>,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

/// Tell the others what the app's page says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
