use super::presence::{Elsewhere, Presence, arrival, departure};
use axum::extract::ws::Utf8Bytes;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{Notify, mpsc, watch};
use wire::{ChannelId, ExperienceId, UserId};

/// A frame as it goes out.
pub type Frame = Utf8Bytes;

/// A socket that lags behind by more frames has to fetch what it missed.
const QUEUE: usize = 256;

/// Tells a client to connect anew and to fetch what it missed.
pub const RECONNECT: &str = r#"{"reconnect":{}}"#;

/// Whether live updates of a feed arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Liveness {
    /// Not yet, or not at the moment.
    Waiting,
    /// They do.
    Live,
    /// Whop does not let the proxy listen.
    Refused,
}

/// Who listens to what. Frames come in once and go out to every listener of their feed.
pub struct Hub {
    feeds: Mutex<Feeds>,
    next: AtomicU64,
    /// Rung when there is a feed that nobody listened to before.
    pub new_feed: Notify,
}

#[derive(Default)]
struct Feeds {
    by_id: HashMap<ChannelId, Feed>,
    /// Some frames name the experience that shows the feed instead of the feed.
    by_experience: HashMap<ExperienceId, ChannelId>,
    elsewhere: Elsewhere,
}

impl Feeds {
    fn find(&mut self, name: &str) -> Option<&mut Feed> {
        match self.by_experience.get(name) {
            Some(id) => self.by_id.get_mut(id),
            None => self.by_id.get_mut(name),
        }
    }
}

impl Feeds {
    fn interrupt(&mut self, is_meant: impl Fn(&ChannelId) -> bool) {
        self.by_id.retain(|id, feed| {
            if !is_meant(id) {
                return true;
            }
            feed.liveness.send_replace(Liveness::Waiting);
            !feed.listeners.is_empty()
        });
        let by_id = &self.by_id;
        self.by_experience.retain(|_, id| by_id.contains_key(id));
    }
}

struct Feed {
    listeners: HashMap<u64, Listener>,
    presence: Presence,
    liveness: watch::Sender<Liveness>,
}

struct Listener {
    user: UserId,
    queue: mpsc::Sender<Utf8Bytes>,
    overflow: Arc<Notify>,
    /// The feed was live while this listener was there: when it is live anew, frames were missed.
    was_live: bool,
}

/// A place in a feed, left when it is dropped.
pub struct Subscription {
    hub: Arc<Hub>,
    feed: ChannelId,
    id: u64,
    /// The feed's frames. Ends when the hub lets everybody go.
    pub frames: mpsc::Receiver<Utf8Bytes>,
    /// Rung when the listener was too slow; no more frames come then.
    pub overflow: Arc<Notify>,
    /// Whether the feed's frames arrive.
    pub liveness: watch::Receiver<Liveness>,
}

impl Hub {
    /// A hub that nobody listens to.
    pub fn new() -> Self {
        Self {
            feeds: Mutex::default(),
            next: AtomicU64::new(0),
            new_feed: Notify::new(),
        }
    }

    fn feeds(&self) -> MutexGuard<'_, Feeds> {
        self.feeds.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// That user begins to listen to a feed, which that experience shows. The others hear that they came.
    pub fn listen(
        self: &Arc<Self>,
        feed: &ChannelId,
        experience: &ExperienceId,
        user: &UserId,
    ) -> Subscription {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let (queue, frames) = mpsc::channel(QUEUE);
        let overflow = Arc::new(Notify::new());
        let mut feeds = self.feeds();
        let is_new = !feeds.by_id.contains_key(feed);
        if is_new {
            feeds.by_experience.insert(experience.clone(), feed.clone());
        }
        let Feeds {
            by_id, elsewhere, ..
        } = &mut *feeds;
        let entry = by_id.entry(feed.clone()).or_insert_with(|| Feed {
            listeners: HashMap::new(),
            presence: Presence::default(),
            liveness: watch::Sender::new(Liveness::Waiting),
        });
        let listener = Listener {
            user: user.clone(),
            queue,
            overflow: overflow.clone(),
            was_live: *entry.liveness.borrow() == Liveness::Live,
        };
        for frame in entry.presence.to_tell(user).filter_map(arrival) {
            listener.send(&frame);
        }
        entry.listeners.insert(id, listener);
        if entry.presence.enter(id, user)
            && let Some(frame) = arrival(user)
        {
            entry.send(&frame, Some(id));
        }
        if elsewhere.has(user) {
            // That they are here was told.
            entry.presence.came_elsewhere(user);
        }
        let liveness = entry.liveness.subscribe();
        drop(feeds);
        if is_new {
            self.new_feed.notify_one();
        }
        Subscription {
            hub: self.clone(),
            feed: feed.clone(),
            id,
            frames,
            overflow,
            liveness,
        }
    }

    /// Passes a frame on to the listeners of the feed of that id, or of that experience, without waiting for any.
    pub fn publish(&self, feed: &str, frame: &Utf8Bytes, except: Option<u64>) {
        if let Some(feed) = self.feeds().find(feed) {
            feed.send(frame, except);
        }
    }

