//! The catalogs: a file for each language, with a text for each key, several of what is counted (`votes_one`, `votes_other`).
//! For servers, the build and tests.

mod numbers;

use crate::keys::{BETWEEN_FORMS, KEYS, Kind, Strings};
use crate::numbers::{Category, Numbers};
use serde_json::{Map, Value};
use std::fmt;
use std::sync::LazyLock;

/// The code of each language, and its catalog. English first, for who speaks none of them.
pub const LANGUAGES: [(&str, &str); 11] = [
    ("en", include_str!("../../catalogs/en.json")),
    ("es", include_str!("../../catalogs/es.json")),
    ("zh", include_str!("../../catalogs/zh.json")),
    ("nl", include_str!("../../catalogs/nl.json")),
    ("pt", include_str!("../../catalogs/pt.json")),
    ("de", include_str!("../../catalogs/de.json")),
    ("it", include_str!("../../catalogs/it.json")),
    ("fr", include_str!("../../catalogs/fr.json")),
    ("ja", include_str!("../../catalogs/ja.json")),
    ("pl", include_str!("../../catalogs/pl.json")),
    ("tr", include_str!("../../catalogs/tr.json")),
];

/// What is wrong with a catalog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// No object of texts.
    Unreadable(String),
    /// These keys are missing, or what they need beside them: a form of what is counted.
    Missing(Vec<String>),
    /// Nobody asks for these.
    Unused(Vec<String>),
    /// A text has a line break, a `|`, or other holes than its key has.
    Text(String),
}

impl fmt::Display for Wrong {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(error) => write!(formatter, "it is no JSON object of texts: {error}"),
            Self::Missing(keys) => write!(formatter, "it lacks {}", keys.join(", ")),
            Self::Unused(keys) => write!(
                formatter,
                "nobody asks for {} (crates/strings/src/keys.rs)",
                keys.join(", ")
            ),
            Self::Text(key) => write!(
                formatter,
                "{key} has a line break, a `|`, or other holes than crates/strings/src/keys.rs gives it"
            ),
        }
    }
}

impl std::error::Error for Wrong {}

/// The language of [`LANGUAGES`] for a BCP 47 tag: by its first part, and English where that is none of them.
pub fn language(locale: &str) -> &'static str {
    let own = locale.split(['-', '_']).next().unwrap_or_default();
    let mut codes = LANGUAGES.iter().map(|(code, _)| *code);
    codes
        .find(|code| code.eq_ignore_ascii_case(own))
        .unwrap_or("en")
}

/// What the widget says to who reads that language, or English. `None` where the catalog is wrong, which the tests would tell.
pub fn of(locale: &str) -> Option<&'static Strings> {
    static ALL: LazyLock<Vec<Strings>> = LazyLock::new(|| {
        let read = |(code, catalog): &(&'static str, &str)| {
            let text = String::leak(compact(code, catalog).ok()?);
            Strings::read(text, code, MACHINE)
        };
        LANGUAGES.iter().filter_map(read).collect()
    });
    let code = language(locale);
    ALL.iter().find(|strings| strings.language == code)
}

/// Numbers where there is no browser.
pub const MACHINE: Numbers = Numbers {
    category: numbers::category,
    written: numbers::written,
};

/// A catalog as [`Strings::read`] reads it: the language's code, then a line for each of [`KEYS`], in that order.
pub fn compact(code: &str, catalog: &str) -> Result<String, Wrong> {
    let mut texts: Map<String, Value> =
        serde_json::from_str(catalog).map_err(|error| Wrong::Unreadable(error.to_string()))?;
    let mut lines = vec![code.to_owned()];
    let mut missing = Vec::new();
    for key in KEYS {
        let mut take = |name: String| {
            let text = texts.remove(&name);
            let text = text.and_then(|text| text.as_str().map(str::to_owned));
            let text = text.filter(|text| !text.is_empty());
            if text.is_none() {
                missing.push(name.clone());
            }
            Ok((text.unwrap_or_default(), name))
        };
        let checked = |(text, name): (String, String), expected: &[&str]| {
            let is_right =
                text.is_empty() || holes(&text).is_some_and(|holes| holes == sorted(expected));
            let is_line = !text.contains(['\n', '\r', BETWEEN_FORMS]);
            (is_right && is_line)
                .then_some(text)
                .ok_or(Wrong::Text(name))
        };
        lines.push(match key.kind {
            Kind::Words => checked(take(key.name.to_owned())?, &[])?,
            Kind::Sentence(holes) => checked(take(key.name.to_owned())?, holes)?,
            Kind::Counted => {
                let mut forms = Vec::new();
                for category in Category::ALL {
                    forms.push(if numbers::categories(code).contains(&category) {
                        let name = [key.name, "_", category.name()].concat();
                        checked(take(name)?, &["n"])?
                    } else {
                        String::new()
                    });
                }
                forms.join(&BETWEEN_FORMS.to_string())
            }
        });
    }
    if !missing.is_empty() {
        return Err(Wrong::Missing(missing));
    }
    if !texts.is_empty() {
        return Err(Wrong::Unused(
            texts.into_iter().map(|(key, _)| key).collect(),
        ));
    }
    Ok(lines.join("\n"))
}

/// The holes of a text, sorted. `None` where a brace has no other.
fn holes(text: &str) -> Option<Vec<&str>> {
    let mut holes = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, behind) = after.split_once('}')?;
        if before.contains('}') || name.contains('{') {
            return None;
        }
        holes.push(name);
        rest = behind;
    }
    (!rest.contains('}')).then(|| sorted(&holes))
}

fn sorted<'a>(names: &[&'a str]) -> Vec<&'a str> {
    let mut names = names.to_vec();
    names.sort_unstable();
    names
}
