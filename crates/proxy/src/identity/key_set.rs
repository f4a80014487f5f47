use super::IdentityError;
use super::token::TokenError;
use jsonwebtoken::DecodingKey;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk};
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// How long fetched keys are taken for current.
const FRESH: Duration = Duration::from_secs(12 * 3_600);
/// How long keys are used when newer ones can't be had.
const USABLE: Duration = Duration::from_secs(24 * 3_600);
/// The least time between two fetches.
const COOLDOWN: Duration = Duration::from_secs(30);
/// The same, when the last one failed.
const RETRY: Duration = Duration::from_secs(2);
/// No answer takes longer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Whop's public keys by their `kid`. Fetched when first needed, kept for 12 hours; an unknown `kid` makes it look
/// again, at most once per 30 seconds, however many ask.
pub struct KeySet {
    client: reqwest::Client,
    url: String,
    keys: RwLock<Option<Arc<Fetched>>>,
    /// From when on the server may be asked again. Holding it is the permission to ask.
    next: Mutex<Option<Instant>>,
}

#[derive(Deserialize)]
struct Set {
    keys: Vec<serde_json::Value>,
}

struct Fetched {
    keys: HashMap<String, DecodingKey>,
    at: Instant,
}

impl KeySet {
    /// The keys at that address.
    pub fn new(client: reqwest::Client, url: String) -> Self {
        Self {
            client,
            url,
            keys: RwLock::new(None),
            next: Mutex::new(None),
        }
    }

    /// The key of that `kid`; without one, the only key there is.
    pub async fn find(&self, kid: Option<&str>) -> Result<DecodingKey, IdentityError> {
        if let Some(key) = self.known(kid, FRESH) {
            return Ok(key);
        }
        let mut next = self.next.lock().await;
        // Somebody else may have fetched it while this one waited.
        if let Some(key) = self.known(kid, FRESH) {
            return Ok(key);
        }
        if next.is_none_or(|next| next <= Instant::now()) {
            // Set afterwards only: a visitor who leaves in the middle takes nobody else's turn.
            let pause = match self.fetch().await {
                Ok(keys) => {
                    let at = Instant::now();
                    let fetched = Arc::new(Fetched { keys, at });
                    *self.keys.write().unwrap_or_else(PoisonError::into_inner) = Some(fetched);
                    COOLDOWN
                }
                Err(error) => {
                    tracing::error!(%error, "Whop's public keys can't be fetched; check WHOP_JWKS_URL");
                    RETRY
                }
            };
            *next = Some(Instant::now() + pause);
        }
        drop(next);
        if let Some(key) = self.known(kid, USABLE) {
            return Ok(key);
        }
        if self.current(USABLE).is_some() {
            Err(TokenError::Signature.into())
        } else {
            Err(IdentityError::KeysUnavailable)
        }
    }

    fn current(&self, age: Duration) -> Option<Arc<Fetched>> {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        keys.clone().filter(|fetched| fetched.at.elapsed() < age)
    }

    fn known(&self, kid: Option<&str>, age: Duration) -> Option<DecodingKey> {
        let fetched = self.current(age)?;
        match kid {
            Some(kid) => fetched.keys.get(kid).cloned(),
            None if fetched.keys.len() == 1 => fetched.keys.values().next().cloned(),
            None => None,
        }
    }

    async fn fetch(&self) -> Result<HashMap<String, DecodingKey>, reqwest::Error> {
        let answer = self.client.get(&self.url).timeout(PATIENCE).send().await?;
        let set: Set = answer.error_for_status()?.json().await?;
        Ok(set
            .keys
            .into_iter()
            // A key of a kind that is new to this program is no reason to lose the others.
            .filter_map(|key| serde_json::from_value::<Jwk>(key).ok())
            .filter(|key| {
                matches!(&key.algorithm, AlgorithmParameters::EllipticCurve(curve) if curve.curve == EllipticCurve::P256)
            })
            .filter_map(|key| {
                let decoding = DecodingKey::from_jwk(&key).ok()?;
                Some((key.common.key_id.unwrap_or_default(), decoding))
            })
            .collect())
    }
}
