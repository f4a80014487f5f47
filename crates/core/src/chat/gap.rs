use super::requests::Purpose;
use super::{Chat, Step};
use crate::connection::backoff::full_jitter;
use crate::http::encode_query;
use crate::outbox::Stage;
use crate::timeline::{Key, Merged};
use crate::{
    Announcement, ConnectionStatus, Delivery, Effect, Failure, HttpOutcome, Method, RequestId,
    Timer,
};
use wire::MessageId;
use wire::rest::{Message, Page};

/// How many messages a page has.
pub(super) const PAGE_SIZE: u32 = 50;
/// A gap of more pages isn't filled: the newest page is shown, and the rest is loaded when somebody scrolls there.
const WIDEST_GAP_PAGES: usize = 10;
/// How often the channel is read where its frames don't come; a random time is added.
const POLL_MILLIS: u32 = 20_000;

/// The stretch of time in which messages may have been missed, and its filling (T1).
///
/// The API has no "since": pages are read from the newest back to what was known before the gap, and are merged
/// together, so that no hole is ever shown. While there is no live socket, the gap is open.
#[derive(Debug, Default)]
pub(super) struct Gap {
    /// Messages may have been missed.
    open: bool,
    /// All before and including this message is known; nothing is, if there is none.
    since: Option<Key>,
    filling: Option<Filling>,
    failures: u32,
}

#[derive(Debug)]
struct Filling {
    /// The answer to any other request is of an earlier look.
    request: RequestId,
    messages: Vec<Message>,
    pages: usize,
    /// What arrived by other ways since the look began. The pages may be too old to have it.
    meanwhile: Vec<MessageId>,
}

impl Gap {
    /// From here on messages may be missed. An older gap that is still open stays as wide as it was.
    pub fn opens(&mut self, newest: Option<&Key>) {
        self.filling = None;
        if !self.open {
            self.open = true;
            self.since = newest.cloned();
        }
    }

    /// All that is known was loaded just now.
    pub fn restarts(&mut self, newest: Option<&Key>) {
        self.open = false;
        self.opens(newest);
    }

    /// What the look has brought so far tells nothing of the time from now on.
    pub fn look_again(&mut self) {
        self.filling = None;
    }

    /// Messages may have been missed since then, or earlier.
    pub fn widens(&mut self, since: Option<Key>) {
        self.filling = None;
        self.since = if self.open {
            self.since.take().min(since)
        } else {
            since
        };
        self.open = true;
    }
}

impl Chat {
    /// Reads what may have been missed, if anything.
    pub(super) fn fill_gap(&mut self, step: &mut Step) {
        if !self.gap.open || self.gap.filling.is_some() || !self.is_open() {
            return;
        }
        self.gap.filling = Some(Filling {
            request: self.request_gap_page(None, step),
            messages: Vec::new(),
            pages: 0,
            meanwhile: Vec::new(),
        });
    }

    /// From here on messages may be missed.
    pub(super) fn open_gap(&mut self) {
        self.gap.opens(self.timeline.newest());
    }

    fn request_gap_page(&mut self, after: Option<&str>, step: &mut Step) -> RequestId {
        let path = self.messages_path("desc", PAGE_SIZE, after);
        self.request(Purpose::GapPage, Method::Get, path, None, step)
    }

    /// The page that follows a cursor in that direction, or the first one.
    pub(super) fn messages_path(&self, direction: &str, size: u32, after: Option<&str>) -> String {
        let channel = self
            .session
            .as_ref()
            .map_or(&self.options.channel, |session| &session.channel.id);
        let channel = encode_query(channel);
        let (query, size) = ("/api/v1/messages?channel_id=", size.to_string());
        let mut path = [query, &channel, "&direction=", direction, "&first=", &size].concat();
        if let Some(cursor) = after {
            path.push_str("&after=");
            path.push_str(&encode_query(cursor));
        }
        path
    }

    pub(super) fn gap_answered(
        &mut self,
        request: RequestId,
        outcome: HttpOutcome,
        step: &mut Step,
    ) {
        let filling = self
            .gap
            .filling
            .take_if(|filling| filling.request == request);
        let Some(mut filling) = filling else { return };
        let (page, pause) = match outcome {
            HttpOutcome::Answered {
                status: 200, body, ..
            } => (wire::from_json::<Page<Message>>(&body).ok(), None),
            HttpOutcome::Answered {
                retry_after_millis, ..
            } => (None, retry_after_millis),
            HttpOutcome::Lost => (None, None),
        };
        let Some(page) = page else {
            return self.refill_later(pause, step);
        };
        self.gap.failures = 0;
        filling.pages += 1;
        let oldest = page.data.iter().filter_map(Key::of).min();
        filling.messages.extend(page.data);
        let reaches_known = !self.timeline.window.is_loaded()
            || match (&oldest, &self.gap.since) {
                (Some(oldest), Some(known)) => oldest <= known,
                (None, _) => true,
                (_, None) => false,
            };
        let more = page.page_info.has_next_page;
        match page.page_info.end_cursor {
            Some(cursor) if more && !reaches_known && filling.pages < WIDEST_GAP_PAGES => {
                filling.request = self.request_gap_page(Some(&cursor), step);
                self.gap.filling = Some(filling);
            }
            cursor => {
                let too_wide = more && !reaches_known;
                self.close_gap(filling, oldest, cursor, more, too_wide, step);
            }
        }
    }

    fn refill_later(&mut self, pause: Option<u32>, step: &mut Step) {
        if self.connection() == ConnectionStatus::Offline {
            return;
        }
        let jitter = full_jitter(self.gap.failures, step.now.random);
        let after = pause.unwrap_or_default().saturating_add(jitter);
        self.gap.failures = self.gap.failures.saturating_add(1);
        step.effects.push(Effect::SetTimer(Timer::RefillGap, after));
    }

