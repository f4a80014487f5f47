use super::conversation::{Conversation, Reply, no_access};
use super::guard::{Lost, guard, left};
use super::hub::RECONNECT;
use super::subscription::Subscription;
use super::ticket::Ticket;
use crate::Proxy;
use crate::configuration::Secret;
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket};
use futures_util::SinkExt;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};
use wire::socket::ServerFrame;

/// No honest client's frame is longer.
pub const LONGEST_FRAME: usize = 64 << 10;
/// Frames that are written at once before the loop looks elsewhere.
const BATCH: usize = 64;
/// A socket that takes nothing for that long is dead.
const WRITE_PATIENCE: Duration = Duration::from_secs(20);
/// So often the proxy asks whether the client is there. Browsers answer by themselves.
const PING_EVERY: Duration = Duration::from_secs(30);
/// A client that says nothing for that long is gone (T3).
const SILENCE: Duration = Duration::from_secs(75);

/// Why a socket ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// The client left, or is gone.
    Gone,
    /// The ticket has expired: the client has to renew its session (T6).
    Expired,
    /// The visitor may not see the channel any more.
    NoAccess,
    /// The client reads too slowly.
    Slow,
    /// The proxy stops, or has no live updates to give.
    Released,
    /// A frame was too long.
    TooLong,
    /// A binary frame.
    Binary,
    /// Too many frames.
    Flood,
}

impl End {
    /// Its word, for who counts.
    fn name(self) -> &'static str {
        match self {
            Self::Gone => "gone",
            Self::Expired => "expired",
            Self::NoAccess => "no_access",
            Self::Slow => "slow",
            Self::Released => "released",
            Self::TooLong => "too_long",
            Self::Binary => "binary",
            Self::Flood => "flood",
        }
    }

    /// The close frame that tells the client why.
    fn close(self) -> Option<(u16, &'static str)> {
        match self {
            Self::Gone => None,
            Self::Expired => Some((4001, "the ticket has expired")),
            Self::NoAccess => Some((4003, "no access")),
            Self::Slow => Some((4008, "slow")),
            Self::Released => Some((1012, "reconnect")),
            Self::TooLong => Some((1009, "the frame is too long")),
            Self::Binary => Some((1003, "text frames only")),
            Self::Flood => Some((1008, "too many frames")),
        }
    }

    /// The last frame before: the client fetches what it missed, or learns that it gets no more.
    fn last_frame(self, ticket: &Ticket) -> Option<Utf8Bytes> {
        match self {
            Self::Slow | Self::Released => Some(Utf8Bytes::from_static(RECONNECT)),
            Self::NoAccess => encode(&no_access(ticket)),
            _ => None,
        }
    }
}

/// Serves one socket until it ends.
pub async fn serve(
    proxy: Arc<Proxy>,
    mut socket: WebSocket,
    subscription: Subscription,
    ticket: Ticket,
    token: Option<Secret>,
) {
    // Of all others what matters is kept with what Whop said of them.
    let token = token.filter(|_| ticket.own);
    let end = talk(&proxy, &mut socket, subscription, &ticket, token.as_ref()).await;
    tracing::debug!(?end, "a socket ends");
    proxy.metrics.socket_ended(end.name());
    if let Some((code, reason)) = end.close() {
        let goodbye = async {
            if let Some(frame) = end.last_frame(&ticket) {
                socket.send(Message::Text(frame)).await?;
            }
            socket
                .send(Message::Close(Some(CloseFrame {
                    code,
                    reason: reason.into(),
                })))
                .await?;
            // The client's own close frame ends the connection cleanly.
            while let Some(Ok(_)) = socket.recv().await {}
            Ok::<_, axum::Error>(())
        };
        let _ = timeout(Duration::from_secs(2), goodbye).await;
    }
}

