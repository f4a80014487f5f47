use super::Purpose;
use crate::clock;
use crate::upstream::{Upstream, UpstreamError};
use moka::Expiry;
use moka::future::Cache;
use std::sync::Arc;
use std::time::{Duration, Instant};
use wire::rest::{AccessToken, AccessTokenCreate};
use wire::{CompanyId, Timestamp, UserId};

/// More visitors than that within a token's life are minted anew.
const CAPACITY: u64 = 50_000;

#[derive(Clone, PartialEq, Eq, Hash)]
struct Key {
    user: UserId,
    company: CompanyId,
    purpose: Purpose,
}

#[derive(Clone)]
struct Minted {
    token: AccessToken,
    /// Milliseconds since the Unix epoch.
    expires_at: i64,
}

/// Visitors' tokens. One is used again until 80 % of its life is over, and nobody's is minted twice at a time.
pub struct Mint {
    company: CompanyId,
    lifetime: Duration,
    tokens: Cache<Key, Minted>,
    /// Whose token it is.
    owners: Cache<String, Key>,
}

struct FourFifths;

impl Expiry<Key, Minted> for FourFifths {
    fn expire_after_create(&self, _: &Key, minted: &Minted, _: Instant) -> Option<Duration> {
        let left = u64::try_from(minted.expires_at - clock::unix_millis()).unwrap_or_default();
        Some(Duration::from_millis(left / 5 * 4))
    }
}

impl Mint {
    /// Tokens for a company, of that lifetime.
    pub fn new(company: CompanyId, lifetime: Duration) -> Self {
        Self {
            company,
            lifetime,
            tokens: Cache::builder()
                .max_capacity(CAPACITY)
                .expire_after(FourFifths)
                .build(),
            owners: Cache::builder()
                .max_capacity(CAPACITY)
                .time_to_live(lifetime)
                .build(),
        }
    }

    /// A token for a user, and when it expires in milliseconds since the Unix epoch.
    pub async fn token(
        &self,
        upstream: &Upstream,
        user: &UserId,
        purpose: Purpose,
    ) -> Result<(AccessToken, i64), Arc<UpstreamError>> {
        let key = Key {
            user: user.clone(),
            company: self.company.clone(),
            purpose,
        };
        let minted = self
            .tokens
            .try_get_with(key.clone(), self.mint(upstream, key))
            .await?;
        Ok((minted.token, minted.expires_at))
    }

    /// Whose token it is, if it was minted here and not long ago.
    pub async fn owner(&self, token: &str) -> Option<UserId> {
        Some(self.owners.get(token).await?.user)
    }

    /// Forgets a token that Whop no longer takes, so that the visitor's next session has a new one (T6).
    pub async fn forget(&self, token: &str) {
        if let Some(key) = self.owners.remove(token).await
            && let Some(minted) = self.tokens.get(&key).await
            && minted.token.token == token
        {
            self.tokens.invalidate(&key).await;
        }
    }

    async fn mint(&self, upstream: &Upstream, key: Key) -> Result<Minted, UpstreamError> {
        let lifetime = i64::try_from(self.lifetime.as_millis()).unwrap_or_default();
        let scopes = key.purpose.scopes();
        let token = upstream
            .mint(&AccessTokenCreate {
                company_id: Some(key.company.clone()),
                user_id: Some(key.user.clone()),
                scoped_actions: Some(scopes.into_iter().map(str::to_owned).collect()),
                expires_at: Some(Timestamp::from_unix_millis(clock::unix_millis() + lifetime)),
            })
            .await?;
        let expires_at = token.expires_at.unix_millis().ok_or_else(|| {
            UpstreamError::Malformed("expires_at of a new token is no moment".to_owned())
        })?;
        self.owners.insert(token.token.clone(), key).await;
        Ok(Minted { token, expires_at })
    }
}
