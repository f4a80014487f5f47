use super::acts;
use super::composer;
use super::deleting;
use super::dom::{is_of, origin};
use super::find;
use super::lightbox;
use super::list::Move;
use super::pinned;
use super::quick_reactions;
use super::scene::Scene;
use super::status;
use super::who_reacted;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent};

/// Keys in the composer, in the search and in the emoji menu are theirs. In the history, arrow keys go from message to message, page
/// keys by a view's height, Home and End to the first and the last that is loaded, and
/// Enter and Space reveal a spoiler. Keys within a message's buttons and code are theirs.
///
/// Tab goes past the history, which has no end to reach: from the list to what follows it, and back.
pub(super) fn pressed(event: &KeyboardEvent, scene: Scene) {
    let Some(target) = origin(event) else { return };
    if event.key() == "Tab"
        && let Some(stop) = stop_beyond_history(&target, event.shift_key())
    {
        event.prevent_default();
        return focus(&stop);
    }
    if matches!(target.closest(".lightbox"), Ok(Some(_))) {
        return lightbox::pressed(event, scene);
    }
    // Pressed once more, it is the browser's own.
    if find::is_shortcut(event) && target.local_name() != "input" && has_history(scene) {
        event.prevent_default();
        return find::open(&target, scene);
    }
    if find::is_within(&target) {
        return find::pressed(event, &target, scene);
    }
    if event.key() == "Escape" {
        if who_reacted::is_shown(scene) {
            event.prevent_default();
            return who_reacted::hide(scene);
        }
        if matches!(target.closest(".pins"), Ok(Some(_))) && scene.pins_open.get_untracked() {
            event.prevent_default();
            return pinned::toggle(&target, false, scene);
        }
    }
    if target.tag_name() == "TEXTAREA" {
        return composer::pressed(event, scene);
    }
    if matches!(target.closest(".quick"), Ok(Some(_))) {
        return quick_reactions::pressed(event, scene);
    }
    let key = event.key();
    if target.get_attribute("data-act").as_deref() == Some("reveal") {
        if key == "Enter" || key == " " {
            event.prevent_default();
            acts::perform(&target, scene);
        }
        return;
    }
    let scroller = is_of(&target, "scroller");
    if !scroller && !target.has_attribute("data-row") {
        // Back from a message's buttons to the message.
        if key == "Escape"
            && let Ok(Some(item)) = target.closest("[data-row]")
        {
            event.prevent_default();
            if !deleting::is_kept(&target, scene) {
                focus(&item);
            }
        }
        return;
    }
    if event.alt_key() || event.ctrl_key() || event.meta_key() || event.shift_key() {
        return;
    }
    let next = match key.as_str() {
        "ArrowUp" => Move::Up,
        // What has no focus on a message scrolls by itself.
        _ if scroller => return,
        "ArrowDown" => Move::Down,
        "PageUp" => Move::PageUp,
        "PageDown" => Move::PageDown,
        "Home" => Move::First,
        "End" => Move::Last,
        _ => return,
    };
    if let Some(rows) = scene.rows.get_value() {
        event.prevent_default();
        rows.go((!scroller).then_some(&target), next);
    }
}

fn has_history(scene: Scene) -> bool {
    untrack(|| status::stage(scene) == status::Stage::History)
}

/// Where Tab leads from the list forwards, and from the composer backwards.
fn stop_beyond_history(target: &Element, backwards: bool) -> Option<Element> {
    let from_list = is_of(target, "scroller");
    let stops: &[&str] = match (backwards, target.tag_name() == "TEXTAREA") {
        (false, false) if from_list => &[".way-back button", "textarea"],
        (true, true) => &[".replying button", ".jump", ".scroller"],
        _ => return None,
    };
    let chat = target.closest(".chat").ok()??;
    stops
        .iter()
        .find_map(|stop| chat.query_selector(stop).ok()?)
}

fn focus(element: &Element) {
    if let Some(element) = element.dyn_ref::<HtmlElement>() {
        let _ = element.focus();
    }
}
