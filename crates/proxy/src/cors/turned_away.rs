use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Each origin is told of once in that time.
const PERIOD: Duration = Duration::from_secs(60);
/// Origins that are told of in that time.
const MOST: usize = 100;
/// Letters of an origin that are told. No host's name is longer than 253, and few are half as long.
const LONGEST: usize = 200;

/// Foreign origins that were told of in the log lately: who sends others by the thousand doesn't fill it.
#[derive(Default)]
pub struct TurnedAway(Mutex<Told>);

#[derive(Default)]
struct Told {
    since: Option<Instant>,
    origins: HashSet<Box<str>>,
}

impl TurnedAway {
    /// The part of an origin that is to be told, if it is.
    pub fn news<'a>(&self, origin: &'a str, now: Instant) -> Option<&'a str> {
        let end = origin.char_indices().nth(LONGEST).map(|(end, _)| end);
        let origin = end.and_then(|end| origin.get(..end)).unwrap_or(origin);
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if told
            .since
            .is_none_or(|since| now.saturating_duration_since(since) >= PERIOD)
        {
            told.since = Some(now);
            told.origins.clear();
        }
        let is_news = told.origins.len() < MOST && told.origins.insert(origin.into());
        is_news.then_some(origin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_told_once_a_minute_and_not_at_length() {
        let away = TurnedAway::default();
        let now = Instant::now();
        assert_eq!(
            away.news("https://a.example", now),
            Some("https://a.example")
        );
        assert_eq!(away.news("https://a.example", now), None);
        assert_eq!(
            away.news(&"é".repeat(9_000), now),
            Some(&*"é".repeat(LONGEST))
        );
        assert!(away.news("https://a.example", now + PERIOD).is_some());
        let many = (0..10 * MOST).filter(|number| away.news(&number.to_string(), now).is_some());
        assert_eq!(many.count(), MOST - 1);
    }
}
