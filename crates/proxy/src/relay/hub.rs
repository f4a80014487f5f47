use axum::extract::ws::Utf8Bytes;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{Notify, mpsc, watch};
use wire::{ChannelId, ExperienceId};

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
    liveness: watch::Sender<Liveness>,
}

struct Listener {
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

    /// Begins to listen to a feed, which that experience shows.
    pub fn listen(self: &Arc<Self>, feed: &ChannelId, experience: &ExperienceId) -> Subscription {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let (queue, frames) = mpsc::channel(QUEUE);
        let overflow = Arc::new(Notify::new());
        let mut feeds = self.feeds();
        let is_new = !feeds.by_id.contains_key(feed);
        if is_new {
            feeds.by_experience.insert(experience.clone(), feed.clone());
        }
        let entry = feeds.by_id.entry(feed.clone()).or_insert_with(|| Feed {
            listeners: HashMap::new(),
            liveness: watch::Sender::new(Liveness::Waiting),
        });
        let listener = Listener {
            queue,
            overflow: overflow.clone(),
            was_live: *entry.liveness.borrow() == Liveness::Live,
        };
        entry.listeners.insert(id, listener);
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
        self.feeds().interrupt(|_| true);
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
        if let Some(feed) = self.hub.feeds().by_id.get_mut(&self.feed) {
            feed.listeners.remove(&self.id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hub() -> Arc<Hub> {
        Arc::new(Hub::new())
    }

    #[test]
    fn frames_stay_within_their_feed() {
        let hub = hub();
        let mut here = hub.listen(&"a".into(), &"exp_a".into());
        let mut there = hub.listen(&"b".into(), &"exp_b".into());
        hub.publish("a", &"frame".into(), None);
        hub.publish("c", &"frame".into(), None);
        assert_eq!(here.frames.try_recv().unwrap().as_str(), "frame");
        assert!(here.frames.try_recv().is_err());
        assert!(there.frames.try_recv().is_err());
    }

    #[test]
    fn an_experience_stands_for_its_feed() {
        let hub = hub();
        let mut here = hub.listen(&"a".into(), &"exp_a".into());
        let mut there = hub.listen(&"b".into(), &"exp_b".into());
        hub.publish("exp_a", &"typing".into(), None);
        assert!(here.frames.try_recv().is_ok());
        assert!(there.frames.try_recv().is_err());
    }

    #[test]
    fn nobody_hears_themselves() {
        let hub = hub();
        let mut one = hub.listen(&"a".into(), &"exp_a".into());
        let mut other = hub.listen(&"a".into(), &"exp_a".into());
        one.tell_others(&"typing".into());
        assert!(one.frames.try_recv().is_err());
        assert!(other.frames.try_recv().is_ok());
    }

    #[tokio::test]
    async fn a_slow_listener_is_told_and_the_others_notice_nothing() {
        let hub = hub();
        let slow = hub.listen(&"a".into(), &"exp_a".into());
        let mut quick = hub.listen(&"a".into(), &"exp_a".into());
        for number in 0..=QUEUE {
            hub.publish("a", &number.to_string().into(), None);
            assert_eq!(
                quick.frames.recv().await.unwrap().as_str(),
                number.to_string()
            );
        }
        slow.overflow.notified().await;
        assert_eq!(hub.listeners(), 1);
    }

    #[test]
    fn a_gap_is_told_to_those_who_listened_before_it() {
        let hub = hub();
        let mut before = hub.listen(&"a".into(), &"exp_a".into());
        hub.set_liveness("a", Liveness::Live);
        assert!(before.frames.try_recv().is_err());
        hub.interrupt();
        let mut meanwhile = hub.listen(&"a".into(), &"exp_a".into());
        assert_eq!(*meanwhile.liveness.borrow(), Liveness::Waiting);
        hub.set_liveness("a", Liveness::Live);
        hub.set_liveness("a", Liveness::Live);
        assert_eq!(before.frames.try_recv().unwrap().as_str(), RECONNECT);
        assert!(before.frames.try_recv().is_err());
        assert!(meanwhile.frames.try_recv().is_err());
        assert_eq!(*meanwhile.liveness.borrow_and_update(), Liveness::Live);
    }

    #[test]
    fn a_feed_that_whop_refuses_has_no_listeners() {
        let hub = hub();
        let mut listener = hub.listen(&"a".into(), &"exp_a".into());
        hub.set_liveness("a", Liveness::Refused);
        assert_eq!(
            listener.frames.try_recv().unwrap_err(),
            mpsc::error::TryRecvError::Disconnected
        );
        assert_eq!(*listener.liveness.borrow_and_update(), Liveness::Refused);
    }

    #[test]
    fn who_leaves_is_forgotten() {
        let hub = hub();
        let listener = hub.listen(&"a".into(), &"exp_a".into());
        assert_eq!(hub.listeners(), 1);
        drop(listener);
        assert_eq!(hub.listeners(), 0);
        hub.interrupt();
        assert!(hub.known_feeds().is_empty());
    }

    #[tokio::test]
    async fn released_listeners_come_to_an_end() {
        let hub = hub();
        let mut listener = hub.listen(&"a".into(), &"exp_a".into());
        hub.publish("a", &"last".into(), None);
        hub.release();
        assert_eq!(listener.frames.recv().await.unwrap().as_str(), "last");
        assert!(listener.frames.recv().await.is_none());
    }
}
