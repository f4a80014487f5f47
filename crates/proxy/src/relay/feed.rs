use super::hub::RECONNECT;
use super::presence::Presence;
use crate::configuration::Secret;
use axum::extract::ws::Utf8Bytes;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::{Notify, mpsc, watch};
use wire::UserId;

/// Whether live updates of a feed arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Liveness {
    /// Not yet, or not at the moment.
    Waiting,
    /// They do.
    Live,
    /// They are made of what is read from time to time.
    Polled,
    /// Whop does not let the proxy listen.
    Refused,
}

/// How things stand with a feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// What was heard of.
    pub changes: Changes,
    /// Whether each further change will be heard of.
    pub is_heard: bool,
}

/// The last changes that were heard of, as numbers that only grow: while they are the same, so is what they are about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// What the feed's pages of messages show.
    pub content: u64,
    /// Its settings.
    pub settings: u64,
}

/// One feed: who listens to it, who is there, and how things stand.
pub struct Feed {
    pub listeners: HashMap<u64, Listener>,
    pub presence: Presence,
    pub liveness: watch::Sender<Liveness>,
    pub changes: Changes,
    /// Something was said in it by way of this proxy.
    pub was_poked: bool,
    /// Its changes are heard of until then, whether anybody listens or not.
    pub watched_until: Option<Instant>,
}

/// Who reads a conversation.
pub struct Reader {
    /// Who.
    pub user: UserId,
    /// Their own token.
    pub token: Secret,
}

/// One socket's place in a feed.
pub struct Listener {
    pub user: UserId,
    /// With which the feed is read for all who listen, where Whop doesn't tell of it.
    pub reader: Option<Arc<Reader>>,
    /// Rung when something may have cost them their access.
    pub doubt: Arc<Notify>,
    pub queue: mpsc::Sender<Utf8Bytes>,
    pub overflow: Arc<Notify>,
    /// The feed was live while this listener was there: when it is live anew, frames were missed.
    pub was_live: bool,
}

impl Feed {
    /// A feed of which nothing is heard yet.
    pub fn new() -> Self {
        Self {
            listeners: HashMap::new(),
            presence: Presence::default(),
            liveness: watch::Sender::new(Liveness::Waiting),
            changes: Changes::default(),
            was_poked: false,
            watched_until: None,
        }
    }

    /// Nobody listens any more: what is read from time to time for those who do is not read.
    pub fn is_left(&mut self) {
        if self.listeners.is_empty() && *self.liveness.borrow() == Liveness::Polled {
            self.liveness.send_replace(Liveness::Waiting);
        }
    }

    /// Whether its frames are wanted.
    pub fn is_wanted(&self) -> bool {
        !self.listeners.is_empty()
            || self
                .watched_until
                .is_some_and(|until| Instant::now() < until)
    }

    /// Whether its changes are heard of, by themselves or by asking: who listens learns of each, sooner or later.
    pub fn is_heard(&self) -> bool {
        matches!(*self.liveness.borrow(), Liveness::Live | Liveness::Polled)
    }

    /// How things stand.
    pub fn standing(&self) -> Standing {
        Standing {
            changes: self.changes,
            is_heard: self.is_heard(),
        }
    }

    /// Queues a frame for all listeners but one. Says how many of them were too slow and are let go.
    pub fn send(&mut self, frame: &Utf8Bytes, except: Option<u64>) -> usize {
        let before = self.listeners.len();
        self.listeners
            .retain(|id, listener| Some(*id) == except || listener.send(frame));
        before - self.listeners.len()
    }

    /// The same for a post that was made here: its author's own listeners hear which one it is.
    pub fn send_echo(&mut self, frame: &Utf8Bytes, author: &UserId, own: &Utf8Bytes) -> usize {
        let before = self.listeners.len();
        self.listeners.retain(|_, listener| {
            listener.send(if listener.user == *author { own } else { frame })
        });
        before - self.listeners.len()
    }

    /// Lets a user's access be looked at.
    pub fn doubt(&self, user: &UserId) {
        for listener in self.listeners.values() {
            if listener.user == *user {
                listener.doubt.notify_one();
            }
        }
    }

    /// Tells those who listened before an interruption to connect anew.
    pub fn tell_gap(&mut self) {
        let frame = Utf8Bytes::from_static(RECONNECT);
        self.listeners.retain(|_, listener| {
            let missed = std::mem::replace(&mut listener.was_live, true);
            !missed || listener.send(&frame)
        });
    }
}

impl Listener {
    /// Whether the listener keeps up.
    pub fn send(&self, frame: &Utf8Bytes) -> bool {
        match self.queue.try_send(frame.clone()) {
            Ok(()) => true,
            Err(mpsc::error::TrySendError::Full(_)) => {
                self.overflow.notify_one();
                false
            }
            Err(mpsc::error::TrySendError::Closed(_)) => false,
        }
    }
}
