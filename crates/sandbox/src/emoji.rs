//! When two spellings of an emoji are one reaction: `:heart:` and ❤️.

/// The longest shortcode or emoji that is taken, in bytes.
const LONGEST: usize = 64;

/// Whether the text can be a reaction: an emoji, or a shortcode (known, or a custom emoji's).
pub fn is_reaction(text: &str) -> bool {
    text.len() <= LONGEST && (emojis::get(text).is_some() || shortcode(text).is_some())
}

/// The same for all spellings of one emoji.
pub fn meaning(text: &str) -> String {
    let known = match shortcode(text) {
        Some(name) => emojis::get_by_shortcode(name),
        None => emojis::get(text),
    };
    known.map_or(text, |emoji| emoji.as_str()).to_owned()
}

fn shortcode(text: &str) -> Option<&str> {
    let name = text.strip_prefix(':')?.strip_suffix(':')?;
    let is_name = !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'+'));
    is_name.then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_emoji_mean_the_same() {
        for (left, right) in [
            (":heart:", "❤️"),
            (":heart:", "❤"),
            (":+1:", "👍"),
            (":thumbsup:", ":+1:"),
        ] {
            assert_eq!(meaning(left), meaning(right), "{left} {right}");
        }
        assert_ne!(meaning("👍"), meaning("👎"));
        assert_ne!(meaning("👍"), meaning("👍🏽"));
        assert_eq!(meaning(":film_roll:"), ":film_roll:");
    }

    #[test]
    fn only_emoji_and_shortcodes_are_reactions() {
        for text in [":heart:", "🎞️", "👩‍👩‍👧‍👦", ":northlight_logo:"] {
            assert!(is_reaction(text), "{text}");
        }
        for text in ["", "heart", "::", ":a b:", "<b>", "ok", &":a:".repeat(40)] {
            assert!(!is_reaction(text), "{text}");
        }
    }
}
