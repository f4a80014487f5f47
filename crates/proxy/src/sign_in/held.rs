use super::cookie::Cookie;
use super::oauth::WhopOAuth;
use super::sealed::{Kind, Seal};
use super::{Handed, Handover, Proof, SignInError, SignedIn, challenge_of};
use crate::configuration::Configuration;
use crate::identity::{ChannelLimit, Identity, IdentityError, KeySet, SingleUse, Source};
use crate::metrics::Metrics;
use axum::http::{HeaderMap, HeaderValue, header};
use moka::future::Cache;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use std::time::Duration;

/// Whop is asked that often whether a sign-in still holds, in seconds.
const CHECK_EVERY: i64 = 12 * 3_600;
/// So long it holds where Whop can't be asked, in seconds.
const GRACE: i64 = 2 * CHECK_EVERY;
/// Then the visitor signs in anew, in seconds.
const LONGEST: i64 = 30 * 86_400;
/// Who got no answer has the next refresh token that long, in seconds.
const REMEMBERED: u64 = 600;
/// Sign-ins that are refreshed within that time; with more, some sign in anew.
const MOST_REFRESHED: u64 = 10_000;
/// Sign-ins that ended, each remembered until it would have to be checked anyway.
const MOST_ENDED: u64 = 100_000;

/// Signing in with Whop, where the operator has set it up.
pub struct SignIn {
    pub(super) whop: Arc<WhopOAuth>,
    pub(super) seal: Seal,
    /// Begun sign-ins and handovers that were used.
    pub(super) used: SingleUse,
    /// What refresh tokens gave a moment ago: two tabs that come with the same one both get the next.
    refreshed: Cache<[u8; 32], SignedIn>,
    /// A copy of a cookie must not outlive the sign-out. Only this process knows; others learn it when they ask Whop.
    ended: Cache<String, ()>,
}

/// What a browser's cookie says.
pub enum Held {
    /// Nothing, or nothing that counts.
    Nothing,
    /// Who is signed in.
    Proof(Box<Proof>),
}

impl SignIn {
    /// As configured; nothing where it is not.
    pub fn new(
        client: reqwest::Client,
        keys: Arc<KeySet>,
        metrics: Arc<Metrics>,
        configuration: &Configuration,
    ) -> Option<Self> {
        let whop = WhopOAuth::new(client, keys, metrics, configuration)?;
        let grace = u64::try_from(GRACE).unwrap_or_default();
        Some(Self {
            whop: Arc::new(whop),
            seal: Seal::new(&configuration.session_secret)?,
            used: SingleUse::default(),
            refreshed: Cache::builder()
                .max_capacity(MOST_REFRESHED)
                .time_to_live(Duration::from_secs(REMEMBERED))
                .build(),
            ended: Cache::builder()
                .max_capacity(MOST_ENDED)
                .time_to_live(Duration::from_secs(grace))
                .build(),
        })
    }

    /// Takes over a sign-in that was begun by the page that asks, whose visitor has come back from Whop.
    pub fn take_over(
        &self,
        handed: &Handed,
        headers: &HeaderMap,
        now: i64,
    ) -> Result<Proof, IdentityError> {
        let handover = handed.sign_in.as_deref().unwrap_or_default();
        let verifier = handed.sign_in_verifier.as_deref().unwrap_or_default();
        let handover: Handover = self
            .seal
            .open(Kind::Handover, handover)
            .filter(|handover: &Handover| handover.expires_at > now)
            .ok_or(IdentityError::SignedOut)?;
        let origin = headers.get(header::ORIGIN);
        let is_theirs = origin.is_some_and(|origin| origin == handover.origin.as_str());
        if !is_theirs || challenge_of(verifier) != handover.challenge {
            return Err(IdentityError::SignedOut);
        }
        let claim = self
            .used
            .claim("", Some(&handover.id), handover.expires_at, now)?;
        Ok(Proof {
            claim: Some(claim),
            ..self.proof(&handover.signed_in, true, now)
        })
    }

