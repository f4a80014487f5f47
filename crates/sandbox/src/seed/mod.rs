//! The seeded conversation: thousands of realistic messages of a film photography community, the same for the same
//! seed on every machine. Text, people and times only: nothing here knows the database, HTTP or the clock.

mod conversation;
mod feedback;
mod files;
mod material;
mod message;
mod phrase;
mod random;
mod schedule;
mod timeline;
mod words;

#[cfg(test)]
mod tests;

pub(crate) use random::Random;

pub use message::{SeededAttachment, SeededMessage};
pub use timeline::messages;
