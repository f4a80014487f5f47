//! How far the visitor has read: marks, the divider, the count, and what tells nothing of reading (M8, M10, P5).

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that lacks what it expects has failed"
)]

mod harness;

use chat_core::{Effect, Event, PageEvent, Timer, Unread};
use harness::{CHANNEL, Channel, Harness, START, VIEWER, message, post};
use serde_json::{Value, json};

const KEY: &str = "read.chat_feed_general.user_ada";

fn second(at: i64) -> i64 {
    START - 1_000_000 + at * 1_000
}

fn text(at: i64) -> String {
    format!("number {at}")
}

fn messages(many: i64) -> Vec<Value> {
    let newest_first = (0..many).rev();
    newest_first
        .map(|at| message(&format!("msg_{at:06}"), "user_bob", at, &text(at)))
        .collect()
}

/// A channel of ten messages, of which the visitor has read those up to that second.
fn read_up_to(at: Option<i64>) -> Harness {
    let mut chat = Harness::live(&messages(10));
    let value = at.map(|at| second(at).to_string());
    let key = KEY.to_owned();
    chat.feed(Event::Restored { key, value });
    chat
}

fn unread(chat: &Harness) -> u64 {
    chat.chat.unread().count
}

fn divider(chat: &Harness) -> Option<String> {
    let row = chat.chat.row(chat.chat.divider()?)?;
    Some(row.source.to_string())
}

fn see(chat: &mut Harness, at: i64) {
    let up_to = chat.row(&text(at)).id;
    chat.feed(Event::Seen { up_to });
}

fn arrive(chat: &mut Harness, user: &str, at: i64) {
    chat.receive(&post(&format!("msg_{at:06}"), user, at, &text(at)));
}

fn stored(chat: &Harness) -> Option<String> {
    let kept = |effect: &Effect| match effect {
        Effect::Store { key, value } if key == KEY => Some(value.clone()),
        _ => None,
    };
    chat.effects.iter().rev().find_map(kept)
}

#[test]
fn the_browser_is_asked_what_it_remembers_and_a_newcomer_has_missed_nothing() {
    let mut chat = read_up_to(None);
    assert!(chat.effects.contains(&Effect::Restore(KEY.to_owned())));
    assert_eq!((unread(&chat), divider(&chat)), (0, None));
    arrive(&mut chat, "user_bob", 10);
    assert_eq!(unread(&chat), 1);
    assert!(chat.changes.reading);
    arrive(&mut chat, VIEWER, 11);
    assert_eq!(unread(&chat), 1, "own messages are never unread");
}

#[test]
fn m8_the_divider_stays_while_one_reads() {
    let mut chat = read_up_to(Some(5));
    assert_eq!((unread(&chat), divider(&chat)), (4, Some(text(6))));
    see(&mut chat, 7);
    assert_eq!((unread(&chat), divider(&chat)), (2, Some(text(6))));
    see(&mut chat, 9);
    arrive(&mut chat, "user_bob", 10);
    see(&mut chat, 10);
    assert_eq!((unread(&chat), divider(&chat)), (0, Some(text(6))));
    see(&mut chat, 3);
    assert_eq!(unread(&chat), 0, "what was read stays so");
}

#[test]
fn m8_what_arrives_while_one_reads_needs_no_divider_and_what_comes_meanwhile_does() {
    let mut chat = read_up_to(Some(9));
    see(&mut chat, 9);
    arrive(&mut chat, "user_bob", 10);
    see(&mut chat, 10);
    assert_eq!(divider(&chat), None);
    chat.feed(Event::StoppedReading);
    arrive(&mut chat, "user_bob", 11);
    arrive(&mut chat, "user_bob", 12);
    assert_eq!((unread(&chat), divider(&chat)), (2, Some(text(11))));
    see(&mut chat, 12);
    assert_eq!((unread(&chat), divider(&chat)), (0, Some(text(11))));
    // Away once more, and nothing came.
    chat.feed(Event::StoppedReading);
    see(&mut chat, 12);
    arrive(&mut chat, "user_bob", 13);
    assert_eq!(divider(&chat), None);
}

#[test]
fn m10_a_jump_does_not_mark_what_was_skipped() {
    let mut chat = read_up_to(Some(2));
    chat.feed(Event::JumpedTo("msg_000006".into()));
    see(&mut chat, 7);
    see(&mut chat, 8);
    assert_eq!(unread(&chat), 7, "3 to 5 were skipped");
    see(&mut chat, 2);
    see(&mut chat, 4);
    assert_eq!(unread(&chat), 5, "back where they were, they read on");

    let mut chat = read_up_to(Some(2));
    chat.feed(Event::JumpedTo("msg_000006".into()));
    see(&mut chat, 7);
    see(&mut chat, 9);
    assert_eq!(
        unread(&chat),
        0,
        "they went to the newest message themselves"
    );

    let mut chat = read_up_to(Some(2));
    chat.feed(Event::JumpedTo("msg_000008".into()));
    see(&mut chat, 9);
    assert_eq!(
        unread(&chat),
        7,
        "the jump alone brought the newest into sight"
    );
    chat.feed(Event::ReturnedToLatest);
    see(&mut chat, 9);
    assert_eq!(unread(&chat), 0);

    let mut chat = read_up_to(Some(5));
    chat.feed(Event::JumpedTo("msg_000006".into()));
    see(&mut chat, 7);
    assert_eq!(unread(&chat), 2, "nothing lay between");
}

