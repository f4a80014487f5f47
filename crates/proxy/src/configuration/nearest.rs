use super::setting::{SECRETS, SETTINGS};

/// So many letters may be wrong, missing or too many.
const SLIPS: usize = 2;

/// The name of the setting that somebody meant who wrote that, if one is near enough.
pub fn nearest(written: &str) -> Option<String> {
    let settings = SETTINGS.iter().map(|setting| setting.name.to_owned());
    let files = SECRETS.iter().map(|name| format!("{name}_FILE"));
    settings
        .chain(files)
        .map(|name| (distance(written, &name), name))
        .min()
        .filter(|(distance, _)| *distance <= SLIPS)
        .map(|(_, name)| name)
}

/// How many letters have to be added, taken away, changed or swapped with their neighbour to make one of the other.
fn distance(one: &str, other: &str) -> usize {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=other.len()).collect();
    for (row, letter) in one.iter().enumerate() {
        let mut next = vec![row + 1];
        for (column, wanted) in other.iter().enumerate() {
            let changed = last[column] + usize::from(letter != wanted);
            let mut fewest = changed.min(last[column + 1] + 1).min(next[column] + 1);
            let is_swap =
                row > 0 && column > 0 && one[row - 1] == *wanted && other[column - 1] == *letter;
            if is_swap {
                fewest = fewest.min(before_last[column - 1] + 1);
            }
            next.push(fewest);
        }
        before_last = std::mem::replace(&mut last, next);
    }
    last[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_slips() {
        for (one, other, expected) in [
            ("", "", 0),
            ("abc", "abc", 0),
            ("abc", "acb", 1),
            ("abc", "ab", 1),
            ("abc", "xabc", 1),
            ("abc", "axc", 1),
            ("abc", "cab", 2),
            ("", "abc", 3),
        ] {
            assert_eq!(distance(one, other), expected, "{one} {other}");
            assert_eq!(distance(other, one), expected, "{other} {one}");
        }
    }

    #[test]
    fn finds_what_was_meant() {
        let meant = |written| nearest(written).unwrap_or_default();
        assert_eq!(meant("WHOP_API_KYE"), "WHOP_API_KEY");
        assert_eq!(
            meant("WHOP_CHAT_ALLOWED_ORIGIN"),
            "WHOP_CHAT_ALLOWED_ORIGINS"
        );
        assert_eq!(meant("WHOP_API_KEY_FIL"), "WHOP_API_KEY_FILE");
        assert_eq!(meant("WHOP_CHAT_CACHE"), "");
        assert_eq!(meant("WHOP_CHAT_RELEASES"), "");
    }
}
