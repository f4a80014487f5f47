//! X1: whatever the text of a message is, what we make of it, in the core and as it is drawn, passes through a sanitiser
//! unchanged.

#![no_main]

use chat_core::text::{Context, EmojiNames, KnownExperience, KnownUser};
use libfuzzer_sys::fuzz_target;

#[path = "../../crates/markup/tests/drawn_oracle/mod.rs"]
mod drawn_oracle;
#[path = "../../crates/core/tests/text_oracle/mod.rs"]
mod text_oracle;

const USERS: &[KnownUser<'static>] = &[
    KnownUser {
        id: "user_1",
        username: "ada",
        name: Some("Ada \"<b>\" Lovelace"),
    },
    KnownUser {
        id: "user_\"><script>",
        username: "_bob_",
        name: None,
    },
];

fuzz_target!(|source: &str| {
    let context = Context {
        mentions: USERS,
        everyone: true,
        viewer: Some("user_1"),
        experience: Some(KnownExperience {
            id: "exp_\"><script>",
            name: "Dark_room <b>",
        }),
        emoji: EmojiNames::new("evil <script>\nfire 🔥\n"),
    };
    for check in [text_oracle::check, drawn_oracle::check] {
        if let Err(difference) = check(source, &context) {
            panic!("{difference}");
        }
    }
});
