use super::Ticket;
use crate::Proxy;
use crate::clock;
use crate::identity::is_guest;
use crate::reads::is_let_in;
use chat_core::permissions;
use rand::Rng;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::sleep;
use wire::rest::AccessLevel;

/// A listener's access is looked at again after so many times as long as shared answers are given on one look: somebody
/// who listens costs a call every five minutes, not every minute.
pub const ROUNDS: u32 = 5;

/// Ends when the holder of that ticket has lost their access; until then keeps up what they may do. Whop is asked in
/// rounds, and when `doubt` is rung. Where Whop can't say, nothing changes, and it is asked again before the round is over.
pub async fn guard(proxy: &Proxy, ticket: &Ticket, doubt: &Notify, may_post: &AtomicBool) {
    if is_guest(&ticket.user) {
        // Whom anybody may be can't lose what all have. The operator closes a channel by a new start.
        return std::future::pending().await;
    }
    let round = proxy.configuration.access_lifetime * ROUNDS;
    let mut pause = round;
    loop {
        tokio::select! {
            // Not all of a channel at once.
            () = sleep(jittered(pause)) => {}
            () = doubt.notified() => proxy.reads.doubt(&ticket.user),
        }
        // A socket that only listens needs no room for the question.
        let level = Box::pin(proxy.reads.recheck(
            &proxy.upstream,
            &ticket.user,
            &ticket.experience,
        ));
        let Some(level) = level.await else {
            pause = proxy.configuration.access_lifetime;
            continue;
        };
        pause = round;
        if is_let_in(&level).is_none() {
            return;
        }
        may_post.store(can_post(proxy, ticket, level).await, Ordering::Relaxed);
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
