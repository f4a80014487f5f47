//! Ids as they may stand in a path: what is anything else never reaches Whop.

/// Whether a text may be an id of Whop's: up to 100 letters, digits, `_` and `-`.
pub fn is_safe(id: &str) -> bool {
    (1..=100).contains(&id.len())
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::is_safe;

    #[test]
    fn lets_ids_through_and_nothing_else() {
        assert!(is_safe("exp_aB3-x"));
        assert!(is_safe(&"a".repeat(100)));
        for id in [
            "", ".", "..", "a/b", "a%2fb", "a?b", "a#b", "é", "a b", "a\0",
        ] {
            assert!(!is_safe(id), "{id:?}");
        }
        assert!(!is_safe(&"a".repeat(101)));
    }
}
