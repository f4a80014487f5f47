use super::requests::Purpose;
use super::{Chat, Step};
use crate::connection::backoff::full_jitter;
use crate::http::encode_query;
use crate::timeline::{Key, Merged};
use crate::{ConnectionStatus, Effect, HttpOutcome, Method, RequestId, RowId, Timer};
use std::rc::Rc;
use wire::MessageId;
use wire::rest::{Message, Page};

/// How many messages a page of a search has: more than one reads, since most of them are only passed.
const SEARCH_PAGE_SIZE: u32 = 100;
/// That many failures in a row are the end of a search.
const MOST_FAILURES: u32 = 5;

/// Which message the reader was sent to, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Jump {
    /// The message.
    pub message: MessageId,
    /// How far the way there is gone.
    pub state: JumpState,
}

/// How far a jump has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JumpState {
    /// The channel is paged through, from both of its ends.
    Searching,
    /// The message is this row: it is to be shown and set off.
    Found(RowId),
    /// It was deleted, or never was in this channel.
    Gone,
    /// The server could not be asked. Another try goes on from where this one came to.
    Failed,
}

/// The search that a jump may need: the API has cursors, and no page "around" a message.
#[derive(Debug)]
pub(super) struct Search {
    pub jump: Jump,
    /// Where the message belongs, once that is known.
    key: Option<Rc<Key>>,
    lookup: Option<RequestId>,
    failures: u32,
    /// A timer runs until it goes on.
    pauses: bool,
}

/// The reading of the beginning, page by page towards the newest messages.
#[derive(Debug, Default)]
pub(super) struct Forth {
    pub request: Option<RequestId>,
    pub failed: bool,
}

impl Chat {
    /// The reader wants to see a message, wherever it is (M7).
    pub(super) fn jump_to(&mut self, message: MessageId, step: &mut Step) {
        // What a former search has read is of use to this one.
        self.timeline.window.failed = false;
        self.forth.failed = false;
        let jump = Jump {
            message,
            state: JumpState::Searching,
        };
        self.search = Some(Search {
            jump,
            key: None,
            lookup: None,
            failures: 0,
            pauses: false,
        });
        step.effects.push(Effect::CancelTimer(Timer::SearchOn));
        step.changes.jump = true;
        step.changes.older = true;
        self.search_on(step);
    }

    /// The reader no longer waits for it, or has seen it.
    pub(super) fn cancel_jump(&mut self, step: &mut Step) {
        if self.search.take().is_some() {
            step.changes.jump = true;
            self.end_search(step);
        }
    }

    /// Nothing is searched for any more: what was read on the way and isn't shown is forgotten.
    fn end_search(&mut self, step: &mut Step) {
        step.effects.push(Effect::CancelTimer(Timer::SearchOn));
        if let Some(search) = &mut self.search {
            search.pauses = false;
            search.lookup = None;
        }
        if !self.timeline.is_detached() {
            self.forth = Forth::default();
            let mut merged = Merged::default();
            self.timeline.drop_early(&mut merged);
            Self::note(merged, step);
        }
    }

    fn end_jump(&mut self, state: JumpState, step: &mut Step) {
        if let Some(search) = &mut self.search {
            search.jump.state = state;
            step.changes.jump = true;
        }
        self.end_search(step);
    }

    /// The pause is over.
    pub(super) fn search_again(&mut self, step: &mut Step) {
        if let Some(search) = &mut self.search {
            search.pauses = false;
            self.timeline.window.failed = false;
            self.forth.failed = false;
            step.changes.older = true;
            self.search_on(step);
        }
    }

    /// The session is another: its requests are no more.
    pub(super) fn search_anew(&mut self) {
        self.forth.request = None;
        if let Some(search) = &mut self.search {
            search.lookup = None;
        }
    }

    /// Takes the next step of a search, if there is one: at each end one request at a time.
    pub(super) fn search_on(&mut self, step: &mut Step) {
        let Some(search) = self
            .search
            .as_mut()
            .filter(|search| search.jump.state == JumpState::Searching)
        else {
            return;
        };
        let message = search.jump.message.clone();
        if self.timeline.is_deleted(&message) {
            return self.end_jump(JumpState::Gone, step);
        }
        if let Some(record) = self.timeline.record(&message) {
            search.key = Some(record.key.clone());
        }
        let (key, pauses, asked) = (search.key.clone(), search.pauses, search.lookup.is_some());
        if let Some(key) = &key {
            let early = self.timeline.early_contains(key);
            if early || self.timeline.window.contains(key) {
                return self.arrive(&message, step);
            }
        }
        if pauses || !self.is_open() || self.connection() == ConnectionStatus::Offline {
            return;
        }
        match key {
            None if !asked => {
                let path = ["/api/v1/messages/", &encode_query(&message)].concat();
                let request = self.request(Purpose::JumpLookup, Method::Get, path, None, step);
                if let Some(search) = &mut self.search {
                    search.lookup = Some(request);
                }
            }
            None => {}
            Some(_) => {
                self.page_back(SEARCH_PAGE_SIZE, step);
                self.page_forth(SEARCH_PAGE_SIZE, step);
            }
        }
    }

