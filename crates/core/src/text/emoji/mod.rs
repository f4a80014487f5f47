//! `:shortcode:` names, and what looks like an emoji.

mod names;

pub use names::EmojiNames;

/// Longest name that is looked up.
const MAX_NAME: usize = 40;

/// The shortcode whose first colon is at `at`: its end, name and emoji. Times (`10:30:45`) and
/// paths (`a::heart::b`) are none (C7); `from` is where the last part ended, so that several may
/// follow one another.
pub(super) fn shortcode_at<'n>(
    text: &str,
    from: usize,
    at: usize,
    names: EmojiNames<'n>,
) -> Option<(usize, &'n str, &'n str)> {
    let (end, name) = candidate_at(text, from, at)?;
    let (name, emoji) = names.find(name)?;
    Some((end, name, emoji))
}

/// Whether the text has something between colons that could be the name of an emoji and is none that is
/// [common](EmojiNames::COMMON).
pub fn has_rare_shortcode(text: &str) -> bool {
    text.bytes().enumerate().any(|(at, byte)| {
        byte == b':'
            && candidate_at(text, 0, at)
                .is_some_and(|(_, name)| EmojiNames::COMMON.find(name).is_none())
    })
}

/// What stands between the colon at `at` and the next one, if it has the form of a name: where it ends, and the name.
fn candidate_at(text: &str, from: usize, at: usize) -> Option<(usize, &str)> {
    let bytes = text.as_bytes();
    if bytes[from..at]
        .last()
        .is_some_and(|before| *before == b':' || before.is_ascii_alphanumeric())
    {
        return None;
    }
    let length = bytes[at + 1..]
        .iter()
        .take(MAX_NAME + 1)
        .take_while(|byte| byte.is_ascii_alphanumeric() || b"_+-".contains(byte))
        .count();
    let end = at + 1 + length + 1;
    if length == 0 || bytes.get(end - 1) != Some(&b':') {
        return None;
    }
    if bytes.get(end).is_some_and(u8::is_ascii_alphanumeric) {
        return None;
    }
    Some((end, &text[at + 1..end - 1]))
}

/// Number of emoji in a text that contains nothing else but white space. Goes by Unicode's blocks,
/// which need no table.
pub(super) fn count_if_only(text: &str) -> Option<usize> {
    let mut count = 0;
    let mut joined = false;
    let mut flag_half = false;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            ' ' | '\t' | '\u{A0}' => joined = false,
            // Joiner, presentation, keycap and tag characters change the emoji before them.
            '\u{200D}' if count > 0 => joined = true,
            '\u{FE0F}' | '\u{20E3}' | '\u{E0020}'..='\u{E007F}' | '\u{1F3FB}'..='\u{1F3FF}'
                if count > 0 => {}
            '0'..='9' | '#' | '*' => {
                let mut ahead = characters.clone();
                let keycap = match ahead.next() {
                    Some('\u{FE0F}') => ahead.next() == Some('\u{20E3}'),
                    other => other == Some('\u{20E3}'),
                };
                if !keycap {
                    return None;
                }
                count += 1;
            }
            '\u{1F1E6}'..='\u{1F1FF}' => {
                flag_half = !flag_half;
                count += usize::from(flag_half);
                continue;
            }
            '\u{1F000}'..='\u{1FAFF}'
            | '\u{2600}'..='\u{27BF}'
            | '\u{231A}'
            | '\u{231B}'
            | '\u{23E9}'..='\u{23F3}'
            | '\u{25FD}'
            | '\u{25FE}'
            | '\u{2B1B}'
            | '\u{2B1C}'
            | '\u{2B50}'
            | '\u{2B55}' => {
                count += usize::from(!joined);
                joined = false;
            }
            // Symbols that are text unless they are followed by the emoji presentation selector.
            '\u{A9}' | '\u{AE}' | '\u{203C}'..='\u{3299}'
                if characters.peek() == Some(&'\u{FE0F}') =>
            {
                count += usize::from(!joined);
                joined = false;
            }
            _ => return None,
        }
        flag_half = false;
    }
    Some(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A name that only the whole table has.
    const ALL: EmojiNames<'_> = EmojiNames::new(include_str!("names.txt"));

    #[test]
    fn c7_times_and_paths_are_not_shortcodes() {
        let at = |text, from, at| shortcode_at(text, from, at, ALL);
        assert_eq!(at("so :fire:!", 0, 3), Some((9, "fire", "🔥")));
        assert_eq!(at(":fire::tada:", 6, 6), Some((12, "tada", "🎉")));
        for text in [
            "10:30",
            "10:100:20",
            "a:fire:",
            ":fire:b",
            "std::fire::x",
            ":unknown:",
            ": fire:",
            ":",
            "::",
            ":é:",
        ] {
            let found = text
                .match_indices(':')
                .find_map(|(at, _)| shortcode_at(text, 0, at, ALL));
            assert_eq!(found, None, "{text}");
        }
    }

    #[test]
    fn rare_names_are_noticed() {
        for text in [":film_projector:", "a :no_such_name: b", ":fire: :elf:"] {
            assert!(has_rare_shortcode(text), "{text}");
        }
        for text in [
            "",
            "no",
            ":fire:",
            "10:30:45",
            "a: b:",
            "std::fire::x",
            ":é:",
            "::",
        ] {
            assert!(!has_rare_shortcode(text), "{text}");
        }
    }

    #[test]
    fn counts_sequences_as_one() {
        for (text, expected) in [
            ("👍", Some(1)),
            ("👍🏽 👩‍👩‍👧", Some(2)),
            ("🇫🇷🇩🇪", Some(2)),
            ("1️⃣ #⃣", Some(2)),
            ("🏴󠁧󠁢󠁥󠁮󠁧󠁿", Some(1)),
            ("❤️‍🔥", Some(1)),
            ("↩️©️", Some(2)),
            ("12", None),
            ("©", None),
            ("👍 ok", None),
            ("  ", Some(0)),
        ] {
            assert_eq!(count_if_only(text), expected, "{text:?}");
        }
    }
}
