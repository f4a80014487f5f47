use super::Secret;
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::HashSet;
use thiserror::Error;

/// Clocks of two servers may differ by that many seconds.
pub const LEEWAY: i64 = 30;

/// Why a signed token is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TokenError {
    /// It is no JWT, or its claims are not those that are needed.
    #[error("it is malformed or lacks a claim")]
    Malformed,
    /// It is signed in another way than it has to be, or not at all.
    #[error("it is signed with the wrong algorithm")]
    Algorithm,
    /// Its signature is not that of the key.
    #[error("its signature is wrong")]
    Signature,
    /// It was made by or for somebody else.
    #[error("it is meant for another audience")]
    Audience,
    /// It was valid once.
    #[error("it has expired")]
    Expired,
    /// It is not valid yet: somebody's clock is wrong.
    #[error("it is from the future")]
    Future,
    /// It lives longer than it may.
    #[error("it is valid for too long")]
    TooLong,
    /// It counts once only.
    #[error("it was used before")]
    Used,
}

impl From<jsonwebtoken::errors::Error> for TokenError {
    fn from(error: jsonwebtoken::errors::Error) -> Self {
        match error.kind() {
            ErrorKind::InvalidAlgorithm
            | ErrorKind::InvalidAlgorithmName
            | ErrorKind::MissingAlgorithm => Self::Algorithm,
            ErrorKind::InvalidSignature => Self::Signature,
            ErrorKind::InvalidAudience | ErrorKind::InvalidIssuer => Self::Audience,
            _ => Self::Malformed,
        }
    }
}

/// Reads a moment in seconds. Some backends write a fraction.
pub fn numeric_date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    let seconds = f64::deserialize(deserializer)?;
    if (0.0..=1e11).contains(&seconds) {
        #[allow(
            clippy::cast_possible_truncation,
            reason = "in range, and the fraction is dropped"
        )]
        Ok(seconds as i64)
    } else {
        Err(serde::de::Error::custom("no moment in seconds"))
    }
}

/// As [`numeric_date`], where the claim may be missing.
pub fn optional_numeric_date<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<i64>, D::Error> {
    numeric_date(deserializer).map(Some)
}

/// Checks signature, algorithm and audience. Moments are the caller's to check, since only the caller knows what the
/// time is.
pub fn verify<C: DeserializeOwned>(
    token: &str,
    key: &DecodingKey,
    algorithm: Algorithm,
    audience: &str,
    issuer: Option<&str>,
) -> Result<C, TokenError> {
    let mut validation = Validation::new(algorithm);
    validation.validate_exp = false;
    validation.set_audience(&[audience]);
    validation.required_spec_claims = HashSet::from(["aud".to_owned(), "sub".to_owned()]);
    if let Some(issuer) = issuer {
        validation.set_issuer(&[issuer]);
        validation.required_spec_claims.insert("iss".to_owned());
    }
    Ok(jsonwebtoken::decode(token, key, &validation)?.claims)
}

/// Refuses what has expired by then.
pub fn check_expiry(expires_at: i64, now: i64, leeway: i64) -> Result<(), TokenError> {
    if expires_at + leeway <= now {
        return Err(TokenError::Expired);
    }
    Ok(())
}

/// Signs and reads the proxy's own tokens. Each kind has an audience of its own, so that none can stand for another.
#[derive(Clone)]
pub struct OwnTokens {
    sign: EncodingKey,
    read: DecodingKey,
    /// Of the secret that was there before.
    read_previous: Option<DecodingKey>,
    audience: &'static str,
}

impl OwnTokens {
    /// Tokens of one kind.
    pub fn new(secret: &Secret, audience: &'static str) -> Self {
        Self {
            sign: EncodingKey::from_secret(secret.expose().as_bytes()),
            read: DecodingKey::from_secret(secret.expose().as_bytes()),
            read_previous: secret
                .previous()
                .map(|previous| DecodingKey::from_secret(previous.as_bytes())),
            audience,
        }
    }

    /// Signs claims; the audience is added.
    pub fn sign<C: Serialize>(&self, claims: &C) -> Result<String, TokenError> {
        #[derive(Serialize)]
        struct WithAudience<'a, C> {
            aud: &'static str,
            #[serde(flatten)]
            claims: &'a C,
        }
        let claims = WithAudience {
            aud: self.audience,
            claims,
        };
        Ok(jsonwebtoken::encode(
            &Header::new(Algorithm::HS256),
            &claims,
            &self.sign,
        )?)
    }

    /// The claims of a token of this kind whose signature is right.
    pub fn verify<C: DeserializeOwned>(&self, token: &str) -> Result<C, TokenError> {
        let with = |key| verify(token, key, Algorithm::HS256, self.audience, None);
        match (with(&self.read), &self.read_previous) {
            (Err(TokenError::Signature), Some(previous)) => with(previous),
            (read, _) => read,
        }
    }
}
