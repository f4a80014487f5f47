//! Characters that reach beyond their place: controls, bidi controls (X6), stacked marks (X7).

/// Combining marks that one base character may carry (X7). Vietnamese needs two, Tibetan and
/// pointed Hebrew up to five, the flag of England six tag characters.
pub const MAX_COMBINING_MARKS: u8 = 8;

/// Open bidi embeddings and isolates; further ones are dropped.
const MAX_BIDI_DEPTH: u32 = 32;

const POP_EMBEDDING: char = '\u{202C}';
const POP_ISOLATE: char = '\u{2069}';

/// Makes text harmless for its surroundings. Remembers the marks at the end of the last text,
/// because they stack across the parts of a line.
#[derive(Debug, Default)]
pub(super) struct Cleaner {
    marks: u8,
}

impl Cleaner {
    /// Cleans a text within a line: line ends become spaces.
    pub(super) fn line(&mut self, text: &str) -> String {
        self.clean(text, false)
    }

    /// Cleans preformatted text.
    pub(super) fn lines(&mut self, text: &str) -> String {
        self.clean(text, true)
    }

    fn clean(&mut self, text: &str, line_ends: bool) -> String {
        if !text.is_empty() && text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            self.marks = 0;
            return text.to_owned();
        }
        let mut out = String::with_capacity(text.len());
        let mut bidi = Bidi::default();
        for character in text.chars() {
            if is_mark(character) {
                if self.marks < MAX_COMBINING_MARKS {
                    self.marks += 1;
                    out.push(character);
                }
                continue;
            }
            match character {
                '\n' if line_ends => {
                    bidi.close(&mut out);
                    out.push('\n');
                }
                '\n' | '\u{2028}' | '\u{2029}' => out.push(' '),
                '\t' => out.push('\t'),
                '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => {
                    // Formatting characters have no base of their own: the marks go on stacking.
                    bidi.push(character, &mut out);
                    continue;
                }
                '\0'..='\u{1F}' | '\u{7F}'..='\u{9F}' | '\u{FDD0}'..='\u{FDEF}' => {
                    out.push(char::REPLACEMENT_CHARACTER);
                }
                other => out.push(other),
            }
            if !is_invisible(character) {
                self.marks = 0;
            }
        }
        bidi.close(&mut out);
        out
    }
}

/// The open embeddings and isolates of one text, innermost in the lowest bit.
#[derive(Debug, Default)]
struct Bidi {
    depth: u32,
    isolates: u32,
}

impl Bidi {
    fn push(&mut self, character: char, out: &mut String) {
        let closes_embedding = character == POP_EMBEDDING;
        let closes_isolate = character == POP_ISOLATE;
        if closes_embedding && self.depth > 0 && self.isolates & 1 == 0 {
            self.pop(out);
        } else if closes_isolate && self.isolates != 0 {
            while self.isolates & 1 == 0 {
                self.pop(out);
            }
            self.pop(out);
        } else if !closes_embedding && !closes_isolate && self.depth < MAX_BIDI_DEPTH {
            self.isolates = self.isolates << 1 | u32::from(character >= '\u{2066}');
            self.depth += 1;
            out.push(character);
        }
    }

    fn pop(&mut self, out: &mut String) {
        out.push(if self.isolates & 1 == 1 {
            POP_ISOLATE
        } else {
            POP_EMBEDDING
        });
        self.isolates >>= 1;
        self.depth -= 1;
    }

    fn close(&mut self, out: &mut String) {
        while self.depth > 0 {
            self.pop(out);
        }
    }
}

/// Characters that stack on the one before them. Ranges of Mn and Me (Unicode 16) in the scripts
/// that are abused for it, and the invisible variation selectors and tags.
pub(super) fn is_mark(character: char) -> bool {
    const RANGES: [(u32, u32); 38] = [
        (0x0300, 0x036F),
        (0x0483, 0x0489),
        (0x0591, 0x05BD),
        (0x05BF, 0x05C7),
        (0x0610, 0x061A),
        (0x064B, 0x065F),
        (0x06D6, 0x06DC),
        (0x06DF, 0x06E8),
        (0x06EA, 0x06ED),
        (0x0730, 0x074A),
        (0x07A6, 0x07B0),
        (0x07EB, 0x07F3),
        (0x0816, 0x082D),
        (0x0859, 0x085B),
        (0x0897, 0x0902),
        (0x093A, 0x093C),
        (0x0941, 0x094D),
        (0x0951, 0x0957),
        (0x09BC, 0x09BC),
        (0x09CD, 0x09CD),
        (0x0E31, 0x0E31),
        (0x0E34, 0x0E3A),
        (0x0E47, 0x0E4E),
        (0x0EB1, 0x0EB1),
        (0x0EB4, 0x0EBC),
        (0x0EC8, 0x0ECE),
        (0x0F18, 0x0F39),
        (0x0F71, 0x0F87),
        (0x135D, 0x135F),
        (0x17B4, 0x17D3),
        (0x180B, 0x180F),
        (0x1AB0, 0x1AFF),
        (0x1DC0, 0x1DFF),
        (0x20D0, 0x20FF),
        (0x302A, 0x302F),
        (0xFE00, 0xFE0F),
        (0xFE20, 0xFE2F),
        (0xE0020, 0xE01EF),
    ];
    let code = u32::from(character);
    code >= RANGES[0].0
        && RANGES
            .binary_search_by(|&(first, last)| {
                if last < code {
                    std::cmp::Ordering::Less
                } else if first > code {
                    std::cmp::Ordering::Greater
                } else {
                    std::cmp::Ordering::Equal
                }
            })
            .is_ok()
}

