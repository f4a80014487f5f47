//! Every language says everything, in every form that its grammar has, and nobody says what is never shown.

#![allow(clippy::unwrap_used, reason = "a test's helpers")]

use serde_json::{Map, Value};
use std::fs;
use std::path::Path;
use strings::catalogs::{LANGUAGES, Wrong, compact, language, of};
use strings::{KEYS, Kind};

/// Words that are the same in English, and are what people say there.
const SAME: &[(&str, &[&str])] = &[
    ("es", &["automated", "admin", "gif", "audio"]),
    ("zh", &["gif"]),
    (
        "nl",
        &[
            "automated",
            "poll",
            "gif",
            "video",
            "audio",
            "online_one",
            "online_other",
        ],
    ),
    (
        "pt",
        &["automated", "admin", "gif", "online_one", "online_other"],
    ),
    (
        "de",
        &[
            "automated",
            "admin",
            "gif",
            "video",
            "audio",
            "online_one",
            "online_other",
        ],
    ),
    (
        "it",
        &[
            "automated",
            "admin",
            "gif",
            "video",
            "audio",
            "file",
            "online_one",
            "online_other",
        ],
    ),
    (
        "fr",
        &[
            "automated",
            "admin",
            "image",
            "gif",
            "audio",
            "message",
            "messages",
            "votes_one",
            "votes_other",
        ],
    ),
    ("ja", &["gif"]),
    ("pl", &["admin", "gif"]),
    ("tr", &["gif", "video"]),
];
/// What is no word in most languages.
const NO_WORDS: &[&str] = &[
    "or_more",
    "percent",
    "bytes",
    "kilobytes",
    "megabytes",
    "gigabytes",
    "said",
    "answer",
];

fn texts(catalog: &str) -> Map<String, Value> {
    serde_json::from_str(catalog).unwrap()
}

fn with(change: impl Fn(&mut Map<String, Value>)) -> Result<String, Wrong> {
    let mut catalog = texts(LANGUAGES[0].1);
    change(&mut catalog);
    compact("en", &Value::Object(catalog).to_string())
}

#[test]
fn every_language_says_everything() {
    for (code, catalog) in LANGUAGES {
        if let Err(wrong) = compact(code, catalog) {
            panic!("catalogs/{code}.json: {wrong}");
        }
        assert_eq!(of(code).unwrap().language, code);
    }
}

#[test]
fn a_key_too_few_or_too_many_and_other_holes_are_refused() {
    let missing = |names: &[&str]| {
        Err(Wrong::Missing(
            names.iter().map(|name| (*name).to_owned()).collect(),
        ))
    };
    assert_eq!(
        with(|texts| drop(texts.remove("reply"))),
        missing(&["reply"])
    );
    assert_eq!(
        with(|texts| drop(texts.remove("votes_other"))),
        missing(&["votes_other"])
    );
    assert_eq!(
        with(|texts| drop(texts.insert("reply".into(), "".into()))),
        missing(&["reply"])
    );
    assert_eq!(
        compact("pl", LANGUAGES[0].1),
        missing(&[
            "votes_few",
            "votes_many",
            "online_few",
            "online_many",
            "new_messages_few",
            "new_messages_many",
            "more_people_few",
            "more_people_many"
        ])
    );
    for unused in ["answers", "votes_few", "reply_one"] {
        let made = with(|texts| drop(texts.insert(unused.into(), "{n}".into())));
        assert_eq!(made, Err(Wrong::Unused(vec![unused.to_owned()])));
    }
    for (key, text) in [
        ("one_types", "is typing…"),
        ("one_types", "{nmae} is typing…"),
        ("one_types", "{name} {name} is typing…"),
        ("reply", "Reply to {name}"),
        ("reply", "Reply}"),
        ("reply", "one\ntwo"),
        ("votes_one", "a vote"),
        ("votes_other", "{n} votes|{n} vote"),
    ] {
        let made = with(|texts| drop(texts.insert(key.into(), text.into())));
        assert_eq!(made, Err(Wrong::Text(key.to_owned())), "{text}");
    }
}

#[test]
fn what_is_left_in_english_is_so_on_purpose() {
    let english = texts(LANGUAGES[0].1);
    for (code, catalog) in &LANGUAGES[1..] {
        let same = SAME.iter().find(|(other, _)| other == code).unwrap().1;
        let mut unchanged: Vec<String> = texts(catalog)
            .into_iter()
            .filter(|(key, text)| english.get(key) == Some(text) && !NO_WORDS.contains(&&**key))
            .map(|(key, _)| key)
            .collect();
        let mut same: Vec<&str> = same.to_vec();
        unchanged.sort();
        same.sort_unstable();
        assert_eq!(unchanged, same, "catalogs/{code}.json");
    }
}

