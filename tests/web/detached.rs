//! Whatever becomes of the connection and of what the visitor may do while they read old messages, far from what is live.

use super::fixture::{self, CHANNEL, messages, page, post};
use super::harness::{Widget, click, frame, press, until};
use super::list::{at_bottom, scroll_up, top};
use super::reading::{jump, numbers, oldest_first, with_old_quote};
use chat_core::Event;
use serde_json::{Value, json};
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::Element;

/// At the tenth of a thousand messages.
async fn far_back() -> (Widget, Element, f64) {
    let widget = with_old_quote().await;
    jump(&widget).await;
    let row = widget.focused().unwrap();
    let before = below(&widget, &row);
    (widget, row, before)
}

/// What is read stays where it is: the composer, below, may grow and shrink.
async fn assert_stands(widget: &Widget, row: &Element, below_before: f64) {
    for _ in 0..4 {
        frame().await;
    }
    let moved = below(widget, row) - below_before;
    assert!(moved.abs() <= 1.0, "moved by {moved}");
    assert!(numbers(widget).is_sorted_by(|a, b| *b == a + 1));
}

/// How far a row is above the view's lower edge.
fn below(widget: &Widget, row: &Element) -> f64 {
    widget.scroller().get_bounding_client_rect().bottom() - top(row)
}

fn foot(widget: &Widget) -> String {
    let line = widget.try_find(".read-only");
    line.map(|line| line.text_content().unwrap())
        .unwrap_or_default()
}

fn connection(widget: &Widget) -> String {
    widget.find(".connection").text_content().unwrap()
}

#[wasm_bindgen_test]
async fn offline_one_reads_on_and_goes_back_to_what_was_the_newest() {
    let (widget, row, before) = far_back().await;
    widget.conversation.dispatch(Event::WentOffline);
    until("it is said", || connection(&widget).contains("offline")).await;
    assert_stands(&widget, &row, before).await;
    // What was read is there, and so is the newest.
    scroll_up(&widget, 200).await;
    assert!(numbers(&widget).contains(&1));
    click(&widget.find(".jump"));
    until("at the newest that is known", || {
        numbers(&widget).last() == Some(&1_000) && at_bottom(&widget)
    })
    .await;
}

#[wasm_bindgen_test]
async fn what_could_not_be_read_offline_can_be_asked_for_again() {
    let (widget, _, _) = far_back().await;
    widget.conversation.dispatch(Event::WentOffline);
    for _ in 0..4 {
        scroll_up(&widget, -100_000).await;
    }
    let asked = || widget.requests("GET", "after=forth-1").len();
    assert_eq!(asked(), 1);
    widget.answer("GET", "after=forth-1", 404, &json!({}));
    until("it is said", || widget.try_find(".newer button").is_some()).await;
    widget.conversation.dispatch(Event::Resumed);
    click(&widget.find(".newer button"));
    assert_eq!(asked(), 1);
    let second = oldest_first(messages(101, 100, 800));
    widget.answer("GET", "after=forth-1", 200, &page(&second, None));
    until("it goes on", || {
        numbers(&widget).iter().any(|number| *number > 100)
    })
    .await;
}

#[wasm_bindgen_test]
async fn who_loses_access_keeps_what_they_read_and_is_told_why_they_can_not_write() {
    for (status, kind, sentence) in [
        (403, "no_access", "This chat is for members"),
        (404, "not_found", "This chat doesn’t exist"),
        (401, "unauthorized", "Sign in again to keep chatting."),
    ] {
        let (widget, _, _) = far_back().await;
        for _ in 0..4 {
            scroll_up(&widget, -100_000).await;
        }
        let last = widget.newest();
        let before = below(&widget, &last);
        let is_there = || async {
            for _ in 0..4 {
                frame().await;
            }
            let moved = (below(&widget, &last) - before).abs();
            assert!(moved <= 1.0, "moved by {moved}");
            assert!(numbers(&widget).ends_with(&[98, 99, 100]));
        };
        // The token is refused, and there is no other.
        widget.answer("GET", "after=forth-1", 401, &json!({}));
        let refusal = json!({"error": {"type": kind, "message": ""}});
        widget.answer("POST", "/session", status, &refusal);
        until("it is said", || foot(&widget).starts_with(sentence)).await;
        assert!(widget.try_find("textarea").is_none());
        is_there().await;
        // The way on: in again, where they were.
        click(&widget.find(".read-only button"));
        let session = fixture::session(&messages(951, 50, 1), Some("back-1"));
        widget.answer("POST", "/session", 200, &session);
        until("they may write", || widget.try_find("textarea").is_some()).await;
        is_there().await;
    }
}

#[wasm_bindgen_test]
async fn a_channel_that_is_read_only_now_says_so_and_moves_nothing() {
    let (widget, row, before) = far_back().await;
    let who = |who: &str, at: f64| json!({"feedEntity": {"chatFeed": {"entityId": CHANNEL, "updatedAt": at, "whoCanPost": who}}});
    let now = js_sys::Date::now();
    widget.receive(&who("ADMINS", now));
    until("it is said", || {
        foot(&widget) == "Only admins can post here."
    })
    .await;
    assert_stands(&widget, &row, before).await;
    widget.receive(&who("EVERYONE", now + 1.0));
    until("one may write", || widget.try_find("textarea").is_some()).await;
    assert_stands(&widget, &row, before).await;
}

#[wasm_bindgen_test]
async fn who_is_muted_stays_where_they_read_also_when_they_press_enter() {
    let (widget, row, _) = far_back().await;
    widget.write("so much to say");
    let at = js_sys::Date::now();
    let mute = |until: f64| -> Value {
        json!({"feedEntity": {"mutedUser": {"userId": fixture::VIEWER, "feedId": CHANNEL, "updatedAt": at,
            "mutedUntil": until, "Deleted": false}}})
    };
    let before = below(&widget, &row);
    widget.receive(&mute(at + 600_000.0));
    until("it is said", || {
        let line = widget.find(".pause").text_content().unwrap();
        line.starts_with("A moderator has muted you until ")
    })
    .await;
    press(&widget.field(), "Enter", |_| {});
    widget.receive(&post("msg_90001", "user_bob", "news"));
    until("what comes is counted", || {
        widget.find(".jump").text_content().unwrap() == "1 new message"
    })
    .await;
    assert_stands(&widget, &row, before).await;
    assert_eq!(widget.field().value(), "so much to say");
    assert_eq!(widget.requests("POST", "/messages").len(), 0);
}
