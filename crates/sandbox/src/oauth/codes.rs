use crate::clock::random_hex;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use wire::UserId;

/// As Whop's older guide says: `https://dev.whop.com/reference/oauth-implementation`.
const CODE_LASTS: Duration = Duration::from_secs(300);
/// More than these at once are not kept; the oldest goes first.
const MOST_CODES: usize = 10_000;

/// What somebody allowed on the consent page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permission {
    /// Tells the tokens that come of it from all others.
    pub grant_id: String,
    /// Who allowed it.
    pub user_id: UserId,
    /// Where the code was sent.
    pub redirect_uri: String,
    /// What was allowed.
    pub scopes: Vec<String>,
    /// Goes into the id token as it came.
    pub nonce: Option<String>,
    /// The company that the tokens are for.
    pub company_id: Option<String>,
    /// Of PKCE, always S256; nothing where the client's secret is asked for instead.
    pub challenge: Option<String>,
}

#[derive(Debug)]
struct Code {
    permission: Permission,
    is_spent: bool,
    made: Instant,
}

/// Why a code is not exchanged.
#[derive(Debug, PartialEq, Eq)]
pub enum BadCode {
    /// Never made, or too old.
    Unknown,
    /// Exchanged before. Somebody may have overheard it, so the tokens of that grant must end (RFC 6749, section 4.1.2).
    Spent {
        /// Whose tokens.
        grant_id: String,
    },
}

/// The codes that were sent to redirect URIs: each good for one exchange within five minutes.
#[derive(Debug, Default)]
pub struct Codes(Mutex<HashMap<String, Code>>);

impl Codes {
    /// A new code.
    pub fn open(&self, permission: Permission, now: Instant) -> String {
        let code = random_hex(24);
        let mut codes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        codes.retain(|_, code| now - code.made < CODE_LASTS);
        if codes.len() >= MOST_CODES {
            let oldest = codes.iter().min_by_key(|(_, code)| code.made);
            if let Some(oldest) = oldest.map(|(code, _)| code.clone()) {
                codes.remove(&oldest);
            }
        }
        let entry = Code {
            permission,
            is_spent: false,
            made: now,
        };
        codes.insert(code.clone(), entry);
        code
    }

    /// What the code stands for. It is spent by this, whatever becomes of the exchange.
    ///
    /// # Errors
    /// When it was never made, is too old or was spent.
    pub fn spend(&self, code: &str, now: Instant) -> Result<Permission, BadCode> {
        let mut codes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = codes
            .get_mut(code)
            .filter(|entry| now - entry.made < CODE_LASTS)
            .ok_or(BadCode::Unknown)?;
        if entry.is_spent {
            return Err(BadCode::Spent {
                grant_id: entry.permission.grant_id.clone(),
            });
        }
        entry.is_spent = true;
        Ok(entry.permission.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn permission() -> Permission {
        Permission {
            grant_id: "g".to_owned(),
            user_id: "user_ada".into(),
            redirect_uri: "http://x/".to_owned(),
            scopes: vec!["openid".to_owned()],
            nonce: None,
            company_id: None,
            challenge: None,
        }
    }

    #[test]
    fn a_code_is_good_once_and_for_five_minutes() {
        let codes = Codes::default();
        let start = Instant::now();
        let code = codes.open(permission(), start);
        let late = codes.open(permission(), start);
        let almost = start + Duration::from_secs(299);
        assert_eq!(codes.spend(&code, almost), Ok(permission()));
        let grant_id = "g".to_owned();
        assert_eq!(codes.spend(&code, almost), Err(BadCode::Spent { grant_id }));
        assert_eq!(
            codes.spend(&late, start + CODE_LASTS),
            Err(BadCode::Unknown)
        );
        assert_eq!(codes.spend("", start), Err(BadCode::Unknown));
    }

    #[test]
    fn codes_that_nobody_exchanges_are_forgotten() {
        let codes = Codes::default();
        let start = Instant::now();
        for second in 0..=MOST_CODES as u64 {
            codes.open(permission(), start + Duration::from_millis(second));
        }
        assert_eq!(codes.0.lock().unwrap().len(), MOST_CODES);
        codes.open(permission(), start + CODE_LASTS * 2);
        assert_eq!(codes.0.lock().unwrap().len(), 1);
    }
}
