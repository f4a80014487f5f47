//! Every signature that the sandbox makes or checks: access tokens, the user token of an iframe, the visitor's cookie
//! and the creator site's assertions. Their keys are made at the first start and kept in the database.

use crate::clock::{now_seconds, random_hex};
use crate::company;
use crate::database::{Database, DatabaseError};
use crate::secret::Secret;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use p256::elliptic_curve::rand_core::OsRng;
use p256::elliptic_curve::sec1::ToEncodedPoint;
use p256::pkcs8::{DecodePrivateKey, EncodePrivateKey, LineEnding};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU64, Ordering};

/// Issuer of the user tokens, as Whop's.
pub const USER_TOKEN_ISSUER: &str = "urn:whopcom:exp-proxy";
const ACCESS_TOKEN_ISSUER: &str = "urn:whop-sandbox:access-token";
const VISITOR_ISSUER: &str = "urn:whop-sandbox:visitor";
const ASSERTION_AUDIENCE: &str = "whop-chat";
const USER_TOKEN_SECONDS: i64 = 300;
const VISITOR_SECONDS: i64 = 12 * 3_600;
const ASSERTION_SECONDS: i64 = 240;
const GENERATION: &str = "access_token_generation";

/// Why a key can't be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The database could not be read or written.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The stored key is damaged.
    #[error("the stored signing key is damaged ({0}); start with a new --database file")]
    Damaged(String),
    /// Signing failed.
    #[error("signing failed: {0}")]
    Signing(#[from] jsonwebtoken::errors::Error),
}

/// What an access token says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessClaims {
    iss: String,
    /// The user that it speaks for; without one, the app's agent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub: Option<String>,
    /// The company that it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company: Option<String>,
    /// What it may do; without a list, everything that its user may.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scoped_actions: Option<Vec<String>>,
    /// When it was made, in seconds since the Unix epoch.
    pub iat: i64,
    /// When it ends, in seconds since the Unix epoch.
    pub exp: i64,
    jti: String,
    generation: u64,
}

#[derive(Clone, Serialize, Deserialize)]
struct UserClaims {
    iss: String,
    sub: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    aud: Option<String>,
    iat: i64,
    exp: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    jti: Option<String>,
}

/// Claims that hold for a while.
trait Ends {
    /// In seconds since the Unix epoch.
    fn ends_at(&self) -> i64;
}

impl Ends for AccessClaims {
    fn ends_at(&self) -> i64 {
        self.exp
    }
}

impl Ends for UserClaims {
    fn ends_at(&self) -> i64 {
        self.exp
    }
}

/// `OpenID` Connect Core 1.0, section 2.
#[derive(Serialize)]
struct IdClaims<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    iat: i64,
    exp: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<&'a str>,
}

/// The keys and what they sign.
pub struct Tokens {
    user_key: EncodingKey,
    user_key_id: String,
    user_key_set: Value,
    secret: Secret,
    generation: AtomicU64,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Tokens {{ kid: {:?}, .. }}", self.user_key_id)
    }
}

impl Tokens {
    /// The keys that the database holds; made when it holds none.
    ///
    /// # Errors
    /// When the database fails or a stored key is damaged.
    pub fn load(database: &Database) -> Result<Self, KeyError> {
        let damaged = |error: &dyn std::fmt::Display| KeyError::Damaged(error.to_string());
        let pem = if let Some(pem) = database.fact("user_token_key")? {
            pem
        } else {
            let pem = p256::SecretKey::random(&mut OsRng)
                .to_pkcs8_pem(LineEnding::LF)
                .map_err(|error| damaged(&error))?
                .to_string();
            database.set_fact("user_token_key", &pem)?;
            pem
        };
        let key = p256::SecretKey::from_pkcs8_pem(&pem).map_err(|error| damaged(&error))?;
        let point = key.public_key().to_encoded_point(false);
        let coordinate = |bytes: Option<&[u8]>| URL_SAFE_NO_PAD.encode(bytes.unwrap_or_default());
        let (x, y) = (
            coordinate(point.x().map(AsRef::as_ref)),
            coordinate(point.y().map(AsRef::as_ref)),
        );
        let user_key_id = format!("sandbox-{}", x.get(..12).unwrap_or_default());
        let secret = database.fact_or_else("token_secret", || random_hex(32))?;
        let generation = database.fact(GENERATION)?;
        Ok(Self {
            user_key: EncodingKey::from_ec_pem(pem.as_bytes())?,
            user_key_set: json!({"keys": [{
                "kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": user_key_id, "x": x, "y": y,
            }]}),
            user_key_id,
            secret: secret.into(),
            generation: AtomicU64::new(
                generation
                    .and_then(|text| text.parse().ok())
                    .unwrap_or_default(),
            ),
        })
    }

    /// The public keys of the user tokens, for `/.well-known/jwks.json`.
    pub fn key_set(&self) -> &Value {
        &self.user_key_set
    }

