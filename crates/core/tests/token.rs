//! The token's life: T6, T7, and the session's opening.

mod harness;

use chat_core::{Effect, Event, HttpOutcome, Identity, PageEvent, Posting, Refusal, Status, Timer};
use harness::{Harness, VIEWER, error, message, page, session, session_with_token};
use serde_json::json;

const HOUR: i64 = 3_600_000;

#[test]
fn opens_in_one_request() {
    let mut chat = Harness::new(Identity::Assertion("assertion-1".to_owned()), false);
    chat.feed(Event::Opened);
    assert_eq!(*chat.chat.status(), Status::Opening);
    let body = session(
        &[message("msg_1", "user_bob", 1, "one")],
        None,
        chat.now,
        HOUR,
    );
    let request = chat.answer_post("/session", 200, &body);
    let asked: serde_json::Value = serde_json::from_str(&request.body.unwrap()).unwrap();
    assert_eq!(asked["assertion"], "assertion-1");
    assert_eq!(asked["with_messages"], true);
    assert_eq!(*chat.chat.status(), Status::Ready);
    assert_eq!(chat.texts(), ["one"]);
    assert!(chat.effects.contains(&Effect::Emit(PageEvent::Ready)));
}

#[test]
fn refusals_say_what_they_are_and_are_not_repeated() {
    let cases = [
        (401, "unauthorized", Refusal::SignedOut),
        (403, "no_access", Refusal::NoAccess),
        (404, "not_found", Refusal::UnknownChannel),
        (403, "forbidden", Refusal::Misconfigured("Why.".to_owned())),
        (
            400,
            "bad_request",
            Refusal::Misconfigured("Why.".to_owned()),
        ),
    ];
    for (status, kind, refusal) in cases {
        let mut chat = Harness::new(Identity::Whop, false);
        chat.feed(Event::Opened);
        chat.answer_post("/session", status, &error(kind, "Why."));
        assert_eq!(*chat.chat.status(), Status::Refused(refusal));
        assert!(chat.requests.is_empty() && chat.timers.is_empty());
        chat.feed(Event::RetriedOpening);
        assert_eq!(*chat.chat.status(), Status::Opening);
        assert_eq!(chat.waiting("POST", "/session"), 1);
    }
}

#[test]
fn an_unreachable_server_is_tried_again_after_a_growing_while() {
    let mut chat = Harness::new(Identity::Whop, false);
    chat.feed(Event::Opened);
    let mut pauses = Vec::new();
    for _ in 0..3 {
        chat.lose("POST", "/session");
        assert_eq!(*chat.chat.status(), Status::Unreachable);
        let before = chat.now;
        chat.elapse(Timer::ReopenSession);
        pauses.push(chat.now - before);
    }
    assert_eq!(pauses, [499, 999, 1_999]);
    let body = session(&[], None, chat.now, HOUR);
    chat.answer_post("/session", 200, &body);
    assert_eq!(*chat.chat.status(), Status::Ready);
}

#[test]
fn garbage_instead_of_a_session_is_said() {
    let mut chat = Harness::new(Identity::Whop, false);
    chat.feed(Event::Opened);
    let (id, _) = chat.take("POST", "/session");
    let body = "<!doctype html>".to_owned();
    chat.feed(Event::Http(
        id,
        HttpOutcome::Answered {
            status: 200,
            body,
            retry_after_millis: None,
        },
    ));
    assert!(matches!(
        chat.chat.status(),
        Status::Refused(Refusal::Misconfigured(_))
    ));
}

#[test]
fn asks_the_page_who_the_visitor_is() {
    let mut chat = Harness::new(Identity::Page, true);
    chat.feed(Event::Opened);
    assert_eq!(chat.effects.last(), Some(&Effect::AskPageForAssertion));
    chat.feed(Event::PageAsserted(Some("assertion-2".to_owned())));
    let body = session(&[], None, chat.now, HOUR);
    let request = chat.answer_post("/session", 200, &body);
    assert!(request.body.unwrap().contains("assertion-2"));
}

