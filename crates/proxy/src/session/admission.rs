use super::scopes::Purpose;
use crate::Proxy;
use crate::error::Refusal;
use crate::identity::Identity;
use crate::reads::{Names, PageQuery, View, is_let_in};
use crate::schedule::Urgency;
use crate::upstream::{UpstreamError, Visitor};
use bytes::Bytes;
use std::sync::Arc;
use wire::rest::{AccessLevel, AccessToken, UserReference};
use wire::{ChannelId, ExperienceId};

/// A token and when it expires, as `Mint` answers.
pub type Minted = Result<(AccessToken, i64), Arc<UpstreamError>>;

/// Somebody who has access, and what they see first.
pub struct Admission {
    /// The visitor's token.
    pub token: AccessToken,
    /// When it expires, in milliseconds since the Unix epoch.
    pub expires_at: i64,
    /// What Whop lets them do.
    pub level: AccessLevel,
    /// Who they are.
    pub user: UserReference,
    /// The newest page, where it was wanted.
    pub messages: Option<Bytes>,
}

/// Makes certain that the visitor has access, and reads what they see first. Whop is asked with their own token, and
/// with a new one where it doesn't take that any more (T6).
pub async fn admit(
    proxy: &Proxy,
    identity: &Identity,
    names: &Arc<Names>,
    purpose: Purpose,
    with_messages: bool,
    mut minted: Minted,
) -> Result<Admission, Refusal> {
    let mut is_last = false;
    loop {
        let (token, expires_at) = match minted {
            Ok(minted) => minted,
            Err(error) => {
                return Err(without_token(proxy, identity, &names.experience, error).await);
            }
        };
        let visitor = Visitor {
            user: &identity.user,
            token: &token.token,
            turns_of: &identity.user,
        };
        match Box::pin(attempt(proxy, visitor, names, with_messages)).await {
            Ok(Some((level, user, messages))) => {
                return Ok(Admission {
                    token,
                    expires_at,
                    level,
                    user,
                    messages,
                });
            }
            Ok(None) => return Err(Refusal::NoAccess),
            Err(error) if error.is_unauthorized() && !is_last => {
                is_last = true;
                proxy.mint.forget(&token.token).await;
                // What was known before was known by the token that is over.
                proxy.reads.doubt(&identity.user);
                minted = proxy
                    .mint
                    .token(&proxy.upstream, &identity.user, purpose)
                    .await;
            }
            Err(error) => return Err(error.into()),
        }
    }
}

type Admitted = (AccessLevel, UserReference, Option<Bytes>);

/// What a visitor is let in with; nothing where they have no access.
async fn attempt(
    proxy: &Proxy,
    visitor: Visitor<'_>,
    names: &Arc<Names>,
    with_messages: bool,
) -> Result<Option<Admitted>, Arc<UpstreamError>> {
    let (reads, upstream) = (&proxy.reads, &proxy.upstream);
    let (level, user) = tokio::join!(
        reads.access(upstream, visitor, &names.experience),
        reads.profile(upstream, visitor),
    );
    let level = level?;
    let Some(view) = is_let_in(&level) else {
        return Ok(None);
    };
    let user = user?;
    // Only now: nothing is read for who has no access, and moderators' pages are others' than members'.
    let messages = if with_messages {
        Some(first_page(proxy, visitor, names, view).await?)
    } else {
        None
    };
    Ok(Some((level, user, messages)))
}

/// The page that every session begins with.
pub async fn first_page(
    proxy: &Proxy,
    visitor: Visitor<'_>,
    names: &Arc<Names>,
    view: View,
) -> Result<Bytes, Arc<UpstreamError>> {
    let query = PageQuery::newest(&names.channel);
    proxy
        .reads
        .page(&proxy.upstream, visitor, names, view, &query)
        .await
}

/// The same page as one token reads it, shared with nobody.
pub async fn first_page_of(
    proxy: &Proxy,
    visitor: Visitor<'_>,
    channel: &ChannelId,
) -> Result<Bytes, Arc<UpstreamError>> {
    let path = PageQuery::newest(channel).path_of_messages(channel);
    let read = proxy
        .upstream
        .read(visitor, &path, Urgency::Visit, None)
        .await;
    Ok(read?)
}

/// Whop makes no token for that user. Who has no access is told so, and it is nobody's fault.
pub async fn without_token(
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
