//! Words that are looked for in the channel (M12): what has them, in which order, and how history is read for more.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that lacks what it expects has failed"
)]

mod harness;

use chat_core::{Event, Find, FindState, HttpOutcome, Identity, JumpState, Timer};
use harness::{CHANNEL, Channel, Harness, START, VIEWER, error, message, post, session};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Every so many messages is one of what is looked for.
const EVERY: i64 = 70;

fn id(at: i64) -> String {
    format!("msg_{at:06}")
}

fn words(at: i64) -> String {
    if at % EVERY == 0 {
        format!("needle {at}")
    } else {
        format!("hay {at}")
    }
}

/// A channel of so many messages, whose newest page is shown.
fn channel(many: i64) -> (Harness, Channel) {
    let messages = (0..many).map(|at| message(&id(at), "user_bob", at, &words(at)));
    with(messages.collect())
}

fn with(messages: Vec<Value>) -> (Harness, Channel) {
    let channel = Channel::new(messages);
    let mut chat = Harness::new(Identity::Whop, false);
    chat.drawn = Some(BTreeMap::new());
    chat.open_with(&channel);
    chat.open_socket();
    chat.serve_all(&channel);
    (chat, channel)
}

fn look_for(chat: &mut Harness, words: &str) {
    chat.feed(Event::FindChanged(words.to_owned()));
}

fn step(chat: &mut Harness, words: &str, older: bool) {
    let words = words.to_owned();
    chat.feed(Event::FindStepped { words, older });
}

fn find(chat: &Harness) -> Find {
    chat.chat.find().expect("something is looked for")
}

fn state(chat: &Harness) -> FindState {
    find(chat).state
}

/// What the row says that the reader was sent to, which one it is, and of how many.
fn at(chat: &Harness) -> (String, usize, usize) {
    let Find {
        current,
        position,
        matches,
        ..
    } = find(chat);
    let row = chat.chat.row(current.expect("a match")).expect("a row");
    let jump = chat.chat.jump().map(|jump| jump.state);
    if let Some(JumpState::Found(shown)) = jump {
        assert_eq!(shown, row.id, "the list is told to show it");
    }
    (
        row.source.to_string(),
        position.expect("its place"),
        matches,
    )
}

/// Whatever is asked for is answered, and every timer runs out, until nothing more is wanted.
fn let_it_search(chat: &mut Harness, channel: &Channel) {
    loop {
        chat.serve_all(channel);
        if !chat.timers.contains_key(&Timer::FindOn) {
            return;
        }
        chat.elapse(Timer::FindOn);
    }
}

#[test]
fn m12_what_one_reads_of_a_message_is_what_is_looked_through() {
    let mut poll = message("msg_000001", "user_bob", 1, "Which film?");
    poll["poll"] =
        json!({"options": [{"id": "1", "text": "Portra"}, {"id": "2", "text": "Tri-X"}]});
    let mut file = message("msg_000002", "user_bob", 2, "look");
    file["attachments"] = json!([{"id": "file_1", "filename": "Holiday.PNG", "content_type": "image/png", "url": "https://x.test/1"}]);
    let mut named = message("msg_000003", "user_zoe", 3, "hi");
    named["user"]["name"] = json!("Zoë Brûlée");
    let formed = message(
        "msg_000004",
        "user_bob",
        4,
        "a **bold**ly [label](https://hidden.test/path) `co*de` ||secret|| &amp; :fire:",
    );
    let (mut chat, _) = with(vec![poll, file, named, formed]);
    for (words, expected) in [
        ("portra", 1),
        ("film TRI-X", 1),
        ("holiday.png", 1),
        ("brulee hi", 1),
        ("brulee", 0),
        ("zoe hi", 1),
        ("zoe look", 0),
        ("boldly", 1),
        ("\"boldly label\"", 1),
        ("co*de", 1),
        ("&", 1),
        ("🔥", 1),
        ("amp", 0),
        ("hidden.test", 0),
        ("**", 0),
        ("secret", 0),
        ("\"film? portra\"", 0),
        ("", 0),
    ] {
        look_for(&mut chat, words);
        assert_eq!(find(&chat).matches, expected, "{words}");
    }
}

