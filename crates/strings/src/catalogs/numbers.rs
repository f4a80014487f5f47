//! What `Intl` says of whole numbers in the languages that there are catalogs for, for who has no `Intl`. A test of the widget
//! compares both in a browser (`tests/web/languages.rs`).

use crate::numbers::Category::{self, Few, Many, One, Other};

const MILLION: u64 = 1_000_000;

/// The forms that a catalog of that language needs. `Other` stands for fractions, too, where whole numbers have no need of it.
pub(super) fn categories(language: &str) -> &'static [Category] {
    match language {
        "ja" | "zh" => &[Other],
        "es" | "fr" | "it" | "pt" => &[One, Many, Other],
        "pl" => &[One, Few, Many, Other],
        _ => &[One, Other],
    }
}

/// CLDR's cardinal rules for whole numbers.
pub(super) fn category(language: &str, number: u64) -> Category {
    match (language, number) {
        ("ja" | "zh", _) => Other,
        ("fr" | "pt", 0) | (_, 1) => One,
        ("pl", _) if matches!(number % 10, 2..=4) && !matches!(number % 100, 12..=14) => Few,
        ("pl", _) => Many,
        ("es" | "fr" | "it" | "pt", 1..) if number.is_multiple_of(MILLION) => Many,
        _ => Other,
    }
}

/// A number given in tenths, with its thousands set apart and at most one decimal.
pub(super) fn written(language: &str, tenths: u64) -> String {
    let (group, decimal) = match language {
        "en" | "ja" | "zh" => (",", "."),
        "fr" => ("\u{202f}", ","),
        "pl" => ("\u{a0}", ","),
        _ => (".", ","),
    };
    // Where four digits stay together.
    let least = if matches!(language, "es" | "it" | "pl") {
        5
    } else {
        4
    };
    let digits = (tenths / 10).to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if digits.len() >= least && index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push_str(group);
        }
        text.push(digit);
    }
    if !tenths.is_multiple_of(10) {
        text.push_str(decimal);
        text.push_str(&(tenths % 10).to_string());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_look_as_their_language_writes_them() {
        for (language, expected) in [
            ("en", ["12", "1.5", "1,234", "12,345.6"]),
            ("de", ["12", "1,5", "1.234", "12.345,6"]),
            ("fr", ["12", "1,5", "1\u{202f}234", "12\u{202f}345,6"]),
            ("pl", ["12", "1,5", "1234", "12\u{a0}345,6"]),
            ("es", ["12", "1,5", "1234", "12.345,6"]),
        ] {
            assert_eq!(
                [120, 15, 12_340, 123_456].map(|tenths| written(language, tenths)),
                expected
            );
        }
    }
}
