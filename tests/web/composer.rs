//! Writing and sending.

use super::fixture::{messages, session};
use super::harness::{Widget, click, press, until};
use serde_json::{Value, json};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::HtmlElement;

fn body(text: Option<String>) -> Value {
    serde_json::from_str(&text.unwrap()).unwrap()
}

#[wasm_bindgen_test]
async fn enter_sends_at_once_and_the_focus_stays() {
    let widget = Widget::live(&messages(1, 5, 1), None).await;
    let send: HtmlElement = widget.find(".send").unchecked_into();
    assert!(send.has_attribute("disabled"));
    widget.write("hello **there**");
    until("send is on", || !send.has_attribute("disabled")).await;
    assert!(press(&widget.field(), "Enter", |_| {}));
    let requests = widget.requests("POST", "/messages");
    assert_eq!(body(requests[0].body.clone())["content"], "hello **there**");
    until("the row shows", || widget.count(".item.own.pending") == 1).await;
    assert_eq!(widget.field().value(), "");
    // C9
    assert!(widget.focused() == Some(widget.field().into()));
    let mut answer =
        super::fixture::message("msg_77777", super::fixture::VIEWER, 0, "hello **there**");
    answer["user"]["name"] = json!("Ada");
    widget.answer("POST", "/messages", 200, &answer);
    until("it is delivered", || widget.count(".item.own.pending") == 0).await;
    assert_eq!(widget.count(".item.own"), 1);
}

#[wasm_bindgen_test]
async fn c1_an_enter_of_the_input_method_never_sends() {
    let widget = Widget::live(&messages(1, 5, 1), None).await;
    widget.write("にほん");
    press(&widget.field(), "Enter", |init| init.set_is_composing(true));
    // Safari ends the composition first, and tells the key's code only.
    press(&widget.field(), "Enter", |init| init.set_key_code(229));
    press(&widget.field(), "Enter", |init| init.set_shift_key(true));
    assert_eq!(widget.requests("POST", "/messages").len(), 0);
    assert_eq!(widget.field().value(), "にほん");
    press(&widget.field(), "Enter", |_| {});
    assert_eq!(widget.requests("POST", "/messages").len(), 1);
}

#[wasm_bindgen_test]
async fn white_space_is_not_sent() {
    let widget = Widget::live(&messages(1, 5, 1), None).await;
    widget.write("  \n ");
    press(&widget.field(), "Enter", |_| {});
    assert_eq!(widget.requests("POST", "/messages").len(), 0);
}

#[wasm_bindgen_test]
async fn a_refused_message_says_why_and_can_be_sent_again_or_edited() {
    let widget = Widget::live(&messages(1, 5, 1), None).await;
    widget.write("spam");
    press(&widget.field(), "Enter", |_| {});
    let error = json!({"error": {"type": "bad_request", "message": "That word isn't allowed."}});
    widget.answer("POST", "/messages", 400, &error);
    until("the reason shows", || {
        widget
            .try_find(".failure-reason")
            .is_some_and(|reason| reason.text_content().unwrap() == "That word isn't allowed.")
    })
    .await;
    click(&widget.find(".failure [data-act='retry']"));
    assert_eq!(widget.requests("POST", "/messages").len(), 1);
    widget.answer("POST", "/messages", 400, &error);
    until("it fails again", || widget.try_find(".failure").is_some()).await;
    // The next draft is kept in front of what comes back.
    widget.write("next");
    click(&widget.find(".failure [data-act='edit']"));
    until("the row is gone", || widget.count(".item.failed") == 0).await;
    until("the text is back", || {
        widget.field().value() == "next\nspam"
    })
    .await;
    assert!(widget.focused() == Some(widget.field().into()));
}

#[wasm_bindgen_test]
async fn a_reply_names_what_it_answers_and_escape_cancels() {
    let widget = Widget::live(&messages(1, 5, 1), None).await;
    let row = widget.row("number 3 some words some words some words");
    click(&row.query_selector("[data-act='reply']").unwrap().unwrap());
    until("the preview shows", || {
        widget.try_find(".replying").is_some()
    })
    .await;
    assert!(widget.focused() == Some(widget.field().into()));
    assert!(press(&widget.field(), "Escape", |_| {}));
    until("it is cancelled", || widget.try_find(".replying").is_none()).await;
    click(&row.query_selector("[data-act='reply']").unwrap().unwrap());
    widget.write("yes");
    press(&widget.field(), "Enter", |_| {});
    let requests = widget.requests("POST", "/messages");
    assert_eq!(
        body(requests[0].body.clone())["replying_to_message_id"],
        "msg_00003"
    );
    until("the preview is gone", || {
        widget.try_find(".replying").is_none()
    })
    .await;
    until("the quote shows", || {
        widget
            .try_find(".item.pending .quote:not([hidden])")
            .is_some()
    })
    .await;
}

#[wasm_bindgen_test]
async fn who_may_not_post_reads_why() {
    let mut answer = session(&messages(1, 5, 1), None);
    answer["permissions"]["can_post"] = json!(false);
    answer["channel"]["who_can_post"] = json!("admins");
    let widget = Widget::mount();
    widget.go_live(&answer).await;
    until("the line shows", || widget.try_find(".read-only").is_some()).await;
    assert!(
        widget
            .find(".read-only")
            .text_content()
            .unwrap()
            .contains("Only admins can post here.")
    );
    assert!(widget.try_find("textarea").is_none());
    assert!(widget.try_find("[data-act='reply']").is_none());
}

#[wasm_bindgen_test]
async fn the_field_grows_with_its_text_up_to_a_part_of_the_height() {
    let widget = Widget::live(&messages(1, 5, 1), None).await;
    let one_line = widget.field().client_height();
    widget.write("a\nb\nc\nd");
    until("it grows", || widget.field().client_height() > one_line * 2).await;
    widget.write(&"line\n".repeat(100));
    until("it stops", || widget.field().client_height() > 200).await;
    assert!(widget.field().client_height() <= 240);
}
