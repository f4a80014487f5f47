//! What a message looks like, as a tree of elements, for whatever can make elements: the browser's document in the
//! widget, a string of HTML in the proxy, which paints the first page before the widget is there. One source for both,
//! so that the widget takes over the very rows that were painted.
//!
//! Nothing here knows of events, signals or requests.

pub mod address;
pub mod composer;
mod dates;
pub mod exposed;
pub mod frame;
pub mod history;
#[cfg(feature = "html")]
pub mod html;
pub mod icons;
#[cfg(feature = "html")]
pub mod painting;
mod pen;
pub mod pinned;
pub mod row;
#[cfg(feature = "html")]
pub mod sanitiser;
pub mod text;

pub use dates::Dates;
pub use pen::Pen;
