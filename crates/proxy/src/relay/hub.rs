pub use super::feed::Reader;
use super::feed::{Changes, Feed, Listener, Liveness, Standing};
use super::presence::{Elsewhere, HELD, arrival, departure};
use super::routing::Change;
use super::subscription::Subscription;
use crate::posts::{Echoes, IdempotencyKey};
use crate::reads::is_conversation;
use axum::extract::ws::Utf8Bytes;
use moka::sync::Cache;
use std::collections::{BTreeSet, HashMap};
use std::convert::Infallible;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{Notify, mpsc};
use tokio::time::sleep_until;
use wire::{ChannelId, ExperienceId, UserId};

/// A frame as it goes out.
pub type Frame = Utf8Bytes;

/// A channel whose messages somebody was shown is listened to for that long.
const WATCH: Duration = Duration::from_secs(300);
/// What was told of by one way is not told by another for that long.
const TOLD: Duration = Duration::from_secs(600);
const MOST_TOLD: u64 = 20_000;
/// That something may have cost somebody their access is remembered for longer than any word of Whop's of before that
/// is relied on: three times `WHOP_CHAT_ACCESS_SECONDS`, which is 600 at most.
const DOUBTED: Duration = Duration::from_secs(2_000);
const MOST_DOUBTED: u64 = 50_000;
/// A socket that lags behind by more frames has to fetch what it missed.
const QUEUE: usize = 256;

/// Tells a client to connect anew and to fetch what it missed.
pub const RECONNECT: &str = r#"{"reconnect":{}}"#;

/// Who listens to what. Frames come in once and go out to every listener of their feed.
pub struct Hub {
    feeds: Mutex<Feeds>,
    next: AtomicU64,
    /// Numbers changes, of all feeds.
    changes: AtomicU64,
    /// Ids of messages and reactions that were told of lately.
    told: Cache<String, ()>,
    /// When something happened to visitors that may have cost them their access.
    doubts: Cache<UserId, tokio::time::Instant>,
    /// Listeners that were let go since they read too slowly.
    overflows: AtomicU64,
    /// Which messages are posts that were made here.
    pub echoes: Arc<Echoes>,
    /// Frames that came in for a feed that somebody listens to.
    heard: AtomicU64,
    /// Frames that were written to sockets.
    delivered: AtomicU64,
    /// Rung when there is a feed that nobody listened to before.
    pub new_feed: Notify,
    /// Rung when a conversation has to be read.
    pub conversing: Notify,
    /// Rung when somebody leaves.
    departing: Notify,
}

#[derive(Default)]
struct Feeds {
    by_id: HashMap<ChannelId, Feed>,
    /// Some frames name the experience that shows the feed instead of the feed.
    by_experience: HashMap<ExperienceId, ChannelId>,
    elsewhere: Elsewhere,
    /// Who is gone from which feed at which moment unless they come again: one for each who left a moment ago.
    departures: BTreeSet<(Instant, ChannelId, UserId)>,
}

impl Feeds {
    /// Whether the feed was not there before.
    fn add(&mut self, feed: &ChannelId, experience: &ExperienceId) -> bool {
        if self.by_id.contains_key(feed) {
            return false;
        }
        self.by_experience.insert(experience.clone(), feed.clone());
        self.by_id.insert(feed.clone(), Feed::new());
        true
    }

    fn find(&mut self, name: &str) -> Option<&mut Feed> {
        match self.by_experience.get(name) {
            Some(id) => self.by_id.get_mut(id),
            None => self.by_id.get_mut(name),
        }
    }

    fn interrupt(&mut self, is_meant: impl Fn(&ChannelId) -> bool) {
        self.by_id.retain(|id, feed| {
            if !is_meant(id) {
                return true;
            }
            // Of those Whop's websocket doesn't tell anything in any case.
            if is_conversation(id) {
                return feed.is_wanted();
            }
            feed.liveness.send_replace(Liveness::Waiting);
            feed.is_wanted()
        });
        let by_id = &self.by_id;
        self.by_experience.retain(|_, id| by_id.contains_key(id));
    }
}

