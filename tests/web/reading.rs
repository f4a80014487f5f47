//! Where the reader was sent to, what is new to them, and who else is there.

use super::fixture::{self, CHANNEL, message, messages, page, post, session};
use super::harness::{Widget, click, frame, press, speaking, until};
use super::list::{at_bottom, bottom, scroll_up, top};
use chat_core::{Event, Timer};
use serde_json::{Value, json};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::Element;
use whop_chat::ui::{Appearance, ChatStyle, EmptyState, Theme};

pub fn oldest_first(mut messages: Vec<Value>) -> Vec<Value> {
    messages.reverse();
    messages
}

/// How far a row is below the view's upper edge. The page around may move: the tests' own report grows in it.
fn stands(widget: &Widget, row: &Element) -> f64 {
    top(row) - top(&widget.scroller())
}

/// The newest fifty of a thousand, of which the last answers the tenth.
pub async fn with_old_quote() -> Widget {
    let mut newest = messages(951, 50, 1);
    newest[0]["replying_to_message_id"] = json!("msg_00010");
    Widget::live(&newest, Some("back-1")).await
}

fn tenth() -> Value {
    messages(1, 100, 900).swap_remove(90)
}

/// Follows the quote up to where the message is found in the first page from the beginning.
pub async fn jump(widget: &Widget) {
    click(&widget.find(".quote:not([hidden])"));
    until("the search is said", || {
        widget.find(".seeking").text_content().unwrap() == "Looking for the message…Cancel"
    })
    .await;
    assert_eq!(tenth()["id"], "msg_00010");
    widget.answer("GET", "/messages/msg_00010", 200, &tenth());
    let first = oldest_first(messages(1, 100, 900));
    widget.answer("GET", "direction=asc", 200, &page(&first, Some("forth-1")));
    until("the message has the focus", || {
        widget.focused().is_some_and(|item| {
            item.text_content().unwrap().contains("number 10 ") && item.has_attribute("data-found")
        })
    })
    .await;
}

#[wasm_bindgen_test]
async fn m6_m7_a_quote_leads_far_back_and_a_pill_to_the_newest_message() {
    let widget = with_old_quote().await;
    jump(&widget).await;
    let row = widget.focused().unwrap();
    let view = widget.scroller().get_bounding_client_rect();
    let middle = f64::midpoint(top(&row), bottom(&row)) - view.top();
    assert!(
        (view.height() * 0.3..view.height() * 0.7).contains(&middle),
        "it stands at {middle}"
    );
    assert_eq!(widget.find(".seeking").text_content().unwrap(), "");
    // Nobody knows how many messages there are.
    assert_eq!(row.get_attribute("aria-setsize").unwrap(), "-1");

    // What arrives is counted, and moves nothing.
    let before = stands(&widget, &row);
    for number in 0..3 {
        widget.receive(&post(&format!("msg_9000{number}"), "user_bob", "news"));
    }
    until("the pill counts", || {
        widget.find(".jump").text_content().unwrap() == "3 new messages"
    })
    .await;
    assert!((stands(&widget, &row) - before).abs() <= 1.0);
    assert!(!widget.texts().contains(&"news".to_owned()));

    click(&widget.find(".jump"));
    until("at the newest", || {
        widget.texts().last().unwrap() == "news" && at_bottom(&widget)
    })
    .await;
    until("no pill", || widget.try_find(".jump").is_none()).await;
    // Upwards from there without a hole.
    let numbers = numbers(&widget);
    assert_eq!(*numbers.last().unwrap(), 1_000);
    assert!(numbers.is_sorted_by(|a, b| *b == a + 1), "{numbers:?}");
}

pub fn numbers(widget: &Widget) -> Vec<u32> {
    let texts = widget.texts();
    let number = |text: &String| {
        text.strip_prefix("number ")?
            .split(' ')
            .next()?
            .parse()
            .ok()
    };
    texts.iter().filter_map(number).collect()
}

