use super::single_use::{Claim, SingleUse};
use super::token::{self, LEEWAY, TokenError};
use super::{ChannelLimit, Identity, IdentityError, PublicKey, Secret, Source};
use crate::identifier;
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;
use wire::UserId;

/// For whom the creator's backend makes assertions.
pub const AUDIENCE: &str = "whop-chat";
/// Longest life of an assertion, in seconds: it is a letter of introduction, not a session.
const LONGEST: i64 = 300;

/// Reads assertions: JWTs in which the creator's backend vouches for a visitor, each of which counts once.
pub struct Assertions {
    /// What may have signed them. Each key is for one algorithm, so that none is taken for what it is not.
    keys: Vec<PublicKey>,
    used: SingleUse,
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
    jti: Option<String>,
    channels: Option<Vec<String>>,
}

impl Assertions {
    /// Assertions signed with the shared secret, or by the owner of one of the public keys. `None` where there is
    /// neither.
    pub fn new(secret: Option<&Secret>, public: &[PublicKey]) -> Option<Self> {
        let texts = secret.into_iter().flat_map(|secret| {
            let current = Some(secret.expose());
            current.into_iter().chain(secret.previous())
        });
        let shared = texts.map(|text| PublicKey {
            id: None,
            algorithm: Algorithm::HS256,
            key: DecodingKey::from_secret(text.as_bytes()),
        });
        let keys: Vec<PublicKey> = shared.chain(public.iter().cloned()).collect();
        (!keys.is_empty()).then(|| Self {
            keys,
            used: SingleUse::default(),
        })
    }

    /// Whom the assertion vouches for, and the claim to it, which has to be kept once it was of use. `now` in seconds
    /// since the Unix epoch.
    pub fn verify(&self, assertion: &str, now: i64) -> Result<(Identity, Claim), IdentityError> {
        let claims = self.read(assertion)?;
        token::check_expiry(claims.exp, now, LEEWAY)?;
        if claims.iat.max(claims.nbf.unwrap_or_default()) > now + LEEWAY {
            return Err(TokenError::Future.into());
        }
        if claims.exp - claims.iat > LONGEST {
            return Err(TokenError::TooLong.into());
        }
        if !(claims.sub.starts_with("user_") && identifier::is_safe(&claims.sub)) {
            return Err(TokenError::Malformed.into());
        }
        let id = claims.jti.as_deref().filter(|id| !id.is_empty());
        let claim = self.used.claim(assertion, id, claims.exp, now)?;
        let identity = Identity {
            user: UserId::from(claims.sub),
            source: Source::Assertion,
            authenticated_at: claims.iat.min(now),
            limit: claims
                .channels
                .map_or(ChannelLimit::Any, ChannelLimit::Only),
        };
        Ok((identity, claim))
    }

    /// The claims, if one of the keys for the assertion's algorithm has signed it.
    fn read(&self, assertion: &str) -> Result<Claims, TokenError> {
        let header = jsonwebtoken::decode_header(assertion)?;
        let mut error = TokenError::Algorithm;
        for key in &self.keys {
            let is_named = match (&key.id, &header.kid) {
                (Some(own), Some(named)) => own == named,
                _ => true,
            };
            if key.algorithm != header.alg {
                continue;
            }
            error = TokenError::Signature;
            if !is_named {
                continue;
            }
            match token::verify(assertion, &key.key, key.algorithm, AUDIENCE, None) {
                Err(TokenError::Signature) => {}
                settled => return settled,
            }
        }
        Err(error)
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
        verify_with(Some(SECRET), &[], assertion)
    }

