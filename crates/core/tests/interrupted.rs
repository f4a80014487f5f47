//! What is under way when something else happens: nothing is lost, doubled or left waiting for ever.

mod harness;

use chat_core::{
    Announcement, ConnectionStatus, Delivery, Effect, Event, Failure, HttpOutcome, Identity, Older,
    Refusal, Status, Timer,
};
use harness::{Harness, VIEWER, error, message, page, post, session, session_with_token};
use serde_json::{Value, json};

const HOUR: i64 = 3_600_000;

fn one() -> Value {
    message("msg_1", "user_bob", 1, "one")
}

fn two() -> Value {
    message("msg_2", "user_bob", 2, "two")
}

fn reconnect(chat: &mut Harness) {
    chat.close_socket(1006);
    chat.elapse(Timer::Reconnect);
    chat.open_socket();
}

fn refused_for(millis: u32) -> HttpOutcome {
    HttpOutcome::Answered {
        status: 429,
        body: String::new(),
        retry_after_millis: Some(millis),
    }
}

#[test]
fn t1_the_answer_to_an_earlier_look_does_not_close_the_later_gap() {
    let mut chat = Harness::live(&[one()]);
    reconnect(&mut chat);
    let (early, _) = chat.take("GET", "/messages");
    reconnect(&mut chat);
    chat.answer(early, 200, &page(&[one()], None));
    chat.answer_get("/messages", 200, &page(&[two(), one()], None));
    assert_eq!(chat.texts(), ["one", "two"]);
}

#[test]
fn t1_a_look_without_a_socket_leaves_the_gap_open() {
    let mut chat = Harness::live(&[one()]);
    chat.send("mine");
    chat.close_socket(1006);
    chat.lose("POST", "/messages");
    let mine = message("msg_mine", VIEWER, 990, "mine");
    chat.answer_get("/messages", 200, &page(&[mine.clone(), one()], None));
    chat.elapse(Timer::Reconnect);
    chat.open_socket();
    let late = message("msg_late", "user_bob", 995, "late");
    chat.answer_get("/messages", 200, &page(&[late, mine, one()], None));
    assert_eq!(chat.texts(), ["one", "mine", "late"]);
}

#[test]
fn t5_a_throttled_timer_does_not_strand_a_message_of_unknown_fate() {
    let mut chat = Harness::live(&[]);
    chat.elapse(Timer::Heartbeat);
    chat.send("mine");
    chat.lose("POST", "/messages");
    chat.now += HOUR / 2;
    chat.elapse(Timer::HeartbeatTimeout);
    assert_eq!(chat.chat.connection(), ConnectionStatus::Live);
    chat.answer_get("/messages", 200, &page(&[], None));
    assert_eq!(
        chat.row("mine").delivery,
        Delivery::Failed(Failure::NotDelivered)
    );
}

#[test]
fn going_offline_before_the_session_is_open_makes_no_gap() {
    let mut chat = Harness::new(Identity::Whop, false);
    chat.feed(Event::Opened);
    chat.feed(Event::WentOffline);
    chat.lose("POST", "/session");
    chat.feed(Event::Resumed);
    let body = session(&[two()], Some("cursor-1"), chat.now, HOUR);
    chat.answer_post("/session", 200, &body);
    chat.open_socket();
    chat.answer_get("/messages", 200, &page(&[two()], Some("cursor-1")));
    assert_eq!(chat.waiting("GET", "/messages"), 0, "one look is enough");
}

#[test]
fn t1_the_newest_message_deleted_meanwhile_is_gone() {
    let mut chat = Harness::live(&[two(), one()]);
    reconnect(&mut chat);
    chat.answer_get("/messages", 200, &page(&[one()], None));
    assert_eq!(chat.texts(), ["one"]);
    reconnect(&mut chat);
    chat.answer_get("/messages", 200, &page(&[], None));
    assert_eq!(chat.texts(), [""; 0], "nor is anything left of nothing");
}