#[test]
fn texts_are_typeset_as_their_language_does() {
    for (code, catalog) in LANGUAGES {
        for (key, text) in texts(catalog) {
            let text = text.as_str().unwrap();
            assert_eq!(text.trim(), text, "{code} {key}");
            assert!(
                !text.contains("...") && !text.contains("  "),
                "{code} {key}: {text}"
            );
            assert!(
                !text.contains(['\'', '"']),
                "{code} {key}: a typewriter's quote in {text}"
            );
            let ends = |text: &str| text.ends_with(['.', '!', '?', '。', '！']);
            if key.ends_with("_text") || key.ends_with("_failed") {
                assert!(ends(text), "{code} {key}: {text} is a sentence");
            }
        }
    }
}

/// The text of every source that may say something.
fn sources() -> String {
    fn collect(directory: &Path, into: &mut String) {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(&path, into);
            } else if path
                .extension()
                .is_some_and(|ending| ending == "rs" || ending == "js")
            {
                into.push_str(&fs::read_to_string(path).unwrap());
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut text = String::new();
    for directory in ["src", "crates/markup/src"] {
        collect(&root.join(directory), &mut text);
    }
    text.push_str(&fs::read_to_string(root.join("crates/strings/src/keys.rs")).unwrap());
    text
}

#[test]
fn every_key_is_said_somewhere() {
    let sources = sources();
    let in_scripts = fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../src/embed/words.js"
    ))
    .unwrap();
    for (place, key) in KEYS.iter().enumerate() {
        let is_script = place < SCRIPTS;
        let is_said = sources.contains(&format!(".{}(", key.name))
            || (is_script && in_scripts.contains(key.name));
        assert!(is_said, "nobody says {}", key.name);
    }
}

/// How many of the first keys are the scripts' own.
const SCRIPTS: usize = 7;

/// The scripts find theirs by their place: `src/embed/words.js` names them in this order.
#[test]
fn the_scripts_know_the_order() {
    let source = fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../src/embed/words.js"
    ))
    .unwrap();
    let list = source
        .split_once("export const ENGLISH = { ")
        .unwrap()
        .1
        .split_once(" }")
        .unwrap()
        .0;
    let named: Vec<&str> = list.split(", ").collect();
    let first: Vec<&str> = KEYS[..SCRIPTS].iter().map(|key| key.name).collect();
    assert_eq!(named, first);
    assert!(KEYS[..SCRIPTS].iter().all(|key| key.kind == Kind::Words));
}

#[test]
fn a_tag_is_matched_by_its_language() {
    for (tag, expected) in [
        ("pt-BR", "pt"),
        ("PL", "pl"),
        ("zh-Hant-TW", "zh"),
        ("zh_TW", "zh"),
        ("de-CH-1996", "de"),
        ("", "en"),
        ("ar", "en"),
        ("english", "en"),
        ("x-pirate", "en"),
    ] {
        assert_eq!(language(tag), expected, "{tag}");
    }
}

#[test]
fn what_is_counted_takes_the_form_of_its_number() {
    let votes = |code, number| of(code).unwrap().votes(number, false);
    for (code, expected) in [
        (
            "en",
            [
                "0 votes",
                "1 vote",
                "2 votes",
                "5 votes",
                "22 votes",
                "1,000,000 votes",
            ],
        ),
        (
            "pl",
            [
                "0 głosów",
                "1 głos",
                "2 głosy",
                "5 głosów",
                "22 głosy",
                "1\u{a0}000\u{a0}000 głosów",
            ],
        ),
        (
            "fr",
            [
                "0 vote",
                "1 vote",
                "2 votes",
                "5 votes",
                "22 votes",
                "1\u{202f}000\u{202f}000 de votes",
            ],
        ),
        ("ja", ["0票", "1票", "2票", "5票", "22票", "1,000,000票"]),
    ] {
        assert_eq!(
            [0, 1, 2, 5, 22, 1_000_000].map(|number| votes(code, number)),
            expected
        );
    }
    assert_eq!(
        of("de").unwrap().new_messages(20, true),
        "20+ neue Nachrichten"
    );
    assert_eq!(of("de").unwrap().tenths(15), "1,5");
    assert_eq!(of("de").unwrap().tenths(20), "2");
}