#[wasm_bindgen_test]
async fn m7_it_reads_on_towards_the_newest_without_moving_or_holes() {
    let widget = with_old_quote().await;
    jump(&widget).await;
    let to_end = || async {
        for _ in 0..4 {
            scroll_up(&widget, -100_000).await;
        }
    };
    to_end().await;
    let asked = || widget.requests("GET", "after=forth-1").len();
    until("the next page is asked for", || asked() == 1).await;
    to_end().await;
    assert_eq!(asked(), 1, "M11");
    assert!(widget.find(".newer .spinner").has_attribute("aria-label"));
    widget.answer("GET", "after=forth-1", 404, &json!({}));
    until("the failure is said", || {
        widget.find(".newer").text_content().unwrap()
            == "Later messages could not be loaded.Try again"
    })
    .await;
    // It covers no message.
    assert!(bottom(&widget.newest()) <= top(&widget.find(".newer")));
    click(&widget.find(".newer button"));
    assert_eq!(asked(), 1);

    let seen = widget.newest();
    let before = stands(&widget, &seen);
    let second = oldest_first(messages(101, 100, 800));
    widget.answer("GET", "after=forth-1", 200, &page(&second, Some("forth-2")));
    for _ in 0..5 {
        frame().await;
        let moved = (stands(&widget, &seen) - before).abs();
        assert!(moved <= 1.01, "moved by {moved}");
    }
    until("more is drawn below", || {
        numbers(&widget).last().is_some_and(|last| *last > 100)
    })
    .await;
    // The message with the focus is kept wherever it is.
    let numbers = &numbers(&widget)[1..];
    assert!(numbers.is_sorted_by(|a, b| *b == a + 1), "{numbers:?}");
    assert!(widget.try_find(".jump").is_some());
}

fn note(widget: &Widget) -> String {
    let note = widget.try_find(".note");
    note.and_then(|note| note.text_content())
        .unwrap_or_default()
}

#[wasm_bindgen_test]
async fn m7_a_message_that_is_gone_is_said_to_be() {
    let widget = with_old_quote().await;
    click(&widget.find(".quote:not([hidden])"));
    widget.answer("GET", "/messages/msg_00010", 404, &json!({}));
    until("it is said", || {
        note(&widget) == "This message is no longer there."
    })
    .await;
    assert_eq!(widget.find(".seeking").text_content().unwrap(), "");
    assert!(at_bottom(&widget));
}

#[wasm_bindgen_test]
async fn m7_a_search_that_fails_says_so_and_one_that_lasts_can_be_given_up() {
    let widget = with_old_quote().await;
    click(&widget.find(".quote:not([hidden])"));
    for _ in 0..6 {
        widget.answer("GET", "/messages/msg_00010", 503, &json!({}));
        widget
            .conversation
            .dispatch(Event::Elapsed(Timer::SearchOn));
    }
    until("it is said", || {
        note(&widget).starts_with("The message could not be loaded.")
    })
    .await;
    click(&widget.find(".quote:not([hidden])"));
    until("another try", || {
        widget.try_find(".seeking button").is_some()
    })
    .await;
    click(&widget.find(".seeking button"));
    until("nobody searches", || {
        widget.try_find(".seeking button").is_none()
    })
    .await;
    assert!(at_bottom(&widget));
}

/// Replaces a property of the document.
fn pretend(name: &str, value: &JsValue) {
    let descriptor = js_sys::Object::new();
    js_sys::Reflect::set(&descriptor, &"value".into(), value).unwrap();
    js_sys::Reflect::set(&descriptor, &"configurable".into(), &true.into()).unwrap();
    js_sys::Object::define_property(
        &leptos::prelude::document(),
        &name.into(),
        descriptor.unchecked_ref(),
    );
}

/// The page is looked at, or not, whatever the browser of the tests does.
struct Page;

impl Page {
    fn look(visible: bool, focused: bool) -> Self {
        pretend(
            "visibilityState",
            &(if visible { "visible" } else { "hidden" }).into(),
        );
        let answer = if focused {
            "return true"
        } else {
            "return false"
        };
        pretend("hasFocus", &js_sys::Function::new_no_args(answer));
        Self
    }

    fn tell(name: &str) {
        let event = web_sys::Event::new(name).unwrap();
        leptos::prelude::window().dispatch_event(&event).unwrap();
        let event = web_sys::Event::new("visibilitychange").unwrap();
        leptos::prelude::document().dispatch_event(&event).unwrap();
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        let document = leptos::prelude::document();
        for name in ["visibilityState", "hasFocus"] {
            js_sys::Reflect::delete_property(&document, &name.into()).unwrap();
        }
    }
}