#[test]
fn m10_nor_does_a_jump_into_the_beginning() {
    let (mut messages, mut chat) = (
        messages(1_000),
        Harness::new(chat_core::Identity::Whop, false),
    );
    messages.reverse();
    let channel = Channel::new(messages);
    chat.open_with(&channel);
    chat.open_socket();
    chat.serve_all(&channel);
    let (key, value) = (KEY.to_owned(), Some(second(900).to_string()));
    chat.feed(Event::Restored { key, value });
    assert_eq!((unread(&chat), chat.chat.unread().or_more), (50, true));
    assert_eq!(chat.chat.divider(), None, "it lies in what is not loaded");
    chat.feed(Event::ReachedOldest);
    chat.serve_all(&channel);
    assert_eq!(divider(&chat), Some(text(901)));
    chat.feed(Event::JumpedTo("msg_000020".into()));
    chat.serve_all(&channel);
    see(&mut chat, 25);
    chat.feed(Event::ReturnedToLatest);
    assert_eq!(unread(&chat), 99);
}

#[test]
fn p5_nothing_is_stored_or_told_before_the_chat_is_used() {
    let mut chat = read_up_to(Some(5));
    see(&mut chat, 7);
    assert_eq!((stored(&chat), chat.sent_frames.len()), (None, 1));
    chat.feed(Event::Used);
    assert_eq!(stored(&chat), Some(second(7).to_string()));
    let frame = chat.sent_frames.last().unwrap();
    assert_eq!(frame["broadcastRequest"]["channel"]["id"], CHANNEL);
    let timestamp = &frame["broadcastRequest"]["markAsRead"]["timestamp"];
    assert_eq!(
        timestamp.to_string().trim_matches('"'),
        second(7).to_string()
    );
    // Then at most once in a while.
    let frames = chat.sent_frames.len();
    see(&mut chat, 8);
    see(&mut chat, 9);
    assert_eq!(chat.sent_frames.len(), frames);
    chat.elapse(Timer::TellRead);
    assert_eq!(chat.sent_frames.len(), frames + 1);
    assert_eq!(stored(&chat), Some(second(9).to_string()));
    chat.elapse(Timer::TellRead);
    assert!(!chat.timers.contains_key(&Timer::TellRead));
}

#[test]
fn other_pages_of_the_visitor_tell_how_far_they_read_in_any_order() {
    let marks = [
        json!({"broadcastResponse": {"channel": {"type": "DMS", "id": CHANNEL}, "fromUserId": VIEWER,
            "markAsRead": {"isGlobal": false, "timestamp": second(7).to_string()}}}),
        json!({"feedEntity": {"dmsFeedMember": {"entityId": "member_1", "feedId": CHANNEL, "userId": VIEWER,
            "lastViewedAt": second(8)}}}),
        json!({"broadcastResponse": {"channel": {"type": "DMS", "id": CHANNEL}, "fromUserId": "user_bob",
            "markAsRead": {"isGlobal": false, "timestamp": second(9).to_string()}}}),
    ];
    for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2]] {
        let mut chat = read_up_to(Some(5));
        for at in order {
            chat.receive(&marks[at]);
        }
        assert_eq!(
            (unread(&chat), divider(&chat)),
            (1, Some(text(6))),
            "{order:?}"
        );
    }
    // Also before the browser's own memory is asked.
    let mut chat = Harness::live(&messages(10));
    assert_eq!(chat.chat.unread(), Unread::default());
    chat.receive(&marks[1]);
    assert_eq!(unread(&chat), 1);
}

#[test]
fn a_deleted_message_is_not_unread() {
    let mut chat = read_up_to(Some(7));
    chat.receive(&json!({"feedEntity": {"dmsPost": {"entityId": "msg_000008", "feedId": CHANNEL, "Deleted": true}}}));
    assert_eq!((unread(&chat), divider(&chat)), (1, Some(text(9))));
}

#[test]
fn the_page_is_told_once_that_all_is_read() {
    let told = |chat: &Harness| {
        let id = |effect: &Effect| match effect {
            Effect::Emit(PageEvent::MessagesRead { id }) => Some(id.to_string()),
            _ => None,
        };
        chat.effects.iter().filter_map(id).collect::<Vec<_>>()
    };
    let mut chat = read_up_to(Some(5));
    see(&mut chat, 8);
    assert!(told(&chat).is_empty(), "the newest was not in sight");
    see(&mut chat, 9);
    see(&mut chat, 8);
    see(&mut chat, 9);
    assert_eq!(told(&chat), ["msg_000009"]);
    arrive(&mut chat, "user_bob", 10);
    assert_eq!(told(&chat).len(), 1, "it has come, and nobody has seen it");
    see(&mut chat, 10);
    assert_eq!(told(&chat), ["msg_000009", "msg_000010"]);
}

#[test]
fn the_page_is_told_how_many_are_unread_when_that_changes() {
    let mut chat = read_up_to(Some(7));
    let told = |chat: &Harness| {
        let told = chat.effects.iter().filter_map(|effect| match effect {
            Effect::Emit(PageEvent::UnreadChanged { count, .. }) => Some(*count),
            _ => None,
        });
        told.collect::<Vec<_>>()
    };
    assert_eq!(told(&chat), [2]);
    arrive(&mut chat, "user_bob", 10);
    arrive(&mut chat, VIEWER, 11);
    see(&mut chat, 11);
    see(&mut chat, 11);
    assert_eq!(told(&chat), [2, 3, 0]);
}
