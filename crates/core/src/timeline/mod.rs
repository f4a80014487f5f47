//! The messages of a channel in their order, merged from pages and frames.
//! It knows nothing of requests, sockets or what is being sent.

mod record;
mod tallies;
mod window;

pub(crate) use record::{Key, Record};
pub(crate) use tallies::{Tallies, same_reaction, symbol};
pub use window::Older;
use window::Window;

use crate::RowId;
use std::collections::BTreeMap;
use wire::rest::Message;
use wire::socket::{PostReactionCountUpdate, ReactionEntity};
use wire::{MessageId, UserId};

/// All that is known of a channel's messages.
///
/// Every fact is kept with the moment at which it became true, and a newer one wins. So the result doesn't depend
/// on the order in which pages and frames arrive, nor on how often (T8).
#[derive(Debug, Default)]
pub(crate) struct Timeline {
    entries: BTreeMap<MessageId, Entry>,
    /// The messages of the window, oldest first.
    order: Vec<(Key, RowId)>,
    pub window: Window,
    last_row: u64,
}

/// All that is known of one message. Its reactions, its deletion and its answers may come before itself.
#[derive(Debug, Default)]
struct Entry {
    record: Option<Box<Record>>,
    tallies: Tallies,
    /// Deleted for good: a late page or frame doesn't bring it back.
    deleted: bool,
    /// Which messages answer it.
    answers: Vec<MessageId>,
    /// It stands in the order.
    shown: bool,
}

/// What a merge changed.
#[derive(Debug, Default)]
pub(crate) struct Merged {
    pub order: bool,
    pub rows: Vec<RowId>,
    /// A message came into sight that was not known before.
    pub arrived: bool,
}

impl Timeline {
    pub fn next_row(&mut self) -> RowId {
        self.last_row += 1;
        RowId(self.last_row)
    }

    /// The newest message in sight.
    pub fn newest(&self) -> Option<&Key> {
        self.order.last().map(|(key, _)| key)
    }

    pub fn order(&self) -> &[(Key, RowId)] {
        &self.order
    }

    pub fn record(&self, message: &MessageId) -> Option<&Record> {
        self.entries.get(message)?.record.as_deref()
    }

    pub fn tallies(&self, message: &MessageId) -> Option<&Tallies> {
        self.entries.get(message).map(|entry| &entry.tallies)
    }

    pub fn is_deleted(&self, message: &MessageId) -> bool {
        self.entries.get(message).is_some_and(|entry| entry.deleted)
    }

    fn entry(&mut self, message: &MessageId) -> &mut Entry {
        self.entries.entry(message.clone()).or_default()
    }

    pub fn message_of_row(&self, row: RowId) -> Option<&MessageId> {
        self.order
            .iter()
            .find(|(_, other)| *other == row)
            .map(|(key, _)| &key.id)
    }

    /// Where a row stands.
    pub fn position(&self, row: RowId) -> Option<usize> {
        self.order.iter().position(|(_, other)| *other == row)
    }

    /// Gives a message a row that is already drawn: a pending message was acknowledged.
    pub fn adopt_row(&mut self, message: &MessageId, row: RowId, merged: &mut Merged) {
        let Some(record) = &mut self.entry(message).record else {
            return;
        };
        let former = std::mem::replace(&mut record.row, row);
        if let Some(entry) = self.order.iter_mut().find(|(_, other)| *other == former) {
            entry.1 = row;
            merged.order = true;
            merged.rows.push(row);
        }
    }

    /// Merges a message, whichever way it came.
    pub fn merge_message(&mut self, message: Message, merged: &mut Merged) {
        let updated_at = message.updated_at.unix_millis().unwrap_or_default();
        let id = message.id.clone();
        let next_row = RowId(self.last_row + 1);
        let entry = self.entry(&id);
        if entry.deleted {
            return;
        }
        entry.tallies.merge_message(&message, updated_at);
        let answered = message.replying_to_message_id.clone();
        let mut record = Record::new(message, updated_at);
        if let Some(known) = &mut entry.record {
            known.merge(record);
            merged.rows.push(known.row);
        } else {
            record.row = next_row;
            let key = record.key.clone();
            entry.record = Some(Box::new(record));
            self.last_row = next_row.0;
            if let Some(target) = answered {
                self.entry(&target).answers.push(id.clone());
            }
            if self.window.contains(&key) {
                self.entry(&id).shown = true;
                self.insert(key, next_row, merged);
                merged.arrived = true;
            }
        }
        self.touch_answers(&id, merged);
    }