fn unread(widget: &Widget) -> u64 {
    let count = widget.conversation.look(|chat| chat.unread().count);
    count.unwrap()
}

#[wasm_bindgen_test]
async fn m9_read_is_what_somebody_looks_at() {
    let page = Page::look(true, false);
    let widget = Widget::live(&messages(1, 100, 1), None).await;
    widget.receive(&post("msg_90001", "user_bob", "one"));
    until("it is drawn", || widget.texts().last().unwrap() == "one").await;
    frame().await;
    assert_eq!(unread(&widget), 1, "the page has not the focus");
    assert!(widget.try_find(".jump").is_none(), "it is in sight");
    drop(page);
    let page = Page::look(false, true);
    Page::tell("focus");
    assert_eq!(unread(&widget), 1, "the page is hidden");
    drop(page);
    let _page = Page::look(true, true);
    Page::tell("focus");
    assert_eq!(unread(&widget), 0);

    // What is below the view is not read, until it is reached.
    scroll_up(&widget, 2_000).await;
    widget.receive(&post("msg_90002", "user_bob", "two"));
    until("the pill counts", || widget.try_find(".jump").is_some()).await;
    assert_eq!(unread(&widget), 1);
    scroll_up(&widget, -100_000).await;
    until("it is read", || unread(&widget) == 0).await;
}

#[wasm_bindgen_test]
async fn m8_a_line_before_the_first_unread_message_stays_while_one_reads() {
    let _page = Page::look(true, true);
    let list = messages(1, 60, 1);
    let mark = js_sys::Date::new(&list[5]["created_at"].as_str().unwrap().into()).get_time();
    let widget = Widget::mount_remembering(
        Appearance {
            style: ChatStyle::Discord,
            theme: Theme::Light,
            strings: speaking("en"),
            is_rtl: false,
            locale: "en".to_owned(),
            empty: EmptyState::default(),
        },
        Some(mark.to_string()),
    );
    widget.go_live(&session(&list, None)).await;
    let divided = || {
        let line = widget.find(".unread");
        let item = line.closest(".item").unwrap().unwrap();
        let number = item.query_selector(".text").unwrap().unwrap();
        (line.text_content().unwrap(), number.text_content().unwrap())
    };
    let (line, first) = divided();
    assert_eq!(line, "New messages");
    assert!(first.starts_with("number 56"), "{first}");
    until("all is read", || unread(&widget) == 0).await;
    for number in 0..3 {
        widget.receive(&post(&format!("msg_9000{number}"), "user_bob", "and more"));
        frame().await;
        frame().await;
        assert!(at_bottom(&widget));
        assert_eq!(widget.count(".unread"), 1);
        assert_eq!(divided().1, first);
    }
    // Not there where nothing was unread.
    let other = Widget::live(&messages(1, 60, 1), None).await;
    other.receive(&post("msg_90009", "user_bob", "while one looks"));
    frame().await;
    frame().await;
    assert_eq!(other.count(".unread"), 0);
}

#[wasm_bindgen_test]
async fn m10_a_jump_does_not_mark_what_was_skipped() {
    let _page = Page::look(true, true);
    let mut list = messages(1, 300, 1);
    list[0]["replying_to_message_id"] = json!("msg_00020");
    let widget = Widget::live(&list, None).await;
    scroll_up(&widget, 100_000).await;
    // Many unread messages come, the last of them pinned.
    for number in 0..60 {
        widget.receive(&post(&format!("msg_9{number:04}"), "user_bob", "unread"));
    }
    frame().await;
    assert_eq!(unread(&widget), 60);
    widget
        .conversation
        .dispatch(Event::JumpedTo("msg_90030".into()));
    until("the message has the focus", || {
        widget
            .focused()
            .is_some_and(|item| item.has_attribute("data-found"))
    })
    .await;
    frame().await;
    assert_eq!(unread(&widget), 60);
    until("the pill counts", || {
        widget.find(".jump").text_content().unwrap() == "60 new messages"
    })
    .await;
    click(&widget.find(".jump"));
    until("all is read", || unread(&widget) == 0).await;
}

pub fn typing(user: &str) -> Value {
    json!({"broadcastResponse": {"channel": {"type": "DMS", "id": CHANNEL}, "fromUserId": user,
        "typingIndicator": {"expireAfter": null}}})
}

