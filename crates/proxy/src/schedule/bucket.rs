use super::queue::{Queue, Urgency};
use super::{RateLimit, ScheduleCounts, Wish};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use thiserror::Error;
use tokio::sync::{Notify, oneshot};
use tokio::time::{Instant, sleep_until, timeout_at};

/// Nobody is told to come again later than that: it may be over sooner than it looked.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// Whop is left alone for as long as it says, but not for ever.
const LONGEST_HOLD: Duration = Duration::from_secs(3_600);
/// So many calls of one visitor's may wait: more than any honest page has under way.
const MOST_WAITING_FOR_ONE: usize = 6;
/// Of the budget, what nobody waits for leaves that part to those who wait: three tenths.
const KEPT_FREE: (usize, usize) = (3, 10);

/// There is no turn for a call before it is of no use any more.
#[derive(Debug, Error)]
#[error("the calls to Whop that are allowed are spent for the next {} s", .retry_after.as_secs_f32().ceil())]
pub struct Crowded {
    /// After that long there is likely to be one.
    pub retry_after: Duration,
}

/// The budget of one key or token.
///
/// A call counts from when it goes out until the window's length after its answer came. Whop counts it at some moment
/// in between, so however long calls are on their way, Whop never sees more of them in a window than it allows.
pub struct Bucket(Arc<Inner>);

struct Inner {
    limit: RateLimit,
    most_waiting: usize,
    state: Mutex<State>,
    /// A slot may have become free sooner than the driver thinks.
    rung: Notify,
}

#[derive(Default)]
struct State {
    on_their_way: usize,
    answered: VecDeque<Instant>,
    held_until: Option<Instant>,
    queue: Queue<oneshot::Sender<Turn>>,
    /// Somebody sees to it that those who wait get their turns.
    is_driven: bool,
    /// Until when the budget is promised to those who were told to come again.
    promised_until: Option<Instant>,
    counts: ScheduleCounts,
}

/// Leave to send one request.
pub struct Turn {
    bucket: Arc<Inner>,
    is_spent: bool,
}

impl Turn {
    /// The request goes out now. A turn that is dropped before costs nothing.
    pub fn spend(&mut self) {
        self.is_spent = true;
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut state = self.bucket.lock();
        state.on_their_way -= 1;
        if self.is_spent {
            state.answered.push_back(Instant::now());
        }
        drop(state);
        self.bucket.rung.notify_one();
    }
}

impl Bucket {
    /// A budget that is unspent, for which so many may wait.
    pub fn new(limit: RateLimit, most_waiting: usize) -> Self {
        Self(Arc::new(Inner {
            limit,
            most_waiting,
            state: Mutex::default(),
            rung: Notify::new(),
        }))
    }

    /// Waits for a turn.
    pub async fn turn(&self, wish: Wish<'_>) -> Result<Turn, Crowded> {
        let waiting = match self.0.enter(wish)? {
            Entered::Turn(turn) => return Ok(turn),
            Entered::Queue(waiting, must_drive) => {
                if must_drive {
                    tokio::spawn(drive(self.0.clone()));
                }
                waiting
            }
        };
        match timeout_at(wish.deadline, waiting).await {
            Ok(Ok(turn)) => Ok(turn),
            _ => Err(self.0.refuse(wish)),
        }
    }

    /// Nothing goes out for that long.
    pub fn hold(&self, pause: Duration) {
        let mut state = self.0.lock();
        let until = Instant::now() + pause.min(LONGEST_HOLD);
        state.held_until = state.held_until.max(Some(until));
        state.counts.held += 1;
    }

    /// How things stand.
    pub fn counts(&self) -> ScheduleCounts {
        let state = self.0.lock();
        ScheduleCounts {
            waiting: state.queue.len(),
            ..state.counts
        }
    }
}

enum Entered {
    Turn(Turn),
    /// Where the turn comes, and whether nobody sees to that yet.
    Queue(oneshot::Receiver<Turn>, bool),
}

impl Inner {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn enter(self: &Arc<Self>, wish: Wish<'_>) -> Result<Entered, Crowded> {
        let now = Instant::now();
        let mut state = self.lock();
        state.forget(now, self.limit);
        let is_first = state.queue.before(wish.urgency, wish.visitor) == 0;
        if is_first && state.is_free(wish.urgency, now, self.limit) {
            return Ok(Entered::Turn(self.grant(&mut state)));
        }
        if state.queue.len() >= self.most_waiting {
            state.queue.retain(|waiting| !waiting.is_closed());
        }
        let free_at = state.free_at(wish, now, self.limit);
        let is_many = !wish.visitor.is_empty()
            && state.queue.waiting_for(wish.visitor) >= MOST_WAITING_FOR_ONE;
        if is_many || state.queue.len() >= self.most_waiting || free_at > wish.deadline {
            return Err(state.promise(wish.visitor, free_at, now, self.limit));
        }
        let (sender, receiver) = oneshot::channel();
        state.queue.push(wish.urgency, wish.visitor, sender);
        let must_drive = !std::mem::replace(&mut state.is_driven, true);
        Ok(Entered::Queue(receiver, must_drive))
    }

