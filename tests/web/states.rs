//! What is shown when there is no history to show, and what is said to those who listen.

use super::fixture::{messages, post, session};
use super::harness::{Widget, click, until};
use chat_core::Event;
use serde_json::json;
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
async fn shapes_of_messages_until_there_are_messages() {
    let widget = Widget::mount();
    until("the skeleton", || widget.try_find(".skeleton").is_some()).await;
    widget.go_live(&session(&messages(1, 3, 1), None)).await;
    until("the messages", || widget.count(".item") == 3).await;
    assert!(widget.try_find(".skeleton").is_none());
    assert_eq!(
        widget.find(".header-name").text_content().unwrap(),
        "General"
    );
}

#[wasm_bindgen_test]
async fn an_empty_channel_invites() {
    let widget = Widget::mount();
    widget.go_live(&session(&[], None)).await;
    until("the notice", || widget.try_find(".notice").is_some()).await;
    assert!(
        widget
            .find(".notice")
            .text_content()
            .unwrap()
            .contains("No messages yet")
    );
    assert!(widget.try_find("textarea").is_some());
}

#[wasm_bindgen_test]
async fn every_refusal_has_a_sentence_and_a_way_on() {
    let error = |kind: &str| json!({"error": {"type": kind, "message": "Set allowed_origins."}});
    for (status, kind, sentence) in [
        (401, "unauthorized", "Sign in to see this chat"),
        (403, "no_access", "This chat is for members"),
        (404, "not_found", "This chat doesn’t exist"),
        (403, "origin", "Set allowed_origins."),
    ] {
        let widget = Widget::mount();
        widget.answer("POST", "/session", status, &error(kind));
        until("the notice", || widget.try_find(".notice").is_some()).await;
        let text = widget.find(".notice").text_content().unwrap();
        assert!(text.contains(sentence), "{status} {kind}: {text}");
        assert!(widget.try_find("textarea").is_none());
        click(&widget.find(".notice button"));
        assert_eq!(widget.requests("POST", "/session").len(), 1);
    }
}

#[wasm_bindgen_test]
async fn an_unreachable_server_is_said() {
    let widget = Widget::mount();
    widget.answer("POST", "/session", 503, &json!({}));
    until("the notice", || widget.try_find(".notice").is_some()).await;
    assert!(
        widget
            .find(".notice")
            .text_content()
            .unwrap()
            .contains("can’t be reached")
    );
}

#[wasm_bindgen_test]
async fn the_connection_is_said_only_when_it_is_not_there() {
    let widget = Widget::live(&messages(1, 3, 1), None).await;
    assert_eq!(widget.find(".connection").text_content().unwrap(), "");
    widget.conversation.dispatch(Event::WentOffline);
    until("offline", || {
        widget
            .find(".connection")
            .text_content()
            .unwrap()
            .contains("offline")
    })
    .await;
    // What is written stays possible.
    assert!(widget.try_find("textarea").is_some());
}

#[wasm_bindgen_test]
async fn a1_history_is_silent_and_live_messages_are_announced() {
    let widget = Widget::live(&messages(1, 30, 1), None).await;
    let log = widget.find("[role='log']");
    assert_eq!(log.get_attribute("aria-live").unwrap(), "off");
    let announcer = widget.find("[aria-live='polite']");
    assert_eq!(announcer.text_content().unwrap(), "");
    widget.receive(&post("msg_90001", "user_bob", "hello you"));
    super::harness::frame().await;
    until("it is announced", || {
        announcer.text_content().unwrap() == "bob: hello you"
    })
    .await;
}
