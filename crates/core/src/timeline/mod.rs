//! The messages of a channel in their order, merged from pages and frames.
//! It knows nothing of requests, sockets or what is being sent.

mod cards;
mod early;
mod order;
mod record;
mod tallies;
mod window;

use early::Early;
pub use early::Newer;
pub(crate) use order::Order;
pub(crate) use record::{Key, Record};
pub(crate) use tallies::{Tallies, canonical, same_reaction, symbol};
pub use window::Older;
use window::Window;

use crate::{OrderChange, RowId, Splice, text};
use cards::Cards;
use litemap::LiteMap;
use std::collections::BTreeMap;
use std::rc::Rc;
use wire::rest::Message;
use wire::socket::{LinkEmbed, PostReactionCountUpdate, ReactionEntity};
use wire::{MessageId, UserId};

/// All that is known of a channel's messages, and the order of the rows.
///
/// Every fact is kept with the moment at which it became true, and a newer one wins. So the result doesn't depend
/// on the order in which pages and frames arrive, nor on how often (T8).
#[derive(Debug, Default)]
pub(crate) struct Timeline {
    entries: BTreeMap<MessageId, Entry>,
    /// The newest messages, as far as the window reaches, and the rows that the server has no message for.
    live: Order,
    pub window: Window,
    early: Option<Early>,
    /// The beginning is shown, not the newest messages.
    detached: bool,
    /// Messages of neither, which would leave holes around them.
    strays: Order,
    /// The place of each row that was ever named, by its number less one; nothing for those that are gone.
    keys: Vec<Option<Rc<Key>>>,
    /// The pinned ones among all that are known, also beyond the window, oldest first.
    pinned: LiteMap<(i64, MessageId), ()>,
}

/// All that is known of one message. Its reactions, its deletion and its answers may come before itself.
#[derive(Debug, Default)]
struct Entry {
    record: Option<Box<Record>>,
    tallies: Tallies,
    cards: Cards,
    /// Deleted for good: a late page or frame doesn't bring it back.
    deleted: bool,
    /// Which messages answer it.
    answers: Vec<MessageId>,
}

/// What a merge changed.
#[derive(Debug, Default)]
pub(crate) struct Merged {
    pub order: OrderChange,
    pub rows: Vec<RowId>,
    /// The pinned messages changed, or what they say.
    pub pinned: bool,
    /// A message came into sight that was not known before.
    pub arrived: bool,
    /// Somebody else's message came while the reader was not where messages arrive.
    pub missed: bool,
    /// A text or a reaction has an emoji by a name that is not built in.
    pub rare_emoji: bool,
}

impl Timeline {
    pub fn next_row(&mut self) -> RowId {
        self.keys.push(None);
        RowId(self.keys.len() as u64)
    }

    /// Where a row belongs, unless it is gone.
    pub fn key(&self, row: RowId) -> Option<&Rc<Key>> {
        let at = usize::try_from(row.0.checked_sub(1)?).ok()?;
        self.keys.get(at)?.as_ref()
    }

    fn set_key(&mut self, row: RowId, key: Option<Rc<Key>>) {
        let place = row.0.checked_sub(1).and_then(|at| usize::try_from(at).ok());
        if let Some(place) = place.and_then(|at| self.keys.get_mut(at)) {
            *place = key;
        }
    }

    /// The newest message.
    pub fn newest(&self) -> Option<&Key> {
        let keys = self.live.iter().rev().map(|(key, _)| &**key);
        keys.into_iter().find(|key| !key.is_local())
    }

    /// The rows that are shown.
    pub fn order(&self) -> &Order {
        match &self.early {
            Some(early) if self.detached => &early.order,
            _ => &self.live,
        }
    }

