//! Everything that the widget says by itself. `catalogs/` has a file for each language; none of them is in the widget, which
//! is handed the one that it speaks, as [`catalogs::compact`] writes it. Only words, plurals and numbers live here: where they
//! are shown is not known.

#[cfg(feature = "catalogs")]
pub mod catalogs;
mod keys;
mod numbers;
mod sentence;

pub use keys::{KEYS, Key, Kind, Strings};
pub use numbers::{Category, Numbers};
pub use sentence::Sentence;
