//! The live connection: T1–T5.

mod harness;

use chat_core::{ConnectionStatus, Event, SocketEvent, Timer};
use harness::{CHANNEL, Harness, message, page, post};
use serde_json::json;

#[test]
fn subscribes_and_fills_the_gap_since_the_first_page() {
    let mut chat = Harness::live(&[message("msg_1", "user_bob", 1, "one")]);
    assert_eq!(chat.chat.connection(), ConnectionStatus::Live);
    assert_eq!(
        chat.sent_frames[0]["subscribeToChannel"]["channel"],
        json!({"type": "DMS", "id": CHANNEL})
    );
    assert_eq!(chat.waiting("GET", "/messages"), 0);
    chat.receive(&post("msg_2", "user_bob", 2, "two"));
    assert_eq!(chat.texts(), ["one", "two"]);
}

#[test]
fn t1_what_was_missed_appears_after_a_reconnect_once_and_in_order() {
    let one = message("msg_1", "user_bob", 1, "one");
    let mut chat = Harness::live(std::slice::from_ref(&one));
    chat.close_socket(1006);
    assert_eq!(chat.chat.connection(), ConnectionStatus::Reconnecting);
    chat.elapse(Timer::Reconnect);
    chat.open_socket();
    // A live frame overtakes the gap's pages, which are two.
    chat.receive(&post("msg_5", "user_bob", 5, "five"));
    let (two, three) = (
        message("msg_2", "user_eve", 2, "two"),
        message("msg_3", "user_eve", 3, "three"),
    );
    let (four, five) = (
        message("msg_4", "user_eve", 4, "four"),
        message("msg_5", "user_bob", 5, "five"),
    );
    chat.answer_get("/messages", 200, &page(&[five, four], Some("cursor-4")));
    assert_eq!(
        chat.texts(),
        ["one", "five"],
        "no hole is shown half filled"
    );
    let request = chat.answer_get(
        "after=cursor-4",
        200,
        &page(&[three, two, one], Some("cursor-1")),
    );
    assert!(request.path.contains("direction=desc"));
    assert_eq!(chat.texts(), ["one", "two", "three", "four", "five"]);
    assert_eq!(
        chat.waiting("GET", "/messages"),
        0,
        "stops at what was known"
    );
}

#[test]
fn t1_a_gap_that_is_too_wide_leaves_no_hole() {
    let mut chat = Harness::live(&[message("msg_0", "user_bob", 0, "old")]);
    chat.close_socket(1006);
    chat.elapse(Timer::Reconnect);
    chat.open_socket();
    for number in (1..=10).rev() {
        let id = format!("msg_{number}");
        let cursor = format!("cursor-{number}");
        let one = message(&id, "user_bob", 500 + number, &id);
        chat.answer_get("/messages", 200, &page(&[one], Some(&cursor)));
    }
    assert_eq!(chat.waiting("GET", "/messages"), 0);
    assert_eq!(
        chat.texts().len(),
        10,
        "the old message would stand before a hole"
    );
    chat.feed(Event::ReachedOldest);
    let request = chat.answer_get(
        "/messages",
        200,
        &page(&[message("msg_0", "user_bob", 0, "old")], None),
    );
    assert!(request.path.contains("after=cursor-1"));
    assert_eq!(chat.texts()[0], "old");
}

#[test]
fn t1_messages_deleted_meanwhile_are_gone() {
    let all = [
        message("msg_3", "user_bob", 3, "three"),
        message("msg_2", "user_bob", 2, "two"),
        message("msg_1", "user_bob", 1, "one"),
    ];
    let mut chat = Harness::live(&all);
    chat.close_socket(1006);
    chat.elapse(Timer::Reconnect);
    chat.open_socket();
    chat.answer_get(
        "/messages",
        200,
        &page(&[all[0].clone(), all[2].clone()], None),
    );
    assert_eq!(chat.texts(), ["one", "three"]);
}

