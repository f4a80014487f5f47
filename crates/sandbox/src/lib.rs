//! A local Whop: its REST routes, both its websockets, files, tokens and whop.com's own pages, on `SQLite`.
//!
//! The binary `sandbox` is a thin wrapper around [`start`], so that tests run the same thing in their own process.

mod clock;
pub mod company;
mod control;
mod correspondence;
mod creator_site;
mod database;
mod emoji;
mod faults;
mod files;
mod graphql;
mod host;
mod html;
mod oauth;
pub mod options;
mod range;
mod rest;
mod rules;
mod running;
mod secret;
pub mod seed;
mod signed_address;
mod socket;
mod state;
mod tokens;
mod uploads;
mod webhooks;

pub use faults::{Fault, FaultError};
pub use options::{CreatorSite, Options, RateLimit, Storage};
pub use running::{Running, StartError, export, start};
pub use secret::Secret;
pub use state::Addresses;
