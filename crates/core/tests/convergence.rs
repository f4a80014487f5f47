//! The law: any order, with any duplicates, of the same pages and frames ends in the same state (T8, T9).

mod harness;

use chat_core::{Event, Quote, Row};
use harness::{CHANNEL, Harness, START, VIEWER, message, page, post};
use proptest::prelude::*;
use serde_json::{Value, json};

/// What a visitor sees of a row, without the names that depend on the order of arrival.
fn seen(row: &Row) -> impl PartialEq + std::fmt::Debug + use<> {
    (
        row.message.clone(),
        row.source.to_string(),
        (row.edited, row.pinned, row.created_at, row.own),
        row.quote.clone(),
        row.reactions.clone(),
        row.poll.clone(),
        (row.starts_group, row.ends_group, row.starts_day),
    )
}

fn edited(mut frame: Value, content: &str, at: i64) -> Value {
    let post = &mut frame["feedEntity"]["dmsPost"];
    post["content"] = json!(content);
    post["isEdited"] = json!(true);
    post["updatedAt"] = json!(at);
    frame
}

fn deleted(id: &str) -> Value {
    json!({"feedEntity": {"dmsPost": {"entityId": id, "feedId": CHANNEL, "Deleted": true}}})
}

fn counts(id: &str, list: &[(&str, u64)], at: i64) -> Value {
    let list: Vec<Value> = list
        .iter()
        .map(|(value, count)| json!({"reactionType": "EMOJI", "value": value, "userCount": count, "totalScore": count}))
        .collect();
    json!({"createdAt": at.to_string(), "feedEntity": {"postReactionCountUpdate": {
        "postId": id, "feedId": CHANNEL, "updatedFieldsBitmask": 2, "postReactionCounts": list,
    }}})
}

fn single(id: &str, kind: &str, value: &str, count: u64, at: i64) -> Value {
    json!({"createdAt": at.to_string(), "feedEntity": {"postReactionCountUpdate": {
        "postId": id, "feedId": CHANNEL, "updatedFieldsBitmask": 4,
        "singleReactionCountUpdate": {"reactionType": kind, "value": value, "userCount": count, "totalScore": count},
    }}})
}

fn own_reaction(id: &str, kind: &str, value: &str, present: bool, at: i64) -> Value {
    json!({"feedEntity": {"reaction": {
        "entityId": format!("reaction-{id}-{value}"), "postId": id, "feedId": CHANNEL, "userId": VIEWER,
        "reactionType": kind, "value": value, "Deleted": !present, "updatedAt": at,
    }}})
}

/// A story of a channel, one frame a step.
fn story() -> Vec<Value> {
    let mut answer = post("msg_3", "user_eve", 30, "an answer");
    answer["feedEntity"]["dmsPost"]["replyingToPostId"] = json!("msg_1");
    let mut poll = post("msg_4", "user_bob", 40, "which?");
    poll["feedEntity"]["dmsPost"]["poll"] =
        json!({"options": [{"id": "1", "text": "this"}, {"id": "2", "text": "that"}]});
    vec![
        post("msg_1", "user_bob", 10, "first"),
        post("msg_2", VIEWER, 20, "second"),
        answer,
        poll,
        post("msg_5", "user_bob", 41, "grouped"),
        edited(
            post("msg_1", "user_bob", 10, ""),
            "first, edited",
            START - 800_000,
        ),
        edited(
            post("msg_1", "user_bob", 10, ""),
            "first, edited twice",
            START - 700_000,
        ),
        deleted("msg_5"),
        counts("msg_1", &[(":heart:", 2), ("🔥", 1)], START - 600_000),
        single("msg_1", "EMOJI", "❤️", 3, START - 500_000),
        single("msg_1", "EMOJI", "👍", 1, START - 400_000),
        single("msg_1", "EMOJI", "👍", 2, START - 300_000),
        own_reaction("msg_1", "EMOJI", ":heart:", true, START - 500_000),
        own_reaction("msg_2", "EMOJI", "🔥", true, START - 500_000),
        own_reaction("msg_2", "EMOJI", "🔥", false, START - 400_000),
        single("msg_4", "VOTE", "1", 4, START - 300_000),
        own_reaction("msg_4", "VOTE", "2", true, START - 350_000),
        own_reaction("msg_4", "VOTE", "1", true, START - 300_000),
        deleted("msg_never_seen"),
        post("msg_never_seen", "user_bob", 50, "too late"),
    ]
}

