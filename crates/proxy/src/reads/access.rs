use super::Reads;
use super::flights::Needs;
use crate::configuration::Secret;
use crate::schedule::Urgency;
use crate::upstream::{Upstream, UpstreamError, Visitor};
use reqwest::StatusCode;
use std::sync::Arc;
use std::time::Duration;
use wire::rest::{AccessCheck, AccessLevel};
use wire::{ExperienceId, UserId};

/// What is known of somebody's access is forgotten when nobody asked for that long.
pub const REMEMBERED: Duration = Duration::from_secs(600);
/// A session is opened on what Whop said that long ago: a page with several widgets asks once.
const FOR_SESSIONS: Duration = Duration::from_secs(10);

/// What kind of asker an answer is for. One may be told more than the other, so they never share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum View {
    /// Somebody with access.
    Member,
    /// A moderator.
    Admin,
    /// Anybody: the operator has opened the channel to all.
    Guest,
}

/// Whether somebody of that level may see anything.
pub fn is_let_in(level: &AccessLevel) -> Option<View> {
    match level {
        AccessLevel::Admin => Some(View::Admin),
        AccessLevel::Customer => Some(View::Member),
        _ => None,
    }
}

impl Reads {
    /// What access a visitor has to an experience, as Whop said to their own token just now: for opening a session.
    ///
    /// # Errors
    /// 401 where Whop doesn't take the token any more; otherwise where Whop fails.
    pub async fn access(
        &self,
        upstream: &Upstream,
        visitor: Visitor<'_>,
        experience: &ExperienceId,
    ) -> Result<AccessLevel, Arc<UpstreamError>> {
        let at_most = FOR_SESSIONS.min(self.access_lifetime);
        let level = self
            .access_within(upstream, visitor, experience, at_most, Urgency::Visit)
            .await?;
        self.tokens
            .insert(visitor.user.clone(), Arc::new(Secret::new(visitor.token)));
        Ok(level)
    }

    /// The same, as Whop said within the time that its word is relied on: for shared answers. Who loses access gets none
    /// of them later than that.
    pub async fn shared_access(
        &self,
        upstream: &Upstream,
        visitor: Visitor<'_>,
        experience: &ExperienceId,
    ) -> Result<AccessLevel, Arc<UpstreamError>> {
        let at_most = self.access_lifetime;
        self.access_within(upstream, visitor, experience, at_most, Urgency::Visit)
            .await
    }

    /// What access somebody has who listens; nothing where Whop doesn't say. Without their token it costs a call of the
    /// key's, which is made only while the key has little else to do.
    pub async fn recheck(
        &self,
        upstream: &Upstream,
        user: &UserId,
        experience: &ExperienceId,
    ) -> Option<AccessLevel> {
        if let Some(token) = self.tokens.get(user) {
            let visitor = Visitor {
                user,
                token: token.expose(),
                turns_of: user,
            };
            let (at_most, urgency) = (self.access_lifetime, Urgency::Background);
            match self
                .access_within(upstream, visitor, experience, at_most, urgency)
                .await
            {
                Ok(level) => return Some(level),
                Err(error) if error.is_unauthorized() => self.tokens.invalidate(user),
                Err(_) => return None,
            }
        }
        let needs = self.access_needs(user, self.access_lifetime);
        let ask = async { by_key(upstream, user, experience, Urgency::Background).await };
        let key = (user.clone(), experience.clone());
        self.access.get(&key, needs, || None, ask).await.ok()
    }

    /// Whether Whop said lately that somebody has no access.
    pub fn is_barred(&self, user: &UserId, experience: &ExperienceId) -> bool {
        let key = (user.clone(), experience.clone());
        self.access
            .peek(&key, self.access_lifetime)
            .is_some_and(|level| is_let_in(&level).is_none())
    }

    fn access_needs(&self, user: &UserId, at_most: Duration) -> Needs {
        Needs {
            not_before: self.doubts.get(user),
            unheard: at_most,
            ..Needs::now()
        }
    }

    async fn access_within(
        &self,
        upstream: &Upstream,
        visitor: Visitor<'_>,
        experience: &ExperienceId,
        at_most: Duration,
        urgency: Urgency,
    ) -> Result<AccessLevel, Arc<UpstreamError>> {
        let needs = self.access_needs(visitor.user, at_most);
        let ask = async {
            match upstream.access(visitor, experience, urgency).await {
                // It is not for such tokens to ask, or was not when this was written.
                Err(UpstreamError::Refused(status)) if status != StatusCode::UNAUTHORIZED => {
                    by_key(upstream, visitor.user, experience, urgency).await
                }
                answer => level(answer),
            }
        };
        let key = (visitor.user.clone(), experience.clone());
        self.access.get(&key, needs, || None, ask).await
    }
}

async fn by_key(
    upstream: &Upstream,
    user: &UserId,
    experience: &ExperienceId,
    urgency: Urgency,
) -> Result<AccessLevel, UpstreamError> {
    level(upstream.access_by_key(user, experience, urgency).await)
}

fn level(answer: Result<AccessCheck, UpstreamError>) -> Result<AccessLevel, UpstreamError> {
    match answer {
        Ok(access) if access.has_access => Ok(access.access_level),
        // A user whom Whop doesn't know has no access either.
        Ok(_) | Err(UpstreamError::NotFound) => Ok(AccessLevel::NoAccess),
        Err(error) => Err(error),
    }
}
