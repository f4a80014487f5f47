//! Jumps to messages that may be anywhere in the channel, and the way back (M6, M7, M10).

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that lacks what it expects has failed"
)]

mod harness;

use chat_core::{Event, HttpOutcome, JumpState, Newer, Older, Timer};
use harness::{Channel, Harness, VIEWER, error, message, post};
use std::collections::BTreeMap;

fn number(at: i64) -> String {
    format!("number {at}")
}

fn id(at: i64) -> String {
    format!("msg_{at:06}")
}

/// A channel of so many messages, whose newest page is shown.
fn channel(many: i64) -> (Harness, Channel) {
    let messages = (0..many).map(|at| message(&id(at), "user_bob", at, &number(at)));
    let channel = Channel::new(messages.collect());
    let mut chat = Harness::new(chat_core::Identity::Whop, false);
    chat.open_with(&channel);
    chat.open_socket();
    chat.serve_all(&channel);
    (chat, channel)
}

fn state(chat: &Harness) -> Option<JumpState> {
    chat.chat.jump().map(|jump| jump.state)
}

fn assert_found(chat: &Harness, at: i64) {
    let row = chat.row(&number(at)).id;
    assert_eq!(state(chat), Some(JumpState::Found(row)));
}

/// Nothing is missing between the first and the last row.
fn assert_no_hole(chat: &Harness) {
    let numbers: Vec<i64> = chat
        .texts()
        .iter()
        .filter_map(|text| text.strip_prefix("number ")?.parse().ok())
        .collect();
    let first = numbers[0];
    let expected: Vec<i64> = (first..).take(numbers.len()).collect();
    assert_eq!(numbers, expected);
}

#[test]
fn m7_a_loaded_message_is_only_scrolled_to() {
    let (mut chat, _) = channel(200);
    let (rows, requests) = (chat.rows().len(), chat.requests.len());
    chat.feed(Event::JumpedTo(id(190).as_str().into()));
    assert!(chat.changes.jump && chat.changes.order.is_unchanged());
    assert_found(&chat, 190);
    assert_eq!((chat.rows().len(), chat.requests.len()), (rows, requests));
    chat.feed(Event::EndedJump);
    assert_eq!(state(&chat), None);
}

#[test]
fn m7_a_message_near_the_end_is_found_from_there() {
    let (mut chat, channel) = channel(2_000);
    chat.feed(Event::JumpedTo(id(1_800).as_str().into()));
    assert_eq!(state(&chat), Some(JumpState::Searching));
    chat.serve_all(&channel);
    assert_found(&chat, 1_800);
    assert_eq!(chat.chat.newer(), Newer::Live);
    assert_no_hole(&chat);
    assert_eq!(chat.texts().last(), Some(&number(1_999)));
    assert!(chat.rows().len() < 400, "what the other end read is gone");
}

#[test]
fn m7_a_message_near_the_beginning_is_found_from_there_and_pages_both_ways() {
    let (mut chat, channel) = channel(2_000);
    chat.feed(Event::JumpedTo(id(150).as_str().into()));
    chat.serve_all(&channel);
    assert_found(&chat, 150);
    assert_eq!(chat.chat.newer(), Newer::Available);
    assert_eq!(chat.chat.older(), Older::Beginning);
    assert_eq!(chat.texts()[0], number(0));
    assert_no_hole(&chat);
    let mut before = chat.rows().len();
    while chat.chat.newer() != Newer::Live {
        for _ in 0..3 {
            chat.feed(Event::ReachedNewest);
        }
        assert_eq!(chat.waiting("GET", "/messages"), 1, "M11");
        assert_eq!(chat.chat.newer(), Newer::Loading);
        chat.serve_all(&channel);
        assert_no_hole(&chat);
        assert!(chat.rows().len() > before);
        before = chat.rows().len();
    }
    assert_eq!(chat.rows().len(), 2_000, "the two windows joined");
    assert_eq!(chat.chat.older(), Older::Beginning);
}

#[test]
fn m7_what_is_read_on_continues_the_last_group_also_where_it_was_heard_of_before() {
    let (mut chat, channel) = channel(2_000);
    chat.feed(Event::JumpedTo(id(50).as_str().into()));
    chat.serve_all(&channel);
    chat.drawn = Some(BTreeMap::new());
    let last = chat.rows().pop().expect("a row");
    assert_eq!(last.source.as_ref(), number(99));
    assert!(last.ends_group);
    let mut edit = post(&id(100), "user_bob", 100, "edited");
    edit["feedEntity"]["dmsPost"]["updatedAt"] = serde_json::json!(harness::START);
    chat.receive(&edit);
    chat.feed(Event::ReachedNewest);
    chat.serve_all(&channel);
    let drawn = chat
        .drawn
        .as_ref()
        .and_then(|drawn| drawn[&last.id].as_ref());
    assert!(drawn.is_some_and(|row| !row.ends_group));
}

