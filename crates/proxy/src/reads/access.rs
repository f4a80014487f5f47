use super::Reads;
use super::flights::Needs;
use crate::configuration::Secret;
use crate::schedule::Urgency;
use crate::upstream::{Upstream, UpstreamError, Visitor};
use reqwest::StatusCode;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, timeout};
use wire::rest::{AccessCheck, AccessLevel};
use wire::{ExperienceId, UserId};

/// What is known of somebody's access is forgotten when nobody asked for that long.
pub const REMEMBERED: Duration = Duration::from_secs(600);
/// A session is opened on what Whop said that long ago: a page with several widgets asks once.
const FOR_SESSIONS: Duration = Duration::from_secs(10);
/// Nobody who opens a socket waits longer for Whop's word.
const FOR_SOCKETS: Duration = Duration::from_secs(5);
/// Where Whop can't say, who opens a socket is let in on its word of so many times as long ago as it is relied on
/// otherwise: a fault of Whop's doesn't throw everybody out at once, and nobody can make one last for themselves.
const WITHOUT_WORD: u32 = 3;

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

/// For whom Whop is asked.
#[derive(Clone, Copy)]
enum Asker {
    /// Somebody waits for an answer that needs it.
    Visitor,
    /// Somebody listens, or wants to: with the key that is asked only while it has little else to do, and with their own
    /// token before what they read, which they could let pile up.
    Listener,
}

impl Asker {
    fn with_token(self) -> Urgency {
        match self {
            Self::Visitor => Urgency::Visit,
            Self::Listener => Urgency::Shared,
        }
    }

    fn with_key(self) -> Urgency {
        match self {
            Self::Visitor => Urgency::Visit,
            Self::Listener => Urgency::Background,
        }
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
            .access_within(upstream, visitor, experience, at_most, Asker::Visitor)
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
        self.access_within(upstream, visitor, experience, at_most, Asker::Visitor)
            .await
    }

    /// The token with which somebody comes, where none of theirs is known here.
    pub fn comes_with(&self, user: &UserId, token: Secret) {
        if !self.tokens.contains_key(user) {
            self.tokens.insert(user.clone(), Arc::new(token));
        }
    }

    /// Whether Whop lets somebody in who wants to listen now; nothing where it can't say, and has not said so lately.
    pub async fn may_listen(
        &self,
        upstream: &Upstream,
        user: &UserId,
        experience: &ExperienceId,
    ) -> Option<bool> {
        // Not with the key where their own token is spent: they could spend the key with it.
        let level = self.ask_for_listener(upstream, user, experience, false);
        if let Ok(Some(level)) = timeout(FOR_SOCKETS, level).await {
            return Some(is_let_in(&level).is_some());
        }
        let confirmed_at = self.confirmed_at(user, experience)?;
        let is_doubted = self
            .hub
            .doubted_at(user)
            .is_some_and(|doubted_at| confirmed_at < doubted_at);
        let is_recent = confirmed_at.elapsed() < self.access_lifetime * WITHOUT_WORD;
        (is_recent && !is_doubted).then_some(true)
    }

    /// What access somebody has who listens; nothing where Whop doesn't say. It costs a call of the key's where they
    /// have spent what their own token allows, or have none: made only while the key has little else to do.
    pub async fn recheck(
        &self,
        upstream: &Upstream,
        user: &UserId,
        experience: &ExperienceId,
    ) -> Option<AccessLevel> {
        self.ask_for_listener(upstream, user, experience, true)
            .await
    }

    /// When Whop was asked last of those times that it said that somebody has access.
    pub fn confirmed_at(&self, user: &UserId, experience: &ExperienceId) -> Option<Instant> {
        self.confirmed.get(&(user.clone(), experience.clone()))
    }

    async fn ask_for_listener(
        &self,
        upstream: &Upstream,
        user: &UserId,
        experience: &ExperienceId,
        by_key_when_spent: bool,
    ) -> Option<AccessLevel> {
        let (at_most, asker) = (self.access_lifetime, Asker::Listener);
        if let Some(token) = self.tokens.get(user) {
            let visitor = Visitor {
                user,
                token: token.expose(),
                turns_of: user,
            };
            match self
                .access_within(upstream, visitor, experience, at_most, asker)
                .await
            {
                Ok(level) => return Some(level),
                Err(error) if error.is_unauthorized() => self.tokens.invalidate(user),
                Err(error) if error.is_of_credential() && by_key_when_spent => {}
                Err(_) => return None,
            }
        }
        let needs = self.access_needs(user, at_most);
        let ask = Box::pin(self.confirming(user, experience, async {
            by_key(upstream, user, experience, asker.with_key()).await
        }));
        let key = (user.clone(), experience.clone());
        self.access.get(&key, needs, || None, ask).await.ok()
    }

    /// Remembers when Whop said that somebody has access.
    async fn confirming(
        &self,
        user: &UserId,
        experience: &ExperienceId,
        ask: impl Future<Output = Result<AccessLevel, UpstreamError>>,
    ) -> Result<AccessLevel, UpstreamError> {
        let asked_at = Instant::now();
        let level = ask.await?;
        let key = (user.clone(), experience.clone());
        if is_let_in(&level).is_some() {
            self.confirmed.insert(key, asked_at);
        } else {
            self.confirmed.invalidate(&key);
        }
        Ok(level)
    }

    fn access_needs(&self, user: &UserId, at_most: Duration) -> Needs {
        Needs {
            not_before: self.hub.doubted_at(user),
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
        asker: Asker,
    ) -> Result<AccessLevel, Arc<UpstreamError>> {
        let needs = self.access_needs(visitor.user, at_most);
        // In a box, since sessions hold it among much else.
        let ask = Box::pin(self.confirming(visitor.user, experience, async {
            match upstream
                .access(visitor, experience, asker.with_token())
                .await
            {
                // It is not for such tokens to ask, or was not when this was written.
                Err(UpstreamError::Refused(status)) if status != StatusCode::UNAUTHORIZED => {
                    by_key(upstream, visitor.user, experience, asker.with_key()).await
                }
                answer => level(answer),
            }
        }));
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
