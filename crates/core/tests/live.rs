//! What the socket tells beside messages: who is there and who types, settings, mutes, slow mode, refusals.

#![allow(
    clippy::unwrap_used,
    reason = "a test that lacks what it expects has failed"
)]

mod harness;

use chat_core::{ConnectionStatus, Event, Posting, Refusal, Status, Timer, Typing};
use harness::{CHANNEL, Harness, VIEWER, message, page, post};
use proptest::prelude::*;
use serde_json::{Value, json};

fn live() -> Harness {
    Harness::live(&[message("msg_1", "user_bob", 1, "one")])
}

fn typing(user: &str, expire_after: Option<i64>) -> Value {
    json!({"broadcastResponse": {"channel": {"type": "DMS", "id": CHANNEL}, "fromUserId": user,
        "typingIndicator": {"expireAfter": expire_after.map(|at| at.to_string())}}})
}

fn typists(chat: &Harness) -> (Vec<String>, usize) {
    let Typing { names, unknown } = chat.chat.typing();
    (names, unknown)
}

fn presence(user: &str, at: i64, there: bool) -> Value {
    let seen = (!there).then(|| at.to_string());
    json!({"userPresence": {"userId": user, "lastSeenAt": seen}, "createdAt": at.to_string()})
}

fn present(chat: &Harness) -> Vec<String> {
    chat.chat.present().map(ToString::to_string).collect()
}

fn mute(user: &str, at: i64, until: Option<i64>) -> Value {
    json!({"feedEntity": {"mutedUser": {"userId": user, "feedId": CHANNEL, "updatedAt": at,
        "mutedUntil": until.unwrap_or(at), "Deleted": until.is_none()}}})
}

fn settings(at: i64, mut fields: Value) -> Value {
    fields["entityId"] = json!(CHANNEL);
    fields["updatedAt"] = json!(at);
    json!({"feedEntity": {"chatFeed": fields}})
}

fn subscription(is_subscribed: bool, reason: Option<&str>) -> Value {
    json!({"channelSubscriptionState": {"channel": {"type": "DMS", "id": CHANNEL},
        "isSubscribed": is_subscribed, "disconnectionReason": reason}})
}

#[test]
fn t10_typing_expires_by_itself_and_own_typing_is_none() {
    let mut chat = live();
    chat.receive(&typing("user_bob", Some(chat.now + 4_000)));
    assert!(chat.changes.typing);
    chat.receive(&typing("user_nobody_knows", Some(chat.now + 2_000)));
    chat.receive(&typing(VIEWER, Some(chat.now + 4_000)));
    assert_eq!(typists(&chat), (vec!["bob".to_owned()], 1));
    let start = chat.now;
    chat.elapse(Timer::TypingEnds);
    assert_eq!(chat.now, start + 2_000);
    assert_eq!(typists(&chat), (vec!["bob".to_owned()], 0));
    chat.elapse(Timer::TypingEnds);
    assert_eq!((chat.now, typists(&chat)), (start + 4_000, (vec![], 0)));
    assert!(!chat.timers.contains_key(&Timer::TypingEnds));
}

#[test]
fn t10_no_indicator_lives_long_whatever_it_says() {
    for expire_after in [None, Some(i64::MAX), Some(6_000), Some(i64::MAX / 3)] {
        let mut chat = live();
        let start = chat.now;
        chat.receive(&typing("user_bob", expire_after));
        assert_eq!(typists(&chat).0, ["bob"]);
        chat.elapse(Timer::TypingEnds);
        assert!(chat.now <= start + 10_000 && typists(&chat).0.is_empty());
    }
}

#[test]
fn t10_who_posts_types_no_longer_also_if_the_indicator_comes_late() {
    let mut chat = live();
    chat.receive(&typing("user_bob", Some(chat.now + 4_000)));
    chat.receive(&post("msg_2", "user_bob", 2, "two"));
    assert_eq!(typists(&chat), (vec![], 0));
    let mut late = typing("user_bob", Some(chat.now + 4_000));
    late["createdAt"] = json!((harness::START - 1_000_000 + 1_500).to_string());
    chat.receive(&late);
    assert_eq!(typists(&chat), (vec![], 0));
    chat.receive(&typing("user_bob", Some(chat.now + 4_000)));
    assert_eq!(typists(&chat).0, ["bob"], "they go on");
}

/// Until when the others were told that the visitor types, each time.
fn told(chat: &mut Harness) -> Vec<i64> {
    let frames = std::mem::take(&mut chat.sent_frames).into_iter();
    frames
        .filter_map(|frame| frame["broadcastRequest"]["typingIndicator"]["expireAfter"].as_i64())
        .collect()
}

