use super::token::{self, TokenError};
use serde::Deserialize;
use std::collections::BTreeSet;

/// Longer ones don't fit into a websocket's ticket. Whop's have a few hundred bytes.
const LONGEST: usize = 2 << 10;
/// What begins so is meant for this proxy, and for nobody else.
const OWN_AUDIENCE: &str = "whop-chat";
/// The issuer of the tokens by which Whop tells an app who looks at it. They are no access tokens.
const IFRAME_ISSUER: &str = "urn:whopcom:exp-proxy";

/// What an access token of Whop's says of itself. Nobody here can check its signature: it is of use only once Whop has
/// taken the token, and what isn't so gets whoever brings it nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageTokenClaims {
    /// When it ends, in seconds since the Unix epoch.
    pub expires_at: i64,
    scopes: Option<BTreeSet<String>>,
}

/// All that is read of a JWT without knowing what it is.
#[derive(Deserialize)]
struct Claims {
    #[serde(default)]
    iss: Option<String>,
    #[serde(default)]
    aud: Option<Texts>,
    #[serde(default, deserialize_with = "token::optional_numeric_date")]
    exp: Option<i64>,
    /// The words of `POST /access_tokens` and of OAuth; Whop documents neither.
    #[serde(default, alias = "scopes", alias = "scope")]
    scoped_actions: Option<Texts>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Texts {
    One(String),
    Many(Vec<String>),
}

impl Texts {
    fn any(&self, is_meant: impl Fn(&str) -> bool) -> bool {
        match self {
            Self::One(text) => is_meant(text),
            Self::Many(texts) => texts.iter().any(|text| is_meant(text)),
        }
    }

    fn words(self) -> BTreeSet<String> {
        match self {
            Self::One(text) => text.split_whitespace().map(str::to_owned).collect(),
            Self::Many(texts) => texts.into_iter().collect(),
        }
    }
}

impl PageTokenClaims {
    /// What a token that a page brought says of itself, if it may be one of Whop's access tokens: a JWT that is meant
    /// neither for this proxy nor for an app in Whop's iframe. All else is an assertion, or nothing, and never leaves
    /// this proxy. `now` in seconds since the Unix epoch.
    pub fn read(text: &str, now: i64) -> Option<Result<Self, TokenError>> {
        let claims: Claims = jsonwebtoken::dangerous::insecure_decode_claims(text).ok()?;
        let is_own = |audience: &str| audience.starts_with(OWN_AUDIENCE);
        if claims.aud.is_some_and(|audience| audience.any(is_own))
            || claims.iss.as_deref() == Some(IFRAME_ISSUER)
        {
            return None;
        }
        let expires_at = claims.exp?;
        if text.len() > LONGEST {
            return Some(Err(TokenError::Malformed));
        }
        Some(token::check_expiry(expires_at, now, 0).map(|()| Self {
            expires_at,
            scopes: claims.scoped_actions.map(Texts::words),
        }))
    }

    /// Whether it lets its owner do that. Where it doesn't say, it may, and Whop says so when it is done.
    pub fn may(&self, scope: &str) -> bool {
        self.scopes
            .as_ref()
            .is_none_or(|scopes| scopes.contains(scope))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jsonwebtoken::{Algorithm, EncodingKey, Header};
    use serde_json::{Value, json};

    const NOW: i64 = 1_800_000_000;

    fn read(claims: &Value) -> Option<Result<PageTokenClaims, TokenError>> {
        let key = EncodingKey::from_secret(b"nobody here knows it");
        let token = jsonwebtoken::encode(&Header::new(Algorithm::HS256), claims, &key).unwrap();
        PageTokenClaims::read(&token, NOW)
    }

    #[test]
    fn says_until_when_and_what_for() {
        for scopes in [
            json!({"scoped_actions": ["chat:read", "dms:read"]}),
            json!({"scope": "chat:read dms:read"}),
        ] {
            let mut claims =
                json!({"sub": "user_ada", "exp": NOW + 60, "iss": "https://api.whop.com"});
            claims
                .as_object_mut()
                .unwrap()
                .extend(scopes.as_object().unwrap().clone());
            let read = read(&claims).unwrap().unwrap();
            assert_eq!(read.expires_at, NOW + 60);
            assert!(read.may("chat:read") && read.may("dms:read"));
            assert!(!read.may("chat:message:create"));
        }
        let silent = read(&json!({"exp": NOW + 60, "aud": ["app_1"]})).unwrap();
        assert!(silent.unwrap().may("chat:message:create"));
        assert!(
            !read(&json!({"exp": NOW + 1, "scoped_actions": []}))
                .unwrap()
                .unwrap()
                .may("chat:read")
        );
    }

    #[test]
    fn what_has_expired_or_is_too_long_is_known_without_asking() {
        assert_eq!(read(&json!({"exp": NOW})), Some(Err(TokenError::Expired)));
        let long = json!({"exp": NOW + 60, "x": "x".repeat(LONGEST)});
        assert_eq!(read(&long), Some(Err(TokenError::Malformed)));
    }

    #[test]
    fn what_is_meant_for_us_or_is_no_token_is_never_shown_to_whop() {
        for claims in [
            json!({"exp": NOW + 60, "aud": "whop-chat"}),
            json!({"exp": NOW + 60, "aud": ["other", "whop-chat"]}),
            json!({"exp": NOW + 60, "aud": "whop-chat-renewal"}),
            json!({"exp": NOW + 60, "aud": "whop-chat-socket"}),
            json!({"exp": NOW + 60, "iss": IFRAME_ISSUER, "aud": "app_1"}),
            json!({"sub": "user_ada"}),
            json!({"exp": "tomorrow"}),
            json!({"exp": NOW + 60, "aud": 7}),
        ] {
            assert_eq!(read(&claims), None, "{claims}");
        }
        for garbage in ["", "a.b.c", "guest.a.b.c", "sandbox_api_key", "💥"] {
            assert_eq!(PageTokenClaims::read(garbage, NOW), None, "{garbage}");
        }
    }
}
