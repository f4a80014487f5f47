use crate::Length;
use std::cmp::Ordering;

/// Names a row of [`Heights`] until it is removed, wherever it moves. Afterwards the name may be given anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place(u32);

const NONE: u32 = u32::MAX;

/// The rows of a list in order, each with its height. Every operation takes a number of steps that grows with the
/// logarithm of the rows: to insert or remove one anywhere, to change its height, to say where it stands, to find the one
/// that stands somewhere (M13).
///
/// A treap: a search tree by position that is kept balanced by random priorities, with sums over each subtree.
#[derive(Debug)]
pub struct Heights<Key> {
    nodes: Vec<Node<Key>>,
    root: u32,
    /// The first of the nodes that are free again, linked by their `parent`.
    free: u32,
    random: u32,
}

#[derive(Debug)]
struct Node<Key> {
    /// None once the row is removed.
    key: Option<Key>,
    height: Length,
    measured: bool,
    priority: u32,
    parent: u32,
    left: u32,
    right: u32,
    /// Of the subtree.
    rows: u32,
    /// Of the subtree.
    sum: Length,
}

impl<Key> Default for Heights<Key> {
    fn default() -> Self {
        Self {
            nodes: Vec::new(),
            root: NONE,
            free: NONE,
            random: 0x9E37_79B9,
        }
    }
}

