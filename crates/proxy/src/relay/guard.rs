use super::Ticket;
use crate::Proxy;
use crate::clock;
use crate::configuration::Secret;
use crate::error::Refusal;
use crate::identity::is_guest;
use crate::reads::is_let_in;
use chat_core::permissions;
use rand::Rng;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep};
use wire::rest::AccessLevel;

/// A listener's access is looked at again after so many times as long as shared answers are given on one look: somebody
/// who listens costs a call every five minutes, not every minute.
const ROUNDS: u32 = 5;
/// Who listens is let go where Whop's last word on them is so many times as old as shared answers may be: three rounds.
pub const UNCONFIRMED: u32 = 3 * ROUNDS;
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
pub async fn admit(proxy: &Proxy, ticket: &Ticket, token: Option<Secret>) -> Result<(), Refusal> {
    if is_guest(&ticket.user) {
        let is_open = proxy
            .guests
            .may_read(&[&ticket.channel, &ticket.experience]);
        return is_open.then_some(()).ok_or(Refusal::NoAccess);
    }
    proxy.limits.count_visitor(&ticket.user)?;
    if let Some(token) = token {
        proxy.reads.comes_with(&ticket.user, token);
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

/// Ends when the holder of that ticket has lost their access; until then keeps up what they may do. Whop is asked in
/// rounds, and when `doubt` is rung. Where Whop can't say, nothing changes at first, and it is asked again soon.
pub async fn guard(proxy: &Proxy, ticket: &Ticket, doubt: &Notify, may_post: &AtomicBool) -> Lost {
    if is_guest(&ticket.user) {
        // Whom anybody may be can't lose what all have. The operator closes a channel by a new start.
        return std::future::pending().await;
    }
    let began = Instant::now();
    let lifetime = proxy.configuration.access_lifetime;
    let unconfirmed = || {
        let confirmed_at = proxy.reads.confirmed_at(&ticket.user, &ticket.experience);
        confirmed_at.unwrap_or(began).elapsed()
    };
    let round = lifetime * ROUNDS;
    // Who was looked at before they came anew is looked at when they would have been.
    let mut pause = round.saturating_sub(unconfirmed());
    let mut retry = FIRST_RETRY.min(lifetime);
    loop {
        tokio::select! {
            // Not all of a channel at once.
            () = sleep(jittered(pause)) => {}
            () = doubt.notified() => {}
        }
        // A socket that only listens needs no room for the question.
        let level = Box::pin(proxy.reads.recheck(
            &proxy.upstream,
            &ticket.user,
            &ticket.experience,
        ));
        let Some(level) = level.await else {
            if unconfirmed() >= lifetime * UNCONFIRMED {
                return Lost::Word;
            }
            pause = retry;
            retry = (retry * 2).min(lifetime);
            continue;
        };
        if is_let_in(&level).is_none() {
            return Lost::Access;
        }
        may_post.store(can_post(proxy, ticket, level).await, Ordering::Relaxed);
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