#[test]
fn m12_the_newest_comes_first_then_one_goes_back_and_forth_and_around() {
    let (mut chat, channel) = channel(40);
    assert_eq!(chat.chat.find(), None);
    look_for(&mut chat, "");
    assert!(chat.changes.find);
    assert_eq!((find(&chat).matches, state(&chat)), (0, FindState::Idle));
    look_for(&mut chat, "\"hay 3");
    assert_eq!(at(&chat), ("hay 39".to_owned(), 1, 11));
    assert!(chat.changes.jump, "it is to be shown");
    chat.feed(Event::EndedJump);
    for expected in ["hay 38", "hay 37"] {
        step(&mut chat, "\"hay 3", true);
        assert_eq!(at(&chat).0, expected);
    }
    step(&mut chat, "\"hay 3", false);
    assert_eq!(at(&chat), ("hay 38".to_owned(), 2, 11));
    for _ in 0..9 {
        step(&mut chat, "\"hay 3", true);
    }
    assert_eq!(at(&chat), ("hay 3".to_owned(), 11, 11));
    assert_eq!(state(&chat), FindState::Complete);
    step(&mut chat, "\"hay 3", true);
    assert_eq!(at(&chat).1, 1, "around");
    step(&mut chat, "\"hay 3", false);
    assert_eq!(at(&chat).1, 11);
    assert_eq!(chat.requests.len(), 0);
    assert_eq!(chat.found().len(), 11);
    chat.feed(Event::FindClosed);
    assert!(chat.changes.find);
    assert_eq!((chat.chat.find(), chat.found().len()), (None, 0));
    drop(channel);
}

#[test]
fn m12_while_one_writes_one_stays_where_one_is_if_that_will_do() {
    let (mut chat, _) = channel(40);
    look_for(&mut chat, "\"hay 1");
    step(&mut chat, "\"hay 1", true);
    assert_eq!(at(&chat).0, "hay 18");
    look_for(&mut chat, "\"hay 18");
    assert_eq!(at(&chat), ("hay 18".to_owned(), 1, 1));
    look_for(&mut chat, "\"hay 1");
    assert_eq!(at(&chat), ("hay 18".to_owned(), 2, 11));
    // Other words than before are looked for first.
    step(&mut chat, "\"hay 2", true);
    assert_eq!(at(&chat), ("hay 29".to_owned(), 1, 11));
    look_for(&mut chat, "nowhere");
    assert_eq!((find(&chat).matches, find(&chat).position), (0, None));
    assert_eq!(state(&chat), FindState::Complete);
}

#[test]
fn m12_history_is_read_until_there_is_another_match_and_no_further() {
    let (mut chat, channel) = channel(2_000);
    look_for(&mut chat, "needle");
    // 1,960 is loaded; the next is at 1,890.
    assert_eq!(at(&chat), ("needle 1960".to_owned(), 1, 1));
    assert_eq!(state(&chat), FindState::Searching);
    assert_eq!(chat.waiting("GET", "/messages"), 1);
    let_it_search(&mut chat, &channel);
    assert_eq!(at(&chat), ("needle 1960".to_owned(), 1, 2));
    assert_eq!(state(&chat), FindState::Idle, "enough is known");
    assert_eq!(chat.rows().len(), 150);
    step(&mut chat, "needle", true);
    assert_eq!(at(&chat).0, "needle 1890");
    assert_eq!(state(&chat), FindState::Searching);
    let reached = find(&chat).reached.expect("how far it is");
    let_it_search(&mut chat, &channel);
    assert!(find(&chat).reached.expect("further") < reached);
    assert_eq!(state(&chat), FindState::Idle);

    // All the way: no hole, and in order.
    while state(&chat) != FindState::Complete {
        step(&mut chat, "needle", true);
        let_it_search(&mut chat, &channel);
    }
    let expected: Vec<String> = (0..2_000).step_by(70).map(words).collect();
    assert_eq!(chat.found(), expected);
    assert_eq!(chat.rows().len(), 2_000);
    assert_eq!(find(&chat).matches, expected.len());
}

