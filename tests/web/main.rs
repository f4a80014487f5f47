//! The components in a real browser: mounted in a shadow root with the real style sheet, fed with the core's events.
//! What the core asks for is recorded, and answered by the test.
#![cfg(target_arch = "wasm32")]
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that lacks what it expects has failed"
)]

mod composer;
mod detached;
mod drawn;
mod find;
mod fixture;
mod harness;
mod hidden;
mod languages;
mod list;
mod message;
mod page;
mod parts;
mod pictures;
mod pinned;
mod reading;
mod states;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
