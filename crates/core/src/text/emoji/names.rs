/// Names of emoji, as a text: for each a line `name emoji`, sorted by the bytes of the names. A name is looked up in the
/// text itself, so that a table costs nothing but its bytes.
///
/// All names there are weigh 12 kB on the wire, a tenth of the widget, and few messages need a rare one. So the
/// [common](Self::COMMON) ones are built in, and `names.txt` is loaded when a message asks for more
/// ([`Effect::LoadEmojiNames`](crate::Effect::LoadEmojiNames)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EmojiNames<'a>(&'a str);

impl EmojiNames<'static> {
    /// Those that are used most.
    pub const COMMON: Self = Self(include_str!("common.txt"));
}

impl Default for EmojiNames<'_> {
    fn default() -> Self {
        EmojiNames::COMMON
    }
}

impl<'a> EmojiNames<'a> {
    /// Reads a table. Whatever the text is: what is not found in it is not known.
    pub const fn new(table: &'a str) -> Self {
        Self(table)
    }

    /// The name, as it stands in the table, and its emoji.
    pub fn find(self, name: &str) -> Option<(&'a str, &'a str)> {
        let (mut low, mut high) = (0, self.0.len());
        while low < high {
            let middle = usize::midpoint(low, high);
            let bytes = self.0.as_bytes();
            let start = bytes[low..middle]
                .iter()
                .rposition(|byte| *byte == b'\n')
                .map_or(low, |at| low + at + 1);
            let end = bytes[start..high]
                .iter()
                .position(|byte| *byte == b'\n')
                .map_or(high, |at| start + at);
            let (known, emoji) = self.0.get(start..end)?.split_once(' ')?;
            match known.cmp(name) {
                std::cmp::Ordering::Less => low = end + 1,
                std::cmp::Ordering::Greater => high = start,
                std::cmp::Ordering::Equal => return Some((known, emoji)),
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::super::{MAX_NAME, count_if_only};
    use super::*;

    const ALL: &str = include_str!("names.txt");

    /// GitHub's names, as the crate `emojis` has them, and the few of ours. With `UPDATE_EMOJI_NAMES=1` the file is
    /// written anew.
    #[test]
    fn the_whole_table_is_what_the_crate_knows() {
        let common = EmojiNames::COMMON
            .0
            .lines()
            .filter_map(|line| line.split_once(' '));
        let known = emojis::iter()
            .flat_map(|emoji| emoji.shortcodes().map(move |name| (name, emoji.as_str())));
        let table: std::collections::BTreeMap<&str, &str> = common.chain(known).collect();
        let lines: Vec<String> = table
            .iter()
            .map(|(name, emoji)| [name, " ", emoji, "\n"].concat())
            .collect();
        let text = lines.concat();
        if std::env::var_os("UPDATE_EMOJI_NAMES").is_some() {
            let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/text/emoji/names.txt");
            std::fs::write(path, &text).unwrap();
        }
        assert!(text == ALL, "run this test with UPDATE_EMOJI_NAMES=1");
        assert!(table.len() > 1_900);
    }

    #[test]
    fn every_name_is_found() {
        for names in [EmojiNames::COMMON, EmojiNames::new(ALL)] {
            for (name, emoji) in names.0.lines().map(|line| line.split_once(' ').unwrap()) {
                assert_eq!(names.find(name), Some((name, emoji)));
                assert_eq!(count_if_only(emoji), Some(1), "{name} {emoji}");
                assert!(name.len() <= MAX_NAME, "{name}");
                assert_eq!(
                    EmojiNames::new(ALL).find(name),
                    Some((name, emoji)),
                    "one meaning"
                );
            }
            for name in ["", "\n", " ", "aa", "zzzz", "heart ", "fire\n", "🔥"] {
                assert_eq!(names.find(name), None, "{name:?}");
            }
        }
    }

    #[test]
    fn a_table_that_is_none_knows_nothing() {
        for table in ["", "\n\n", "fire", "é", "a b c\nfire\n\n é"] {
            assert_eq!(EmojiNames::new(table).find("fire"), None, "{table:?}");
        }
    }
}