#[test]
fn t2_every_attempt_waits_a_random_while() {
    let mut chat = Harness::live(&[]);
    let mut pauses = Vec::new();
    for _ in 0..4 {
        chat.close_socket(1006);
        let before = chat.now;
        chat.elapse(Timer::Reconnect);
        pauses.push(chat.now - before);
    }
    assert_eq!(
        pauses,
        [499, 999, 1_999, 3_999],
        "half of 1, 2, 4 and 8 seconds"
    );
}

#[test]
fn t3_a_half_open_socket_is_found() {
    let mut chat = Harness::live(&[]);
    chat.elapse(Timer::Heartbeat);
    assert!(chat.sent_frames.last().unwrap()["heartbeat"].is_object());
    chat.elapse(Timer::HeartbeatTimeout);
    assert_eq!(chat.chat.connection(), ConnectionStatus::Reconnecting);
    assert_eq!(chat.socket, None, "T4: it is closed");
}

#[test]
fn t3_any_frame_answers_a_heartbeat() {
    let mut chat = Harness::live(&[]);
    chat.elapse(Timer::Heartbeat);
    chat.receive(&json!({"heartbeatResponse": {"serverTime": "1790000000000"}}));
    assert!(!chat.timers.contains_key(&Timer::HeartbeatTimeout));
    chat.elapse(Timer::Heartbeat);
    assert_eq!(chat.chat.connection(), ConnectionStatus::Live);
}

#[test]
fn t4_late_frames_of_an_old_socket_are_ignored() {
    let mut chat = Harness::live(&[]);
    let old = chat.socket.unwrap();
    chat.close_socket(1006);
    chat.elapse(Timer::Reconnect);
    chat.open_socket();
    let frame = post("msg_1", "user_bob", 1, "late").to_string();
    chat.feed(Event::Socket(old, SocketEvent::Received(frame)));
    chat.feed(Event::Socket(old, SocketEvent::Closed { code: 1006 }));
    assert_eq!(chat.texts(), [""; 0]);
    assert_eq!(chat.chat.connection(), ConnectionStatus::Live);
}

#[test]
fn t5_a_throttled_timer_is_no_alarm() {
    let mut chat = Harness::live(&[]);
    chat.elapse(Timer::Heartbeat);
    chat.now += 3_600_000;
    chat.elapse(Timer::HeartbeatTimeout);
    assert_eq!(
        chat.chat.connection(),
        ConnectionStatus::Live,
        "asked again instead"
    );
    assert_eq!(
        chat.sent_frames
            .iter()
            .filter(|frame| frame["heartbeat"].is_object())
            .count(),
        2
    );
    chat.elapse(Timer::HeartbeatTimeout);
    assert_eq!(chat.chat.connection(), ConnectionStatus::Reconnecting);
}

#[test]
fn a_handshake_that_never_ends_is_given_up() {
    let mut chat = Harness::live(&[]);
    chat.close_socket(1006);
    chat.elapse(Timer::Reconnect);
    chat.elapse(Timer::ConnectTimeout);
    assert_eq!(chat.socket, None);
    chat.elapse(Timer::Reconnect);
    chat.open_socket();
    assert_eq!(chat.chat.connection(), ConnectionStatus::Live);
}

#[test]
fn offline_waits_for_the_network_and_connects_at_once_when_it_is_back() {
    let mut chat = Harness::live(&[message("msg_1", "user_bob", 1, "one")]);
    chat.feed(Event::WentOffline);
    assert_eq!(chat.chat.connection(), ConnectionStatus::Offline);
    assert!(!chat.timers.contains_key(&Timer::Reconnect));
    chat.feed(Event::Resumed);
    chat.open_socket();
    let two = message("msg_2", "user_bob", 2, "two");
    chat.answer_get(
        "/messages",
        200,
        &page(&[two, message("msg_1", "user_bob", 1, "one")], None),
    );
    assert_eq!(chat.texts(), ["one", "two"]);
}

#[test]
fn the_server_may_ask_for_a_new_connection() {
    let mut chat = Harness::live(&[]);
    chat.receive(&json!({"reconnect": {}}));
    assert_eq!(chat.chat.connection(), ConnectionStatus::Reconnecting);
    assert!(
        chat.timers.contains_key(&Timer::Reconnect),
        "T2: after a random while"
    );
}
