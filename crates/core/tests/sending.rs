//! Messages on their way: S1–S4.

mod harness;

use chat_core::{Announcement, Delivery, Effect, Event, Failure, HttpOutcome, PageEvent, Timer};
use harness::{Harness, VIEWER, error, message, page, post};

#[test]
fn shows_a_message_at_once_and_keeps_its_row_when_the_server_has_it() {
    let mut chat = Harness::live(&[message("msg_1", "user_bob", 1, "hello")]);
    chat.send("hi **Bob**");
    let pending = chat.row("hi **Bob**");
    assert_eq!(pending.delivery, Delivery::Pending);
    let request = chat.answer_post(
        "/messages",
        200,
        &message("msg_2", VIEWER, 990, "hi **Bob**"),
    );
    assert!(request.body.unwrap().contains(r#""content":"hi **Bob**""#));
    let row = chat.row("hi **Bob**");
    assert_eq!((row.id, row.delivery), (pending.id, Delivery::Delivered));
    assert_eq!(chat.texts(), ["hello", "hi **Bob**"]);
    assert!(chat.effects.iter().any(|effect| matches!(
        effect, Effect::Emit(PageEvent::MessageSent { id, .. }) if id.as_str() == "msg_2"
    )));
}

#[test]
fn s2_the_echo_may_beat_the_answer() {
    let mut chat = Harness::live(&[]);
    chat.send("hi");
    let pending = chat.row("hi");
    chat.receive(&post("msg_1", VIEWER, 990, "hi"));
    assert_eq!(chat.rows().len(), 1, "one row, whatever the order");
    assert_eq!(chat.row("hi").id, pending.id);
    chat.answer_post("/messages", 200, &message("msg_1", VIEWER, 990, "hi"));
    assert_eq!(chat.rows().len(), 1);
    assert_eq!(chat.row("hi").id, pending.id);
    chat.receive(&post("msg_1", VIEWER, 990, "hi"));
    assert_eq!(chat.rows().len(), 1, "nor does a duplicate add one");
}

#[test]
fn s2_an_equal_message_from_another_device_is_not_ours() {
    let mut chat = Harness::live(&[]);
    chat.send("hi");
    chat.receive(&post("msg_other", VIEWER, 990, "hi"));
    chat.answer_post("/messages", 200, &message("msg_ours", VIEWER, 991, "hi"));
    assert_eq!(chat.texts(), ["hi", "hi"]);
}

#[test]
fn s2_an_echo_that_says_what_the_visitor_called_it_is_believed() {
    let mut chat = Harness::live(&[]);
    chat.send("same");
    let ours = chat.row("same").id;
    let key = chat
        .requests
        .last()
        .and_then(|(_, request)| request.key.clone());
    let key = key.expect("a post has a name");
    let echo = |id: &str, second: i64, key: &str| {
        let mut frame = post(id, VIEWER, second, "same");
        frame["idempotencyKey"] = key.into();
        frame
    };
    // The same words, from another page of the visitor's.
    chat.receive(&echo("msg_theirs", 990, "another"));
    let deliveries = |chat: &Harness| -> Vec<Delivery> {
        chat.rows().into_iter().map(|row| row.delivery).collect()
    };
    assert_eq!(deliveries(&chat), [Delivery::Delivered, Delivery::Pending]);
    chat.receive(&echo("msg_ours", 991, &key));
    assert_eq!(
        deliveries(&chat),
        [Delivery::Delivered, Delivery::Delivered]
    );
    assert_eq!(chat.rows()[1].id, ours);
    chat.answer_post("/messages", 200, &message("msg_ours", VIEWER, 991, "same"));
    assert_eq!(chat.rows()[1].id, ours);
    assert_eq!(chat.texts(), ["same", "same"]);
}

#[test]
fn s1_what_is_sent_again_has_the_same_name_and_nothing_else_has() {
    let mut chat = Harness::live(&[]);
    chat.send("one");
    let name = |chat: &Harness| {
        let mut newest = chat.requests.iter().rev();
        let named = newest.find_map(|(_, request)| request.key.clone());
        named.expect("a post has a name")
    };
    let first = name(&chat);
    chat.lose("POST", "/messages");
    chat.answer_get("/messages", 200, &page(&[], None));
    let row = chat.row("one").id;
    chat.feed(Event::RetriedSending(row));
    assert_eq!(name(&chat), first);
    chat.answer_post("/messages", 200, &message("msg_1", VIEWER, 990, "one"));
    chat.send("one");
    assert_ne!(name(&chat), first);
    // Nor in another page that was opened in the same instant and wrote the same.
    let mut other = Harness::live(&[]);
    other.random = chat.random / 2;
    other.send("one");
    assert_ne!(name(&other), first);
}

#[test]
fn a_refusal_after_an_equal_message_from_another_device_loses_nothing() {
    let mut chat = Harness::live(&[]);
    chat.send("hi");
    chat.receive(&post("msg_other", VIEWER, 990, "hi"));
    chat.answer_post("/messages", 403, &error("forbidden", "You are muted."));
    let deliveries: Vec<_> = chat.rows().into_iter().map(|row| row.delivery).collect();
    assert_eq!(
        deliveries,
        [
            Delivery::Delivered,
            Delivery::Failed(Failure::Refused("You are muted.".to_owned()))
        ]
    );
}

#[test]
fn s1_a_lost_answer_is_looked_up_and_not_sent_again() {
    let mut chat = Harness::live(&[message("msg_1", "user_bob", 1, "hello")]);
    chat.send("hi");
    let pending = chat.row("hi");
    chat.lose("POST", "/messages");
    assert_eq!(chat.waiting("POST", "/messages"), 0, "no blind retry");
    let landed = [
        message("msg_2", VIEWER, 990, "hi"),
        message("msg_1", "user_bob", 1, "hello"),
    ];
    chat.answer_get("/messages", 200, &page(&landed, None));
    assert_eq!(chat.texts(), ["hello", "hi"]);
    assert_eq!(chat.row("hi").id, pending.id);
    assert_eq!(chat.row("hi").delivery, Delivery::Delivered);
}

#[test]
fn s1_what_did_not_land_is_offered_again() {
    let mut chat = Harness::live(&[message("msg_1", "user_bob", 1, "hello")]);
    chat.send("hi");
    chat.lose("POST", "/messages");
    chat.answer_get(
        "/messages",
        200,
        &page(&[message("msg_1", "user_bob", 1, "hello")], None),
    );
    let row = chat.row("hi");
    assert_eq!(row.delivery, Delivery::Failed(Failure::NotDelivered));
    assert!(
        chat.effects
            .contains(&Effect::Announce(Announcement::SendingFailed))
    );
    chat.feed(Event::RetriedSending(row.id));
    chat.answer_post("/messages", 200, &message("msg_2", VIEWER, 995, "hi"));
    assert_eq!(chat.row("hi").delivery, Delivery::Delivered);
    assert_eq!(chat.row("hi").id, row.id);
}

#[test]
fn s1_an_older_message_with_the_same_text_is_not_taken_for_it() {
    let known = [message("msg_1", VIEWER, 1, "hi")];
    let mut chat = Harness::live(&known);
    chat.send("hi");
    chat.lose("POST", "/messages");
    chat.answer_get("/messages", 200, &page(&known, None));
    let failed = chat
        .rows()
        .into_iter()
        .filter(|row| row.delivery != Delivery::Delivered)
        .count();
    assert_eq!((chat.rows().len(), failed), (2, 1));
}

#[test]
fn a_look_that_fails_is_repeated_until_it_tells() {
    let mut chat = Harness::live(&[]);
    chat.send("hi");
    chat.lose("POST", "/messages");
    chat.lose("GET", "/messages");
    assert_eq!(chat.row("hi").delivery, Delivery::Pending);
    chat.elapse(Timer::RefillGap);
    chat.answer_get(
        "/messages",
        200,
        &page(&[message("msg_2", VIEWER, 990, "hi")], None),
    );
    assert_eq!(chat.row("hi").delivery, Delivery::Delivered);
    assert_eq!(chat.rows().len(), 1);
}

#[test]
fn s3_messages_leave_in_the_order_they_were_written() {
    let mut chat = Harness::live(&[]);
    chat.send("one");
    chat.send("two");
    chat.send("three");
    assert_eq!(chat.waiting("POST", "/messages"), 1, "one at a time");
    chat.lose("POST", "/messages");
    assert_eq!(
        chat.waiting("POST", "/messages"),
        0,
        "nothing overtakes a message of unknown fate"
    );
    chat.answer_get(
        "/messages",
        200,
        &page(&[message("msg_1", VIEWER, 990, "one")], None),
    );
    let request = chat.answer_post("/messages", 200, &message("msg_2", VIEWER, 991, "two"));
    assert!(request.body.unwrap().contains("two"));
    chat.answer_post("/messages", 200, &message("msg_3", VIEWER, 992, "three"));
    assert_eq!(chat.texts(), ["one", "two", "three"]);
}

#[test]
fn s4_a_refused_message_keeps_its_text_and_reason_and_blocks_nothing() {
    let mut chat = Harness::live(&[]);
    chat.send("buy spam");
    chat.send("two");
    chat.answer_post(
        "/messages",
        400,
        &error("bad_request", "“spam” is not allowed here."),
    );
    chat.answer_post("/messages", 200, &message("msg_2", VIEWER, 991, "two"));
    let refused = chat.row("buy spam");
    let reason = "“spam” is not allowed here.".to_owned();
    assert_eq!(refused.delivery, Delivery::Failed(Failure::Refused(reason)));
    assert_eq!(chat.row("two").delivery, Delivery::Delivered);
    chat.feed(Event::DiscardedFailed(refused.id));
    assert_eq!(chat.texts(), ["two"]);
}

#[test]
fn a_pause_that_the_server_asks_for_is_kept() {
    let mut chat = Harness::live(&[]);
    chat.send("one");
    let (id, _) = chat.take("POST", "/messages");
    let outcome = HttpOutcome::Answered {
        status: 429,
        body: String::new(),
        retry_after_millis: Some(7_000),
    };
    chat.feed(Event::Http(id, outcome));
    chat.send("two");
    assert_eq!(chat.waiting("POST", "/messages"), 0);
    let before = chat.now;
    chat.elapse(Timer::SendNext);
    assert_eq!(chat.now - before, 7_000);
    let request = chat.answer_post("/messages", 200, &message("msg_1", VIEWER, 999, "one"));
    assert!(request.body.unwrap().contains("one"));
    assert_eq!(chat.waiting("POST", "/messages"), 1);
}

#[test]
fn nothing_but_space_is_not_sent() {
    let mut chat = Harness::live(&[]);
    chat.send(" \n ");
    assert_eq!(
        (chat.rows().len(), chat.waiting("POST", "/messages")),
        (0, 0)
    );
}

#[test]
fn an_answer_that_nobody_waits_for_changes_nothing() {
    let mut chat = Harness::live(&[]);
    chat.send("one");
    let (id, _) = chat.take("POST", "/messages");
    chat.answer(id, 200, &message("msg_1", VIEWER, 990, "one"));
    chat.answer(id, 200, &message("msg_9", VIEWER, 991, "again"));
    assert_eq!(chat.texts(), ["one"]);
}