#[test]
fn whom_the_page_does_not_know_may_be_a_guest() {
    let mut chat = Harness::new(Identity::Page, true);
    chat.feed(Event::Opened);
    chat.feed(Event::PageAsserted(None));
    let request = chat.answer_post("/session", 401, &error("unauthorized", "Nobody."));
    assert!(!request.body.unwrap().contains("assertion"));
    assert_eq!(*chat.chat.status(), Status::Refused(Refusal::SignedOut));

    let mut chat = Harness::new(Identity::Page, true);
    chat.feed(Event::Opened);
    chat.feed(Event::PageAsserted(None));
    let mut guest = session(&[], None, chat.now, HOUR);
    guest["user"] = json!({"id": "guest_1", "username": ""});
    guest["permissions"] = json!({"access_level": "no_access", "can_post": false, "can_react": false, "can_moderate": false});
    chat.answer_post("/session", 200, &guest);
    assert_eq!(*chat.chat.status(), Status::Ready);
    assert_eq!(chat.chat.posting(), Posting::NotPermitted);
    // Nor do new settings let a guest write.
    chat.open_socket();
    let channel = chat.chat.channel().unwrap().id.clone();
    chat.receive(
        &json!({"feedEntity": {"chatFeed": {"entityId": channel, "whoCanPost": "EVERYONE"}}}),
    );
    assert_eq!(chat.chat.posting(), Posting::NotPermitted);
}

#[test]
fn an_assertion_that_is_too_old_is_replaced_by_the_pages_next_one() {
    let mut chat = Harness::new(Identity::Assertion("stale".to_owned()), true);
    chat.feed(Event::Opened);
    chat.answer_post(
        "/session",
        401,
        &error("unauthorized", "The assertion has expired."),
    );
    assert_eq!(chat.effects.last(), Some(&Effect::AskPageForAssertion));
    chat.feed(Event::PageAsserted(Some("fresh".to_owned())));
    let request = chat.answer_post("/session", 401, &error("unauthorized", "No."));
    assert!(request.body.unwrap().contains("fresh"));
    assert_eq!(
        *chat.chat.status(),
        Status::Refused(Refusal::SignedOut),
        "asked once, not for ever"
    );
}

#[test]
fn t6_an_expired_token_is_replaced_unseen() {
    let mut chat = Harness::live(&[]);
    chat.send("one");
    chat.feed(Event::ReachedOldest);
    chat.answer_post(
        "/api/v1/messages",
        401,
        &error("unauthorized", "Token expired."),
    );
    assert_eq!(chat.waiting("POST", "/session"), 1);
    let body = session_with_token("token-2", &[], None, chat.now, HOUR);
    chat.answer_post("/session", 200, &body);
    let (id, request) = chat.take("POST", "/api/v1/messages");
    assert_eq!(request.bearer.as_deref(), Some("token-2"));
    assert!(request.body.unwrap().contains("one"));
    chat.answer(id, 200, &message("msg_1", VIEWER, 990, "one"));
    assert_eq!(chat.texts(), ["one"]);
    assert!(
        chat.effects
            .contains(&Effect::Emit(PageEvent::TokenRefreshed))
    );
}

#[test]
fn t6_many_refusals_make_one_renewal() {
    let mut chat = Harness::live(&[message("msg_1", "user_bob", 1, "one")]);
    let row = chat.row("one").id;
    chat.send("two");
    chat.feed(Event::ToggledReaction {
        row,
        emoji: "🔥".to_owned(),
    });
    chat.answer_post("/messages", 401, &error("unauthorized", "Token expired."));
    chat.answer_post("/reactions", 401, &error("unauthorized", "Token expired."));
    chat.feed(Event::ToggledReaction {
        row,
        emoji: "👍".to_owned(),
    });
    assert_eq!(chat.waiting("POST", "/session"), 1);
    assert_eq!(
        chat.waiting("POST", "/reactions"),
        0,
        "waits for the new token"
    );
    let body = session_with_token("token-2", &[], None, chat.now, HOUR);
    chat.answer_post("/session", 200, &body);
    assert_eq!(
        chat.waiting("POST", "/reactions") + chat.waiting("POST", "/messages"),
        3
    );
    assert!((0..3).all(|at| chat.bearer_of(at) == Some("token-2")));
}

#[test]
fn t6_a_late_refusal_of_the_old_token_asks_for_no_third_one() {
    let mut chat = Harness::live(&[message("msg_1", "user_bob", 1, "one")]);
    let row = chat.row("one").id;
    chat.send("two");
    chat.feed(Event::ToggledReaction {
        row,
        emoji: "🔥".to_owned(),
    });
    chat.answer_post("/messages", 401, &error("unauthorized", "Token expired."));
    let body = session_with_token("token-2", &[], None, chat.now, HOUR);
    chat.answer_post("/session", 200, &body);
    chat.answer_post("/reactions", 401, &error("unauthorized", "Token expired."));
    assert_eq!(chat.waiting("POST", "/session"), 0);
    let (_, request) = chat.take("POST", "/reactions");
    assert_eq!(request.bearer.as_deref(), Some("token-2"));
}

