//! The only door through which an address gets into a message (X2).

use std::borrow::Cow;
use std::ops::Range;

use super::{host, unicode};

/// Longest address that becomes a link.
const MAX_BYTES: usize = 4_096;

/// An absolute `http`, `https` or `mailto` address. Nothing but [`SafeUrl::parse`] makes one, so
/// whoever holds one may put it into `href`.
///
/// It is a promise about the scheme, not about the place: `https://bank.com@evil.com` leads to
/// [`host`](Self::host) `evil.com`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SafeUrl {
    text: String,
    host: Range<usize>,
}

impl SafeUrl {
    /// Reads an address as a browser would (WHATWG URL): white space and controls around it and
    /// tabs and line ends within it are removed, the scheme's case does not matter, backslashes
    /// are slashes. Where a browser would guess (no slashes, controls or escapes in the host),
    /// the answer is no. Entities and backslash escapes must have been decoded before.
    ///
    /// Returns `None` for every other scheme, for relative addresses and for malformed hosts.
    pub fn parse(source: &str) -> Option<Self> {
        if source.len() > MAX_BYTES {
            return None;
        }
        let trimmed = source.trim_matches(|character: char| character <= ' ');
        let kept: String = trimmed
            .chars()
            .filter(|c| !matches!(c, '\t' | '\n' | '\r'))
            .collect();
        let (scheme, rest) = kept.split_once(':')?;
        if scheme.eq_ignore_ascii_case("https") {
            Self::web("https://", rest)
        } else if scheme.eq_ignore_ascii_case("http") {
            Self::web("http://", rest)
        } else if scheme.eq_ignore_ascii_case("mailto") {
            Self::mail(rest)
        } else {
            None
        }
    }

    /// Any address, for tests of what stands around it.
    #[cfg(test)]
    pub(super) fn unchecked(source: &str) -> Self {
        Self {
            text: source.to_owned(),
            host: 0..0,
        }
    }

    /// The whole address; starts with `http://`, `https://` or `mailto:`.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The host that a web address leads to, in lower case where it is ASCII, without user
    /// information and port; for mail everything before the `?`.
    pub fn host(&self) -> &str {
        &self.text[self.host.clone()]
    }

    /// The address as it is to be read: a host that imitates another one in its ASCII form (X8).
    pub fn shown(&self) -> Cow<'_, str> {
        if !host::is_deceptive(self.host()) {
            return Cow::Borrowed(&self.text);
        }
        let mut shown = self.text[..self.host.start].to_owned();
        host::to_ascii(self.host(), &mut shown);
        shown.push_str(&self.text[self.host.end..]);
        Cow::Owned(shown)
    }

    /// The host as it is to be read (X8).
    pub fn shown_host(&self) -> Cow<'_, str> {
        if !host::is_deceptive(self.host()) {
            return Cow::Borrowed(self.host());
        }
        let mut shown = String::new();
        host::to_ascii(self.host(), &mut shown);
        Cow::Owned(shown)
    }

    /// Whether the address carries user information (`https://bank.com@evil.com`), which is
    /// almost always meant to deceive.
    pub fn has_user_information(&self) -> bool {
        self.text[..self.host.start].ends_with('@')
    }

    fn web(prefix: &str, rest: &str) -> Option<Self> {
        let slash = |character| matches!(character, '/' | '\\');
        if !rest.starts_with(slash) || !rest[1..].starts_with(slash) {
            return None;
        }
        let rest = rest.trim_start_matches(slash);
        let end = rest.find(['/', '\\', '?', '#']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        let (user, place) = match authority.rsplit_once('@') {
            Some((user, place)) => (Some(user), place),
            None => (None, authority),
        };
        let (host, port) = split_port(place)?;
        if !is_host(host) {
            return None;
        }
        let mut text = String::from(prefix);
        if let Some(user) = user {
            push_escaped(user, &mut text);
            text.push('@');
        }
        let start = text.len();
        text.extend(host.chars().map(|character| character.to_ascii_lowercase()));
        let host = start..text.len();
        text.push_str(port);
        // In a path a backslash is a slash, in query and fragment it is itself.
        let query = path.find(['?', '#']).unwrap_or(path.len());
        push_escaped(&path[..query].replace('\\', "/"), &mut text);
        push_escaped(&path[query..], &mut text);
        Some(Self { text, host })
    }

    fn mail(rest: &str) -> Option<Self> {
        let address = rest.find('?').unwrap_or(rest.len());
        if address == 0 || rest.starts_with('/') {
            return None;
        }
        let mut text = String::from("mailto:");
        let start = text.len();
        push_escaped(&rest[..address], &mut text);
        let host = start..text.len();
        push_escaped(&rest[address..], &mut text);
        Some(Self { text, host })
    }
}

