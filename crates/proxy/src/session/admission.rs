use super::scopes::Purpose;
use crate::Proxy;
use crate::error::Refusal;
use crate::identity::Identity;
use crate::reads::{View, is_let_in};
use crate::schedule::Urgency;
use crate::upstream::{UpstreamError, Visitor};
use std::sync::Arc;
use wire::rest::{AccessLevel, AccessToken, UserReference};
use wire::{ExperienceId, UserId};

/// A token and when it expires, as `Mint` answers.
pub type Minted = Result<(AccessToken, i64), Arc<UpstreamError>>;

/// Somebody who has access, and what is needed to ask for more on their behalf.
pub struct Admission {
    /// The visitor's token.
    pub token: AccessToken,
    /// When it expires, in milliseconds since the Unix epoch.
    pub expires_at: i64,
    /// What Whop lets them do.
    pub level: AccessLevel,
    /// With whom they may share answers.
    pub view: View,
    /// Who they are.
    pub user: UserReference,
}

impl Admission {
    /// Whom to ask for on their behalf.
    pub fn visitor<'a>(&'a self, user: &'a UserId) -> Visitor<'a> {
        Visitor {
            user,
            token: &self.token.token,
        }
    }
}

/// Makes certain that the visitor has access, and who they are. Whop is asked with their own token, and with a new one
/// where it doesn't take that any more (T6).
pub async fn admit(
    proxy: &Proxy,
    identity: &Identity,
    experience: &ExperienceId,
    purpose: Purpose,
    mut minted: Minted,
) -> Result<Admission, Refusal> {
    let upstream = &proxy.upstream;
    let mut is_last = false;
    loop {
        let (token, expires_at) = match minted {
            Ok(minted) => minted,
            Err(error) => return Err(without_token(proxy, identity, experience, error).await),
        };
        let visitor = Visitor {
            user: &identity.user,
            token: &token.token,
        };
        let (level, user) = tokio::join!(
            proxy.reads.access(upstream, visitor, experience),
            proxy.reads.profile(upstream, visitor),
        );
        let is_refused = [level.as_ref().err(), user.as_ref().err()]
            .into_iter()
            .flatten()
            .any(|error| error.is_unauthorized());
        if is_refused && !is_last {
            is_last = true;
            proxy.mint.forget(&token.token).await;
            minted = proxy
                .mint
                .token(upstream, &identity.user, purpose)
                .await;
            continue;
        }
        let level = level?;
        let view = is_let_in(&level).ok_or(Refusal::NoAccess)?;
        return Ok(Admission {
            token,
            expires_at,
            level,
            view,
            user: user?,
        });
    }
}

/// Whop makes no token for that user. Who has no access is told so, and it is nobody's fault.
async fn without_token(
    proxy: &Proxy,
    identity: &Identity,
    experience: &ExperienceId,
    error: Arc<UpstreamError>,
) -> Refusal {
    if !matches!(*error, UpstreamError::NotFound | UpstreamError::Refused(_)) {
        return error.into();
    }
    let access = proxy
        .upstream
        .access_by_key(&identity.user, experience, Urgency::Visit);
    match access.await {
        Ok(access) if access.has_access => match *error {
            UpstreamError::NotFound => Refusal::BadGateway,
            _ => error.into(),
        },
        Ok(_) | Err(UpstreamError::NotFound) => Refusal::NoAccess,
        Err(error) => error.into(),
    }
}
