//! The search of the channel (M12): a bar below the header, and the marks in the rows that are drawn. What is found, and
//! how far history is read for it, is the conversation's to say.

mod bar;
mod marks;

pub(super) use bar::{close, keep, open, pressed, step, toggle_reading, typed};
pub(super) use marks::{place, unfold};

use super::dom::focused;
use leptos::prelude::window;
use web_sys::{Element, KeyboardEvent};

/// Whether the focus of this tree is in the bar.
pub(super) fn has_focus(near: &Element) -> bool {
    focused(near).is_some_and(|focused| is_within(&focused))
}

/// Whether an element is in the bar.
pub(super) fn is_within(element: &Element) -> bool {
    matches!(element.closest(".find"), Ok(Some(_)))
}

/// What opens the search of any page. On a Mac Ctrl+F is another: it goes one letter on.
pub(super) fn is_shortcut(event: &KeyboardEvent) -> bool {
    let platform = window().navigator().platform().unwrap_or_default();
    let is_mac = platform.starts_with("Mac") || platform.starts_with("iP");
    let (with, without) = if is_mac {
        (event.meta_key(), event.ctrl_key())
    } else {
        (event.ctrl_key(), event.meta_key())
    };
    let key = event.key();
    let is_letter = key.eq_ignore_ascii_case("f") || (!key.is_ascii() && event.code() == "KeyF");
    is_letter && with && !without && !event.alt_key() && !event.shift_key()
}
