use super::token::{self, LEEWAY, TokenError};
use super::{ChannelLimit, Identity, Secret, Source};
use crate::identifier;
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;
use wire::UserId;

/// For whom the creator's backend makes assertions.
pub const AUDIENCE: &str = "whop-chat";
/// Longest life of an assertion, in seconds: it is a letter of introduction, not a session.
const LONGEST: i64 = 300;

/// Reads assertions: JWTs in which the creator's backend vouches for a visitor, signed with the shared secret.
pub struct Assertions {
    key: DecodingKey,
}

#[derive(Deserialize)]
struct Claims {
    sub: String,
    #[serde(deserialize_with = "token::numeric_date")]
    iat: i64,
    #[serde(deserialize_with = "token::numeric_date")]
    exp: i64,
    #[serde(default, deserialize_with = "token::optional_numeric_date")]
    nbf: Option<i64>,
    channels: Option<Vec<String>>,
}

impl Assertions {
    /// Assertions signed with that secret.
    pub fn new(secret: &Secret) -> Self {
        Self {
            key: DecodingKey::from_secret(secret.expose().as_bytes()),
        }
    }

    /// Whom the assertion vouches for. `now` in seconds since the Unix epoch.
    pub fn verify(&self, assertion: &str, now: i64) -> Result<Identity, TokenError> {
        let claims: Claims = token::verify(assertion, &self.key, Algorithm::HS256, AUDIENCE, None)?;
        token::check_expiry(claims.exp, now, LEEWAY)?;
        if claims.iat.max(claims.nbf.unwrap_or_default()) > now + LEEWAY {
            return Err(TokenError::Future);
        }
        if claims.exp - claims.iat > LONGEST {
            return Err(TokenError::TooLong);
        }
        if !(claims.sub.starts_with("user_") && identifier::is_safe(&claims.sub)) {
            return Err(TokenError::Malformed);
        }
        Ok(Identity {
            user: UserId::from(claims.sub),
            source: Source::Assertion,
            authenticated_at: claims.iat.min(now),
            limit: claims
                .channels
                .map_or(ChannelLimit::Any, ChannelLimit::Only),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jsonwebtoken::{EncodingKey, Header};
    use serde_json::{Value, json};

    const SECRET: &str = "5f1d9c3b7a2e4860f1d9c3b7a2e48605";
    const NOW: i64 = 1_800_000_000;

    fn sign(claims: &Value) -> String {
        sign_with(claims, Algorithm::HS256, SECRET)
    }

    fn sign_with(claims: &Value, algorithm: Algorithm, secret: &str) -> String {
        let key = EncodingKey::from_secret(secret.as_bytes());
        jsonwebtoken::encode(&Header::new(algorithm), claims, &key).unwrap()
    }

    fn claims() -> Value {
        json!({"sub": "user_ada", "aud": "whop-chat", "iat": NOW - 1, "exp": NOW + 200, "jti": "x"})
    }

    fn with(field: &str, value: Value) -> String {
        let mut claims = claims();
        claims[field] = value;
        sign(&claims)
    }

    fn without(field: &str) -> String {
        let mut claims = claims();
        claims.as_object_mut().unwrap().remove(field);
        sign(&claims)
    }

    fn verify(assertion: &str) -> Result<Identity, TokenError> {
        Assertions::new(&Secret::new(SECRET)).verify(assertion, NOW)
    }

    #[test]
    fn vouches_for_a_visitor() {
        let identity = verify(&sign(&claims())).unwrap();
        assert_eq!(identity.user.as_str(), "user_ada");
        assert_eq!(identity.limit, ChannelLimit::Any);
        assert_eq!(identity.authenticated_at, NOW - 1);
        assert!(verify(&with("aud", json!(["other", "whop-chat"]))).is_ok());
        assert!(verify(&with("exp", json!(1_800_000_100.5))).is_ok());
    }

    #[test]
    fn may_be_limited_to_channels() {
        let identity = verify(&with("channels", json!(["exp_a"]))).unwrap();
        assert!(identity.limit.allows(&["chat_feed_a", "exp_a"]));
        assert!(!identity.limit.allows(&["chat_feed_b", "exp_b"]));
        let nowhere = verify(&with("channels", json!([]))).unwrap();
        assert!(!nowhere.limit.allows(&["exp_a"]));
    }

    #[test]
    fn clocks_may_differ_a_little() {
        assert!(verify(&with("exp", json!(NOW - 29))).is_ok());
        assert_eq!(
            verify(&with("exp", json!(NOW - 30))).unwrap_err(),
            TokenError::Expired
        );
        let fast = json!({"sub": "user_ada", "aud": "whop-chat", "iat": NOW + 30, "exp": NOW + 60});
        assert!(verify(&sign(&fast)).is_ok());
        let faster =
            json!({"sub": "user_ada", "aud": "whop-chat", "iat": NOW + 31, "exp": NOW + 60});
        assert_eq!(verify(&sign(&faster)).unwrap_err(), TokenError::Future);
    }

    #[test]
    fn lives_five_minutes_at_most() {
        assert!(verify(&with("exp", json!(NOW - 1 + 300))).is_ok());
        assert_eq!(
            verify(&with("exp", json!(NOW - 1 + 301))).unwrap_err(),
            TokenError::TooLong
        );
        assert_eq!(
            verify(&with("exp", json!(i64::MAX))).unwrap_err(),
            TokenError::Malformed
        );
        assert_eq!(
            verify(&with("nbf", json!(NOW + 100))).unwrap_err(),
            TokenError::Future
        );
    }

    #[test]
    fn needs_its_claims() {
        for field in ["sub", "aud", "iat", "exp"] {
            assert_eq!(
                verify(&without(field)).unwrap_err(),
                TokenError::Malformed,
                "{field}"
            );
        }
        for sub in [
            json!("ada"),
            json!(""),
            json!("user_../x"),
            json!(7),
            json!(null),
        ] {
            assert_eq!(
                verify(&with("sub", sub)).unwrap_err(),
                TokenError::Malformed
            );
        }
        assert_eq!(
            verify(&with("aud", json!("whop-chat-renewal"))).unwrap_err(),
            TokenError::Audience
        );
    }

    #[test]
    fn forgeries_are_refused() {
        let other = "0123456789abcdef0123456789abcdef";
        assert_eq!(
            verify(&sign_with(&claims(), Algorithm::HS256, other)).unwrap_err(),
            TokenError::Signature
        );
        assert_eq!(
            verify(&sign_with(&claims(), Algorithm::HS512, SECRET)).unwrap_err(),
            TokenError::Algorithm
        );
        // {"alg":"none"}, with and without the signature of the honest token.
        let honest = sign(&claims());
        let mut parts = honest.split('.');
        let (_, body, signature) = (parts.next(), parts.next().unwrap(), parts.next().unwrap());
        for signature in ["", signature] {
            let forged = format!("eyJhbGciOiJub25lIn0.{body}.{signature}");
            assert!(verify(&forged).is_err(), "{forged}");
        }
        for garbage in ["", ".", "..", "a.b.c", "💥", &honest[..honest.len() - 2]] {
            assert!(verify(garbage).is_err(), "{garbage}");
        }
    }
}
