//! What the proxy's own pages say, in the visitor's language. What the widget says is `crates/strings`'s.

use axum::http::{HeaderMap, header};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

const WORDS: &str = include_str!("../pages/words.json");

/// What the pages say in one language.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// What the page of an experience is called.
    pub chat: String,
    /// To who sees nothing else there.
    pub needs_javascript: String,
    /// The sign-in is over.
    pub done_title: String,
    pub done_text: String,
    /// The sign-in came to nothing: and why.
    pub failed_title: String,
    pub stale: String,
    pub foreign: String,
    pub unreachable: String,
    pub out_of_order: String,
}

/// In the visitor's language.
pub fn of(headers: &HeaderMap) -> &'static Words {
    static ALL: LazyLock<BTreeMap<String, Words>> =
        LazyLock::new(|| serde_json::from_str(WORDS).unwrap_or_default());
    static NONE: LazyLock<Words> = LazyLock::new(Words::default);
    ALL.get(strings::catalogs::language(locale(headers)))
        .unwrap_or(&NONE)
}

/// The first of the visitor's languages that the widget speaks, or English. A browser names them in their order.
pub fn locale(headers: &HeaderMap) -> &str {
    let accepted = headers.get(header::ACCEPT_LANGUAGE);
    let accepted = accepted.and_then(|value| value.to_str().ok());
    let mut tags = accepted.unwrap_or_default().split(',').map(|item| {
        let tag = item.split(';').next().unwrap_or_default();
        tag.trim()
    });
    let is_spoken = |tag: &&str| {
        let own = tag.split('-').next().unwrap_or_default();
        strings::catalogs::language(tag).eq_ignore_ascii_case(own)
    };
    // What passes has no character that HTML knows.
    let is_safe = |tag: &&str| {
        let mut bytes = tag.bytes();
        tag.len() < 36 && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    tags.find(|tag| is_spoken(tag) && is_safe(tag))
        .unwrap_or("en")
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;
    use std::collections::BTreeSet;

    fn accepting(languages: &str) -> HeaderMap {
        let value = HeaderValue::from_str(languages);
        HeaderMap::from_iter(value.map(|value| (header::ACCEPT_LANGUAGE, value)))
    }

    #[test]
    fn a_page_is_in_the_first_language_that_is_spoken() {
        for (accepted, expected) in [
            ("pl", "pl"),
            ("fi, pt-BR;q=0.9, en;q=0.8", "pt-BR"),
            ("fi-FI,sv", "en"),
            ("en-GB,de", "en-GB"),
            ("", "en"),
            ("*", "en"),
            ("de-\"><b>", "en"),
            ("de-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "en"),
        ] {
            assert_eq!(locale(&accepting(accepted)), expected, "{accepted}");
        }
    }

    #[test]
    fn every_language_says_everything_in_its_own_words() {
        let all: BTreeMap<String, BTreeMap<String, String>> = serde_json::from_str(WORDS).unwrap();
        let spoken: BTreeSet<&str> = all.keys().map(String::as_str).collect();
        let languages = strings::catalogs::LANGUAGES.map(|(code, _)| code);
        assert_eq!(spoken, BTreeSet::from(languages));
        for (language, words) in &all {
            for (key, text) in words {
                assert!(!text.is_empty(), "{language} {key}");
                let is_same = language != "en" && *text == all["en"][key];
                assert!(key == "chat" || !is_same, "{language} {key}");
            }
        }
        assert!(of(&accepting("de-AT")).done_title.starts_with("Du kannst"));
    }
}
