//! The search of the channel (M12): its bar, its keys, its marks, and what moves and what doesn't.

use super::fixture::{message, messages, page, post};
use super::harness::{Widget, click, frame, press, until};
use super::list::{bottom, scroll_up, top};
use chat_core::{Event, Timer};
use serde_json::json;
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Element, EventInit, HtmlElement, HtmlInputElement};

fn field(widget: &Widget) -> HtmlInputElement {
    widget.find(".find-field").unchecked_into()
}

fn is_open(widget: &Widget) -> bool {
    widget.try_find(".find-bar").is_some()
}

fn count(widget: &Widget) -> String {
    widget.find(".find-count").text_content().unwrap()
}

fn line(widget: &Widget) -> String {
    widget.find(".find-line").text_content().unwrap()
}

fn spoken(widget: &Widget) -> String {
    let place = widget.find("[aria-live=polite]");
    place.text_content().unwrap()
}

/// The button of the header, which is drawn anew now and then.
fn button(widget: &Widget) -> HtmlElement {
    widget.find(".header button").unchecked_into()
}

fn write(widget: &Widget, words: &str) {
    field(widget).set_value(words);
    let init = EventInit::new();
    init.set_bubbles(true);
    let event = web_sys::Event::new_with_event_init_dict("input", &init).unwrap();
    field(widget).dispatch_event(&event).unwrap();
}

fn shortcut(element: &Element) -> bool {
    press(element, "f", |init| init.set_ctrl_key(true))
}

async fn open(widget: &Widget) {
    button(widget).focus().unwrap();
    click(&button(widget));
    until("the bar", || is_open(widget)).await;
}

async fn look_for(widget: &Widget, words: &str) {
    open(widget).await;
    write(widget, words);
}

fn current(widget: &Widget) -> Option<Element> {
    widget.try_find(".item[data-current]")
}

/// A match is shown that says this.
async fn is_at(widget: &Widget, position: &str, says: &str) {
    until(&format!("{position}: {says}"), || {
        let row = current(widget).and_then(|row| row.text_content());
        count(widget) == position && row.is_some_and(|row| row.contains(says))
    })
    .await;
    let (row, view) = (current(widget).unwrap(), widget.scroller());
    assert!(
        top(&row) >= top(&view) - 1.0 && bottom(&row) <= bottom(&view) + 1.0,
        "in sight"
    );
    assert!(
        widget
            .focused()
            .is_some_and(|focused| focused.closest(".find").unwrap().is_some()),
        "the focus stays"
    );
}

/// What the browser marks by that name.
fn marked(name: &str) -> Vec<String> {
    let code = ["[...(CSS.highlights.get('", name, "') ?? [])].map(String)"].concat();
    let marked: js_sys::Array = js_sys::eval(&code).unwrap().unchecked_into();
    marked.iter().filter_map(|text| text.as_string()).collect()
}

#[wasm_bindgen_test]
async fn m12_a_button_opens_it_and_escape_gives_the_focus_back() {
    let widget = Widget::live(&messages(1, 50, 1), None).await;
    assert_eq!(
        button(&widget).get_attribute("aria-label").unwrap(),
        "Search messages"
    );
    assert_eq!(
        button(&widget).get_attribute("aria-expanded").unwrap(),
        "false"
    );
    open(&widget).await;
    assert_eq!(
        widget.find(".find-bar").get_attribute("role").unwrap(),
        "search"
    );
    assert!(
        widget.focused() == Some(field(&widget).into()),
        "the field has the focus"
    );
    frame().await;
    assert_eq!(
        button(&widget).get_attribute("aria-expanded").unwrap(),
        "true"
    );
    assert!(press(&field(&widget), "Escape", |_| {}));
    until("it is closed", || !is_open(&widget)).await;
    frame().await;
    assert!(
        widget.focused() == Some(button(&widget).into()),
        "the focus is back"
    );
    // Its own button closes it as well.
    open(&widget).await;
    frame().await;
    click(&button(&widget));
    until("it is closed again", || !is_open(&widget)).await;
    frame().await;
    assert_eq!(
        button(&widget).get_attribute("aria-expanded").unwrap(),
        "false"
    );
}

