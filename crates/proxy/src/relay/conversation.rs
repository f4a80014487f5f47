use super::Ticket;
use crate::clock;
use crate::identity::is_guest;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use wire::socket::{
    BroadcastRequest, BroadcastResponse, ChannelKind, ChannelSubscriptionState, ClientFrame,
    DisconnectionReason, HeartbeatResponse, MarkAsRead, ServerFrame, SocketChannel,
    TypingIndicator,
};
use wire::{Extra, Millis};

/// So often may one socket say that its user types, or has read.
const BROADCAST_EVERY: Duration = Duration::from_secs(1);
/// A typing indicator lives no longer, in milliseconds (T10).
const LONGEST_TYPING: i64 = 10_000;
/// Frames that a client may send at once, and then per second. The widget sends one in many seconds.
const BURST: f64 = 40.0;
const PER_SECOND: f64 = 5.0;

/// What the proxy does about a client's frame.
#[derive(Debug, Default, PartialEq)]
pub struct Reply {
    /// Goes back to the client.
    pub answers: Vec<ServerFrame>,
    /// Goes to the others in the feed.
    pub to_others: Option<ServerFrame>,
}

/// A client sends more frames than any honest one.
#[derive(Debug, PartialEq, Eq)]
pub struct TooManyFrames;

/// One socket's side of the talk: what its client may say, and what the others hear of it.
pub struct Conversation {
    ticket: Ticket,
    /// Whether the client wants the feed's frames. It does until it says otherwise.
    pub is_subscribed: bool,
    /// The visitor may post: the others may hear that they type. It may change while they listen.
    may_post: Arc<AtomicBool>,
    typed_at: Option<Instant>,
    read_at: Option<Instant>,
    allowance: f64,
    heard_at: Instant,
}

impl Conversation {
    /// The talk with the holder of that ticket.
    pub fn new(ticket: Ticket, may_post: Arc<AtomicBool>, now: Instant) -> Self {
        Self {
            ticket,
            may_post,
            is_subscribed: true,
            typed_at: None,
            read_at: None,
            allowance: BURST,
            heard_at: now,
        }
    }

    /// Hears a frame. What can't be understood is ignored, as Whop ignores it. Whatever it claims, the sender is the
    /// ticket's user and the feed is the ticket's channel; messages to apps (`broadcastAppMessage`) go nowhere.
    pub fn hear(&mut self, text: &str, now: Instant) -> Result<Reply, TooManyFrames> {
        self.count(now)?;
        let frame: ClientFrame = serde_json::from_str(text).unwrap_or_default();
        let mut reply = Reply::default();
        if frame.heartbeat.is_some() {
            reply.answers.push(heartbeat());
        }
        let batch = frame
            .subscribe_to_channel_batch
            .map(|batch| batch.channels)
            .unwrap_or_default();
        // More would be an amplifier.
        for wanted in frame.subscribe_to_channel.into_iter().chain(batch).take(8) {
            reply.answers.push(self.subscribe(wanted.channel));
        }
        if let Some(unwanted) = frame.unsubscribe_from_channel
            && self.is_mine(&unwanted.channel)
        {
            self.is_subscribed = false;
            let reason = DisconnectionReason::RequestedDisconnect;
            reply
                .answers
                .push(subscription(unwanted.channel, false, Some(reason)));
        }
        if let Some(request) = frame.broadcast_request
            && self.is_mine(&request.channel)
        {
            reply.to_others = self.broadcast(request, now);
        }
        Ok(reply)
    }

    /// Counts a frame of any kind: pings have to be answered too.
    pub fn count(&mut self, now: Instant) -> Result<(), TooManyFrames> {
        let elapsed = now.duration_since(self.heard_at).as_secs_f64();
        self.heard_at = now;
        self.allowance = (self.allowance + elapsed * PER_SECOND).min(BURST) - 1.0;
        if self.allowance < 0.0 {
            return Err(TooManyFrames);
        }
        Ok(())
    }

    /// That typing is over is told at once if the others heard of it, and so is what is typed next: how much one person
    /// may say is for the hub to limit.
    fn may_tell(&mut self, indicator: &TypingIndicator, now: Instant) -> bool {
        let until = indicator.expire_after.as_ref();
        if until.is_some_and(|until| until.get() <= clock::unix_millis()) {
            return self.typed_at.take().is_some();
        }
        is_due(&mut self.typed_at, now)
    }

