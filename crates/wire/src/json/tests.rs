//! `serde_json` is the oracle.

use super::*;
use proptest::prelude::*;

/// What `serde_json` makes of a text, unless a number in it is too large for its floats.
fn theirs(text: &str) -> Result<Option<serde_json::Value>, ()> {
    match serde_json::from_str(text) {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.to_string().contains("out of range") => Err(()),
        Err(_) => Ok(None),
    }
}

fn assert_same(text: &str) {
    if let Ok(theirs) = theirs(text) {
        let ours = Value::parse(text).map(serde_json::Value::from);
        match (ours, theirs) {
            (Some(ours), Some(theirs)) => assert!(nearly_equal(&ours, &theirs), "{text:?}"),
            (ours, theirs) => assert_eq!(ours, theirs, "{text:?}"),
        }
    }
}

/// `serde_json` rounds the last digit of a float by guess.
fn nearly_equal(ours: &serde_json::Value, theirs: &serde_json::Value) -> bool {
    use serde_json::Value::{Array, Number, Object};
    match (ours, theirs) {
        (Array(ours), Array(theirs)) => {
            ours.len() == theirs.len()
                && ours
                    .iter()
                    .zip(theirs)
                    .all(|(ours, theirs)| nearly_equal(ours, theirs))
        }
        (Object(ours), Object(theirs)) => {
            ours.len() == theirs.len()
                && ours
                    .iter()
                    .zip(theirs)
                    .all(|(ours, theirs)| ours.0 == theirs.0 && nearly_equal(ours.1, theirs.1))
        }
        (Number(ours), Number(theirs)) => {
            let (ours, theirs) = (ours.as_f64().unwrap(), theirs.as_f64().unwrap());
            (ours - theirs).abs() <= theirs.abs() * 1e-15
        }
        _ => ours == theirs,
    }
}

#[test]
fn reads_what_serde_json_reads_and_refuses_what_it_refuses() {
    for text in [
        "",
        " ",
        "null",
        "nul",
        "nulll",
        " true ",
        "false,",
        "0",
        "-0",
        "00",
        "01",
        "-",
        "+1",
        "1.",
        ".5",
        "1.5",
        "1e3",
        "1E+3",
        "1e-3",
        "1e",
        "1e+",
        "0x1",
        "NaN",
        "18446744073709551615",
        "[]",
        "[ ]",
        "[,]",
        "[1,]",
        "[1 2]",
        "[1,2",
        "[1,2]]",
        "{}",
        "{ }",
        "{,}",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{\"a\" : 1 , \"b\":[{}]}",
        "{a:1}",
        "{\"a\":1,\"a\":2}",
        "{1:1}",
        "[1}",
        "{\"a\":1]",
        "\"",
        "\"a",
        "\"a\"b",
        "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
        "\"\\x\"",
        "\"\\",
        "\"\\u\"",
        "\"\\u00e9 \\u00E9 é\"",
        "\"\\u12\"",
        "\"\\u+123\"",
        "\"\\ud83d\\ude00\"",
        "\"\\ud83d\"",
        "\"\\ude00\"",
        "\"\\ud83d\\ud83d\"",
        "\"\\ud83d\\n\"",
        "\"a\nb\"",
        "\"\u{7f}\u{2028}\"",
        "\u{feff}1",
        "\u{a0}1",
        "/**/1",
    ] {
        assert_same(text);
    }
}

#[test]
fn is_borrowed_where_nothing_is_escaped() {
    let is_borrowed = |text| match Value::parse(text) {
        Some(Value::String(text)) => matches!(text, Cow::Borrowed(_)),
        other => panic!("{other:?}"),
    };
    assert!(is_borrowed("\"plain é\""));
    assert!(!is_borrowed("\"a\\n\""));
}

#[test]
fn nesting_ends_where_serde_json_ends_it() {
    for (depth, fits) in [(100, true), (127, true), (128, false), (100_000, false)] {
        let text = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert_eq!(Value::parse(&text).is_some(), fits, "{depth}");
        if depth < 1_000 {
            assert_same(&text);
        }
    }
}

#[test]
fn a_field_is_the_last_of_its_name() {
    let value = Value::parse("{\"a\":\"1\",\"b\":0,\"a\":\"2\"}").unwrap();
    assert_eq!(value.get("a").and_then(Value::as_str), Some("2"));
    assert_eq!(value.get("b").and_then(Value::as_str), None);
    assert_eq!(value.get("c"), None);
}

#[test]
fn the_whole_part_of_a_number() {
    let whole = |text| Value::parse(text).and_then(|value| value.whole());
    for (text, expected) in [
        ("0", Some((0, true))),
        ("-0", Some((0, true))),
        ("-0.0", Some((0, true))),
        ("12.00", Some((12, true))),
        ("-12.5", Some((-12, false))),
        ("1.25e2", Some((125, true))),
        ("1.255e2", Some((125, false))),
        ("1e18", Some((1_000_000_000_000_000_000, true))),
        ("1e19", None),
        ("125e-2", Some((1, false))),
        ("100e-2", Some((1, true))),
        ("5e-3", Some((0, false))),
        ("0e2000000000", Some((0, true))),
        ("0.0001e2147483647", None),
        ("1e2147483648", None),
        ("9223372036854775807", Some((i64::MAX, true))),
        ("9223372036854775808", None),
        ("true", None),
    ] {
        assert_eq!(whole(text), expected, "{text}");
    }
}

fn json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(serde_json::Value::from),
        any::<i64>().prop_map(serde_json::Value::from),
        any::<u64>().prop_map(serde_json::Value::from),
        any::<f64>().prop_map(serde_json::Value::from),
        any::<String>().prop_map(serde_json::Value::from),
    ];
    leaf.prop_recursive(5, 32, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(serde_json::Value::from),
            prop::collection::btree_map(any::<String>(), inner, 0..5)
                .prop_map(|fields| serde_json::Value::Object(fields.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn any_document_is_read_as_serde_json_reads_it(value in json(), pretty in any::<bool>()) {
        let text = if pretty {
            serde_json::to_string_pretty(&value).unwrap()
        } else {
            value.to_string()
        };
        prop_assert!(Value::parse(&text).is_some());
        assert_same(&text);
    }

    #[test]
    fn a_damaged_document_is_refused_where_serde_json_refuses_it(
        value in json(), at in any::<prop::sample::Index>(), by in "[\\[\\]{},:\"\\\\0-9a-f. +eEu-]?"
    ) {
        let mut characters: Vec<char> = value.to_string().chars().collect();
        let at = at.index(characters.len());
        characters.splice(at..=at, by.chars());
        assert_same(&characters.into_iter().collect::<String>());
    }

    #[test]
    fn any_text_is_harmless(text in any::<String>()) {
        assert_same(&text);
    }

    #[test]
    fn whole_numbers_agree_with_floats(units in -1_000_000_000_i64..1_000_000_000, fraction in 0..1_000_u32, shift in -3..4_i32) {
        let text = format!("{units}.{fraction:03}e{shift}");
        let (ours, exact) = Value::parse(&text).unwrap().whole().unwrap();
        let theirs: f64 = text.parse().unwrap();
        #[allow(clippy::cast_possible_truncation, reason = "that is what is tested")]
        let truncated = theirs.trunc() as i64;
        prop_assert_eq!(ours, truncated);
        prop_assert_eq!(exact, theirs.fract() == 0.0);
    }
}
