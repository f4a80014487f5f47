use crate::RowId;

/// What an update changed, so that only that is drawn anew.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Rows were added, removed or moved.
    pub order: OrderChange,
    /// Rows that look different now. May name a row that has been removed since.
    pub rows: Vec<RowId>,
    /// Every row may look different now, not only those of `rows`.
    pub all_rows: bool,
    /// [`crate::Chat::status`].
    pub status: bool,
    /// [`crate::Chat::connection`].
    pub connection: bool,
    /// The channel's settings, or what the visitor may do.
    pub channel: bool,
    /// [`crate::Chat::older`].
    pub older: bool,
    /// [`crate::Chat::pinned`].
    pub pinned: bool,
    /// [`crate::Chat::newer`] or [`crate::Chat::missed`].
    pub newer: bool,
    /// [`crate::Chat::jump`].
    pub jump: bool,
    /// [`crate::Chat::typing`].
    pub typing: bool,
    /// [`crate::Chat::present`].
    pub present: bool,
    /// [`crate::Chat::unread`] or [`crate::Chat::divider`].
    pub reading: bool,
    /// [`crate::Chat::posting`].
    pub posting: bool,
    /// [`crate::Chat::who_reacted`].
    pub who_reacted: bool,
    /// [`crate::Chat::find`], or what is found by [`crate::Chat::is_found`].
    pub find: bool,
}

impl Changes {
    pub(crate) fn row(&mut self, row: RowId) {
        if !self.rows.contains(&row) {
            self.rows.push(row);
        }
    }
}

/// How the rows' order changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum OrderChange {
    /// It is as it was.
    #[default]
    Unchanged,
    /// Here and there. To be applied one after the other: each counts from what the one before it left.
    Spliced(Vec<Splice>),
    /// All of it: [`crate::Chat::row_ids`] has to be read anew.
    Replaced,
}

/// A stretch of rows that gave way to another. A row that moved is removed and inserted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Splice {
    /// How many rows stand before it.
    pub at: usize,
    /// The rows that stood there and don't any more.
    pub removed: Vec<RowId>,
    /// The rows that stand there now.
    pub inserted: Vec<RowId>,
}

impl OrderChange {
    /// Whether nothing changed.
    pub fn is_unchanged(&self) -> bool {
        *self == Self::Unchanged
    }

    /// Adds what happened after.
    pub fn then(&mut self, later: Self) {
        match later {
            Self::Unchanged => {}
            Self::Replaced => *self = Self::Replaced,
            Self::Spliced(splices) => {
                for splice in splices {
                    self.splice(splice);
                }
            }
        }
    }

    pub(crate) fn splice(&mut self, later: Splice) {
        match self {
            Self::Replaced => {}
            Self::Unchanged => *self = Self::Spliced(vec![later]),
            Self::Spliced(splices) => match splices.last_mut() {
                Some(last) if last.touches(&later) => last.absorb(later),
                _ => splices.push(later),
            },
        }
    }
}

impl Splice {
    /// Whether a later splice begins or ends within or at what this one inserted.
    fn touches(&self, later: &Self) -> bool {
        later.at <= self.at + self.inserted.len() && later.at + later.removed.len() >= self.at
    }

    /// Makes one of two that touch.
    fn absorb(&mut self, mut later: Self) {
        let from = later.at.max(self.at);
        let to = (later.at + later.removed.len()).min(self.at + self.inserted.len());
        let after = later.removed.split_off(to - later.at);
        later.removed.truncate(self.at.saturating_sub(later.at));
        // What is left of the later one's removed rows stood around what this one inserted.
        self.removed.splice(..0, later.removed);
        self.removed.extend(after);
        self.inserted
            .splice(from - self.at..to - self.at, later.inserted);
        self.at = self.at.min(later.at);
    }
}

#[cfg(test)]
mod tests {
    use super::{OrderChange, Splice};
    use crate::RowId;
    use proptest::prelude::*;

    fn apply(rows: &mut Vec<RowId>, change: &OrderChange) {
        let OrderChange::Spliced(splices) = change else {
            return;
        };
        for splice in splices {
            let end = splice.at + splice.removed.len();
            let removed: Vec<RowId> = rows
                .splice(splice.at..end, splice.inserted.iter().copied())
                .collect();
            assert_eq!(removed, splice.removed);
        }
    }

    proptest! {
        #[test]
        fn splices_that_touch_become_one_and_mean_the_same(
            steps in prop::collection::vec((any::<prop::sample::Index>(), 0..4_usize, 0..4_usize), 1..20)
        ) {
            let before: Vec<RowId> = (0..10).map(RowId).collect();
            let mut after = before.clone();
            let mut change = OrderChange::default();
            let mut fresh = 100;
            for (at, removed, inserted) in steps {
                let at = at.index(after.len() + 1);
                let end = (at + removed).min(after.len());
                let inserted: Vec<RowId> = (0..inserted).map(|_| { fresh += 1; RowId(fresh) }).collect();
                let removed = after.splice(at..end, inserted.iter().copied()).collect();
                change.splice(Splice { at, removed, inserted });
            }
            let mut replayed = before;
            apply(&mut replayed, &change);
            prop_assert_eq!(replayed, after);
        }

        #[test]
        fn rows_put_to_one_end_are_one_splice(many in 1..60_u64, front in any::<bool>()) {
            let mut change = OrderChange::default();
            for row in 0..many {
                let at = if front { 0 } else { usize::try_from(row).unwrap_or_default() };
                change.splice(Splice { at, removed: Vec::new(), inserted: vec![RowId(row)] });
            }
            prop_assert!(matches!(change, OrderChange::Spliced(splices) if splices.len() == 1));
        }
    }
}
