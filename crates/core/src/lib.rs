//! What a conversation is: events in, state and effects out.
//!
//! [`Chat::update`] is a pure function of the state, an [`Event`] and a [`Moment`]: no DOM, no clock, no I/O, no
//! randomness of its own and nothing asynchronous. Whatever it wants done it asks for as an [`Effect`]; what came
//! of it comes back as another event. So a whole session with reconnects, duplicates and lost answers replays in a
//! native test in microseconds, and every delivery order of the same frames ends in the same state.

mod change;
mod chat;
mod connection;
mod effect;
mod event;
mod http;
mod moment;
mod outbox;
mod permissions;
mod row;
mod session;
pub mod text;
mod timeline;

pub use change::{Changes, OrderChange, Splice};
pub use chat::{Chat, Find, FindState, Jump, JumpState, Options, Posting, Rest, Typing, Unread};
pub use connection::{ConnectionStatus, SocketId};
pub use effect::{Announcement, Effect, PageEvent, Timer};
pub use event::{Event, SocketEvent};
pub use http::{HttpOutcome, HttpRequest, Method, RequestId};
pub use moment::Moment;
pub use outbox::{Delivery, Failure};
pub use permissions::permissions;
pub use row::{
    Author, Deletion, Kind, LinkCard, Pinned, PollAnswer, PollView, Quote, ReactedBy, ReactionView,
    Row, RowId, WhoReacted, WhoReactedState,
};
pub use session::{Identity, Refusal, Status};
pub use timeline::{Newer, Older};
