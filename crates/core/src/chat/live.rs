use super::rest::Late;
use super::{Chat, Step};
use crate::connection::Peer;
use crate::timeline::Merged;
use crate::{Announcement, ConnectionStatus, Effect, Timer};
use wire::MessageId;
use wire::socket::{
    ChannelSubscriptionState, DisconnectionReason, DmsPost, FeedEntity, ServerFrame,
};

/// The proxy closes a socket so when its ticket has expired.
const TICKET_EXPIRED: u16 = 4001;
/// That many failed handshakes in a row may mean that the ticket is refused: a browser doesn't say why.
const FAILURES_BEFORE_NEW_TICKET: u32 = 4;

impl Chat {
    /// Runs a step of the connection with what it needs of the session.
    pub(super) fn with_peer<T>(
        &mut self,
        run: impl FnOnce(&mut crate::connection::Connection, &Peer<'_>) -> T,
    ) -> Option<T> {
        let session = self.session.as_ref()?;
        let peer = Peer {
            address: &session.socket,
            channel: &session.channel.id,
            viewer: &session.viewer.id,
        };
        Some(run(&mut self.connection, &peer))
    }

    /// Opens a socket, with a new ticket if the present one is over.
    pub(super) fn connect(&mut self, step: &mut Step) {
        let Some(session) = &self.session else { return };
        let refusals = self.connection.refusals();
        if session.token.is_expired(step.now.unix_millis) || refusals == FAILURES_BEFORE_NEW_TICKET
        {
            self.connection
                .wait_for_ticket(&mut step.effects, &mut step.changes);
            return self.renew(step);
        }
        self.with_peer(|connection, peer| {
            connection.connect(peer, &mut step.effects, &mut step.changes);
        });
    }

    /// The ticket is new: connect now if that was what kept the connection waiting.
    pub(super) fn connect_if_waiting(&mut self, step: &mut Step) {
        if self.connection.waits_for_ticket() {
            self.with_peer(|connection, peer| {
                connection.connect(peer, &mut step.effects, &mut step.changes);
            });
        }
    }

    pub(super) fn socket_opened(&mut self, step: &mut Step) {
        let now = step.now;
        self.is_deaf = false;
        self.forget_frames();
        self.others.forget();
        step.changes.present = true;
        step.changes.typing = true;
        self.with_peer(|connection, peer| {
            connection.opened(peer, now, &mut step.effects, &mut step.changes);
        });
        self.gap.look_again();
        self.fill_gap(step);
    }

    pub(super) fn socket_closed(&mut self, code: u16, step: &mut Step) {
        if self.connection() == ConnectionStatus::Live {
            self.open_gap();
        }
        let now = step.now.unix_millis;
        let session = self.session.as_ref();
        let fresh = session.is_some_and(|session| session.token.is_fresh(now));
        if code == TICKET_EXPIRED && !fresh {
            self.connection
                .wait_for_ticket(&mut step.effects, &mut step.changes);
            self.renew(step);
        } else {
            self.connection
                .lost(step.now, &mut step.effects, &mut step.changes);
        }
    }

    pub(super) fn connection_timer(&mut self, timer: Timer, step: &mut Step) {
        let now = step.now;
        let was_live = self.connection() == ConnectionStatus::Live;
        self.with_peer(|connection, peer| match timer {
            Timer::Heartbeat => connection.heartbeat_due(peer, now, &mut step.effects),
            Timer::HeartbeatTimeout => {
                connection.heartbeat_timed_out(peer, now, &mut step.effects, &mut step.changes);
            }
            _ => connection.connect_timed_out(now, &mut step.effects, &mut step.changes),
        });
        if was_live && self.connection() != ConnectionStatus::Live {
            self.open_gap();
        }
    }

    /// The network is back, or the page woke up.
    pub(super) fn resumed(&mut self, step: &mut Step) {
        if self.session.is_none() {
            if self.reopens_later {
                self.open(step);
            }
            return;
        }
        let now = step.now;
        let wanted =
            self.with_peer(|connection, peer| connection.resumed(peer, now, &mut step.effects));
        if wanted == Some(true) {
            self.connect(step);
            self.send_next(step);
            self.later(Late::Search, step);
        }
    }

    /// What the socket says. A frame that can't be read, or that is about something else, changes nothing. An
    /// `appMessage` is another visitor's claim or an app's own affair: never a message of the chat.
    pub(super) fn frame(&mut self, text: &str, step: &mut Step) {
        let Ok(frame) = wire::from_json::<ServerFrame>(text) else {
            return;
        };
        let at = frame.created_at.as_ref().map(wire::Millis::get);
        if let Some(entity) = frame.feed_entity {
            let name = frame.idempotency_key.as_deref();
            self.feed_entity(entity, at, name, step);
        }
        if let Some(state) = frame.channel_subscription_state {
            self.subscription(&state, step);
        }
        if let Some(presence) = frame.user_presence {
            self.presence(presence, at, step);
        }
        if let Some(broadcast) = frame.broadcast_response
            && self
                .channel()
                .is_some_and(|channel| *channel.id == *broadcast.channel.id)
        {
            let user = broadcast.from_user_id;
            if let Some(mark) = &broadcast.mark_as_read {
                self.marked(&user, mark, at);
            }
            if let Some(indicator) = &broadcast.typing_indicator {
                self.typed(user, indicator, at, step);
            }
        }
        if frame.reconnect.is_some() {
            self.open_gap();
            self.connection
                .lost(step.now, &mut step.effects, &mut step.changes);
        }
    }

    fn feed_entity(
        &mut self,
        entity: FeedEntity,
        at: Option<i64>,
        name: Option<&str>,
        step: &mut Step,
    ) {
        let Some(session) = &self.session else { return };
        let channel = session.channel.id.clone();
        let at = at.unwrap_or_else(|| session.server_time(step.now.unix_millis));
        let viewer = session.viewer.id.clone();
        let mut merged = Merged::default();
        if let Some(post) = entity.dms_post
            && post.feed_id == channel
            && !post.entity_id.is_empty()
        {
            self.post(*post, name, step);
        }
        if let Some(update) = entity.post_reaction_count_update
            && update.feed_id == channel
        {
            self.timeline.merge_counts(update, at, &mut merged);
        }
        if let Some(reaction) = entity.reaction
            && reaction.feed_id == channel
        {
            self.timeline.merge_reaction(reaction, &viewer, &mut merged);
        }
        if let Some(feed) = entity.chat_feed
            && feed.entity_id == channel
        {
            self.settings(feed, at, step);
        }
        if let Some(mute) = entity.muted_user
            && mute.feed_id == channel
        {
            self.muted(&mute, at);
        }
        if let Some(member) = entity.dms_feed_member
            && member.feed_id == channel
        {
            self.member(&member);
        }
        Self::note(merged, step);
    }

    /// Whether frames come. Where they don't, what was read stays, and is read again from time to time.
    fn subscription(&mut self, state: &ChannelSubscriptionState, step: &mut Step) {
        let Some(session) = &self.session else { return };
        if *state.channel.id != *session.channel.id {
            return;
        }
        let refused = !state.is_subscribed
            && state.disconnection_reason == Some(DisconnectionReason::NoAccess);
        if self.is_deaf == refused {
            return;
        }
        if refused {
            self.open_gap();
        }
        self.is_deaf = refused;
        step.changes.connection = true;
        self.fill_gap(step);
    }

    fn post(&mut self, mut post: DmsPost, name: Option<&str>, step: &mut Step) {
        let id = post.entity_id.clone();
        if std::mem::take(&mut self.is_deaf) {
            step.changes.connection = true;
            self.fill_gap(step);
        }
        self.posted(&post.user_id, post.created_at.get(), step);
        let mut merged = Merged::default();
        if post.deleted {
            self.timeline.delete(&id, &mut merged);
            return Self::note(merged, step);
        }
        if let Some(quoted) = post.replying_to_post.take()
            && self.timeline.record(&quoted.entity_id).is_none()
            && !quoted.deleted
            && (quoted.feed_id.is_empty() || quoted.feed_id == post.feed_id)
        {
            self.merge_message(quoted.into_message(), &mut merged, step);
        }
        merged.arrived = false;
        let at = post.updated_at.get();
        self.learn_author(&post, step);
        let links = std::mem::take(&mut post.links);
        self.timeline.merge_cards(&id, links, at, &mut merged);
        self.merge_echo(post.into_message(), name, &mut merged, step);
        if merged.arrived {
            self.announce(&id, step);
        }
        Self::note(merged, step);
    }

    /// Somebody else's message arrived live.
    fn announce(&self, id: &MessageId, step: &mut Step) {
        let Some(record) = self.timeline.record(id) else {
            return;
        };
        let user = &record.message.user;
        if self.texts.can_parse() && self.viewer().is_some_and(|viewer| viewer.id != user.id) {
            let author = super::view::display_name(user);
            let text = self.excerpt(record);
            step.effects
                .push(Effect::Announce(Announcement::Message { author, text }));
        }
    }
}
