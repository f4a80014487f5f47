//! How often texts are parsed. A document that was parsed again is another one in memory, so they can be counted.

mod harness;

use chat_core::text::Document;
use harness::{Harness, VIEWER, message, post};
use serde_json::json;
use std::collections::HashSet;
use std::rc::Rc;

const SAID: [&str; 5] = [
    "gm",
    "**nice** one",
    "🔥",
    "see https://example.com/a_b",
    "> yes\n\n- so\n- true",
];

fn documents(chat: &Harness) -> Vec<Rc<Document>> {
    chat.rows().iter().map(|row| row.text.clone()).collect()
}

fn distinct(documents: &[Rc<Document>]) -> usize {
    documents
        .iter()
        .map(Rc::as_ptr)
        .collect::<HashSet<_>>()
        .len()
}

#[test]
fn each_content_is_parsed_once_however_often_it_is_said() {
    let mut chat = Harness::live(&[]);
    for at in 0..200 {
        let said = SAID[at % SAID.len()];
        chat.receive(&post(
            &format!("msg_{at:04}"),
            "user_bob",
            i64::try_from(at).unwrap(),
            said,
        ));
    }
    let drawn = documents(&chat);
    assert_eq!(drawn.len(), 200);
    assert_eq!(distinct(&drawn), SAID.len());
}

#[test]
fn drawing_again_parses_nothing() {
    let long = "a long text that @ada is named in ".repeat(40);
    let mut named = message("msg_1", "user_bob", 1, &long);
    named["mentions"] = json!([VIEWER]);
    let short = message("msg_2", "user_eve", 2, "short");
    let mut chat = Harness::live(&[short.clone(), named.clone()]);
    let before = documents(&chat);
    // Drawn again, told again, reacted to, pinned: the content is the same.
    assert_eq!(distinct(&[before.clone(), documents(&chat)].concat()), 2);
    for change in [
        json!({}),
        json!({"is_pinned": true}),
        json!({"reaction_counts": [{"emoji": ":fire:", "count": 3}]}),
    ] {
        let mut again = named.clone();
        for (name, value) in change.as_object().into_iter().flatten() {
            again[name] = value.clone();
        }
        again["updated_at"] = json!(wire::Timestamp::from_unix_millis(chat.now).as_str());
        chat.close_socket(1006);
        chat.elapse(chat_core::Timer::Reconnect);
        chat.open_socket();
        chat.answer_get(
            "/messages",
            200,
            &harness::page(&[short.clone(), again], None),
        );
        assert_eq!(
            distinct(&[before.clone(), documents(&chat)].concat()),
            2,
            "{change}"
        );
    }
    assert!(
        chat.row(&long).pinned || !chat.row(&long).reactions.is_empty(),
        "the changes were taken in"
    );
}

#[test]
fn what_the_visitor_sends_is_parsed_once_from_pending_to_delivered() {
    let mut chat = Harness::live(&[]);
    chat.send("*hello*");
    let pending = chat.row("*hello*");
    assert!(pending.message.is_none());
    chat.answer_post("/messages", 200, &message("msg_1", VIEWER, 1, "*hello*"));
    let delivered = chat.row("*hello*");
    assert!(delivered.message.is_some());
    assert!(Rc::ptr_eq(&pending.text, &delivered.text));
}

#[test]
fn another_content_is_another_document() {
    let mut chat = Harness::live(&[message("msg_1", "user_bob", 1, "teh")]);
    let before = chat.row("teh").text;
    let mut edited = post("msg_1", "user_bob", 1, "the");
    edited["feedEntity"]["dmsPost"]["isEdited"] = json!(true);
    edited["feedEntity"]["dmsPost"]["updatedAt"] = json!(chat.now + 5_000);
    chat.receive(&edited);
    assert_ne!(chat.row("the").text, before);
}
