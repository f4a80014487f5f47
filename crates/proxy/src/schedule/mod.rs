//! When a call may go to Whop, which takes so many requests of one key or token in so many seconds and no more.
//! Here calls wait their turn; what they ask and what comes of it is the business of `upstream`.

mod bucket;
mod queue;
mod rate_limit;

pub use bucket::{Bucket, Crowded, Turn};
pub use queue::Urgency;
pub use rate_limit::RateLimit;

use moka::sync::Cache;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// Visitors' tokens that are counted at a time.
const MOST_TOKENS: u64 = 50_000;
/// Calls that may wait for the key.
const MOST_WAITING: usize = 1_000;
/// Calls that may wait for one visitor's token: more than any honest page has under way.
const MOST_WAITING_OF_ONE: usize = 40;

/// Whose budget at Whop a call counts against. Without `Debug`: nothing may write a token down.
#[derive(Clone, Copy)]
pub enum Credential<'a> {
    /// The proxy's own key, which all visitors share.
    Key,
    /// A visitor's own token.
    Token(&'a str),
}

/// What a call asks of the schedule.
#[derive(Clone, Copy)]
pub struct Wish<'a> {
    /// Against whose budget.
    pub credential: Credential<'a>,
    /// Who goes first.
    pub urgency: Urgency,
    /// For whom: of calls that are as urgent, each visitor's take turns. Empty where it is for all.
    pub visitor: &'a str,
    /// Until when the call is of use.
    pub deadline: Instant,
}

/// The budgets of the key and of all visitors' tokens.
pub struct Schedule {
    limit: RateLimit,
    key: Bucket,
    /// By the token's hash: tokens themselves are not kept.
    tokens: Cache<u64, Arc<Bucket>>,
    hasher: RandomState,
}

/// How things stand with the key, for whoever watches the proxy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ScheduleCounts {
    /// Calls that wait for the key now.
    pub waiting: usize,
    /// Calls that were given a turn with the key.
    pub granted: u64,
    /// Calls that were told to come again, since they would have waited too long.
    pub refused: u64,
    /// Times at which Whop said that it was too much all the same.
    pub held: u64,
}

impl Schedule {
    /// Budgets of that size, all unspent.
    pub fn new(limit: RateLimit) -> Self {
        Self {
            limit,
            key: Bucket::new(limit, MOST_WAITING),
            tokens: Cache::builder()
                .max_capacity(MOST_TOKENS)
                .time_to_idle(limit.window.saturating_mul(2).max(Duration::from_secs(60)))
                .build(),
            hasher: RandomState::new(),
        }
    }

    /// Waits until a call may go out.
    ///
    /// # Errors
    /// At once where it would have to wait longer than it is of use, with the time after which another attempt is
    /// likely to succeed.
    pub async fn turn(&self, wish: Wish<'_>) -> Result<Turn, Crowded> {
        match wish.credential {
            Credential::Key => self.key.turn(wish).await,
            Credential::Token(token) => self.of(token).turn(wish).await,
        }
    }

    /// Whop said that it was too much: nothing more goes out for that long.
    pub fn hold(&self, credential: Credential<'_>, pause: Duration) {
        match credential {
            Credential::Key => self.key.hold(pause),
            Credential::Token(token) => self.of(token).hold(pause),
        }
    }

    fn of(&self, token: &str) -> Arc<Bucket> {
        self.tokens.get_with(self.hasher.hash_one(token), || {
            Arc::new(Bucket::new(self.limit, MOST_WAITING_OF_ONE))
        })
    }

    /// How things stand with the key.
    pub fn counts(&self) -> ScheduleCounts {
        self.key.counts()
    }
}