    fn insert(&mut self, key: Key, row: RowId, merged: &mut Merged) {
        let at = self.order.partition_point(|(other, _)| *other < key);
        self.order.insert(at, (key, row));
        merged.order = true;
        self.touch_neighbours(at, merged);
    }

    /// A message's neighbours may begin or end a group now.
    fn touch_neighbours(&self, at: usize, merged: &mut Merged) {
        let before = at.checked_sub(1).and_then(|before| self.order.get(before));
        merged.rows.extend(
            before
                .into_iter()
                .chain(self.order.get(at + 1))
                .map(|(_, row)| *row),
        );
    }

    /// Messages that quote a message look different now.
    fn touch_answers(&self, message: &MessageId, merged: &mut Merged) {
        let Some(entry) = self.entries.get(message) else {
            return;
        };
        let answers = entry.answers.iter().filter_map(|id| self.record(id));
        merged.rows.extend(answers.map(|record| record.row));
    }

    /// Removes a message for good.
    pub fn delete(&mut self, message: &MessageId, merged: &mut Merged) {
        let entry = self.entry(message);
        entry.deleted = true;
        entry.shown = false;
        entry.tallies = Tallies::default();
        if let Some(record) = entry.record.take()
            && let Some(at) = self.position(record.row)
        {
            self.order.remove(at);
            merged.order = true;
            self.touch_neighbours(at, merged);
            merged.rows.extend(self.order.get(at).map(|(_, row)| *row));
        }
        self.touch_answers(message, merged);
    }

    /// Shows what is known from that message on, or all where there is nothing older.
    pub fn extend_window(&mut self, oldest: Option<Key>, merged: &mut Merged) {
        if !self.window.extend(oldest) {
            return;
        }
        let first_before = self.order.first().map(|(_, row)| *row);
        for entry in self.entries.values_mut().filter(|entry| !entry.shown) {
            if let Some(record) = &entry.record
                && self.window.contains(&record.key)
            {
                entry.shown = true;
                merged.order = true;
                self.order.push((record.key.clone(), record.row));
            }
        }
        self.order.sort_unstable();
        merged.rows.extend(first_before);
    }

    /// Forgets what lies before that message, but not what is deleted: the gap was too wide to fill.
    pub fn forget_before(&mut self, oldest: Option<&Key>, merged: &mut Merged) {
        self.entries.retain(|_, entry| {
            let record = entry.record.as_ref();
            entry.deleted || record.is_none_or(|record| Some(&record.key) >= oldest)
        });
        self.order.retain(|(key, _)| Some(key) >= oldest);
        self.window = Window::default();
        merged.order = true;
    }

    /// The tallies of a message changed.
    pub fn merge_counts(&mut self, update: PostReactionCountUpdate, at: i64, merged: &mut Merged) {
        let entry = self.entry(&update.post_id);
        if !entry.deleted {
            entry.tallies.merge_update(update, at);
            merged
                .rows
                .extend(entry.record.as_ref().map(|record| record.row));
        }
    }

    /// Somebody reacted; only the visitor's own reactions are kept one by one.
    pub fn merge_reaction(
        &mut self,
        reaction: ReactionEntity,
        viewer: &UserId,
        merged: &mut Merged,
    ) {
        if reaction.user_id != *viewer {
            return;
        }
        let entry = self.entry(&reaction.post_id);
        if !entry.deleted {
            entry.tallies.merge_own(reaction);
            merged
                .rows
                .extend(entry.record.as_ref().map(|record| record.row));
        }
    }

    pub fn tallies_mut(&mut self, message: &MessageId) -> &mut Tallies {
        &mut self.entry(message).tallies
    }
}
