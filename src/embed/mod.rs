//! The door: how a page gets a widget, and how it gets rid of it.
//! The loader (`loader.js`) finds the elements and fetches the files; here begins what is compiled.

mod mount;
mod options;

pub use mount::{Mounted, mount};
