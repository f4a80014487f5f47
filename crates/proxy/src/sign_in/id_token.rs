use crate::identifier;
use crate::identity::token::{self, LEEWAY, TokenError};
use crate::identity::{IdentityError, KeySet};
use jsonwebtoken::Algorithm;
use serde::Deserialize;
use wire::{AppId, UserId};

/// What an id token says (`OpenID` Connect Core, section 2).
#[derive(Deserialize)]
struct Claims {
    sub: String,
    #[serde(deserialize_with = "token::numeric_date")]
    exp: i64,
    #[serde(deserialize_with = "token::numeric_date")]
    iat: i64,
    nonce: Option<String>,
}

/// What an id token must be.
pub struct Expected<'a> {
    /// Who made it.
    pub issuer: &'a str,
    /// For which app.
    pub app: &'a AppId,
    /// For which sign-in.
    pub nonce: &'a str,
    /// When, in seconds since the Unix epoch.
    pub now: i64,
}

/// Who signed in, as Whop's signature says (`OpenID` Connect Core, section 3.1.3.7).
pub async fn verify(
    id_token: &str,
    keys: &KeySet,
    expected: &Expected<'_>,
) -> Result<UserId, IdentityError> {
    let header = jsonwebtoken::decode_header(id_token).map_err(TokenError::from)?;
    if header.alg != Algorithm::ES256 {
        return Err(TokenError::Algorithm.into());
    }
    let mut refused = TokenError::Signature;
    for key in keys.find(header.kid.as_deref()).await? {
        let issuer = Some(expected.issuer);
        match token::verify(id_token, &key, Algorithm::ES256, expected.app, issuer) {
            Ok(claims) => return Ok(checked(claims, expected)?),
            Err(error) => refused = error,
        }
    }
    Err(refused.into())
}

fn checked(claims: Claims, expected: &Expected<'_>) -> Result<UserId, TokenError> {
    token::check_expiry(claims.exp, expected.now, LEEWAY)?;
    if claims.iat > expected.now + LEEWAY {
        return Err(TokenError::Future);
    }
    // Another sign-in's token says who somebody is, but not who sits at this browser.
    if claims.nonce.as_deref() != Some(expected.nonce) {
        return Err(TokenError::Audience);
    }
    if !(claims.sub.starts_with("user_") && identifier::is_safe(&claims.sub)) {
        return Err(TokenError::Malformed);
    }
    Ok(UserId::from(claims.sub))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::configuration::PublicKey;
    use jsonwebtoken::{EncodingKey, Header};
    use p256::pkcs8::{EncodePrivateKey, EncodePublicKey, LineEnding};
    use serde_json::{Value, json};

    const NOW: i64 = 1_800_000_000;

    fn claims() -> Value {
        json!({
            "iss": "https://api.whop.com", "aud": "app_x", "sub": "user_ada", "nonce": "n", "iat": NOW, "exp": NOW + 60,
        })
    }

    async fn check(claims: &Value, seed: u8) -> Result<UserId, IdentityError> {
        let key = |seed| p256::SecretKey::from_slice(&[seed; 32]).unwrap();
        let signer = key(seed).to_pkcs8_pem(LineEnding::LF).unwrap();
        let signer = EncodingKey::from_ec_pem(signer.as_bytes()).unwrap();
        let token = jsonwebtoken::encode(&Header::new(Algorithm::ES256), claims, &signer).unwrap();
        let public = key(1).public_key().to_public_key_pem(LineEnding::LF);
        let keys = PublicKey::parse(&public.unwrap()).unwrap();
        let _ = rustls::crypto::ring::default_provider().install_default();
        let keys = KeySet::new(reqwest::Client::new(), String::new(), keys);
        let expected = Expected {
            issuer: "https://api.whop.com",
            app: &"app_x".into(),
            nonce: "n",
            now: NOW,
        };
        verify(&token, &keys, &expected).await
    }

    #[tokio::test]
    async fn only_whops_for_this_app_and_this_sign_in_counts() {
        assert_eq!(check(&claims(), 1).await.unwrap().as_str(), "user_ada");
        assert_eq!(check(&claims(), 2).await, Err(TokenError::Signature.into()));
        for (field, value, error) in [
            ("iss", json!("https://evil.example"), TokenError::Audience),
            ("aud", json!("app_y"), TokenError::Audience),
            ("nonce", json!("another"), TokenError::Audience),
            ("nonce", Value::Null, TokenError::Audience),
            ("sub", json!("ada"), TokenError::Malformed),
            ("exp", json!(NOW - 31), TokenError::Expired),
            ("iat", json!(NOW + 31), TokenError::Future),
        ] {
            let mut changed = claims();
            changed[field] = value;
            assert_eq!(check(&changed, 1).await, Err(error.into()), "{field}");
        }
    }
}
