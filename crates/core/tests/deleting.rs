//! Deleting messages: who may, what is asked of the server, and what becomes of it.

mod harness;

use chat_core::{Announcement, Deletion, Effect, Event, PageEvent, Row};
use harness::{CHANNEL, Harness, VIEWER, error, message, post};
use serde_json::json;

fn mine() -> Harness {
    Harness::live(&[
        message("msg_2", "user_bob", 2, "theirs"),
        message("msg_1", VIEWER, 1, "mine"),
    ])
}

fn deletion(row: &Row) -> Option<&Deletion> {
    row.deletion.as_ref()
}

fn asked_and_sure(chat: &mut Harness, text: &str) {
    let row = chat.row(text).id;
    chat.feed(Event::AskedToDelete(row));
    chat.feed(Event::Deleted(row));
}

/// The page was told that the visitor deleted it.
fn told(chat: &Harness, id: &str) -> bool {
    let event = PageEvent::MessageDeleted { id: id.into() };
    chat.effects.contains(&Effect::Emit(event))
}

#[test]
fn who_is_sure_deletes_their_message_and_the_page_is_told() {
    let mut chat = mine();
    let row = chat.row("mine").id;
    chat.feed(Event::AskedToDelete(row));
    assert_eq!(chat.changes.rows, [row]);
    assert_eq!(deletion(&chat.row("mine")), Some(&Deletion::Asked));
    assert_eq!(chat.waiting("DELETE", ""), 0);
    chat.feed(Event::Deleted(row));
    assert_eq!(deletion(&chat.row("mine")), Some(&Deletion::UnderWay));
    let (id, request) = chat.take("DELETE", "/api/v1/messages/msg_1");
    assert_eq!(request.body, None);
    assert!(!told(&chat, "msg_1"));
    chat.answer(id, 200, &json!(true));
    assert_eq!(chat.texts(), ["theirs"]);
    assert!(told(&chat, "msg_1"));
    assert!(
        chat.effects
            .contains(&Effect::Announce(Announcement::Deleted))
    );
    // A page that was read before does not bring it back.
    chat.receive(&post("msg_1", VIEWER, 1, "mine"));
    assert_eq!(chat.texts(), ["theirs"]);
}

#[test]
fn the_frame_may_come_before_the_answer() {
    let mut chat = mine();
    asked_and_sure(&mut chat, "mine");
    let frame = json!({"feedEntity": {"dmsPost": {"entityId": "msg_1", "feedId": CHANNEL, "Deleted": true}}});
    chat.receive(&frame);
    assert_eq!(chat.texts(), ["theirs"]);
    let (id, _) = chat.take("DELETE", "/messages/msg_1");
    chat.answer(id, 200, &json!(true));
    assert_eq!(chat.texts(), ["theirs"]);
    assert!(told(&chat, "msg_1"));
}

#[test]
fn the_frame_says_what_a_lost_answer_does_not() {
    let mut chat = mine();
    asked_and_sure(&mut chat, "mine");
    let frame = json!({"feedEntity": {"dmsPost": {"entityId": "msg_1", "feedId": CHANNEL, "Deleted": true}}});
    chat.receive(&frame);
    chat.lose("DELETE", "/messages/msg_1");
    assert!(told(&chat, "msg_1"));
    let failed = Effect::Announce(Announcement::DeletingFailed);
    assert!(!chat.effects.contains(&failed));
}

#[test]
fn nothing_is_deleted_without_asking_and_who_would_rather_keep_it_keeps_it() {
    let mut chat = mine();
    let row = chat.row("mine").id;
    chat.feed(Event::Deleted(row));
    chat.feed(Event::AskedToDelete(row));
    chat.feed(Event::Kept(row));
    chat.feed(Event::Deleted(row));
    assert_eq!(chat.waiting("DELETE", ""), 0);
    assert_eq!(deletion(&chat.row("mine")), None);
}

#[test]
fn a_question_about_one_message_ends_that_about_another() {
    let mut chat = Harness::live(&[
        message("msg_2", VIEWER, 2, "second"),
        message("msg_1", VIEWER, 1, "first"),
    ]);
    let (first, second) = (chat.row("first").id, chat.row("second").id);
    chat.feed(Event::AskedToDelete(first));
    chat.feed(Event::AskedToDelete(second));
    assert!(chat.changes.rows.contains(&first));
    assert_eq!(deletion(&chat.row("first")), None);
    assert_eq!(deletion(&chat.row("second")), Some(&Deletion::Asked));
}

#[test]
fn others_messages_are_not_the_visitors_to_delete() {
    let mut chat = mine();
    asked_and_sure(&mut chat, "theirs");
    assert_eq!(deletion(&chat.row("theirs")), None);
    assert_eq!(chat.waiting("DELETE", ""), 0);
}

#[test]
fn what_was_refused_stays_with_the_reason_and_can_be_tried_again() {
    let mut chat = mine();
    asked_and_sure(&mut chat, "mine");
    let (id, _) = chat.take("DELETE", "/messages/msg_1");
    chat.answer(id, 403, &error("forbidden", "You are muted."));
    let reason = Deletion::Failed("You are muted.".to_owned());
    assert_eq!(deletion(&chat.row("mine")), Some(&reason));
    let failed = Effect::Announce(Announcement::DeletingFailed);
    assert!(chat.effects.contains(&failed));
    assert!(!told(&chat, "msg_1"));
    let row = chat.row("mine").id;
    chat.feed(Event::Deleted(row));
    chat.lose("DELETE", "/messages/msg_1");
    let nobody = Deletion::Failed(String::new());
    assert_eq!(deletion(&chat.row("mine")), Some(&nobody));
    // The lost request had done it.
    chat.feed(Event::Deleted(row));
    let (id, _) = chat.take("DELETE", "/messages/msg_1");
    chat.answer(id, 404, &error("not_found", "There is no such message."));
    assert_eq!(chat.texts(), ["theirs"]);
    assert!(told(&chat, "msg_1"));
}

#[test]
fn a_refused_token_is_renewed_and_the_deletion_goes_on() {
    let mut chat = mine();
    asked_and_sure(&mut chat, "mine");
    let (id, request) = chat.take("DELETE", "/messages/msg_1");
    let refused = request.bearer;
    chat.now += 3_700_000;
    chat.answer(id, 401, &error("unauthorized", "The token is expired."));
    assert_eq!(deletion(&chat.row("mine")), Some(&Deletion::UnderWay));
    let body = harness::session_with_token("token-2", &[], None, chat.now, 3_600_000);
    chat.answer_post("/session", 200, &body);
    let (id, request) = chat.take("DELETE", "/messages/msg_1");
    assert_ne!(request.bearer, refused);
    chat.answer(id, 200, &json!(true));
    assert_eq!(chat.texts(), ["theirs"]);
}
