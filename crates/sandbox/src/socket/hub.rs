use super::frames::{self, FeedChange};
use crate::clock::now_millis;
use crate::company;
use crate::database::{Feed, StoredUser};
use crate::faults::{Fault, FaultError, Faults, Line, SocketFacts, SocketStrike};
use axum::extract::ws::Utf8Bytes;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{mpsc, watch};
use wire::UserId;
use wire::rest::AccessLevel;
use wire::socket::{ChannelKind, Reconnect, ServerFrame, SocketChannel};

/// Frames that wait for a slow reader; one more, and it is dropped.
const LONGEST_QUEUE: usize = 256;

/// Which endpoint a connection came in by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Endpoint {
    /// `/v1/websockets/connect`: all feeds of its user.
    Server,
    /// `/_whop/ws/…` on the app's origin: the feeds that it joined.
    Browser,
}

/// Whether a connection goes on, and how it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It goes on.
    Open,
    /// It breaks off, without a goodbye.
    Abrupt,
    /// What is queued is sent, then it is closed properly.
    Orderly,
}

#[derive(Debug)]
pub(super) struct Connection {
    pub(super) endpoint: Endpoint,
    pub(super) user: Option<StoredUser>,
    line: Line,
    channels: HashSet<SocketChannel>,
    outgoing: mpsc::Sender<Utf8Bytes>,
    ending: watch::Sender<Ending>,
}

impl Connection {
    /// Who joined a feed may have lost it since.
    fn sees(&self, feed: &Feed) -> bool {
        self.may_see(feed)
            && match self.endpoint {
                Endpoint::Server => true,
                Endpoint::Browser => {
                    self.is_in(ChannelKind::Dms, feed.id())
                        || feed
                            .experience_id()
                            .is_some_and(|id| self.is_in(ChannelKind::Experience, id))
                }
            }
    }

    fn may_see(&self, feed: &Feed) -> bool {
        self.user.as_ref().is_some_and(|user| feed.is_for(user))
    }

    fn is_in(&self, kind: ChannelKind, id: &str) -> bool {
        self.channels.contains(&SocketChannel {
            kind,
            id: id.to_owned(),
        })
    }

    pub(super) fn is_member(&self) -> bool {
        self.user.as_ref().is_some_and(StoredUser::has_access)
    }

    fn is_admin(&self) -> bool {
        self.user
            .as_ref()
            .is_some_and(|user| user.access_level == AccessLevel::Admin)
    }

    pub(super) fn is_user(&self, id: &str) -> bool {
        self.user
            .as_ref()
            .is_some_and(|user| user.id.as_str() == id)
    }

    /// Whether an app message for that channel is meant for it.
    fn hears_app(&self, channel_id: &str) -> bool {
        let server_hears = || {
            self.endpoint == Endpoint::Server
                && self.is_member()
                && channel_id.starts_with(company::APP_ID)
        };
        self.is_in(ChannelKind::App, channel_id) || server_hears()
    }
}

