use super::{FeedEntity, MarkAsRead, SocketChannel, TypingIndicator};
use crate::open_enum::open_enum;
use crate::read::read_object;
use crate::{Extra, Millis, UserId};
use serde::Serialize;

/// What the server says: one of the fields is there, and perhaps some of the three times.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ServerFrame {
    /// Something in a feed changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub feed_entity: Option<FeedEntity>,
    /// What an app's server or another visitor says. Never a message of the chat.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_message: Option<AppMessage>,
    /// Somebody types or has read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub broadcast_response: Option<BroadcastResponse>,
    /// A subscription began or ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel_subscription_state: Option<ChannelSubscriptionState>,
    /// The answer to a heartbeat.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub heartbeat_response: Option<HeartbeatResponse>,
    /// Connect anew: this server is about to stop.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reconnect: Option<Reconnect>,
    /// A newer client is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reload_client: Option<ReloadClient>,
    /// A user was seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_presence: Option<UserPresence>,
    /// How many support chats are open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub support_ticket_badge_update: Option<SupportTicketBadgeUpdate>,
    /// What the listener called the post that this tells of when they made it. Of the proxy's; Whop says nothing of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub idempotency_key: Option<String>,
    /// When the change was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Millis>,
    /// When the websocket service heard of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub processed_at: Option<Millis>,
    /// When it was sent to this connection.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivered_at: Option<Millis>,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

read_object!(ServerFrame {
    feed_entity: optional "feedEntity",
    app_message: optional "appMessage",
    broadcast_response: optional "broadcastResponse",
    channel_subscription_state: optional "channelSubscriptionState",
    heartbeat_response: optional "heartbeatResponse",
    reconnect: optional "reconnect",
    reload_client: optional "reloadClient",
    user_presence: optional "userPresence",
    support_ticket_badge_update: optional "supportTicketBadgeUpdate",
    idempotency_key: optional "idempotencyKey",
    created_at: optional "createdAt",
    processed_at: optional "processedAt",
    delivered_at: optional "deliveredAt",
} extra);

/// What an app's server or another visitor says.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AppMessage {
    /// The visitor whose browser sent it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_user_id: Option<UserId>,
    /// Sent with the app's own API key. Otherwise it is another visitor's claim.
    pub is_trusted: bool,
    /// A JSON document as a string.
    pub json: String,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

read_object!(AppMessage {
    from_user_id: optional "fromUserId",
    is_trusted: or_default "isTrusted",
    json: or_default "json",
} extra);

/// Somebody types or has read.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BroadcastResponse {
    /// The feed's channel.
    pub channel: SocketChannel,
    /// Who.
    pub from_user_id: UserId,
    /// They type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub typing_indicator: Option<TypingIndicator>,
    /// They have read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mark_as_read: Option<MarkAsRead>,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

read_object!(BroadcastResponse {
    channel: required "channel",
    from_user_id: or_default "fromUserId",
    typing_indicator: optional "typingIndicator",
    mark_as_read: optional "markAsRead",
} extra);

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
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ChannelSubscriptionState {
    /// To which channel.
    pub channel: SocketChannel,
    /// Whether frames come now.
    pub is_subscribed: bool,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disconnection_reason: Option<DisconnectionReason>,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

read_object!(ChannelSubscriptionState {
    channel: required "channel",
    is_subscribed: or_default "isSubscribed",
    disconnection_reason: optional "disconnectionReason",
} extra);

/// The answer to a heartbeat.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HeartbeatResponse {
    /// The server's clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server_time: Option<Millis>,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

read_object!(HeartbeatResponse {
    server_time: optional "serverTime",
} extra);

/// Connect anew.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Reconnect {
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

read_object!(Reconnect {

} extra);

/// A newer client is there.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ReloadClient {
    /// Its version.
    pub version_id: String,
    /// Reload without asking.
    pub force: bool,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

read_object!(ReloadClient {
    version_id: or_default "versionId",
    force: or_default "force",
} extra);

/// A user was seen.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UserPresence {
    /// Who.
    pub user_id: UserId,
    /// When they were last there; nothing while they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_seen_at: Option<Millis>,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

read_object!(UserPresence {
    user_id: required "userId",
    last_seen_at: optional "lastSeenAt",
} extra);

/// How many support chats of a company are open.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SupportTicketBadgeUpdate {
    /// How many.
    pub open_count: u64,
    /// The company.
    pub bot_id: String,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

read_object!(SupportTicketBadgeUpdate {
    open_count: or_default "openCount",
    bot_id: or_default "botId",
} extra);
