//! `:shortcode:` names, and what looks like an emoji.

/// Common shortcodes, sorted by name. The whole list is loaded with the emoji picker.
const SHORTCODES: [(&str, &str); 70] = [
    ("+1", "👍"),
    ("-1", "👎"),
    ("100", "💯"),
    ("astonished", "😲"),
    ("blush", "😊"),
    ("boom", "💥"),
    ("broken_heart", "💔"),
    ("bulb", "💡"),
    ("camera", "📷"),
    ("camera_flash", "📸"),
    ("clap", "👏"),
    ("confused", "😕"),
    ("cool", "😎"),
    ("cry", "😢"),
    ("dart", "🎯"),
    ("eyes", "👀"),
    ("facepalm", "🤦"),
    ("film_strip", "🎞️"),
    ("fire", "🔥"),
    ("fist", "✊"),
    ("gem", "💎"),
    ("ghost", "👻"),
    ("gift", "🎁"),
    ("grin", "😁"),
    ("grinning", "😀"),
    ("handshake", "🤝"),
    ("heart", "❤️"),
    ("heart_eyes", "😍"),
    ("hugs", "🤗"),
    ("joy", "😂"),
    ("kissing_heart", "😘"),
    ("laughing", "😆"),
    ("lock", "🔒"),
    ("mega", "📣"),
    ("melting_face", "🫠"),
    ("moneybag", "💰"),
    ("muscle", "💪"),
    ("neutral_face", "😐"),
    ("ok_hand", "👌"),
    ("open_mouth", "😮"),
    ("party", "🥳"),
    ("partying_face", "🥳"),
    ("pensive", "😔"),
    ("pray", "🙏"),
    ("question", "❓"),
    ("rage", "😡"),
    ("raised_hands", "🙌"),
    ("rocket", "🚀"),
    ("rofl", "🤣"),
    ("salute", "🫡"),
    ("scream", "😱"),
    ("shrug", "🤷"),
    ("skull", "💀"),
    ("sleeping", "😴"),
    ("slightly_smiling_face", "🙂"),
    ("smile", "😄"),
    ("smiley", "😃"),
    ("smirk", "😏"),
    ("sob", "😭"),
    ("sparkles", "✨"),
    ("star", "⭐"),
    ("sunglasses", "😎"),
    ("sweat_smile", "😅"),
    ("tada", "🎉"),
    ("thinking", "🤔"),
    ("thumbsup", "👍"),
    ("warning", "⚠️"),
    ("wave", "👋"),
    ("white_check_mark", "✅"),
    ("wink", "😉"),
];

/// Longest name that is looked up.
const MAX_NAME: usize = 32;

/// The emoji of a name without colons.
pub fn from_shortcode(name: &str) -> Option<&'static str> {
    entry(name).map(|(_, character)| character)
}

fn entry(name: &str) -> Option<(&'static str, &'static str)> {
    let index = SHORTCODES
        .binary_search_by(|(known, _)| (*known).cmp(name))
        .ok()?;
    SHORTCODES.get(index).copied()
}

/// The shortcode whose first colon is at `at`: its end, name and emoji. Times (`10:30:45`) and
/// paths (`a::heart::b`) are none (C7); `from` is where the last part ended, so that several may
/// follow one another.
pub(super) fn shortcode_at(
    text: &str,
    from: usize,
    at: usize,
) -> Option<(usize, &'static str, &'static str)> {
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
        .position(|byte| *byte == b':')?;
    let end = at + 1 + length + 1;
    if bytes.get(end).is_some_and(u8::is_ascii_alphanumeric) {
        return None;
    }
    let (shortcode, character) = entry(text.get(at + 1..end - 1)?)?;
    Some((end, shortcode, character))
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
            '\u{1F000}'..='\u{1FAFF}' | '\u{2600}'..='\u{27BF}' => {
                count += usize::from(!joined);
                joined = false;
            }
            '\u{231A}'
            | '\u{231B}'
            | '\u{23E9}'..='\u{23F3}'
            | '\u{2B1B}'
            | '\u{2B1C}'
            | '\u{2B50}'
            | '\u{2B55}' => count += 1,
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

    #[test]
    fn the_table_is_sorted_and_its_names_are_short() {
        assert!(SHORTCODES.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert!(SHORTCODES.iter().all(|(name, _)| name.len() <= MAX_NAME));
        assert!(
            SHORTCODES
                .iter()
                .all(|(_, emoji)| count_if_only(emoji) == Some(1))
        );
        assert_eq!(from_shortcode("heart"), Some("❤️"));
        assert_eq!(from_shortcode("nothing"), None);
    }

    #[test]
    fn c7_times_and_paths_are_not_shortcodes() {
        assert_eq!(shortcode_at("so :fire:!", 0, 3), Some((9, "fire", "🔥")));
        assert_eq!(shortcode_at(":fire::tada:", 6, 6), Some((12, "tada", "🎉")));
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
                .find_map(|(at, _)| shortcode_at(text, 0, at));
            assert_eq!(found, None, "{text}");
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