/// Whom a frame is for.
#[derive(Clone, Copy, Debug)]
pub enum Audience<'a> {
    /// Those of users who may see the company's channels.
    Members,
    /// Every connection.
    Everyone,
    /// Those of one user.
    User(&'a str),
    /// Those in an `APP` channel.
    App(&'a str),
    /// Those in any channel.
    Channel(&'a SocketChannel),
    /// Those that see a feed.
    Feed(&'a Feed),
    /// Those of users who may see a feed, whether they joined it or not, but not those of one user.
    People(&'a Feed, Option<&'a str>),
    /// Those of the company's admins.
    Admins,
}

/// How many sockets are open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SocketCounts {
    /// On `/v1/websockets/connect`.
    pub server: usize,
    /// On `/_whop/ws/v1/websockets/connect`.
    pub browser: usize,
}

#[derive(Debug, Default)]
pub(super) struct Connections {
    next: u64,
    pub(super) open: HashMap<u64, Connection>,
}

/// All open connections.
#[derive(Clone, Debug, Default)]
pub struct Hub {
    connections: Arc<Mutex<Connections>>,
    refusing: Arc<AtomicBool>,
}

/// One connection's place in the hub; dropping it takes the connection out.
#[derive(Debug)]
pub struct Place {
    /// Tells the connections apart.
    pub id: u64,
    /// Where it came in.
    pub endpoint: Endpoint,
    /// Frames to send.
    pub outgoing: mpsc::Receiver<Utf8Bytes>,
    /// Whether to go on.
    pub ending: watch::Receiver<Ending>,
    /// Whose presence the connection shows.
    present: Option<UserId>,
    hub: Hub,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.hub.lock().open.remove(&self.id);
        if let Some(user) = &self.present {
            self.hub.tell_departure(user);
        }
    }
}

impl Hub {
    pub(super) fn lock(&self) -> MutexGuard<'_, Connections> {
        self.connections
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a connection in, unless a test wants none.
    pub fn enter(
        &self,
        endpoint: Endpoint,
        line: Line,
        user: Option<StoredUser>,
        channels: impl IntoIterator<Item = SocketChannel>,
    ) -> Option<Place> {
        let (sender, outgoing) = mpsc::channel(LONGEST_QUEUE);
        let (ending_sender, ending) = watch::channel(Ending::Open);
        let mut connections = self.lock();
        if self.is_refusing() {
            return None;
        }
        connections.next += 1;
        let id = connections.next;
        let connection = Connection {
            endpoint,
            user,
            line,
            channels: channels.into_iter().collect(),
            outgoing: sender,
            ending: ending_sender,
        };
        let present = connection.shows().cloned();
        connections.open.insert(id, connection);
        drop(connections);
        self.tell_arrival(id, present.as_ref());
        Some(Place {
            id,
            endpoint,
            outgoing,
            ending,
            present,
            hub: self.clone(),
        })
    }

    /// Adds a channel to a connection. False when it has too many.
    pub fn subscribe(&self, id: u64, channel: SocketChannel) -> bool {
        const MOST_CHANNELS: usize = 1_000;
        self.lock().open.get_mut(&id).is_some_and(|connection| {
            if connection.channels.len() >= MOST_CHANNELS && !connection.channels.contains(&channel)
            {
                return false;
            }
            connection.channels.insert(channel);
            true
        })
    }

    /// Takes a user's connections out of a channel, or, without a user, everybody's. Says which connections those were.
    pub(super) fn evict(&self, channel: &SocketChannel, user_id: Option<&str>) -> Vec<u64> {
        let mut connections = self.lock();
        let open = connections.open.iter_mut();
        open.filter(|(_, connection)| user_id.is_none_or(|id| connection.is_user(id)))
            .filter_map(|(id, connection)| connection.channels.remove(channel).then_some(*id))
            .collect()
    }

    /// Takes a channel from a connection.
    pub fn unsubscribe(&self, id: u64, channel: &SocketChannel) {
        if let Some(connection) = self.lock().open.get_mut(&id) {
            connection.channels.remove(channel);
        }
    }

    /// Tells all who may see the feed.
    pub fn publish(&self, feed: &Feed, change: FeedChange<'_>) {
        let now = now_millis();
        for frame in frames::feed_frames(feed, change, now) {
            self.send(&Audience::Feed(feed), None, frame);
        }
    }

    /// Sends a frame to its audience, but not to the connection `except`.
    pub fn send(&self, audience: &Audience<'_>, except: Option<u64>, frame: ServerFrame) {
        match frames::text(frame, now_millis()) {
            Ok(text) => self.send_text(audience, except, &text.into()),
            Err(error) => tracing::error!(%error, "a frame could not be written"),
        }
    }

    /// Sends any text to every connection, as a test asked for.
    pub fn send_raw(&self, text: String) {
        self.send_text(&Audience::Everyone, None, &text.into());
    }

    fn send_text(&self, audience: &Audience<'_>, except: Option<u64>, text: &Utf8Bytes) {
        self.lock().open.retain(|id, connection| {
            let meant = except != Some(*id)
                && match audience {
                    Audience::Everyone => true,
                    Audience::Members => connection.is_member(),
                    Audience::User(user) => connection.is_user(user),
                    Audience::App(channel_id) => connection.hears_app(channel_id),
                    Audience::Channel(channel) => connection.channels.contains(channel),
                    Audience::Feed(feed) => connection.sees(feed),
                    Audience::People(feed, but) => {
                        connection.may_see(feed) && !but.is_some_and(|id| connection.is_user(id))
                    }
                    Audience::Admins => connection.is_admin(),
                };
            !meant || queue(*id, connection, text.clone())
        });
    }

    /// Sends a frame to one connection.
    pub fn answer(&self, id: u64, frame: ServerFrame) {
        let text = match frames::text(frame, now_millis()) {
            Ok(text) => text.into(),
            Err(error) => return tracing::error!(%error, "a frame could not be written"),
        };
        let mut connections = self.lock();
        if let Some(connection) = connections.open.get(&id)
            && !queue(id, connection, text)
        {
            connections.open.remove(&id);
        }
    }

    /// Breaks all connections off.
    pub fn drop_all(&self) {
        for (_, connection) in self.lock().open.drain() {
            connection.ending.send_replace(Ending::Abrupt);
        }
    }

    /// Adds a fault; what it does to open websockets is done to those that it is aimed at.
    ///
    /// # Errors
    /// When there are too many faults.
    pub fn strike(&self, faults: &Faults, fault: Fault) -> Result<Value, FaultError> {
        let mut connections = self.lock();
        let mut ids: Vec<u64> = connections.open.keys().copied().collect();
        // In the order in which they came, so that the same seed strikes the same ones.
        ids.sort_unstable();
        let mut gone = Vec::new();
        let sockets = ids.iter().filter_map(|id| {
            let connection = connections.open.get(id)?;
            let facts = SocketFacts {
                endpoint: connection.endpoint,
                user: connection.user.as_ref().map(|user| user.id.as_str()),
            };
            Some((facts, (*id, &connection.line)))
        });
        let report = faults.add(fault, sockets, |(id, line), strike| match strike {
            SocketStrike::Reset => {
                line.reset();
                gone.push(id);
            }
            SocketStrike::Silence(silence) => line.fall_silent(silence),
        })?;
        for id in gone {
            connections.open.remove(&id);
        }
        Ok(report)
    }

    /// Refuses new connections and drops those that are there, or stops refusing.
    pub fn refuse(&self, refuse: bool) {
        self.refusing.store(refuse, Ordering::SeqCst);
        if refuse {
            self.drop_all();
        }
    }

    /// Whether new connections are refused.
    pub fn is_refusing(&self) -> bool {
        self.refusing.load(Ordering::SeqCst)
    }

    /// Tells all connections to connect anew, and so to read what they missed.
    pub fn tell_to_reconnect(&self) {
        let reconnect = ServerFrame {
            reconnect: Some(Reconnect::default()),
            ..ServerFrame::default()
        };
        self.send(&Audience::Everyone, None, reconnect);
    }

    /// Tells all connections to connect anew, and closes them.
    pub fn shut_down(&self) {
        self.tell_to_reconnect();
        for (_, connection) in self.lock().open.drain() {
            connection.ending.send_replace(Ending::Orderly);
        }
    }

    /// How many connections there are.
    pub fn counts(&self) -> SocketCounts {
        let connections = self.lock();
        let server = connections
            .open
            .values()
            .filter(|connection| connection.endpoint == Endpoint::Server)
            .count();
        SocketCounts {
            server,
            browser: connections.open.len() - server,
        }
    }
}

/// False when the connection doesn't read fast enough: it is broken off then, and never waited for.
fn queue(id: u64, connection: &Connection, text: Utf8Bytes) -> bool {
    let queued = connection.outgoing.try_send(text).is_ok();
    if !queued {
        tracing::warn!(connection = id, "dropped: it doesn't read its frames");
        connection.ending.send_replace(Ending::Abrupt);
    }
    queued
}