    fn close_gap(
        &mut self,
        filling: Filling,
        oldest: Option<Key>,
        cursor: Option<String>,
        more: bool,
        too_wide: bool,
        step: &mut Step,
    ) {
        let mut merged = Merged::default();
        self.remove_missing(&filling, oldest.as_ref(), more, &mut merged);
        if too_wide {
            self.timeline.forget_before(oldest.as_ref(), &mut merged);
            self.requests.forget_older_page();
        }
        let newest = filling.messages.iter().filter_map(Key::of).max();
        for message in filling.messages {
            self.merge_message(message, &mut merged, step);
        }
        if !self.timeline.window.is_loaded() || !more {
            self.timeline
                .extend_window(oldest.filter(|_| more), &mut merged);
            self.timeline.window.cursor = cursor;
            step.changes.older = true;
        }
        Self::note(merged, step);
        self.gap.open = self.connection() != ConnectionStatus::Live;
        self.gap.since = if self.gap.open {
            newest.or(self.gap.since.take())
        } else {
            None
        };
        if self.connection() == ConnectionStatus::NoUpdates {
            let after = POLL_MILLIS + full_jitter(3, step.now.random);
            step.effects.push(Effect::SetTimer(Timer::RefillGap, after));
        }
        self.settle_uncertain(step);
        self.send_next(step);
        self.search_on(step);
    }

    /// What was known before, is not older than the pages and isn't in them was deleted meanwhile.
    fn remove_missing(
        &mut self,
        filling: &Filling,
        oldest: Option<&Key>,
        more: bool,
        merged: &mut Merged,
    ) {
        let messages = &filling.messages;
        let newest = messages.iter().filter_map(Key::of).max();
        let newest = newest.as_ref().max(self.gap.since.as_ref());
        let Some(newest) = newest else { return };
        let order = self.timeline.live();
        let from = oldest.filter(|_| more).map_or(0, |key| order.rank(key));
        let missing: Vec<MessageId> = order
            .range(from..order.rank(newest) + 1)
            .map(|(key, _)| key)
            .filter(|key| !key.is_local() && ***key <= *newest)
            .filter(|key| !filling.meanwhile.contains(&key.id))
            .filter(|key| !messages.iter().any(|message| message.id == key.id))
            .map(|key| key.id.clone())
            .collect();
        for id in missing {
            self.timeline.delete(&id, merged);
        }
    }

    /// All that has arrived is known now: what was lost on the way and isn't there did not arrive (S1).
    fn settle_uncertain(&mut self, step: &mut Step) {
        let mut failed = Vec::new();
        for pending in &mut self.outbox.pending {
            if pending.stage == Stage::Uncertain {
                pending.stage = Stage::Failed(Failure::NotDelivered);
                failed.push(pending.row);
            }
        }
        if !failed.is_empty() {
            for row in failed {
                self.arrange(row, step);
            }
            step.effects
                .push(Effect::Announce(Announcement::SendingFailed));
        }
    }

    /// Merges a message that came by any way.
    pub(super) fn merge_message(&mut self, message: Message, merged: &mut Merged, step: &mut Step) {
        self.merge_echo(message, None, merged, step);
    }

    /// The same, where it may be known what the visitor called it. Their own may be the echo of a pending one, whose row
    /// it then takes over (S2).
    pub(super) fn merge_echo(
        &mut self,
        message: Message,
        name: Option<&str>,
        merged: &mut Merged,
        step: &mut Step,
    ) {
        let id = message.id.clone();
        let own = self
            .session
            .as_ref()
            .is_some_and(|session| session.viewer.id == message.user.id);
        let content = message.content.clone().unwrap_or_default();
        let key = Key::of(&message);
        let new = self.merge_answer(message, merged);
        if !(new && own) {
            return;
        }
        let Some(key) = key else { return };
        let Some(pending) = self.outbox.match_echo(&content, &key, name) else {
            return;
        };
        let row = pending.row;
        if let Stage::Sending { echo, .. } = &mut pending.stage {
            *echo = Some(id.clone());
        } else {
            self.outbox.remove(row);
            self.delivered(&id, &content, step);
        }
        self.timeline.adopt_row(&id, row, merged);
        debug_assert!(matches!(
            self.row(row).map(|row| row.delivery),
            Some(Delivery::Delivered) | None
        ));
    }

    /// Merges a message that is nobody's echo. Says whether it was not known.
    pub(super) fn merge_answer(&mut self, message: Message, merged: &mut Merged) -> bool {
        let id = &message.id;
        let new = self.timeline.record(id).is_none() && !self.timeline.is_deleted(id);
        if let Some(filling) = self.gap.filling.as_mut().filter(|_| new) {
            filling.meanwhile.push(id.clone());
        }
        if !message.user.username.is_empty() && !self.people.contains_key(&message.user.id) {
            self.people
                .insert(message.user.id.clone(), message.user.clone());
        }
        let newest = self.timeline.newest().cloned();
        let latest = Key::of(&message) > newest;
        let own = self
            .viewer()
            .is_some_and(|viewer| viewer.id == message.user.id);
        if let Some(at) = message.created_at.unix_millis().filter(|_| own) {
            self.posted_own(at);
        }
        let arrived = std::mem::take(&mut merged.arrived);
        self.timeline.merge_message(message, merged);
        if merged.arrived && latest && !own && self.timeline.is_detached() {
            self.missed += 1;
            merged.missed = true;
        }
        merged.arrived |= arrived;
        new
    }
}
