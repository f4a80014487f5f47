//! The sandbox as its clients see it: every test starts one on ports of its own and speaks HTTP and websocket to it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::assigning_clones,
    reason = "a test fails by panicking, and in the simplest words"
)]

mod access;
mod access_tokens;
mod attacks;
mod authentication;
mod bad_input;
mod channels;
mod control;
mod conversation_frames;
mod creator_site;
mod direct_messages;
mod fault_bounds;
mod faults;
mod files;
mod flood;
mod frames;
mod graphql;
mod host;
mod limits;
mod members;
mod messages;
mod multipart;
mod mutes;
mod notifications;
mod oauth;
mod paging;
mod persistence;
mod presence;
mod process;
mod reactions;
mod rules;
mod scopes;
mod sockets;
mod support;
mod uploads;
mod versions;
mod webhook_replays;
mod webhooks;
mod whop;
mod world;
