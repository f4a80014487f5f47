//! The tree of heights against a plain vector.
#![allow(
    clippy::unwrap_used,
    reason = "a test that lacks what it expects has failed"
)]

use proptest::prelude::*;
use virtual_list::{Heights, Length};

#[derive(Clone, Debug)]
enum Step {
    Insert(usize, i64),
    Remove(usize),
    Measure(usize, i64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (any::<usize>(), 0..500_i64).prop_map(|(at, height)| Step::Insert(at, height)),
        2 => any::<usize>().prop_map(Step::Remove),
        2 => (any::<usize>(), 0..500_i64).prop_map(|(at, height)| Step::Measure(at, height)),
    ]
}

proptest! {
    #[test]
    fn m13_it_is_what_a_plain_vector_is(steps in prop::collection::vec(step(), 0..200)) {
        let mut tree = Heights::default();
        let mut plain: Vec<(u64, Length)> = Vec::new();
        let mut next = 0;
        for step in steps {
            let rows = plain.len();
            match step {
                Step::Insert(at, height) => {
                    let (at, height) = (at % (rows + 1), Length::whole(height));
                    tree.insert(at, next, height, false);
                    plain.insert(at, (next, height));
                    next += 1;
                }
                Step::Remove(at) if rows > 0 => {
                    let at = at % rows;
                    let (key, _) = plain.remove(at);
                    prop_assert_eq!(tree.remove(at), Some(key));
                }
                Step::Measure(at, height) if rows > 0 => {
                    let (at, height) = (at % rows, Length::whole(height));
                    tree.measure(tree.at(at).unwrap(), height);
                    plain[at].1 = height;
                }
                _ => {
                    prop_assert_eq!(tree.remove(0), None);
                }
            }
        }
        prop_assert_eq!(tree.len(), plain.len());
        prop_assert_eq!(tree.total(), plain.iter().map(|row| row.1).sum::<Length>());
        prop_assert_eq!(tree.at(plain.len()), None);
        let mut behind = tree.total();
        for (at, (key, height)) in plain.iter().enumerate() {
            let place = tree.at(at).unwrap();
            behind -= *height;
            prop_assert_eq!(tree.key(place), Some(*key));
            prop_assert_eq!(tree.find_key(*key), Some(place));
            prop_assert_eq!(tree.position(place), at);
            prop_assert_eq!(tree.height(place), *height);
            prop_assert_eq!(tree.behind(place), behind);
            if *height > Length::ZERO {
                prop_assert_eq!(tree.find(behind), Some(place));
                prop_assert_eq!(tree.find(behind + *height - Length::LEAST), Some(place));
            }
        }
        prop_assert_eq!(tree.find(-Length::LEAST), tree.at(plain.len().saturating_sub(1)));
        prop_assert_eq!(tree.find(tree.total() + Length::LEAST), tree.at(0));
    }
}

#[test]
fn m13_a_hundred_thousand_rows_are_no_burden() {
    let mut tree = Heights::default();
    // Half of it live at the end, half of it history in pages at the beginning.
    for key in 0..50_000 {
        tree.insert(tree.len(), key, Length::whole(40), false);
    }
    for page in 0..1_000 {
        for row in 0..50 {
            tree.insert(
                row,
                50_000 + page * 50 + row as u64,
                Length::whole(60),
                false,
            );
        }
    }
    assert_eq!(tree.len(), 100_000);
    assert_eq!(tree.total(), Length::whole(50_000 * 40 + 50_000 * 60));
    for at in (0..100_000).step_by(97) {
        let place = tree.at(at).unwrap();
        tree.measure(place, Length::whole(100));
        assert_eq!(tree.position(place), at);
        assert_eq!(tree.find(tree.behind(place)), Some(place));
    }
    // A tree that has lost its balance would be deeper than the stack is.
    while !tree.is_empty() {
        tree.remove(tree.len() / 2);
    }
}
