//! Whop's JSON as Rust types: what its REST routes, its websocket and this project's own `POST /session` say.
//!
//! One file per entity. No I/O, no behaviour beyond reading and writing JSON.
//!
//! Whop adds fields and enum values without notice, and its documents disagree about some spellings. So every
//! enum keeps a value it doesn't know ([`open_enum`]), and every entity keeps the fields it doesn't know
//! ([`Extra`], with the feature `lossless`).

mod extra;
mod id;
mod interchange;
mod json;
mod open_enum;
mod read;
pub mod rest;
pub mod session;
pub mod socket;
mod timestamp;

pub use extra::Extra;
pub use id::{
    AppId, ChannelId, CompanyId, ExperienceId, FileId, MessageId, ProductId, ReactionId, UserId,
};
pub use json::Value;
pub use read::{Read, Reading, Unreadable, from_json, from_value};
pub use timestamp::{Millis, Timestamp};
