//! Does what the core asks: requests, sockets, timers, the page's own token address.
//! It decides nothing: each thing done comes back as an event, and dropping it undoes what is still under way.

/// Time and randomness.
pub mod clock;
mod http;
/// How letters are compared.
pub mod letters;
mod listener;
/// What the embedding page is asked, and told.
pub mod page;
mod performer;
mod prefetched;
mod socket;
mod storage;
mod timer;

pub use performer::{Performer, Place};
pub use prefetched::Prefetched;
