use super::Ticket;
use crate::Proxy;
use crate::clock;
use crate::configuration::Secret;
use crate::error::Refusal;
use crate::identity::is_guest;
use crate::reads::is_let_in;
use crate::schedule::Urgency;
use crate::upstream::{UpstreamError, Visitor};
use chat_core::permissions;
use rand::Rng;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep, timeout};
use wire::rest::AccessLevel;

/// A listener's access is looked at again after so many times as long as shared answers are given on one look: somebody
/// who listens costs a call every five minutes, not every minute.
const ROUNDS: u32 = 5;
/// Who listens is let go where Whop's last word on them is so many times as old as shared answers may be: three rounds.
pub const UNCONFIRMED: u32 = 3 * ROUNDS;
/// Nobody who opens a socket waits longer for Whop's word.
const FOR_SOCKETS: Duration = Duration::from_secs(5);
/// Where Whop can't say, it is asked again so soon, and then after twice as long each time.
const FIRST_RETRY: Duration = Duration::from_secs(5);

/// Why somebody listens no longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lost {
    /// Whop says that they have no access.
    Access,
    /// Whop has not said for long whether they have.
    Word,
}

/// Lets those in who may listen now. Who could go and come again would never be looked at otherwise.
pub async fn admit(proxy: &Proxy, ticket: &Ticket, token: Option<&Secret>) -> Result<(), Refusal> {
    if is_guest(&ticket.user) {
        let is_open = proxy
            .guests
            .may_read(&[&ticket.channel, &ticket.experience]);
        return is_open.then_some(()).ok_or(Refusal::NoAccess);
    }
    proxy.limits.count_visitor(&ticket.user)?;
    if ticket.own {
        return admit_by_own(proxy, ticket, token).await;
    }
    if let Some(token) = token {
        proxy.reads.comes_with(&ticket.user, token.clone());
    }
    let may_listen = proxy
        .reads
        .may_listen(&proxy.upstream, &ticket.user, &ticket.experience);
    match may_listen.await {
        Some(true) => Ok(()),
        Some(false) => Err(Refusal::NoAccess),
        None => Err(Refusal::Unavailable),
    }
}

/// The same for who is asked for with the token in their ticket. Whop has just said so where they come from a session.
async fn admit_by_own(
    proxy: &Proxy,
    ticket: &Ticket,
    token: Option<&Secret>,
) -> Result<(), Refusal> {
    let token = token.ok_or(Refusal::NoTicket("there is no token in the ticket."))?;
    match timeout(FOR_SOCKETS, own_level(proxy, ticket, token)).await {
        Ok(Some(level)) if is_let_in(&level).is_some() => Ok(()),
        Ok(Some(_)) => Err(Refusal::NoAccess),
        _ => Err(Refusal::Unavailable),
    }
}

/// What access the token in a ticket gives; nothing where Whop can't say. Where Whop doesn't take it any more, none.
async fn own_level(proxy: &Proxy, ticket: &Ticket, token: &Secret) -> Option<AccessLevel> {
    let visitor = Visitor {
        user: &ticket.user,
        token: token.expose(),
        turns_of: &ticket.user,
    };
    let at_most = proxy.configuration.access_lifetime;
    let place = Box::pin(proxy.reads.place(
        &proxy.upstream,
        visitor,
        &ticket.channel,
        at_most,
        Urgency::Shared,
    ));
    match place.await {
        Ok(place) => Some(place.level.clone()),
        Err(error) => match *error {
            UpstreamError::Refused(_) | UpstreamError::NotFound => Some(AccessLevel::NoAccess),
            _ => None,
        },
    }
}

/// Ends when the holder of that ticket has lost their access; until then keeps up what they may do. Whop is asked in
/// rounds, and when `doubt` is rung. Where Whop can't say, nothing changes at first, and it is asked again soon.
pub async fn guard(
    proxy: &Proxy,
    ticket: &Ticket,
    token: Option<&Secret>,
    doubt: &Notify,
    may_post: &AtomicBool,
) -> Lost {
    if is_guest(&ticket.user) {
        // Whom anybody may be can't lose what all have. The operator closes a channel by a new start.
        return std::future::pending().await;
    }
    let began = Instant::now();
    let lifetime = proxy.configuration.access_lifetime;
    // Of who is asked for with their own token nobody else says anything.
    let own = token.filter(|_| ticket.own);
    let mut confirmed_by_own = own.map(|_| began);
    let unconfirmed = |by_own: Option<Instant>| {
        let by_all = || proxy.reads.confirmed_at(&ticket.user, &ticket.experience);
        by_own.or_else(by_all).unwrap_or(began).elapsed()
    };
    let round = lifetime * ROUNDS;
    // Who was looked at before they came anew is looked at when they would have been.
    let mut pause = round.saturating_sub(unconfirmed(confirmed_by_own));
    let mut retry = FIRST_RETRY.min(lifetime);
    loop {
        tokio::select! {
            // Not all of a channel at once.
            () = sleep(jittered(pause)) => {}
            () = doubt.notified() => {}
        }
        // A socket that only listens needs no room for the question.
        let level = if let Some(token) = own {
            own_level(proxy, ticket, token).await
        } else {
            let (user, experience) = (&ticket.user, &ticket.experience);
            Box::pin(proxy.reads.recheck(&proxy.upstream, user, experience)).await
        };
        let Some(level) = level else {
            if unconfirmed(confirmed_by_own) >= lifetime * UNCONFIRMED {
                return Lost::Word;
            }
            pause = retry;
            retry = (retry * 2).min(lifetime);
            continue;
        };
        if is_let_in(&level).is_none() {
            return Lost::Access;
        }
        if let Some(confirmed_at) = &mut confirmed_by_own {
            // What else such a token is for doesn't change.
            *confirmed_at = Instant::now();
        } else {
            may_post.store(can_post(proxy, ticket, level).await, Ordering::Relaxed);
        }
        (pause, retry) = (round, FIRST_RETRY.min(lifetime));
    }
}

async fn can_post(proxy: &Proxy, ticket: &Ticket, level: AccessLevel) -> bool {
    let channel = Box::pin(
        proxy
            .reads
            .channel(&proxy.upstream, &ticket.channel, &ticket.user),
    );
    match channel.await {
        Ok(channel) => permissions(level, &channel).can_post,
        Err(_) => ticket.can_post,
    }
}

/// Nine tenths of it to all of it.
fn jittered(round: Duration) -> Duration {
    round.mul_f64(rand::rng().random_range(0.9..=1.0))
}

/// How long a ticket is good for from now on.
pub fn left(ticket: &Ticket) -> Duration {
    let left = ticket.expires_at * 1_000 - clock::unix_millis();
    Duration::from_millis(u64::try_from(left).unwrap_or(0))
}
