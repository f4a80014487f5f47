//! The sandbox's clock and its ids: the two places where time and randomness come in.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

tokio::task_local! {
    static SKEW: Skew;
}

/// How wrong the clock is, for all that is done in its scope: one process can hold several sandboxes, each with a
/// clock of its own.
#[derive(Clone, Debug, Default)]
pub struct Skew(Arc<AtomicI64>);

impl Skew {
    /// So many milliseconds ahead, or behind.
    pub fn millis(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }

    /// Sets the clock wrong by so many milliseconds.
    pub fn set(&self, millis: i64) {
        self.0.store(millis, Ordering::SeqCst);
    }

    /// The one in whose scope this is called.
    pub fn current() -> Self {
        SKEW.try_with(Clone::clone).unwrap_or_default()
    }

    /// Does the work by this clock.
    pub async fn scope<F: Future>(self, work: F) -> F::Output {
        SKEW.scope(self, work).await
    }

    /// Does the work by this clock, on a thread of its own.
    pub fn sync_scope<T>(self, work: impl FnOnce() -> T) -> T {
        SKEW.sync_scope(self, work)
    }
}

/// Milliseconds since the Unix epoch, by the sandbox's clock.
pub fn now_millis() -> i64 {
    let skew = SKEW.try_with(Skew::millis).unwrap_or_default();
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .ok()
        .and_then(|elapsed| i64::try_from(elapsed.as_millis()).ok())
        .unwrap_or_default()
        .saturating_add(skew)
}

/// Seconds since the Unix epoch, as JWTs count them.
pub fn now_seconds() -> i64 {
    now_millis() / 1_000
}

/// A new id such as `msg_000001k3v9x2q8f4…`: the prefix, the time (so that ids sort as they were made) and 60 random
/// bits.
pub fn new_id(prefix: &str) -> String {
    const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let digits = |mut value: u64, count: usize| -> String {
        let mut text = vec![b'0'; count];
        for place in text.iter_mut().rev() {
            *place = DIGITS[(value % 32) as usize];
            value /= 32;
        }
        text.into_iter().map(char::from).collect()
    };
    let time = u64::try_from(now_millis()).unwrap_or_default();
    format!("{prefix}{}{}", digits(time, 10), digits(random_u64(), 12))
}

/// Random bytes as lower-case hexadecimal digits, from the operating system.
pub fn random_hex(bytes: usize) -> String {
    use std::fmt::Write as _;
    (0..bytes.div_ceil(8)).fold(String::new(), |mut text, _| {
        let _ = write!(text, "{:016x}", random_u64());
        text
    })
}

fn random_u64() -> u64 {
    // The operating system's source fails only where no process could run safely.
    getrandom::u64().unwrap_or_else(|error| {
        tracing::error!(%error, "no randomness from the operating system");
        std::process::abort()
    })
}
