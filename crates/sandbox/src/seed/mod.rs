//! The seeded conversation: thousands of realistic messages of a film photography community, the same for the same
//! seed on every machine. Text, people and times only: nothing here knows the database, HTTP or the clock.

mod message;

pub use message::{SeededAttachment, SeededMessage};

// `pub fn messages(seed: u64, count: usize, last_millis: i64, authors: &[&str]) -> Vec<SeededMessage>`
// follows: `authors[0]` is the owner, `authors[1]` a moderator, the others are members.
