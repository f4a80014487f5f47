use super::{Chat, Step};
use crate::timeline::Key;
use crate::{Effect, PageEvent, RowId, Timer};
use std::rc::Rc;
use wire::socket::{DmsFeedMember, MarkAsRead};
use wire::{MessageId, UserId};

/// Marks are stored and told no faster than this.
const PAUSE_MILLIS: u32 = 3_000;
/// Unread messages are counted that far.
const MOST_COUNTED: u64 = 100;

/// How many messages of others are unread.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unread {
    /// That many are known.
    pub count: u64,
    /// There may be more: history that is not loaded, or more than are worth counting.
    pub or_more: bool,
}

/// How far the visitor has read. Moments are the server's, in milliseconds since the Unix epoch.
#[derive(Debug, Default)]
pub(super) struct Reading {
    visitor: Option<UserId>,
    /// The newest message that was read; nothing while nobody knows.
    mark: Option<i64>,
    /// What came after that moment is set off by a divider.
    divider_after: Option<i64>,
    hold: Hold,
    /// The visitor has used the chat. Nothing is stored before (P5).
    used: bool,
    /// The mark that was last stored and told; a timer runs until the next may be.
    told: Option<i64>,
    pauses: bool,
    /// The newest message when the page was last told that it is read.
    page_told: Option<MessageId>,
    /// As it was last shown.
    shown: (Unread, Option<RowId>),
}

/// Whether what is in sight tells of what was read: a jump passes over messages (M10).
#[derive(Debug, Default)]
enum Hold {
    #[default]
    No,
    /// Unread messages were passed over just now.
    Jumped,
    /// And this was the newest message in sight then.
    Landed(Rc<Key>),
}

impl Chat {
    /// Asks what this browser remembers of the visitor.
    pub(super) fn restore_reading(&mut self, step: &mut Step) {
        let Some(visitor) = self.viewer().map(|viewer| viewer.id.clone()) else {
            return;
        };
        if self.reading.visitor.as_ref() != Some(&visitor) {
            self.reading = Reading {
                visitor: Some(visitor),
                used: self.reading.used,
                ..Reading::default()
            };
            step.effects.extend(self.reading_key().map(Effect::Restore));
        }
    }

    /// What the visitor's mark is stored as.
    fn reading_key(&self) -> Option<String> {
        let channel = &self.channel()?.id;
        Some(["read.", channel, ".", &self.viewer()?.id].concat())
    }

    /// What this browser remembers, if it does.
    pub(super) fn restored(&mut self, key: &str, value: Option<&str>) {
        if self.reading_key().as_deref() != Some(key) {
            return;
        }
        let mark = value.and_then(|value| value.parse::<i64>().ok());
        let newest = self.timeline.newest().map(|newest| newest.created_at);
        let now = self.pauses.now;
        // Who comes for the first time has missed nothing.
        let mark = mark.or(newest).unwrap_or(now);
        self.reading.told = Some(mark);
        self.learn_mark(mark);
    }

    /// What the server says of a membership.
    pub(super) fn member(&mut self, member: &DmsFeedMember) {
        let of_visitor = self.viewer().is_some_and(|own| own.id == member.user_id);
        let read = member.last_viewed_at.get();
        if of_visitor && read > 0 && !member.deleted {
            self.learn_mark(read);
        }
    }

    /// Somebody has read; the visitor in another tab, if it is they.
    pub(super) fn marked(&mut self, user: &UserId, mark: &MarkAsRead, at: Option<i64>) {
        let read = mark.timestamp.as_ref().map(wire::Millis::get).or(at);
        if let Some(read) = read
            && self.viewer().is_some_and(|own| own.id == *user)
        {
            self.learn_mark(read);
        }
    }

    /// From elsewhere: the later moment holds, whatever came first.
    fn learn_mark(&mut self, mark: i64) {
        let reading = &mut self.reading;
        if reading.mark.is_none() {
            reading.divider_after = Some(mark);
        }
        reading.mark = reading.mark.max(Some(mark));
    }

    /// A row was seen, and with it all before it, unless they were passed over (M10).
    pub(super) fn seen(&mut self, up_to: RowId, step: &mut Step) {
        let newest = self.timeline.newest().cloned().map(Rc::new);
        let key = self.timeline.key(up_to).cloned();
        let Some(key) = key.and_then(|key| {
            if key.is_local() {
                newest.clone()
            } else {
                Some(key)
            }
        }) else {
            return;
        };
        let mark = self.reading.mark;
        let newly = mark < Some(key.created_at);
        match &self.reading.hold {
            Hold::No => {}
            Hold::Jumped if newly => {
                self.reading.hold = Hold::Landed(key);
                return;
            }
            // The reader went on to the newest message, or back to where they were.
            Hold::Landed(landed) if newly && (Some(&key) != newest.as_ref() || key <= *landed) => {
                return;
            }
            _ => self.reading.hold = Hold::No,
        }
        // What arrives while somebody reads needs no divider (M8).
        if self.divider().is_none() {
            self.reading.divider_after = None;
        }
        if newly {
            self.reading.mark = Some(key.created_at);
            self.tell_mark(step);
        }
        if Some(&key) == newest.as_ref() && self.reading.page_told.as_ref() != Some(&key.id) {
            let id = key.id.clone();
            self.reading.page_told = Some(id.clone());
            step.effects
                .push(Effect::Emit(PageEvent::MessagesRead { id }));
        }
    }