    /// Who is signed in, by the cookie.
    pub async fn find(&self, headers: &HeaderMap, now: i64) -> Result<Held, IdentityError> {
        let Some(signed_in) = self.read(headers, now) else {
            return Ok(Held::Nothing);
        };
        if self.ended.contains_key(&signed_in.id) {
            return Ok(Held::Nothing);
        }
        let age = now - signed_in.checked_at;
        let as_it_is = || Ok(Held::Proof(Box::new(self.proof(&signed_in, false, now))));
        let token = match &signed_in.refresh_token {
            _ if age < CHECK_EVERY => return as_it_is(),
            Some(token) => token.clone(),
            None if age < GRACE => return as_it_is(),
            None => return Ok(Held::Nothing),
        };
        match self.refresh(signed_in.clone(), token, now).await {
            Ok(next) => Ok(Held::Proof(Box::new(self.proof(&next, true, now)))),
            // Whop ended it, or somebody at Whop did.
            Err(error) if matches!(*error, SignInError::NotGranted) => Ok(Held::Nothing),
            Err(error) => {
                tracing::warn!(%error, "Whop can't be asked whether somebody is still signed in");
                if age < GRACE {
                    as_it_is()
                } else {
                    Err(IdentityError::KeysUnavailable)
                }
            }
        }
    }

    /// Ends the sign-in of that browser, here and at Whop. Whether there was one.
    pub async fn end(&self, headers: &HeaderMap, now: i64) -> bool {
        let Some(signed_in) = self.read(headers, now) else {
            return false;
        };
        self.ended.insert(signed_in.id.clone(), ()).await;
        if let Some(token) = &signed_in.refresh_token {
            // What was refreshed a moment ago has another.
            let next = self.refreshed.remove(&key(token)).await;
            let next = next.and_then(|next| next.refresh_token);
            self.whop.revoke(next.as_deref().unwrap_or(token)).await;
        }
        true
    }

    fn read(&self, headers: &HeaderMap, now: i64) -> Option<SignedIn> {
        let cookie = Cookie::SignedIn.find(headers)?;
        let signed_in: SignedIn = self.seal.open(Kind::SignedIn, cookie)?;
        (now - signed_in.began_at < LONGEST).then_some(signed_in)
    }

    /// Asks Whop whether the sign-in holds; once, however many tabs ask, and to the end, even if they all leave: the
    /// token that it is asked with is spent by it.
    async fn refresh(
        &self,
        signed_in: SignedIn,
        token: String,
        now: i64,
    ) -> Result<SignedIn, Arc<SignInError>> {
        let (whop, refreshed) = (self.whop.clone(), self.refreshed.clone());
        let asked = tokio::spawn(async move {
            let ask = async {
                let grant = whop.refresh(&token).await?;
                Ok(SignedIn {
                    // A server that doesn't change them lets the old one count on.
                    refresh_token: grant.refresh_token.or_else(|| Some(token.clone())),
                    checked_at: now,
                    ..signed_in
                })
            };
            refreshed.try_get_with(key(&token), ask).await
        });
        asked
            .await
            .unwrap_or_else(|_| Err(Arc::new(SignInError::Malformed("asking has failed"))))
    }

    fn proof(&self, signed_in: &SignedIn, is_new: bool, now: i64) -> Proof {
        let cookie = if is_new {
            self.cookie(signed_in, now)
        } else {
            None
        };
        Proof {
            identity: Identity {
                user: signed_in.user.clone(),
                source: Source::SignIn,
                authenticated_at: now,
                limit: ChannelLimit::Any,
            },
            claim: None,
            cookie,
        }
    }

    /// What the browser is to hold. Where Whop's token is so long that browsers would drop the cookie, it goes without.
    fn cookie(&self, signed_in: &SignedIn, now: i64) -> Option<HeaderValue> {
        let left = signed_in.began_at + LONGEST - now;
        let set = |signed_in: &SignedIn| {
            let sealed = self.seal.close(Kind::SignedIn, signed_in)?;
            Cookie::SignedIn.set(&sealed, left)
        };
        set(signed_in).or_else(|| {
            tracing::warn!("Whop's refresh token does not fit into a cookie");
            set(&SignedIn {
                refresh_token: None,
                ..signed_in.clone()
            })
        })
    }
}

fn key(token: &str) -> [u8; 32] {
    Sha256::digest(token).into()
}
