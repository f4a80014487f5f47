//! What a message looks like, as a tree of elements, for whatever can make elements: the browser's document in the
//! widget, a string of HTML in the proxy, which paints the first page before the widget is there. One source for both,
//! so that the widget takes over the very rows that were painted.
//!
//! Nothing here knows of events, signals or requests.

pub mod address;
mod dates;
#[cfg(feature = "html")]
pub mod html;
pub mod icons;
mod pen;
pub mod row;
pub mod strings;
pub mod text;

pub use dates::Dates;
pub use pen::Pen;
