//! What hangs on a message and around it: cards of links, who reacted, polls, roles, pins, times that pass.

use super::fixture::{message, messages, post, session};
use super::harness::{Widget, click, frame, press, until};
use serde_json::{Value, json};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Element, HtmlElement, PointerEvent, PointerEventInit};

fn with_links(links: &Value) -> Value {
    let mut frame = post("msg_1", "user_bob", "see https://example.com/a");
    frame["feedEntity"]["dmsPost"]["links"] = links.clone();
    frame
}

fn point(target: &Element, kind: &str, pointer: &str) {
    let init = PointerEventInit::new();
    init.set_pointer_type(pointer);
    init.set_bubbles(true);
    init.set_composed(true);
    let event = PointerEvent::new_with_event_init_dict(kind, &init).unwrap();
    target.dispatch_event(&event).unwrap();
}

async fn with_reactions(count: u32) -> Widget {
    let mut one = message("msg_90001", "user_bob", 1, "like it");
    one["reaction_counts"] = json!([{"emoji": ":fire:", "count": count}]);
    let mut all = vec![one];
    all.extend(messages(1, 20, 2));
    Widget::live(&all, None).await
}

fn reactions(names: &[&str]) -> Value {
    let data = names.iter().map(|name| {
        json!({"id": format!("r_{name}"), "emoji": ":fire:", "resource_id": "msg_90001",
            "user": {"id": format!("user_{name}"), "username": name, "name": null}})
    });
    json!({"data": data.collect::<Vec<_>>(), "page_info": {"end_cursor": null, "start_cursor": null,
        "has_next_page": false, "has_previous_page": false}})
}

fn names(widget: &Widget) -> String {
    let panel = widget.try_find(".who-panel");
    panel.map_or_else(String::new, |panel| panel.text_content().unwrap())
}

#[wasm_bindgen_test]
async fn a_card_waits_and_is_filled_without_moving() {
    let widget = Widget::live(&messages(10, 2, 5), None).await;
    widget.receive(&with_links(
        &json!([{"url": "https://example.com/a", "processing": true}]),
    ));
    until("the card waits", || widget.count(".card-title.waits") == 1).await;
    let card: HtmlElement = widget.find(".card").unchecked_into();
    let height = card.client_height();
    let mut filled = with_links(&json!([
        {"url": "https://example.com/a", "title": "A page", "description": "What it says", "processing": false},
    ]));
    let at = filled["feedEntity"]["dmsPost"]["updatedAt"]
        .as_f64()
        .unwrap();
    filled["feedEntity"]["dmsPost"]["updatedAt"] = json!(at + 1.0);
    widget.receive(&filled);
    until("the card is filled", || {
        widget
            .find(".card")
            .text_content()
            .unwrap()
            .contains("What it says")
    })
    .await;
    let card: HtmlElement = widget.find(".card").unchecked_into();
    assert_eq!(widget.find(".card-title").text_content().unwrap(), "A page");
    assert_eq!(
        widget.find(".card-site").text_content().unwrap(),
        "example.com"
    );
    assert_eq!(card.client_height(), height);
    assert_eq!(card.get_attribute("href").unwrap(), "https://example.com/a");
    assert_eq!(
        card.get_attribute("rel").unwrap(),
        "noopener noreferrer nofollow ugc"
    );
}

#[wasm_bindgen_test]
async fn x2_a_hostile_card_leads_nowhere_and_requests_nothing() {
    let widget = Widget::live(&messages(10, 2, 5), None).await;
    widget.receive(&with_links(&json!([
        {"url": "javascript:alert(1)", "title": "bad"},
        {"url": "data:text/html,x", "title": "worse"},
        {"url": "https://user:secret@example.com/b", "title": "<img src=x onerror=alert(1)>",
            "image": "javascript:alert(1)", "favicon": "//evil.example/i.png"},
        {"url": "https://example.com/c", "title": "c", "image": "data:image/svg+xml,<svg/>",
            "favicon": "blob:https://example.com/1"},
        {"url": "https://example.com/d", "title": "d"},
        {"url": "https://example.com/e", "title": "e"},
    ])));
    until("the cards", || widget.count(".card") > 0).await;
    assert!(widget.count(".card") <= 3);
    let cards = widget.root.query_selector_all(".card").unwrap();
    for at in 0..cards.length() {
        let card: Element = cards.item(at).unwrap().unchecked_into();
        assert!(
            card.get_attribute("href")
                .unwrap()
                .starts_with("https://example.com/")
                || card
                    .get_attribute("href")
                    .unwrap()
                    .contains("@example.com/b")
        );
    }
    assert_eq!(widget.count(".card img"), 0, "no picture is asked for");
}

