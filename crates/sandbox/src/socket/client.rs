use super::conversations;
use super::frames::text_millis;
use super::hub::Audience;
use super::subscription::{self, fill_in};
use crate::clock::now_millis;
use crate::database::{Feed, StoredUser};
use crate::state::Sandbox;
use wire::Extra;
use wire::socket::{
    AppMessage, BroadcastAppMessage, BroadcastRequest, BroadcastResponse, ChannelKind,
    ChannelSubscriptionState, ClientFrame, DisconnectionReason, HeartbeatResponse, ServerFrame,
    SocketChannel,
};

/// Channels of one batch that are looked at.
const LARGEST_BATCH: usize = 200;

/// Does what a client's frame asks for. What is not understood is ignored.
pub async fn receive(sandbox: &Sandbox, id: u64, user: Option<&StoredUser>, text: &str) {
    let frame: ClientFrame = match serde_json::from_str(text) {
        Ok(frame) => frame,
        Err(error) => {
            // Not the text itself: it is somebody's.
            tracing::info!(connection = id, bytes = text.len(), %error, "ignored a malformed frame");
            return;
        }
    };
    if frame.heartbeat.is_some() {
        let response = HeartbeatResponse {
            server_time: text_millis(now_millis()),
            extra: Extra::default(),
        };
        let frame = ServerFrame {
            heartbeat_response: Some(response),
            ..ServerFrame::default()
        };
        sandbox.hub().answer(id, frame);
    }
    if let Some(subscribe) = frame.subscribe_to_channel {
        subscribe_to(sandbox, id, user, subscribe.channel).await;
    }
    if let Some(batch) = frame.subscribe_to_channel_batch {
        for subscribe in batch.channels.into_iter().take(LARGEST_BATCH) {
            subscribe_to(sandbox, id, user, subscribe.channel).await;
        }
    }
    if let Some(unsubscribe) = frame.unsubscribe_from_channel {
        let channel = unsubscribe.channel;
        sandbox.hub().unsubscribe(id, &fill_in(channel.clone()));
        let reason = DisconnectionReason::RequestedDisconnect;
        sandbox
            .hub()
            .answer(id, subscription_state(channel, Some(reason)));
    }
    if let Some(request) = frame.broadcast_request {
        broadcast(sandbox, id, user, request).await;
    }
    if let Some(message) = frame.broadcast_app_message {
        broadcast_app_message(sandbox, id, user, message).await;
    }
}

/// Subscribes a connection, or tells it that it may not.
pub async fn subscribe_to(
    sandbox: &Sandbox,
    id: u64,
    user: Option<&StoredUser>,
    channel: SocketChannel,
) {
    let allowed = match subscription::allowed(sandbox, user, channel.clone()).await {
        Some(own) => sandbox.hub().subscribe(id, own),
        None => false,
    };
    let reason = (!allowed).then_some(DisconnectionReason::NoAccess);
    sandbox
        .hub()
        .answer(id, subscription_state(channel, reason));
}

pub(super) fn subscription_state(
    channel: SocketChannel,
    reason: Option<DisconnectionReason>,
) -> ServerFrame {
    ServerFrame {
        channel_subscription_state: Some(ChannelSubscriptionState {
            channel,
            is_subscribed: reason.is_none(),
            disconnection_reason: reason,
            extra: Extra::default(),
        }),
        ..ServerFrame::default()
    }
}

async fn broadcast(
    sandbox: &Sandbox,
    id: u64,
    user: Option<&StoredUser>,
    request: BroadcastRequest,
) {
    let Some(user) = user else { return };
    if request.typing_indicator.is_none() && request.mark_as_read.is_none() {
        return;
    }
    let Some(channel) = subscription::allowed(sandbox, Some(user), request.channel).await else {
        tracing::info!(
            connection = id,
            "ignored a broadcast to a channel without access"
        );
        return;
    };
    let mut extra = Extra::default();
    extra.insert("serverForwardedAt", now_millis().to_string().into());
    let read_until = request
        .mark_as_read
        .as_ref()
        .map(|read| read.timestamp.as_ref().map(wire::Millis::get));
    let frame = ServerFrame {
        broadcast_response: Some(BroadcastResponse {
            channel: channel.clone(),
            from_user_id: user.id.clone(),
            typing_indicator: request.typing_indicator,
            mark_as_read: request.mark_as_read,
            extra,
        }),
        ..ServerFrame::default()
    };
    let feed = match channel.kind {
        ChannelKind::Dms | ChannelKind::Experience => {
            subscription::feed(sandbox, &channel.id).await
        }
        _ => None,
    };
    let audience = feed
        .as_ref()
        .map_or(Audience::Channel(&channel), Audience::Feed);
    sandbox.hub().send(&audience, Some(id), frame);
    if let (Some(Feed::Conversation(conversation)), Some(until)) = (feed, read_until) {
        conversations::mark_read(sandbox, conversation.id, user.id.clone(), until).await;
    }
}

async fn broadcast_app_message(
    sandbox: &Sandbox,
    id: u64,
    user: Option<&StoredUser>,
    message: BroadcastAppMessage,
) {
    let Some(user) = user else { return };
    if message.channel.kind != ChannelKind::App {
        return;
    }
    let Some(channel) = subscription::allowed(sandbox, Some(user), message.channel).await else {
        tracing::info!(
            connection = id,
            "ignored an app message to a channel without access"
        );
        return;
    };
    let frame = ServerFrame {
        app_message: Some(AppMessage {
            from_user_id: Some(user.id.clone()),
            is_trusted: false,
            json: message.json,
            extra: Extra::default(),
        }),
        ..ServerFrame::default()
    };
    sandbox
        .hub()
        .send(&Audience::App(&channel.id), Some(id), frame);
}
