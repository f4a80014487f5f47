//! A list of rows of different heights, of which only those near the reader's eye are drawn: how high each is, where it
//! stands, which are worth drawing, and how far the whole has to be moved so that what is read stays where it is.
//!
//! Pure: no browser, no clock. The widget tells it what was scrolled, measured and inserted, and does what it says.

mod eye;
mod heights;
mod length;
mod span;
mod viewport;

pub use eye::Eye;
pub use heights::{Heights, Place};
pub use length::Length;
pub use span::Span;
pub use viewport::Viewport;
