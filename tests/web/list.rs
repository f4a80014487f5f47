//! The history under the reader's eye.

use super::fixture::{message, messages, page, post};
use super::harness::{Widget, click, frame, until};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Element, HtmlElement};

pub fn top(element: &Element) -> f64 {
    element.get_bounding_client_rect().top()
}

pub fn bottom(element: &Element) -> f64 {
    element.get_bounding_client_rect().bottom()
}

pub fn at_bottom(widget: &Widget) -> bool {
    let scroller = widget.scroller();
    let last = widget.find(".rows > :last-child");
    let distance = bottom(&scroller) - bottom(&last);
    (0.0..=40.0).contains(&distance)
}

pub async fn scroll_up(widget: &Widget, by: i32) {
    let scroller = widget.scroller();
    scroller.set_scroll_top(scroller.scroll_top() - by);
    frame().await;
    frame().await;
}

pub fn first_in_sight(widget: &Widget) -> Element {
    let edge = top(&widget.scroller());
    let rows = widget.items();
    let row = rows.into_iter().find(|row| top(row) >= edge);
    row.expect("a row in sight")
}

#[wasm_bindgen_test]
async fn it_opens_at_the_newest_message() {
    let widget = Widget::live(&messages(100, 50, 1), None).await;
    assert!(widget.texts().last().unwrap().contains("number 149"));
    assert!(at_bottom(&widget));
    assert!(widget.try_find(".jump").is_none());
}

#[wasm_bindgen_test]
async fn m1_older_messages_move_nothing_in_any_frame() {
    let widget = Widget::live(&messages(100, 50, 1), Some("cursor-1")).await;
    scroll_up(&widget, 100_000).await;
    until("a page is asked for", || {
        widget.requests("GET", "cursor-1").len() == 1
    })
    .await;
    scroll_up(&widget, -200).await;
    let seen = first_in_sight(&widget);
    let before = top(&seen);
    widget.answer(
        "GET",
        "cursor-1",
        200,
        &page(&messages(50, 50, 60), Some("cursor-2")),
    );
    for _ in 0..6 {
        frame().await;
        let moved = (top(&seen) - before).abs();
        assert!(moved <= 1.0, "moved by {moved} px");
    }
    until("they are there", || {
        widget
            .texts()
            .iter()
            .any(|text| text.contains("number 99 "))
    })
    .await;
}

#[wasm_bindgen_test]
async fn m4_what_arrives_late_does_not_lose_the_bottom() {
    let widget = Widget::live(&messages(100, 50, 1), None).await;
    let picture: HtmlElement = leptos::prelude::document()
        .create_element("div")
        .unwrap()
        .unchecked_into();
    picture.style().set_property("height", "333px").unwrap();
    widget.row("number 140").append_child(&picture).unwrap();
    for _ in 0..3 {
        frame().await;
        assert!(at_bottom(&widget));
    }
    widget.receive(&post("msg_90001", "user_bob", "and a new one"));
    until("it is there", || {
        widget
            .newest()
            .text_content()
            .unwrap()
            .contains("and a new one")
    })
    .await;
    assert!(at_bottom(&widget));
    assert!(widget.try_find(".jump").is_none());
}

#[wasm_bindgen_test]
async fn m5_reading_history_is_not_disturbed_and_a_pill_counts() {
    let widget = Widget::live(&messages(100, 50, 1), None).await;
    scroll_up(&widget, 900).await;
    let anchor = first_in_sight(&widget);
    let before = top(&anchor);
    for number in 0..3 {
        widget.receive(&post(
            &format!("msg_9000{number}"),
            "user_bob",
            "a new one\n\nwith lines",
        ));
        frame().await;
        let moved = top(&anchor) - before;
        assert!(moved.abs() <= 1.0, "message {number}: moved by {moved} px");
    }
    until("the pill counts", || {
        widget
            .try_find(".jump")
            .is_some_and(|pill| pill.text_content().unwrap() == "3 new messages")
    })
    .await;
    assert!((top(&anchor) - before).abs() <= 1.0);
    click(&widget.find(".jump"));
    until("at the newest", || at_bottom(&widget)).await;
    until("the pill is gone", || widget.try_find(".jump").is_none()).await;
}

#[wasm_bindgen_test]
async fn m5_growth_below_the_readers_eye_moves_nothing() {
    let widget = Widget::live(&messages(100, 50, 1), None).await;
    scroll_up(&widget, 900).await;
    let anchor = first_in_sight(&widget);
    let before = top(&anchor);
    let growth: HtmlElement = leptos::prelude::document()
        .create_element("div")
        .unwrap()
        .unchecked_into();
    growth.style().set_property("height", "120px").unwrap();
    anchor
        .next_element_sibling()
        .unwrap()
        .append_child(&growth)
        .unwrap();
    for _ in 0..3 {
        frame().await;
        assert!((top(&anchor) - before).abs() <= 1.0);
    }
}

#[wasm_bindgen_test]
async fn m11_one_request_for_one_page_and_a_failed_one_can_be_tried_again() {
    let widget = Widget::live(&messages(100, 50, 1), Some("cursor-1")).await;
    for _ in 0..5 {
        scroll_up(&widget, 100_000).await;
        scroll_up(&widget, -50).await;
    }
    assert_eq!(widget.requests("GET", "cursor-1").len(), 1);
    until("loading shows", || {
        widget.try_find(".before .spinner").is_some()
    })
    .await;
    widget.answer("GET", "cursor-1", 404, &serde_json::json!({}));
    until("the failure shows", || {
        widget.try_find(".before button").is_some()
    })
    .await;
    assert_eq!(widget.requests("GET", "cursor-1").len(), 0);
    click(&widget.find(".before button"));
    assert_eq!(widget.requests("GET", "cursor-1").len(), 1);
    widget.answer("GET", "cursor-1", 200, &page(&messages(50, 50, 60), None));
    until("the beginning shows", || {
        widget.find(".before").text_content().unwrap() == "This is the beginning of General"
    })
    .await;
}

#[wasm_bindgen_test]
async fn days_are_divided_and_groups_have_one_heading() {
    let list = [
        message("msg_4", "user_bob", 1, "four"),
        message("msg_3", "user_chen", 2, "three"),
        message("msg_2", "user_chen", 3, "two"),
        message("msg_1", "user_chen", 60 * 24 * 40, "one"),
    ];
    let widget = Widget::live(&list, None).await;
    assert!(widget.count(".day:not(:empty)") >= 2);
    let days = widget.root.query_selector_all(".day:not(:empty)").unwrap();
    let newest: Element = days.item(days.length() - 1).unwrap().unchecked_into();
    assert_eq!(newest.text_content().unwrap().to_lowercase(), "today");
    assert!(
        widget.row("two").class_list().contains("first")
            && !widget.row("two").class_list().contains("last")
    );
    assert!(!widget.row("three").class_list().contains("first"));
    // Those who listen hear the author of every message.
    assert!(
        widget
            .row("three")
            .query_selector(".heading .name")
            .unwrap()
            .is_some()
    );
}
