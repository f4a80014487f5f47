use crate::upstream::UpstreamError;
use moka::sync::Cache;
use std::hash::Hash;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::{Mutex, watch};
use tokio::time::{Instant, sleep_until};

/// Nobody waits longer for what others asked for.
const PATIENCE: Duration = Duration::from_secs(30);

/// Questions to Whop of one kind. Each is under way once at a time, and its answer goes to all who may have it.
pub struct Flights<K, V> {
    slots: Cache<K, Arc<Slot<V>>>,
    /// From one asking to the next.
    spacing: Duration,
    /// All are asked with the same key, so that nobody fares better than another.
    is_by_key: bool,
    /// What of the room a question takes, and its answer once it is there.
    weigh: fn(&K, Option<&V>) -> usize,
    asked: AtomicU64,
    shared: AtomicU64,
}

struct Slot<V> {
    /// The last answer. It can be had while the next question is under way.
    last: watch::Sender<Option<Arc<Flight<V>>>>,
    /// Held while the question is under way.
    lead: Mutex<()>,
    weight: AtomicU32,
}

impl<V> Slot<V> {
    fn new(weight: usize) -> Self {
        let slot = Self {
            last: watch::Sender::new(None),
            lead: Mutex::new(()),
            weight: AtomicU32::new(0),
        };
        slot.weighs(weight);
        slot
    }

    fn weighs(&self, weight: usize) {
        let weight = u32::try_from(weight).unwrap_or(u32::MAX);
        self.weight.store(weight, Ordering::Relaxed);
    }
}

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
        Self::weighed(capacity, |_, _| 1, idle, spacing)
    }

    /// The same, where not all take as much of the room.
    pub fn weighed(
        room: u64,
        weigh: fn(&K, Option<&V>) -> usize,
        idle: Duration,
        spacing: Duration,
    ) -> Self {
        Self {
            slots: Cache::builder()
                .weigher(|_, slot: &Arc<Slot<V>>| slot.weight.load(Ordering::Relaxed))
                .max_capacity(room)
                .time_to_idle(idle)
                .build(),
            spacing,
            is_by_key: false,
            weigh,
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
        let ready = async { Ok(()) };
        self.get_when(key, needs, standing, ready, |()| ask).await
    }

    /// The same, where the asker first has to wait for what only they have, such as a turn of their own: nobody else
    /// waits for that, and an answer that comes meanwhile is theirs, too.
    pub async fn get_when<T, A: Future<Output = Result<V, UpstreamError>>>(
        &self,
        key: &K,
        needs: Needs,
        standing: impl Fn() -> Option<u64>,
        ready: impl Future<Output = Result<T, UpstreamError>>,
        ask: impl FnOnce(T) -> A,
    ) -> Result<V, Arc<UpstreamError>> {
        let fresh = || Arc::new(Slot::new((self.weigh)(key, None)));
        let slot = self.slots.get_with_by_ref(key, fresh);
        let mut answers = slot.last.subscribe();
        let patience = needs.wanted_at + PATIENCE;
        let (ready, _lead) = {
            let leading = async {
                let ready = ready.await;
                // Who can't ask may still be told what somebody else asks just now.
                (ready, slot.lead.lock().await)
            };
            tokio::select! {
                biased;
                flight = served(&mut answers, &needs) => {
                    self.shared.fetch_add(1, Ordering::Relaxed);
                    return flight.outcome.clone();
                }
                leading = leading => leading,
                () = sleep_until(patience) => return Err(UpstreamError::TimedOut.into()),
            }
        };
        let ready = ready.map_err(Arc::new)?;
        let last = slot.last.borrow().clone();
        if let Some(flight) = last {
            if flight.serves(&needs) {
                self.shared.fetch_add(1, Ordering::Relaxed);
                return flight.outcome.clone();
            }
            sleep_until(flight.asked_at + self.spacing).await;
        }
        self.asked.fetch_add(1, Ordering::Relaxed);
        let (asked_at, standing) = (Instant::now(), standing());
        let outcome = ask(ready).await.map_err(Arc::new);
        let is_own_failure = !self.is_by_key
            && outcome
                .as_ref()
                .is_err_and(|error| error.is_of_credential());
        if !is_own_failure {
            slot.last.send_replace(Some(Arc::new(Flight {
                outcome: outcome.clone(),
                asked_at,
                ended_at: Instant::now(),
                standing,
            })));
            self.weigh_anew(key, &slot, outcome.as_ref().ok());
        }
        outcome
    }

    /// Whoever takes more room now makes others go.
    fn weigh_anew(&self, key: &K, slot: &Arc<Slot<V>>, answer: Option<&V>) {
        let weight = (self.weigh)(key, answer);
        if slot.weight.load(Ordering::Relaxed) as usize != weight {
            slot.weighs(weight);
            self.slots.insert(key.clone(), slot.clone());
        }
    }

    /// How much was shared.
    pub fn counts(&self) -> FlightCounts {
        FlightCounts {
            asked: self.asked.load(Ordering::Relaxed),
            shared: self.shared.load(Ordering::Relaxed),
        }
    }
}

/// The answer that fulfils the needs, once there is one.
async fn served<V>(
    answers: &mut watch::Receiver<Option<Arc<Flight<V>>>>,
    needs: &Needs,
) -> Arc<Flight<V>> {
    let serves = |flight: &Option<Arc<Flight<V>>>| {
        flight.as_ref().is_some_and(|flight| flight.serves(needs))
    };
    let flight = match answers.wait_for(serves).await {
        Ok(flight) => flight.clone(),
        Err(_) => None,
    };
    match flight {
        Some(flight) => flight,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
#[path = "flights_tests.rs"]
mod tests;
