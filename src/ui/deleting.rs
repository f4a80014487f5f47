//! Deleting a message: the visitor is asked first, in the message's own row.

use super::dom::focus_quietly;
use super::scene::Scene;
use chat_core::{Event, Row};
use leptos::prelude::*;
use std::time::Duration;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// What a button of a message's row says about its deletion.
pub(super) fn perform(row: &Row, act: &str, actor: &Element, scene: Scene) {
    let item = actor.closest("[data-row]").ok().flatten();
    let conversation = scene.conversation;
    if act == "ask-delete" {
        conversation.dispatch(Event::AskedToDelete(row.id));
        // The question is drawn soon. It is the way back that gets the focus: who holds Enter deletes nothing.
        let ask = move || {
            let keep = item.and_then(|item| item.query_selector("[data-act=keep]").ok().flatten());
            if let Some(Ok(keep)) = keep.map(JsCast::dyn_into::<HtmlElement>) {
                let _ = keep.focus();
            }
        };
        return set_timeout(ask, Duration::ZERO);
    }
    // The button is about to go.
    if let Some(item) = item {
        focus_quietly(&item);
    }
    conversation.dispatch(if act == "keep" {
        Event::Kept(row.id)
    } else {
        Event::Deleted(row.id)
    });
}

/// Escape in the question is its no. Whether there is one.
pub(super) fn is_kept(target: &Element, scene: Scene) -> bool {
    let line = target.closest(".failure").ok().flatten();
    let keep = line.and_then(|line| line.query_selector("[data-act=keep]").ok().flatten());
    let is_asked = keep.is_some();
    if let Some(keep) = keep {
        super::acts::perform(&keep, scene);
    }
    is_asked
}
