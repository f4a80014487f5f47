//! The history: its order, its scrolling and its paging upwards. Only rows near the reader's eye are in the document;
//! which, and where, is `virtual-list`'s to say. How a row looks is not known here.

mod date;
mod drawn;
mod moves;
mod reader;
mod watching;

use super::pen::{Pen, set};
use super::region::region;
use super::scene::Scene;
use chat_core::Older;
use leptos::prelude::*;
use markup::Pen as _;
use markup::icons::DOWN;
pub(super) use moves::{Move, Rows};
use reader::Reader;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::Element;

/// The conversation's messages.
#[component]
pub(super) fn History(scene: Scene) -> impl IntoView {
    view! { <div class="history" use:draw=scene></div> }
}

/// A directive that draws the list and keeps it alive.
#[expect(clippy::needless_pass_by_value, reason = "how a directive is called")]
fn draw(history: Element, scene: Scene) {
    if let Some(pen) = Pen::near(&history, scene.strings) {
        scaffold(pen, &history, scene);
    }
}

fn scaffold(pen: Pen, history: &Element, scene: Scene) -> Option<()> {
    let scroller = pen.element(history, "div", "scroller")?;
    for (name, value) in [
        ("tabindex", "0"),
        ("role", "log"),
        ("aria-live", "off"),
        ("aria-label", scene.strings.messages),
    ] {
        set(&scroller, name, value);
    }
    let content = pen.element(&scroller, "div", "content")?;
    region(pen.element(&content, "div", "before")?, (scene, before));
    let rows = pen.element(&content, "div", "rows")?;
    let date = pen.element(history, "div", "date")?;
    set(&date, "aria-hidden", "true");
    region(pen.element(history, "div", "way-back")?, (scene, way_back));
    let scroller = scroller.dyn_into().ok()?;
    let reader = Rc::new(Reader::new(scene, pen, scroller, rows, date));
    watching::watch_over(&reader);
    Some(())
}

/// What stands before the oldest message.
fn before(pen: &Pen, place: &Element, scene: Scene) {
    let strings = scene.strings;
    match scene.conversation.older().get() {
        Older::Unknown | Older::Available => {}
        Older::Loading => {
            if let Some(spinner) = pen.element(place, "span", "spinner") {
                set(&spinner, "role", "img");
                set(&spinner, "aria-label", strings.loading_older);
            }
        }
        Older::Failed => {
            pen.label(place, "span", "", strings.older_failed);
            pen.text_button(place, "older", "plain", strings.try_again);
        }
        Older::Beginning => {
            if let Some(line) = pen.label(place, "span", "", strings.beginning) {
                pen.text(&line, " ");
                pen.label(
                    &line,
                    "bdi",
                    "strong",
                    &scene.channel_name().unwrap_or_default(),
                );
            }
        }
    }
}

/// The way back to the newest message, with the number of those that came meanwhile (M5).
fn way_back(pen: &Pen, place: &Element, scene: Scene) {
    let unseen = scene.unseen.get();
    if unseen == 0 && !scene.away.get() {
        return;
    }
    let class = if unseen == 0 { "jump quiet" } else { "jump" };
    let Some(button) = pen.button(place, "latest", class) else {
        return;
    };
    if unseen == 0 {
        set(&button, "aria-label", scene.strings.jump_to_latest);
    } else {
        pen.text(&button, &scene.strings.new_message.with(unseen));
    }
    pen.icon(&button, DOWN);
}
