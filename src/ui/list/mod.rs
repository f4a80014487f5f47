//! The history: its order, its scrolling and its paging upwards. Only rows near the reader's eye are in the document;
//! which, and where, is `virtual-list`'s to say. How a row looks is not known here.

mod date;
mod drawn;
mod moves;
mod reader;
mod watching;

use super::pen::{Pen, clear, set};
use super::region::{Draw, region, watch};
use super::scene::{Distance, Scene};
use chat_core::{JumpState, Newer};
use leptos::prelude::*;
use markup::Pen as _;
use markup::history::{History, draw_before};
use markup::icons::DOWN;
pub(super) use moves::{Move, Rows};
use reader::Reader;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::Element;

/// Draws the conversation's messages, until the present reactive owner is gone.
pub(super) fn draw(stage: &Element, scene: Scene) {
    let Some(pen) = Pen::near(stage, scene.strings) else {
        return;
    };
    let Some(history) = History::new(&pen, stage) else {
        return;
    };
    region(history.before, (scene, before));
    for (class, draw) in [("seeking", seeking as Draw), ("newer", newer)] {
        if let Some(place) = pen.part(&history.way_back, "div", class) {
            set(&place, "role", "status");
            region(place, (scene, draw));
        }
    }
    keep_way_back(history.way_back, scene);
    let Ok(scroller) = history.scroller.dyn_into() else {
        return;
    };
    let reader = Reader::new(scene, pen, scroller, history.rows, history.date);
    watching::watch_over(&Rc::new(reader));
}

/// What stands before the oldest message.
fn before(pen: &Pen, place: &Element, scene: Scene) {
    let name = scene.channel_name().unwrap_or_default();
    draw_before(pen, place, scene.conversation.older(), &name);
}

/// A search that is under way, which can be given up.
fn seeking(pen: &Pen, place: &Element, scene: Scene) {
    let jump = scene.conversation.jump();
    if jump.is_some_and(|jump| jump.state == JumpState::Searching) {
        pen.element(place, "span", "spinner");
        pen.label(place, "span", "", scene.strings.seeking());
        pen.text_button(place, "end-jump", "plain", scene.strings.cancel());
    }
}

/// What becomes of the messages that follow the last row, for who is there.
fn newer(pen: &Pen, place: &Element, scene: Scene) {
    let (newer, _) = scene.conversation.newer();
    if newer == Newer::Live || scene.distance.get() == Distance::Long {
        return;
    }
    let strings = scene.strings;
    match newer {
        Newer::Loading => {
            if let Some(spinner) = pen.element(place, "span", "spinner") {
                set(&spinner, "role", "img");
                set(&spinner, "aria-label", strings.loading_newer());
            }
        }
        Newer::Failed => {
            pen.label(place, "span", "", strings.newer_failed());
            pen.text_button(place, "newer", "plain", strings.try_again());
        }
        Newer::Live | Newer::Available => {}
    }
}

/// The way back to the newest message, with the number of unread ones (M5). The button stays the same while there is one:
/// it may have the focus.
fn keep_way_back(place: Element, scene: Scene) {
    let Some(pen) = Pen::near(&place, scene.strings) else {
        return;
    };
    let mut button: Option<Element> = None;
    watch(move || {
        let unread = scene.conversation.unread();
        let (newer, missed) = scene.conversation.newer();
        let distance = scene.distance.get();
        let count = unread.count.max(missed);
        let offered = newer != Newer::Live
            || distance == Distance::Long
            || (distance == Distance::Short && count > 0);
        if !offered {
            if let Some(button) = button.take() {
                button.remove();
            }
            return;
        }
        if button.is_none() {
            button = pen.button(&place, "latest", "jump");
        }
        let Some(button) = &button else { return };
        clear(button);
        if count == 0 {
            pen.set_class(button, "jump quiet");
            set(button, "aria-label", scene.strings.jump_to_latest());
        } else {
            pen.set_class(button, "jump");
            let _ = button.remove_attribute("aria-label");
            let text = scene.strings.new_messages(count, unread.or_more);
            pen.text(button, &text);
        }
        pen.icon(button, DOWN);
    });
}
