//! Addresses that stand in the text without any markup, found as GitHub's dialect does: web
//! addresses with a scheme or `www.`, and e-mail addresses, without the punctuation around them.

use std::ops::Range;

use super::unicode;
use super::url::SafeUrl;

/// Longest part before the `@` (RFC 5321).
const MAX_LOCAL: usize = 64;
const MAX_DOMAIN: usize = 255;

/// The web address that starts at `at`: its end in `text`, and the address unless it is refused.
pub(super) fn url_at(text: &str, at: usize) -> Option<(usize, Option<SafeUrl>)> {
    let end = url_end(text, at, ends_address)?;
    let written = &text[at..end];
    if scheme(written).is_some() {
        return Some((end, SafeUrl::parse(written)));
    }
    let mut address = String::from("http://");
    address.push_str(written);
    Some((end, SafeUrl::parse(&address)))
}

/// Where the web address that starts at `at` in markdown source ends, at the latest where a
/// backslash begins an escape.
pub(super) fn url_end_in_source(source: &str, at: usize) -> Option<usize> {
    url_end(source, at, |character| {
        character == '\\' || ends_address(character)
    })
}

fn url_end(text: &str, at: usize, ends: fn(char) -> bool) -> Option<usize> {
    let rest = text.get(at..)?;
    let host = match scheme(rest) {
        Some(length) => &rest[length..],
        None if starts_with_ignoring_case(rest, "www.") => rest,
        None => return None,
    };
    let before = text[..at].chars().next_back();
    if before.is_some_and(|character| unicode::joins_words(character) && character != '_') {
        return None;
    }
    // Everything that can fail is looked at before the whole address is, so that refused starts
    // cost little (X4).
    let with_scheme = host.len() < rest.len();
    let first = host.chars().next()?;
    let named =
        first.is_ascii_alphanumeric() || !first.is_ascii() && unicode::is_name_character(first);
    if !(named || with_scheme && first == '[') || !with_scheme && !has_three_labels(host) {
        return None;
    }
    let length = rest.find(ends).unwrap_or(rest.len());
    Some(at + trim(&rest[..length]))
}

/// `www.` alone and `www.x` are not addresses.
fn has_three_labels(host: &str) -> bool {
    let length = host
        .bytes()
        .take(MAX_DOMAIN)
        .take_while(|byte| is_domain_byte(*byte))
        .count();
    let labels = host.as_bytes()[..length].split(|byte| *byte == b'.');
    labels.filter(|label| !label.is_empty()).count() > 2
}

fn is_domain_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b".-_".contains(&byte) || !byte.is_ascii()
}

/// The e-mail address around the `@` at `at`, not starting before `from`.
pub(super) fn email_at(text: &str, from: usize, at: usize) -> Option<(Range<usize>, SafeUrl)> {
    let bytes = text.as_bytes();
    let local = bytes[from..at]
        .iter()
        .rev()
        .take(MAX_LOCAL + 1)
        .take_while(|byte| byte.is_ascii_alphanumeric() || b".-_+".contains(byte))
        .count();
    if local == 0 || local > MAX_LOCAL {
        return None;
    }
    let start = at - local;
    let before = text[from..start].chars().next_back();
    if before.is_some_and(|character| unicode::joins_words(character) || character == '/') {
        return None;
    }
    let mut end = at + 1;
    end += bytes[end..]
        .iter()
        .take(MAX_DOMAIN)
        .take_while(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(byte))
        .count();
    while end > at + 1 && bytes[end - 1] == b'.' {
        end -= 1;
    }
    let domain = &text[at + 1..end];
    if !domain.contains('.')
        || domain.as_bytes().windows(2).any(|pair| pair == b"..")
        || domain.ends_with(['-', '_'])
    {
        return None;
    }
    let mut address = String::from("mailto:");
    address.push_str(&text[start..end]);
    Some((start..end, SafeUrl::parse(&address)?))
}

fn scheme(text: &str) -> Option<usize> {
    ["https://", "http://"]
        .into_iter()
        .find(|scheme| starts_with_ignoring_case(text, scheme))
        .map(str::len)
}

fn starts_with_ignoring_case(text: &str, prefix: &str) -> bool {
    text.as_bytes()
        .get(..prefix.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(prefix.as_bytes()))
}