impl Hub {
    /// A hub that nobody listens to.
    pub fn new() -> Self {
        Self {
            feeds: Mutex::default(),
            next: AtomicU64::new(0),
            changes: AtomicU64::new(0),
            told: Cache::builder()
                .max_capacity(MOST_TOLD)
                .time_to_live(TOLD)
                .build(),
            doubts: Cache::builder()
                .max_capacity(MOST_DOUBTED)
                .time_to_live(DOUBTED)
                .build(),
            overflows: AtomicU64::new(0),
            echoes: Arc::default(),
            heard: AtomicU64::new(0),
            delivered: AtomicU64::new(0),
            new_feed: Notify::new(),
            conversing: Notify::new(),
            departing: Notify::new(),
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
        let is_new = feeds.add(feed, experience);
        let Feeds {
            by_id, elsewhere, ..
        } = &mut *feeds;
        let entry = by_id.entry(feed.clone()).or_insert_with(Feed::new);
        let doubt = Arc::new(Notify::new());
        let listener = Listener {
            user: user.clone(),
            reader: None,
            doubt: doubt.clone(),
            queue,
            overflow: overflow.clone(),
            was_live: entry.is_heard(),
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
            doubt,
            liveness,
        }
    }

    /// A listener has left a feed. The others hear of it a moment later, when it was the last of that user's and they
    /// have not come again.
    pub(super) fn leave(&self, name: &ChannelId, id: u64) {
        let mut feeds = self.feeds();
        let Some(feed) = feeds.by_id.get_mut(name) else {
            return;
        };
        feed.listeners.remove(&id);
        feed.is_left();
        if let Some((at, user)) = feed.presence.leave(id, Instant::now()) {
            feeds.departures.insert((at, name.clone(), user));
            drop(feeds);
            self.departing.notify_one();
        }
    }

    /// Tells who has gone, for ever.
    pub async fn tell_departures(&self) -> Infallible {
        loop {
            match self.tell_departed(Instant::now()) {
                // Who leaves meanwhile is gone later than that.
                Some(next) => sleep_until(next.into()).await,
                None => self.departing.notified().await,
            }
        }
    }

    /// Tells who is gone by now; says when the next will be.
    fn tell_departed(&self, now: Instant) -> Option<Instant> {
        let mut feeds = self.feeds();
        while let Some((at, feed, user)) = feeds.departures.pop_first() {
            if at > now {
                feeds.departures.insert((at, feed, user));
                return Some(at);
            }
            if let Some(feed) = feeds.by_id.get_mut(&feed)
                && feed.presence.is_gone(&user, at)
                && let Some(frame) = departure(&user, HELD)
            {
                feed.send(&frame, None);
            }
        }
        None
    }

    /// So many frames were written to a socket.
    pub(super) fn delivered(&self, frames: u64) {
        self.delivered.fetch_add(frames, Ordering::Relaxed);
    }

    /// Hears of a feed's changes for a while, whether anybody listens or not.
    pub fn watch(&self, feed: &ChannelId, experience: &ExperienceId) {
        let mut feeds = self.feeds();
        let is_new = feeds.add(feed, experience);
        if let Some(feed) = feeds.by_id.get_mut(feed) {
            feed.watched_until = Some(Instant::now() + WATCH);
        }
        drop(feeds);
        if is_new {
            self.new_feed.notify_one();
        }
    }

    /// How things stand with the feed of that id, or of that experience, as far as was heard; nothing if it is not known.
    pub fn standing(&self, feed: &str) -> Option<Standing> {
        let mut feeds = self.feeds();
        Some(feeds.find(feed)?.standing())
    }

    /// Whether Whop tells the changes of that feed by itself.
    pub fn is_live(&self, feed: &str) -> bool {
        let mut feeds = self.feeds();
        feeds
            .find(feed)
            .is_some_and(|feed| *feed.liveness.borrow() == Liveness::Live)
    }

    /// Passes on to all what Whop says of the feed of that id, or of that experience.
    pub fn tell(&self, feed: &str, frame: &Utf8Bytes, change: &Change) {
        let echo = match change {
            Change::Content(_) => self.echoes.key_of(frame),
            _ => None,
        };
        // Whether they listen here or not.
        if let Change::Member(Some(user)) = change {
            self.note_doubt(user);
        }
        let mut feeds = self.feeds();
        let Some(feed) = feeds.find(feed) else { return };
        // Before anybody hears of it: who does and asks gets what is true now.
        let number = self.next_change();
        match change {
            Change::Content(id) => {
                feed.changes.content = number;
                if let Some(id) = id {
                    self.told.insert(id.clone(), ());
                }
            }
            Change::Settings => feed.changes.settings = number,
            Change::Member(Some(user)) => feed.doubt(user),
            Change::Member(None) | Change::Nothing => {}
        }
        self.count(match echo {
            Some((author, key)) => feed.send_echo(frame, &author, &named(frame, &key)),
            None => feed.send(frame, None),
        });
        self.heard.fetch_add(1, Ordering::Relaxed);
    }

    /// Passes a frame of one listener on to the others of their feed, without waiting for any, unless their user says
    /// more than any honest one.
    pub(super) fn say(&self, feed: &ChannelId, frame: &Utf8Bytes, speaker: u64) {
        if let Some(feed) = self.feeds().by_id.get_mut(feed)
            && feed.presence.may_say(speaker, Instant::now())
        {
            self.heard.fetch_add(1, Ordering::Relaxed);
            self.count(feed.send(frame, Some(speaker)));
        }
    }

    /// Something may have cost that user their access: what Whop said of it before counts no more.
    pub fn note_doubt(&self, user: &UserId) {
        self.doubts
            .insert(user.clone(), tokio::time::Instant::now());
    }

    /// When that was last.
    pub fn doubted_at(&self, user: &UserId) -> Option<tokio::time::Instant> {
        self.doubts.get(user)
    }

    /// The same, and it is looked at for all that they listen to.
    pub fn doubt(&self, user: &UserId) {
        self.note_doubt(user);
        for feed in self.feeds().by_id.values() {
            feed.doubt(user);
        }
    }

    /// Whether the message or the reaction of that id was told of lately.
    pub fn was_told(&self, id: &str) -> bool {
        self.told.contains_key(id)
    }

    fn next_change(&self) -> u64 {
        self.changes.fetch_add(1, Ordering::Relaxed) + 1
    }

    fn count(&self, overflows: usize) {
        let overflows = u64::try_from(overflows).unwrap_or(u64::MAX);
        self.overflows.fetch_add(overflows, Ordering::Relaxed);
    }

    /// How many frames came in for a feed that somebody listens to, and how many were written to sockets.
    pub fn frames(&self) -> (u64, u64) {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        (read(&self.heard), read(&self.delivered))
    }

    /// How many listeners were let go since they read too slowly.
    pub fn overflows(&self) -> u64 {
        self.overflows.load(Ordering::Relaxed)
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
            departure(user, Duration::ZERO)
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

    /// That listener's own token reads the conversation for all who listen to it.
    pub(super) fn read_with(&self, subscription: &Subscription, reader: Reader) {
        if let Some(feed) = self.feeds().by_id.get_mut(&subscription.feed)
            && let Some(listener) = feed.listeners.get_mut(&subscription.id)
        {
            listener.reader = Some(Arc::new(reader));
        }
        self.conversing.notify_one();
    }

    /// The conversations that somebody listens to, and whether something was said in each since the last time. The others
    /// are forgotten.
    pub fn conversations(&self) -> Vec<(ChannelId, bool)> {
        let mut feeds = self.feeds();
        feeds
            .by_id
            .retain(|id, feed| !is_conversation(id) || feed.is_wanted());
        let Feeds {
            by_id,
            by_experience,
            ..
        } = &mut *feeds;
        by_experience.retain(|_, id| !is_conversation(id) || by_id.contains_key(id));
        by_id
            .iter_mut()
            .filter(|(id, _)| is_conversation(id))
            .map(|(id, feed)| (id.clone(), std::mem::take(&mut feed.was_poked)))
            .collect()
    }

    /// One of those who listen to a conversation: each in turn.
    pub fn reader(&self, feed: &ChannelId, turn: usize) -> Option<Arc<Reader>> {
        let feeds = self.feeds();
        let mut readers: Vec<_> = feeds
            .by_id
            .get(feed)?
            .listeners
            .iter()
            .filter_map(|(id, listener)| Some((*id, listener.reader.clone()?)))
            .collect();
        readers.sort_unstable_by_key(|(id, _)| *id);
        let turn = turn.checked_rem(readers.len())?;
        Some(readers.swap_remove(turn).1)
    }

    /// That user wrote something, perhaps in a conversation that they listen to.
    pub fn poke(&self, user: &UserId) {
        let mut is_news = false;
        for (id, feed) in &mut self.feeds().by_id {
            if is_conversation(id) && feed.listeners.values().any(|own| own.user == *user) {
                feed.was_poked = true;
                is_news = true;
            }
        }
        if is_news {
            self.conversing.notify_one();
        }
    }

    /// The channels that somebody listened to or watched since the last [`Hub::interrupt`]. Conversations are none.
    pub fn known_feeds(&self) -> Vec<ChannelId> {
        let feeds = self.feeds();
        let chats = feeds.by_id.keys().filter(|id| !is_conversation(id));
        chats.cloned().collect()
    }

    /// The channels that somebody listens to.
    pub fn listened_feeds(&self) -> Vec<ChannelId> {
        let feeds = self.feeds();
        let listened = feeds
            .by_id
            .iter()
            .filter(|(id, feed)| !feed.listeners.is_empty() && !is_conversation(id));
        listened.map(|(id, _)| id.clone()).collect()
    }

    /// A feed was read, since Whop doesn't tell its changes; all that changed since the time before was told.
    pub fn set_polled(&self, feed: &str) {
        let is_listened_to = self
            .feeds()
            .find(feed)
            .is_some_and(|feed| !feed.listeners.is_empty());
        if is_listened_to {
            self.set_liveness(feed, Liveness::Polled);
        }
    }

    /// The same for the first time: what changed before nobody knows.
    pub fn begin_polled(&self, feed: &str) {
        if let Some(feed) = self.feeds().find(feed) {
            feed.liveness.send_replace(Liveness::Waiting);
        }
        self.set_polled(feed);
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
            Liveness::Live | Liveness::Polled => {
                // Nobody knows what happened meanwhile.
                let number = self.next_change();
                feed.changes = Changes {
                    content: number,
                    settings: number,
                };
                feed.tell_gap();
            }
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

    /// As [`Hub::interrupt`], for one feed, which is not watched any more either.
    pub fn forget(&self, feed: &str) {
        let mut feeds = self.feeds();
        if let Some(feed) = feeds.find(feed) {
            feed.watched_until = None;
        }
        feeds.interrupt(|id| id.as_str() == feed);
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

    /// Lets so many go, whoever they are.
    pub fn release_some(&self, mut count: usize) {
        for feed in self.feeds().by_id.values_mut() {
            feed.listeners.retain(|_, _| {
                let stays = count == 0;
                count = count.saturating_sub(1);
                stays
            });
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

/// A frame as the author of the post that it tells of hears it: with what they call it.
fn named(frame: &Utf8Bytes, key: &IdempotencyKey) -> Utf8Bytes {
    let rest = frame.trim_start().strip_prefix('{').unwrap_or_default();
    ["{\"idempotencyKey\":\"", key.as_str(), "\",", rest]
        .concat()
        .into()
}

#[cfg(test)]
#[path = "hub_tests.rs"]
mod tests;