impl<Key: Copy + PartialEq> Heights<Key> {
    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows(self.root)
    }

    /// There are none.
    pub fn is_empty(&self) -> bool {
        self.root == NONE
    }

    /// The sum of all heights.
    pub fn total(&self) -> Length {
        self.sum(self.root)
    }

    /// Puts a row before the one at that position, or at the end.
    pub fn insert(&mut self, at: usize, key: Key, height: Length, measured: bool) -> Place {
        // Xorshift: the tree has to be shuffled, not unforeseeable.
        self.random ^= self.random << 13;
        self.random ^= self.random >> 17;
        self.random ^= self.random << 5;
        let node = Node {
            key: Some(key),
            height,
            measured,
            priority: self.random,
            parent: NONE,
            left: NONE,
            right: NONE,
            rows: 1,
            sum: height,
        };
        let index = self.store(node);
        let (before, after) = self.split(self.root, at);
        let before = self.join(before, index);
        self.root = self.join(before, after);
        Place(index)
    }

    /// Takes the row at that position away, and answers which it was.
    pub fn remove(&mut self, at: usize) -> Option<Key> {
        if at >= self.len() {
            return None;
        }
        let (before, rest) = self.split(self.root, at);
        let (removed, after) = self.split(rest, 1);
        self.root = self.join(before, after);
        let node = self.nodes.get_mut(removed as usize)?;
        node.parent = self.free;
        self.free = removed;
        node.key.take()
    }

    /// The row at that position.
    pub fn at(&self, at: usize) -> Option<Place> {
        let mut rest = at;
        let mut index = self.root;
        while let Some(node) = self.node(index) {
            let left = self.rows(node.left);
            match rest.cmp(&left) {
                Ordering::Less => index = node.left,
                Ordering::Equal => return Some(Place(index)),
                Ordering::Greater => {
                    rest -= left + 1;
                    index = node.right;
                }
            }
        }
        None
    }

    /// A row's position, counted from the first.
    pub fn position(&self, place: Place) -> usize {
        let mut rows = self.node(place.0).map_or(0, |node| self.rows(node.left));
        self.climb(place, |tree, parent| rows += tree.rows(parent.left) + 1);
        rows
    }

    /// The sum of the heights of all rows behind that one.
    pub fn behind(&self, place: Place) -> Length {
        let mut before = self
            .node(place.0)
            .map_or(Length::ZERO, |node| self.sum(node.left) + node.height);
        self.climb(place, |tree, parent| {
            before += tree.sum(parent.left) + parent.height;
        });
        self.total() - before
    }

    /// The row that covers the point so far before the end: of two that meet there, the earlier one. The first or the
    /// last row where the point lies beyond.
    pub fn find(&self, before_end: Length) -> Option<Place> {
        let mut rest = before_end;
        let mut index = self.root;
        loop {
            let node = self.node(index)?;
            let right = self.sum(node.right);
            let next = if rest < right {
                node.right
            } else {
                rest -= right;
                if rest < node.height {
                    return Some(Place(index));
                }
                rest -= node.height;
                node.left
            };
            if next == NONE {
                return Some(Place(index));
            }
            index = next;
        }
    }

    /// Which row it is, unless it was removed.
    pub fn key(&self, place: Place) -> Option<Key> {
        self.node(place.0)?.key
    }

    /// Where a row is. Looks at every row, in the order in which they came.
    pub fn find_key(&self, key: Key) -> Option<Place> {
        let at = self.nodes.iter().position(|node| node.key == Some(key))?;
        u32::try_from(at).ok().map(Place)
    }

    /// How high a row is, or is thought to be.
    pub fn height(&self, place: Place) -> Length {
        self.node(place.0).map_or(Length::ZERO, |node| node.height)
    }

    /// A row's height was seen, not guessed.
    pub fn is_measured(&self, place: Place) -> bool {
        self.node(place.0).is_some_and(|node| node.measured)
    }

    /// A row's height was seen.
    pub fn measure(&mut self, place: Place, height: Length) {
        let Some(node) = self.nodes.get_mut(place.0 as usize) else {
            return;
        };
        let change = height - node.height;
        node.height = height;
        node.measured = true;
        let mut index = place.0;
        while let Some(node) = self.nodes.get_mut(index as usize) {
            node.sum += change;
            index = node.parent;
        }
    }

    /// Calls for every ancestor of a row that the row lies to the right of.
    fn climb(&self, place: Place, mut call: impl FnMut(&Self, &Node<Key>)) {
        let mut child = place.0;
        let mut index = self.node(child).map_or(NONE, |node| node.parent);
        while let Some(node) = self.node(index) {
            if node.right == child {
                call(self, node);
            }
            child = index;
            index = node.parent;
        }
    }

    fn node(&self, index: u32) -> Option<&Node<Key>> {
        self.nodes.get(index as usize)
    }

    fn rows(&self, index: u32) -> usize {
        self.node(index).map_or(0, |node| node.rows as usize)
    }

    fn sum(&self, index: u32) -> Length {
        self.node(index).map_or(Length::ZERO, |node| node.sum)
    }

    fn store(&mut self, node: Node<Key>) -> u32 {
        let index = self.free;
        if let Some(place) = self.nodes.get_mut(index as usize) {
            self.free = place.parent;
            *place = node;
            return index;
        }
        self.nodes.push(node);
        u32::try_from(self.nodes.len() - 1).unwrap_or(NONE)
    }

    /// Divides a tree into its first rows, so many, and the others.
    fn split(&mut self, index: u32, rows: usize) -> (u32, u32) {
        let Some(node) = self.node(index) else {
            return (NONE, NONE);
        };
        let (left, right) = (node.left, node.right);
        let before = self.rows(left) + 1;
        if rows < before {
            let (first, rest) = self.split(left, rows);
            self.adopt(index, Some(rest), None);
            (first, index)
        } else {
            let (first, rest) = self.split(right, rows - before);
            self.adopt(index, None, Some(first));
            (index, rest)
        }
    }

    /// One tree of two: all rows of the first stand before those of the second.
    fn join(&mut self, first: u32, second: u32) -> u32 {
        let (Some(before), Some(after)) = (self.node(first), self.node(second)) else {
            return if first == NONE { second } else { first };
        };
        if before.priority > after.priority {
            let right = self.join(before.right, second);
            self.adopt(first, None, Some(right));
            first
        } else {
            let left = self.join(first, after.left);
            self.adopt(second, Some(left), None);
            second
        }
    }

    /// Gives a node new children, and makes it a root.
    fn adopt(&mut self, index: u32, left: Option<u32>, right: Option<u32>) {
        let Some(node) = self.nodes.get_mut(index as usize) else {
            return;
        };
        node.parent = NONE;
        node.left = left.unwrap_or(node.left);
        node.right = right.unwrap_or(node.right);
        let (left, right, height) = (node.left, node.right, node.height);
        let (rows, sum) = (
            self.rows(left) + self.rows(right) + 1,
            self.sum(left) + self.sum(right) + height,
        );
        if let Some(node) = self.nodes.get_mut(index as usize) {
            node.rows = u32::try_from(rows).unwrap_or(NONE);
            node.sum = sum;
        }
        for child in [left, right] {
            if let Some(child) = self.nodes.get_mut(child as usize) {
                child.parent = index;
            }
        }
    }
}