#[test]
fn m12_who_asks_for_an_older_one_is_taken_there_when_it_is_found() {
    let (mut chat, channel) = channel(2_000);
    look_for(&mut chat, "\"needle 700\"");
    assert_eq!(
        (find(&chat).matches, state(&chat)),
        (0, FindState::Searching)
    );
    step(&mut chat, "\"needle 700\"", true);
    let_it_search(&mut chat, &channel);
    assert_eq!(at(&chat), ("needle 700".to_owned(), 1, 1));
    assert_eq!(state(&chat), FindState::Complete, "nothing was before it");
}

#[test]
fn m12_pages_are_a_second_apart() {
    let (mut chat, channel) = channel(2_000);
    look_for(&mut chat, "nowhere");
    let mut asked = Vec::new();
    loop {
        if chat.waiting("GET", "/messages") > 0 {
            assert_eq!(chat.waiting("GET", "/messages"), 1, "M11");
            asked.push(chat.now);
            let (_, request) = &chat.requests[0];
            assert!(request.path.contains("first=100"));
        }
        chat.serve_all(&channel);
        // What else happens hurries nothing.
        look_for(
            &mut chat,
            if asked.len() % 2 == 0 {
                "nowhere"
            } else {
                "nothing"
            },
        );
        if !chat.timers.contains_key(&Timer::FindOn) {
            break;
        }
        chat.elapse(Timer::FindOn);
    }
    assert_eq!(state(&chat), FindState::Complete);
    assert_eq!(asked.len(), 20);
    assert!(
        asked.windows(2).all(|two| two[1] - two[0] >= 1_000),
        "{asked:?}"
    );

    // A clock that is put back holds nothing up for long.
    let (mut chat, channel) = self::channel(2_000);
    look_for(&mut chat, "nowhere");
    chat.now -= 3_600_000;
    chat.serve_all(&channel);
    assert_eq!(chat.rows().len(), 250);
}

#[test]
fn m12_one_can_stop_it_and_go_on() {
    let (mut chat, channel) = channel(2_000);
    look_for(&mut chat, "nowhere");
    chat.serve_one(&channel);
    chat.feed(Event::FindStopped);
    assert_eq!(state(&chat), FindState::Stopped);
    chat.elapse(Timer::FindOn);
    assert_eq!(chat.waiting("GET", "/messages"), 0);
    chat.feed(Event::FindContinued);
    assert_eq!(state(&chat), FindState::Searching);
    assert_eq!(chat.waiting("GET", "/messages"), 1);
    chat.feed(Event::FindStopped);
    // Asking for an older one is asking for more.
    chat.serve_all(&channel);
    step(&mut chat, "nowhere", true);
    assert_eq!(state(&chat), FindState::Searching);
    // And so are other words.
    chat.feed(Event::FindStopped);
    look_for(&mut chat, "nothing");
    assert_eq!(state(&chat), FindState::Searching);
}

#[test]
fn m12_nothing_is_read_while_nobody_sees_the_page() {
    let (mut chat, channel) = channel(2_000);
    look_for(&mut chat, "nowhere");
    chat.feed(Event::PageShown(false));
    chat.serve_all(&channel);
    chat.now += 10_000;
    chat.feed(Event::Elapsed(Timer::FindOn));
    assert_eq!(chat.waiting("GET", "/messages"), 0);
    chat.feed(Event::PageShown(true));
    assert_eq!(chat.waiting("GET", "/messages"), 1);
    chat.feed(Event::WentOffline);
    chat.serve_all(&channel);
    chat.now += 10_000;
    chat.feed(Event::Elapsed(Timer::FindOn));
    assert_eq!(chat.waiting("GET", "/messages"), 0, "nor offline");
}

