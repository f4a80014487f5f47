use super::token::TokenError;
use super::{IdentityError, PublicKey};
use jsonwebtoken::{Algorithm, DecodingKey};
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
/// again, at most once per 30 seconds, however many ask. Or those that the operator pinned: then nothing is fetched.
pub struct KeySet {
    pinned: Vec<PublicKey>,
    /// The least time between two fetches.
    cooldown: Duration,
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
    /// The keys at that address, or else the pinned ones if there are any.
    pub fn new(client: reqwest::Client, url: String, pinned: Vec<PublicKey>) -> Self {
        Self {
            pinned,
            cooldown: COOLDOWN,
            client,
            url,
            keys: RwLock::new(None),
            next: Mutex::new(None),
        }
    }

    /// The keys that a token which names that `kid` may be signed with: one, but for pinned ones without names.
    pub async fn find(&self, kid: Option<&str>) -> Result<Vec<DecodingKey>, IdentityError> {
        if self.pinned.is_empty() {
            return Ok(vec![self.fetched(kid).await?]);
        }
        let is_it = |key: &&PublicKey| match (&key.id, kid) {
            (Some(own), Some(named)) => own == named,
            _ => true,
        };
        let keys = self.pinned.iter().filter(is_it);
        Ok(keys.map(|key| key.key.clone()).collect())
    }

    /// The key of that `kid`; without one, the only key there is.
    async fn fetched(&self, kid: Option<&str>) -> Result<DecodingKey, IdentityError> {
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
                    self.cooldown
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
            .filter_map(|key| PublicKey::from_jwk(key).ok())
            .filter(|key| key.algorithm == Algorithm::ES256)
            .map(|key| (key.id.unwrap_or_default(), key.key))
            .collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::routing::get;
    use axum::{Json, Router};
    use serde_json::{Value, json};
    use std::sync::atomic::{AtomicUsize, Ordering};

    fn jwk(kid: &str, seed: u8) -> Value {
        let key = p256::SecretKey::from_slice(&[seed; 32]).unwrap();
        let mut jwk: Value = serde_json::from_str(&key.public_key().to_jwk_string()).unwrap();
        jwk["kid"] = json!(kid);
        jwk
    }

    struct Publisher {
        keys: Arc<RwLock<Value>>,
        asked: Arc<AtomicUsize>,
        url: String,
    }

    /// A server that publishes keys.
    async fn publisher(keys: Value) -> Publisher {
        let keys = Arc::new(RwLock::new(keys));
        let asked = Arc::new(AtomicUsize::new(0));
        let (shown, count) = (keys.clone(), asked.clone());
        let answer = move || async move {
            count.fetch_add(1, Ordering::SeqCst);
            Json(shown.read().unwrap().clone())
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let router = Router::new().route("/", get(answer));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Publisher { keys, asked, url }
    }

    fn set(publisher: &Publisher) -> KeySet {
        let _ = rustls::crypto::ring::default_provider().install_default();
        KeySet::new(reqwest::Client::new(), publisher.url.clone(), Vec::new())
    }

    #[tokio::test]
    async fn a_new_key_is_learnt_when_a_token_names_it() {
        let other = json!({"kty": "RSA", "kid": "c", "n": "AQAB", "e": "AQAB"});
        let publisher = publisher(json!({"keys": [jwk("a", 1), other]})).await;
        let mut keys = set(&publisher);
        keys.cooldown = Duration::ZERO;
        assert!(keys.find(Some("a")).await.is_ok());
        assert!(keys.find(None).await.is_ok(), "there is one only");
        assert!(keys.find(Some("b")).await.is_err());
        assert_eq!(publisher.asked.load(Ordering::SeqCst), 2);
        *publisher.keys.write().unwrap() = json!({"keys": [jwk("b", 2), jwk("a", 1)]});
        assert!(keys.find(Some("b")).await.is_ok());
        assert!(keys.find(Some("a")).await.is_ok());
        assert!(keys.find(None).await.is_err(), "it could be either");
        *publisher.keys.write().unwrap() = json!({"keys": [jwk("b", 2)]});
        assert!(keys.find(Some("d")).await.is_err());
        assert!(keys.find(Some("a")).await.is_err(), "it was taken back");
    }

    #[tokio::test]
    async fn unknown_names_make_it_look_once_in_a_while() {
        let publisher = publisher(json!({"keys": [jwk("a", 1)]})).await;
        let keys = set(&publisher);
        let names: Vec<String> = (0..100).map(|number| format!("unknown-{number}")).collect();
        let found = futures_util::future::join_all(names.iter().map(|name| keys.find(Some(name))));
        assert!(found.await.iter().all(Result::is_err));
        assert!(keys.find(Some("a")).await.is_ok());
        assert_eq!(publisher.asked.load(Ordering::SeqCst), 1);
    }
}