    /// The stretch where the message belongs is loaded.
    fn arrive(&mut self, message: &MessageId, step: &mut Step) {
        let Some(record) = self.timeline.record(message) else {
            return self.end_jump(JumpState::Gone, step);
        };
        let (row, live) = (record.row, self.timeline.window.contains(&record.key));
        self.passed_over(message);
        self.show_early(!live, step);
        self.end_jump(JumpState::Found(row), step);
    }

    /// Shows the beginning, or the newest messages.
    fn show_early(&mut self, early: bool, step: &mut Step) {
        if self.timeline.is_detached() == early {
            return;
        }
        let mut merged = Merged::default();
        self.timeline.detach(early, &mut merged);
        Self::note(merged, step);
        self.missed = 0;
        step.changes.older = true;
        step.changes.newer = true;
    }

    /// The reader wants to be where messages arrive (M6).
    pub(super) fn return_to_latest(&mut self, step: &mut Step) {
        self.cancel_jump(step);
        self.caught_up();
        self.show_early(false, step);
        self.end_search(step);
    }

    pub(super) fn lookup_answered(
        &mut self,
        request: RequestId,
        outcome: &HttpOutcome,
        step: &mut Step,
    ) {
        let Some(search) = self.search.as_mut() else {
            return;
        };
        if search.lookup != Some(request) {
            return;
        }
        search.lookup = None;
        match outcome {
            HttpOutcome::Answered {
                status: 200, body, ..
            } => {
                // Not to be shown: it doesn't say which channel it is of.
                let message = wire::from_json::<Message>(body).ok();
                search.key = message.as_ref().and_then(Key::of).map(Rc::new);
                if search.key.is_none() {
                    return self.end_jump(JumpState::Failed, step);
                }
                self.search_on(step);
            }
            HttpOutcome::Answered {
                status: 400..=428 | 430..=499,
                ..
            } => self.end_jump(JumpState::Gone, step),
            _ => self.search_failed(outcome, step),
        }
    }

    /// A step of the search failed: it waits, or gives up.
    pub(super) fn search_failed(&mut self, outcome: &HttpOutcome, step: &mut Step) {
        let random = step.now.random;
        let Some(search) = self
            .search
            .as_mut()
            .filter(|search| search.jump.state == JumpState::Searching)
        else {
            return;
        };
        search.failures += 1;
        if search.failures > MOST_FAILURES {
            return self.end_jump(JumpState::Failed, step);
        }
        let pause = match outcome {
            HttpOutcome::Answered {
                retry_after_millis, ..
            } => retry_after_millis.unwrap_or_default(),
            HttpOutcome::Lost => 0,
        };
        search.pauses = true;
        let after = pause.saturating_add(full_jitter(search.failures, random));
        step.effects.push(Effect::SetTimer(Timer::SearchOn, after));
    }

    pub(super) fn search_went_well(&mut self) {
        if let Some(search) = &mut self.search {
            search.failures = 0;
        }
    }

    /// Loads what follows the newest row of the beginning.
    pub(super) fn load_newer(&mut self, step: &mut Step) {
        if self.timeline.is_detached() && self.is_open() {
            self.forth.failed = false;
            self.page_forth(super::gap::PAGE_SIZE, step);
        }
    }

    /// Reads the channel from its beginning on, one request at a time.
    pub(super) fn page_forth(&mut self, size: u32, step: &mut Step) {
        if self.forth.request.is_some() || self.forth.failed {
            return;
        }
        let cursor = self.timeline.early().map(|early| early.cursor.as_str());
        let path = self.messages_path("asc", size, cursor);
        let request = self.request(Purpose::NewerPage, Method::Get, path, None, step);
        self.forth.request = Some(request);
        step.changes.newer = true;
    }

    pub(super) fn newer_answered(
        &mut self,
        request: RequestId,
        outcome: &HttpOutcome,
        step: &mut Step,
    ) {
        if self.forth.request != Some(request) {
            return;
        }
        self.forth.request = None;
        step.changes.newer = true;
        let page = match outcome {
            HttpOutcome::Answered {
                status: 200, body, ..
            } => wire::from_json::<Page<Message>>(body).ok(),
            _ => None,
        };
        let moves = |page: &Page<Message>| {
            let newest = page.data.iter().filter_map(Key::of).max();
            !page.page_info.has_next_page
                || newest.is_some_and(|newest| !self.timeline.early_contains(&newest))
        };
        let Some(page) = page.filter(moves) else {
            self.forth.failed = true;
            return self.search_failed(outcome, step);
        };
        let mut merged = Merged::default();
        let newest = page.data.iter().filter_map(Key::of).max();
        let more = page.page_info.has_next_page;
        let cursor = page.page_info.end_cursor.filter(|_| more);
        if let Some(newest) = newest {
            let cursor = cursor.clone().unwrap_or_default();
            self.timeline.extend_early(newest, cursor, &mut merged);
        }
        for message in page.data {
            self.merge_message(message, &mut merged, step);
        }
        if cursor.is_none() || self.timeline.meet() {
            self.missed = 0;
            self.timeline.join(&mut merged);
            step.changes.older = true;
        }
        Self::note(merged, step);
        self.search_went_well();
        self.search_on(step);
    }
}
