/// When an event happened, and the randomness that goes with it. The core has neither of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Milliseconds since the Unix epoch by this device's clock, which may be wrong.
    pub unix_millis: i64,
    /// A fresh random number, for the jitter of a backoff.
    pub random: u32,
}
