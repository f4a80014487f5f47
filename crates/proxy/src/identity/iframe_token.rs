use super::key_set::KeySet;
use super::token::{self, LEEWAY, TokenError};
use super::{ChannelLimit, Identity, IdentityError, Source};
use crate::identifier;
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;
use std::sync::Arc;
use wire::{AppId, UserId};

/// The header that Whop adds to every request from inside whop.com.
pub const HEADER: &str = "x-whop-user-token";
const ISSUER: &str = "urn:whopcom:exp-proxy";
/// A token that doesn't say when it expires is good for that many seconds. Whop's own SDK takes it for ever.
const LONGEST: i64 = 3_600;

/// Reads the user tokens that Whop adds to the requests of an app inside whop.com.
pub struct IframeTokens {
    keys: Arc<KeySet>,
    app: AppId,
}

#[derive(Deserialize)]
struct Claims {
    sub: String,
    /// One audience; a list is refused, as Whop's own SDK does.
    #[allow(dead_code, reason = "reading it is the check")]
    aud: String,
    /// Whop writes it, but does not promise to.
    #[serde(default, deserialize_with = "token::optional_numeric_date")]
    exp: Option<i64>,
    #[serde(default, deserialize_with = "token::optional_numeric_date")]
    iat: Option<i64>,
}

impl IframeTokens {
    /// Tokens for that app, signed with one of those keys.
    pub fn new(keys: Arc<KeySet>, app: AppId) -> Self {
        Self { keys, app }
    }

    /// Who the visitor is, according to Whop. `now` in seconds since the Unix epoch.
    pub async fn verify(&self, token: &str, now: i64) -> Result<Identity, IdentityError> {
        let header = jsonwebtoken::decode_header(token).map_err(TokenError::from)?;
        if header.alg != Algorithm::ES256 {
            return Err(TokenError::Algorithm.into());
        }
        for key in self.keys.find(header.kid.as_deref()).await? {
            match read(token, &key, &self.app, now) {
                Err(TokenError::Signature) => {}
                settled => return Ok(settled?),
            }
        }
        Err(TokenError::Signature.into())
    }
}

fn read(token: &str, key: &DecodingKey, app: &AppId, now: i64) -> Result<Identity, TokenError> {
    let claims: Claims = token::verify(token, key, Algorithm::ES256, app, Some(ISSUER))?;
    let expires_at = claims.exp.or(claims.iat.map(|made_at| made_at + LONGEST));
    token::check_expiry(expires_at.ok_or(TokenError::Malformed)?, now, LEEWAY)?;
    if claims.iat.is_some_and(|made_at| made_at > now + LEEWAY) {
        return Err(TokenError::Future);
    }
    if !(claims.sub.starts_with("user_") && identifier::is_safe(&claims.sub)) {
        return Err(TokenError::Malformed);
    }
    Ok(Identity {
        user: UserId::from(claims.sub),
        source: Source::Iframe,
        authenticated_at: now,
        limit: ChannelLimit::Any,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jsonwebtoken::{EncodingKey, Header};
    use p256::elliptic_curve::sec1::ToEncodedPoint;
    use p256::pkcs8::{EncodePrivateKey, EncodePublicKey, LineEnding};
    use serde_json::{Value, json};

    const NOW: i64 = 1_800_000_000;

    struct Pair {
        sign: EncodingKey,
        read: DecodingKey,
        public_pem: String,
        public_point: Vec<u8>,
    }

    fn pair(seed: u8) -> Pair {
        let secret = p256::SecretKey::from_slice(&[seed; 32]).unwrap();
        let pem = secret.to_pkcs8_pem(LineEnding::LF).unwrap();
        let public_pem = secret
            .public_key()
            .to_public_key_pem(LineEnding::LF)
            .unwrap();
        Pair {
            sign: EncodingKey::from_ec_pem(pem.as_bytes()).unwrap(),
            read: DecodingKey::from_ec_pem(public_pem.as_bytes()).unwrap(),
            public_point: secret
                .public_key()
                .to_encoded_point(false)
                .as_bytes()
                .to_vec(),
            public_pem,
        }
    }

    fn claims() -> Value {
        json!({"sub": "user_ada", "aud": "app_x", "iss": ISSUER, "iat": NOW, "exp": NOW + 60})
    }

    fn check(claims: &Value, signer: &EncodingKey) -> Result<Identity, TokenError> {
        let token = jsonwebtoken::encode(&Header::new(Algorithm::ES256), claims, signer).unwrap();
        read(&token, &pair(1).read, &"app_x".into(), NOW)
    }

    #[test]
    fn whop_says_who_it_is() {
        let identity = check(&claims(), &pair(1).sign).unwrap();
        assert_eq!(
            (identity.user.as_str(), identity.source),
            ("user_ada", Source::Iframe)
        );
    }

    #[test]
    fn others_claims_are_refused() {
        for (field, value, error) in [
            ("aud", json!("app_y"), TokenError::Audience),
            ("aud", json!(["app_x"]), TokenError::Malformed),
            ("iss", json!("urn:evil"), TokenError::Audience),
            ("sub", json!("ada"), TokenError::Malformed),
            ("exp", json!(NOW - 31), TokenError::Expired),
            ("iat", json!(NOW + 31), TokenError::Future),
        ] {
            let mut changed = claims();
            changed[field] = value;
            assert_eq!(
                check(&changed, &pair(1).sign).unwrap_err(),
                error,
                "{field}"
            );
        }
        for field in ["aud", "iss", "sub"] {
            let mut changed = claims();
            changed.as_object_mut().unwrap().remove(field);
            assert!(check(&changed, &pair(1).sign).is_err(), "{field}");
        }
        assert_eq!(
            check(&claims(), &pair(2).sign).unwrap_err(),
            TokenError::Signature
        );
    }

    #[test]
    fn no_token_is_good_for_ever() {
        let aged = |fields: &[&str], made_at: i64| {
            let mut changed = claims();
            changed["iat"] = json!(made_at);
            for field in fields {
                changed.as_object_mut().unwrap().remove(*field);
            }
            check(&changed, &pair(1).sign).map(|_| ())
        };
        assert_eq!(aged(&["exp"], NOW - 3_600), Ok(()));
        assert_eq!(aged(&["exp"], NOW - 3_631), Err(TokenError::Expired));
        assert_eq!(aged(&["exp"], NOW + 31), Err(TokenError::Future));
        assert_eq!(aged(&["iat"], NOW), Ok(()));
        assert_eq!(aged(&["exp", "iat"], NOW), Err(TokenError::Malformed));
    }

    #[test]
    fn the_public_key_is_no_shared_secret() {
        let Pair {
            read: key,
            public_pem,
            public_point,
            ..
        } = pair(1);
        for secret in [public_pem.as_bytes(), &public_point] {
            let forged = jsonwebtoken::encode(
                &Header::new(Algorithm::HS256),
                &claims(),
                &EncodingKey::from_secret(secret),
            )
            .unwrap();
            assert_eq!(
                read(&forged, &key, &"app_x".into(), NOW).unwrap_err(),
                TokenError::Algorithm
            );
        }
    }
}