/// Splits `host:8080` into `host` and `:8080`.
fn split_port(place: &str) -> Option<(&str, &str)> {
    let after_brackets = place.rfind(']').map_or(0, |at| at + 1);
    let Some(colon) = place[after_brackets..].find(':') else {
        return Some((place, ""));
    };
    let (host, port) = place.split_at(after_brackets + colon);
    let digits = &port[1..];
    let valid = digits.is_empty()
        || digits.bytes().all(|byte| byte.is_ascii_digit()) && digits.parse::<u16>().is_ok();
    valid.then_some((host, if digits.is_empty() { "" } else { port }))
}

fn is_host(host: &str) -> bool {
    if let Some(inner) = host.strip_prefix('[') {
        return inner.strip_suffix(']').is_some_and(is_ipv6);
    }
    let name = host.strip_suffix('.').unwrap_or(host);
    let last = name.rsplit('.').next().unwrap_or_default();
    // A host whose last label is a number is an IPv4 address, in any of the forms that hide it.
    if last.bytes().all(|byte| byte.is_ascii_digit())
        || last.starts_with("0x")
        || last.starts_with("0X")
    {
        return is_ipv4(host);
    }
    name.len() <= 253
        && name
            .split('.')
            .all(|label| !label.is_empty() && label.len() <= 63)
        && name.chars().all(|character| {
            character.is_ascii_alphanumeric()
                || matches!(character, '-' | '_' | '.')
                || character >= '\u{A1}' && unicode::is_name_character(character)
        })
}

/// Four decimal numbers. (The standard library's parsers cost the widget 1 kB.)
fn is_ipv4(host: &str) -> bool {
    host.split('.').count() == 4
        && host.split('.').all(|part| {
            let canonical = part == "0" || !part.starts_with('0') && part.len() <= 3;
            canonical
                && part.bytes().all(|byte| byte.is_ascii_digit())
                && part.parse::<u8>().is_ok()
        })
}

/// Eight hexadecimal groups, one run of which may be left out. No embedded IPv4 and no zone.
fn is_ipv6(address: &str) -> bool {
    let groups = |part: &str| {
        if part.is_empty() {
            return Some(0);
        }
        let valid = part.split(':').all(|group| {
            matches!(group.len(), 1..=4) && group.bytes().all(|byte| byte.is_ascii_hexdigit())
        });
        valid.then(|| part.split(':').count())
    };
    let bytes = address.as_bytes();
    match bytes.windows(2).position(|pair| pair == b"::") {
        Some(gap) => match (groups(&address[..gap]), groups(&address[gap + 2..])) {
            (Some(before), Some(after)) => before + after < 8,
            _ => false,
        },
        None => groups(address) == Some(8),
    }
}

