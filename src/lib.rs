//! The widget: the shell around the core, compiled to WebAssembly.
//!
//! `embed` is the door that pages come through, `platform` does what the core asks, `ui` draws what the core says,
//! and [`Conversation`] stands between them: events go in, signals come out.

mod conversation;
pub mod embed;
pub mod platform;
pub mod ui;

pub use conversation::Conversation;
