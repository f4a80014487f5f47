use crate::address::is_safe;
use crate::pen::Pen;
use chat_core::{Kind, Row};

/// How many tints there are for those without a picture.
const TINTS: u32 = 8;

/// The author's picture, or their initials on a colour that is always theirs. Only a group's first and last row can
/// show it.
pub(super) fn draw<P: Pen>(pen: &P, avatar: &P::Element, row: &Row) {
    pen.clear(avatar);
    if row.kind == Kind::System || !(row.starts_group || row.ends_group) {
        return;
    }
    pen.set(
        avatar,
        "data-tint",
        &tint(row.author.id.as_str()).to_string(),
    );
    pen.text(avatar, &initials(&row.author.name));
    let picture = row.author.picture.as_deref().filter(|url| is_safe(url));
    if let Some(url) = picture
        && let Some(image) = pen.element(avatar, "img", "")
    {
        pen.set(&image, "alt", "");
        pen.set(&image, "loading", "lazy");
        pen.set(&image, "referrerpolicy", "no-referrer");
        pen.set(&image, "src", url);
    }
}

/// FNV-1a of the id: the same colour on every device.
fn tint(id: &str) -> u32 {
    let hash = id.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    hash / 7 % TINTS
}

/// The first letters of the first and last word that have one; of a script without capitals, and of a mixture, the
/// first one alone. The stylesheet makes capitals of them: the browser has Unicode's tables, which are 6 kB to download.
fn initials(name: &str) -> String {
    let mut letters = name
        .split_whitespace()
        .filter_map(|word| word.chars().find(|character| is_letter(*character)));
    let first = letters.next();
    let last = letters
        .next_back()
        .filter(|letter| has_capitals(*letter) && first.is_some_and(has_capitals));
    first.into_iter().chain(last).collect()
}

/// Whether a character stands for somebody: no punctuation, mark, symbol or emoji, by Unicode's blocks.
fn is_letter(character: char) -> bool {
    match character {
        '\0'..='\u{7F}' => character.is_ascii_alphanumeric(),
        '\u{80}'..='\u{BF}' => matches!(character, 'ª' | 'µ' | 'º'),
        '×'
        | '÷'
        | '\u{2B0}'..='\u{36F}'
        | '\u{2000}'..='\u{2BFF}'
        | '\u{2E00}'..='\u{2E7F}'
        | '\u{2FF0}'..='\u{3004}'
        | '\u{3008}'..='\u{3020}'
        | '\u{3030}'
        | '\u{303D}'..='\u{303F}'
        | '\u{E000}'..='\u{F8FF}'
        | '\u{FE00}'..='\u{FE6F}'
        | '\u{FF00}'..='\u{FF0F}'
        | '\u{FF1A}'..='\u{FF20}'
        | '\u{FFE0}'..='\u{FFFF}'
        | '\u{1F000}'..='\u{1FAFF}'
        | '\u{E0000}'.. => false,
        _ => true,
    }
}

/// Whether a letter is of a script in which people's initials are capitals: Latin, Greek, Cyrillic or Armenian.
fn has_capitals(letter: char) -> bool {
    matches!(
        letter,
        'A'..='Z' | 'a'..='z' | 'À'..='ɏ' | 'Ͱ'..='ԯ' | 'Ա'..='և' | 'Ḁ'..='῿' | 'Ａ'..='ｚ'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_of_the_first_and_the_last_word() {
        for (name, expected) in [
            ("Ada Lovelace", "AL"),
            ("ada king lovelace", "al"),
            ("ada", "a"),
            ("", ""),
            ("   ", ""),
            ("🔥 Ada (she) 🔥", "As"),
            ("✨", ""),
            ("«Émile» d’Été", "Éd"),
            ("Жанна Ю.", "ЖЮ"),
            ("山田 太郎", "山"),
            ("Ada 山田", "A"),
            ("김 철수", "김"),
            ("مريم علي", "م"),
            ("42 Ada", "4"),
            ("_x_ -y-", "xy"),
        ] {
            assert_eq!(initials(name), expected, "{name}");
        }
    }

    /// The standard library has Unicode's tables, which the widget goes without.
    #[test]
    fn letters_are_what_unicode_takes_for_letters() {
        let scripts = [
            '\0'..='\u{17F}',
            'Ѐ'..='ҁ',
            'Ҋ'..='ԯ',
            'א'..='ת',
            '\u{3041}'..='\u{3096}',
            '一'..='龥',
            '가'..='힣',
        ];
        for letter in scripts.into_iter().flatten() {
            assert_eq!(
                is_letter(letter),
                letter.is_alphanumeric() && !matches!(letter, '²' | '³' | '¹' | '¼'..='¾'),
                "{letter}"
            );
        }
        for letter in ('A'..='z').chain('À'..='ɏ').chain('Ա'..='և') {
            if letter.is_alphabetic()
                && letter.to_uppercase().next() != letter.to_lowercase().next()
            {
                assert!(has_capitals(letter), "{letter}");
            }
        }
        for punctuation in "‘’“”…—·•→★☆✨©®™€£¥§¶\u{301}\u{FE0F}。、「」！？＃🔥🇫🇷👍".chars()
        {
            assert!(!is_letter(punctuation), "{punctuation}");
        }
    }
}