    /// The same for a post that was made here: its author's own listeners hear which one it is.
    pub fn publish_echo(&self, feed: &str, frame: &Utf8Bytes, author: &UserId, own: &Utf8Bytes) {
        if let Some(feed) = self.feeds().find(feed) {
            feed.listeners.retain(|_, listener| {
                listener.send(if listener.user == *author { own } else { frame })
            });
        }
    }

    /// Whop says that somebody came, or went, on its own side. The frame names no feed: only those hear it in which
    /// they were heard, or which they were let into, unless they are here anyway.
    pub fn set_elsewhere(&self, user: &UserId, is_there: bool) {
        let mut feeds = self.feeds();
        let Feeds {
            by_id, elsewhere, ..
        } = &mut *feeds;
        if !elsewhere.set(user, is_there) {
            return;
        }
        let frame = if is_there {
            arrival(user)
        } else {
            departure(user)
        };
        let Some(frame) = frame else { return };
        for feed in by_id.values_mut() {
            let is_news = if is_there {
                feed.presence.came_elsewhere(user)
            } else {
                feed.presence.went_elsewhere(user)
            };
            if is_news {
                feed.send(&frame, None);
            }
        }
    }

    /// Somebody was heard in a feed just now. If Whop says that they are there, it hears of that, too.
    pub fn note_member(&self, feed: &str, user: &UserId) {
        let mut feeds = self.feeds();
        let is_elsewhere = feeds.elsewhere.has(user);
        let Some(feed) = feeds.find(feed) else { return };
        feed.presence.note_member(user);
        if is_elsewhere
            && feed.presence.came_elsewhere(user)
            && let Some(frame) = arrival(user)
        {
            feed.send(&frame, None);
        }
    }

    /// The feeds that somebody listened to since the last [`Hub::interrupt`].
    pub fn known_feeds(&self) -> Vec<ChannelId> {
        self.feeds().by_id.keys().cloned().collect()
    }

    /// Says whether a feed's frames arrive. Those who listened before an interruption are told to connect anew, so
    /// that they fetch what they missed (T1).
    pub fn set_liveness(&self, feed: &str, liveness: Liveness) {
        let mut feeds = self.feeds();
        let Some(feed) = feeds.find(feed) else {
            return;
        };
        if feed.liveness.send_replace(liveness) == liveness {
            return;
        }
        match liveness {
            Liveness::Live => feed.tell_gap(),
            Liveness::Refused => feed.listeners.clear(),
            Liveness::Waiting => {}
        }
    }

    /// No frames arrive any more. Forgets feeds without listeners.
    pub fn interrupt(&self) {
        let mut feeds = self.feeds();
        feeds.elsewhere.forget();
        for feed in feeds.by_id.values_mut() {
            feed.presence.forget_elsewhere();
        }
        feeds.interrupt(|_| true);
    }

    /// As [`Hub::interrupt`], for one feed.
    pub fn forget(&self, feed: &str) {
        self.feeds().interrupt(|id| id.as_str() == feed);
    }

    /// Lets everybody go: their frames end.
    pub fn release(&self) {
        for feed in self.feeds().by_id.values_mut() {
            feed.listeners.clear();
        }
    }

    /// Lets those go who have waited for the end of an interruption long enough.
    pub fn release_interrupted(&self) {
        for feed in self.feeds().by_id.values_mut() {
            feed.listeners.retain(|_, listener| !listener.was_live);
        }
    }

    /// How many listen.
    pub fn listeners(&self) -> usize {
        self.feeds()
            .by_id
            .values()
            .map(|feed| feed.listeners.len())
            .sum()
    }
}

impl Feed {
    fn send(&mut self, frame: &Utf8Bytes, except: Option<u64>) {
        self.listeners
            .retain(|id, listener| Some(*id) == except || listener.send(frame));
    }

    fn tell_gap(&mut self) {
        let frame = Utf8Bytes::from_static(RECONNECT);
        self.listeners.retain(|_, listener| {
            let missed = std::mem::replace(&mut listener.was_live, true);
            !missed || listener.send(&frame)
        });
    }
}

impl Listener {
    /// Whether the listener keeps up.
    fn send(&self, frame: &Utf8Bytes) -> bool {
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

impl Subscription {
    /// Passes a frame on to the feed's other listeners.
    pub fn tell_others(&self, frame: &Utf8Bytes) {
        self.hub.publish(&self.feed, frame, Some(self.id));
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let mut feeds = self.hub.feeds();
        let Some(feed) = feeds.by_id.get_mut(&self.feed) else {
            return;
        };
        feed.listeners.remove(&self.id);
        if let Some(user) = feed.presence.leave(self.id)
            && let Some(frame) = departure(&user)
        {
            feed.send(&frame, None);
        }
    }
}

#[cfg(test)]
#[path = "hub_tests.rs"]
mod tests;