#[test]
fn m12_a_page_that_fails_is_told_and_tried_again_when_asked() {
    let (mut chat, channel) = channel(2_000);
    look_for(&mut chat, "nowhere");
    chat.answer_get("/messages", 429, &error("rate_limited", "Slow down."));
    assert_eq!(state(&chat), FindState::Failed);
    assert!(chat.changes.find);
    if chat.timers.contains_key(&Timer::FindOn) {
        chat.elapse(Timer::FindOn);
    }
    assert_eq!(chat.waiting("GET", "/messages"), 0, "not by itself");
    chat.now += 5_000;
    chat.feed(Event::FindContinued);
    assert_eq!(state(&chat), FindState::Searching);
    chat.lose("GET", "/messages");
    assert_eq!(state(&chat), FindState::Failed);
    chat.now += 5_000;
    chat.feed(Event::FindContinued);
    let_it_search(&mut chat, &channel);
    assert_eq!(state(&chat), FindState::Complete);
    assert_eq!(chat.rows().len(), 2_000);
}

#[test]
fn m12_closed_while_a_page_is_under_way_nothing_follows() {
    let (mut chat, channel) = channel(2_000);
    look_for(&mut chat, "nowhere");
    chat.feed(Event::FindClosed);
    assert!(!chat.timers.contains_key(&Timer::FindOn));
    chat.serve_all(&channel);
    assert_eq!(chat.rows().len(), 150, "what was read is kept");
    assert!(!chat.changes.find && !chat.timers.contains_key(&Timer::FindOn));
    // Its late timer finds nothing to do.
    chat.feed(Event::Elapsed(Timer::FindOn));
    assert_eq!((chat.chat.find(), chat.requests.len()), (None, 0));
    look_for(&mut chat, "needle");
    assert_eq!(at(&chat), ("needle 1960".to_owned(), 1, 2));
}

#[test]
fn m12_d2_what_is_deleted_or_edited_away_is_no_match() {
    let (mut chat, mut channel) = channel(1_000);
    look_for(&mut chat, "hay 9");
    let (first, _, many) = at(&chat);
    assert_eq!((&*first, many), ("hay 999", 49));
    let frame = channel.delete(&id(999));
    chat.receive(&frame);
    assert!(chat.changes.find);
    assert_eq!((find(&chat).matches, find(&chat).position), (48, None));
    step(&mut chat, "hay 9", true);
    assert_eq!(at(&chat), ("hay 998".to_owned(), 1, 48));
    let mut edit = post(&id(997), "user_bob", 997, "something else");
    edit["feedEntity"]["dmsPost"]["updatedAt"] = json!(START);
    chat.receive(&edit);
    assert_eq!(find(&chat).matches, 47);
    edit["feedEntity"]["dmsPost"]["updatedAt"] = json!(START + 1);
    edit["feedEntity"]["dmsPost"]["content"] = json!("hay 9 again");
    chat.receive(&edit);
    assert_eq!(find(&chat).matches, 48);
    step(&mut chat, "hay 9", true);
    assert_eq!(at(&chat).0, "hay 9 again");
}

