//! The source as the markdown parser gets it: line ends unified, and emphasis characters within
//! bare URLs and mentions shielded, so that `https://x.org/_a_` and `@_ada_` stay whole as they do in
//! GitHub's dialect. The shields are Unicode noncharacters, which have no meaning in a message.

use std::borrow::Cow;

use super::autolink;
use super::mention::{self, Context};

const SHIELDS: [(char, char); 3] = [('*', '\u{FDD0}'), ('_', '\u{FDD1}'), ('~', '\u{FDD2}')];

/// Prepares a source. Borrows it if nothing is to be done.
pub(super) fn prepare<'s>(source: &'s str, context: &Context<'_>) -> Cow<'s, str> {
    let source = if source.bytes().any(|byte| matches!(byte, b'\r' | 0 | 0xEF)) {
        Cow::Owned(unify(source))
    } else {
        Cow::Borrowed(source)
    };
    match shield(&source, context) {
        Some(shielded) => Cow::Owned(shielded),
        None => source,
    }
}

/// Gives the original characters back.
pub(super) fn restore(text: &str) -> Cow<'_, str> {
    // 0xEF begins the shields' UTF-8: most texts are told by one fast search.
    if !text.as_bytes().contains(&0xEF) {
        return Cow::Borrowed(text);
    }
    let original = |shield| {
        SHIELDS
            .iter()
            .find(|pair| pair.1 == shield)
            .map_or(shield, |pair| pair.0)
    };
    Cow::Owned(text.chars().map(original).collect())
}

fn unify(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    let mut characters = source.chars().peekable();
    while let Some(character) = characters.next() {
        out.push(match character {
            '\r' => {
                if characters.peek() == Some(&'\n') {
                    continue;
                }
                '\n'
            }
            '\0' | '\u{FDD0}'..='\u{FDD2}' => char::REPLACEMENT_CHARACTER,
            other => other,
        });
    }
    out
}

fn shield(source: &str, context: &Context<'_>) -> Option<String> {
    let bytes = source.as_bytes();
    if !bytes.iter().any(|byte| matches!(byte, b'*' | b'_' | b'~')) {
        return None;
    }
    let (mut out, mut copied, mut at) = (String::new(), 0, 0);
    while at < bytes.len() {
        let end = match bytes[at] {
            b'h' | b'H' | b'w' | b'W' => autolink::url_end_in_source(source, at),
            b'@' | b'#' => mention::find(source, at, context).map(|found| found.end),
            _ => None,
        };
        let Some(end) = end else {
            at += 1;
            continue;
        };
        let range = &source[at..end];
        if range.contains(['*', '_', '~']) {
            out.push_str(&source[copied..at]);
            out.extend(range.chars().map(|character| {
                SHIELDS
                    .iter()
                    .find(|pair| pair.0 == character)
                    .map_or(character, |pair| pair.1)
            }));
            copied = end;
        }
        at = end;
    }
    if copied == 0 {
        return None;
    }
    out.push_str(&source[copied..]);
    Some(out)
}
