//! A page that hides the widget for a while: a tab, an accordion.

use super::fixture::{messages, page, post, session};
use super::harness::{Widget, frame, until};
use super::list::{at_bottom, bottom, first_in_sight, scroll_up, top};
use chat_core::Event;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::Element;

async fn set_display(widget: &Widget, display: &str) {
    widget
        .host
        .style()
        .set_property("display", display)
        .unwrap();
    for _ in 0..12 {
        frame().await;
    }
}

/// How far a row is below the view's upper edge. The page around may move.
fn stands(widget: &Widget, row: &Element) -> f64 {
    top(row) - top(&widget.scroller())
}

fn in_sight(widget: &Widget, text: &str) -> bool {
    let view = widget.scroller();
    let items = widget.items();
    let row = items
        .iter()
        .find(|item| item.text_content().unwrap().contains(text));
    row.is_some_and(|row| top(row) >= top(&view) - 1.0 && bottom(row) <= bottom(&view) + 1.0)
}

fn receive(widget: &Widget, number: u32) {
    let id = format!("msg_9{number:04}");
    widget.receive(&post(&id, "user_bob", &format!("news {number}")));
}

#[wasm_bindgen_test]
async fn one_who_followed_the_end_follows_it_still() {
    let widget = Widget::live(&messages(100, 50, 1), Some("cursor-1")).await;
    set_display(&widget, "none").await;
    let drawn = widget.items().len();
    for number in 0..40 {
        receive(&widget, number);
        frame().await;
    }
    assert_eq!(widget.requests("GET", "cursor-1").len(), 0, "older ones");
    assert!(widget.items().len() <= drawn, "nothing is drawn unseen");
    set_display(&widget, "block").await;
    until("the newest is in sight", || in_sight(&widget, "news 39")).await;
    assert!(at_bottom(&widget));
    assert_eq!(widget.requests("GET", "cursor-1").len(), 0, "older ones");
}

#[wasm_bindgen_test]
async fn one_who_read_history_stands_where_they_stood() {
    let widget = Widget::live(&messages(100, 90, 1), Some("cursor-1")).await;
    scroll_up(&widget, 1_500).await;
    let row = first_in_sight(&widget);
    let text = row.text_content().unwrap();
    let before = stands(&widget, &row);
    for _ in 0..2 {
        set_display(&widget, "none").await;
        for number in 0..10 {
            receive(&widget, number);
            frame().await;
        }
        set_display(&widget, "block").await;
        let row = first_in_sight(&widget);
        assert_eq!(row.text_content().unwrap(), text);
        let moved = stands(&widget, &row) - before;
        assert!(moved.abs() <= 1.0, "moved by {moved} px");
    }
    assert_eq!(widget.requests("GET", "cursor-1").len(), 0, "older ones");
}

#[wasm_bindgen_test]
async fn what_was_mounted_hidden_is_at_its_end_when_it_is_seen() {
    let widget = Widget::mount();
    set_display(&widget, "none").await;
    let newest = messages(100, 50, 1);
    widget.go_live(&session(&newest, Some("cursor-1"))).await;
    receive(&widget, 1);
    for _ in 0..12 {
        frame().await;
    }
    assert_eq!(widget.requests("GET", "cursor-1").len(), 0, "older ones");
    set_display(&widget, "block").await;
    until("the newest is in sight", || in_sight(&widget, "news 1")).await;
    assert!(at_bottom(&widget));
    assert!(widget.count(".item") < 50, "only what is near is drawn");
    // And it scrolls as ever.
    scroll_up(&widget, 100_000).await;
    until("older ones are asked for", || {
        widget.requests("GET", "cursor-1").len() == 1
    })
    .await;
    let older = page(&messages(50, 50, 60), None);
    widget.answer("GET", "cursor-1", 200, &older);
    until("they are there", || {
        let texts = widget.texts();
        texts.iter().any(|text| text.starts_with("number 99 "))
    })
    .await;
}

#[wasm_bindgen_test]
async fn m7_a_jump_while_it_is_hidden_is_made_when_it_is_seen() {
    let widget = Widget::live(&messages(100, 90, 1), None).await;
    set_display(&widget, "none").await;
    widget
        .conversation
        .dispatch(Event::JumpedTo("msg_00120".into()));
    for _ in 0..12 {
        frame().await;
    }
    set_display(&widget, "block").await;
    until("the message is in sight and has the focus", || {
        in_sight(&widget, "number 120 ")
            && widget
                .focused()
                .is_some_and(|row| row.text_content().unwrap().contains("number 120 "))
    })
    .await;
}
