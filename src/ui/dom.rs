//! Small steps through the document that several components take.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, Event, EventTarget, HtmlElement};

/// The element that an event happened in, also inside a shadow root.
pub(super) fn origin(event: &Event) -> Option<Element> {
    event.target()?.dyn_into().ok()
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
    let kept = StoredValue::new_local((target.clone(), closure));
    on_cleanup(move || {
        kept.try_with_value(|(target, closure)| {
            for name in names {
                let function = closure.as_ref().unchecked_ref();
                let _ =
                    target.remove_event_listener_with_callback_and_bool(name, function, capture);
            }
        });
    });
}
