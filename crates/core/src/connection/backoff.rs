/// The longest first pause.
const BASE_MILLIS: u64 = 1_000;
/// The longest pause of all.
const CEILING_MILLIS: u64 = 30_000;

/// A pause chosen evenly between nothing and a ceiling that doubles with each failure: a server that drops all its
/// sockets at once must not get them all back at once, not even at the first attempt (T2).
pub(crate) fn full_jitter(failures: u32, random: u32) -> u32 {
    let ceiling = BASE_MILLIS
        .saturating_mul(1 << failures.min(16))
        .min(CEILING_MILLIS);
    let pause = ceiling * u64::from(random) / u64::from(u32::MAX);
    u32::try_from(pause).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::full_jitter;

    #[test]
    fn spreads_over_the_whole_range_and_grows_to_a_ceiling() {
        assert_eq!(full_jitter(0, 0), 0);
        assert_eq!(full_jitter(0, u32::MAX), 1_000);
        assert_eq!(full_jitter(0, u32::MAX / 2), 499);
        assert_eq!(full_jitter(3, u32::MAX), 8_000);
        assert_eq!(full_jitter(40, u32::MAX), 30_000);
    }
}
