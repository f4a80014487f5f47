//! The bar of pinned messages.

use crate::icons::{DOWN, PIN};
use crate::pen::Pen;
use chat_core::Pinned;

/// The newest in one line, and when it is open, all in a list. Nothing where nothing is pinned.
pub fn draw<P: Pen>(pen: &P, bar: &P::Element, pinned: &[Pinned], is_open: bool) {
    let Some(newest) = pinned.first() else { return };
    let Some(line) = pen.element(bar, "div", "pins-line") else {
        return;
    };
    jump(pen, &line, newest);
    if pinned.len() > 1
        && let Some(button) = pen.button(&line, "pins", "pins-all")
    {
        let count = pen.strings().number(pinned.len() as u64);
        let name = pen.strings().pinned_count().with(&[("n", &count)]);
        pen.set(&button, "aria-label", &name);
        let expanded = if is_open { "true" } else { "false" };
        pen.set(&button, "aria-expanded", expanded);
        pen.text(&button, &count);
        pen.icon(&button, DOWN);
    }
    if is_open && let Some(list) = pen.element(bar, "div", "pins-list") {
        pen.set(&list, "role", "group");
        pen.set(&list, "aria-label", pen.strings().pinned_messages());
        for one in pinned {
            jump(pen, &list, one);
        }
    }
}

fn jump<P: Pen>(pen: &P, place: &P::Element, pinned: &Pinned) {
    let Some(button) = pen.button(place, "quoted", "pin") else {
        return;
    };
    pen.set(&button, "data-value", pinned.message.as_str());
    pen.icon(&button, PIN);
    if let Some(text) = pen.element(&button, "span", "pin-text") {
        pen.label(&text, "span", "hidden", pen.strings().pinned());
        pen.label(&text, "bdi", "pin-author", &pinned.author);
        pen.text(&text, " ");
        pen.label(&text, "bdi", "pin-excerpt", &pinned.excerpt);
    }
}
