//! A reader of a list whose rows are seen to be higher or lower than they were thought to be.
#![allow(
    clippy::unwrap_used,
    reason = "a test that lacks what it expects has failed"
)]

use proptest::prelude::*;
use virtual_list::{Eye, Length, Place, Viewport};

const FOOT: Length = Length::whole(12);
const VIEW: i64 = 600;

/// The list as a browser has it: what a row's height really is comes out when it is drawn.
struct Screen {
    viewport: Viewport<u64>,
    next: u64,
    drawn: usize,
}

/// Rows are between 20 and 419 pixels high.
fn true_height(key: u64) -> Length {
    Length::whole(20 + i64::try_from(key.wrapping_mul(2_654_435_761) % 400).unwrap())
}

impl Screen {
    fn new(rows: usize) -> Self {
        let mut screen = Self {
            viewport: Viewport::new(FOOT),
            next: 0,
            drawn: 0,
        };
        screen.viewport.resize(Length::whole(VIEW));
        screen.insert(0, rows);
        screen.draw();
        screen
    }

    fn insert(&mut self, at: usize, rows: usize) {
        let keys = self.next..self.next + rows as u64;
        self.next = keys.end;
        self.viewport.splice(at, 0, keys);
    }

    /// Draws and measures what is wanted, until what is wanted is drawn.
    fn draw(&mut self) {
        loop {
            let Some(span) = self.viewport.wanted() else {
                return;
            };
            let heights = self.viewport.heights();
            let new: Vec<Place> = (span.first..=span.last)
                .filter_map(|at| heights.at(at))
                .filter(|place| !heights.is_measured(*place))
                .collect();
            self.drawn = self.drawn.max(span.last - span.first + 1);
            if new.is_empty() {
                return;
            }
            for place in new {
                let key = self.viewport.heights().key(place).unwrap();
                self.viewport.measure(place, true_height(key));
            }
        }
    }

    /// As a browser does: not further than the list reaches.
    fn scroll(&mut self, by: Length) {
        let list = self.viewport.heights().total() + FOOT + self.viewport.shift();
        let most = (list - self.viewport.extent()).max(Length::ZERO);
        let to = (self.viewport.scrolled() + by).max(Length::ZERO).min(most);
        self.viewport.scroll(to);
        self.draw();
    }

    fn rows(&self) -> usize {
        self.viewport.heights().len()
    }

    fn assert_whole(&self) {
        let viewport = &self.viewport;
        assert!(
            viewport.below() >= Length::ZERO,
            "there is a hole below the last row"
        );
        let Some(sight) = viewport.in_sight() else {
            return;
        };
        for at in sight.first..=sight.last {
            let place = viewport.heights().at(at).unwrap();
            assert!(
                viewport.heights().is_measured(place),
                "a row in sight is not drawn"
            );
        }
        let last = viewport.heights().at(sight.last).unwrap();
        let lower = viewport.top(last) + viewport.heights().height(last);
        assert!(lower + FOOT >= viewport.extent() || viewport.above() < Length::ZERO);
    }
}

#[derive(Clone, Debug)]
enum Step {
    Scroll(i64),
    Older(usize),
    Newer(usize),
    Within(usize),
    Remove(usize),
    Grow(usize, i64),
    Settle { refused: bool },
    Rest,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (-900..900_i64).prop_map(Step::Scroll),
        1 => (-90_000..90_000_i64).prop_map(Step::Scroll),
        2 => (1..60_usize).prop_map(Step::Older),
        2 => (1..5_usize).prop_map(Step::Newer),
        1 => any::<usize>().prop_map(Step::Within),
        1 => any::<usize>().prop_map(Step::Remove),
        2 => (any::<usize>(), 20..900_i64).prop_map(|(at, height)| Step::Grow(at, height)),
        2 => any::<bool>().prop_map(|refused| Step::Settle { refused }),
        1 => Just(Step::Rest),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn m1_m5_nothing_moves_under_the_readers_eye_but_by_the_reader(
        rows in 1..400_usize,
        steps in prop::collection::vec(step(), 1..60),
    ) {
        let mut screen = Screen::new(rows);
        for step in steps {
            let before = screen.viewport.eye();
            let by_reader = matches!(step, Step::Scroll(_));
            let count = screen.rows();
            match step {
                Step::Scroll(by) => screen.scroll(Length::whole(by)),
                Step::Older(rows) => screen.insert(0, rows),
                Step::Newer(rows) => screen.insert(count, rows),
                Step::Within(at) => screen.insert(at % (count + 1), 1),
                Step::Remove(at) if count > 1 => {
                    let at = at % count;
                    let gone = screen.viewport.heights().at(at).unwrap();
                    if matches!(before, Eye::Row { place, .. } if place == gone) {
                        continue;
                    }
                    screen.viewport.splice(at, 1, []);
                }
                Step::Grow(at, height) if count > 0 => {
                    let place = screen.viewport.heights().at(at % count).unwrap();
                    if screen.viewport.heights().is_measured(place) {
                        screen.viewport.measure(place, Length::whole(height));
                    }
                }
                Step::Remove(_) | Step::Grow(..) => {}
                Step::Settle { refused } => {
                    if let Some(to) = screen.viewport.settled() {
                        let to = if refused { screen.viewport.scrolled() } else { to };
                        screen.viewport.settle(to);
                        if !refused {
                            prop_assert!(screen.viewport.shift().abs() < Length::whole(1));
                        }
                    }
                }
                Step::Rest => screen.viewport.rest(),
            }
            screen.draw();
            screen.assert_whole();
            let viewport = &screen.viewport;
            match before {
                Eye::Row { place, top } if !by_reader => {
                    // What shrinks below the last row in sight lets the end come nearer.
                    let ended = viewport.below() == Length::ZERO;
                    prop_assert!(viewport.top(place) == top || ended, "{:?} moved", place);
                }
                Eye::End { below } if !by_reader => prop_assert_eq!(viewport.below(), below),
                _ => {}
            }
        }
        // Everything near: 600 pixels and what is drawn ahead, in rows of 20 pixels.
        prop_assert!(screen.drawn <= 30 + 24 + 30 + 3, "{} rows drawn", screen.drawn);
    }
}

