//! Rows as they are drawn: groups, days, quotes, mentions.

mod harness;

use chat_core::text::{Block, Inline};
use chat_core::{Announcement, Effect, Kind, Quote};
use harness::{Harness, VIEWER, message, post};
use serde_json::json;

const MINUTE: i64 = 60;

fn groups(chat: &Harness) -> Vec<(bool, bool)> {
    chat.rows()
        .iter()
        .map(|row| (row.starts_group, row.ends_group))
        .collect()
}

#[test]
fn an_author_within_five_minutes_is_one_group() {
    let chat = Harness::live(&[
        message("msg_5", "user_bob", 12 * MINUTE, "much later"),
        message("msg_4", "user_bob", 6 * MINUTE, "still"),
        message("msg_3", "user_bob", MINUTE, "again"),
        message("msg_2", "user_bob", 1, "once"),
        message("msg_1", "user_eve", 0, "other"),
    ]);
    let expected = [
        (true, true),
        (true, false),
        (false, false),
        (false, true),
        (true, true),
    ];
    assert_eq!(groups(&chat), expected);
}

#[test]
fn a_new_neighbour_redraws_the_row_that_no_longer_ends_its_group() {
    let mut chat = Harness::live(&[message("msg_1", "user_bob", 0, "one")]);
    let one = chat.row("one");
    assert!(one.ends_group);
    chat.receive(&post("msg_2", "user_bob", 10, "two"));
    assert!(chat.changes.rows.contains(&one.id));
    assert_eq!(groups(&chat), [(true, false), (false, true)]);
}

#[test]
fn a_system_message_stands_alone() {
    let mut joined = message("msg_2", "user_bob", 5, "Bob joined");
    joined["message_type"] = json!("system");
    let chat = Harness::live(&[
        message("msg_3", "user_bob", 10, "hi"),
        joined,
        message("msg_1", "user_bob", 0, "knock"),
    ]);
    assert_eq!(groups(&chat), [(true, true); 3]);
    assert_eq!(chat.row("Bob joined").kind, Kind::System);
}

#[test]
fn a_day_begins_in_the_visitors_time_zone() {
    // The harness is at UTC; the moments lie before and after its midnight.
    let midnight = 86_400 - (harness::START / 1_000 - 1_000) % 86_400;
    let chat = Harness::live(&[
        message("msg_2", "user_bob", midnight + 1, "new day"),
        message("msg_1", "user_bob", midnight - 1, "old day"),
    ]);
    let days: Vec<bool> = chat.rows().iter().map(|row| row.starts_day).collect();
    assert_eq!(days, [true, true]);
    assert_eq!(groups(&chat), [(true, true), (true, true)]);
}

#[test]
fn a_quote_of_a_picture_names_the_picture() {
    let mut picture = message("msg_1", "user_bob", 1, "");
    picture["attachments"] = json!([{"id": "file_1", "filename": "roll-12.jpg"}]);
    let mut answer = message("msg_2", "user_eve", 2, "lovely");
    answer["replying_to_message_id"] = json!("msg_1");
    let chat = Harness::live(&[answer, picture]);
    let quote = chat.row("lovely").quote;
    assert!(matches!(quote, Some(Quote::Known { ref excerpt, .. }) if excerpt == "roll-12.jpg"));
}

#[test]
fn a_mention_of_the_visitor_is_marked() {
    let mut hello = message("msg_1", "user_bob", 1, "hello @ada");
    hello["mentions"] = json!([VIEWER]);
    let chat = Harness::live(&[hello]);
    let row = chat.row("hello @ada");
    let Some(Block::Paragraph(inlines)) = row.text.blocks.first() else {
        panic!("no paragraph in {:?}", row.text)
    };
    assert!(
        inlines
            .iter()
            .any(|inline| matches!(inline, Inline::Mention(mention) if mention.of_viewer))
    );
}

#[test]
fn a1_a_live_message_is_announced_without_its_markup_and_history_is_not() {
    let mut chat = Harness::live(&[message("msg_1", "user_bob", 1, "old")]);
    let announced = |chat: &Harness| {
        let said = chat.effects.iter().filter_map(|effect| match effect {
            Effect::Announce(Announcement::Message { author, text }) => {
                Some((author.clone(), text.clone()))
            }
            _ => None,
        });
        said.collect::<Vec<_>>()
    };
    assert_eq!(announced(&chat), []);
    chat.receive(&post(
        "msg_2",
        "user_bob",
        2,
        "**new** [link](https://a.example)",
    ));
    chat.receive(&post(
        "msg_2",
        "user_bob",
        2,
        "**new** [link](https://a.example)",
    ));
    chat.receive(&post("msg_3", VIEWER, 3, "my own"));
    assert_eq!(
        announced(&chat),
        [("bob".to_owned(), "new link".to_owned())]
    );
}
