use std::time::Duration;

/// So many requests in any stretch of time of that length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    /// How many; at least one.
    pub requests: usize,
    /// The stretch of time.
    pub window: Duration,
}

impl RateLimit {
    /// Reads `10/10s` or `100/500ms`.
    pub fn parse(text: &str) -> Option<Self> {
        let (requests, window) = text.split_once('/')?;
        let window = match window.strip_suffix("ms") {
            Some(millis) => Duration::from_millis(millis.parse().ok()?),
            None => Duration::from_secs(window.strip_suffix('s')?.parse().ok()?),
        };
        let requests = requests.parse().ok()?;
        let is_sensible = (1..=100_000).contains(&requests)
            && !window.is_zero()
            && window <= Duration::from_secs(3_600);
        is_sensible.then_some(Self { requests, window })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_counts_and_durations() {
        let limit = |requests, millis| {
            Some(RateLimit {
                requests,
                window: Duration::from_millis(millis),
            })
        };
        assert_eq!(RateLimit::parse("10/10s"), limit(10, 10_000));
        assert_eq!(RateLimit::parse("3/250ms"), limit(3, 250));
        for text in [
            "", "10", "10/", "/10s", "0/10s", "10/0s", "10/10", "-1/1s", "1/9999s", "1/1m",
        ] {
            assert_eq!(RateLimit::parse(text), None, "{text}");
        }
    }
}