#[wasm_bindgen_test]
async fn t10_who_types_is_said_by_name_in_room_that_is_there() {
    let widget = Widget::live(&messages(1, 60, 1), None).await;
    let line = || widget.find(".typing").text_content().unwrap();
    let before = stands(&widget, &widget.newest());
    widget.receive(&typing("user_bob"));
    until("one types", || line() == "bob is typing…").await;
    widget.receive(&typing("user_chen"));
    until("two type", || line() == "bob and chen are typing…").await;
    let view = widget.find(".typing span").get_bounding_client_rect();
    assert!(
        bottom(&widget.newest()) <= view.top() + 0.5,
        "it covers the last message"
    );
    widget.receive(&typing("user_nobody_knows"));
    until("several type", || line() == "Several people are typing…").await;
    assert!((stands(&widget, &widget.newest()) - before).abs() < 0.1);
    for user in ["user_bob", "user_chen"] {
        widget.receive(&post(&format!("msg_9_{user}"), user, "said"));
    }
    until("one is left", || line() == "Someone is typing…").await;
}

#[wasm_bindgen_test]
async fn who_is_there_is_counted_in_the_header() {
    let widget = Widget::live(&messages(1, 3, 1), None).await;
    let header = || widget.find(".header").text_content().unwrap();
    assert_eq!(header(), "General");
    let at = js_sys::Date::now();
    for user in ["user_bob", "user_chen"] {
        widget.receive(
            &json!({"userPresence": {"userId": user, "lastSeenAt": null},
            "createdAt": at.to_string()}),
        );
    }
    until("three are there", || header() == "General3 online").await;
    widget.conversation.dispatch(Event::WentOffline);
    until("nobody can tell", || header() == "General").await;
}

#[wasm_bindgen_test]
async fn who_is_muted_is_told_until_when_and_keeps_what_they_wrote() {
    let widget = Widget::live(&messages(1, 3, 1), None).await;
    widget.write("so much to say");
    let at = js_sys::Date::now();
    let mute = |until: f64, lifted: bool| {
        widget.receive(
            &json!({"feedEntity": {"mutedUser": {"userId": fixture::VIEWER,
            "feedId": CHANNEL, "updatedAt": if lifted { at + 1.0 } else { at },
            "mutedUntil": until, "Deleted": lifted}}}),
        );
    };
    mute(at + 600_000.0, false);
    let line = || widget.find(".pause").text_content().unwrap();
    until("it is said", || {
        line().starts_with("A moderator has muted you until ") && line().contains(':')
    })
    .await;
    press(&widget.field(), "Enter", |_| {});
    frame().await;
    assert_eq!(widget.field().value(), "so much to say");
    assert_eq!(widget.requests("POST", "/messages").len(), 0);
    assert!(widget.find(".send").has_attribute("disabled"));
    mute(0.0, true);
    until("it is over", || line().is_empty()).await;
    press(&widget.field(), "Enter", |_| {});
    assert_eq!(widget.requests("POST", "/messages").len(), 1);
    until("it is sent", || widget.field().value().is_empty()).await;
}

#[wasm_bindgen_test]
async fn c8_slow_mode_says_how_long_and_loses_no_text() {
    let widget = Widget::mount();
    let mut session = session(&messages(1, 3, 1), None);
    session["channel"]["user_posts_cooldown_seconds"] = json!(70);
    widget.go_live(&session).await;
    let line = || widget.find(".pause").text_content().unwrap();
    assert_eq!(line(), "");
    widget.write("one");
    press(&widget.field(), "Enter", |_| {});
    until("it is under way", || {
        line() == "Slow mode is on. Your message is on its way."
    })
    .await;
    widget.write("two");
    let own = message("msg_90001", fixture::VIEWER, 0, "one");
    widget.answer("POST", "/messages", 201, &own);
    until("the time runs", || {
        line().starts_with("Slow mode is on. You can post again in 1:")
    })
    .await;
    let before = line();
    press(&widget.field(), "Enter", |_| {});
    assert_eq!(widget.field().value(), "two");
    assert_eq!(widget.requests("POST", "/messages").len(), 0);
    until("it runs on", || line() != before).await;
}
