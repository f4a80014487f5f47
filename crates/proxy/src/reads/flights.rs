use crate::upstream::UpstreamError;
use moka::sync::Cache;
use std::hash::Hash;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep_until, timeout_at};

/// Nobody waits longer for what others asked for.
const PATIENCE: Duration = Duration::from_secs(30);

/// Questions to Whop of one kind. Each is under way once at a time, and its answer goes to all who may have it.
pub struct Flights<K, V> {
    slots: Cache<K, Arc<Slot<V>>>,
    /// From one asking to the next.
    spacing: Duration,
    /// All are asked with the same key, so that nobody fares better than another.
    is_by_key: bool,
    asked: AtomicU64,
    shared: AtomicU64,
}

/// Held while the question is under way.
struct Slot<V>(Mutex<Option<Flight<V>>>);

struct Flight<V> {
    outcome: Result<V, Arc<UpstreamError>>,
    asked_at: Instant,
    ended_at: Instant,
    standing: Option<u64>,
}

/// What an answer has to be like to be of use.
#[derive(Clone, Copy, Debug)]
pub struct Needs {
    /// When it was wanted. What was asked after that is right in any case.
    pub wanted_at: Instant,
    /// It must not have been asked before that moment.
    pub not_before: Option<Instant>,
    /// The last change that was heard of, if any was: an answer of before is not true any more.
    pub standing: Option<u64>,
    /// Whether each further change would have been heard of: an answer with the same last change is still true.
    pub is_heard: bool,
    /// How old it may be then.
    pub heard: Duration,
    /// How old it may be where nothing is heard of its changes.
    pub unheard: Duration,
}

impl Needs {
    /// It is wanted now, and has to be new.
    pub fn now() -> Self {
        Self {
            wanted_at: Instant::now(),
            not_before: None,
            standing: None,
            is_heard: false,
            heard: Duration::ZERO,
            unheard: Duration::ZERO,
        }
    }
}

/// How often Whop was asked, and how often that was not necessary.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FlightCounts {
    /// Questions that went to Whop.
    pub asked: u64,
    /// Those that another's answer was given to.
    pub shared: u64,
}

impl<V> Flight<V> {
    fn serves(&self, needs: &Needs) -> bool {
        if needs
            .not_before
            .is_some_and(|moment| self.asked_at < moment)
        {
            return false;
        }
        if self.asked_at >= needs.wanted_at {
            return true;
        }
        let age = needs.wanted_at.saturating_duration_since(self.asked_at);
        if let Err(error) = &self.outcome {
            // One who waited for it fails with it: a thousand who try by themselves would make it worse.
            let is_known = matches!(**error, UpstreamError::NotFound) && age < needs.unheard;
            return is_known || self.ended_at > needs.wanted_at;
        }
        match (self.standing, needs.standing) {
            (Some(then), Some(now)) if then != now => false,
            (Some(_), _) if needs.is_heard => age < needs.heard,
            // Something may have changed before anybody listened.
            (None, _) if needs.is_heard => false,
            _ => age < needs.unheard,
        }
    }
}

impl<K: Clone + Eq + Hash + Send + Sync + 'static, V: Clone + Send + Sync + 'static> Flights<K, V> {
    /// Room for the answers to so many questions, each forgotten when nobody asked for that long.
    pub fn new(capacity: u64, idle: Duration, spacing: Duration) -> Self {
        Self {
            slots: Cache::builder()
                .max_capacity(capacity)
                .time_to_idle(idle)
                .build(),
            spacing,
            is_by_key: false,
            asked: AtomicU64::new(0),
            shared: AtomicU64::new(0),
        }
    }

    /// The same, for questions that are all asked with the proxy's own key.
    pub fn by_key(self) -> Self {
        Self {
            is_by_key: true,
            ..self
        }
    }

    /// An answer that fulfils the needs: a known one, or that of a question which is under way, or that of `ask`.
    /// `standing` is the last change that was heard of. A failure that is the asker's own is nobody else's.
    pub async fn get(
        &self,
        key: &K,
        needs: Needs,
        standing: impl Fn() -> Option<u64>,
        ask: impl Future<Output = Result<V, UpstreamError>>,
    ) -> Result<V, Arc<UpstreamError>> {
        let slot = self
            .slots
            .get_with_by_ref(key, || Arc::new(Slot(Mutex::new(None))));
        let mut last = timeout_at(needs.wanted_at + PATIENCE, slot.0.lock())
            .await
            .map_err(|_| UpstreamError::TimedOut)?;
        if let Some(flight) = &*last {
            if flight.serves(&needs) {
                self.shared.fetch_add(1, Ordering::Relaxed);
                return flight.outcome.clone();
            }
            sleep_until(flight.asked_at + self.spacing).await;
        }
        self.asked.fetch_add(1, Ordering::Relaxed);
        let (asked_at, standing) = (Instant::now(), standing());
        let outcome = ask.await.map_err(Arc::new);
        let is_own_failure = !self.is_by_key
            && outcome
                .as_ref()
                .is_err_and(|error| error.is_of_credential());
        if !is_own_failure {
            *last = Some(Flight {
                outcome: outcome.clone(),
                asked_at,
                ended_at: Instant::now(),
                standing,
            });
        }
        outcome
    }

    /// The last answer, if it was asked for at most that long ago and nobody asks just now.
    pub fn peek(&self, key: &K, at_most: Duration) -> Option<V> {
        let slot = self.slots.get(key)?;
        let last = slot.0.try_lock().ok()?;
        let flight = last.as_ref()?;
        let is_recent = flight.asked_at.elapsed() < at_most;
        flight.outcome.as_ref().ok().filter(|_| is_recent).cloned()
    }

    /// How much was shared.
    pub fn counts(&self) -> FlightCounts {
        FlightCounts {
            asked: self.asked.load(Ordering::Relaxed),
            shared: self.shared.load(Ordering::Relaxed),
        }
    }
}

#[cfg(test)]
#[path = "flights_tests.rs"]
mod tests;
