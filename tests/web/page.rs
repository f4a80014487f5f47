//! The widget and the page around it.

use super::fixture::messages;
use super::harness::{Widget, click, frame, press, until};
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Element, HtmlElement};

#[wasm_bindgen_test]
async fn e1_keys_typed_in_the_widget_are_none_of_the_pages_business() {
    let widget = Widget::live(&messages(1, 5, 1), None).await;
    let heard = Rc::new(Cell::new(0));
    let counter = Rc::clone(&heard);
    let listener = Closure::<dyn FnMut()>::new(move || counter.set(counter.get() + 1));
    let document = leptos::prelude::document();
    let function = listener.as_ref().unchecked_ref();
    document
        .add_event_listener_with_callback("keydown", function)
        .unwrap();
    press(&widget.field(), "k", |_| {});
    press(&widget.scroller(), "/", |_| {});
    assert_eq!(heard.get(), 0);
    press(&document.body().unwrap(), "k", |_| {});
    assert_eq!(heard.get(), 1);
    document
        .remove_event_listener_with_callback("keydown", function)
        .unwrap();
}

/// Drawings, too: much of them is no text that is one elsewhere.
#[wasm_bindgen_test]
async fn every_element_may_be_pointed_at() {
    let widget = Widget::live(&messages(1, 5, 1), None).await;
    let all = widget.root.query_selector_all(".chat *").unwrap();
    let mut drawings = 0;
    for at in 0..all.length() {
        let element: Element = all.item(at).unwrap().unchecked_into();
        drawings += u32::from(element.local_name() == "svg");
        for name in ["pointerover", "pointerdown", "focusin", "pointerleave"] {
            let init = web_sys::PointerEventInit::new();
            init.set_bubbles(true);
            init.set_pointer_type("mouse");
            let event = web_sys::PointerEvent::new_with_event_init_dict(name, &init).unwrap();
            element.dispatch_event(&event).unwrap();
        }
        press(&element, "ArrowUp", |_| {});
    }
    assert!(drawings > 0);
    widget.write("alive");
    frame().await;
    assert_eq!(widget.field().value(), "alive");
}

#[wasm_bindgen_test]
async fn unmounting_leaves_nothing() {
    let mut widget = Widget::live(&messages(1, 50, 1), Some("cursor-1")).await;
    let container = widget.find(".root");
    let conversation = widget.conversation;
    widget.unmount();
    assert_eq!(container.inner_html(), "");
    // Late events find nobody, and do no harm.
    conversation.dispatch(chat_core::Event::ReachedOldest);
    frame().await;
    assert_eq!(container.child_nodes().length(), 0);
}

#[wasm_bindgen_test]
async fn a3_the_emoji_menu_takes_the_focus_and_gives_it_back() {
    let widget = Widget::live(&messages(1, 5, 1), None).await;
    let row = widget.find(".rows > :last-child");
    row.unchecked_ref::<HtmlElement>().focus().unwrap();
    let opener = row
        .query_selector(".tools [data-act='pick']")
        .unwrap()
        .unwrap();
    opener.unchecked_ref::<HtmlElement>().focus().unwrap();
    click(&opener);
    until("it is open", || widget.try_find(".quick").is_some()).await;
    let first = || widget.find(".quick button");
    until("it has the focus", || widget.focused() == Some(first())).await;
    press(&first(), "ArrowRight", |_| {});
    assert!(widget.focused() == first().next_element_sibling());
    press(&widget.focused().unwrap(), "Escape", |_| {});
    until("it is closed", || widget.try_find(".quick").is_none()).await;
    assert!(widget.focused() == Some(opener.clone()));

    click(&opener);
    until("it is open again", || widget.try_find(".quick").is_some()).await;
    let frame_box = widget.find(".chat").get_bounding_client_rect();
    let menu = widget.find(".quick").get_bounding_client_rect();
    assert!(menu.left() >= frame_box.left() && menu.right() <= frame_box.right());
    assert!(menu.top() >= frame_box.top() && menu.bottom() <= frame_box.bottom());
    click(&first());
    until("it is closed again", || widget.try_find(".quick").is_none()).await;
    assert_eq!(widget.requests("POST", "/reactions").len(), 1);
    until("the reaction shows", || {
        widget.try_find(".pill[aria-pressed='true']").is_some()
    })
    .await;
}

#[wasm_bindgen_test]
async fn e22_320_pixels_are_enough() {
    let widget = Widget::live(&messages(1, 30, 1), None).await;
    widget.host.style().set_property("width", "320px").unwrap();
    frame().await;
    let edge = widget.find(".chat").get_bounding_client_rect().right();
    let all = widget
        .root
        .query_selector_all(".bubble, .composer, .header, .day")
        .unwrap();
    for index in 0..all.length() {
        let element: Element = all.item(index).unwrap().unchecked_into();
        assert!(
            element.get_bounding_client_rect().right() <= edge + 0.5,
            "{}",
            element.class_name()
        );
    }
    let scroller = widget.scroller();
    assert_eq!(scroller.scroll_width(), scroller.client_width());
}

#[wasm_bindgen_test]
async fn b1_what_is_typed_is_never_smaller_than_its_lines_allow() {
    let widget = Widget::live(&messages(1, 5, 1), None).await;
    // E3: the page's root size is not ours.
    let root: HtmlElement = leptos::prelude::document()
        .document_element()
        .unwrap()
        .unchecked_into();
    let before = widget.field().client_height();
    root.style().set_property("font-size", "40px").unwrap();
    frame().await;
    assert_eq!(widget.field().client_height(), before);
    root.style().remove_property("font-size").unwrap();
}