#[wasm_bindgen_test]
async fn m12_the_browsers_own_keys_open_it_within_the_widget_only() {
    let widget = Widget::live(&messages(1, 50, 1), None).await;
    let body: Element = leptos::prelude::document().body().unwrap().into();
    assert!(!shortcut(&body), "the page's own");
    assert!(!is_open(&widget));
    widget.scroller().focus().unwrap();
    assert!(
        !press(&widget.scroller(), "f", |_| {}),
        "a letter is a letter"
    );
    assert!(shortcut(&widget.scroller()));
    until("the bar", || is_open(&widget)).await;
    assert!(widget.focused() == Some(field(&widget).into()));
    assert!(!shortcut(&field(&widget)), "once more, it is the browser's");
    press(&field(&widget), "Escape", |_| {});
    until("it is closed", || !is_open(&widget)).await;
    frame().await;
    assert!(widget.focused() == Some(widget.scroller().into()));
    // From the composer, and by another keyboard's letter.
    widget.field().focus().unwrap();
    assert!(press(&widget.field(), "а", |init| {
        init.set_code("KeyF");
        init.set_ctrl_key(true);
    }));
    until("the bar again", || is_open(&widget)).await;
    write(&widget, "words");
    assert_eq!(
        widget.field().value(),
        "",
        "what is written here is none of the composer's"
    );
}

#[wasm_bindgen_test]
async fn m12_keys_lead_from_match_to_match_and_the_focus_stays() {
    let widget = Widget::live(&messages(1, 200, 1), None).await;
    look_for(&widget, "\"number 1").await;
    is_at(&widget, "1 of 111", "number 199").await;
    press(&field(&widget), "Enter", |_| {});
    is_at(&widget, "2 of 111", "number 198").await;
    press(&field(&widget), "ArrowUp", |_| {});
    is_at(&widget, "3 of 111", "number 197").await;
    press(&field(&widget), "Enter", |init| init.set_shift_key(true));
    is_at(&widget, "2 of 111", "number 198").await;
    press(&field(&widget), "ArrowDown", |_| {});
    is_at(&widget, "1 of 111", "number 199").await;
    // Around, and by the buttons.
    let buttons = widget.root.query_selector_all(".find-bar button").unwrap();
    let of = |at| buttons.item(at).unwrap().unchecked_into::<HtmlElement>();
    of(1).focus().unwrap();
    click(&of(1));
    is_at(&widget, "111 of 111", "number 1").await;
    assert!(widget.focused() == Some(of(1).into()));
    until("it is said that this is all", || {
        line(&widget) == "No more messages"
    })
    .await;
    click(&of(0));
    is_at(&widget, "1 of 111", "number 199").await;
    // What was just written is looked for at once.
    write(&widget, "\"number 42");
    press(&field(&widget), "Enter", |_| {});
    is_at(&widget, "1 of 1", "number 42").await;
    assert_eq!(widget.count(".item[data-current]"), 1);
}

#[wasm_bindgen_test]
async fn c1_enter_that_ends_a_composition_is_no_step() {
    let widget = Widget::live(&messages(1, 200, 1), None).await;
    look_for(&widget, "\"number 1").await;
    is_at(&widget, "1 of 111", "number 199").await;
    assert!(!press(&field(&widget), "Enter", |init| init.set_is_composing(true)));
    assert!(!press(&field(&widget), "Escape", |init| init
        .set_is_composing(true)));
    frame().await;
    is_at(&widget, "1 of 111", "number 199").await;
}

