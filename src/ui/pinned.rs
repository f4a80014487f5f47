//! The pinned messages: the newest in one line below the header, all in a list that it opens.

use super::dom::focus_quietly;
use super::pen::{Pen, set};
use super::scene::Scene;
use chat_core::Pinned;
use leptos::prelude::*;
use markup::Pen as _;
use markup::icons::{DOWN, PIN};
use web_sys::Element;

/// The bar, where anything is pinned.
pub(super) fn draw(pen: &Pen, bar: &Element, scene: Scene) {
    let pinned = scene.conversation.pinned();
    let Some(newest) = pinned.first() else { return };
    let Some(line) = pen.element(bar, "div", "pins-line") else {
        return;
    };
    jump(pen, &line, newest);
    if pinned.len() < 2 {
        return;
    }
    let is_open = scene.pins_open.get();
    if let Some(button) = pen.button(&line, "pins", "pins-all") {
        let count = pinned.len().to_string();
        let name = [scene.strings.pinned_messages, ", ", &count].concat();
        set(&button, "aria-label", &name);
        set(
            &button,
            "aria-expanded",
            if is_open { "true" } else { "false" },
        );
        pen.text(&button, &count);
        pen.icon(&button, DOWN);
    }
    if is_open && let Some(list) = pen.element(bar, "div", "pins-list") {
        set(&list, "role", "group");
        set(&list, "aria-label", scene.strings.pinned_messages);
        for one in &pinned {
            jump(pen, &list, one);
        }
    }
}

fn jump(pen: &Pen, place: &Element, pinned: &Pinned) {
    let Some(button) = pen.button(place, "quoted", "pin") else {
        return;
    };
    set(&button, "data-value", pinned.message.as_str());
    pen.icon(&button, PIN);
    if let Some(text) = pen.element(&button, "span", "pin-text") {
        pen.label(&text, "span", "hidden", pen.strings().pinned);
        pen.label(&text, "bdi", "pin-author", &pinned.author);
        pen.text(&text, " ");
        pen.label(&text, "bdi", "pin-excerpt", &pinned.excerpt);
    }
}

/// Opens the list, or closes it and gives the focus back (A3).
pub(super) fn toggle(near: &Element, open: bool, scene: Scene) {
    let bar = near.closest(".pins").ok().flatten();
    scene.pins_open.set(open);
    let button = bar.and_then(|bar| bar.query_selector(".pins-all").ok().flatten());
    if let Some(button) = button {
        focus_quietly(&button);
    }
}
