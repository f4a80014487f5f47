//! The sandbox's channel, from the source that the sandbox has it from.
#![allow(
    dead_code,
    unused_imports,
    reason = "each benchmark uses its part, and none the unit tests of it"
)]

#[path = "../../../sandbox/src/seed/mod.rs"]
mod seed;

use seed::SeededMessage;

const AUTHORS: [&str; 6] = [
    "user_olivia",
    "user_marcus",
    "user_ada",
    "user_bob",
    "user_chen",
    "user_fatima",
];
/// The sandbox's own seed number changes nothing that is measured.
const SEED: u64 = 1;
const LAST_MILLIS: i64 = 1_790_000_000_000;

/// That many messages, oldest first.
pub fn messages(count: usize) -> Vec<SeededMessage> {
    seed::messages(SEED, count, LAST_MILLIS, &AUTHORS)
}

/// What they say.
pub fn bodies(count: usize) -> Vec<String> {
    let messages = messages(count).into_iter();
    messages.filter_map(|message| message.content).collect()
}
