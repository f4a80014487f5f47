//! Words that are looked for, and where they stand in a text.

use super::unicode::{is_invisible, is_mark, is_space};

/// Takes letters apart (Unicode's NFKD) and writes them in capitals. Whoever runs the core brings it: the tables are larger
/// than all that is made of them, and a browser has them.
pub type Fold = fn(&str) -> String;

/// More words than that are not looked for.
const MOST_TERMS: usize = 16;
/// More places than that are not told of one text.
const MOST_PLACES: usize = 300;
/// The words and phrases that a text must have, all of them, wherever they stand in it. Neither capitals nor accents count.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Query {
    terms: Vec<String>,
}

impl Query {
    /// As somebody writes it: words, and phrases between quotation marks, the last of which may be missing.
    pub fn new(written: &str, fold: Fold) -> Self {
        let mut terms = vec![String::new()];
        let mut quoted = false;
        let mut folded = String::new();
        fold_into(written, fold, &mut folded);
        for character in folded.chars() {
            // A phone writes the curved ones.
            let is_quote = matches!(character, '"' | '“' | '”' | '„');
            quoted ^= is_quote;
            if is_quote || (character == ' ' && !quoted) {
                terms.push(String::new());
            } else if let Some(term) = terms.last_mut() {
                term.push(character);
            }
        }
        let trimmed = terms.iter().map(|term| term.trim_matches(' '));
        let written = trimmed.filter(|term| !term.is_empty());
        Self {
            terms: written.take(MOST_TERMS).map(str::to_owned).collect(),
        }
    }

    /// Whether there is nothing to look for.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// Whether a text has them all; the text as [`fold_into`] leaves it. What stands beside it, such as who wrote it, may
    /// have some of them, and never all: somebody's name would find all that they ever wrote.
    pub fn is_in(&self, folded: &str, beside: &str) -> bool {
        let mut has_any = false;
        let mut has = |term: &String| {
            let is_there = next(folded, term, 0).is_some();
            has_any |= is_there;
            is_there || next(beside, term, 0).is_some()
        };
        self.terms.iter().all(&mut has) && has_any
    }

    /// Where any of them stands in a text: from where to where, in UTF-16 code units, which the browser counts in. In order,
    /// and none touches another. The first few hundred.
    pub fn places(&self, text: &str, fold: Fold) -> Vec<(u32, u32)> {
        let folded = Folded::new(text, fold);
        let mut places: Vec<(u32, u32)> = Vec::new();
        // Each term with the next place where it stands.
        let next_of = |term, from| next(&folded.text, term, from);
        let mut terms: Vec<(&str, Option<usize>)> = Vec::new();
        for term in &self.terms {
            terms.push((term, next_of(term, 0)));
        }
        while places.len() < MOST_PLACES {
            let waiting = terms.iter_mut().filter(|(_, at)| at.is_some());
            let Some((term, place)) = waiting.min_by_key(|(_, at)| *at) else {
                break;
            };
            let at = place.unwrap_or_default();
            *place = next_of(term, at + 1);
            let Some((start, end)) = folded.source(at, at + term.len()) else {
                continue;
            };
            match places.last_mut() {
                Some(last) if start <= last.1 => last.1 = last.1.max(end),
                _ => places.push((start, end)),
            }
        }
        places
    }
}

/// Where a term stands next. Not `str::find`, whose two-way search is for longer ones, and 1 kB of code.
fn next(text: &str, term: &str, from: usize) -> Option<usize> {
    let text = text.as_bytes().get(from..)?;
    let at = text
        .windows(term.len())
        .position(|window| window == term.as_bytes())?;
    Some(from + at)
}

/// Adds a text as it is compared: folded, without what has no shape of its own, white space as single spaces.
pub(crate) fn fold_into(text: &str, fold: Fold, out: &mut String) {
    if text.is_ascii() {
        text.bytes().for_each(|byte| push(char::from(byte), out));
    } else {
        fold(text)
            .chars()
            .for_each(|character| push(character, out));
    }
}

fn push(character: char, out: &mut String) {
    match character {
        // As they are typed.
        '\u{2018}' | '\u{2019}' => out.push('\''),
        space if is_space(space) => {
            if !out.ends_with(' ') {
                out.push(' ');
            }
        }
        // In the scripts of India and beyond marks are vowels: without them a word would be another.
        mark if is_mark(mark) && !('\u{900}'..'\u{1AB0}').contains(&mark) => {}
        shapeless if is_invisible(shapeless) => {}
        other => out.push(other.to_ascii_uppercase()),
    }
}

/// A text as it is compared, that still knows where each of its characters stood.
struct Folded {
    text: String,
    /// Where a character's folded form begins in `text`, and where the character ends in the source, in UTF-16 code
    /// units. What folds to nothing belongs to the one before.
    ends: Vec<(usize, u32)>,
}

impl Folded {
    fn new(source: &str, fold: Fold) -> Self {
        let (mut text, mut ends, mut end) = (String::new(), Vec::new(), 0);
        let mut buffer = [0; 4];
        for character in source.chars() {
            let begin = text.len();
            fold_into(character.encode_utf8(&mut buffer), fold, &mut text);
            end += if character > '\u{FFFF}' { 2 } else { 1 };
            match ends.last_mut() {
                Some((_, last)) if text.len() == begin => *last = end,
                _ => ends.push((begin, end)),
            }
        }
        Self { text, ends }
    }

    /// Where a stretch of the folded text stood.
    fn source(&self, start: usize, end: usize) -> Option<(u32, u32)> {
        let behind = |at: usize| self.ends.partition_point(|(begin, _)| *begin < at);
        let (first, last) = (
            behind(start + 1).checked_sub(1)?,
            behind(end).checked_sub(1)?,
        );
        let before = first
            .checked_sub(1)
            .and_then(|before| self.ends.get(before));
        Some((before.map_or(0, |(_, end)| *end), self.ends.get(last)?.1))
    }
}