    /// The token that says who looks at the app: `x-whop-user-token`.
    ///
    /// # Errors
    /// When signing fails.
    pub fn user_token(&self, user_id: &str) -> Result<String, KeyError> {
        let now = now_seconds();
        let mut header = Header::new(Algorithm::ES256);
        header.kid = Some(self.user_key_id.clone());
        let claims = UserClaims {
            iss: USER_TOKEN_ISSUER.to_owned(),
            sub: user_id.to_owned(),
            aud: Some(company::APP_ID.to_owned()),
            iat: now,
            exp: now + USER_TOKEN_SECONDS,
            jti: None,
        };
        Ok(jsonwebtoken::encode(&header, &claims, &self.user_key)?)
    }

    /// Says to the app who signed in; it ends after so many seconds.
    ///
    /// # Errors
    /// When signing fails.
    pub fn id_token(
        &self,
        issuer: &str,
        audience: &str,
        user_id: &str,
        nonce: Option<&str>,
        seconds: i64,
    ) -> Result<String, KeyError> {
        let now = now_seconds();
        let mut header = Header::new(Algorithm::ES256);
        header.kid = Some(self.user_key_id.clone());
        let claims = IdClaims {
            iss: issuer,
            sub: user_id,
            aud: audience,
            iat: now,
            exp: now + seconds,
            nonce,
        };
        Ok(jsonwebtoken::encode(&header, &claims, &self.user_key)?)
    }

    /// An access token that ends at that moment, in seconds since the Unix epoch.
    ///
    /// # Errors
    /// When signing fails.
    pub fn access_token(
        &self,
        user_id: Option<&str>,
        company_id: Option<&str>,
        scoped_actions: Option<Vec<String>>,
        expires_at: i64,
    ) -> Result<String, KeyError> {
        self.sign(&AccessClaims {
            iss: ACCESS_TOKEN_ISSUER.to_owned(),
            sub: user_id.map(ToOwned::to_owned),
            company: company_id.map(ToOwned::to_owned),
            scoped_actions,
            iat: now_seconds(),
            exp: expires_at,
            jti: random_hex(8),
            generation: self.generation.load(Ordering::SeqCst),
        })
    }

    /// What an access token says, if it is ours and has not ended.
    pub fn read_access_token(&self, token: &str) -> Option<AccessClaims> {
        let claims: AccessClaims = self.read(token, ACCESS_TOKEN_ISSUER)?;
        (claims.generation == self.generation.load(Ordering::SeqCst)).then_some(claims)
    }

    /// Ends every access token that was made so far, in a way that survives a restart.
    ///
    /// # Errors
    /// When the database fails.
    pub fn expire_access_tokens(&self, database: &Database) -> Result<(), DatabaseError> {
        let generation = self.generation.load(Ordering::SeqCst) + 1;
        database.set_fact(GENERATION, &generation.to_string())?;
        self.generation.store(generation, Ordering::SeqCst);
        Ok(())
    }

    /// The app origin's cookie, which says who the visitor is.
    ///
    /// # Errors
    /// When signing fails.
    pub fn visitor_cookie(&self, user_id: &str) -> Result<String, KeyError> {
        let now = now_seconds();
        self.sign(&UserClaims {
            iss: VISITOR_ISSUER.to_owned(),
            sub: user_id.to_owned(),
            aud: None,
            iat: now,
            exp: now + VISITOR_SECONDS,
            jti: None,
        })
    }

    /// The user that a visitor's cookie names, if it is ours and has not ended.
    pub fn read_visitor_cookie(&self, cookie: &str) -> Option<String> {
        let claims: UserClaims = self.read(cookie, VISITOR_ISSUER)?;
        Some(claims.sub)
    }

    fn sign<T: Serialize>(&self, claims: &T) -> Result<String, KeyError> {
        let key = EncodingKey::from_secret(self.secret.reveal().as_bytes());
        Ok(jsonwebtoken::encode(&Header::default(), claims, &key)?)
    }

    fn read<T: for<'de> Deserialize<'de> + Clone + Ends>(
        &self,
        token: &str,
        issuer: &str,
    ) -> Option<T> {
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_issuer(&[issuer]);
        validation.set_required_spec_claims(&["exp", "iss"]);
        validation.validate_aud = false;
        // The sandbox's clock may be wrong, on request.
        validation.validate_exp = false;
        let key = DecodingKey::from_secret(self.secret.reveal().as_bytes());
        jsonwebtoken::decode(token, &key, &validation)
            .ok()
            .map(|data| data.claims)
            .filter(|claims: &T| claims.ends_at() > now_seconds())
    }
}

/// An assertion as a creator's backend signs it for the proxy: this user is my visitor.
///
/// # Errors
/// When signing fails.
pub fn creator_assertion(secret: &Secret, user_id: &str) -> Result<String, KeyError> {
    let now = now_seconds();
    let claims = UserClaims {
        iss: "northlight-studio".to_owned(),
        sub: user_id.to_owned(),
        aud: Some(ASSERTION_AUDIENCE.to_owned()),
        iat: now,
        exp: now + ASSERTION_SECONDS,
        jti: Some(random_hex(16)),
    };
    let key = EncodingKey::from_secret(secret.reveal().as_bytes());
    Ok(jsonwebtoken::encode(&Header::default(), &claims, &key)?)
}