#[test]
fn m4_who_is_at_the_end_stays_there() {
    let mut screen = Screen::new(50);
    for _ in 0..1_000 {
        let rows = screen.rows();
        screen.insert(rows, 1);
        screen.draw();
        assert!(screen.viewport.is_at_end());
        assert_eq!(
            (screen.viewport.below(), screen.viewport.shift()),
            (Length::ZERO, Length::ZERO)
        );
    }
}

#[test]
fn m3_a_position_that_is_refused_changes_nothing() {
    let mut screen = Screen::new(500);
    screen.scroll(Length::whole(5_000));
    let rows = screen.rows();
    screen.insert(rows, 3);
    screen.draw();
    let Eye::Row { place, top } = screen.viewport.eye() else {
        panic!("not reading")
    };
    assert!(screen.viewport.shift() < Length::ZERO);
    let to = screen.viewport.settled().unwrap();
    screen.viewport.settle(screen.viewport.scrolled());
    assert_eq!(screen.viewport.top(place), top);
    assert_eq!(screen.viewport.settled(), Some(to));
    screen.viewport.settle(to);
    assert_eq!(screen.viewport.top(place), top);
    assert_eq!(screen.viewport.settled(), None);
}

#[test]
fn m6_the_end_is_shown_from_anywhere() {
    let mut screen = Screen::new(5_000);
    screen.scroll(Length::whole(100_000));
    screen.viewport.to_end();
    screen.draw();
    screen.assert_whole();
    assert_eq!(screen.viewport.below(), Length::ZERO);
    // The scroller stands where it stood; scrolling up from here goes to the rows before the last.
    let last = screen.viewport.heights().at(4_999).unwrap();
    let top = screen.viewport.top(last);
    screen.scroll(Length::whole(100));
    assert_eq!(screen.viewport.top(last) - top, Length::whole(100));
}

#[test]
fn m7_a_row_is_shown_where_it_is_asked_for() {
    let mut screen = Screen::new(5_000);
    for at in [0, 17, 2_500, 4_990] {
        let place = screen.viewport.heights().at(at).unwrap();
        screen.viewport.show(place, Length::whole(200));
        screen.draw();
        screen.assert_whole();
        let top = screen.viewport.top(place);
        assert!(
            top == Length::whole(200) || screen.viewport.below() == Length::ZERO,
            "{top:?}"
        );
    }
}

#[test]
fn what_comes_after_a_part_of_history_is_not_followed() {
    let mut screen = Screen::new(50);
    screen.viewport.follow(false);
    let Eye::Row { place, top } = screen.viewport.eye() else {
        panic!("follows")
    };
    let rows = screen.rows();
    screen.insert(rows, 50);
    screen.draw();
    assert_eq!(screen.viewport.top(place), top);
    screen.viewport.follow(true);
    assert!(!screen.viewport.is_at_end());
}

#[test]
fn a_reader_whose_row_is_removed_keeps_the_one_beside_it() {
    let mut screen = Screen::new(500);
    screen.scroll(Length::whole(3_000));
    let Eye::Row { place, .. } = screen.viewport.eye() else {
        panic!("not reading")
    };
    let at = screen.viewport.heights().position(place);
    let next = screen.viewport.heights().at(at + 1).unwrap();
    let top = screen.viewport.top(next);
    screen.viewport.splice(at, 1, []);
    screen.draw();
    assert_eq!(screen.viewport.top(next), top);
    screen.viewport.splice(0, 499, []);
    assert!(screen.viewport.is_at_end());
}
