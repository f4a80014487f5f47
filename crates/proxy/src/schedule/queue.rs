use std::collections::{HashMap, VecDeque};

/// How urgent a call is. The more urgent goes first, whoever it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Urgency {
    /// Somebody wrote something.
    Write,
    /// A read whose answer many wait for.
    Shared,
    /// A read for one visitor, or what is needed to let them in.
    Visit,
    /// Nobody waits for it, such as looking after those who listen.
    Background,
}

const LANES: usize = 4;

/// What waits: the most urgent first, and of those that are as urgent each visitor's in turn.
pub struct Queue<T> {
    lanes: [Lane<T>; LANES],
}

struct Lane<T> {
    waiting: HashMap<String, VecDeque<T>>,
    /// Visitors with something that waits, whose turn is next in front.
    order: VecDeque<String>,
    length: usize,
}

impl<T> Default for Queue<T> {
    fn default() -> Self {
        Self {
            lanes: std::array::from_fn(|_| Lane {
                waiting: HashMap::new(),
                order: VecDeque::new(),
                length: 0,
            }),
        }
    }
}

impl<T> Queue<T> {
    /// Adds what waits behind what that visitor waits for already.
    pub fn push(&mut self, urgency: Urgency, visitor: &str, item: T) {
        if let Some(lane) = self.lanes.get_mut(urgency as usize) {
            lane.push(visitor, item);
        }
    }

    /// Takes what is next.
    pub fn pop(&mut self) -> Option<T> {
        self.lanes.iter_mut().find_map(Lane::pop)
    }

    /// How urgent what is next is.
    pub fn next_urgency(&self) -> Option<Urgency> {
        [
            Urgency::Write,
            Urgency::Shared,
            Urgency::Visit,
            Urgency::Background,
        ]
        .into_iter()
        .zip(&self.lanes)
        .find_map(|(urgency, lane)| (lane.length > 0).then_some(urgency))
    }

    /// How many go before one of that urgency that comes now for that visitor. What more others have waiting than the
    /// visitor does comes after.
    pub fn before(&self, urgency: Urgency, visitor: &str) -> usize {
        let place = urgency as usize;
        let more_urgent: usize = self.lanes.iter().take(place).map(|lane| lane.length).sum();
        more_urgent + self.lanes.get(place).map_or(0, |lane| lane.before(visitor))
    }

    /// How many wait for that visitor.
    pub fn waiting_for(&self, visitor: &str) -> usize {
        self.lanes
            .iter()
            .map(|lane| lane.waiting_for(visitor))
            .sum()
    }

    /// How many wait.
    pub fn len(&self) -> usize {
        self.lanes.iter().map(|lane| lane.length).sum()
    }

    /// Drops what nobody waits for any more.
    pub fn retain(&mut self, keep: impl Fn(&T) -> bool) {
        for lane in &mut self.lanes {
            lane.retain(&keep);
        }
    }
}

impl<T> Lane<T> {
    fn push(&mut self, visitor: &str, item: T) {
        self.length += 1;
        if let Some(own) = self.waiting.get_mut(visitor) {
            own.push_back(item);
            return;
        }
        self.waiting.insert(visitor.to_owned(), [item].into());
        self.order.push_back(visitor.to_owned());
    }

    fn waiting_for(&self, visitor: &str) -> usize {
        self.waiting.get(visitor).map_or(0, VecDeque::len)
    }

    fn before(&self, visitor: &str) -> usize {
        let round = self.waiting_for(visitor) + 1;
        let others = self.waiting.iter().filter(|(other, _)| *other != visitor);
        round - 1 + others.map(|(_, own)| own.len().min(round)).sum::<usize>()
    }

    fn pop(&mut self) -> Option<T> {
        let visitor = self.order.pop_front()?;
        let own = self.waiting.get_mut(&visitor)?;
        let item = own.pop_front()?;
        self.length -= 1;
        if own.is_empty() {
            self.waiting.remove(&visitor);
        } else {
            self.order.push_back(visitor);
        }
        Some(item)
    }

    fn retain(&mut self, keep: impl Fn(&T) -> bool) {
        self.waiting.retain(|_, own| {
            own.retain(&keep);
            !own.is_empty()
        });
        let waiting = &self.waiting;
        self.order.retain(|visitor| waiting.contains_key(visitor));
        self.length = waiting.values().map(VecDeque::len).sum();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_urgent_goes_first_and_visitors_take_turns() {
        let mut queue = Queue::default();
        for (urgency, visitor, item) in [
            (Urgency::Background, "", "look after"),
            (Urgency::Visit, "ada", "ada 1"),
            (Urgency::Visit, "ada", "ada 2"),
            (Urgency::Visit, "ada", "ada 3"),
            (Urgency::Visit, "bob", "bob 1"),
            (Urgency::Shared, "", "page"),
            (Urgency::Write, "chen", "message"),
            (Urgency::Visit, "bob", "bob 2"),
        ] {
            queue.push(urgency, visitor, item);
        }
        assert_eq!(queue.before(Urgency::Shared, ""), 2);
        assert_eq!(queue.before(Urgency::Visit, "chen"), 2 + 1 + 1);
        assert_eq!(queue.before(Urgency::Visit, "bob"), 2 + 2 + 3);
        assert_eq!(queue.waiting_for("ada"), 3);
        assert_eq!(queue.len(), 8);
        queue.retain(|item| *item != "ada 2");
        assert_eq!(queue.next_urgency(), Some(Urgency::Write));
        let order: Vec<_> = std::iter::from_fn(|| queue.pop()).collect();
        let expected = [
            "message",
            "page",
            "ada 1",
            "bob 1",
            "ada 3",
            "bob 2",
            "look after",
        ];
        assert_eq!(order, expected);
        assert_eq!((queue.len(), queue.next_urgency()), (0, None));
    }
}