/// Characters that no address contains, among them the punctuation of scripts without spaces.
fn ends_address(character: char) -> bool {
    matches!(
        character,
        '<' | '>' | '"' | '`' | '\u{2018}'..='\u{201F}' | '\u{2026}' | '\u{3001}'..='\u{3003}'
            | '\u{3008}'..='\u{3011}' | '\u{3014}'..='\u{301F}' | '\u{FF01}' | '\u{FF08}'
            | '\u{FF09}' | '\u{FF0C}' | '\u{FF1A}' | '\u{FF1B}' | '\u{FF1F}' | '\u{FF61}'
            | '\u{FF64}'
    ) || !unicode::is_printable(character)
}

/// Length without the punctuation that belongs to the sentence.
fn trim(address: &str) -> usize {
    let bytes = address.as_bytes();
    let count = |wanted: char| address.matches(wanted).count();
    let mut surplus_round = count(')').saturating_sub(count('('));
    let mut surplus_square = count(']').saturating_sub(count('['));
    let mut end = bytes.len();
    while end > 0 {
        match bytes[end - 1] {
            b'?' | b'!' | b'.' | b',' | b':' | b'*' | b'_' | b'~' | b'\'' | b'|' | b'\\' => {
                end -= 1;
            }
            b')' if surplus_round > 0 => {
                surplus_round -= 1;
                end -= 1;
            }
            b']' if surplus_square > 0 => {
                surplus_square -= 1;
                end -= 1;
            }
            b';' => {
                // What looks like an entity is not part of the address.
                let name = bytes[..end - 1]
                    .iter()
                    .rev()
                    .take_while(|byte| byte.is_ascii_alphanumeric())
                    .count();
                let entity = name > 0 && bytes[..end - 1 - name].ends_with(b"&");
                end -= if entity { name + 2 } else { 1 };
            }
            _ => break,
        }
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Option<&str> {
        (0..text.len()).find_map(|at| url_end(text, at, ends_address).map(|end| &text[at..end]))
    }

    #[test]
    fn finds_addresses_without_the_punctuation_around_them() {
        for (text, expected) in [
            ("see https://a.com/b.", "https://a.com/b"),
            ("(https://a.com/b)", "https://a.com/b"),
            (
                "https://en.wikipedia.org/wiki/Rust_(language)",
                "https://en.wikipedia.org/wiki/Rust_(language)",
            ),
            ("(https://a.com/x_(y)))", "https://a.com/x_(y)"),
            ("[https://a.com]", "https://a.com"),
            ("**https://a.com/_b_**", "https://a.com/_b"),
            ("https://a.com?b=c&d=e;", "https://a.com?b=c&d=e"),
            ("www.google.com/search?q=x&hl;", "www.google.com/search?q=x"),
            ("\"https://a.com\"", "https://a.com"),
            ("看https://a.com/路，再", "https://a.com/路"),
            ("HTTP://LOCALHOST:80/x", "HTTP://LOCALHOST:80/x"),
            ("http://[::1]/x", "http://[::1]/x"),
        ] {
            assert_eq!(found(text), Some(expected), "{text:?}");
        }
        for text in [
            "xhttp://a.com",
            "éhttp://a.com",
            "http://",
            "http:// a",
            "www.",
            "www.x",
            "https://.",
            "10:30",
        ] {
            assert_eq!(found(text), None, "{text:?}");
        }
    }

    #[test]
    fn finds_e_mail_addresses() {
        let email = |text: &str| {
            let at = text.find('@')?;
            email_at(text, 0, at)
                .map(|(range, url)| (text[range].to_owned(), url.as_str().to_owned()))
        };
        assert_eq!(
            email("to a.b+c@d-e.org."),
            Some(("a.b+c@d-e.org".into(), "mailto:a.b+c@d-e.org".into()))
        );
        for text in [
            "@a.com",
            "a@b",
            "a@b.",
            "a@b..c",
            "a@b.c-",
            "éa@b.com",
            "a @b.com",
        ] {
            assert_eq!(email(text), None, "{text:?}");
        }
        assert_eq!(email(&("a".repeat(65) + "@b.com")), None);
    }
}
