//! The life of the live connection: connect, heartbeat, back off, connect again.
//! It knows sockets and timers; what the frames mean is not its business.

pub(crate) mod backoff;

use crate::{Changes, Effect, Moment, Timer};
use backoff::full_jitter;
use wire::session::SocketAddress;
use wire::socket::{
    BroadcastRequest, ChannelKind, ClientFrame, ConnectedId, ConnectedKind, Heartbeat, MarkAsRead,
    SocketChannel, SubscribeToChannel, TypingIndicator,
};
use wire::{ChannelId, Extra, Millis, UserId};

/// How often a live connection is asked whether it still is.
const HEARTBEAT_MILLIS: u32 = 20_000;
/// How long an answer to that may take (T3).
const HEARTBEAT_TIMEOUT_MILLIS: u32 = 10_000;
/// How long a handshake may take.
const CONNECT_TIMEOUT_MILLIS: u32 = 15_000;
/// A timer this late was throttled or slept through: nothing can be concluded from it (T5).
const THROTTLED_MILLIS: i64 = 5_000;

/// Names a socket. A newer socket has a higher number, and what an older one still says is ignored (T4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SocketId(pub(crate) u64);

/// How live the conversation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectionStatus {
    /// Nothing to connect to yet.
    Idle,
    /// On the way.
    Connecting,
    /// New messages arrive by themselves.
    Live,
    /// The socket is open, but the server sends nothing of this channel to the visitor. What is new is read from time
    /// to time.
    NoUpdates,
    /// It was live, and is trying to be again.
    Reconnecting,
    /// The browser has no network.
    Offline,
}

#[derive(Debug)]
enum State {
    Idle,
    Offline,
    /// A timer runs until the next attempt.
    Waiting,
    /// A new ticket is on its way.
    WaitingForTicket,
    Connecting(SocketId),
    Live {
        socket: SocketId,
        /// When the unanswered heartbeat was sent.
        unanswered_since: Option<i64>,
        /// When the next heartbeat is due.
        due: i64,
    },
}

#[derive(Debug)]
pub(crate) struct Connection {
    state: State,
    last_socket: u64,
    /// Sockets that did not last until their first heartbeat, in a row.
    failures: u32,
    /// Handshakes that failed, in a row.
    refusals: u32,
    was_live: bool,
}

/// What a connection is for.
pub(crate) struct Peer<'a> {
    pub address: &'a SocketAddress,
    pub channel: &'a ChannelId,
    pub viewer: &'a UserId,
}

impl Connection {
    pub fn new() -> Self {
        Self {
            state: State::Idle,
            last_socket: 0,
            failures: 0,
            refusals: 0,
            was_live: false,
        }
    }

    pub fn status(&self) -> ConnectionStatus {
        match self.state {
            State::Idle => ConnectionStatus::Idle,
            State::Offline => ConnectionStatus::Offline,
            State::Live { .. } => ConnectionStatus::Live,
            _ if self.was_live || self.failures + self.refusals > 0 => {
                ConnectionStatus::Reconnecting
            }
            State::Waiting | State::WaitingForTicket | State::Connecting(_) => {
                ConnectionStatus::Connecting
            }
        }
    }

    /// Whether the event comes from the socket that counts.
    pub fn is_current(&self, socket: SocketId) -> bool {
        self.socket() == Some(socket)
    }

    fn socket(&self) -> Option<SocketId> {
        match self.state {
            State::Connecting(socket) | State::Live { socket, .. } => Some(socket),
            _ => None,
        }
    }

    fn enter(&mut self, state: State, changes: &mut Changes) {
        let before = self.status();
        self.state = state;
        changes.connection |= before != self.status();
    }

    /// Closes what is there, and opens a socket at once.
    pub fn connect(&mut self, peer: &Peer<'_>, effects: &mut Vec<Effect>, changes: &mut Changes) {
        self.close(effects);
        self.last_socket += 1;
        let socket = SocketId(self.last_socket);
        effects.push(Effect::OpenSocket {
            socket,
            path: peer.address.path.clone(),
            protocols: peer.address.protocols.clone(),
        });
        effects.push(Effect::SetTimer(
            Timer::ConnectTimeout,
            CONNECT_TIMEOUT_MILLIS,
        ));
        self.enter(State::Connecting(socket), changes);
    }

