//! Secrets that can't be printed by accident.

use serde::Deserialize;
use std::fmt;

/// A key or a password. Its `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// The secret itself; for comparing, signing and sending only.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Whether the offered text is this secret, in a time that does not tell how much of it was right.
    pub fn matches(&self, offered: &str) -> bool {
        let (own, offered) = (self.0.as_bytes(), offered.as_bytes());
        own.len() == offered.len()
            && own
                .iter()
                .zip(offered)
                .fold(0, |difference, (left, right)| difference | (left ^ right))
                == 0
    }
}

impl From<String> for Secret {
    fn from(secret: String) -> Self {
        Self(secret)
    }
}

impl From<&str> for Secret {
    fn from(secret: &str) -> Self {
        Self(secret.to_owned())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(…)")
    }
}
