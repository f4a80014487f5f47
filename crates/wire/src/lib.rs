//! Whop's JSON as Rust types.