    /// The handshake is done.
    pub fn opened(
        &mut self,
        peer: &Peer<'_>,
        now: Moment,
        effects: &mut Vec<Effect>,
        changes: &mut Changes,
    ) {
        let State::Connecting(socket) = self.state else {
            return;
        };
        self.refusals = 0;
        self.was_live = true;
        effects.push(Effect::CancelTimer(Timer::ConnectTimeout));
        let subscription = ClientFrame {
            subscribe_to_channel: Some(SubscribeToChannel {
                channel: feed_channel(peer.channel),
                userish: Some(connected(peer.viewer)),
                extra: Extra::default(),
            }),
            ..ClientFrame::default()
        };
        send(socket, &subscription, effects);
        let due = now.unix_millis + i64::from(HEARTBEAT_MILLIS);
        effects.push(Effect::SetTimer(Timer::Heartbeat, HEARTBEAT_MILLIS));
        self.enter(
            State::Live {
                socket,
                unanswered_since: None,
                due,
            },
            changes,
        );
    }

    /// Any frame proves that the peer is there.
    pub fn heard(&mut self, effects: &mut Vec<Effect>) {
        if let State::Live {
            unanswered_since, ..
        } = &mut self.state
            && unanswered_since.take().is_some()
        {
            effects.push(Effect::CancelTimer(Timer::HeartbeatTimeout));
        }
    }

    /// The socket is gone: try again after a random while (T2).
    pub fn lost(&mut self, now: Moment, effects: &mut Vec<Effect>, changes: &mut Changes) {
        if self.socket().is_none() {
            return;
        }
        if matches!(self.state, State::Connecting(_)) {
            self.refusals = self.refusals.saturating_add(1);
        }
        self.close(effects);
        effects.push(Effect::SetTimer(
            Timer::Reconnect,
            full_jitter(self.failures, now.random),
        ));
        self.failures = self.failures.saturating_add(1);
        self.enter(State::Waiting, changes);
    }

    /// How many handshakes failed in a row.
    pub fn refusals(&self) -> u32 {
        self.refusals
    }

    /// The socket is of no use until the session has a new ticket for it.
    pub fn wait_for_ticket(&mut self, effects: &mut Vec<Effect>, changes: &mut Changes) {
        self.close(effects);
        self.refusals = self.refusals.saturating_add(1);
        self.enter(State::WaitingForTicket, changes);
    }

    pub fn waits_for_ticket(&self) -> bool {
        matches!(self.state, State::WaitingForTicket)
    }

    /// It is time for a heartbeat.
    pub fn heartbeat_due(&mut self, peer: &Peer<'_>, now: Moment, effects: &mut Vec<Effect>) {
        let State::Live {
            socket,
            unanswered_since,
            due,
        } = &mut self.state
        else {
            return;
        };
        self.failures = 0;
        *due = now.unix_millis + i64::from(HEARTBEAT_MILLIS);
        effects.push(Effect::SetTimer(Timer::Heartbeat, HEARTBEAT_MILLIS));
        if unanswered_since.is_none() {
            *unanswered_since = Some(now.unix_millis);
            let frame = heartbeat(peer);
            let socket = *socket;
            send(socket, &frame, effects);
            effects.push(Effect::SetTimer(
                Timer::HeartbeatTimeout,
                HEARTBEAT_TIMEOUT_MILLIS,
            ));
        }
    }

    /// The heartbeat went unanswered: the socket is half-open (T3), unless this timer comes late itself (T5).
    pub fn heartbeat_timed_out(
        &mut self,
        peer: &Peer<'_>,
        now: Moment,
        effects: &mut Vec<Effect>,
        changes: &mut Changes,
    ) {
        let State::Live {
            unanswered_since, ..
        } = &mut self.state
        else {
            return;
        };
        let Some(since) = unanswered_since.take() else {
            return;
        };
        let late = now.unix_millis - since - i64::from(HEARTBEAT_TIMEOUT_MILLIS);
        if late > THROTTLED_MILLIS {
            self.heartbeat_due(peer, now, effects);
        } else {
            self.lost(now, effects, changes);
        }
    }