/// Percent-encodes what browsers encode and what could end an attribute or mislead a reader.
fn push_escaped(text: &str, out: &mut String) {
    const HEX: [u8; 16] = *b"0123456789ABCDEF";
    let mut bytes = [0; 4];
    for character in text.chars() {
        if unicode::is_printable(character) && !matches!(character, '"' | '<' | '>' | '`') {
            out.push(character);
            continue;
        }
        for byte in character.encode_utf8(&mut bytes).bytes() {
            out.push('%');
            out.push(char::from(HEX[usize::from(byte >> 4)]));
            out.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(source: &str) -> Option<String> {
        SafeUrl::parse(source).map(|url| url.as_str().to_owned())
    }

    #[test]
    fn x2_keeps_honest_addresses() {
        for (source, expected) in [
            ("https://example.com/a?b=c#d", "https://example.com/a?b=c#d"),
            ("HTTPS://Example.COM/Path", "https://example.com/Path"),
            ("  http://example.com\n", "http://example.com"),
            ("ht\ntps://exa\tmple.com", "https://example.com"),
            (
                "https:\\\\example.com\\a?x=\\",
                "https://example.com/a?x=\\",
            ),
            ("https:////example.com", "https://example.com"),
            ("http://localhost:4730/", "http://localhost:4730/"),
            ("http://[::1]:80/", "http://[::1]:80/"),
            ("http://[1:2:3:4:5:6:7:ABCD]", "http://[1:2:3:4:5:6:7:abcd]"),
            ("http://[2001:db8::7]/", "http://[2001:db8::7]/"),
            ("http://127.0.0.1:/", "http://127.0.0.1/"),
            ("https://例え.jp/é", "https://例え.jp/é"),
            ("https://a.com/\"<b>`", "https://a.com/%22%3Cb%3E%60"),
            ("https://a.com/\u{202E}gnp", "https://a.com/%E2%80%AEgnp"),
            (
                "mailto:ada@example.com?subject=Hi there",
                "mailto:ada@example.com?subject=Hi%20there",
            ),
        ] {
            assert_eq!(parsed(source).as_deref(), Some(expected), "{source:?}");
        }
    }

    #[test]
    fn x2_host_is_where_it_leads() {
        let host = |source| SafeUrl::parse(source).map(|url| url.host().to_owned());
        assert_eq!(host("https://bank.com@evil.com/"), Some("evil.com".into()));
        assert_eq!(
            host("https://bank.com:443@EVIL.com:8443\\@bank.com"),
            Some("evil.com".into())
        );
        assert_eq!(host("https://a@b@evil.com"), Some("evil.com".into()));
        assert_eq!(
            host("mailto:ada@example.com?cc=x"),
            Some("ada@example.com".into())
        );
        assert!(
            SafeUrl::parse("https://bank.com@evil.com")
                .is_some_and(|url| url.has_user_information())
        );
        assert!(
            SafeUrl::parse("https://evil.com/@bank").is_some_and(|url| !url.has_user_information())
        );
    }

    #[test]
    fn x2_refuses_broken_hosts() {
        for source in [
            "https://",
            "https:///",
            "https://?",
            "http://@",
            "http:example.com",
            "https:/example.com",
            "https://%65vil.com",
            "https://a b.com",
            "https://a..b",
            "https://.a",
            "https://a\0b",
            "https://a:99999",
            "https://a:b",
            "https://1.2.3",
            "https://0x7f.1",
            "https://1.2.3.256",
            "https://[::1",
            "https://[evil]",
            "https://[1::2::3]",
            "https://[1:2:3:4:5:6:7]",
            "https://[1:2:3:4:5:6:7:8:9]",
            "https://[12345::]",
            "https://[:::]",
            "https://[]",
            "https://01.2.3.4",
            "https://a|b",
            "https://a\u{202E}b.com",
            "https://a\u{200B}b.com",
            "mailto:",
            "mailto:?subject=x",
            "https//a.com",
            "://a.com",
        ] {
            assert_eq!(parsed(source), None, "{source:?}");
        }
        assert_eq!(
            parsed(&("https://a.com/".to_owned() + &"a".repeat(5_000))),
            None
        );
    }
}
