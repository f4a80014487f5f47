//! Templates become sentences.
//!
//! `⟨a|b|c⟩` is one of the three; `{film}` a word of that pool, the same throughout a conversation, `{film2}`
//! another one; `{@B}` mentions speaker B, `{@}` anyone; `\n` and `\u{202e}` are what they are in Rust. All other
//! braces and backslashes stay.

use super::random::Random;
use super::words;
use std::collections::BTreeMap;

/// A conversation's people and the words it has settled on.
pub(super) struct Scene<'a> {
    /// All authors' ids.
    pub(super) authors: &'a [&'a str],
    /// Who speaks as A, B …: indices of `authors`.
    pub(super) cast: Vec<usize>,
    words: BTreeMap<String, &'static str>,
}

/// A sentence with whom it mentions.
#[derive(Default)]
pub(super) struct Phrase {
    pub(super) text: String,
    pub(super) mentions: Vec<String>,
}

impl<'a> Scene<'a> {
    pub(super) fn new(authors: &'a [&'a str], cast: Vec<usize>) -> Self {
        Self {
            authors,
            cast,
            words: BTreeMap::new(),
        }
    }

    pub(super) fn phrase(&mut self, template: &str, random: &mut Random) -> Phrase {
        let mut phrase = Phrase::default();
        self.expand(template, random, &mut phrase);
        phrase
    }

    fn expand(&mut self, template: &str, random: &mut Random, phrase: &mut Phrase) {
        let mut rest = template;
        while let Some(at) = rest.find(['⟨', '{', '\\']) {
            phrase.text.push_str(&rest[..at]);
            rest = &rest[at..];
            let length = if rest.starts_with('⟨') {
                self.expand_choice(rest, random, phrase)
            } else if rest.starts_with('{') {
                self.expand_slot(rest, random, phrase)
            } else {
                expand_escape(rest, phrase)
            };
            if length == 0 {
                let first = rest.chars().next().map_or(1, char::len_utf8);
                phrase.text.push_str(&rest[..first]);
                rest = &rest[first..];
            } else {
                rest = &rest[length..];
            }
        }
        phrase.text.push_str(rest);
    }

    /// Each returns how many bytes of the template it took; 0 where the template means no more than it says.
    fn expand_choice(&mut self, rest: &str, random: &mut Random, phrase: &mut Phrase) -> usize {
        let Some(end) = rest.find('⟩') else {
            return 0;
        };
        let open = '⟨'.len_utf8();
        let choices: Vec<&str> = rest[open..end].split('|').collect();
        if let Some(choice) = random.pick(&choices) {
            self.expand(choice, random, phrase);
        }
        end + '⟩'.len_utf8()
    }

    fn expand_slot(&mut self, rest: &str, random: &mut Random, phrase: &mut Phrase) -> usize {
        let Some(end) = rest.find('}') else { return 0 };
        let slot = &rest[1..end];
        if let Some(speaker) = slot.strip_prefix('@') {
            let author = match speaker.as_bytes() {
                [] => Some(random.below(self.authors.len())),
                [letter @ b'A'..=b'E'] => self.cast.get(usize::from(letter - b'A')).copied(),
                _ => return 0,
            };
            if let Some(id) = author.and_then(|author| self.authors.get(author)) {
                phrase.text.push('@');
                phrase.text.push_str(username(id));
                if !phrase.mentions.iter().any(|mentioned| mentioned == id) {
                    phrase.mentions.push((*id).to_owned());
                }
            }
            return end + 1;
        }
        let Some(word) = self.word(slot, random) else {
            return 0;
        };
        phrase.text.push_str(word);
        end + 1
    }

    fn word(&mut self, slot: &str, random: &mut Random) -> Option<&'static str> {
        if let Some(word) = self.words.get(slot) {
            return Some(word);
        }
        let pool = words::pool(slot.trim_end_matches(|digit: char| digit.is_ascii_digit()))?;
        let fresh: Vec<&'static str> = pool
            .into_iter()
            .filter(|word| !self.words.values().any(|used| used == word))
            .collect();
        let word = *random.pick(&fresh)?;
        self.words.insert(slot.to_owned(), word);
        Some(word)
    }
}

/// The name that goes with a seeded user's id.
fn username(id: &str) -> &str {
    id.strip_prefix("user_").unwrap_or(id)
}

fn expand_escape(rest: &str, phrase: &mut Phrase) -> usize {
    if rest.starts_with("\\n") {
        phrase.text.push('\n');
        return 2;
    }
    let character = rest.strip_prefix("\\u{").and_then(|digits| {
        let (digits, _) = digits.split_once('}')?;
        let character = char::from_u32(u32::from_str_radix(digits, 16).ok()?)?;
        Some((character, "\\u{}".len() + digits.len()))
    });
    let Some((character, length)) = character else {
        return 0;
    };
    phrase.text.push(character);
    length
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phrase(template: &str) -> Phrase {
        let authors = ["user_ada", "user_bob"];
        Scene::new(&authors, vec![0, 1]).phrase(template, &mut Random::new(3))
    }

    #[test]
    fn expands_what_it_knows_and_leaves_the_rest() {
        assert_eq!(phrase("⟨same|same⟩ thing").text, "same thing");
        assert_eq!(phrase("a\\nb\\u{202e}c").text, "a\nb\u{202e}c");
        let verbatim = "fn f() { x } {unknown} \\* \\u{zz} {@Z} ⟨ {";
        assert_eq!(phrase(verbatim).text, verbatim);
    }

    #[test]
    fn mentions_are_recorded_once() {
        let phrase = phrase("{@B} and {@B}, {@A}");
        assert_eq!(phrase.text, "@bob and @bob, @ada");
        assert_eq!(phrase.mentions, ["user_bob", "user_ada"]);
    }

    #[test]
    fn a_word_stays_the_same_within_a_conversation() {
        let text = phrase("{film}/{film}/{film2}").text;
        let words: Vec<&str> = text.split('/').collect();
        assert_eq!(words[0], words[1]);
        assert_ne!(words[0], words[2]);
    }
}
