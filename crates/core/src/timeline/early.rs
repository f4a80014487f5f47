use super::record::Key;
use super::{Merged, Order, Timeline};
use crate::OrderChange;

/// What lies after the newest row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Newer {
    /// Only what has yet to be written.
    Live,
    /// More can be loaded.
    Available,
    /// More is being loaded.
    Loading,
    /// Loading failed; it can be tried again.
    Failed,
}

/// The channel's history from its very beginning up to where it was read. What lies between it and the window of the
/// newest messages is not known.
#[derive(Debug)]
pub(crate) struct Early {
    pub(super) order: Order,
    /// Known without holes up to this message.
    newest: Key,
    /// The cursor of its newest page.
    pub cursor: String,
}

impl Timeline {
    pub fn early(&self) -> Option<&Early> {
        self.early.as_ref()
    }

    /// Whether the rows are those of the beginning, and not the newest.
    pub fn is_detached(&self) -> bool {
        self.detached
    }

    /// Shows the beginning, or the newest messages.
    pub fn detach(&mut self, detached: bool, merged: &mut Merged) {
        let detached = detached && self.early.is_some();
        if self.detached != detached {
            self.detached = detached;
            merged.order = OrderChange::Replaced;
        }
    }

    pub fn early_contains(&self, key: &Key) -> bool {
        let early = self.early.as_ref();
        early.is_some_and(|early| *key <= early.newest)
    }

    /// All from the beginning up to that message will be known once the page is merged that it ends; the next page
    /// follows the cursor.
    pub fn extend_early(&mut self, newest: Key, cursor: String, merged: &mut Merged) {
        let early = self.early.get_or_insert_with(|| Early {
            order: Order::default(),
            newest: newest.clone(),
            cursor: String::new(),
        });
        early.newest = newest.max(early.newest.clone());
        early.cursor = cursor;
        let end = self.strays.rank(&early.newest);
        let includes = self.strays.position(&early.newest).is_some();
        let rest = self.strays.split_from(end + usize::from(includes));
        let within = std::mem::replace(&mut self.strays, Order::from(rest));
        let splices = early.order.insert_all(within.into());
        if self.detached {
            self.tell(splices, merged);
        }
    }

    /// The beginning reaches the newest messages, or nothing lies between: now all is known.
    pub fn join(&mut self, merged: &mut Merged) {
        let Some(early) = self.early.take() else {
            return;
        };
        self.window.extend(None);
        let splices = if std::mem::take(&mut self.detached) {
            let live = std::mem::replace(&mut self.live, early.order);
            self.live.insert_all(live.into())
        } else {
            self.live.insert_all(early.order.into())
        };
        self.tell(splices, merged);
    }

    /// Whether nothing is unknown between the beginning and the newest messages.
    pub fn meet(&self) -> bool {
        let early = self.early.as_ref().map(|early| &early.newest);
        early.is_some_and(|newest| self.window.contains(newest))
    }

    /// Forgets the beginning, unless it is what is shown.
    pub fn drop_early(&mut self, merged: &mut Merged) {
        if self.detached {
            return;
        }
        if let Some(early) = self.early.take() {
            self.forget(&early.order, merged);
        }
    }
}
