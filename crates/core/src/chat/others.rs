use super::{Chat, Posting, Step};
use crate::{ConnectionStatus, Effect, Timer};
use litemap::LiteMap;
use wire::UserId;
use wire::socket::{TypingIndicator, UserPresence};

/// A typing indicator lives no longer, in milliseconds, whatever it says of itself (T10).
const LONGEST_TYPING_MILLIS: i64 = 10_000;

/// So long the others see that the visitor types, in milliseconds, and so long before its end they are told anew.
const TYPING_MILLIS: i64 = 6_000;
const TYPING_MARGIN: i64 = 2_000;

/// Who else is there, and who of them types.
#[derive(Debug, Default)]
pub(super) struct Others {
    /// Whether somebody is there, and since when that is true.
    present: LiteMap<UserId, (i64, bool)>,
    typing: LiteMap<UserId, Typist>,
    /// Until then the others see that the visitor types, by the server's clock.
    told_until: i64,
}

#[derive(Clone, Copy, Debug, Default)]
struct Typist {
    /// They type until then, by the server's clock.
    until: i64,
    /// They posted at that moment: an indicator from before is over.
    posted_at: i64,
}

/// Who types, the visitor aside.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Typing {
    /// The names of those who are known.
    pub names: Vec<String>,
    /// How many others type.
    pub unknown: usize,
}

impl Others {
    /// Who is there is told anew by each socket.
    pub fn forget(&mut self) {
        *self = Self::default();
    }
}

impl Chat {
    /// Somebody came or went.
    pub(super) fn presence(&mut self, presence: UserPresence, at: Option<i64>, step: &mut Step) {
        let Some(session) = &self.session else { return };
        if presence.user_id == session.viewer.id || presence.user_id.is_empty() {
            return;
        }
        let now = session.server_time(step.now.unix_millis);
        let seen = presence.last_seen_at.as_ref().map(wire::Millis::get);
        let news = (at.or(seen).unwrap_or(now), seen.is_none());
        let known = self.others.present.get(&presence.user_id).copied();
        if known.is_none_or(|known| news > known) {
            self.others.present.insert(presence.user_id, news);
            step.changes.present |= known.is_some_and(|(_, there)| there) != news.1;
        }
    }

    /// Somebody types.
    pub(super) fn typed(
        &mut self,
        user: UserId,
        indicator: &TypingIndicator,
        at: Option<i64>,
        step: &mut Step,
    ) {
        let Some(session) = &self.session else { return };
        if user == session.viewer.id || user.is_empty() {
            return;
        }
        let now = session.server_time(step.now.unix_millis);
        let latest = now + LONGEST_TYPING_MILLIS;
        let wanted = indicator.expire_after.as_ref().map(wire::Millis::get);
        // Both are found: a moment, and how long from now.
        let until = match wanted {
            Some(millis) if millis < now / 2 => now + millis,
            Some(moment) => moment,
            None => latest,
        };
        let typist = self.others.typing.entry(user).or_default();
        if at.is_some_and(|at| at <= typist.posted_at) {
            return;
        }
        typist.until = if until > now {
            typist.until.max(until.min(latest))
        } else {
            // They took back what they wrote.
            0
        };
        step.changes.typing = true;
        self.watch_typing(step);
    }

    /// The visitor wrote, or took back what they wrote. Who may not post, or is not connected, types for nobody; who
    /// pauses does until the last indicator is over.
    pub(super) fn wrote(&mut self, nothing: bool, step: &mut Step) {
        let Some(session) = &self.session else { return };
        let may_type = matches!(
            self.posting(),
            Posting::Allowed | Posting::Slow { .. } | Posting::Sending
        );
        if !may_type || self.connection() != ConnectionStatus::Live {
            return;
        }
        let now = session.server_time(step.now.unix_millis);
        let told_until = self.others.told_until;
        let is_due = if nothing {
            told_until > now
        } else {
            told_until < now + TYPING_MARGIN
        };
        if !is_due {
            return;
        }
        // Clocks differ a little: nothing but the beginning of time is over for everybody.
        let until = if nothing { 0 } else { now + TYPING_MILLIS };
        self.others.told_until = until;
        self.with_peer(|connection, peer| connection.typing(peer, until, &mut step.effects));
    }

    /// With a message typing is over, so that what the visitor writes next is told at once.
    pub(super) fn typed_to_the_end(&mut self, step: &mut Step) {
        self.wrote(true, step);
        self.others.told_until = 0;
    }

    /// Who has posted types no longer.
    pub(super) fn posted(&mut self, user: &UserId, at: i64, step: &mut Step) {
        if let Some(typist) = self.others.typing.get_mut(user) {
            typist.posted_at = typist.posted_at.max(at);
            step.changes.typing |= typist.until > 0;
            typist.until = 0;
        }
    }

    /// An indicator may be over.
    pub(super) fn watch_typing(&mut self, step: &mut Step) {
        let Some(session) = &self.session else { return };
        let now = session.server_time(step.now.unix_millis);
        let mut next = None;
        for (_, typist) in self.others.typing.iter_mut() {
            if typist.until > now {
                next = next.max(Some(std::cmp::Reverse(typist.until)));
            } else if typist.until > 0 {
                typist.until = 0;
                step.changes.typing = true;
            }
        }
        if let Some(std::cmp::Reverse(until)) = next {
            let after = u32::try_from(until - now).unwrap_or(u32::MAX);
            step.effects
                .push(Effect::SetTimer(Timer::TypingEnds, after));
        }
    }

    /// Who types, the visitor aside.
    pub fn typing(&self) -> Typing {
        let mut typing = Typing::default();
        for (user, typist) in self.others.typing.iter() {
            if typist.until == 0 {
                continue;
            }
            match self.people.get(user) {
                Some(user) => typing.names.push(super::view::display_name(user)),
                None => typing.unknown += 1,
            }
        }
        typing
    }

    /// Who is there, the visitor aside. In a crowd the server doesn't tell of everybody.
    pub fn present(&self) -> impl Iterator<Item = &UserId> {
        let there = self.others.present.iter().filter(|(_, (_, there))| *there);
        there.map(|(user, _)| user)
    }
}
