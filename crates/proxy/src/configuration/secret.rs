use std::fmt;

/// A text that no log, error or debug output ever shows.
#[derive(Clone)]
pub struct Secret(Box<str>);

impl Secret {
    /// Keeps that text.
    pub fn new(text: impl Into<Box<str>>) -> Self {
        Self(text.into())
    }

    /// The text itself, for the one place that signs or sends it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether the other text is the same, in a time that depends on the lengths only.
    pub fn is(&self, other: &str) -> bool {
        self.0.len() == other.len()
            && self
                .0
                .bytes()
                .zip(other.bytes())
                .fold(0, |difference, (mine, theirs)| difference | (mine ^ theirs))
                == 0
    }

    /// What makes it too weak to sign with, if anything.
    pub(super) fn weakness(&self) -> Option<&'static str> {
        let mut seen = [false; 256];
        for byte in self.0.bytes() {
            seen[usize::from(byte)] = true;
        }
        if self.0.contains("-----BEGIN ") {
            Some("is a key in PEM, and public keys are no secret")
        } else if self.0.len() < 32 {
            Some("is shorter than 32 bytes")
        } else if seen.iter().filter(|seen| **seen).count() < 10 {
            Some("repeats a few characters")
        } else {
            None
        }
    }
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
        assert!(
            Secret::new("5f1d9c3b7a2e4860f1d9c3b7a2e48605")
                .weakness()
                .is_none()
        );
    }
}
