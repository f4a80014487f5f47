use std::fmt;

/// A text that no log, error or debug output ever shows.
#[derive(Clone)]
pub struct Secret {
    text: Box<str>,
    previous: Option<Box<str>>,
}

/// Words that stand where a secret has to be put.
const PLACEHOLDERS: [&str; 6] = [
    "secret", "change", "example", "password", "your-", "replace",
];

impl Secret {
    /// Keeps that text.
    pub fn new(text: impl Into<Box<str>>) -> Self {
        Self {
            text: text.into(),
            previous: None,
        }
    }

    /// The same secret, and what it was before it was changed.
    #[must_use]
    pub fn after(self, previous: &Self) -> Self {
        Self {
            previous: Some(previous.text.clone()),
            ..self
        }
    }

    /// What it was before, if that still counts.
    pub fn previous(&self) -> Option<&str> {
        self.previous.as_deref()
    }

    /// The text itself, for the one place that signs or sends it.
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// Whether the other text is the same, in a time that depends on the lengths only.
    pub fn is(&self, other: &str) -> bool {
        self.text.len() == other.len()
            && self
                .text
                .bytes()
                .zip(other.bytes())
                .fold(0, |difference, (mine, theirs)| difference | (mine ^ theirs))
                == 0
    }

    /// What makes it too weak to sign with, if anything.
    pub(super) fn weakness(&self) -> Option<&'static str> {
        let bytes = self.text.as_bytes();
        let words = self.text.to_ascii_lowercase();
        if self.text.contains("-----BEGIN ") {
            Some("is a key in PEM, and public keys are no secret")
        } else if bytes.len() < 32 {
            Some("is shorter than 32 bytes")
        } else if PLACEHOLDERS.iter().any(|word| words.contains(word)) {
            Some("is a placeholder out of somebody's instructions")
        } else if kinds(bytes) < 10 {
            Some("repeats a few characters")
        } else if period(bytes) <= bytes.len() / 2 {
            Some("says the same thing again and again")
        } else if steps(bytes) > bytes.len() / 2 {
            Some("is the alphabet, or counts")
        } else {
            None
        }
    }
}

/// How many different bytes there are.
fn kinds(bytes: &[u8]) -> usize {
    let mut seen = [false; 256];
    for byte in bytes {
        seen[usize::from(*byte)] = true;
    }
    seen.iter().filter(|seen| **seen).count()
}

/// After how many bytes they begin anew.
fn period(bytes: &[u8]) -> usize {
    let is_period = |length: &usize| {
        bytes
            .iter()
            .skip(*length)
            .eq(bytes.iter().take(bytes.len() - length))
    };
    (1..bytes.len()).find(is_period).unwrap_or(bytes.len())
}

/// How many bytes are the one before or after their neighbour.
fn steps(bytes: &[u8]) -> usize {
    let pairs = bytes.iter().zip(bytes.iter().skip(1));
    pairs
        .filter(|(one, next)| one.abs_diff(**next) == 1)
        .count()
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn never_shows_itself() {
        let secret = Secret::new("apik_live_0123456789");
        assert_eq!(format!("{secret:?}"), "Secret(..)");
    }

    #[test]
    fn compares_whole_texts() {
        let secret = Secret::new("abc");
        assert!(secret.is("abc"));
        assert!(!secret.is("abd") && !secret.is("ab") && !secret.is("abcd") && !secret.is(""));
    }

    #[test]
    fn knows_what_is_weak() {
        assert!(Secret::new("short").weakness().is_some());
        assert!(Secret::new("ab".repeat(40)).weakness().is_some());
        for weak in [
            "0123456789abcdef0123456789abcdef",
            "5f1d9c3b7a2e48605f1d9c3b7a2e4860",
            "abcdefghijklmnopqrstuvwxyz0123456789",
            "my-very-own-and-very-long-SECRET-7421",
            "change-me-change-me-please-do-it-1946",
        ] {
            assert!(Secret::new(weak).weakness().is_some(), "{weak}");
        }
        for _ in 0..200 {
            let made = hex::encode(rand::random::<[u8; 32]>());
            assert_eq!(Secret::new(&*made).weakness(), None, "{made}");
        }
        assert!(
            Secret::new("5f1d9c3b7a2e4860f1d9c3b7a2e48605")
                .weakness()
                .is_none()
        );
    }
}