    fn is_mine(&self, channel: &SocketChannel) -> bool {
        match channel.kind {
            ChannelKind::Dms => channel.id == self.ticket.channel.as_str(),
            ChannelKind::Experience => channel.id == self.ticket.experience.as_str(),
            _ => false,
        }
    }

    fn subscribe(&mut self, channel: SocketChannel) -> ServerFrame {
        if self.is_mine(&channel) {
            self.is_subscribed = true;
            subscription(channel, true, None)
        } else {
            subscription(channel, false, Some(DisconnectionReason::NoAccess))
        }
    }

    /// What the others hear: made anew of the few fields that are understood.
    fn broadcast(&mut self, request: BroadcastRequest, now: Instant) -> Option<ServerFrame> {
        let typing_indicator = request
            .typing_indicator
            .filter(|indicator| {
                self.may_post.load(Ordering::Relaxed) && self.may_tell(indicator, now)
            })
            .map(typing);
        let mark_as_read = request
            .mark_as_read
            .filter(|_| !is_guest(&self.ticket.user) && is_due(&mut self.read_at, now))
            .map(|mark| MarkAsRead {
                experience_id: Some(self.ticket.experience.clone()),
                // Anew as a number: the client may have written it with thousands of digits.
                timestamp: mark.timestamp.map(|moment| Millis::new(moment.get())),
                ..MarkAsRead::default()
            });
        if typing_indicator.is_none() && mark_as_read.is_none() {
            return None;
        }
        Some(ServerFrame {
            broadcast_response: Some(BroadcastResponse {
                channel: SocketChannel {
                    kind: ChannelKind::Dms,
                    id: self.ticket.channel.clone().into(),
                },
                from_user_id: self.ticket.user.clone(),
                typing_indicator,
                mark_as_read,
                extra: Extra::default(),
            }),
            ..ServerFrame::default()
        })
    }
}

fn is_due(last: &mut Option<Instant>, now: Instant) -> bool {
    let due = last.is_none_or(|last| now.duration_since(last) >= BROADCAST_EVERY);
    if due {
        *last = Some(now);
    }
    due
}

fn typing(indicator: TypingIndicator) -> TypingIndicator {
    let now = clock::unix_millis();
    let wanted = indicator
        .expire_after
        .map_or(now + LONGEST_TYPING, |moment| moment.get());
    TypingIndicator {
        expire_after: Some(Millis::new(wanted.min(now + LONGEST_TYPING))),
        ..TypingIndicator::default()
    }
}

/// Tells the holder of a ticket that they get nothing more of its channel.
pub fn no_access(ticket: &Ticket) -> ServerFrame {
    let channel = SocketChannel {
        kind: ChannelKind::Dms,
        id: ticket.channel.clone().into(),
    };
    subscription(channel, false, Some(DisconnectionReason::NoAccess))
}

fn heartbeat() -> ServerFrame {
    ServerFrame {
        heartbeat_response: Some(HeartbeatResponse {
            server_time: Some(Millis::new(clock::unix_millis())),
            ..HeartbeatResponse::default()
        }),
        ..ServerFrame::default()
    }
}

