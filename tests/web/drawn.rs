//! Only what is near the reader's eye is in the document, and nobody notices.

use super::fixture::{messages, page, post};
use super::harness::{Widget, before_paint, frame, press, until};
use super::list::{at_bottom, bottom, first_in_sight, top};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Element, HtmlElement};

/// A view of 500 pixels, one more in both directions, half of one that is not cleared away at once, and rows of no less
/// than 24 pixels.
const MOST_ITEMS: u32 = 110;

fn set_scroll(widget: &Widget, to: f64) {
    js_sys::Reflect::set(&widget.scroller(), &"scrollTop".into(), &to.into()).unwrap();
}

fn scroll_top(widget: &Widget) -> f64 {
    let top = js_sys::Reflect::get(&widget.scroller(), &"scrollTop".into());
    top.unwrap().as_f64().unwrap()
}

/// No part of the view is without a row, but for what stands before the first.
fn assert_covered(widget: &Widget, when: &str) {
    let view = widget.scroller().get_bounding_client_rect();
    let before = bottom(&widget.find(".before"));
    let mut reached = view.top().max(before) + 1.0;
    for item in widget.items() {
        if top(&item) <= reached {
            reached = reached.max(bottom(&item) + 1.0);
        }
    }
    assert!(
        reached >= view.bottom() - 13.0,
        "{when}: nothing below {} of {}..{}",
        reached - view.top(),
        0.0,
        view.height()
    );
    let count = widget.count(".item");
    assert!(count <= MOST_ITEMS, "{when}: {count} items");
}

#[wasm_bindgen_test]
async fn m13_a_few_rows_of_many_are_in_the_document() {
    let widget = Widget::live(&messages(1, 3_000, 1), None).await;
    assert_covered(&widget, "at the newest");
    let height = f64::from(widget.scroller().scroll_height());
    assert!(height > 3_000.0 * 24.0);
    for part in [0.5, 0.1, 0.9, 1.0, 0.33, 0.0, 0.7] {
        set_scroll(&widget, -part * height);
        before_paint().await;
        assert_covered(&widget, &format!("at {part}"));
        frame().await;
        assert_covered(&widget, &format!("at {part}, painted"));
    }
    let beginning = widget.find(".before");
    until("the beginning is in sight", || {
        set_scroll(&widget, -1e9);
        bottom(&beginning) >= top(&widget.scroller()) - 1.0
            && widget.texts()[0].starts_with("number 1 ")
    })
    .await;
    set_scroll(&widget, 0.0);
    frame().await;
    assert!(at_bottom(&widget));
}

/// Scrolls as a wheel does, and watches a row in every frame.
async fn scroll_steadily(widget: &Widget, step: f64, frames: u32) {
    for number in 0..frames {
        let seen = first_in_sight(widget);
        let (before, stood) = (top(&seen), scroll_top(widget));
        set_scroll(widget, stood + step);
        before_paint().await;
        for painted in [false, true] {
            // Not what the scroller says: where it stands may be put right meanwhile.
            let error = top(&seen) - (before - step);
            assert!(
                error.abs() <= 1.0,
                "frame {number}, painted {painted}: {error} px beside"
            );
            assert_covered(widget, &format!("frame {number}"));
            if !painted {
                frame().await;
            }
        }
    }
}

#[wasm_bindgen_test]
async fn m1_m13_nothing_jitters_while_one_scrolls_through_rows_never_seen() {
    let widget = Widget::live(&messages(1, 1_000, 1), None).await;
    scroll_steadily(&widget, -61.0, 60).await;
    scroll_steadily(&widget, -333.0, 30).await;
    // Into the middle, and from there down through what was never measured.
    set_scroll(&widget, -30_000.0);
    frame().await;
    scroll_steadily(&widget, 47.0, 60).await;
    scroll_steadily(&widget, 290.0, 30).await;
    scroll_steadily(&widget, -47.0, 20).await;
}

#[wasm_bindgen_test]
async fn m1_m13_down_to_the_end_through_rows_never_seen() {
    let widget = Widget::live(&messages(1, 400, 1), None).await;
    set_scroll(&widget, -9_000.0);
    frame().await;
    for _ in 0..60 {
        set_scroll(&widget, scroll_top(&widget) + 200.0);
        before_paint().await;
        assert_covered(&widget, "on the way");
    }
    until("the end is reached", || {
        set_scroll(&widget, scroll_top(&widget) + 200.0);
        at_bottom(&widget)
    })
    .await;
    assert!(widget.texts().last().unwrap().starts_with("number 400 "));
}