async fn talk(
    proxy: &Proxy,
    socket: &mut WebSocket,
    mut subscription: Subscription,
    ticket: &Ticket,
    token: Option<&Secret>,
) -> End {
    let expiry = sleep(left(ticket));
    tokio::pin!(expiry);
    let may_post = Arc::new(AtomicBool::new(ticket.can_post));
    let doubt = subscription.doubt.clone();
    let guard = guard(proxy, ticket, token, &doubt, &may_post);
    tokio::pin!(guard);
    let mut conversation = Conversation::new(ticket.clone(), may_post.clone(), Instant::now());
    let mut ping = interval(PING_EVERY);
    ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ping.reset();
    let mut heard_at = Instant::now();
    loop {
        let outcome = tokio::select! {
            () = subscription.overflow.notified() => Err(End::Slow),
            () = &mut expiry => Err(End::Expired),
            lost = &mut guard => Err(match lost {
                Lost::Access => End::NoAccess,
                // They come again, and are let in as far as Whop can say then.
                Lost::Word => End::Released,
            }),
            frame = subscription.frames.recv() => match frame {
                Some(_) if !conversation.is_subscribed => Ok(()),
                Some(frame) => deliver(socket, frame, &mut subscription).await,
                None => Err(End::Released),
            },
            message = socket.recv() => {
                heard_at = Instant::now();
                hear(socket, message, &mut conversation, &subscription).await
            }
            _ = ping.tick() => {
                if heard_at.elapsed() > SILENCE {
                    Err(End::Gone)
                } else {
                    send(socket, Message::Ping(bytes::Bytes::new())).await
                }
            }
        };
        if let Err(end) = outcome {
            return end;
        }
    }
}

/// Writes a frame, and those that wait behind it, unless the client is too slow.
async fn deliver(
    socket: &mut WebSocket,
    first: Utf8Bytes,
    subscription: &mut Subscription,
) -> Result<(), End> {
    let Subscription {
        frames, overflow, ..
    } = subscription;
    let write = async {
        socket.feed(Message::Text(first)).await?;
        let mut count = 1;
        for _ in 1..BATCH {
            let Ok(frame) = frames.try_recv() else { break };
            socket.feed(Message::Text(frame)).await?;
            count += 1;
        }
        socket.flush().await?;
        Ok::<u64, axum::Error>(count)
    };
    let written = tokio::select! {
        biased;
        () = overflow.notified() => return Err(End::Slow),
        written = timeout(WRITE_PATIENCE, write) => written,
    };
    match written {
        Ok(Ok(count)) => {
            subscription.delivered(count);
            Ok(())
        }
        _ => Err(End::Gone),
    }
}

async fn hear(
    socket: &mut WebSocket,
    message: Option<Result<Message, axum::Error>>,
    conversation: &mut Conversation,
    subscription: &Subscription,
) -> Result<(), End> {
    let text = match message {
        Some(Ok(Message::Text(text))) if text.len() > LONGEST_FRAME => return Err(End::TooLong),
        Some(Ok(Message::Text(text))) => text,
        Some(Ok(Message::Binary(_))) => return Err(End::Binary),
        Some(Ok(Message::Ping(_) | Message::Pong(_))) => {
            return conversation.count(Instant::now()).map_err(|_| End::Flood);
        }
        // The library names its errors in words only.
        Some(Err(error)) if error.to_string().starts_with("Space limit exceeded") => {
            return Err(End::TooLong);
        }
        Some(Ok(Message::Close(_)) | Err(_)) | None => return Err(End::Gone),
    };
    let reply = conversation
        .hear(&text, Instant::now())
        .map_err(|_| End::Flood)?;
    let Reply { answers, to_others } = reply;
    if let Some(frame) = to_others.as_ref().and_then(encode) {
        subscription.tell_others(&frame);
    }
    for frame in answers.iter().filter_map(encode) {
        send(socket, Message::Text(frame)).await?;
    }
    Ok(())
}

fn encode(frame: &ServerFrame) -> Option<Utf8Bytes> {
    serde_json::to_string(frame).ok().map(Utf8Bytes::from)
}

async fn send(socket: &mut WebSocket, message: Message) -> Result<(), End> {
    match timeout(WRITE_PATIENCE, socket.send(message)).await {
        Ok(Ok(())) => Ok(()),
        _ => Err(End::Gone),
    }
}