#[test]
fn m6_messages_that_arrive_meanwhile_are_counted_and_there_at_the_return() {
    let (mut chat, mut channel) = channel(2_000);
    chat.feed(Event::JumpedTo(id(3).as_str().into()));
    chat.serve_all(&channel);
    let rows = chat.texts();
    for at in 2_000..2_003 {
        chat.receive(&channel.post(&id(at), "user_bob", at, &number(at)));
        assert!(chat.changes.order.is_unchanged() && chat.changes.newer);
    }
    chat.receive(&channel.post(&id(2_003), VIEWER, 2_003, &number(2_003)));
    assert_eq!(
        (chat.texts(), chat.chat.missed()),
        (rows, 3),
        "own ones don't count"
    );
    chat.feed(Event::ReturnedToLatest);
    assert_eq!((chat.chat.newer(), chat.chat.missed()), (Newer::Live, 0));
    assert_eq!(chat.texts().last(), Some(&number(2_003)));
    assert_no_hole(&chat);
    // What was read of the beginning is forgotten, and is read again without a hole.
    while chat.chat.older() != Older::Beginning {
        chat.feed(Event::ReachedOldest);
        chat.serve_all(&channel);
    }
    assert_eq!(chat.rows().len(), 2_004);
    assert_no_hole(&chat);
}

#[test]
fn m6_who_posts_is_where_messages_arrive() {
    let (mut chat, channel) = channel(2_000);
    chat.feed(Event::JumpedTo(id(3).as_str().into()));
    chat.serve_all(&channel);
    assert_eq!(chat.chat.newer(), Newer::Available);
    chat.send("mine");
    assert_eq!(chat.chat.newer(), Newer::Live);
    assert_eq!(chat.texts().last().map(String::as_str), Some("mine"));
}

#[test]
fn m7_a_message_that_is_gone_is_said_to_be() {
    let (mut chat, mut channel) = channel(2_000);
    chat.feed(Event::JumpedTo("msg_never".into()));
    chat.serve_all(&channel);
    assert_eq!(state(&chat), Some(JumpState::Gone));
    // Deleted while it is searched for.
    chat.feed(Event::JumpedTo(id(900).as_str().into()));
    chat.serve_one(&channel);
    chat.receive(&channel.delete(&id(900)));
    chat.serve_all(&channel);
    assert_eq!(state(&chat), Some(JumpState::Gone));
    // Of another channel: the route tells of it, but it is nowhere here.
    chat.feed(Event::JumpedTo("msg_elsewhere".into()));
    let elsewhere = message("msg_elsewhere", "user_bob", 1_000, "elsewhere");
    chat.answer_get("/messages/msg_elsewhere", 200, &elsewhere);
    chat.serve_all(&channel);
    assert_eq!(state(&chat), Some(JumpState::Gone));
    assert!(!chat.texts().contains(&"elsewhere".to_owned()));
    assert!(chat.requests.is_empty());
}

#[test]
fn m7_one_request_at_a_time_for_each_end_and_none_after_cancelling() {
    let (mut chat, channel) = channel(5_000);
    chat.feed(Event::JumpedTo(id(2_500).as_str().into()));
    chat.serve_one(&channel);
    for _ in 0..8 {
        assert_eq!(chat.waiting("GET", "direction=asc"), 1);
        assert_eq!(chat.waiting("GET", "direction=desc"), 1);
        chat.serve_one(&channel);
    }
    chat.feed(Event::EndedJump);
    assert_eq!(state(&chat), None);
    chat.serve_one(&channel);
    chat.serve_one(&channel);
    assert!(chat.requests.is_empty(), "nobody searches any more");
    assert_no_hole(&chat);
}

#[test]
fn m7_a_search_pauses_when_asked_to_and_gives_up_in_the_end() {
    let (mut chat, channel) = channel(2_000);
    chat.feed(Event::JumpedTo(id(500).as_str().into()));
    chat.serve_one(&channel);
    let (request, _) = chat.take("GET", "direction=asc");
    chat.feed(Event::Http(
        request,
        HttpOutcome::Answered {
            status: 429,
            body: String::new(),
            retry_after_millis: Some(7_000),
        },
    ));
    assert!(chat.timers[&Timer::SearchOn] - chat.now >= 7_000);
    chat.serve_all(&channel);
    assert_eq!(state(&chat), Some(JumpState::Searching));
    chat.elapse(Timer::SearchOn);
    chat.serve_all(&channel);
    assert_found(&chat, 500);

    let (mut chat, channel) = self::channel(2_000);
    chat.feed(Event::JumpedTo(id(500).as_str().into()));
    chat.serve_one(&channel);
    while state(&chat) == Some(JumpState::Searching) {
        if chat.requests.is_empty() {
            chat.elapse(Timer::SearchOn);
        } else {
            let (request, _) = chat.requests.remove(0);
            chat.answer(request, 503, &error("internal", ""));
        }
    }
    assert_eq!(state(&chat), Some(JumpState::Failed));
    chat.feed(Event::JumpedTo(id(500).as_str().into()));
    chat.serve_all(&channel);
    assert_found(&chat, 500);
}

#[test]
fn m7_a_link_that_is_followed_before_the_session_is_open_waits_for_it() {
    let (_, channel) = channel(1_000);
    let mut chat = Harness::new(chat_core::Identity::Whop, false);
    chat.feed(Event::JumpedTo(id(20).as_str().into()));
    chat.open_with(&channel);
    chat.serve_all(&channel);
    assert_found(&chat, 20);
}

#[test]
fn m7_a_search_outlives_a_lost_socket_and_a_new_session() {
    let (mut chat, channel) = channel(1_000);
    chat.feed(Event::JumpedTo(id(20).as_str().into()));
    chat.feed(Event::RetriedOpening);
    chat.open_again(&channel);
    chat.open_socket();
    chat.serve_all(&channel);
    assert_found(&chat, 20);
}