    /// The newest messages, whether they are shown or not.
    pub fn live(&self) -> &Order {
        &self.live
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

    /// The message of a row, where the server has one.
    pub fn message_of_row(&self, row: RowId) -> Option<&MessageId> {
        let key = self.key(row)?;
        (!key.is_local()).then_some(&key.id)
    }

    /// Where a row stands.
    pub fn position(&self, row: RowId) -> Option<usize> {
        self.order().position(self.key(row)?)
    }

    /// Puts a row that the server has no message for where its time is: the end, for one that is on its way.
    pub fn place_local(&mut self, row: RowId, turn: u64, created_at: i64, merged: &mut Merged) {
        let key = Rc::new(Key::local(turn, created_at));
        if self.key(row) == Some(&key) {
            return;
        }
        self.remove_local(row, merged);
        self.set_key(row, Some(key.clone()));
        self.insert(key, row, merged);
        merged.rows.push(row);
    }

    /// Takes such a row away.
    pub fn remove_local(&mut self, row: RowId, merged: &mut Merged) {
        if let Some(key) = self.key(row).cloned()
            && key.is_local()
        {
            self.set_key(row, None);
            self.remove(&key, merged);
        }
    }

    /// Gives a message a row that is already drawn: a pending message was acknowledged.
    pub fn adopt_row(&mut self, message: &MessageId, row: RowId, merged: &mut Merged) {
        let Some(record) = &mut self.entry(message).record else {
            return;
        };
        let former = std::mem::replace(&mut record.row, row);
        let key = record.key.clone();
        self.remove_local(row, merged);
        self.set_key(former, None);
        self.set_key(row, Some(key.clone()));
        self.strays.replace(&key, row);
        let splice = self.home(&key).replace(&key, row);
        if let Some(splice) = splice
            && self.shows(&key)
        {
            merged.order.splice(splice);
            merged.rows.push(row);
        }
    }

    /// Merges a message, whichever way it came.
    pub fn merge_message(&mut self, message: Message, merged: &mut Merged) {
        let updated_at = message.updated_at.unix_millis().unwrap_or_default();
        let id = message.id.clone();
        let entry = self.entry(&id);
        if entry.deleted {
            return;
        }
        entry.tallies.merge_message(&message, updated_at);
        merged.rare_emoji |=
            text::has_rare_shortcode(message.content.as_deref().unwrap_or_default());
        merged.rare_emoji |= entry.tallies.has_rare_emoji();
        let answered = message.replying_to_message_id.clone();
        let mut record = Record::new(message, updated_at);
        if let Some(known) = &mut entry.record {
            known.merge(record);
            merged.rows.push(known.row);
        } else {
            let key = record.key.clone();
            let row = self.next_row();
            record.row = row;
            self.set_key(row, Some(key.clone()));
            self.entry(&id).record = Some(Box::new(record));
            if let Some(target) = answered {
                let answers = &mut self.entry(&target).answers;
                if !answers.contains(&id) {
                    answers.push(id.clone());
                }
            }
            if self.window.contains(&key) {
                merged.arrived = true;
                self.insert(key, row, merged);
            } else if self.early_contains(&key) {
                self.insert(key, row, merged);
            } else {
                self.strays.insert(key, row);
            }
        }
        self.note_pinned(&id, merged);
        self.touch_answers(&id, merged);
    }

    fn note_pinned(&mut self, id: &MessageId, merged: &mut Merged) {
        let Some(record) = self.record(id) else {
            return;
        };
        let pinned = record.message.is_pinned;
        let place = (record.key.created_at, id.clone());
        if pinned {
            self.pinned.insert(place, ());
            merged.pinned = true;
        } else {
            merged.pinned |= self.pinned.remove(&place).is_some();
        }
    }

    /// The pinned ones among all that are known, newest first.
    pub fn pinned(&self) -> impl Iterator<Item = &Record> {
        self.pinned
            .iter()
            .rev()
            .filter_map(|((_, id), ())| self.record(id))
    }

    /// What a frame says of a message's links.
    pub fn merge_cards(
        &mut self,
        message: &MessageId,
        links: Vec<LinkEmbed>,
        at: i64,
        merged: &mut Merged,
    ) {
        let entry = self.entry(message);
        if !entry.deleted && entry.cards.merge(links, at) {
            merged
                .rows
                .extend(entry.record.as_ref().map(|record| record.row));
        }
    }

    /// The links of a message as Whop read them.
    pub fn links(&self, message: &MessageId) -> &[LinkEmbed] {
        self.entries
            .get(message)
            .map_or(&[], |entry| entry.cards.links())
    }

    /// The order that a row of the window, of the beginning or without a message belongs to.
    fn home(&mut self, key: &Key) -> &mut Order {
        match &mut self.early {
            Some(early) if !key.is_local() && !self.window.contains(key) => &mut early.order,
            _ => &mut self.live,
        }
    }

    /// Whether that order is the one that is shown.
    fn shows(&self, key: &Key) -> bool {
        let at_home_early = self.early.is_some() && !key.is_local() && !self.window.contains(key);
        at_home_early == self.detached
    }

    fn insert(&mut self, key: Rc<Key>, row: RowId, merged: &mut Merged) {
        let shows = self.shows(&key);
        let splice = self.home(&key).insert(key, row);
        if shows {
            self.tell([splice], merged);
        }
    }

    fn remove(&mut self, key: &Key, merged: &mut Merged) {
        let shows = self.shows(key);
        let splice = self.home(key).remove(key);
        if let Some(splice) = splice
            && shows
        {
            self.tell([splice], merged);
        }
    }

    /// Notes what happened to the order that is shown. The neighbours may begin or end a group now.
    fn tell(&self, splices: impl IntoIterator<Item = Splice>, merged: &mut Merged) {
        let order = self.order();
        for splice in splices {
            let before = splice
                .at
                .checked_sub(1)
                .and_then(|before| order.get(before));
            let after = order.get(splice.at + splice.inserted.len());
            let both = before.into_iter().chain(after);
            merged.rows.extend(both.map(|(_, row)| *row));
            merged.order.splice(splice);
        }
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
        entry.tallies = Tallies::default();
        entry.cards = Cards::default();
        if let Some(record) = entry.record.take() {
            let place = (record.key.created_at, message.clone());
            merged.pinned |= self.pinned.remove(&place).is_some();
            self.set_key(record.row, None);
            self.strays.remove(&record.key);
            self.remove(&record.key, merged);
            // Whoever looks at the row by itself learns that it is gone.
            merged.rows.extend([record.row]);
        }
        self.touch_answers(message, merged);
    }

    /// Shows what is known from that message on, or all where there is nothing older.
    pub fn extend_window(&mut self, oldest: Option<Key>, merged: &mut Merged) {
        if !self.window.extend(oldest) {
            return;
        }
        let from = self.window.oldest().map_or(0, |key| self.strays.rank(key));
        let within = self.strays.split_from(from);
        let shows = !self.detached;
        let splices = self.live.insert_all(within);
        if shows {
            self.tell(splices, merged);
        }
        if self.meet() {
            self.join(merged);
        }
    }

    /// Forgets what lies before that message, but not what is deleted: the gap was too wide to fill.
    pub fn forget_before(&mut self, oldest: Option<&Key>, merged: &mut Merged) {
        let Some(oldest) = oldest else { return };
        let rank = self.live.rank(oldest);
        let kept = self.live.split_from(rank);
        let forgotten = std::mem::replace(&mut self.live, Order::from(kept));
        let rank = self.strays.rank(oldest);
        let kept = self.strays.split_from(rank);
        let strays = std::mem::replace(&mut self.strays, Order::from(kept));
        self.forget(&forgotten, merged);
        self.forget(&strays, merged);
        self.window = Window::default();
        if !self.detached {
            // It begins a group now.
            merged.rows.extend(self.live.get(0).map(|(_, row)| *row));
            merged.order = OrderChange::Replaced;
        }
    }

    /// Forgets messages, but no pinned ones, none that were deleted, no row that the server has no message for, and not
    /// which messages answer them.
    fn forget(&mut self, forgotten: &Order, merged: &mut Merged) {
        for (key, row) in forgotten.iter() {
            if key.is_local() {
                self.live.insert(key.clone(), *row);
            } else if (self.pinned).contains_key(&(key.created_at, key.id.clone())) {
                self.strays.insert(key.clone(), *row);
            } else {
                self.set_key(*row, None);
                self.touch_answers(&key.id, merged);
                let entry = self.entries.remove(&key.id).unwrap_or_default();
                if !entry.answers.is_empty() {
                    self.entry(&key.id).answers = entry.answers;
                }
            }
        }
    }

    /// The tallies of a message changed.
    pub fn merge_counts(&mut self, update: PostReactionCountUpdate, at: i64, merged: &mut Merged) {
        let entry = self.entry(&update.post_id);
        if !entry.deleted {
            entry.tallies.merge_update(update, at);
            merged.rare_emoji |= entry.tallies.has_rare_emoji();
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

    /// More names of emoji are known now: what has rare ones is parsed anew.
    pub fn names_arrived(&mut self, merged: &mut Merged) {
        let mut changed = Vec::new();
        for (id, entry) in &mut self.entries {
            let Some(record) = &mut entry.record else {
                continue;
            };
            let parsed_anew = record.names_arrived();
            if parsed_anew || entry.tallies.has_rare_emoji() {
                merged.rows.push(record.row);
            }
            if parsed_anew {
                changed.push(id.clone());
            }
        }
        for id in changed {
            self.touch_answers(&id, merged);
        }
    }
}
