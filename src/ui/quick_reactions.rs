use super::dom::{focus_quietly, focused, origin};
use super::pen::{Pen, pixels, set, set_property};
use super::scene::Scene;
use chat_core::{Event, RowId};
use leptos::prelude::*;
use markup::Pen as _;
use strings::Strings;
use wasm_bindgen::JsCast;
use web_sys::{Element, FocusEvent, KeyboardEvent, Node};

/// What most people react with, and what each is called.
const fn usual(strings: &Strings) -> [(&'static str, &'static str); 6] {
    [
        ("👍", strings.thumbs_up()),
        ("❤️", strings.heart()),
        ("😂", strings.joy()),
        ("🎉", strings.tada()),
        ("🔥", strings.fire()),
        ("👀", strings.eyes()),
    ]
}
/// The popover's size and its distance to what surrounds it, in pixels; as in `reactions.css`.
const WIDTH: f64 = 264.0;
const HEIGHT: f64 = 48.0;
const GAP: f64 = 6.0;

/// The message that an emoji is being picked for, and where: pixels from the widget's upper left corner.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Picking {
    row: RowId,
    left: f64,
    top: f64,
}

impl Picking {
    /// Beside the button that was pressed, within the widget.
    pub fn at(row: RowId, opener: &Element, scene: Scene) -> Option<Self> {
        let root = opener.closest(".chat").ok()??;
        let (button, frame) = (
            opener.get_bounding_client_rect(),
            root.get_bounding_client_rect(),
        );
        let middle = button.left() + button.width() / 2.0 - frame.left();
        let left = (middle - WIDTH / 2.0)
            .min(frame.width() - WIDTH - GAP)
            .max(GAP);
        let above = button.top() - frame.top() - HEIGHT - GAP;
        let top = if above < GAP {
            button.bottom() - frame.top() + GAP
        } else {
            above
        };
        scene.opener.set_value(Some(opener.clone()));
        Some(Self { row, left, top })
    }
}

/// A small popover with the six usual emoji.
pub(super) fn draw(pen: &Pen, place: &Element, scene: Scene) {
    let Some(picking) = scene.picking.get() else {
        return;
    };
    let Some(panel) = pen.element(place, "div", "quick") else {
        return;
    };
    set(&panel, "role", "menu");
    set(&panel, "aria-label", scene.strings.add_reaction());
    set_property(&panel, "left", &pixels(picking.left));
    set_property(&panel, "top", &pixels(picking.top));
    for (emoji, name) in usual(scene.strings) {
        if let Some(button) = pen.button(&panel, "emoji", "") {
            set(&button, "role", "menuitem");
            set(&button, "data-value", emoji);
            let label = scene.strings.react_with().with(&[("emoji", name)]);
            set(&button, "aria-label", &label);
            pen.text(&button, emoji);
        }
    }
    if let Some(first) = panel.first_element_child() {
        focus_quietly(&first);
    }
}

/// An emoji was chosen.
pub(super) fn picked(emoji: String, scene: Scene) {
    let picking = scene.picking.get_untracked();
    close(scene);
    if let Some(Picking { row, .. }) = picking {
        scene
            .conversation
            .dispatch(Event::ToggledReaction { row, emoji });
    }
}

/// The focus went from one element to another, or nowhere: outside of the popover, that closes it.
pub(super) fn left(event: &web_sys::Event, scene: Scene) {
    let Some(panel) = origin(event).and_then(|from| from.closest(".quick").ok().flatten()) else {
        return;
    };
    let to = event
        .dyn_ref::<FocusEvent>()
        .and_then(FocusEvent::related_target);
    let to: Option<Node> = to.and_then(|to| to.dyn_into().ok());
    if !panel.contains(to.as_ref()) {
        scene.picking.set(None);
    }
}

/// A key in the popover.
pub(super) fn pressed(event: &KeyboardEvent, scene: Scene) {
    let Some(button) = origin(event) else { return };
    let is_rtl = matches!(button.closest("[dir=rtl]"), Ok(Some(_)));
    let next = match event.key().as_str() {
        "Escape" | "Tab" => {
            event.prevent_default();
            close(scene);
            return;
        }
        "ArrowDown" => button.next_element_sibling(),
        "ArrowUp" => button.previous_element_sibling(),
        key @ ("ArrowRight" | "ArrowLeft") => {
            if (key == "ArrowRight") == is_rtl {
                button.previous_element_sibling()
            } else {
                button.next_element_sibling()
            }
        }
        _ => return,
    };
    event.prevent_default();
    if let Some(next) = next {
        focus_quietly(&next);
    }
}

/// Closes it and gives the focus back to where it was opened (A3).
fn close(scene: Scene) {
    scene.picking.set(None);
    let opener = scene.opener.get_value();
    scene.opener.set_value(None);
    let Some(opener) = opener.filter(|opener| opener.is_connected()) else {
        return;
    };
    focus_quietly(&opener);
    // A message's tools are hidden while neither they nor it have the focus.
    if focused(&opener).as_ref() != Some(&opener)
        && let Ok(Some(item)) = opener.closest("[data-row]")
    {
        focus_quietly(&item);
        focus_quietly(&opener);
    }
}