#[test]
fn m12_live_messages_count_and_take_nobody_along() {
    let (mut chat, mut channel) = channel(1_000);
    look_for(&mut chat, "hay 9");
    step(&mut chat, "hay 9", true);
    chat.feed(Event::EndedJump);
    let before = at(&chat);
    chat.receive(&channel.post(&id(1_000), "user_bob", 1_000, "hay 9 live"));
    let (text, position, matches) = at(&chat);
    assert_eq!((text, position - 1, matches - 1), before);
    assert!(!chat.changes.jump && chat.changes.find);
    for _ in 0..4 {
        step(&mut chat, "hay 9", false);
    }
    assert_eq!(at(&chat).0, "hay 9 live");
    chat.feed(Event::EndedJump);
    // Nor later, who went for one that was not there yet.
    chat.receive(&channel.post(&id(1_001), "user_bob", 1_001, "hay 9 later"));
    assert_eq!(at(&chat).0, "hay 9 live");
    // An own one counts once the server has it.
    chat.send("hay 9 mine");
    assert_eq!(find(&chat).matches, 51);
    chat.answer_post(
        "/messages",
        200,
        &message(&id(1_002), VIEWER, 1_002, "hay 9 mine"),
    );
    assert_eq!(find(&chat).matches, 52);
    chat.receive(&post(&id(1_002), VIEWER, 1_002, "hay 9 mine"));
    assert_eq!(find(&chat).matches, 52, "and once only");
    assert_eq!(chat.found().last().map(String::as_str), Some("hay 9 mine"));
}

#[test]
fn m12_in_a_window_of_old_messages_what_follows_is_read_on() {
    let (mut chat, channel) = channel(2_000);
    chat.feed(Event::JumpedTo(id(30).as_str().into()));
    chat.serve_all(&channel);
    chat.feed(Event::EndedJump);
    assert!(chat.rows().len() < 300);
    look_for(&mut chat, "needle");
    assert_eq!(at(&chat), ("needle 70".to_owned(), 1, 2));
    assert_eq!((state(&chat), chat.requests.len()), (FindState::Idle, 0));
    step(&mut chat, "needle", true);
    assert_eq!(at(&chat).0, "needle 0");
    step(&mut chat, "needle", false);
    step(&mut chat, "needle", false);
    assert_eq!(state(&chat), FindState::Searching);
    let reached = find(&chat).reached;
    let_it_search(&mut chat, &channel);
    assert_eq!(at(&chat), ("needle 140".to_owned(), 1, 3));
    assert!(find(&chat).reached > reached);
    // What is looked for in vain is looked for until the two ends meet.
    look_for(&mut chat, "nowhere");
    let_it_search(&mut chat, &channel);
    assert_eq!(state(&chat), FindState::Complete);
    assert_eq!(chat.rows().len(), 2_000);
    look_for(&mut chat, "needle");
    while !chat.timers.is_empty() && state(&chat) == FindState::Searching {
        chat.elapse(Timer::FindOn);
    }
    assert_eq!(at(&chat), ("needle 1960".to_owned(), 1, 29));
}

#[test]
fn m12_who_goes_back_to_the_latest_is_not_taken_away_from_there() {
    let (mut chat, channel) = channel(2_000);
    chat.feed(Event::JumpedTo(id(30).as_str().into()));
    chat.serve_all(&channel);
    look_for(&mut chat, "needle");
    chat.feed(Event::EndedJump);
    chat.feed(Event::ReturnedToLatest);
    assert!(find(&chat).matches > 0);
    assert_eq!(find(&chat).position, None);
    assert_eq!((chat.chat.jump(), chat.requests.len()), (None, 0));
    step(&mut chat, "needle", true);
    assert_eq!(at(&chat).0, "needle 1960");
}

#[test]
fn m12_many_rows_are_looked_through_a_few_at_a_time() {
    let (mut chat, channel) = channel(2_000);
    look_for(&mut chat, "nowhere");
    let_it_search(&mut chat, &channel);
    chat.feed(Event::FindClosed);
    look_for(&mut chat, "hay");
    assert_eq!(at(&chat).0, "hay 1999", "the newest is there at once");
    let mut before = find(&chat).matches;
    assert!(before <= 300);
    assert_eq!(state(&chat), FindState::Searching);
    let begun = chat.now;
    while state(&chat) == FindState::Searching {
        chat.elapse(Timer::FindOn);
        let now = find(&chat).matches;
        assert!(now > before && now - before <= 300);
        before = now;
    }
    assert_eq!(chat.now, begun, "without a pause");
    assert_eq!(before, 2_000 - 29);
    assert_eq!(state(&chat), FindState::Complete);
}

