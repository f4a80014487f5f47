mod matching;

use super::{Chat, Step};
use crate::text::Query;
use crate::timeline::{Key, Order};
use crate::{ConnectionStatus, Effect, Newer, Older, RowId, Timer};
use std::rc::Rc;
use wire::MessageId;

/// How many messages a page has that is read for what is looked for.
const PAGE_SIZE: u32 = 100;
/// Pages follow one another no faster than that: Whop lets a visitor ask ten times in ten seconds, for all that they do.
const PACE_MILLIS: i64 = 1_000;
/// What the visitor looks for among the rows (M12), and how far that is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Find {
    /// How many of the rows that were looked at have all the words.
    pub matches: usize,
    /// Which of them the reader was sent to, counted from the newest, which is 1.
    pub position: Option<usize>,
    /// That one's row.
    pub current: Option<RowId>,
    /// Whether there can be more.
    pub state: FindState,
    /// When the last row was posted that was looked at: milliseconds since the Unix epoch.
    pub reached: Option<i64>,
    /// Other words have another number.
    pub search: u32,
    /// The visitor has gone from one match to another.
    pub stepped: bool,
}

/// Whether there can be more than was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FindState {
    /// Nothing is looked for, or there is another match to go to first, or history can't be read at the moment.
    Idle,
    /// What is loaded is looked through, then history is read page by page.
    Searching,
    /// The visitor wanted no more of it.
    Stopped,
    /// A page could not be loaded; it can be tried again.
    Failed,
    /// No: that is all of the channel.
    Complete,
}

/// What is looked for, always among the rows that are shown. While those are the beginning of the channel, what is read
/// on are the messages that follow.
#[derive(Debug, Default)]
pub(super) struct Finding {
    words: String,
    pub query: Query,
    search: u32,
    stepped: bool,
    /// Where the visitor was when they began.
    from: Option<Rc<Key>>,
    pub matches: Order,
    /// All rows from this one on were looked at.
    seen: Option<Rc<Key>>,
    pub current: Option<Rc<Key>>,
    /// The visitor waits for a match that is not known yet: an older one, or a newer one.
    awaits_older: Option<bool>,
    stopped: bool,
    next_page_at: i64,
    /// A timer runs until then.
    waits: bool,
    /// Other rows match than when that was last told.
    changed: bool,
    told: Option<Find>,
}

impl Finding {
    /// Nothing was looked at yet.
    fn restart(&mut self) {
        self.matches = Order::default();
        self.seen = None;
        self.changed = true;
    }

    /// A row is gone.
    fn forget(&mut self, row: RowId) {
        let key = self.matches.iter().find(|(_, other)| *other == row);
        if let Some((key, _)) = key.cloned() {
            self.matches.remove(&key);
            self.changed = true;
        }
    }

    /// The match beside the current one, or beside where that was.
    fn beside(&self, older: bool) -> Option<usize> {
        let Some(current) = &self.current else {
            return self.first();
        };
        let at = self.matches.rank(current);
        if older {
            return at.checked_sub(1);
        }
        let next = at + usize::from(self.matches.position(current).is_some());
        (next < self.matches.len()).then_some(next)
    }

    /// The match to begin with: the next one back in time from where the visitor was, or else the newest.
    fn first(&self) -> Option<usize> {
        let newest = self.matches.len().checked_sub(1);
        let Some(from) = &self.from else {
            return newest;
        };
        if self.seen.as_ref().is_none_or(|seen| seen > from) {
            return None;
        }
        let at = self.matches.rank(from) + usize::from(self.matches.position(from).is_some());
        at.checked_sub(1).or(newest)
    }

    fn go(&mut self, at: usize) -> Option<MessageId> {
        let (key, _) = self.matches.get(at)?;
        self.current = Some(key.clone());
        self.awaits_older = None;
        Some(key.id.clone())
    }
}

impl Chat {
    /// The visitor is about to look for something.
    pub(super) fn open_find(&mut self, from: Option<RowId>) {
        self.find = Some(Finding {
            from: from.and_then(|row| self.timeline.key(row)).cloned(),
            ..Finding::default()
        });
    }

    /// The visitor looks for these words. Whether they are others than before.
    pub(super) fn change_find(&mut self, words: &str) -> bool {
        let query = Query::new(words, self.options.fold);
        let mut find = self.find.take().unwrap_or_default();
        let differs = find.query != query;
        if differs {
            // While one goes on writing one stays where one is, if that will do.
            let goes_on = words.starts_with(&find.words) || find.words.starts_with(words);
            find.query = query;
            find.restart();
            find.search += 1;
            find.stopped = false;
            find.stepped = false;
            let stays = |key: &Rc<Key>| goes_on && self.has_words(&find.query, &key.id);
            find.current = find.current.take().filter(stays);
            find.awaits_older = find.current.is_none().then_some(true);
        }
        words.clone_into(&mut find.words);
        self.find = Some(find);
        differs
    }

