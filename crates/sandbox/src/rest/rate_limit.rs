use super::ApiError;
use crate::options::RateLimit;
use std::collections::{HashMap, VecDeque};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// More keys than this, and those that are idle are forgotten.
const MOST_KEYS: usize = 10_000;

/// Counts the requests of every key in a sliding window.
#[derive(Debug)]
pub struct RateLimiter {
    limit: RateLimit,
    /// By the key's hash: keys themselves are not kept.
    requests: Mutex<HashMap<u64, VecDeque<Instant>>>,
}

impl RateLimiter {
    /// A limiter that has seen nothing yet.
    pub fn new(limit: RateLimit) -> Self {
        Self {
            limit,
            requests: Mutex::default(),
        }
    }

    /// Counts a request of that key at that moment.
    ///
    /// # Errors
    /// 429 with the time that is left, when the window is full. A refused request is not counted.
    pub fn check(&self, key: &str, now: Instant) -> Result<(), ApiError> {
        let mut hasher = DefaultHasher::new();
        key.hash(&mut hasher);
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        let window = self.limit.window;
        if requests.len() > MOST_KEYS {
            requests.retain(|_, seen| seen.back().is_some_and(|last| now - *last < window));
        }
        let seen = requests.entry(hasher.finish()).or_default();
        while seen.front().is_some_and(|first| now - *first >= window) {
            seen.pop_front();
        }
        if seen.len() >= self.limit.requests as usize {
            let first = seen.front().copied().unwrap_or(now);
            return Err(ApiError::TooManyRequests(
                window.saturating_sub(now - first),
            ));
        }
        seen.push_back(now);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_window_holds_so_many_requests_of_each_key() {
        let limiter = RateLimiter::new(RateLimit {
            requests: 2,
            window: Duration::from_secs(10),
        });
        let start = Instant::now();
        let at = |key, seconds| limiter.check(key, start + Duration::from_secs(seconds));
        assert!(at("a", 0).is_ok());
        assert!(at("a", 4).is_ok());
        match at("a", 5) {
            Err(ApiError::TooManyRequests(left)) => assert_eq!(left, Duration::from_secs(5)),
            other => panic!("{other:?}"),
        }
        assert!(at("b", 5).is_ok());
        assert!(at("a", 10).is_ok());
        assert!(at("a", 11).is_err());
        assert!(at("a", 14).is_ok());
    }
}
