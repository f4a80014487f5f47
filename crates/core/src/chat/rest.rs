use super::requests::Purpose;
use super::{Chat, Step};
use crate::timeline::Key;
use crate::{Announcement, Effect, Event, HttpOutcome, RequestId, Timer, text};

/// So many things wait at most.
const MOST_WAITING: usize = 500;

/// All that nobody needs who only writes: what parses and finds, and what makes something of frames and of history. Where that is a
/// module of its own (ADR 0017), whatever names this one is in it, too.
#[derive(Clone, Copy, Debug)]
pub struct Rest {
    pub(super) parser: text::Parser,
    take_in: TakeIn,
}

type TakeIn = fn(&mut Chat, Late, &mut Step);

impl Rest {
    /// All of it.
    pub const WHOLE: Self = Self {
        parser: text::parse,
        take_in,
    };
}

/// What the rest makes something of.
#[derive(Debug)]
pub(super) enum Late {
    /// What happened.
    Event(Event),
    /// What the socket said.
    Frame(String),
    /// An answer.
    Answer(RequestId, Purpose, HttpOutcome),
    /// A search may go on.
    Search,
    /// The visitor is where messages arrive.
    Latest,
    /// Something happened.
    Watch,
}

fn take_in(chat: &mut Chat, late: Late, step: &mut Step) {
    match late {
        Late::Event(event) => chat.later_event(event, step),
        Late::Frame(text) => chat.frame(&text, step),
        Late::Answer(id, purpose, outcome) => chat.later_answer(id, purpose, outcome, step),
        Late::Search => chat.search_on(step),
        Late::Latest => chat.return_to_latest(step),
        Late::Watch => {
            chat.watch_find(step);
            chat.watch_reading(step);
            chat.watch_pinned(step);
            chat.watch_answers(step);
            chat.watch_deletions(step);
        }
    }
}

/// What waits for the rest.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    rest: Option<Rest>,
    late: Vec<Late>,
    has_frames: bool,
    /// The newest message when the first of the frames came.
    since: Option<Key>,
}

impl Chat {
    /// From now on all is made something of, once the chat hears of [`Event::Completed`] also what has waited.
    pub fn complete(&mut self, rest: Rest) {
        self.waiting.rest = Some(rest);
        self.set_parser(rest.parser);
    }

    /// Has the rest make something of it, when it is there.
    pub(super) fn later(&mut self, late: Late, step: &mut Step) {
        if let Some(rest) = self.waiting.rest {
            return (rest.take_in)(self, late, step);
        }
        if self.waiting.late.len() >= MOST_WAITING {
            self.forget_frames();
            self.fill_gap(step);
        }
        if matches!(late, Late::Frame(_)) && !self.waiting.has_frames {
            self.waiting.has_frames = true;
            self.waiting.since = self.timeline.newest().cloned();
        }
        if self.waiting.late.len() < MOST_WAITING {
            self.waiting.late.push(late);
        }
    }

    /// Frames that wait are too many, or of a socket that is no more. What they say is read from history.
    pub(super) fn forget_frames(&mut self) {
        if std::mem::take(&mut self.waiting.has_frames) {
            let stays = |late: &Late| !matches!(late, Late::Frame(_));
            self.waiting.late.retain(stays);
            self.gap.widens(self.waiting.since.take());
        }
    }

    /// The rest is there.
    pub(super) fn completed(&mut self, step: &mut Step) {
        self.waiting.has_frames = false;
        for late in std::mem::take(&mut self.waiting.late) {
            self.later(late, step);
        }
        step.changes.pinned = true;
        // Nobody has seen what came meanwhile, so it is no news.
        let is_news =
            |effect: &Effect| !matches!(effect, Effect::Announce(Announcement::Message { .. }));
        step.effects.retain(is_news);
    }

    /// After each event.
    pub(super) fn watch(&mut self, step: &mut Step) {
        if self.waiting.rest.is_some() {
            self.later(Late::Watch, step);
        }
    }

    fn later_event(&mut self, event: Event, step: &mut Step) {
        match event {
            Event::Elapsed(timer) => self.later_timer(timer, step),
            Event::ReachedOldest => self.load_older(step),
            Event::ReachedNewest => self.load_newer(step),
            Event::JumpedTo(message) => self.jump_to(message, step),
            Event::EndedJump => self.cancel_jump(step),
            Event::ReturnedToLatest => self.return_to_latest(step),
            Event::Used => self.used(step),
            Event::Seen { up_to } => self.seen(up_to, step),
            Event::Restored { key, value } => self.restored(&key, value.as_deref()),
            Event::RetriedSending(row) => self.retry_sending(row, step),
            Event::DiscardedFailed(row) => self.discard_failed(row, step),
            Event::AskedToDelete(row) => self.ask_to_delete(row, step),
            Event::Kept(row) => self.keep(row, step),
            Event::Deleted(row) => self.delete(row, step),
            Event::ToggledReaction { row, emoji } => self.toggle_reaction(row, &emoji, step),
            Event::AskedWhoReacted(row) => self.ask_who_reacted(row, step),
            Event::Voted { row, option } => self.vote(row, option, step),
            Event::EmojiNames(table) => self.emoji_names_arrived(table, step),
            Event::FindOpened(from) => self.open_find(from),
            Event::FindChanged(words) => {
                self.change_find(&words);
            }
            Event::FindStepped { words, older } => self.step_find(&words, older, step),
            Event::FindStopped => self.stop_find(true, step),
            Event::FindContinued => self.stop_find(false, step),
            Event::FindClosed => self.close_find(step),
            _ => {}
        }
    }

    fn later_timer(&mut self, timer: Timer, step: &mut Step) {
        match timer {
            Timer::RefillGap => self.fill_gap(step),
            Timer::SearchOn => self.search_again(step),
            Timer::FindOn => self.find_due(),
            Timer::TellRead => self.tell_mark_again(step),
            Timer::TypingEnds => self.watch_typing(step),
            _ => {}
        }
    }

    fn later_answer(
        &mut self,
        id: RequestId,
        purpose: Purpose,
        outcome: HttpOutcome,
        step: &mut Step,
    ) {
        match purpose {
            Purpose::OlderPage => self.older_answered(&outcome, step),
            Purpose::NewerPage => self.newer_answered(id, &outcome, step),
            Purpose::JumpLookup => self.lookup_answered(id, &outcome, step),
            Purpose::GapPage => self.gap_answered(id, outcome, step),
            Purpose::React {
                message,
                kind,
                value,
            } => {
                self.react_answered(id, &message, &kind, &value, &outcome, step);
            }
            Purpose::WhoReacted(message) => self.who_reacted_answered(&message, &outcome, step),
            Purpose::Delete(message) => self.delete_answered(message, &outcome, step),
            Purpose::OpenSession | Purpose::RenewSession | Purpose::Send(_) => {}
        }
    }
}