fn wrote(chat: &mut Harness) {
    chat.feed(Event::Wrote { nothing: false });
}

#[test]
fn the_others_are_told_that_the_visitor_types_now_and_then_while_they_do() {
    let mut chat = live();
    let start = chat.now;
    for _ in 0..100 {
        wrote(&mut chat);
        chat.now += 100;
    }
    // They type for ten seconds.
    let untils = [6_000, 10_100, 14_200].map(|after| start + after);
    assert_eq!(told(&mut chat), untils);
    // Then they pause, and go on.
    chat.now += 60_000;
    wrote(&mut chat);
    assert_eq!(told(&mut chat), [start + 76_000]);
    // They take it back, once.
    for _ in 0..2 {
        chat.feed(Event::Wrote { nothing: true });
    }
    assert_eq!(told(&mut chat), [0]);
    wrote(&mut chat);
    assert_eq!(told(&mut chat).len(), 1);
    // With a message it is over. What follows is told at once.
    chat.send("mine");
    assert_eq!(told(&mut chat), [0]);
    chat.feed(Event::Wrote { nothing: true });
    assert!(told(&mut chat).is_empty());
    wrote(&mut chat);
    assert_eq!(told(&mut chat).len(), 1);
}

#[test]
fn who_may_not_post_or_is_not_connected_types_for_nobody() {
    let silent = |chat: &mut Harness| {
        wrote(chat);
        told(chat).is_empty()
    };
    let mut chat = live();
    let now = chat.now;
    chat.receive(&mute(VIEWER, now, Some(now + 60_000)));
    assert!(silent(&mut chat));
    chat.elapse(Timer::PostingAgain);
    assert!(!silent(&mut chat));
    let now = chat.now + 10_000;
    chat.now = now;
    chat.receive(&settings(now, json!({"whoCanPost": "ADMINS"})));
    assert!(silent(&mut chat));
    chat.receive(&settings(
        now + 1,
        json!({"whoCanPost": "EVERYONE", "userPostsCooldownSeconds": 30}),
    ));
    chat.send("mine");
    assert!(!silent(&mut chat), "in slow mode one goes on writing");
    chat.now += 10_000;
    chat.close_socket(1006);
    assert!(silent(&mut chat));
    chat.elapse(Timer::Reconnect);
    assert!(silent(&mut chat));
    chat.open_socket();
    assert!(!silent(&mut chat));
    chat.now += 10_000;
    chat.feed(Event::WentOffline);
    assert!(silent(&mut chat));
}

#[test]
fn who_takes_back_what_they_wrote_types_no_longer() {
    let mut chat = live();
    chat.receive(&typing("user_bob", Some(chat.now + 4_000)));
    assert_eq!(typists(&chat).0, ["bob"]);
    chat.receive(&typing("user_bob", Some(0)));
    assert!(chat.changes.typing);
    assert_eq!(typists(&chat), (vec![], 0));
}

#[test]
fn who_is_there_is_known_and_forgotten_with_the_socket() {
    let mut chat = live();
    let now = chat.now;
    chat.receive(&presence("user_bob", now, true));
    assert!(chat.changes.present);
    chat.receive(&presence("user_eve", now, true));
    chat.receive(&presence(VIEWER, now, true));
    chat.receive(&presence("user_eve", now + 5, false));
    chat.receive(&presence("user_eve", now + 1, true));
    assert_eq!(present(&chat), ["user_bob"]);
    chat.close_socket(1006);
    chat.elapse(Timer::Reconnect);
    chat.open_socket();
    assert!(present(&chat).is_empty(), "the new socket tells anew");
}

#[test]
fn a_mute_ends_by_itself() {
    let mut chat = live();
    let now = chat.now;
    assert_eq!(chat.chat.posting(), Posting::Allowed);
    chat.receive(&mute("user_bob", now, Some(now + 60_000)));
    assert_eq!(chat.chat.posting(), Posting::Allowed);
    chat.receive(&mute(VIEWER, now, Some(now + 60_000)));
    assert!(chat.changes.posting);
    let until = now + 60_000;
    assert_eq!(chat.chat.posting(), Posting::Muted { until });
    chat.elapse(Timer::PostingAgain);
    assert!(chat.changes.posting);
    assert_eq!((chat.now, chat.chat.posting()), (until, Posting::Allowed));
}

