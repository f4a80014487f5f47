//! Tokens by their hash: what is remembered of a token is as long as of any other, and no token is kept for it.

use sha2::{Digest, Sha256};

/// SHA-256 of a token.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TokenHash([u8; 32]);

impl TokenHash {
    /// The hash of that token.
    pub fn of(token: &str) -> Self {
        Self(Sha256::digest(token).into())
    }
}
