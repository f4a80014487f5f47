use crate::token_hash::TokenHash;
use axum::http::StatusCode;
use moka::sync::Cache;
use std::time::Duration;

/// Tokens whose verdict is remembered. Of more, the least used are asked for again.
const MOST: u64 = 50_000;
/// How long Whop's word on a token is relied on to limit who has it. It is asked at each call all the same.
const REMEMBERED: Duration = Duration::from_secs(300);
/// How long a token that Whop didn't take is refused without asking.
const REFUSED: Duration = Duration::from_secs(60);

/// Tokens that were not minted here: by another instance, by this one before it was started anew, or by nobody.
pub struct Strangers {
    taken: Cache<TokenHash, ()>,
    refused: Cache<TokenHash, ()>,
}

/// What is known of such a token.
#[derive(Debug, PartialEq, Eq)]
pub enum Standing {
    /// Whop took it a while ago.
    Taken,
    /// Whop did not take it just now.
    Refused,
    /// Nothing.
    Unknown,
}

impl Default for Strangers {
    fn default() -> Self {
        let cache = |lifetime| {
            Cache::builder()
                .max_capacity(MOST)
                .time_to_live(lifetime)
                .build()
        };
        Self {
            taken: cache(REMEMBERED),
            refused: cache(REFUSED),
        }
    }
}

impl Strangers {
    /// What is known of a token.
    pub fn standing(&self, token: &TokenHash) -> Standing {
        if self.refused.contains_key(token) {
            Standing::Refused
        } else if self.taken.contains_key(token) {
            Standing::Taken
        } else {
            Standing::Unknown
        }
    }

    /// Whop answered a call with that token.
    pub fn answered(&self, token: TokenHash, status: StatusCode) {
        if status == StatusCode::UNAUTHORIZED {
            self.taken.invalidate(&token);
            self.refused.insert(token, ());
        } else if status.is_success() {
            self.taken.insert(token, ());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whops_last_word_counts() {
        let strangers = Strangers::default();
        let (one, other) = (TokenHash::of("one"), TokenHash::of("other"));
        assert_eq!(strangers.standing(&one), Standing::Unknown);
        for status in [403, 429, 500] {
            strangers.answered(one, StatusCode::from_u16(status).unwrap());
        }
        assert_eq!(strangers.standing(&one), Standing::Unknown);
        strangers.answered(one, StatusCode::OK);
        assert_eq!(strangers.standing(&one), Standing::Taken);
        strangers.answered(one, StatusCode::UNAUTHORIZED);
        assert_eq!(strangers.standing(&one), Standing::Refused);
        assert_eq!(strangers.standing(&other), Standing::Unknown);
    }
}
