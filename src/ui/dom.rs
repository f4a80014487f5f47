//! Small steps through the document that several components take.

use super::region::at_end;
use leptos::prelude::*;
use std::time::Duration;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, Event, EventTarget, HtmlElement, VisibilityState};

/// How long a button says that it copied, and a message that it was jumped to.
pub(super) const SHORT_WHILE: Duration = Duration::from_millis(1_600);

/// The element that an event happened in, also inside a shadow root.
pub(super) fn origin(event: &Event) -> Option<Element> {
    event.target()?.dyn_into().ok()
}

/// Whether an element has that class and no other. A drawing's `className` is no text: asking for it would be the end.
pub(super) fn is_of(element: &Element, class: &str) -> bool {
    element.get_attribute("class").as_deref() == Some(class)
}

/// Puts the focus on an element without scrolling to it.
pub(super) fn focus_quietly(element: &Element) {
    if let Some(element) = element.dyn_ref::<HtmlElement>() {
        let options = web_sys::FocusOptions::new();
        options.set_prevent_scroll(true);
        let _ = element.focus_with_options(&options);
    }
}

/// The element of this tree, a shadow root's or the document's, that has the focus.
pub(super) fn focused(near: &Element) -> Option<Element> {
    let root = near.get_root_node();
    match root.dyn_ref::<web_sys::ShadowRoot>() {
        Some(root) => root.active_element(),
        None => near.owner_document()?.active_element(),
    }
}

/// Marks an element for a moment.
pub(super) fn mark_for_a_while(element: &Element, name: &'static str) {
    let _ = element.set_attribute(name, "");
    let element = element.clone();
    set_timeout(
        move || {
            let _ = element.remove_attribute(name);
        },
        SHORT_WHILE,
    );
}

/// Whether somebody is looking: the page is visible and has the focus (M9).
pub(super) fn is_attended(near: &Element) -> bool {
    is_visible(near)
        && near
            .owner_document()
            .is_some_and(|document| document.has_focus().unwrap_or_default())
}

/// Whether the page is visible.
pub(super) fn is_visible(near: &Element) -> bool {
    let document = near.owner_document();
    document.is_some_and(|document| document.visibility_state() == VisibilityState::Visible)
}

/// Listens until the present reactive owner is gone. `capture` hears what doesn't bubble, such as a picture's error.
pub(super) fn listen(
    target: &EventTarget,
    names: &'static [&'static str],
    capture: bool,
    handler: impl Fn(Event) + 'static,
) {
    listen_boxed(target, names, capture, Box::new(handler));
}

/// One body for every listener: each of its own would weigh as much again. Not `FnMut`: what a handler does, such as
/// moving the focus, may be heard by the same one before it is done.
fn listen_boxed(
    target: &EventTarget,
    names: &'static [&'static str],
    capture: bool,
    handler: Box<dyn Fn(Event)>,
) {
    let closure = Closure::wrap(handler);
    for name in names {
        let function = closure.as_ref().unchecked_ref();
        let _ = target.add_event_listener_with_callback_and_bool(name, function, capture);
    }
    let target = target.clone();
    at_end(Box::new(move || {
        for name in names {
            let function = closure.as_ref().unchecked_ref();
            let _ = target.remove_event_listener_with_callback_and_bool(name, function, capture);
        }
    }));
}