#[test]
fn c8_slow_mode_counts_from_the_servers_acknowledgement() {
    let mut chat = live();
    chat.receive(&settings(chat.now, json!({"userPostsCooldownSeconds": 30})));
    assert_eq!(chat.chat.posting(), Posting::Allowed);
    chat.send("mine");
    assert_eq!(chat.chat.posting(), Posting::Sending);
    chat.now += 8_000;
    chat.answer_post("/messages", 200, &message("msg_2", VIEWER, 2, "mine"));
    let until = chat.now + 30_000;
    assert_eq!(chat.chat.posting(), Posting::Slow { until });
    chat.elapse(Timer::PostingAgain);
    assert_eq!(chat.chat.posting(), Posting::Allowed);
    // A failed message is no post.
    chat.send("refused");
    chat.answer_post("/messages", 400, &harness::error("bad_request", "No."));
    assert_eq!(chat.chat.posting(), Posting::Allowed);
}

#[test]
fn what_may_be_posted_follows_settings_and_identity() {
    let mut chat = live();
    chat.receive(&settings(chat.now, json!({"whoCanPost": "ADMINS"})));
    assert!(chat.changes.posting);
    assert_eq!(chat.chat.posting(), Posting::NotPermitted);
    chat.receive(&settings(chat.now + 1, json!({"whoCanPost": "EVERYONE"})));
    assert_eq!(chat.chat.posting(), Posting::Allowed);
    chat.receive(&settings(chat.now + 2, json!({"Deleted": true})));
    assert_eq!(
        chat.chat.status(),
        &Status::Refused(Refusal::UnknownChannel)
    );
    assert_eq!(chat.chat.posting(), Posting::SignedOut);
    assert_eq!(chat.texts(), ["one"], "what was read stays");
}

#[test]
fn a_refused_subscription_takes_nothing_away_and_is_made_up_for() {
    let mut chat = live();
    chat.receive(&subscription(false, Some("NO_ACCESS")));
    assert!(chat.changes.connection);
    assert_eq!(chat.chat.connection(), ConnectionStatus::NoUpdates);
    assert_eq!(
        (chat.texts(), chat.chat.status()),
        (vec!["one".to_owned()], &Status::Ready)
    );
    for (at, text) in [(2, "two"), (3, "three")] {
        let (id, _) = chat.take("GET", "/messages");
        let there = message(&format!("msg_{at}"), "user_bob", at, text);
        let known = message("msg_1", "user_bob", 1, "one");
        let mut messages = vec![there, known];
        if at == 3 {
            messages.insert(1, message("msg_2", "user_bob", 2, "two"));
        }
        chat.answer(id, 200, &page(&messages, None));
        chat.elapse(Timer::RefillGap);
    }
    assert_eq!(chat.texts(), ["one", "two", "three"]);
    // A frame after all: the other way of subscribing works.
    chat.receive(&post("msg_4", "user_bob", 4, "four"));
    assert_eq!(chat.chat.connection(), ConnectionStatus::Live);
    chat.receive(&subscription(false, Some("REQUESTED_DISCONNECT")));
    assert_eq!(chat.chat.connection(), ConnectionStatus::Live);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn t8_settings_mutes_and_presence_in_any_order_end_the_same(
        (order, again) in (Just((0..12_usize).collect::<Vec<_>>()).prop_shuffle(), prop::collection::vec(0..12_usize, 0..8))
    ) {
        let at = harness::START;
        let frames = [
            settings(at + 1, json!({"whoCanPost": "ADMINS", "banUrls": true})),
            settings(at + 2, json!({"whoCanPost": "EVERYONE"})),
            settings(at + 3, json!({"whoCanReact": "NO_ONE", "userPostsCooldownSeconds": 5})),
            settings(at + 4, json!({"userPostsCooldownSeconds": 0, "banUrls": false, "banMedia": true})),
            mute(VIEWER, at + 1, Some(at + 100_000)),
            mute(VIEWER, at + 2, None),
            mute(VIEWER, at + 3, Some(at + 50_000)),
            presence("user_bob", at + 1, true),
            presence("user_bob", at + 2, false),
            presence("user_eve", at + 1, false),
            presence("user_eve", at + 2, true),
            presence("user_mia", at + 1, true),
        ];
        let mut chat = live();
        for index in order.into_iter().chain(again) {
            chat.receive(&frames[index]);
        }
        let channel = chat.chat.channel().unwrap();
        prop_assert_eq!((channel.ban_urls, channel.ban_media, channel.user_posts_cooldown_seconds), (false, true, None));
        let permissions = chat.chat.permissions().unwrap();
        prop_assert_eq!((permissions.can_post, permissions.can_react), (true, false));
        prop_assert_eq!(chat.chat.posting(), Posting::Muted { until: at + 50_000 });
        prop_assert_eq!(present(&chat), ["user_eve", "user_mia"]);
    }
}