#[wasm_bindgen_test]
async fn m12_what_is_looked_for_is_marked_and_nothing_of_the_rows_is_changed() {
    let rich = "a **Nee**dle in ||needle|| `needle`\n\n- hay nee\n- dle **NÉÉDLE**";
    let list = [
        message("msg_00003", "user_needle", 1, "hay"),
        message("msg_00002", "user_bob", 2, rich),
        message("msg_00001", "user_bob", 3, "hay"),
    ];
    let widget = Widget::live(&list, None).await;
    let row = widget.items()[1].clone();
    let before = row.inner_html();
    look_for(&widget, "needle hay").await;
    is_at(&widget, "1 of 2", "hay").await;
    assert_eq!(
        marked("whop-chat-current"),
        ["needle", "hay"],
        "the author, too"
    );
    press(&field(&widget), "Enter", |_| {});
    is_at(&widget, "2 of 2", "hay nee").await;
    write(&widget, "needle");
    // Not all that its author wrote.
    is_at(&widget, "1 of 1", "hay nee").await;
    assert_eq!(
        marked("whop-chat-current"),
        ["Nee", "dle", "needle", "NÉÉDLE"]
    );
    assert_eq!(row.inner_html(), before);
    // Live messages, and edits.
    widget.receive(&post("msg_90001", "user_bob", "one needle more"));
    until("it is counted", || count(&widget) == "2 of 2").await;
    until("it is marked", || marked("whop-chat-match") == ["needle"]).await;
    let mut edit = post("msg_90001", "user_bob", "none more");
    edit["feedEntity"]["dmsPost"]["isEdited"] = json!(true);
    edit["feedEntity"]["dmsPost"]["updatedAt"] = json!(js_sys::Date::now() + 1_000.0);
    widget.receive(&edit);
    until("it is not any more", || count(&widget) == "1 of 1").await;
    until("nor marked", || marked("whop-chat-match").is_empty()).await;
    press(&field(&widget), "Escape", |_| {});
    until("it is closed", || !is_open(&widget)).await;
    until("nothing is marked", || marked("whop-chat-match").is_empty()).await;
    assert!(marked("whop-chat-current").is_empty());
    assert_eq!(widget.count("[data-match], [data-current]"), 0);
}

#[wasm_bindgen_test]
async fn m12_rows_that_are_drawn_later_are_marked_as_they_come() {
    let widget = Widget::live(&messages(1, 400, 1), None).await;
    look_for(&widget, "number").await;
    is_at(&widget, "1 of 400", "number 400").await;
    scroll_up(&widget, 6_000).await;
    until("all that is drawn is marked", || {
        let all = marked("whop-chat-match").len() + marked("whop-chat-current").len();
        u32::try_from(all).unwrap() == widget.count(".item")
    })
    .await;
}

#[wasm_bindgen_test]
async fn m12_the_bar_moves_nothing_of_what_one_reads() {
    let widget = Widget::live(&messages(1, 200, 1), None).await;
    scroll_up(&widget, 3_000).await;
    let view = widget.scroller();
    let middle = f64::midpoint(top(&view), bottom(&view));
    let rows = widget.items();
    let row = rows.into_iter().find(|row| bottom(row) > middle).unwrap();
    let stands = || top(&row) - top(&widget.find(".chat"));
    let before = stands();
    open(&widget).await;
    for _ in 0..6 {
        assert!((stands() - before).abs() <= 1.0, "opened");
        frame().await;
    }
    // Nor what tells of it, nor a match before one's eyes.
    let says = row
        .query_selector(".text")
        .unwrap()
        .unwrap()
        .text_content()
        .unwrap();
    let number = says.split(' ').nth(1).unwrap();
    write(&widget, &format!("\"number {number} \" some"));
    frame().await;
    write(&widget, &format!("\"number {number}"));
    until("it is found", || current(&widget).is_some()).await;
    if current(&widget).as_ref() == Some(&row) {
        for _ in 0..6 {
            assert!((stands() - before).abs() <= 1.0, "found");
            frame().await;
        }
    }
    press(&field(&widget), "Escape", |_| {});
    until("closed", || !is_open(&widget)).await;
    for _ in 0..6 {
        assert!((stands() - before).abs() <= 1.0, "closed");
        frame().await;
    }
}

