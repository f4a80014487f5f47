//! The pinned messages: the newest in one line below the header, all in a list that it opens.

use super::dom::focus_quietly;
use super::pen::Pen;
use super::scene::Scene;
use leptos::prelude::*;
use web_sys::Element;

/// The bar, where anything is pinned.
pub(super) fn draw(pen: &Pen, bar: &Element, scene: Scene) {
    let pinned = scene.conversation.pinned();
    let is_open = pinned.len() > 1 && scene.pins_open.get();
    markup::pinned::draw(pen, bar, &pinned, is_open);
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