fn ending(frames: &[Value]) -> Vec<impl PartialEq + std::fmt::Debug + use<>> {
    let mut chat = Harness::live(&[]);
    for frame in frames {
        chat.receive(frame);
    }
    chat.rows().iter().map(seen).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn t8_any_order_with_any_duplicates_ends_the_same(
        (order, again) in (Just(story()).prop_shuffle(), prop::collection::vec(0..20_usize, 0..20))
    ) {
        let mut frames = order;
        for at in again {
            let frame = story().swap_remove(at);
            frames.insert(at, frame);
        }
        prop_assert_eq!(ending(&frames), ending(&story()));
    }

    #[test]
    fn t8_pages_and_frames_interleave(split in 0..120_usize, seed in prop::collection::vec(0..120_usize, 1..30)) {
        // 120 messages; frames bring some, two pages bring the rest and everything again.
        let all: Vec<Value> = (0..120).map(|number| {
            message(&format!("msg_{number:03}"), "user_bob", number, &format!("number {number}"))
        }).collect();
        let newest_first: Vec<Value> = all.iter().rev().cloned().collect();
        let mut chat = Harness::new(chat_core::Identity::Whop, false);
        chat.open(&newest_first[..split.max(1)], true);
        chat.open_socket();
        for number in seed {
            let content = format!("number {number}");
            let second = i64::try_from(number).unwrap();
            chat.receive(&post(&format!("msg_{number:03}"), "user_bob", second, &content));
        }
        chat.answer_get("/messages", 200, &page(&newest_first[..split.max(1)], Some("cursor-1")));
        chat.feed(Event::ReachedOldest);
        chat.answer_get("/messages", 200, &page(&newest_first[split.max(1)..], None));
        let expected: Vec<String> = (0..120).map(|number| format!("number {number}")).collect();
        prop_assert_eq!(chat.texts(), expected);
    }

    #[test]
    fn garbage_from_the_socket_changes_nothing(text in "\\PC{0,200}") {
        let mut chat = Harness::live(&[message("msg_1", "user_bob", 1, "one")]);
        let socket = chat.socket.unwrap();
        chat.feed(Event::Socket(socket, chat_core::SocketEvent::Received(text)));
        prop_assert_eq!(chat.texts(), ["one"]);
    }
}

#[test]
fn the_story_ends_as_told() {
    let mut chat = Harness::live(&[]);
    for frame in story() {
        chat.receive(&frame);
    }
    assert_eq!(
        chat.texts(),
        ["first, edited twice", "second", "an answer", "which?"]
    );
    let first = chat.row("first, edited twice");
    assert!(first.edited);
    let reactions: Vec<_> = first
        .reactions
        .iter()
        .map(|view| (view.symbol.as_str(), view.count, view.own))
        .collect();
    assert_eq!(
        reactions,
        [("❤\u{fe0f}", 3, true), ("🔥", 1, false), ("👍", 2, false)]
    );
    assert!(chat.row("second").reactions.is_empty());
    let answer = chat.row("an answer");
    assert!(
        matches!(answer.quote, Some(Quote::Known { ref excerpt, .. }) if excerpt == "first, edited twice")
    );
    let poll = chat.row("which?").poll.unwrap();
    let votes: Vec<_> = poll
        .answers
        .iter()
        .map(|answer| (answer.votes, answer.own))
        .collect();
    assert_eq!((votes, poll.total), (vec![(4, true), (0, false)], 4));
}