#[test]
fn t7_a_new_token_that_is_refused_too_is_the_end_of_it() {
    let mut chat = Harness::live(&[]);
    chat.send("one");
    for token in ["token-2", "token-3", "token-4"] {
        if chat.waiting("POST", "/messages") == 0 {
            break;
        }
        chat.answer_post("/messages", 401, &error("unauthorized", "No."));
        if chat.waiting("POST", "/session") > 0 {
            let body = session_with_token(token, &[], None, chat.now, HOUR);
            chat.answer_post("/session", 200, &body);
        }
    }
    let renewals = chat
        .effects
        .iter()
        .filter(|effect| **effect == Effect::Emit(PageEvent::TokenRefreshed));
    assert_eq!(renewals.count(), 1);
    assert!(chat.rows()[0].delivery != chat_core::Delivery::Delivered);
}

#[test]
fn t6_the_token_is_renewed_before_it_expires() {
    let mut chat = Harness::live(&[]);
    let before = chat.now;
    chat.elapse(Timer::RenewToken);
    assert_eq!(chat.now - before, HOUR / 100 * 80);
    let request = chat.answer_post(
        "/session",
        200,
        &session_with_token("token-2", &[], None, before + HOUR, HOUR),
    );
    assert!(request.body.unwrap().contains(r#""with_messages":false"#));
    assert!(chat.timers.contains_key(&Timer::RenewToken));
}

#[test]
fn t7_a_flapping_network_does_not_hammer_the_token_endpoint() {
    let mut chat = Harness::live(&[]);
    for _ in 0..20 {
        chat.close_socket(1006);
        chat.elapse(Timer::Reconnect);
        chat.open_socket();
        chat.lose("GET", "/messages");
        chat.feed(Event::WentOffline);
        chat.feed(Event::Resumed);
        chat.open_socket();
        chat.lose("GET", "/messages");
    }
    let sessions = chat
        .effects
        .iter()
        .filter(|effect| matches!(effect, Effect::Http(_, request) if request.path == "/session"));
    assert_eq!(sessions.count(), 1, "the first");
}

#[test]
fn t7_a_lost_renewal_waits_before_it_is_repeated() {
    let mut chat = Harness::live(&[]);
    chat.elapse(Timer::RenewToken);
    chat.lose("POST", "/session");
    assert_eq!(chat.waiting("POST", "/session"), 0);
    chat.elapse(Timer::RenewToken);
    assert_eq!(chat.waiting("POST", "/session"), 1);
}

#[test]
fn an_expired_ticket_is_replaced_before_the_next_socket() {
    let mut chat = Harness::live(&[]);
    chat.close_socket(4001);
    assert_eq!(chat.socket, None);
    let body = session_with_token("token-2", &[], None, chat.now, HOUR);
    chat.answer_post("/session", 200, &body);
    assert!(chat.socket.is_some());
}

#[test]
fn a_session_is_renewed_by_what_it_gave_whoever_said_who_the_visitor_is() {
    let mut chat = Harness::live(&[]);
    chat.send("one");
    chat.answer_post("/messages", 401, &error("unauthorized", "Token expired."));
    let body = session_with_token("token-2", &[], None, chat.now, HOUR);
    let asked = chat.answer_post("/session", 200, &body).body.unwrap();
    assert!(asked.contains("\"renewal\":\"renewal-of-"), "{asked}");
}

#[test]
fn after_a_long_sleep_the_token_comes_before_the_socket() {
    let mut chat = Harness::live(&[]);
    chat.feed(Event::WentOffline);
    chat.now += 10 * HOUR;
    chat.feed(Event::Resumed);
    assert_eq!(chat.socket, None);
    let body = session_with_token("token-2", &[], None, chat.now, HOUR);
    chat.answer_post("/session", 200, &body);
    chat.open_socket();
    chat.answer_get("/messages", 200, &page(&[], None));
}

#[test]
fn a_renewal_that_is_refused_asks_the_page_and_then_gives_up_without_losing_text() {
    let mut chat = Harness::new(Identity::Page, true);
    chat.feed(Event::Opened);
    chat.feed(Event::PageAsserted(Some("assertion-1".to_owned())));
    let body = session(&[], None, chat.now, HOUR);
    chat.answer_post("/session", 200, &body);
    chat.send("keep me");
    chat.answer_post("/messages", 401, &error("unauthorized", "Token expired."));
    chat.answer_post("/session", 401, &error("unauthorized", "Renewal expired."));
    assert_eq!(chat.effects.last(), Some(&Effect::AskPageForAssertion));
    chat.feed(Event::PageAsserted(None));
    assert_eq!(*chat.chat.status(), Status::Refused(Refusal::SignedOut));
    assert_eq!(chat.texts(), ["keep me"]);
    assert!(
        chat.effects
            .contains(&Effect::Emit(PageEvent::TokenRefreshFailed))
    );
}