#[test]
fn m12_who_loses_access_reads_no_more_of_it_but_what_is_there() {
    let (mut chat, _) = channel(2_000);
    look_for(&mut chat, "nowhere");
    chat.answer_get("/messages", 401, &json!({}));
    let refusal = error("no_access", "No.");
    chat.answer_post("/session", 403, &refusal);
    assert_eq!(state(&chat), FindState::Idle);
    for timer in chat.timers.keys().copied().collect::<Vec<_>>() {
        chat.elapse(timer);
    }
    chat.feed(Event::FindContinued);
    assert_eq!(chat.waiting("GET", "/messages"), 0);
    look_for(&mut chat, "hay");
    assert_eq!(at(&chat).0, "hay 1999");
    // Let in again, it goes on.
    look_for(&mut chat, "nowhere");
    chat.feed(Event::RetriedOpening);
    let again = session(&[], None, chat.now, 3_600_000);
    chat.answer_post("/session", 200, &again);
    assert_eq!(state(&chat), FindState::Searching);
}

#[test]
fn a_late_answer_to_an_earlier_session_is_nothing_to_it() {
    let (mut chat, channel) = channel(2_000);
    look_for(&mut chat, "nowhere");
    let (late, _) = chat.take("GET", "/messages");
    chat.feed(Event::RetriedOpening);
    chat.open_again(&channel);
    let rows = chat.rows().len();
    let body = channel
        .page("direction=desc&first=100&after=msg_000050")
        .to_string();
    let outcome = HttpOutcome::Answered {
        status: 200,
        body,
        retry_after_millis: None,
    };
    chat.feed(Event::Http(late, outcome));
    assert_eq!(chat.rows().len(), rows);
    assert_eq!(state(&chat), FindState::Searching);
}