#[test]
fn t1_what_arrives_during_the_look_is_not_taken_for_deleted() {
    let mut chat = Harness::live(&[one()]);
    reconnect(&mut chat);
    // Stored later than the page's newest, though in the same millisecond and with a lower id.
    chat.receive(&post("msg_10", "user_eve", 2, "same moment"));
    chat.answer_get("/messages", 200, &page(&[two(), one()], None));
    assert_eq!(chat.texts(), ["one", "same moment", "two"]);
}

/// Answers ten pages of a gap, all of them newer than what is known.
fn too_wide(chat: &mut Harness) {
    for number in (1..=10).rev() {
        let id = format!("msg_5{number:02}");
        let newer = message(&id, "user_bob", 500 + number, &id);
        let (id, _) = chat.take("GET", "first=50");
        chat.answer(id, 200, &page(&[newer], Some(&format!("gap-{number}"))));
    }
}

#[test]
fn t1_what_arrives_while_a_gap_proves_too_wide_stays() {
    let mut chat = Harness::live(&[one()]);
    reconnect(&mut chat);
    chat.receive(&post("msg_900", "user_eve", 900, "live"));
    too_wide(&mut chat);
    assert_eq!(chat.texts().len(), 11);
    assert_eq!(chat.texts()[10], "live");
}

#[test]
fn t1_an_older_page_from_before_a_gap_too_wide_makes_no_hole() {
    let mut chat = Harness::new(Identity::Whop, false);
    chat.open(&[two()], true);
    chat.open_socket();
    chat.answer_get("/messages", 200, &page(&[two()], Some("cursor-1")));
    chat.feed(Event::ReachedOldest);
    let (older, _) = chat.take("GET", "after=cursor-1");
    reconnect(&mut chat);
    too_wide(&mut chat);
    chat.answer(older, 200, &page(&[one()], None));
    assert_eq!(chat.texts().len(), 10);
    assert_eq!(chat.chat.older(), Older::Available);
    chat.feed(Event::ReachedOldest);
    assert_eq!(chat.waiting("GET", "after=gap-1"), 1);
}

/// Signed out while a message, an older page and a reaction are under way; then opened again.
#[test]
fn what_was_under_way_when_the_session_is_opened_again_is_not_left_waiting() {
    let mut chat = Harness::new(Identity::Whop, false);
    chat.open(&[one()], true);
    chat.open_socket();
    chat.answer_get("/messages", 200, &page(&[one()], Some("cursor-1")));
    let row = chat.row("one").id;
    chat.send("mine");
    chat.send("next");
    chat.feed(Event::ReachedOldest);
    let emoji = "🔥".to_owned();
    chat.feed(Event::ToggledReaction { row, emoji });
    chat.elapse(Timer::RenewToken);
    chat.answer_post("/session", 401, &error("unauthorized", "No."));
    assert_eq!(
        *chat.chat.status(),
        Status::Refused(Refusal::SignedOut),
        "all three are still unanswered"
    );
    chat.requests.clear();
    chat.feed(Event::RetriedOpening);
    let body = session_with_token("token-2", &[one()], Some("cursor-1"), chat.now, HOUR);
    chat.answer_post("/session", 200, &body);
    chat.open_socket();
    assert_eq!(chat.waiting("POST", "/messages"), 0, "no blind retry");
    let mine = message("msg_mine", VIEWER, 990, "mine");
    chat.answer_get("/messages", 200, &page(&[mine, one()], Some("cursor-2")));
    assert_eq!(chat.row("mine").delivery, Delivery::Delivered);
    let request = chat.answer_post("/messages", 200, &message("msg_n", VIEWER, 991, "next"));
    assert!(request.body.unwrap().contains("next"));
    assert_eq!(chat.texts(), ["one", "mine", "next"]);
    assert_eq!(chat.chat.older(), Older::Available);
    assert!(chat.row("one").reactions.is_empty());
}