#[wasm_bindgen_test]
async fn m1_pages_that_are_put_before_move_nothing_while_one_scrolls() {
    let widget = Widget::live(&messages(1_000, 50, 1), Some("cursor-0")).await;
    for number in 0..8 {
        let path = format!("cursor-{number}");
        for _ in 0..40 {
            if !widget.requests("GET", &path).is_empty() {
                break;
            }
            scroll_steadily(&widget, -90.0, 1).await;
        }
        scroll_steadily(&widget, -30.0, 3).await;
        let older = messages(950 - number * 50, 50, 60 + number * 50);
        let next = format!("cursor-{}", number + 1);
        widget.answer("GET", &path, 200, &page(&older, Some(&next)));
        scroll_steadily(&widget, -30.0, 3).await;
    }
}

/// As a browser that has no ear for positions that are set while a finger's momentum lasts.
fn refuse_positions(widget: &Widget) {
    let nothing = js_sys::Function::new_no_args("");
    for name in ["scrollBy", "scrollTo", "scroll"] {
        js_sys::Reflect::set(&widget.scroller(), &name.into(), &nothing).unwrap();
    }
}

#[wasm_bindgen_test]
async fn m3_no_position_has_to_be_set() {
    let widget = Widget::live(&messages(1, 300, 1), None).await;
    set_scroll(&widget, -4_000.0);
    frame().await;
    refuse_positions(&widget);
    let seen = first_in_sight(&widget);
    let before = top(&seen);
    for number in 0..3 {
        widget.receive(&post(
            &format!("msg_9000{number}"),
            "user_bob",
            "new\n\nlines",
        ));
        frame().await;
        frame().await;
        assert!((top(&seen) - before).abs() <= 1.0);
    }
    until("the pill counts", || widget.try_find(".jump").is_some()).await;
    super::harness::click(&widget.find(".jump"));
    until("at the newest", || at_bottom(&widget)).await;
    assert_covered(&widget, "at the newest");
    assert!(
        scroll_top(&widget) < -3_000.0,
        "the scroller stands where it stood"
    );
    scroll_steadily(&widget, -50.0, 5).await;
}

#[wasm_bindgen_test]
async fn m4_a_flood_of_messages_is_followed_and_drawn_in_batches() {
    let widget = Widget::live(&messages(1, 50, 1), None).await;
    let mut number = 0;
    for _ in 0..60 {
        let drawn = widget.newest();
        for _ in 0..5 {
            number += 1;
            let id = format!("msg_9{number:04}");
            widget.receive(&post(&id, "user_bob", &format!("flood {number}")));
        }
        assert!(widget.newest() == drawn, "drawn one by one");
        before_paint().await;
        frame().await;
        assert!(at_bottom(&widget), "lost after {number}");
        assert_covered(&widget, "in the flood");
    }
    until("all are there", || {
        widget.texts().last().unwrap() == "flood 300"
    })
    .await;
    assert!(widget.try_find(".jump").is_none());
}

#[wasm_bindgen_test]
async fn rows_are_drawn_once_however_one_scrolls() {
    let widget = Widget::live(&messages(1, 300, 1), None).await;
    set_scroll(&widget, -2_000.0);
    frame().await;
    let seen = first_in_sight(&widget);
    let mark = js_sys::Date::now();
    js_sys::Reflect::set(&seen, &"mark".into(), &mark.into()).unwrap();
    for by in [-100.0, 80.0, -40.0, 60.0] {
        set_scroll(&widget, scroll_top(&widget) + by);
        frame().await;
        assert!(widget.items().contains(&seen));
    }
}

#[wasm_bindgen_test]
async fn the_focus_is_not_lost_when_its_message_scrolls_away() {
    let widget = Widget::live(&messages(1, 500, 1), None).await;
    let row = widget.newest();
    row.unchecked_ref::<HtmlElement>().focus().unwrap();
    set_scroll(&widget, -15_000.0);
    frame().await;
    assert!(widget.focused() == Some(row.clone()));
    assert_covered(&widget, "far away");
    // The next key goes on from there.
    press(&row, "ArrowUp", |_| {});
    frame().await;
    let before = row.previous_element_sibling().unwrap();
    assert!(widget.focused() == Some(before.clone()));
    assert!(top(&before) >= top(&widget.scroller()));
    assert!(bottom(&before) <= bottom(&widget.scroller()));
}