/// What happens to a channel while somebody looks for words in it.
fn happen(chat: &mut Harness, channel: &mut Channel, next: &mut i64, action: u8, pick: u8) {
    let some = |pick: u8, next: i64| id((next - 1 - i64::from(pick)).max(0));
    match action % 12 {
        0 | 1 if !chat.requests.is_empty() => {
            if chat.requests[0].1.method.as_str() == "GET" && !pick.is_multiple_of(9) {
                chat.serve_one(channel);
            } else if chat.requests[0].1.method.as_str() == "GET" {
                let (id, _) = chat.requests.remove(0);
                chat.answer(id, 503, &error("error", "No."));
            }
        }
        2 => {
            let frame = channel.post(&id(*next), "user_bob", *next, &words(*next));
            *next += 1;
            chat.receive(&frame);
        }
        3 => {
            let frame = channel.delete(&some(pick, *next));
            chat.receive(&frame);
        }
        4 => {
            let which = some(pick, *next);
            let at: i64 = which[4..].parse().unwrap();
            let mut frame = post(
                &which,
                "user_bob",
                at,
                if pick.is_multiple_of(2) {
                    "needle edited"
                } else {
                    "edited"
                },
            );
            frame["feedEntity"]["dmsPost"]["updatedAt"] = json!(START + chat.now);
            chat.now += 1;
            chat.receive(&frame);
        }
        5 => look_for(
            chat,
            ["needle", "hay 1", "edited", ""][usize::from(pick % 4)],
        ),
        6 => step(
            chat,
            ["needle", "hay 1", "edited", ""][usize::from(pick % 4)],
            !pick.is_multiple_of(3),
        ),
        7 => {
            let to = if pick.is_multiple_of(2) {
                some(pick, *next)
            } else {
                id(i64::from(pick))
            };
            chat.feed(Event::JumpedTo(to.as_str().into()));
        }
        8 => chat.feed(match pick % 4 {
            0 => Event::ReturnedToLatest,
            1 => Event::EndedJump,
            2 => Event::ReachedNewest,
            _ => Event::ReachedOldest,
        }),
        9 => chat.feed(match pick % 4 {
            0 => Event::FindStopped,
            1 => Event::FindContinued,
            2 => Event::PageShown(pick % 8 < 4),
            _ => Event::FindClosed,
        }),
        _ => {
            let due = [Timer::FindOn, Timer::SearchOn];
            if let Some(timer) = due
                .into_iter()
                .find(|timer| chat.timers.contains_key(timer))
            {
                chat.elapse(timer);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever happens, what is found is what a search from the start would find, and all of it in the end.
    #[test]
    fn what_is_found_is_what_is_there(actions in prop::collection::vec(any::<(u8, u8)>(), 1..80)) {
        let (mut chat, mut channel) = channel(400);
        let mut next = 400;
        look_for(&mut chat, "needle");
        for (action, pick) in actions {
            happen(&mut chat, &mut channel, &mut next, action, pick);
            let Some(find) = chat.chat.find() else { continue };
            prop_assert_eq!(find.matches, chat.found().len());
            if let Some(row) = find.current {
                prop_assert_eq!(chat.chat.is_found(row), Some(true));
                let newer = chat.chat.rows().into_iter().rev().take_while(|other| *other != row);
                let position = newer.filter(|other| chat.chat.is_found(*other).is_some()).count() + 1;
                prop_assert_eq!(find.position, Some(position));
            }
        }
        // All that is asked for is answered, and nobody stops it.
        chat.feed(Event::PageShown(true));
        chat.serve_all(&channel);
        chat.feed(Event::ReturnedToLatest);
        look_for(&mut chat, "needle");
        loop {
            chat.feed(Event::FindContinued);
            let_it_search(&mut chat, &channel);
            if state(&chat) == FindState::Complete {
                break;
            }
            step(&mut chat, "needle", true);
        }
        let rows = chat.rows().into_iter();
        let expected: Vec<String> = rows.map(|row| row.source.to_string()).filter(|text| text.contains("needle")).collect();
        prop_assert_eq!(chat.found(), expected);
    }
}

#[test]
fn frames_of_another_channel_find_nothing() {
    let (mut chat, _) = channel(40);
    look_for(&mut chat, "intruder");
    let mut frame = post("msg_900000", "user_bob", 50, "intruder");
    frame["feedEntity"]["dmsPost"]["feedId"] = json!(format!("{CHANNEL}_other"));
    chat.receive(&frame);
    assert_eq!(find(&chat).matches, 0);
}

#[test]
fn m12_the_first_match_is_the_next_one_back_from_where_one_reads() {
    let (mut chat, _) = channel(40);
    let from = chat.chat.row_of_message(&id(20).as_str().into());
    assert!(from.is_some());
    chat.feed(Event::FindOpened(from));
    look_for(&mut chat, "\"hay");
    assert_eq!(at(&chat).0, "hay 20");
    chat.feed(Event::EndedJump);
    // Who goes on writing stays; who writes something else begins anew.
    look_for(&mut chat, "\"hay 2");
    assert_eq!(at(&chat).0, "hay 20");
    look_for(&mut chat, "\"hay 1");
    assert_eq!(at(&chat).0, "hay 19");
    chat.feed(Event::EndedJump);
    // What stands further on only is better than nothing.
    look_for(&mut chat, "\"hay 37");
    assert_eq!(at(&chat).0, "hay 37");
}

#[test]
fn m12_the_end_is_told_to_who_went_there() {
    let (mut chat, _) = channel(8);
    look_for(&mut chat, "\"hay 7");
    assert!(!find(&chat).stepped && find(&chat).position == Some(1));
    let before = find(&chat).search;
    step(&mut chat, "\"hay 7", true);
    assert!(find(&chat).stepped);
    look_for(&mut chat, "nowhere");
    assert!(!find(&chat).stepped && find(&chat).search > before);
}