#[test]
fn t7_who_is_signed_out_asks_for_nothing_until_they_open_again() {
    let mut chat = Harness::live(&[one()]);
    chat.elapse(Timer::RenewToken);
    chat.send("parked");
    chat.answer_post("/session", 401, &error("unauthorized", "No."));
    chat.requests.clear();
    chat.send("kept");
    chat.feed(Event::ReachedOldest);
    chat.feed(Event::Resumed);
    while let Some(timer) = chat.timers.keys().next().copied() {
        chat.elapse(timer);
    }
    assert!(chat.requests.is_empty(), "{:?}", chat.requests);
    chat.feed(Event::RetriedOpening);
    let body = session_with_token("token-2", &[one()], None, chat.now, HOUR);
    chat.answer_post("/session", 200, &body);
    let request = chat.answer_post("/messages", 200, &message("msg_2", VIEWER, 990, "kept"));
    assert_eq!(request.bearer.as_deref(), Some("token-2"));
    assert_eq!(chat.texts(), ["one", "kept", "parked"]);
    assert_eq!(
        chat.row("parked").delivery,
        Delivery::Failed(Failure::SignedOut)
    );
}

#[test]
fn t7_waking_up_again_and_again_asks_once() {
    let mut chat = Harness::new(Identity::Whop, false);
    chat.feed(Event::Opened);
    chat.lose("POST", "/session");
    for _ in 0..10 {
        chat.feed(Event::Resumed);
    }
    assert_eq!(chat.waiting("POST", "/session"), 1);
    let body = session(&[one()], None, chat.now, HOUR);
    chat.answer_post("/session", 200, &body);
    assert_eq!(chat.texts(), ["one"]);
}

#[test]
fn t7_a_server_that_takes_no_ticket_is_not_asked_for_one_after_the_other() {
    let mut chat = Harness::live(&[]);
    let before = chat.now;
    for _ in 0..20 {
        chat.close_socket(4001);
        if chat.waiting("POST", "/session") > 0 {
            let body = session_with_token("token-2", &[], None, chat.now, HOUR);
            chat.answer_post("/session", 200, &body);
        } else {
            chat.elapse(Timer::Reconnect);
        }
        chat.open_socket();
        chat.answer_get("/messages", 200, &page(&[], None));
    }
    let renewals = chat
        .effects
        .iter()
        .filter(|effect| matches!(effect, Effect::Http(_, request) if request.path == "/session"));
    let renewals = i64::try_from(renewals.count()).unwrap();
    assert!(renewals <= 2 + (chat.now - before) / 30_000, "{renewals}");
}

#[test]
fn s1_an_echo_that_comes_after_the_look_takes_the_failed_row() {
    let mut chat = Harness::live(&[one()]);
    chat.send("mine");
    let row = chat.row("mine").id;
    chat.lose("POST", "/messages");
    chat.answer_get("/messages", 200, &page(&[one()], None));
    assert_eq!(
        chat.row("mine").delivery,
        Delivery::Failed(Failure::NotDelivered)
    );
    chat.receive(&post("msg_mine", VIEWER, 990, "mine"));
    assert_eq!(chat.texts(), ["one", "mine"], "offered no more");
    assert_eq!(chat.row("mine").delivery, Delivery::Delivered);
    assert_eq!(chat.row("mine").id, row);
}

#[test]
fn s2_a_pause_after_an_equal_message_from_another_device_keeps_rows_apart() {
    let mut chat = Harness::live(&[]);
    chat.send("hi");
    chat.receive(&post("msg_other", VIEWER, 990, "hi"));
    let (id, _) = chat.take("POST", "/messages");
    chat.feed(Event::Http(id, refused_for(1_000)));
    let mut ids = chat.chat.rows();
    ids.dedup();
    assert_eq!(ids.len(), 2);
    chat.elapse(Timer::SendNext);
    chat.answer_post("/messages", 200, &message("msg_ours", VIEWER, 991, "hi"));
    assert_eq!(chat.texts(), ["hi", "hi"]);
    let mut ids = chat.chat.rows();
    ids.dedup();
    assert_eq!(ids.len(), 2);
}

