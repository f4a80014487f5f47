//! What the visitor sees: components that read a slice of the conversation and send events, nothing else.
//! No fetching, no sockets and no knowledge of what an event leads to.

mod acts;
mod announcer;
mod appearance;
mod composer;
mod dates;
mod deleting;
mod dom;
mod find;
mod frame;
mod intl;
mod keys;
mod later;
mod lightbox;
mod list;
mod pen;
mod pinned;
mod quick_reactions;
mod region;
mod row;
mod scene;
mod status;
mod touch;
mod who_reacted;

pub use appearance::{Appearance, ChatStyle, EmptyState, Theme};
pub use frame::{Begun, begin, draw};
pub use intl::{NUMBERS, read as read_strings};