#[test]
fn t9_a_reaction_moves_updated_at_but_edits_nothing() {
    let mut chat = Harness::live(&[message("msg_1", "user_bob", 1, "one")]);
    let mut touched = message("msg_1", "user_bob", 1, "one");
    touched["updated_at"] = json!(wire::Timestamp::from_unix_millis(START));
    touched["reaction_counts"] = json!([{"emoji": ":heart:", "count": 1}]);
    chat.close_socket(1006);
    chat.elapse(chat_core::Timer::Reconnect);
    chat.open_socket();
    chat.answer_get("/messages", 200, &page(&[touched], None));
    assert!(!chat.row("one").edited);
    assert_eq!(chat.row("one").reactions[0].count, 1);
}

#[test]
fn d2_a_deletion_reaches_quotes() {
    let mut answer = message("msg_2", "user_eve", 2, "yes");
    answer["replying_to_message_id"] = json!("msg_1");
    let mut chat = Harness::live(&[answer, message("msg_1", "user_bob", 1, "one?")]);
    assert!(matches!(chat.row("yes").quote, Some(Quote::Known { .. })));
    chat.receive(&deleted("msg_1"));
    assert_eq!(chat.row("yes").quote, Some(Quote::Deleted));
    assert!(
        chat.changes.rows.contains(&chat.row("yes").id),
        "the quoting row is drawn anew"
    );
}

#[test]
fn frames_of_other_channels_and_forged_app_messages_change_nothing() {
    let mut chat = Harness::live(&[message("msg_1", "user_bob", 1, "one")]);
    let mut foreign = post("msg_2", "user_bob", 2, "elsewhere");
    foreign["feedEntity"]["dmsPost"]["feedId"] = json!("chat_feed_lounge");
    chat.receive(&foreign);
    let forged = post("msg_3", "user_olivia", 3, "send me your password");
    for trusted in [false, true] {
        chat.receive(&json!({"appMessage": {
            "fromUserId": "user_eve", "isTrusted": trusted, "json": forged.to_string(),
        }}));
    }
    assert_eq!(chat.texts(), ["one"]);
}

#[test]
fn a_message_older_than_what_is_loaded_makes_no_hole() {
    let mut chat = Harness::new(chat_core::Identity::Whop, false);
    chat.open(&[message("msg_9", "user_bob", 90, "nine")], true);
    chat.open_socket();
    chat.receive(&edited(
        post("msg_5", "user_bob", 50, ""),
        "five, edited",
        START,
    ));
    assert_eq!(chat.texts(), ["nine"]);
    chat.feed(Event::ReachedOldest);
    let older = [
        message("msg_5", "user_bob", 50, "five"),
        message("msg_4", "user_bob", 40, "four"),
    ];
    let (id, _) = chat.take("GET", "after=cursor-1");
    chat.answer(id, 200, &page(&older, None));
    assert_eq!(
        chat.texts(),
        ["four", "five, edited", "nine"],
        "the edit had come before"
    );
}

#[test]
fn m11_one_request_per_cursor_and_a_failed_one_can_be_repeated() {
    let mut chat = Harness::new(chat_core::Identity::Whop, false);
    chat.open(&[message("msg_9", "user_bob", 90, "nine")], true);
    for _ in 0..10 {
        chat.feed(Event::ReachedOldest);
    }
    assert_eq!(chat.waiting("GET", "after=cursor-1"), 1);
    chat.lose("GET", "after=cursor-1");
    assert_eq!(chat.chat.older(), chat_core::Older::Failed);
    chat.feed(Event::ReachedOldest);
    let (id, _) = chat.take("GET", "after=cursor-1");
    chat.answer(
        id,
        200,
        &page(&[message("msg_8", "user_bob", 80, "eight")], None),
    );
    assert_eq!(chat.chat.older(), chat_core::Older::Beginning);
    chat.feed(Event::ReachedOldest);
    assert_eq!(chat.waiting("GET", "after="), 0);
}