    fn grant(self: &Arc<Self>, state: &mut State) -> Turn {
        state.on_their_way += 1;
        state.counts.granted += 1;
        Turn {
            bucket: self.clone(),
            is_spent: false,
        }
    }

    fn refuse(&self, wish: Wish<'_>) -> Crowded {
        let now = Instant::now();
        let mut state = self.lock();
        let free_at = state.free_at(wish, now, self.limit);
        state.promise(wish.visitor, free_at, now, self.limit)
    }
}

impl State {
    /// Forgets what Whop doesn't count any more.
    fn forget(&mut self, now: Instant, limit: RateLimit) {
        while self
            .answered
            .front()
            .is_some_and(|answered| now >= *answered + limit.window)
        {
            self.answered.pop_front();
        }
        self.held_until.take_if(|until| now >= *until);
    }

    fn is_free(&self, urgency: Urgency, now: Instant, limit: RateLimit) -> bool {
        let kept_free = match urgency {
            Urgency::Background => limit.requests * KEPT_FREE.0 / KEPT_FREE.1,
            _ => 0,
        };
        self.held_until.is_none_or(|until| now >= until)
            && self.on_their_way + self.answered.len() + kept_free < limit.requests
    }

    /// When one that comes now is likely to have its turn.
    fn free_at(&self, wish: Wish<'_>, now: Instant, limit: RateLimit) -> Instant {
        let used = self.on_their_way + self.answered.len();
        let place = self.queue.before(wish.urgency, wish.visitor);
        let beyond = (used + place + 1).saturating_sub(limit.requests);
        let start = self.held_until.unwrap_or(now).max(now);
        let Some(index) = beyond.checked_sub(1) else {
            return start;
        };
        let rounds = u32::try_from(index / limit.requests).unwrap_or(u32::MAX);
        let first = match self.answered.get(index % limit.requests) {
            Some(answered) => *answered + limit.window,
            None => now + limit.window,
        };
        start.max(first + limit.window.saturating_mul(rounds))
    }

    /// Tells one to come again, later than those who were told before: all at once they would fail once more. Who has
    /// something that waits is promised nothing more, so that nobody can make the others' pauses long.
    fn promise(
        &mut self,
        visitor: &str,
        free_at: Instant,
        now: Instant,
        limit: RateLimit,
    ) -> Crowded {
        self.counts.refused += 1;
        if !visitor.is_empty() && self.queue.waiting_for(visitor) > 0 {
            return Crowded {
                retry_after: free_at.saturating_duration_since(now).min(LONGEST_PAUSE),
            };
        }
        let at = self
            .promised_until
            .map_or(free_at, |until| until.max(free_at));
        let share = limit.window / u32::try_from(limit.requests).unwrap_or(u32::MAX);
        self.promised_until = Some((at + share).min(now + LONGEST_PAUSE));
        Crowded {
            retry_after: at.saturating_duration_since(now).min(LONGEST_PAUSE),
        }
    }
}

/// Gives those who wait their turns until nobody waits. Each waits until a deadline at most, so this ends.
async fn drive(bucket: Arc<Inner>) {
    loop {
        let now = Instant::now();
        let mut granted = Vec::new();
        let next = {
            let mut state = bucket.lock();
            state.forget(now, bucket.limit);
            state.queue.retain(|waiting| !waiting.is_closed());
            while let Some(urgency) = state.queue.next_urgency()
                && state.is_free(urgency, now, bucket.limit)
                && let Some(waiting) = state.queue.pop()
            {
                granted.push((waiting, bucket.grant(&mut state)));
            }
            let next = state.queue.next_urgency();
            state.is_driven = next.is_some();
            next.map(|_| state.next_change(bucket.limit))
        };
        // Who has gone meanwhile gives the turn back, which takes the lock.
        for (waiting, turn) in granted {
            drop(waiting.send(turn));
        }
        match next {
            None => return,
            Some(None) => bucket.rung.notified().await,
            Some(Some(at)) => tokio::select! {
                () = sleep_until(at) => {}
                () = bucket.rung.notified() => {}
            },
        }
    }
}

impl State {
    /// When a slot becomes free, as far as that is known.
    fn next_change(&self, limit: RateLimit) -> Option<Instant> {
        let first = self
            .answered
            .front()
            .map(|answered| *answered + limit.window);
        match (first, self.held_until) {
            (Some(first), Some(held)) => Some(first.max(held)),
            (first, held) => first.or(held),
        }
    }
}

#[cfg(test)]
#[path = "bucket_tests.rs"]
mod tests;
