use super::{FeedEntity, MarkAsRead, SocketChannel, TypingIndicator};
use crate::open_enum::open_enum;
use crate::protobuf::{integer, or_default};
use crate::{Extra, Millis, UserId};
use serde::{Deserialize, Serialize};

/// What the server says: one of the fields is there, and perhaps some of the three times.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServerFrame {
    /// Something in a feed changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub feed_entity: Option<FeedEntity>,
    /// What an app's server or another visitor says. Never a message of the chat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app_message: Option<AppMessage>,
    /// Somebody types or has read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub broadcast_response: Option<BroadcastResponse>,
    /// A subscription began or ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel_subscription_state: Option<ChannelSubscriptionState>,
    /// The answer to a heartbeat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heartbeat_response: Option<HeartbeatResponse>,
    /// Connect anew: this server is about to stop.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reconnect: Option<Reconnect>,
    /// A newer client is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reload_client: Option<ReloadClient>,
    /// A user was seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_presence: Option<UserPresence>,
    /// How many support chats are open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub support_ticket_badge_update: Option<SupportTicketBadgeUpdate>,
    /// When the change was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Millis>,
    /// When the websocket service heard of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub processed_at: Option<Millis>,
    /// When it was sent to this connection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivered_at: Option<Millis>,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

/// What an app's server or another visitor says.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AppMessage {
    /// The visitor whose browser sent it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_user_id: Option<UserId>,
    /// Sent with the app's own API key. Otherwise it is another visitor's claim.
    #[serde(default, deserialize_with = "or_default")]
    pub is_trusted: bool,
    /// A JSON document as a string.
    #[serde(default, deserialize_with = "or_default")]
    pub json: String,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

/// Somebody types or has read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BroadcastResponse {
    /// The feed's channel.
    pub channel: SocketChannel,
    /// Who.
    #[serde(default, deserialize_with = "or_default")]
    pub from_user_id: UserId,
    /// They type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub typing_indicator: Option<TypingIndicator>,
    /// They have read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark_as_read: Option<MarkAsRead>,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

open_enum! {
    /// Why a subscription ended.
    DisconnectionReason {
        /// The user may not see the channel.
        NoAccess = "NO_ACCESS",
        /// The client asked for it.
        RequestedDisconnect = "REQUESTED_DISCONNECT",
    }
}

/// A subscription began or ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChannelSubscriptionState {
    /// To which channel.
    pub channel: SocketChannel,
    /// Whether frames come now.
    #[serde(default, deserialize_with = "or_default")]
    pub is_subscribed: bool,
    /// Why not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disconnection_reason: Option<DisconnectionReason>,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

/// The answer to a heartbeat.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HeartbeatResponse {
    /// The server's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_time: Option<Millis>,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

/// Connect anew.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Reconnect {
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

/// A newer client is there.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReloadClient {
    /// Its version.
    #[serde(default, deserialize_with = "or_default")]
    pub version_id: String,
    /// Reload without asking.
    #[serde(default, deserialize_with = "or_default")]
    pub force: bool,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

/// A user was seen.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UserPresence {
    /// Who.
    pub user_id: UserId,
    /// When they were last there; nothing while they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_seen_at: Option<Millis>,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

/// How many support chats of a company are open.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SupportTicketBadgeUpdate {
    /// How many.
    #[serde(default, deserialize_with = "integer")]
    pub open_count: u64,
    /// The company.
    #[serde(default, deserialize_with = "or_default")]
    pub bot_id: String,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}