    /// Tells the visitor's other pages how far they have read, where the socket is open.
    pub fn mark_as_read(&self, peer: &Peer<'_>, at: i64, effects: &mut Vec<Effect>) {
        let mark = MarkAsRead {
            timestamp: Some(Millis::new(at)),
            ..MarkAsRead::default()
        };
        self.broadcast(peer, None, Some(mark), effects);
    }

    /// Tells the others until when the visitor types, where the socket is open.
    pub fn typing(&self, peer: &Peer<'_>, until: i64, effects: &mut Vec<Effect>) {
        let indicator = TypingIndicator {
            expire_after: Some(Millis::new(until)),
            ..TypingIndicator::default()
        };
        self.broadcast(peer, Some(indicator), None, effects);
    }

    fn broadcast(
        &self,
        peer: &Peer<'_>,
        typing_indicator: Option<TypingIndicator>,
        mark_as_read: Option<MarkAsRead>,
        effects: &mut Vec<Effect>,
    ) {
        let State::Live { socket, .. } = self.state else {
            return;
        };
        let request = ClientFrame {
            broadcast_request: Some(BroadcastRequest {
                channel: feed_channel(peer.channel),
                typing_indicator,
                mark_as_read,
                extra: Extra::default(),
            }),
            ..ClientFrame::default()
        };
        send(socket, &request, effects);
    }

    /// The handshake took too long.
    pub fn connect_timed_out(
        &mut self,
        now: Moment,
        effects: &mut Vec<Effect>,
        changes: &mut Changes,
    ) {
        if matches!(self.state, State::Connecting(_)) {
            self.lost(now, effects, changes);
        }
    }

    /// The browser lost its network.
    pub fn went_offline(&mut self, effects: &mut Vec<Effect>, changes: &mut Changes) {
        if matches!(self.state, State::Idle) {
            return;
        }
        self.close(effects);
        effects.push(Effect::CancelTimer(Timer::Reconnect));
        self.enter(State::Offline, changes);
    }

    /// The network is back, or the page woke up. Says whether a new socket is wanted now; a live one is asked
    /// whether it still is.
    pub fn resumed(&mut self, peer: &Peer<'_>, now: Moment, effects: &mut Vec<Effect>) -> bool {
        match &self.state {
            State::Offline | State::Waiting => {
                effects.push(Effect::CancelTimer(Timer::Reconnect));
                self.failures = 0;
                self.refusals = 0;
                true
            }
            State::Live { due, .. } if *due < now.unix_millis => {
                self.heartbeat_due(peer, now, effects);
                false
            }
            _ => false,
        }
    }

    /// Closes the socket and its timers, if any (T4).
    fn close(&mut self, effects: &mut Vec<Effect>) {
        if let Some(socket) = self.socket() {
            effects.push(Effect::CloseSocket(socket));
            effects.push(Effect::CancelTimer(Timer::ConnectTimeout));
            effects.push(Effect::CancelTimer(Timer::Heartbeat));
            effects.push(Effect::CancelTimer(Timer::HeartbeatTimeout));
        }
    }

    /// Stops for good.
    pub fn stop(&mut self, effects: &mut Vec<Effect>, changes: &mut Changes) {
        self.close(effects);
        effects.push(Effect::CancelTimer(Timer::Reconnect));
        self.was_live = false;
        self.enter(State::Idle, changes);
    }
}

/// The websocket channel of a feed.
fn feed_channel(channel: &ChannelId) -> SocketChannel {
    SocketChannel {
        kind: ChannelKind::Dms,
        id: channel.to_string(),
    }
}

fn connected(viewer: &UserId) -> ConnectedId {
    ConnectedId {
        kind: ConnectedKind::User,
        id: viewer.to_string(),
        device_id: String::new(),
    }
}

fn heartbeat(peer: &Peer<'_>) -> ClientFrame {
    ClientFrame {
        heartbeat: Some(Heartbeat {
            userish: Some(connected(peer.viewer)),
            channels: vec![feed_channel(peer.channel)],
            platform: "WEB".to_owned(),
            extra: Extra::default(),
        }),
        ..ClientFrame::default()
    }
}

fn send(socket: SocketId, frame: &ClientFrame, effects: &mut Vec<Effect>) {
    // A frame of strings and lists always has a JSON form.
    if let Ok(text) = serde_json::to_string(frame) {
        effects.push(Effect::SendFrame(socket, text));
    }
}