#[wasm_bindgen_test]
async fn m12_it_is_said_how_far_it_is_and_one_can_stop_it() {
    let widget = Widget::live(&messages(301, 50, 1), Some("cursor-1")).await;
    look_for(&widget, "\"number 12").await;
    let asked = |cursor: &str| widget.requests("GET", cursor).len();
    until("a page is asked for", || asked("cursor-1") == 1).await;
    until("it is said", || {
        line(&widget).starts_with("Searching further back… Now at ")
    })
    .await;
    let button = || {
        widget
            .find(".find-line button")
            .unchecked_into::<HtmlElement>()
    };
    assert_eq!(button().text_content().unwrap(), "Stop");
    button().focus().unwrap();
    click(&button());
    until("it stopped", || {
        line(&widget).starts_with("Searched back to ")
    })
    .await;
    assert!(widget.focused() == Some(button().into()), "the focus stays");
    widget.answer(
        "GET",
        "cursor-1",
        200,
        &page(&messages(201, 100, 51), Some("cursor-2")),
    );
    widget.conversation.dispatch(Event::Elapsed(Timer::FindOn));
    frame().await;
    assert_eq!(asked("cursor-2"), 0);
    click(&button());
    until("it goes on", || line(&widget).contains("Searching")).await;
    // The pause between two pages.
    let go_on = || widget.conversation.dispatch(Event::Elapsed(Timer::FindOn));
    until("the next page", || {
        go_on();
        asked("cursor-2") == 1
    })
    .await;
    widget.answer("GET", "cursor-2", 500, &json!({}));
    until("it failed", || {
        line(&widget) == "Earlier messages could not be loaded.Try again"
    })
    .await;
    button().focus().unwrap();
    click(&button());
    until("the same page", || {
        go_on();
        asked("cursor-2") == 1
    })
    .await;
    widget.answer(
        "GET",
        "cursor-2",
        200,
        &page(&messages(101, 100, 151), Some("cursor-3")),
    );
    is_at(&widget, "1 of 10+", "number 129").await;
    assert_eq!(line(&widget), "", "there is another to go to");
    assert!(
        widget.focused() == Some(field(&widget).into()),
        "the focus is not lost"
    );
    write(&widget, "nowhere");
    until("it searches again", || line(&widget).contains("Searching")).await;
    until("the last page", || {
        go_on();
        asked("cursor-3") == 1
    })
    .await;
    widget.answer("GET", "cursor-3", 200, &page(&messages(1, 100, 251), None));
    until("that was all", || line(&widget) == "No messages found").await;
    until("it is said to who listens", || {
        spoken(&widget).contains("No messages found")
    })
    .await;
    // Closed while a page is under way, nothing follows.
    press(&field(&widget), "Escape", |_| {});
    until("closed", || !is_open(&widget)).await;
    go_on();
    frame().await;
    assert_eq!(widget.requests("GET", "/messages").len(), 0);
}

#[wasm_bindgen_test]
async fn m12_a1_who_listens_hears_where_they_are_once_they_write_no_more() {
    let widget = Widget::live(&messages(1, 200, 1), None).await;
    open(&widget).await;
    assert!(
        widget
            .find(".find")
            .query_selector("[aria-live], [role=status], [role=alert]")
            .unwrap()
            .is_none()
    );
    for words in ["\"n", "\"number", "\"number 7", "\"number 77"] {
        write(&widget, words);
        frame().await;
    }
    is_at(&widget, "1 of 1", "number 77").await;
    assert_eq!(spoken(&widget), "", "not with every letter");
    until("it is said", || spoken(&widget).starts_with("1 of 1. ")).await;
    assert!(
        spoken(&widget).contains(": number 77"),
        "{}",
        spoken(&widget)
    );
}

#[wasm_bindgen_test]
async fn m12_where_the_reader_came_from_is_gone_the_focus_goes_to_what_was_found() {
    let widget = Widget::live(&messages(1, 400, 1), None).await;
    let newest: HtmlElement = widget.newest().unchecked_into();
    newest.focus().unwrap();
    assert!(shortcut(&newest));
    until("the bar", || is_open(&widget)).await;
    write(&widget, "\"number 133");
    is_at(&widget, "1 of 1", "number 133").await;
    until("the newest is not drawn any more", || {
        !newest.is_connected()
    })
    .await;
    // One step, and that is where they want to be.
    press(&field(&widget), "Enter", |_| {});
    frame().await;
    let found = current(&widget).unwrap();
    press(&field(&widget), "Escape", |_| {});
    until("closed", || !is_open(&widget)).await;
    frame().await;
    assert!(widget.focused() == Some(found));
}

#[wasm_bindgen_test]
async fn m12_who_only_looks_whether_something_is_there_comes_back() {
    let widget = Widget::live(&messages(1, 400, 1), None).await;
    let view = widget.scroller();
    scroll_up(&widget, 4_000).await;
    let lowest = || -> Element {
        let rows = widget.root.query_selector_all(".item").unwrap();
        let items = (0..rows.length()).filter_map(|at| rows.item(at)?.dyn_into().ok());
        let within = items.filter(|item: &Element| bottom(item) <= bottom(&view) + 1.0);
        within
            .max_by(|one, other| bottom(one).total_cmp(&bottom(other)))
            .unwrap()
    };
    let before = lowest().get_attribute("data-row");
    look_for(&widget, "\"number 33\"").await;
    until("far away", || {
        let row = current(&widget).and_then(|row| row.text_content());
        row.is_some_and(|row| row.contains("number 33"))
    })
    .await;
    frame().await;
    press(&field(&widget), "Escape", |_| {});
    until("closed", || !is_open(&widget)).await;
    frame().await;
    assert_eq!(lowest().get_attribute("data-row"), before);
}