#[test]
fn a_session_without_messages_is_filled() {
    let mut chat = Harness::new(Identity::Whop, false);
    chat.feed(Event::Opened);
    let mut body = session(&[], None, chat.now, HOUR);
    body["messages"] = Value::Null;
    chat.answer_post("/session", 200, &body);
    chat.open_socket();
    chat.answer_get("/messages", 200, &page(&[one()], Some("cursor-1")));
    assert_eq!(chat.texts(), ["one"]);
    assert_eq!(chat.chat.older(), Older::Available);
    assert_eq!(chat.waiting("GET", "/messages"), 0);
}

#[test]
fn what_is_written_offline_leaves_when_the_network_is_back() {
    let mut chat = Harness::live(&[one()]);
    chat.feed(Event::WentOffline);
    chat.send("mine");
    chat.send("next");
    assert_eq!(chat.waiting("POST", "/messages"), 0);
    assert_eq!(chat.row("mine").delivery, Delivery::Pending);
    chat.feed(Event::Resumed);
    let request = chat.answer_post("/messages", 200, &message("msg_2", VIEWER, 990, "mine"));
    assert!(request.body.unwrap().contains("mine"));
    chat.answer_post("/messages", 200, &message("msg_3", VIEWER, 991, "next"));
    assert_eq!(chat.texts(), ["one", "mine", "next"]);
}

#[test]
fn rows_are_drawn_anew_when_the_visitor_is_known_again() {
    let mut chat = Harness::live(&[message("msg_1", VIEWER, 1, "one")]);
    chat.feed(Event::WentOffline);
    chat.send("mine");
    chat.feed(Event::RetriedOpening);
    let body = session_with_token("token-2", &[], None, chat.now, HOUR);
    chat.answer_post("/session", 200, &body);
    assert!(chat.changes.all_rows);
}

#[test]
fn a_look_keeps_the_pause_that_the_server_asks_for() {
    let mut chat = Harness::live(&[one()]);
    reconnect(&mut chat);
    let (id, _) = chat.take("GET", "/messages");
    chat.feed(Event::Http(id, refused_for(9_000)));
    let before = chat.now;
    chat.elapse(Timer::RefillGap);
    assert!(chat.now - before >= 9_000);
    assert_eq!(chat.waiting("GET", "/messages"), 1);
}

#[test]
fn a_page_that_cannot_be_reached_is_not_a_visitor_signed_out() {
    let mut chat = Harness::new(Identity::Page, true);
    chat.feed(Event::Opened);
    chat.feed(Event::PageUnreachable);
    assert_eq!(*chat.chat.status(), Status::Unreachable);
    chat.elapse(Timer::ReopenSession);
    assert_eq!(chat.effects.last(), Some(&Effect::AskPageForAssertion));
    chat.feed(Event::PageAsserted(Some("assertion-1".to_owned())));
    let body = session(&[one()], None, chat.now, HOUR);
    chat.answer_post("/session", 200, &body);
    chat.elapse(Timer::RenewToken);
    chat.answer_post("/session", 401, &error("unauthorized", "Over."));
    chat.feed(Event::PageUnreachable);
    assert_eq!(*chat.chat.status(), Status::Ready);
    chat.elapse(Timer::RenewToken);
    assert_eq!(chat.waiting("POST", "/session"), 1);
}

#[test]
fn a_quoted_message_of_another_channel_is_not_shown_here() {
    let mut chat = Harness::live(&[one()]);
    let mut answer = post("msg_2", "user_eve", 2, "look");
    let mut quoted = post("msg_x", "user_olivia", 1, "elsewhere")["feedEntity"]["dmsPost"].clone();
    quoted["feedId"] = json!("chat_feed_staff");
    answer["feedEntity"]["dmsPost"]["replyingToPostId"] = json!("msg_x");
    answer["feedEntity"]["dmsPost"]["replyingToPost"] = quoted;
    chat.receive(&answer);
    assert_eq!(chat.texts(), ["one", "look"]);
    assert!(
        chat.effects
            .iter()
            .any(|effect| matches!(effect, Effect::Announce(Announcement::Message { .. })))
    );
}