    /// The page is hidden, or another has the focus: what comes now is set off when the reader is back.
    pub(super) fn stopped_reading(&mut self) {
        self.reading.divider_after = self.reading.mark;
    }

    /// The visitor did something in the widget.
    pub(super) fn used(&mut self, step: &mut Step) {
        if !std::mem::replace(&mut self.reading.used, true) {
            self.tell_mark(step);
        }
    }

    /// The reader was sent to a message: what lies between is not read (M10).
    pub(super) fn passed_over(&mut self, message: &MessageId) {
        let (Some(mark), Some(record)) = (self.reading.mark, self.timeline.record(message)) else {
            return;
        };
        let first = self.first_after(mark).map(|(key, _)| key);
        let known = self.timeline.window.contains(&after(mark));
        if record.key.created_at > mark && (!known || first.is_some_and(|key| *key < record.key)) {
            self.reading.hold = Hold::Jumped;
        }
    }

    /// The reader went to the newest message by their own will.
    pub(super) fn caught_up(&mut self) {
        self.reading.hold = Hold::No;
    }

    /// Stores the mark and tells the others of it, now or after a pause.
    pub(super) fn tell_mark(&mut self, step: &mut Step) {
        let reading = &self.reading;
        let (Some(mark), false, true) = (reading.mark, reading.pauses, reading.used) else {
            return;
        };
        if reading.told >= Some(mark) {
            return;
        }
        self.reading.told = Some(mark);
        self.reading.pauses = true;
        if let Some(key) = self.reading_key() {
            let value = mark.to_string();
            step.effects.push(Effect::Store { key, value });
        }
        self.with_peer(|connection, peer| connection.mark_as_read(peer, mark, &mut step.effects));
        step.effects
            .push(Effect::SetTimer(Timer::TellRead, PAUSE_MILLIS));
    }

    /// The pause is over.
    pub(super) fn tell_mark_again(&mut self, step: &mut Step) {
        self.reading.pauses = false;
        self.tell_mark(step);
    }

    /// The first message of somebody else after a moment.
    fn first_after(&self, moment: i64) -> Option<&(Rc<Key>, RowId)> {
        self.of_others_after(moment).next()
    }

    fn of_others_after(&self, moment: i64) -> impl Iterator<Item = &(Rc<Key>, RowId)> {
        let live = self.timeline.live();
        let viewer = self.viewer().map(|viewer| &viewer.id);
        let of_others = move |place: &&(Rc<Key>, RowId)| {
            let record = self.timeline.record(&place.0.id);
            record.is_some_and(|record| Some(&record.message.user.id) != viewer)
        };
        live.range(live.rank(&after(moment))..live.len())
            .filter(of_others)
    }

    /// How many messages of others are unread; none while nobody knows how far the visitor has read.
    pub fn unread(&self) -> Unread {
        let Some(mark) = self.reading.mark else {
            return Unread::default();
        };
        let many = usize::try_from(MOST_COUNTED).unwrap_or(usize::MAX);
        let count = self.of_others_after(mark).take(many).count() as u64;
        Unread {
            count,
            or_more: count == MOST_COUNTED
                || (count > 0 && !self.timeline.window.contains(&after(mark))),
        }
    }

    /// The row before which the unread messages began when the reader came; it stays while they read (M8).
    pub fn divider(&self) -> Option<RowId> {
        let moment = self.reading.divider_after?;
        let known = self.timeline.window.contains(&after(moment));
        let (_, row) = self.first_after(moment).filter(|_| known)?;
        self.index_of(*row).map(|_| *row)
    }

    /// After each event: says whether what is unread is another now.
    pub(super) fn watch_reading(&mut self, step: &mut Step) {
        let shown = (self.unread(), self.divider());
        if self.reading.shown != shown {
            if self.reading.shown.0 != shown.0 {
                let Unread { count, or_more } = shown.0;
                let event = PageEvent::UnreadChanged { count, or_more };
                step.effects.push(Effect::Emit(event));
            }
            self.reading.shown = shown;
            step.changes.reading = true;
        }
    }
}

/// A place after all messages of a moment.
fn after(moment: i64) -> Key {
    Key::local(0, moment.saturating_add(1))
}
