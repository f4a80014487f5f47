use serde_json::{Value, json};

/// Percentiles of so many microseconds, in milliseconds.
pub fn summary(mut microseconds: Vec<u32>) -> Value {
    microseconds.sort_unstable();
    let at = |thousandths: usize| {
        let rank = (microseconds.len() * thousandths).div_ceil(1_000);
        let found = microseconds
            .get(rank.saturating_sub(1))
            .or(microseconds.last());
        found.map(|micros| f64::from(*micros) / 1_000.0)
    };
    json!({
        "count": microseconds.len(), "p50_ms": at(500), "p95_ms": at(950), "p99_ms": at(990), "max_ms": at(1_000),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_of_the_sorted() {
        let found = summary((1..=1_000).rev().map(|number| number * 1_000).collect());
        assert_eq!(found["p50_ms"], 500.0);
        assert_eq!(found["p99_ms"], 990.0);
        assert_eq!(found["max_ms"], 1_000.0);
        assert_eq!(summary(Vec::new())["p50_ms"], Value::Null);
    }
}
