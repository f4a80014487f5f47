//! Whop's websocket service: who is connected, what they are subscribed to, and which frames they get.
//! What may be posted is decided in `rest`; this module only tells others of it.

mod browser;
mod client;
mod connection;
mod conversations;
mod frames;
mod hub;
mod presence;
mod send;
mod server;
mod subscription;

pub use browser::connect as connect_browser;
pub use conversations::{Badge, ConversationNews};
pub use frames::{FeedChange, Mute, ReactionChange};
pub use hub::{Endpoint, Hub, SocketCounts};
pub use send::send;
pub use server::connect as connect_server;