#[wasm_bindgen_test]
async fn m12_what_is_found_deep_in_a_long_message_is_shown() {
    let lines = |many: usize, last: &str| {
        let mut text = "A line of it that goes on and on.\n\n".repeat(many);
        text.push_str(last);
        text
    };
    let folded = lines(200, "deep down");
    let mut all = messages(62, 5, 1);
    all.push(message("msg_00061", "user_bob", 6, &folded));
    all.extend(messages(1, 60, 7));
    let widget = Widget::live(&all, None).await;
    look_for(&widget, "deep").await;
    let place = || -> Option<web_sys::DomRect> {
        let code = "[...(CSS.highlights.get('whop-chat-current') ?? [])][0]";
        let range: web_sys::Range = js_sys::eval(code).ok()?.dyn_into().ok()?;
        Some(range.get_bounding_client_rect())
    };
    let view = widget.scroller();
    until("it is in sight", || {
        place().is_some_and(|place| place.top() >= top(&view) && place.bottom() <= bottom(&view))
    })
    .await;
    let unfold = current(&widget)
        .unwrap()
        .query_selector(".unfold")
        .unwrap()
        .unwrap();
    assert_eq!(unfold.text_content().unwrap(), "Show less");
    // Those who listen hear what stands around it, not all of it.
    until("it is said", || spoken(&widget).contains("deep down")).await;
    assert!(spoken(&widget).len() < 250, "{}", spoken(&widget));
}

#[wasm_bindgen_test]
async fn m12_a1_the_same_is_said_again_of_other_words() {
    let widget = Widget::live(&messages(1, 20, 1), None).await;
    look_for(&widget, "nowhere").await;
    until("it is said", || {
        spoken(&widget).contains("No messages found")
    })
    .await;
    let before = spoken(&widget);
    write(&widget, "neither");
    until("it is said again", || {
        spoken(&widget) != before && spoken(&widget).contains("No messages found")
    })
    .await;
}

#[wasm_bindgen_test]
async fn m12_without_messages_there_is_nothing_to_search_and_unmounted_nothing_is_left() {
    let widget = Widget::live(&[], None).await;
    assert!(widget.try_find(".header button").is_none());
    assert!(!shortcut(&widget.field()), "the page's own");
    drop(widget);
    let mut widget = Widget::live(&messages(1, 50, 1), Some("cursor-1")).await;
    look_for(&widget, "number").await;
    until("it is marked", || !marked("whop-chat-match").is_empty()).await;
    write(&widget, "some");
    widget.unmount();
    frame().await;
    assert!(marked("whop-chat-match").is_empty() && marked("whop-chat-current").is_empty());
}

#[wasm_bindgen_test]
async fn m12_360_pixels_are_enough() {
    let widget = Widget::live(&messages(1, 200, 1), None).await;
    widget.host.style().set_property("width", "360px").unwrap();
    look_for(&widget, "\"number 1").await;
    is_at(&widget, "1 of 111", "number 199").await;
    let edge = widget.find(".chat").get_bounding_client_rect();
    let parts = widget
        .root
        .query_selector_all(".header *, .find *")
        .unwrap();
    for at in 0..parts.length() {
        let part: Element = parts.item(at).unwrap().unchecked_into();
        let at = part.get_bounding_client_rect();
        if at.width() == 0.0 {
            continue;
        }
        assert!(
            at.right() <= edge.right() + 0.5 && at.left() >= edge.left() - 0.5,
            "{}",
            part.class_name()
        );
    }
    assert!(field(&widget).get_bounding_client_rect().width() > 100.0);
    let buttons = widget
        .root
        .query_selector_all(".header button, .find button")
        .unwrap();
    for at in 0..buttons.length() {
        let button: Element = buttons.item(at).unwrap().unchecked_into();
        let size = button.get_bounding_client_rect();
        assert!(size.width() >= 40.0 && size.height() >= 40.0);
    }
}
