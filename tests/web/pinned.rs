//! The bar of pinned messages.

use super::fixture::{messages, post};
use super::harness::{Widget, click, frame, press, until};
use serde_json::json;
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::HtmlElement;

async fn with_pins(numbers: &[usize]) -> Widget {
    let mut list = messages(1, 200, 1);
    for number in numbers {
        list[200 - number]["is_pinned"] = json!(true);
    }
    Widget::live(&list, None).await
}

fn is_open(widget: &Widget) -> bool {
    widget.try_find(".pins-list").is_some()
}

#[wasm_bindgen_test]
async fn nothing_pinned_is_no_bar() {
    let widget = with_pins(&[]).await;
    let bar: HtmlElement = widget.find(".pins").unchecked_into();
    assert_eq!(bar.offset_height(), 0);
}

#[wasm_bindgen_test]
async fn one_pin_is_one_line_that_leads_to_its_message() {
    let widget = with_pins(&[3]).await;
    until("the bar", || widget.count(".pin") == 1).await;
    assert!(widget.try_find(".pins-all").is_none(), "one needs no list");
    let pin = widget.find(".pin");
    let said = pin.text_content().unwrap();
    assert!(
        said.contains("chen") && said.contains("number 3 "),
        "{said}"
    );
    assert!(
        !widget
            .texts()
            .iter()
            .any(|text| text.starts_with("number 3 "))
    );
    click(&pin);
    until("the message", || {
        let focused = widget.focused();
        focused.is_some_and(|row| row.text_content().unwrap().contains("number 3 "))
    })
    .await;
    let row = widget.focused().unwrap();
    assert!(row.has_attribute("data-found"), "it is highlighted");
    let (row, view) = (
        row.get_bounding_client_rect(),
        widget.scroller().get_bounding_client_rect(),
    );
    assert!(row.top() >= view.top() - 1.0 && row.bottom() <= view.bottom() + 1.0);
}

#[wasm_bindgen_test]
async fn a3_several_open_as_a_list_and_escape_closes_it() {
    let widget = with_pins(&[3, 150, 80]).await;
    until("the bar", || widget.try_find(".pins-all").is_some()).await;
    assert!(
        widget
            .find(".pin")
            .text_content()
            .unwrap()
            .contains("number 150 "),
        "the newest"
    );
    let button = || widget.find(".pins-all");
    assert_eq!(
        button().get_attribute("aria-label").unwrap(),
        "Pinned messages, 3"
    );
    button().unchecked_ref::<HtmlElement>().focus().unwrap();
    click(&button());
    until("the list", || is_open(&widget)).await;
    frame().await;
    assert_eq!(button().get_attribute("aria-expanded").unwrap(), "true");
    assert!(widget.focused() == Some(button()), "the focus stays");
    let list = widget.find(".pins-list");
    assert_eq!(list.child_element_count(), 3);
    let first: HtmlElement = list.first_element_child().unwrap().unchecked_into();
    first.focus().unwrap();
    assert!(press(&first, "Escape", |_| {}));
    until("it is closed", || !is_open(&widget)).await;
    frame().await;
    assert!(widget.focused() == Some(button()), "the focus is back");

    click(&button());
    until("the list again", || is_open(&widget)).await;
    click(&widget.find(".pins-list").last_element_child().unwrap());
    until("the oldest", || {
        let focused = widget.focused();
        focused.is_some_and(|row| row.text_content().unwrap().contains("number 3 "))
    })
    .await;
    until("the list is closed", || !is_open(&widget)).await;
    assert!(widget.focused().unwrap().class_list().contains("item"));
}

#[wasm_bindgen_test]
async fn d2_pins_come_and_go_live() {
    let widget = with_pins(&[150]).await;
    until("the bar", || widget.count(".pin") == 1).await;
    let mut frame = post("msg_90001", "user_bob", "the rules");
    frame["feedEntity"]["dmsPost"]["isPinned"] = json!(true);
    widget.receive(&frame);
    until("two", || widget.try_find(".pins-all").is_some()).await;
    assert!(
        widget
            .find(".pin")
            .text_content()
            .unwrap()
            .contains("the rules")
    );
    frame["feedEntity"]["dmsPost"]["Deleted"] = json!(true);
    widget.receive(&frame);
    until("one", || widget.try_find(".pins-all").is_none()).await;
    assert!(
        !widget
            .find(".pins")
            .text_content()
            .unwrap()
            .contains("the rules")
    );
}