fn subscription(
    channel: SocketChannel,
    is_subscribed: bool,
    disconnection_reason: Option<DisconnectionReason>,
) -> ServerFrame {
    ServerFrame {
        channel_subscription_state: Some(ChannelSubscriptionState {
            channel,
            is_subscribed,
            disconnection_reason,
            extra: Extra::default(),
        }),
        ..ServerFrame::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn conversation(now: Instant) -> Conversation {
        let ticket = Ticket {
            user: "user_ada".into(),
            channel: "chat_feed_a".into(),
            experience: "exp_a".into(),
            can_post: true,
            own: false,
            expires_at: i64::MAX,
        };
        let may_post = Arc::new(AtomicBool::new(ticket.can_post));
        Conversation::new(ticket, may_post, now)
    }

    fn hear(frame: &Value) -> Reply {
        let now = Instant::now();
        conversation(now).hear(&frame.to_string(), now).unwrap()
    }

    #[test]
    fn heartbeats_are_answered() {
        let reply = hear(&json!({"heartbeat": {"channels": [], "platform": "WEB"}}));
        assert!(reply.answers[0].heartbeat_response.is_some());
    }

    #[test]
    fn only_the_tickets_channel_can_be_subscribed_to() {
        for (channel, expected) in [
            (json!({"type": "DMS", "id": "chat_feed_a"}), true),
            (json!({"type": "EXPERIENCE", "id": "exp_a"}), true),
            (json!({"type": "DMS", "id": "chat_feed_b"}), false),
            (json!({"type": "EXPERIENCE", "id": "chat_feed_a"}), false),
            (json!({"type": "USER", "id": "user_ada"}), false),
            (json!({"type": "EVERYONE"}), false),
        ] {
            let reply = hear(&json!({"subscribeToChannel": {"channel": channel}}));
            let state = reply.answers[0]
                .channel_subscription_state
                .as_ref()
                .unwrap();
            assert_eq!(state.is_subscribed, expected, "{channel}");
            assert_eq!(state.disconnection_reason.is_none(), expected);
        }
    }

    #[test]
    fn others_hear_who_really_types() {
        let reply = hear(&json!({"broadcastRequest": {
            "channel": {"type": "DMS", "id": "chat_feed_a"}, "fromUserId": "user_olivia",
            "typingIndicator": {"expireAfter": i64::MAX, "evil": true}
        }}));
        let heard = serde_json::to_value(reply.to_others.unwrap()).unwrap();
        let broadcast = &heard["broadcastResponse"];
        assert_eq!(broadcast["fromUserId"], "user_ada");
        assert_eq!(broadcast["channel"]["id"], "chat_feed_a");
        assert!(broadcast["typingIndicator"].get("evil").is_none());
        let expires = broadcast["typingIndicator"]["expireAfter"]
            .as_i64()
            .unwrap();
        assert!(expires <= clock::unix_millis() + LONGEST_TYPING);
    }

    #[test]
    fn who_may_not_post_types_for_nobody() {
        let now = Instant::now();
        let mut conversation = conversation(now);
        conversation.may_post.store(false, Ordering::Relaxed);
        let typing = r#"{"broadcastRequest": {"channel": {"type": "DMS", "id": "chat_feed_a"}, "typingIndicator": {}}}"#;
        assert_eq!(conversation.hear(typing, now).unwrap(), Reply::default());
    }

    #[test]
    fn nothing_is_said_elsewhere_or_in_the_apps_name() {
        for frame in [
            json!({"broadcastRequest": {"channel": {"type": "DMS", "id": "chat_feed_b"}, "typingIndicator": {}}}),
            json!({"broadcastAppMessage": {"channel": {"type": "APP", "id": "[app_id]"}, "json": "{}"}}),
            json!({"appMessage": {"isTrusted": true, "json": "{}"}}),
            json!({"feedEntity": {"dmsPost": {"feedId": "chat_feed_a"}}}),
            json!({"broadcastResponse": {"channel": {"type": "DMS", "id": "chat_feed_a"}}}),
            json!([1, 2]),
            json!("text"),
        ] {
            assert_eq!(hear(&frame), Reply::default(), "{frame}");
        }
    }

    #[test]
    fn typing_is_told_once_a_second() {
        let start = Instant::now();
        let mut conversation = conversation(start);
        let frame = json!({"broadcastRequest": {
            "channel": {"type": "DMS", "id": "chat_feed_a"}, "typingIndicator": {}
        }})
        .to_string();
        let mut told = |millis| {
            let now = start + Duration::from_millis(millis);
            conversation.hear(&frame, now).unwrap().to_others.is_some()
        };
        assert_eq!(
            [told(0), told(999), told(1_000), told(1_500), told(2_100)],
            [true, false, true, false, true]
        );
    }

    #[test]
    fn that_typing_is_over_is_told_if_it_was_heard_of() {
        let start = Instant::now();
        let mut conversation = conversation(start);
        let mut told = |until: i64| {
            let frame = json!({"broadcastRequest": {
                "channel": {"type": "DMS", "id": "chat_feed_a"}, "typingIndicator": {"expireAfter": until}
            }});
            let reply = conversation.hear(&frame.to_string(), start).unwrap();
            reply.to_others.is_some()
        };
        assert_eq!(
            [told(0), told(i64::MAX), told(0), told(0), told(i64::MAX)],
            [false, true, true, false, true]
        );
    }

    #[test]
    fn a_flood_ends_the_talk() {
        let start = Instant::now();
        let mut conversation = conversation(start);
        let survived = (0..1_000)
            .take_while(|_| conversation.hear("{}", start).is_ok())
            .count();
        assert_eq!(survived, 40);
        let later = start + Duration::from_secs(2);
        assert!(conversation.hear("{}", later).is_ok());
    }
}
