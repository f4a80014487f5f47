//! One message with all its parts. A drawn row knows what it shows, and only the parts that changed since are touched.
//! What is clicked in it is named by `data-act`; whoever shows the row does it.

mod attachments;
mod avatar;
mod blur;
mod cards;
mod delivery;
mod files;
mod heading;
mod parts;
mod poll;
mod quote;
mod reactions;
mod tools;

pub use attachments::pictures;
use chat_core::Row;
pub use parts::Parts;
use std::rc::Rc;

/// Marks a row's element that was painted before the widget came, until the widget has taken it over.
pub const PAINTED: &str = "data-painted";

/// A row as it is drawn.
pub struct Shown {
    /// What it says.
    pub row: Rc<Row>,
    /// What the visitor may do with it.
    pub may: May,
    /// The day that begins with it, as it is written.
    pub day: Option<String>,
    /// The unread messages begin with it.
    pub starts_unread: bool,
    /// When it was posted, as it is written at this moment.
    pub time: String,
}

/// What the visitor may do with a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct May {
    /// React and vote.
    pub react: bool,
    /// Post, and so answer.
    pub post: bool,
    /// Delete others' messages.
    pub moderate: bool,
}
