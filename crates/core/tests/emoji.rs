//! Names of emoji that are not built in: loaded when the first message needs them, and shown then.

mod harness;

use chat_core::{Effect, Event};
use harness::{Harness, message, post};
use serde_json::json;

const TABLE: &str = "fire 🔥\nyo_yo 🪀\n";

fn asked(chat: &Harness) -> usize {
    let loads = chat.effects.iter();
    loads
        .filter(|effect| **effect == Effect::LoadEmojiNames)
        .count()
}

fn shown(chat: &Harness, source: &str) -> String {
    chat.row(source).text.plain_text()
}

#[test]
fn common_names_need_no_table() {
    let mut chat = Harness::live(&[message("msg_1", "user_bob", 1, "hot :fire: at 10:30:45")]);
    chat.receive(&post("msg_2", "user_bob", 2, ":tada:"));
    chat.send(":heart:");
    assert_eq!(shown(&chat, ":tada:"), "🎉");
    assert_eq!(asked(&chat), 0);
}

#[test]
fn a_rare_name_is_text_until_the_table_is_there() {
    let mut quoting = message("msg_2", "user_eve", 2, "what is that?");
    quoting["replying_to_message_id"] = json!("msg_1");
    let mut chat = Harness::live(&[
        message("msg_3", "user_eve", 3, "plain"),
        quoting,
        message("msg_1", "user_bob", 1, "a :yo_yo:"),
    ]);
    assert_eq!(asked(&chat), 1);
    assert_eq!(shown(&chat, "a :yo_yo:"), "a :yo_yo:");
    chat.send("my :yo_yo:");
    assert_eq!(asked(&chat), 1, "once is enough");
    chat.feed(Event::EmojiNames(Some(TABLE.to_owned())));
    assert_eq!(shown(&chat, "a :yo_yo:"), "a 🪀");
    assert_eq!(shown(&chat, "my :yo_yo:"), "my 🪀");
    let changed = &chat.changes.rows;
    for source in ["a :yo_yo:", "my :yo_yo:", "what is that?"] {
        assert!(changed.contains(&chat.row(source).id), "{source}");
    }
    assert!(!changed.contains(&chat.row("plain").id));
    chat.receive(&post("msg_4", "user_bob", 4, ":yo_yo: :no_such:"));
    assert_eq!(shown(&chat, ":yo_yo: :no_such:"), "🪀 :no_such:");
    assert_eq!(asked(&chat), 1);
}

#[test]
fn a_reaction_by_a_rare_name_too() {
    let mut reacted = message("msg_1", "user_bob", 1, "hello");
    reacted["reaction_counts"] = json!([{"emoji": ":yo_yo:", "count": 2}]);
    let mut chat = Harness::live(&[reacted]);
    assert_eq!(chat.row("hello").reactions[0].symbol, ":yo_yo:");
    assert_eq!(asked(&chat), 1);
    chat.feed(Event::EmojiNames(Some(TABLE.to_owned())));
    let row = chat.row("hello");
    assert_eq!(row.reactions[0].symbol, "🪀");
    assert!(chat.changes.rows.contains(&row.id));
}

#[test]
fn a_table_that_could_not_be_loaded_is_asked_for_again() {
    let mut chat = Harness::live(&[message("msg_1", "user_bob", 1, ":yo_yo:")]);
    chat.feed(Event::EmojiNames(None));
    chat.receive(&post("msg_2", "user_bob", 2, "no names"));
    assert_eq!(asked(&chat), 1);
    chat.receive(&post("msg_3", "user_bob", 3, ":elf:"));
    assert_eq!(asked(&chat), 2);
}

#[test]
fn the_channels_experience_can_be_named() {
    use chat_core::text::{Block, Inline, MentionTarget};
    let chat = Harness::live(&[message("msg_1", "user_bob", 1, "#help is in #General")]);
    let name = chat.chat.channel().unwrap().experience.name.clone();
    assert_eq!(name, "General");
    let row = chat.row("#help is in #General");
    let [Block::Paragraph(parts)] = &row.text.blocks[..] else {
        panic!("{:?}", row.text);
    };
    let targets: Vec<_> = parts
        .iter()
        .filter_map(|part| match part {
            Inline::Mention(mention) => Some((mention.text.as_str(), mention.target.clone())),
            _ => None,
        })
        .collect();
    let id = chat.chat.channel().unwrap().experience.id.to_string();
    assert_eq!(
        targets,
        [
            ("#help", MentionTarget::Experience(None)),
            ("#General", MentionTarget::Experience(Some(id))),
        ]
    );
}
