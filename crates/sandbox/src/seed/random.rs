/// PCG-XSH-RR 64/32 (O'Neill, 2014): the same numbers for the same seed on every machine, for ever.
/// A crate's generator may change with its version, and the seeded channel with it.
#[derive(Debug)]
pub struct Random {
    state: u64,
}

const MULTIPLIER: u64 = 6_364_136_223_846_793_005;
const INCREMENT: u64 = 1_442_695_040_888_963_407;

impl Random {
    /// The numbers of that seed.
    pub fn new(seed: u64) -> Self {
        let mut random = Self {
            state: seed.wrapping_add(INCREMENT),
        };
        random.bits();
        random
    }

    #[allow(
        clippy::cast_possible_truncation,
        reason = "the algorithm takes the low half"
    )]
    fn bits(&mut self) -> u32 {
        let old = self.state;
        self.state = old.wrapping_mul(MULTIPLIER).wrapping_add(INCREMENT);
        let shifted = (((old >> 18) ^ old) >> 27) as u32;
        shifted.rotate_right((old >> 59) as u32)
    }

    /// From 0 up to, not including, the bound. 0 where the bound is 0.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        let product = u128::from(self.bits()) * bound as u128;
        usize::try_from(product >> 32).unwrap_or_default()
    }

    /// From the first to the second, both included.
    pub fn between(&mut self, first: i64, last: i64) -> i64 {
        let span = usize::try_from(last - first + 1).unwrap_or(1);
        first + i64::try_from(self.below(span)).unwrap_or_default()
    }

    /// Whether a thing happens that happens that many times in a thousand.
    pub(super) fn chance(&mut self, per_mille: usize) -> bool {
        self.below(1_000) < per_mille
    }

    /// Whether a thing happens that happens that often: never at 0, always at 1.
    pub fn share(&mut self, share: f64) -> bool {
        f64::from(self.bits()) < share * (f64::from(u32::MAX) + 1.0)
    }

    /// One of the items; nothing where there is none.
    pub(super) fn pick<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        items.get(self.below(items.len()))
    }

    pub(super) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}

/// Gives each of its cards once before any comes again, so that a reader meets no text twice within a while.
pub(super) struct Deck<T> {
    cards: Vec<T>,
    next: usize,
}

impl<T: Clone> Deck<T> {
    pub(super) fn new(cards: Vec<T>, random: &mut Random) -> Self {
        let mut deck = Self { cards, next: 0 };
        random.shuffle(&mut deck.cards);
        deck
    }

    pub(super) fn draw(&mut self, random: &mut Random) -> Option<T> {
        if self.next >= self.cards.len() {
            // The halves are shuffled apart: the last card drawn can't be the next one.
            let middle = self.cards.len() / 2;
            let (first, second) = self.cards.split_at_mut(middle);
            random.shuffle(first);
            random.shuffle(second);
            self.next = 0;
        }
        let card = self.cards.get(self.next).cloned();
        self.next += 1;
        card
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_the_algorithm() {
        let mut random = Random::new(1);
        let drawn: Vec<usize> = (0..6).map(|_| random.below(1_000)).collect();
        // From the C reference: pcg32_srandom with seed 1 and the default stream.
        assert_eq!(drawn, [328, 417, 28, 458, 251, 600]);
    }

    #[test]
    fn stays_within_bounds() {
        let mut random = Random::new(7);
        for _ in 0..1_000 {
            assert!(random.below(3) < 3);
            assert!((-2..=2).contains(&random.between(-2, 2)));
        }
        assert_eq!(random.below(0), 0);
        assert_eq!(random.pick::<u8>(&[]), None);
    }

    #[test]
    fn a_deck_repeats_no_card_before_its_end() {
        let mut random = Random::new(7);
        let mut deck = Deck::new((0..10).collect(), &mut random);
        for _ in 0..5 {
            let mut round: Vec<u8> = (0..10).filter_map(|_| deck.draw(&mut random)).collect();
            round.sort_unstable();
            assert_eq!(round, (0..10).collect::<Vec<_>>());
        }
    }
}
