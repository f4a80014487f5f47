use super::Key;
use crate::{RowId, Splice};
use std::collections::VecDeque;
use std::ops::Range;
use std::rc::Rc;

/// Rows by their keys. Finding is logarithmic, adding to either end is cheap however many there are, and in between it
/// moves the shorter side.
#[derive(Debug, Default)]
pub(crate) struct Order {
    places: VecDeque<Place>,
}

pub(crate) type Place = (Rc<Key>, RowId);

impl Order {
    pub fn len(&self) -> usize {
        self.places.len()
    }

    pub fn get(&self, at: usize) -> Option<&Place> {
        self.places.get(at)
    }

    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Place> {
        self.places.iter()
    }

    /// Those of that stretch; as many of them as there are.
    pub fn range(&self, range: Range<usize>) -> impl Iterator<Item = &Place> {
        let end = range.end.min(self.len());
        self.places.range(range.start.min(end)..end)
    }

    /// How many stand before that key.
    pub fn rank(&self, key: &Key) -> usize {
        self.places.partition_point(|(other, _)| **other < *key)
    }

    /// Where that key stands.
    pub fn position(&self, key: &Key) -> Option<usize> {
        let at = self.rank(key);
        let (other, _) = self.places.get(at)?;
        (**other == *key).then_some(at)
    }

    pub fn insert(&mut self, key: Rc<Key>, row: RowId) -> Splice {
        let at = self.rank(&key);
        self.places.insert(at, (key, row));
        Splice {
            at,
            removed: Vec::new(),
            inserted: vec![row],
        }
    }

    /// Adds rows that are in their order. At either end they are one splice.
    pub fn insert_all(&mut self, mut rows: VecDeque<Place>) -> Vec<Splice> {
        let (Some(first), Some(last)) = (rows.front(), rows.back()) else {
            return Vec::new();
        };
        let ids = |rows: &VecDeque<Place>| rows.iter().map(|(_, row)| *row).collect();
        let at_start = self.places.front().is_none_or(|own| own.0 > last.0);
        let at_end = self.places.back().is_none_or(|own| own.0 < first.0);
        let (at, inserted) = (self.places.len(), ids(&rows));
        let at = if at_start {
            rows.append(&mut self.places);
            self.places = rows;
            0
        } else if at_end {
            self.places.append(&mut rows);
            at
        } else {
            let rows = rows.into_iter();
            return rows.map(|(key, row)| self.insert(key, row)).collect();
        };
        vec![Splice {
            at,
            removed: Vec::new(),
            inserted,
        }]
    }

    pub fn remove(&mut self, key: &Key) -> Option<Splice> {
        let at = self.position(key)?;
        let (_, row) = self.places.remove(at)?;
        Some(Splice {
            at,
            removed: vec![row],
            inserted: Vec::new(),
        })
    }

    /// Gives a key's place to another row.
    pub fn replace(&mut self, key: &Key, row: RowId) -> Option<Splice> {
        let at = self.position(key)?;
        let (_, place) = self.places.get_mut(at)?;
        Some(Splice {
            at,
            removed: vec![std::mem::replace(place, row)],
            inserted: vec![row],
        })
    }

    /// Takes away all from that rank on.
    pub fn split_from(&mut self, rank: usize) -> VecDeque<Place> {
        self.places.split_off(rank.min(self.places.len()))
    }
}

impl From<Order> for VecDeque<Place> {
    fn from(order: Order) -> Self {
        order.places
    }
}

impl From<VecDeque<Place>> for Order {
    fn from(places: VecDeque<Place>) -> Self {
        Self { places }
    }
}