#[cfg(test)]
mod tests {
    use super::{Fold, Query, fold_into};
    use icu_normalizer::DecomposingNormalizerBorrowed;
    use proptest::prelude::*;

    /// What a browser does in `src/platform/letters.rs`.
    const FOLD: Fold = |text| {
        let apart = DecomposingNormalizerBorrowed::new_nfkd().normalize(text);
        apart.to_uppercase()
    };

    fn is_in(query: &str, text: &str) -> bool {
        let mut folded = String::new();
        fold_into(text, FOLD, &mut folded);
        Query::new(query, FOLD).is_in(&folded, "")
    }

    /// What is marked of a text.
    fn marked(query: &str, text: &str) -> Vec<String> {
        let units: Vec<u16> = text.encode_utf16().collect();
        let cut = |(start, end): (u32, u32)| {
            let range = start as usize..end as usize;
            String::from_utf16_lossy(&units[range])
        };
        let places = Query::new(query, FOLD).places(text, FOLD);
        places.into_iter().map(cut).collect()
    }

    #[test]
    fn capitals_and_accents_do_not_count() {
        for (query, text) in [
            ("cafe", "Le CAFÉ du coin"),
            ("CAFÉ", "cafe"),
            ("e\u{301}te\u{301}", "Été"),
            ("strasse", "Straße"),
            ("straße", "STRASSE"),
            ("istanbul", "İSTANBUL"),
            ("ışık", "IŞIK"),
            ("οδος", "ΟΔΌΣ"),
            ("ａｂｃ１２", "abc12"),
            ("abc", "ＡＢＣ"),
            ("fi", "ofﬁce"),
            ("don't", "don’t"),
            ("سلام", "سَلَام"),
            ("שלום", "שָׁלוֹם"),
            ("viet", "Việt"),
            ("heart", "he\u{ad}art\u{200b}"),
        ] {
            assert!(is_in(query, text), "{query} in {text}");
            assert!(!marked(query, text).is_empty(), "{query} in {text}");
        }
        assert!(
            !is_in("की", "का"),
            "vowels of a script that writes them as marks"
        );
        assert!(!is_in("cafe", "caf"));
    }

    #[test]
    fn what_is_written_without_spaces_is_found_within_it() {
        assert!(is_in("天気", "今日は天気がいいですね"));
        assert!(is_in("서울", "우리는서울에간다"));
        assert_eq!(marked("天気", "今日は天気がいい"), ["天気"]);
    }

    #[test]
    fn all_words_are_wanted_and_phrases_as_they_stand() {
        let text = "the quick  brown\nfox";
        assert!(is_in("fox quick", text));
        assert!(!is_in("fox slow", text));
        assert!(is_in("\"quick brown fox\"", text));
        assert!(is_in("“Quick Brown”", text));
        assert!(is_in("„quick brown“ fox", text));
        assert!(!is_in("\"brown quick\"", text));
        assert!(is_in("fox \"quick br", text), "still being written");
        assert!(!is_in("", text) && !is_in(" \"\" ", text) && !is_in("\u{301}", text));
        assert!(Query::new(" \" ", FOLD).is_empty());
    }

    #[test]
    fn a_name_finds_what_was_written_only_beside_a_word_of_it() {
        let is_in = |query: &str| Query::new(query, FOLD).is_in("FIXED FILM", "MARCUS");
        assert!(is_in("film") && is_in("marcus film") && is_in("film marc"));
        assert!(!is_in("marcus") && !is_in("marcus fog"));
    }

    #[test]
    fn marks_stand_on_what_was_written() {
        assert_eq!(marked("a", "ÄBa"), ["Ä", "a"]);
        assert_eq!(marked("e", "e\u{301}x"), ["e\u{301}"]);
        assert_eq!(marked("s", "Maß"), ["ß"], "half of what it folds to");
        assert_eq!(marked("ana an", "banana band"), ["anana", "an"]);
        assert_eq!(marked("👋 b", "a👋b 🏴‍☠️ b"), ["👋b", "b"]);
        assert_eq!(marked("x y", "x    y"), ["x", "y"]);
        assert_eq!(marked("\"x y\"", "x \n  y"), ["x \n  y"]);
    }

    #[test]
    fn x4_a_long_text_is_marked_in_a_moment() {
        let text = "a b ".repeat(25_000);
        let begun = std::time::Instant::now();
        assert_eq!(marked("a b zzz", &text).len(), super::MOST_PLACES);
        assert!(!is_in("zzz a", &text));
        assert!(begun.elapsed().as_secs() < 2);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn whatever_is_written_marks_stand_within_the_text(query in any::<String>(), text in any::<String>()) {
            let length = u32::try_from(text.encode_utf16().count()).unwrap_or(u32::MAX);
            let mut end = 0;
            for (start, stop) in Query::new(&query, FOLD).places(&text, FOLD) {
                prop_assert!(start < stop && stop <= length);
                prop_assert!(start >= end);
                end = stop;
            }
        }

        #[test]
        fn a_piece_of_a_text_is_found_in_it_and_marked(text in "[a-fA-F0-2 éßﬁ한天]{1,30}", from in 0..30_usize, many in 1..30_usize) {
            let piece: String = text.chars().skip(from).take(many).filter(|one| *one != '"').collect();
            let query = Query::new(&piece, FOLD);
            prop_assume!(!query.is_empty());
            let mut folded = String::new();
            fold_into(&text, FOLD, &mut folded);
            prop_assert!(query.is_in(&folded, ""));
            prop_assert!(!query.places(&text, FOLD).is_empty());
        }
    }
}
