//! Whop's own access tokens that pages bring for their visitors, as they do for Whop's own script. Nobody here can check
//! their signature: Whop is asked with the very token whose it is, sparingly, and says what it may do at every call.
//! Nothing is minted for who comes so.

use crate::Proxy;
use crate::configuration::Secret;
use crate::error::Refusal;
use crate::forward::Standing;
use crate::identifier;
use crate::identity::{IdentityError, PageTokenClaims};
use crate::limits::ClientAddress;
use crate::token_hash::TokenHash;
use crate::upstream::UpstreamError;
use axum::http::StatusCode;
use moka::future::Cache;
use std::sync::Arc;
use std::time::Duration;
use wire::rest::{AccessToken, UserReference};
use wire::{Extra, Timestamp, UserId};

/// Tokens whose owner is remembered.
const MOST: u64 = 50_000;
/// How long. Whoever has it proves at every call that Whop still takes it.
const REMEMBERED: Duration = Duration::from_secs(300);

/// Such a token, which Whop has taken.
pub struct PageToken {
    /// The token.
    pub token: Secret,
    /// What it says of itself.
    pub claims: PageTokenClaims,
    /// Whose it is, as Whop says.
    pub user: UserReference,
}

impl PageToken {
    /// The token as sessions tell it.
    pub fn access_token(&self) -> AccessToken {
        AccessToken {
            token: self.token.expose().to_owned(),
            expires_at: Timestamp::from_unix_millis(self.claims.expires_at.saturating_mul(1_000)),
            extra: Extra::default(),
        }
    }
}

/// Whose tokens they are.
pub struct PageTokens {
    owners: Cache<TokenHash, UserReference>,
}

impl Default for PageTokens {
    fn default() -> Self {
        Self {
            owners: Cache::builder()
                .max_capacity(MOST)
                .time_to_live(REMEMBERED)
                .build(),
        }
    }
}

impl PageTokens {
    /// Whose token it is, if it opened a session not long ago.
    pub async fn owner(&self, token: &str) -> Option<UserId> {
        Some(self.owners.get(&TokenHash::of(token)).await?.id)
    }

    /// Whop doesn't take that token any more.
    pub async fn forget(&self, token: &str) {
        self.owners.invalidate(&TokenHash::of(token)).await;
    }
}

/// The token with whose it is. Whop is asked once of many at a time, and of what it didn't take a moment ago not at all.
pub async fn find(
    proxy: &Proxy,
    token: &str,
    claims: PageTokenClaims,
    address: Option<&ClientAddress>,
) -> Result<PageToken, Refusal> {
    let hash = TokenHash::of(token);
    let owners = &proxy.page_tokens.owners;
    let standing = proxy.strangers.standing(&hash);
    if standing == Standing::Refused {
        return Err(IdentityError::PageToken.into());
    }
    let user = if let Some(user) = owners.get(&hash).await {
        user
    } else {
        if standing == Standing::Unknown {
            proxy.limits.count_stranger(address)?;
        }
        owners
            .try_get_with(hash, ask(proxy, token))
            .await
            .map_err(|error| refusal(proxy, token, &error))?
    };
    Ok(PageToken {
        token: Secret::new(token),
        claims,
        user,
    })
}

async fn ask(proxy: &Proxy, token: &str) -> Result<UserReference, UpstreamError> {
    let user = proxy.upstream.owner(token).await?;
    if !(user.id.starts_with("user_") && identifier::is_safe(&user.id)) {
        return Err(UpstreamError::Malformed("a user has no id".to_owned()));
    }
    proxy
        .strangers
        .answered(TokenHash::of(token), StatusCode::OK);
    Ok(UserReference {
        id: user.id,
        name: user.name,
        username: user.username,
        profile_picture: user.profile_picture,
        extra: Extra::default(),
    })
}

/// Why a call with a token that a page brought gave nothing. Where Whop doesn't take it, it isn't asked again of it soon.
pub fn refusal(proxy: &Proxy, token: &str, error: &Arc<UpstreamError>) -> Refusal {
    match &**error {
        UpstreamError::Refused(StatusCode::UNAUTHORIZED) => {
            let hash = TokenHash::of(token);
            proxy.strangers.answered(hash, StatusCode::UNAUTHORIZED);
            IdentityError::PageToken.into()
        }
        UpstreamError::Refused(_) => Refusal::NoAccess,
        _ => error.clone().into(),
    }
}