/// Characters without a shape of their own.
pub(super) fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
            | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FEFF}' | '\u{FFA0}'
            | '\u{2800}' | '\u{E0000}'..='\u{E0FFF}'
    )
}

/// Whether a reader sees anything of this text.
pub(super) fn is_visible(text: &str) -> bool {
    text.chars()
        .any(|character| !is_space(character) && !is_invisible(character) && !is_mark(character))
}

/// White space, also the typographic kinds.
pub(super) fn is_space(character: char) -> bool {
    matches!(
        character,
        '\0'..=' ' | '\u{85}' | '\u{A0}' | '\u{1680}' | '\u{2000}'..='\u{200A}'
            | '\u{2028}' | '\u{2029}' | '\u{202F}' | '\u{205F}' | '\u{3000}'
    )
}

/// Whether an address may show this character: neither space nor control nor invisible.
pub(super) fn is_printable(character: char) -> bool {
    if character.is_ascii() {
        return character.is_ascii_graphic();
    }
    !is_space(character)
        && !is_invisible(character)
        && !matches!(character, '\u{7F}'..='\u{9F}' | '\u{FDD0}'..='\u{FDEF}' | '\u{FFF0}'..='\u{FFFF}')
}

/// Whether a host's name may contain this character, as far as ranges can tell: no punctuation,
/// symbols, full-width forms or private use.
pub(super) fn is_name_character(character: char) -> bool {
    is_printable(character)
        && !matches!(
            character,
            '\u{A1}'..='\u{BF}' | '\u{D7}' | '\u{F7}' | '\u{2000}'..='\u{2BFF}'
                | '\u{2E00}'..='\u{2E7F}' | '\u{2FF0}'..='\u{3004}' | '\u{3008}'..='\u{3020}'
                | '\u{3030}' | '\u{E000}'..='\u{F8FF}' | '\u{FE00}'..='\u{FE6F}'
                | '\u{FF00}'..='\u{FF65}' | '\u{1F000}'..
        )
}

/// Characters that make one word with a neighbouring Latin letter: the alphabets that are written
/// with spaces. In the others a mention or URL may touch the text (`看https://…`, `@ada님`).
pub(super) fn joins_words(character: char) -> bool {
    matches!(
        character,
        '0'..='9' | 'A'..='Z' | 'a'..='z' | '_' | '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}'
            | '\u{F8}'..='\u{DFF}' | '\u{10A0}'..='\u{10FF}' | '\u{1E00}'..='\u{1FFF}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clean(text: &str) -> String {
        Cleaner::default().line(text)
    }

    #[test]
    fn x6_closes_what_is_open_and_drops_stray_closers() {
        assert_eq!(clean("a\u{202E}b"), "a\u{202E}b\u{202C}");
        assert_eq!(
            clean("\u{2067}a\u{202E}b"),
            "\u{2067}a\u{202E}b\u{202C}\u{2069}"
        );
        assert_eq!(
            clean("\u{2067}a\u{202E}b\u{2069}c"),
            "\u{2067}a\u{202E}b\u{202C}\u{2069}c"
        );
        assert_eq!(clean("a\u{2069}b\u{202C}"), "ab");
        assert_eq!(clean("\u{2067}a\u{202C}b\u{2069}"), "\u{2067}ab\u{2069}");
        let deep = "\u{202E}".repeat(500);
        assert_eq!(clean(&deep).chars().count(), 64);
    }

    #[test]
    fn x6_code_is_balanced_line_by_line() {
        let cleaned = Cleaner::default().lines("if \u{202E}x\ny");
        assert_eq!(cleaned, "if \u{202E}x\u{202C}\ny");
    }

    #[test]
    fn x7_caps_marks_also_across_texts_and_invisible_characters() {
        let mut cleaner = Cleaner::default();
        let first = cleaner.line(&("a".to_owned() + &"\u{301}".repeat(100)));
        assert_eq!(first.chars().count(), 1 + usize::from(MAX_COMBINING_MARKS));
        assert_eq!(
            cleaner.line("\u{301}\u{200B}\u{301}\u{202E}\u{301}"),
            "\u{200B}\u{202E}\u{202C}"
        );
        assert_eq!(cleaner.line("b\u{301}"), "b\u{301}");
        assert_eq!(clean("Việt ế שָׁלוֹם ที่นี่"), "Việt ế שָׁלוֹם ที่นี่");
    }

    #[test]
    fn controls_are_shown_not_obeyed() {
        assert_eq!(
            clean("a\0b\u{1B}[31m\u{85}\n"),
            "a\u{FFFD}b\u{FFFD}[31m\u{FFFD} "
        );
    }
}