    fn verify_with(
        secret: Option<&str>,
        public: &[PublicKey],
        assertion: &str,
    ) -> Result<Identity, TokenError> {
        let secret = secret.map(Secret::new);
        let assertions = Assertions::new(secret.as_ref(), public).unwrap();
        match assertions.verify(assertion, NOW) {
            Ok((identity, _)) => Ok(identity),
            Err(IdentityError::Token(error)) => Err(error),
            Err(other) => panic!("{other}"),
        }
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

    /// The key that signs, and the public one as an operator writes it into the configuration.
    fn pair(algorithm: Algorithm, seed: u8) -> (EncodingKey, String) {
        use p256::pkcs8::{EncodePrivateKey, EncodePublicKey, LineEnding};
        if algorithm == Algorithm::ES256 {
            let secret = p256::SecretKey::from_slice(&[seed; 32]).unwrap();
            let pem = secret.to_pkcs8_pem(LineEnding::LF).unwrap();
            let public = secret.public_key().to_public_key_pem(LineEnding::LF);
            return (
                EncodingKey::from_ec_pem(pem.as_bytes()).unwrap(),
                public.unwrap(),
            );
        }
        // The private key of RFC 8037, appendix A.1, in the form of RFC 8410, section 7.
        let mut der = hex::decode("302e020100300506032b657004220420").unwrap();
        der.extend(
            hex::decode("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
                .unwrap(),
        );
        let public =
            r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
        (EncodingKey::from_ed_der(&der), public.to_owned())
    }

    fn public(text: &str) -> Vec<PublicKey> {
        PublicKey::parse(text).unwrap()
    }

    #[test]
    fn public_keys_verify_what_their_owners_sign() {
        for algorithm in [Algorithm::ES256, Algorithm::EdDSA] {
            let (private, text) = pair(algorithm, 1);
            let signed =
                jsonwebtoken::encode(&Header::new(algorithm), &claims(), &private).unwrap();
            let found = verify_with(None, &public(&text), &signed).unwrap();
            assert_eq!(found.user.as_str(), "user_ada");
            // Beside a shared secret, and for those who have either.
            assert!(verify_with(Some(SECRET), &public(&text), &signed).is_ok());
            assert!(verify_with(Some(SECRET), &public(&text), &sign(&claims())).is_ok());
            let foreign = public(&pair(Algorithm::ES256, 2).1);
            assert!(verify_with(Some(SECRET), &foreign, &signed).is_err());
        }
    }

    #[test]
    fn a_public_key_is_no_shared_secret() {
        for algorithm in [Algorithm::ES256, Algorithm::EdDSA] {
            let (private, text) = pair(algorithm, 1);
            let keys = public(&text);
            let octets = keys[0].key.try_get_as_bytes().unwrap().to_vec();
            for secret in [text.as_bytes(), text.trim().as_bytes(), &octets] {
                let key = EncodingKey::from_secret(secret);
                let forged =
                    jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims(), &key).unwrap();
                let refused = verify_with(None, &keys, &forged).unwrap_err();
                assert_eq!(refused, TokenError::Algorithm);
                let refused = verify_with(Some(SECRET), &keys, &forged).unwrap_err();
                assert_eq!(refused, TokenError::Signature);
            }
            // Nor is a shared secret a public key.
            let signed =
                jsonwebtoken::encode(&Header::new(algorithm), &claims(), &private).unwrap();
            let refused = verify_with(Some(&text), &[], &signed).unwrap_err();
            assert_eq!(refused, TokenError::Algorithm);
        }
    }

    #[test]
    fn a_named_key_is_the_one_that_signed() {
        let [(old, old_text), (new, new_text)] = [1, 2].map(|seed| pair(Algorithm::ES256, seed));
        let mut keys = public(&(old_text + &new_text));
        keys[0].id = Some("old".to_owned());
        keys[1].id = Some("new".to_owned());
        let verified = |name: Option<&str>, key: &EncodingKey| {
            let mut header = Header::new(Algorithm::ES256);
            header.kid = name.map(str::to_owned);
            let signed = jsonwebtoken::encode(&header, &claims(), key).unwrap();
            verify_with(None, &keys, &signed).map(|_| ())
        };
        assert_eq!(verified(Some("old"), &old), Ok(()));
        assert_eq!(verified(Some("new"), &new), Ok(()));
        assert_eq!(verified(None, &new), Ok(()));
        assert_eq!(verified(Some("old"), &new), Err(TokenError::Signature));
        assert_eq!(verified(Some("third"), &new), Err(TokenError::Signature));
    }

    #[test]
    fn counts_once() {
        let secret = Secret::new(SECRET);
        let assertions = Assertions::new(Some(&secret), &[]).unwrap();
        let signed = sign(&claims());
        let used = || {
            assertions
                .verify(&signed, NOW)
                .map(|(_, claim)| claim.keep())
        };
        assert_eq!(used(), Ok(()));
        assert_eq!(used(), Err(IdentityError::Token(TokenError::Used)));
    }
}