    pub(super) fn step_find(&mut self, words: &str, older: bool, step: &mut Step) {
        if self.change_find(words) {
            return;
        }
        let is_complete = self
            .find()
            .is_some_and(|find| find.state == FindState::Complete);
        let Some(find) = &mut self.find else { return };
        find.stepped = true;
        let last = find.matches.len().checked_sub(1);
        // After the last comes the first, once it is known which that is.
        let around = last
            .filter(|_| is_complete)
            .map(|last| if older { last } else { 0 });
        let message = find.beside(older).or(around).and_then(|at| find.go(at));
        if let Some(message) = message {
            return self.jump_to(message, step);
        }
        // Newer than the newest there is nothing to wait for, but where not all of it is loaded.
        find.awaits_older = (older || self.timeline.is_detached()).then_some(older);
        find.stopped = false;
    }

    pub(super) fn stop_find(&mut self, stopped: bool, step: &mut Step) {
        let Some(find) = &mut self.find else { return };
        find.stopped = stopped;
        if !stopped {
            self.timeline.window.failed = false;
            self.forth.failed = false;
            step.changes.older = true;
            step.changes.newer = true;
        }
    }

    /// What is still read stays read; nothing more is asked for.
    pub(super) fn close_find(&mut self, step: &mut Step) {
        if self.find.take().is_some() {
            step.effects.push(Effect::CancelTimer(Timer::FindOn));
            step.changes.find = true;
        }
    }

    pub(super) fn find_due(&mut self) {
        if let Some(find) = &mut self.find {
            find.waits = false;
        }
    }

    /// Looks at what an event changed, takes the next step, and notes whether there is something to tell.
    pub(super) fn watch_find(&mut self, step: &mut Step) {
        let Some(mut find) = self.find.take() else {
            return;
        };
        self.follow(&mut find, &step.changes);
        let is_more = self.look_on(&mut find);
        let awaited = find.awaits_older.and_then(|older| find.beside(older));
        let message = awaited.and_then(|at| find.go(at));
        self.find = Some(find);
        if let Some(message) = message {
            self.jump_to(message, step);
        }
        if is_more {
            step.effects.push(Effect::SetTimer(Timer::FindOn, 0));
        } else {
            self.read_on(step);
        }
        let now = self.find();
        if let Some(find) = &mut self.find {
            step.changes.find |= std::mem::take(&mut find.changed) || find.told != now;
            find.told = now;
        }
    }

    /// Reads a page more, where that is wanted and not too soon.
    fn read_on(&mut self, step: &mut Step) {
        let is_offline = self.connection() == ConnectionStatus::Offline;
        let detached = self.timeline.is_detached();
        let is_loading = if detached {
            self.newer() == Newer::Loading
        } else {
            self.older() == Older::Loading
        };
        let is_searching = self
            .find()
            .is_some_and(|find| find.state == FindState::Searching);
        let Some(find) = self.find.as_mut().filter(|_| is_searching) else {
            return;
        };
        if is_offline || is_loading || self.is_hidden || find.waits {
            return;
        }
        let now = step.now.unix_millis;
        let left = find.next_page_at - now;
        // More than the pace is left where a clock was put back.
        if (1..=PACE_MILLIS).contains(&left) {
            find.waits = true;
            let left = u32::try_from(left).unwrap_or_default();
            return step.effects.push(Effect::SetTimer(Timer::FindOn, left));
        }
        find.next_page_at = now + PACE_MILLIS;
        if detached {
            self.page_forth(PAGE_SIZE, step);
        } else {
            self.page_back(PAGE_SIZE, step);
        }
    }

    pub(super) fn find_view(&self, find: &Finding) -> Find {
        let matches = find.matches.len();
        let current = find
            .current
            .as_ref()
            .and_then(|key| find.matches.position(key));
        let order = self.timeline.order();
        let newest = order.len().checked_sub(1).and_then(|last| order.get(last));
        let reached = if self.timeline.is_detached() {
            newest.map(|(key, _)| key)
        } else {
            find.seen.as_ref()
        };
        Find {
            matches,
            position: current.map(|at| matches - at),
            current: current
                .and_then(|at| find.matches.get(at))
                .map(|(_, row)| *row),
            state: self.find_state(find),
            reached: reached.map(|key| key.created_at),
            search: find.search,
            stepped: find.stepped,
        }
    }

    fn find_state(&self, find: &Finding) -> FindState {
        if find.query.is_empty() {
            return FindState::Idle;
        }
        let order = self.timeline.order();
        let unseen = find
            .seen
            .as_ref()
            .map_or(order.len(), |seen| order.rank(seen));
        if unseen > 0 {
            return FindState::Searching;
        }
        let is_detached = self.timeline.is_detached();
        let wants_more = if is_detached {
            find.matches.len() == 0 || find.awaits_older == Some(false)
        } else {
            find.beside(true).is_none()
        };
        let (is_all, failed) = if is_detached {
            (false, self.forth.failed)
        } else {
            let before = self.older();
            (before == Older::Beginning, before == Older::Failed)
        };
        if is_all {
            FindState::Complete
        } else if !wants_more || !self.is_open() || self.connection() == ConnectionStatus::Offline {
            FindState::Idle
        } else if failed {
            FindState::Failed
        } else if find.stopped {
            FindState::Stopped
        } else {
            FindState::Searching
        }
    }
}
