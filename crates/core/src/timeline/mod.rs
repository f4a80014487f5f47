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
use std::collections::{BTreeMap, BTreeSet};
use wire::rest::Message;
use wire::socket::{PostReactionCountUpdate, ReactionEntity};
use wire::{MessageId, UserId};

/// All that is known of a channel's messages.
///
/// Every fact is kept with the moment at which it became true, and a newer one wins. So the result doesn't depend
/// on the order in which pages and frames arrive, nor on how often (T8).
#[derive(Debug, Default)]
pub(crate) struct Timeline {
    records: BTreeMap<MessageId, Record>,
    /// Reactions and votes, which may come before their message.
    tallies: BTreeMap<MessageId, Tallies>,
    /// Deleted for good. A late page or frame doesn't bring them back.
    deleted: BTreeSet<MessageId>,
    /// Which messages answer a message.
    answers: BTreeMap<MessageId, Vec<MessageId>>,
    /// The messages of the window, oldest first.
    order: Vec<(Key, RowId)>,
    pub window: Window,
    last_row: u64,
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
        self.records.get(message)
    }

    pub fn tallies(&self, message: &MessageId) -> Option<&Tallies> {
        self.tallies.get(message)
    }

    pub fn is_deleted(&self, message: &MessageId) -> bool {
        self.deleted.contains(message)
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
        let Some(record) = self.records.get_mut(message) else {
            return;
        };
        let former = std::mem::replace(&mut record.row, row);
        if let Some(entry) = self.order.iter_mut().find(|(_, other)| *other == former) {
            entry.1 = row;
            merged.order = true;
            merged.rows.push(row);
        }
    }

    /// Merges a message that REST told of.
    pub fn merge_message(&mut self, message: Message, merged: &mut Merged) {
        let updated_at = message.updated_at.unix_millis().unwrap_or_default();
        self.tallies
            .entry(message.id.clone())
            .or_default()
            .merge_message(&message, updated_at);
        self.merge(Record::new(message, updated_at), merged);
    }

    fn merge(&mut self, mut record: Record, merged: &mut Merged) {
        let id = record.message.id.clone();
        if self.deleted.contains(&id) {
            return;
        }
        if let Some(known) = self.records.get_mut(&id) {
            known.merge(record);
            merged.rows.push(known.row);
        } else {
            record.row = self.next_row();
            if let Some(target) = record.message.replying_to_message_id.clone() {
                self.answers.entry(target).or_default().push(id.clone());
            }
            let (key, row) = (record.key.clone(), record.row);
            self.records.insert(id.clone(), record);
            if self.window.contains(&key) {
                self.insert(key, row, merged);
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
        let answers = self.answers.get(message).into_iter().flatten();
        merged.rows.extend(
            answers
                .filter_map(|id| self.records.get(id))
                .map(|record| record.row),
        );
    }

    /// Removes a message for good.
    pub fn delete(&mut self, message: &MessageId, merged: &mut Merged) {
        self.deleted.insert(message.clone());
        self.tallies.remove(message);
        if let Some(record) = self.records.remove(message)
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
        let shown: BTreeSet<RowId> = self.order.iter().map(|(_, row)| *row).collect();
        let hidden: Vec<(Key, RowId)> = self
            .records
            .values()
            .filter(|record| !shown.contains(&record.row) && self.window.contains(&record.key))
            .map(|record| (record.key.clone(), record.row))
            .collect();
        if hidden.is_empty() {
            return;
        }
        merged.order = true;
        merged.rows.extend(self.order.first().map(|(_, row)| *row));
        self.order.extend(hidden);
        self.order.sort();
    }

    /// Forgets all but what is deleted: the gap was too wide to fill.
    pub fn forget(&mut self, merged: &mut Merged) {
        self.records.clear();
        self.tallies.clear();
        self.answers.clear();
        self.order.clear();
        self.window = Window::default();
        merged.order = true;
    }

    /// The tallies of a message changed.
    pub fn merge_counts(&mut self, update: PostReactionCountUpdate, at: i64, merged: &mut Merged) {
        if self.deleted.contains(&update.post_id) {
            return;
        }
        let id = update.post_id.clone();
        self.tallies
            .entry(id.clone())
            .or_default()
            .merge_update(update, at);
        merged
            .rows
            .extend(self.records.get(&id).map(|record| record.row));
    }

    /// Somebody reacted; only the visitor's own reactions are kept one by one.
    pub fn merge_reaction(
        &mut self,
        reaction: ReactionEntity,
        viewer: &UserId,
        merged: &mut Merged,
    ) {
        if reaction.user_id != *viewer || self.deleted.contains(&reaction.post_id) {
            return;
        }
        let id = reaction.post_id.clone();
        self.tallies
            .entry(id.clone())
            .or_default()
            .merge_own(reaction);
        merged
            .rows
            .extend(self.records.get(&id).map(|record| record.row));
    }

    pub fn tallies_mut(&mut self, message: &MessageId) -> &mut Tallies {
        self.tallies.entry(message.clone()).or_default()
    }
}