#[wasm_bindgen_test]
async fn a4_who_reacted_is_said_to_the_keyboard() {
    let widget = with_reactions(5).await;
    let pill = widget.find(".pill[data-act=react]");
    // As after a key: the ring shows, and so do the names.
    press(&widget.scroller(), "ArrowUp", |_| {});
    let options = web_sys::FocusOptions::new();
    js_sys::Reflect::set(&options, &"focusVisible".into(), &true.into()).unwrap();
    pill.unchecked_ref::<HtmlElement>()
        .focus_with_options(&options)
        .unwrap();
    until("the panel", || names(&widget).contains("Loading")).await;
    let panel = widget.find(".who-panel");
    assert_eq!(panel.get_attribute("role").unwrap(), "tooltip");
    assert_eq!(
        pill.get_attribute("aria-describedby"),
        panel.get_attribute("id")
    );
    let asked = widget.answer("GET", "/reactions", 200, &reactions(&["bob", "chen"]));
    assert!(asked.path.contains("msg_90001"), "{}", asked.path);
    until("the names", || {
        names(&widget) == "bob, chen, and 3 more reacted with 🔥"
    })
    .await;
    press(&pill, "Escape", |_| {});
    until("it is away", || names(&widget).is_empty()).await;
    assert!(widget.focused() == Some(pill.clone()), "the focus stays");
    assert!(!pill.has_attribute("aria-describedby"));
}

#[wasm_bindgen_test]
async fn who_reacted_is_shown_to_a_mouse_that_stays() {
    let widget = with_reactions(2).await;
    let pill = widget.find(".pill[data-act=react]");
    point(&pill, "pointerover", "mouse");
    assert!(names(&widget).is_empty(), "not at once");
    point(&widget.find(".header"), "pointerover", "mouse");
    frame().await;
    point(&pill, "pointerover", "mouse");
    until("the panel", || !names(&widget).is_empty()).await;
    widget.answer("GET", "/reactions", 200, &reactions(&["bob", "chen"]));
    until("the names", || {
        names(&widget) == "bob and chen reacted with 🔥"
    })
    .await;
    let (panel, chat) = (widget.find(".who-panel"), widget.find(".chat"));
    let (panel, chat) = (
        panel.get_bounding_client_rect(),
        chat.get_bounding_client_rect(),
    );
    assert!(panel.left() >= chat.left() && panel.right() <= chat.right());
    point(&widget.find(".header"), "pointerover", "mouse");
    until("it is away", || names(&widget).is_empty()).await;
    // Known is known.
    point(&pill, "pointerover", "mouse");
    until("the names again", || {
        names(&widget).starts_with("bob and chen")
    })
    .await;
    assert!(widget.requests("GET", "/reactions").is_empty());
    // One of one's own is said first.
    click(&pill);
    until("mine, too", || {
        names(&widget).starts_with("You, bob, and chen")
    })
    .await;
}

#[wasm_bindgen_test]
async fn a_finger_that_stays_asks_who_reacted_and_does_not_react() {
    let widget = with_reactions(1).await;
    let pill = widget.find(".pill[data-act=react]");
    point(&pill, "pointerdown", "touch");
    until("the panel", || !names(&widget).is_empty()).await;
    widget.answer("GET", "/reactions", 500, &json!({}));
    until("that it failed", || {
        names(&widget).contains("could not be loaded")
    })
    .await;
    point(&pill, "pointerup", "touch");
    click(&pill);
    frame().await;
    assert_eq!(pill.get_attribute("aria-pressed").unwrap(), "false");
    assert!(widget.requests("POST", "/reactions").is_empty());
    // The next one is a click again.
    point(&pill, "pointerdown", "touch");
    point(&pill, "pointerup", "touch");
    click(&pill);
    assert_eq!(widget.requests("POST", "/reactions").len(), 1);
}

fn poll() -> Value {
    let mut one = message("msg_1", "user_bob", 5, "which?");
    one["poll"] = json!({"options": [{"id": "1", "text": "red"}, {"id": "2", "text": "blue"}, {"id": "3", "text": "green"}]});
    one["poll_votes"] = json!([{"option_id": "1", "count": 1}, {"option_id": "2", "count": 1}]);
    one
}

fn bars(widget: &Widget) -> Vec<u32> {
    let shares = widget.root.query_selector_all(".answer-share").unwrap();
    (0..shares.length())
        .map(|at| {
            let text = shares.item(at).unwrap().text_content().unwrap();
            text.trim_end_matches('%').parse().unwrap()
        })
        .collect()
}

