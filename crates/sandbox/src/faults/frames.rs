use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// What becomes of a frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FrameTreatment {
    /// It never comes.
    pub is_lost: bool,
    /// It comes so many times more.
    pub copies: u32,
    /// It waits, and those after it, too.
    pub delay: Duration,
    /// It is overtaken by so many frames, or comes after that time.
    pub overtaken: Option<(u32, Duration)>,
}

/// Frames on their way to one websocket.
#[derive(Debug)]
pub struct FrameQueue<T> {
    /// In the order in which they come, each not before its moment.
    waiting: VecDeque<(Instant, T)>,
    /// Each until so many others have come, or until its moment.
    overtaken: Vec<(u32, Instant, T)>,
}

/// With so many on their way, no more are taken in.
const MOST_WAITING: usize = 4_096;

impl<T: Clone> FrameQueue<T> {
    /// With nothing on its way.
    pub fn new() -> Self {
        Self {
            waiting: VecDeque::new(),
            overtaken: Vec::new(),
        }
    }

    /// Whether another frame may be put in.
    pub fn has_room(&self) -> bool {
        self.waiting.len() + self.overtaken.len() < MOST_WAITING
    }

    /// Puts a frame in, to be treated so.
    pub fn push(&mut self, frame: T, treatment: FrameTreatment, now: Instant) {
        if treatment.is_lost {
            return;
        }
        if let Some((by, longest)) = treatment.overtaken.filter(|(by, _)| *by > 0) {
            self.overtaken.push((by, now + longest, frame));
            return;
        }
        let last = self.waiting.back().map_or(now, |(due, _)| *due);
        let due = last.max(now + treatment.delay);
        for _ in 0..treatment.copies {
            self.waiting.push_back((due, frame.clone()));
        }
        self.waiting.push_back((due, frame));
    }

    /// When the next frame comes, if nothing else does.
    pub fn next_due(&self) -> Option<Instant> {
        let overtaken = self.overtaken.iter().map(|(_, due, _)| *due).min();
        let waiting = self.waiting.front().map(|(due, _)| *due);
        [overtaken, waiting].into_iter().flatten().min()
    }

    /// The next frame that has come by that moment.
    pub fn pop(&mut self, now: Instant) -> Option<T> {
        let is_done = |(by, due, _): &(u32, Instant, T)| *by == 0 || *due <= now;
        if let Some(index) = self.overtaken.iter().position(is_done) {
            return Some(self.overtaken.remove(index).2);
        }
        self.waiting.front().filter(|(due, _)| *due <= now)?;
        let (_, frame) = self.waiting.pop_front()?;
        for (by, _, _) in &mut self.overtaken {
            *by = by.saturating_sub(1);
        }
        Some(frame)
    }

    /// All that is left, whatever it waits for.
    pub fn drain(&mut self) -> impl Iterator<Item = T> {
        let waiting = std::mem::take(&mut self.waiting);
        let overtaken = std::mem::take(&mut self.overtaken);
        waiting
            .into_iter()
            .map(|(_, frame)| frame)
            .chain(overtaken.into_iter().map(|(_, _, frame)| frame))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: FrameTreatment = FrameTreatment {
        is_lost: false,
        copies: 0,
        delay: Duration::ZERO,
        overtaken: None,
    };

    fn all(queue: &mut FrameQueue<char>, now: Instant) -> String {
        std::iter::from_fn(|| queue.pop(now)).collect()
    }

    #[test]
    fn untouched_frames_come_at_once_and_in_order() {
        let (mut queue, now) = (FrameQueue::new(), Instant::now());
        "abc"
            .chars()
            .for_each(|frame| queue.push(frame, PLAIN, now));
        assert_eq!(all(&mut queue, now), "abc");
        assert_eq!(queue.next_due(), None);
    }

    #[test]
    fn a_delay_holds_up_what_follows() {
        let (mut queue, now) = (FrameQueue::new(), Instant::now());
        let delay = Duration::from_secs(2);
        queue.push('a', FrameTreatment { delay, ..PLAIN }, now);
        queue.push('b', PLAIN, now + Duration::from_secs(1));
        assert_eq!(all(&mut queue, now + Duration::from_secs(1)), "");
        assert_eq!(queue.next_due(), Some(now + delay));
        assert_eq!(all(&mut queue, now + delay), "ab");
    }

    #[test]
    fn copies_loss_and_overtaking() {
        let (mut queue, now) = (FrameQueue::new(), Instant::now());
        let longest = Duration::from_secs(1);
        let lost = FrameTreatment {
            is_lost: true,
            ..PLAIN
        };
        let overtaken = FrameTreatment {
            overtaken: Some((2, longest)),
            ..PLAIN
        };
        queue.push('a', overtaken, now);
        queue.push('b', FrameTreatment { copies: 1, ..PLAIN }, now);
        queue.push('c', lost, now);
        assert_eq!(all(&mut queue, now), "bba");
        queue.push('d', overtaken, now);
        queue.push('e', PLAIN, now);
        assert_eq!(all(&mut queue, now), "e");
        assert_eq!(queue.next_due(), Some(now + longest));
        assert_eq!(all(&mut queue, now + longest), "d");
    }

    #[test]
    fn no_more_are_taken_in_than_can_wait() {
        let (mut queue, now) = (FrameQueue::new(), Instant::now());
        let delay = Duration::from_secs(60);
        while queue.has_room() {
            queue.push('x', FrameTreatment { delay, ..PLAIN }, now);
        }
        assert_eq!(queue.drain().count(), MOST_WAITING);
        assert!(queue.has_room());
    }
}
