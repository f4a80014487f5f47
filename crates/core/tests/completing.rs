//! A chat whose rest comes late (ADR 0017): one writes before, and what happened meanwhile is made up for.

mod harness;

use chat_core::{
    Announcement, ConnectionStatus, Delivery, Effect, Event, Identity, JumpState, Posting, Rest,
    Row, Timer,
};
use harness::{CHANNEL, Channel, Harness, START, VIEWER, message, page, post};
use serde_json::{Value, json};

fn messages() -> Vec<Value> {
    vec![
        message("msg_2", "user_bob", 2, "two **bold** :film_projector:"),
        message("msg_1", "user_cleo", 1, "one"),
    ]
}

/// Everything that frames, answers and a page say before the rest is there.
fn begin(chat: &mut Harness) {
    chat.open(&messages(), true);
    chat.feed(Event::JumpedTo("msg_1".into()));
    chat.open_socket();
    chat.feed(Event::Used);
    let key = ["read.", CHANNEL, ".", VIEWER].concat();
    let value = Some((START - 1_000_000 + 1_500).to_string());
    chat.feed(Event::Restored { key, value });
    chat.receive(&post("msg_3", "user_bob", 3, "three"));
    chat.receive(&json!({"feedEntity": {"reaction": {"entityId": "r_1", "postId": "msg_2", "feedId": CHANNEL,
        "userId": VIEWER, "reactionType": "EMOJI", "value": ":heart:", "updatedAt": START.to_string()}}}));
    chat.receive(&json!({"userPresence": {"userId": "user_cleo"}, "createdAt": START.to_string()}));
    chat.receive(&json!({"broadcastResponse": {"channel": {"type": "DMS", "id": CHANNEL}, "fromUserId": "user_cleo",
        "typingIndicator": {"expireAfter": (START + 5_000).to_string()}}}));
    chat.receive(
        &json!({"feedEntity": {"chatFeed": {"entityId": CHANNEL, "updatedAt": START,
        "userPostsCooldownSeconds": 30}}}),
    );
    let newest = [&[message("msg_3", "user_bob", 3, "three")], &messages()[..]].concat();
    chat.answer_get("/messages", 200, &page(&newest, Some("cursor-1")));
}

fn rows(chat: &Harness) -> Vec<Row> {
    let mut rows = chat.rows();
    // Whatever came first has the lower number.
    for row in &mut rows {
        row.id = chat.rows()[0].id;
    }
    rows
}

fn announced(chat: &Harness) -> usize {
    let is_message =
        |effect: &&Effect| matches!(effect, Effect::Announce(Announcement::Message { .. }));
    chat.effects.iter().filter(is_message).count()
}

#[test]
fn what_came_before_the_rest_is_made_up_for() {
    let mut whole = Harness::new(Identity::Whop, false);
    begin(&mut whole);
    let mut chat = Harness::without_rest();
    begin(&mut chat);
    assert_eq!(chat.chat.len(), 2, "frames and history wait");
    assert_eq!(chat.chat.connection(), ConnectionStatus::Live);
    chat.complete();
    assert_eq!(rows(&chat), rows(&whole));
    assert_eq!(chat.texts().last().map(String::as_str), Some("three"));
    assert_eq!(chat.chat.typing(), whole.chat.typing());
    assert_eq!(chat.chat.present().count(), whole.chat.present().count());
    assert_eq!(chat.chat.unread(), whole.chat.unread());
    assert_eq!(chat.chat.posting(), whole.chat.posting());
    assert_eq!(chat.chat.channel(), whole.chat.channel());
    let state = chat.chat.jump().map(|jump| jump.state);
    assert!(matches!(state, Some(JumpState::Found(_))), "{state:?}");
    assert_eq!((announced(&chat), announced(&whole)), (0, 1), "no news");
    assert!(chat.timers.keys().eq(whole.timers.keys()));
    chat.receive(&post("msg_4", "user_bob", 4, "four"));
    assert_eq!(announced(&chat), 1);
}

#[test]
fn one_writes_without_the_rest() {
    let mut chat = Harness::without_rest();
    chat.open(&messages(), true);
    chat.feed(Event::JumpedTo("msg_1".into()));
    assert_eq!(chat.chat.posting(), Posting::Allowed);
    for (at, text) in ["first", "second"].into_iter().enumerate() {
        chat.send(text);
        let sent = message(&format!("msg_own_{at}"), VIEWER, 10, text);
        chat.answer_post("/messages", 200, &sent);
    }
    chat.complete();
    assert_eq!(chat.texts()[2..], ["first", "second"]);
    let is_there = |row: &Row| row.delivery == Delivery::Delivered;
    assert!(chat.rows().iter().all(is_there));
    assert_eq!(
        chat.chat.jump(),
        None,
        "who writes is where messages arrive"
    );
}

#[test]
fn frames_that_are_too_many_are_read_from_history() {
    let mut channel = Channel::new(Vec::new());
    let mut chat = Harness::without_rest();
    chat.open_with(&channel);
    chat.open_socket();
    chat.serve_all(&channel);
    let arrive = |chat: &mut Harness, channel: &mut Channel, at: i64| {
        let frame = channel.post(&format!("msg_{at:04}"), "user_bob", at, &at.to_string());
        chat.receive(&frame);
    };
    (0..20).for_each(|at| arrive(&mut chat, &mut channel, at));
    chat.send("20");
    chat.answer_post("/messages", 200, &message("msg_0020", VIEWER, 20, "20"));
    let _ = channel.post("msg_0020", VIEWER, 20, "20");
    (21..520).for_each(|at| arrive(&mut chat, &mut channel, at));
    chat.complete();
    chat.serve_all(&channel);
    // As many as are read of a gap at once.
    let newest: Vec<String> = (20..520).map(|at| at.to_string()).collect();
    assert_eq!(chat.texts(), newest);
}

#[test]
fn frames_of_a_socket_that_is_no_more_are_read_from_history() {
    let mut channel = Channel::new(Vec::new());
    let mut chat = Harness::without_rest();
    chat.open_with(&channel);
    chat.open_socket();
    chat.serve_all(&channel);
    chat.receive(&json!({"userPresence": {"userId": "user_cleo"}, "createdAt": START.to_string()}));
    let frame = channel.post("msg_1", "user_bob", 1, "one");
    chat.receive(&frame);
    chat.close_socket(1006);
    chat.elapse(Timer::Reconnect);
    chat.open_socket();
    chat.serve_all(&channel);
    chat.complete();
    assert_eq!(chat.texts(), ["one"]);
    assert_eq!(chat.chat.present().count(), 0, "they left meanwhile");
}

#[test]
fn completing_twice_changes_nothing() {
    let mut chat = Harness::live(&messages());
    let before = chat.rows();
    chat.chat.complete(Rest::WHOLE);
    chat.feed(Event::Completed);
    assert_eq!(chat.rows(), before);
    assert!(chat.requests.is_empty());
}