#[wasm_bindgen_test]
async fn a4_a_vote_moves_and_is_taken_back_and_the_shares_are_a_hundred() {
    let widget = Widget::live(&[poll()], None).await;
    let pressed = || {
        let answers = widget
            .root
            .query_selector_all(".answer[aria-pressed=true]")
            .unwrap();
        (0..answers.length())
            .map(|at| answers.item(at).unwrap().unchecked_into::<Element>())
            .map(|answer| answer.get_attribute("data-value").unwrap())
            .collect::<String>()
    };
    assert_eq!(bars(&widget), [50, 50, 0]);
    for (option, own, shares) in [("3", "3", [34, 33, 33]), ("1", "1", [67, 33, 0])] {
        let answer = widget.find(&format!(".answer[data-value='{option}']"));
        answer.unchecked_ref::<HtmlElement>().focus().unwrap();
        click(&answer);
        until("the vote", || pressed() == own && bars(&widget) == shares).await;
        assert_eq!(bars(&widget).iter().sum::<u32>(), 100);
        assert!(widget.focused() == Some(answer), "the focus stays");
        widget.answer(
            "POST",
            "/reactions",
            200,
            &json!({"id": format!("vote_{option}")}),
        );
    }
    assert_eq!(
        widget.find(".poll-total").text_content().unwrap(),
        "3 votes"
    );
}

#[wasm_bindgen_test]
async fn a_poll_that_is_closed_to_the_visitor_says_why() {
    let widget = Widget::mount();
    let mut one = poll();
    one["reaction_counts"] = json!([{"emoji": ":fire:", "count": 1}]);
    let mut body = session(&[one], None);
    body["channel"]["who_can_react"] = json!("no_one");
    body["permissions"]["can_react"] = json!(false);
    widget.go_live(&body).await;
    let answer = widget.find(".answer");
    assert_eq!(answer.get_attribute("aria-disabled").unwrap(), "true");
    for closed in [answer, widget.find(".pill[data-act=react]")] {
        click(&closed);
        until("the reason", || {
            let note = widget.try_find(".note");
            note.is_some_and(|note| {
                note.text_content().unwrap() == "Reactions and votes are off here."
            })
        })
        .await;
        assert_eq!(closed.get_attribute("aria-pressed").unwrap(), "false");
    }
    assert!(widget.requests("POST", "/reactions").is_empty());
    assert_eq!(widget.count(".tools [data-act=pick]"), 0);
    assert!(widget.try_find(".pill.add:not([disabled])").is_none());
}

#[wasm_bindgen_test]
async fn roles_and_edits_are_marked_and_the_exact_time_is_there_on_hover() {
    let mut edited = message("msg_2", "user_bob", 7, "better");
    edited["is_edited"] = json!(true);
    let mut bot = message("msg_1", "user_bot", 90, "beep");
    bot["message_type"] = json!("automated");
    let widget = Widget::live(&[edited, bot], None).await;
    assert_eq!(widget.find(".badge").text_content().unwrap(), "App");
    let better = widget.row("better");
    let within = |selector: &str| better.query_selector(selector).unwrap();
    assert_eq!(within(".edited").unwrap().text_content().unwrap(), "edited");
    assert!(
        widget
            .row("beep")
            .query_selector(".edited")
            .unwrap()
            .is_none()
    );
    let time = within("time.time").unwrap();
    assert_eq!(time.text_content().unwrap(), "7 min. ago");
    assert!(time.get_attribute("datetime").unwrap().ends_with('Z'));
    let year = js_sys::Date::new_0().get_full_year().to_string();
    assert_eq!(time.get_attribute("title"), None);
    point(&time, "pointerover", "mouse");
    let exact = time.get_attribute("title").unwrap();
    assert!(exact.contains(&year) && exact.contains(':'), "{exact}");
    let mut frame = post("msg_3", "user_bob", "I rule");
    frame["feedEntity"]["dmsPost"]["isPosterAdmin"] = json!(true);
    widget.receive(&frame);
    until("the badge", || {
        within(".badge").is_some_and(|badge| badge.text_content().unwrap() == "Admin")
    })
    .await;
}

/// Lets the page's clock go on by so many minutes, and every interval with it.
#[wasm_bindgen(inline_js = "
export function hurry() {
  const set = window.setInterval;
  window.setInterval = (run, every, ...more) => set(run, every === 60000 ? 20 : every, ...more);
  const now = Date.now;
  let ahead = 0;
  Date.now = () => now() + ahead;
  return { pass: (minutes) => { ahead += minutes * 60000; }, end: () => { window.setInterval = set; Date.now = now; } };
}")]
extern "C" {
    fn hurry() -> JsValue;
}

#[wasm_bindgen_test]
async fn i3_relative_times_pass() {
    let clock = hurry();
    let call = |name: &str, minutes: f64| {
        let function = js_sys::Reflect::get(&clock, &name.into()).unwrap();
        let function: js_sys::Function = function.unchecked_into();
        function.call1(&clock, &minutes.into()).unwrap();
    };
    let widget = Widget::live(&[message("msg_1", "user_bob", 0, "now")], None).await;
    let time = || widget.find(".item .time").text_content().unwrap();
    assert_eq!(time(), "now");
    call("pass", 5.0);
    until("five minutes later", || time() == "5 min. ago").await;
    call("pass", 90.0);
    until("the clock's time", || time().contains(':')).await;
    call("end", 0.0);
}