#[wasm_bindgen_test]
async fn keys_lead_through_the_whole_history() {
    let widget = Widget::live(&messages(1, 500, 1), None).await;
    let scroller = widget.scroller();
    scroller.focus().unwrap();
    press(&scroller, "ArrowUp", |_| {});
    assert!(widget.focused() == Some(widget.newest()));
    let text = || {
        let text = widget.focused().unwrap().query_selector(".text").unwrap();
        text.unwrap().text_content().unwrap()
    };
    let key = async |name: &str| {
        press(&widget.focused().unwrap(), name, |_| {});
        let view = scroller.get_bounding_client_rect();
        let row = widget.focused().unwrap().get_bounding_client_rect();
        assert!(
            row.top() >= view.top() - 1.0 && row.bottom() <= view.bottom() + 1.0,
            "{name}"
        );
        before_paint().await;
        assert_covered(&widget, name);
    };
    key("ArrowUp").await;
    assert!(text().starts_with("number 499 "));
    key("PageUp").await;
    key("PageUp").await;
    let number = |text: String| text.split(' ').nth(1).unwrap().parse::<u32>().unwrap();
    let there = number(text());
    assert!((450..495).contains(&there), "{there}");
    key("PageDown").await;
    assert!(number(text()) > there);
    key("Home").await;
    assert!(text().starts_with("number 1 "));
    key("ArrowUp").await;
    assert!(text().starts_with("number 1 "));
    key("ArrowDown").await;
    assert!(text().starts_with("number 2 "));
    key("End").await;
    assert!(text().starts_with("number 500 "));
    assert_eq!(scroller.get_attribute("tabindex").unwrap(), "0");
    assert_eq!(
        widget.count(".item[tabindex='0']"),
        0,
        "the list is one stop"
    );
}

#[wasm_bindgen_test]
async fn who_listens_is_told_where_a_message_stands() {
    let widget = Widget::live(&messages(1, 500, 1), Some("cursor-1")).await;
    let attribute = |item: &Element, name: &str| item.get_attribute(name).unwrap();
    let newest = widget.newest();
    assert_eq!(attribute(&newest, "aria-posinset"), "500");
    assert_eq!(attribute(&newest, "aria-setsize"), "-1");
    set_scroll(&widget, -1e9);
    until("a page is asked for", || {
        !widget.requests("GET", "cursor-1").is_empty()
    })
    .await;
    widget.answer("GET", "cursor-1", 200, &page(&messages(0, 1, 900), None));
    until("all are known", || {
        widget
            .items()
            .iter()
            .all(|item| attribute(item, "aria-setsize") == "501")
    })
    .await;
    let mut positions = widget.items().into_iter().map(|item| {
        let position: u32 = attribute(&item, "aria-posinset").parse().unwrap();
        position
    });
    let first = positions.next().unwrap();
    assert!(
        positions
            .enumerate()
            .all(|(at, position)| position == first + 1 + u32::try_from(at).unwrap())
    );
}

#[wasm_bindgen_test]
async fn m14_the_date_of_what_one_reads_stays_in_sight() {
    // An hour apart: some days, with a line each.
    let list: Vec<_> = (0..200)
        .map(|index| {
            let id = format!("msg_{:05}", 1_000 - index);
            super::fixture::message(&id, "user_bob", index * 60, &format!("hour {index}"))
        })
        .collect();
    let widget = Widget::live(&list, None).await;
    let date = widget.find(".date");
    let shown = || (!date.has_attribute("data-hidden")).then(|| date.text_content().unwrap());
    let view = widget.scroller().get_bounding_client_rect();
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..80 {
        set_scroll(&widget, scroll_top(&widget) - 60.0);
        frame().await;
        let line = widget.root.query_selector_all(".day:not(:empty)").unwrap();
        let mut newer = None;
        let mut beside = false;
        for index in (0..line.length()).rev() {
            let line: Element = line.item(index).unwrap().unchecked_into();
            let from_top = top(&line) - view.top();
            beside |= (-56.0..=56.0).contains(&from_top);
            if from_top < 0.0 && newer.is_none() {
                newer = Some(line.text_content().unwrap());
            }
        }
        if let Some(shown) = shown() {
            assert!(!beside, "twice: {shown}");
            if let Some(line) = newer {
                assert_eq!(shown, line);
            }
            seen.insert(shown);
        } else {
            assert!(beside, "no date at {}", scroll_top(&widget));
        }
    }
    assert!(seen.len() >= 2, "{seen:?}");
}

#[wasm_bindgen_test]
async fn a_list_of_another_width_stays_where_it_was() {
    let widget = Widget::live(&messages(1, 300, 1), None).await;
    set_scroll(&widget, -3_000.0);
    frame().await;
    let seen = first_in_sight(&widget);
    let before = top(&seen);
    widget.host.style().set_property("width", "330px").unwrap();
    frame().await;
    frame().await;
    let moved = top(&seen) - before;
    assert!(moved.abs() <= 1.0, "moved by {moved}");
    assert_covered(&widget, "narrow");
}
