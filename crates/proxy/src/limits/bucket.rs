use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// So many buckets there are, however many ask: half a megabyte. Two who fall into the same one share what it gives,
/// and nobody can choose with whom, since the hash has a secret seed.
const BUCKETS: usize = 1 << 16;
/// A bucket holds what flows into it in that part of a minute.
const BURST: u64 = 3;
const MINUTE: u64 = 60_000_000;

/// Token buckets. Each is one number: until when what was taken is paid for (the generic cell rate algorithm of ITU-T
/// I.371), in microseconds since the beginning.
pub struct Buckets {
    paid_until: Box<[AtomicU64]>,
    seed: RandomState,
    began: Instant,
    /// What one request costs, in microseconds.
    cost: u64,
    /// How far ahead one may pay, in microseconds.
    credit: u64,
}

impl Buckets {
    /// Full buckets that give so many requests per minute, and a third of that at once.
    pub fn new(per_minute: u32) -> Self {
        let cost = MINUTE / u64::from(per_minute.max(1));
        Self {
            paid_until: (0..BUCKETS).map(|_| AtomicU64::new(0)).collect(),
            seed: RandomState::new(),
            began: Instant::now(),
            cost,
            credit: (MINUTE / BURST).max(cost),
        }
    }

    /// Takes one request out of somebody's bucket, or says how long it takes until there is one.
    pub fn take(&self, key: &str, now: Instant) -> Result<(), Duration> {
        let now = now.saturating_duration_since(self.began).as_micros();
        let now = u64::try_from(now).unwrap_or(u64::MAX / 2);
        #[allow(
            clippy::cast_possible_truncation,
            reason = "less than the number of buckets"
        )]
        let at = (self.seed.hash_one(key) % BUCKETS as u64) as usize;
        let Some(bucket) = self.paid_until.get(at) else {
            return Ok(());
        };
        let pay = |paid_until: u64| {
            let next = paid_until.max(now) + self.cost;
            (next - now <= self.credit).then_some(next)
        };
        match bucket.fetch_update(Ordering::Relaxed, Ordering::Relaxed, pay) {
            Ok(_) => Ok(()),
            Err(paid_until) => Err(Duration::from_micros(
                (paid_until.max(now) + self.cost).saturating_sub(now + self.credit),
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(buckets: &Buckets, key: &str, now: Instant) -> usize {
        (0..10_000)
            .take_while(|_| buckets.take(key, now).is_ok())
            .count()
    }

    #[test]
    fn give_a_burst_and_then_a_steady_flow() {
        let buckets = Buckets::new(600);
        let start = Instant::now();
        let at = |millis| start + Duration::from_millis(millis);
        assert_eq!(taken(&buckets, "ada", start), 200);
        let wait = buckets.take("ada", start).unwrap_err();
        assert!(
            wait > Duration::ZERO && wait <= Duration::from_millis(100),
            "{wait:?}"
        );
        assert_eq!(taken(&buckets, "ada", start + wait), 1);
        assert_eq!(taken(&buckets, "ada", at(1_100)), 10);
        assert_eq!(
            taken(&buckets, "ada", at(60_000)),
            200,
            "never more than it holds"
        );
    }

    #[test]
    fn one_takes_nothing_from_the_others() {
        let buckets = Buckets::new(60);
        let now = Instant::now();
        assert_eq!(taken(&buckets, "ada", now), 20);
        // One in 65,536 falls into the same bucket.
        let others = (0..10).filter(|number| taken(&buckets, &format!("user {number}"), now) == 20);
        assert!(others.count() >= 9);
    }

    #[test]
    fn a_crowd_takes_no_more_memory_and_no_more_than_is_there() {
        let buckets = Buckets::new(1);
        let now = Instant::now();
        let given = (0..200_000).filter(|number| buckets.take(&number.to_string(), now).is_ok());
        let given = given.count();
        assert!(given > BUCKETS / 2 && given <= BUCKETS, "{given}");
    }
}
