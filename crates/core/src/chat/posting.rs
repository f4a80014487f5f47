use super::{Chat, Step};
use crate::outbox::Stage;
use crate::{Effect, Status, Timer};
use wire::UserId;
use wire::rest::AccessLevel;
use wire::socket::MutedUser;

/// Whether the visitor may post now, and if not, why.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Posting {
    /// Nobody knows yet.
    #[default]
    Unknown,
    /// They may.
    Allowed,
    /// The channel doesn't let them.
    NotPermitted,
    /// They are signed out, or may not see the channel any more.
    SignedOut,
    /// A moderator muted them.
    Muted {
        /// Until then: milliseconds since the Unix epoch by this device's clock.
        until: i64,
    },
    /// Slow mode: their last message is still on its way, and only then does the time begin (C8).
    Sending,
    /// Slow mode: they posted a moment ago.
    Slow {
        /// Until then: milliseconds since the Unix epoch by this device's clock.
        until: i64,
    },
}

/// What keeps the visitor from posting for a while. Moments are the server's.
#[derive(Debug, Default)]
pub(super) struct Pauses {
    /// Whom.
    visitor: Option<UserId>,
    /// When the mute that is in force was made, and until when it is.
    muted: (i64, i64),
    /// When the visitor's newest message was acknowledged or posted.
    posted_at: i64,
    /// The time of the last event, by the server's clock.
    pub now: i64,
    /// As it was last told.
    told: Posting,
}

impl Pauses {
    /// Forgets what kept another visitor.
    pub fn are_of(&mut self, visitor: &UserId) {
        if self.visitor.as_ref() != Some(visitor) {
            *self = Self {
                visitor: Some(visitor.clone()),
                ..Self::default()
            };
        }
    }
}

impl Chat {
    /// A mute was made or lifted. Only the visitor's own matters.
    pub(super) fn muted(&mut self, mute: &MutedUser, at: i64) {
        if self.viewer().is_none_or(|viewer| viewer.id != mute.user_id) {
            return;
        }
        let made = mute.updated_at.as_ref().map_or(at, wire::Millis::get);
        let until = if mute.deleted {
            0
        } else {
            mute.muted_until.get()
        };
        self.pauses.muted = self.pauses.muted.max((made, until));
    }

    /// A message of the visitor's was posted at that moment.
    pub(super) fn posted_own(&mut self, at: i64) {
        self.pauses.posted_at = self.pauses.posted_at.max(at);
    }

    /// Whether the visitor may post now, and if not, why.
    pub fn posting(&self) -> Posting {
        let Some(session) = &self.session else {
            return match self.status {
                Status::Refused(_) => Posting::SignedOut,
                _ => Posting::Unknown,
            };
        };
        if matches!(self.status, Status::Refused(_)) {
            return Posting::SignedOut;
        }
        if !session.permissions.can_post {
            return Posting::NotPermitted;
        }
        let here = |moment: i64| session.device_time(moment);
        let (_, muted_until) = self.pauses.muted;
        if muted_until > self.pauses.now {
            let until = here(muted_until);
            return Posting::Muted { until };
        }
        let exempt = session.permissions.access_level == AccessLevel::Admin;
        let cooldown = session.channel.user_posts_cooldown_seconds;
        let Some(cooldown) = cooldown.filter(|_| !exempt) else {
            return Posting::Allowed;
        };
        let under_way = |stage: &Stage| !matches!(stage, Stage::Failed(_));
        if self.outbox.pending.iter().any(|own| under_way(&own.stage)) {
            return Posting::Sending;
        }
        let until = self.pauses.posted_at + i64::from(cooldown) * 1_000;
        if until > self.pauses.now {
            let until = here(until);
            return Posting::Slow { until };
        }
        Posting::Allowed
    }

    /// After each event: says whether the visitor may post if that is another now, and looks again when it will be.
    pub(super) fn watch_posting(&mut self, step: &mut Step) {
        let now = step.now.unix_millis;
        let session = self.session.as_ref();
        self.pauses.now = session.map_or(now, |session| session.server_time(now));
        let posting = self.posting();
        if posting == self.pauses.told {
            return;
        }
        self.pauses.told = posting;
        step.changes.posting = true;
        if let Posting::Muted { until } | Posting::Slow { until } = posting {
            let after = u32::try_from(until - now).unwrap_or(u32::MAX);
            let after = after.min(crate::session::LONGEST_TIMER_MILLIS);
            step.effects
                .push(Effect::SetTimer(Timer::PostingAgain, after));
        }
    }

    /// The pause is over, or it was too long for one timer.
    pub(super) fn posting_again(&mut self) {
        self.pauses.told = Posting::Unknown;
    }
}
