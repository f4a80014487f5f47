use super::announcer;
use super::deleting;
use super::dom::{SHORT_WHILE, focus_quietly, origin};
use super::find;
use super::lightbox;
use super::pinned;
use super::quick_reactions::{self, Picking};
use super::scene::{Replying, Scene};
use super::touch;
use crate::conversation::raise;
use chat_core::{Chat, Event, Row};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, MouseEvent};

/// How much of a message the composer quotes.
const EXCERPT_CHARACTERS: usize = 120;

/// Does what was clicked.
pub(super) fn clicked(event: &web_sys::Event, scene: Scene) {
    let Some(element) = origin(event) else {
        return;
    };
    if touch::ends_long_press(scene) {
        event.prevent_default();
        return;
    }
    if let Ok(Some(actor)) = element.closest("[data-act]") {
        if actor.get_attribute("data-act").as_deref() == Some("view") {
            return view(event, &actor, scene);
        }
        perform(&actor, scene);
    }
}

/// Does what an element's `data-act` says. What is drawn many times has no listeners of its own.
pub(super) fn perform(actor: &Element, scene: Scene) {
    let Some(act) = actor.get_attribute("data-act") else {
        return;
    };
    let conversation = scene.conversation;
    let value = || actor.get_attribute("data-value").unwrap_or_default();
    match act.as_str() {
        "reopen" => conversation.dispatch(Event::RetriedOpening),
        "older" => conversation.dispatch(Event::ReachedOldest),
        "newer" => conversation.dispatch(Event::ReachedNewest),
        "latest" => {
            conversation.dispatch(Event::ReturnedToLatest);
            raise(scene.to_latest);
        }
        "end-jump" => conversation.dispatch(Event::EndedJump),
        "cancel-reply" => {
            scene.replying.set(None);
            scene.focus_field();
        }
        "emoji" => quick_reactions::picked(value(), scene),
        "copy" => copy(actor, scene),
        "reveal" => reveal(actor),
        "unfold" => unfold(actor, scene),
        "quoted" => {
            scene.pins_open.set(false);
            conversation.dispatch(Event::JumpedTo(value().into()));
        }
        "find" if !scene.finding.get_untracked() => find::open(actor, scene),
        "find" | "find-close" => find::close(actor, scene),
        "find-older" => find::step(true, scene),
        "find-newer" => find::step(false, scene),
        "find-on" => find::toggle_reading(scene),
        "pins" => pinned::toggle(actor, !scene.pins_open.get_untracked(), scene),
        act => {
            if let Some(row) = row_of(actor, scene) {
                perform_on(&row, act, value(), actor, scene);
            }
        }
    }
}

fn perform_on(row: &Row, act: &str, value: String, actor: &Element, scene: Scene) {
    let conversation = scene.conversation;
    if matches!(act, "react" | "vote" | "pick")
        && actor.get_attribute("aria-disabled").as_deref() == Some("true")
    {
        return announcer::show_note(scene.why_not_react().to_owned(), scene);
    }
    match act {
        "react" => conversation.dispatch(Event::ToggledReaction {
            row: row.id,
            emoji: value,
        }),
        "vote" => conversation.dispatch(Event::Voted {
            row: row.id,
            option: value,
        }),
        "pick" => scene.picking.set(Picking::at(row.id, actor, scene)),
        "reply" => reply(row, scene),
        "retry" => conversation.dispatch(Event::RetriedSending(row.id)),
        "discard" => {
            conversation.dispatch(Event::DiscardedFailed(row.id));
            scene.focus_field();
        }
        "edit" => edit(row, scene),
        "ask-delete" | "delete" | "keep" => deleting::perform(row, act, actor, scene),
        _ => {}
    }
}

/// Shows a picture larger, unless the browser was asked to open it elsewhere.
fn view(event: &web_sys::Event, actor: &Element, scene: Scene) {
    let elsewhere = event.dyn_ref::<MouseEvent>().is_some_and(|event| {
        event.ctrl_key() || event.meta_key() || event.shift_key() || event.button() != 0
    });
    let at = actor.get_attribute("data-value");
    if !elsewhere
        && let Some(row) = row_of(actor, scene)
        && let Some(at) = at.and_then(|at| at.parse().ok())
    {
        event.prevent_default();
        lightbox::open(actor, row.id, at, scene);
    }
}

fn row_of(element: &Element, scene: Scene) -> Option<Row> {
    let item = element.closest("[data-row]").ok()??;
    let number: u64 = item.get_attribute("data-row")?.parse().ok()?;
    let row = |chat: &Chat| chat.row(chat.row_numbered(number)?);
    scene.conversation.look(row).flatten()
}

fn reply(row: &Row, scene: Scene) {
    let Some(message) = row.message.clone() else {
        return;
    };
    let text = row.text.plain_text();
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    scene.replying.set(Some(Replying {
        message,
        author: row.author.name.clone(),
        excerpt: line.chars().take(EXCERPT_CHARACTERS).collect(),
    }));
    scene.focus_field();
}

/// Puts a failed message's text back into the composer, behind what stands there already.
fn edit(row: &Row, scene: Scene) {
    scene.draft.update(|draft| {
        if !draft.is_empty() {
            draft.push('\n');
        }
        draft.push_str(&row.source);
    });
    scene.conversation.dispatch(Event::DiscardedFailed(row.id));
    scene.focus_field();
}

fn copy(button: &Element, scene: Scene) {
    let Ok(Some(frame)) = button.closest(".code") else {
        return;
    };
    let Ok(Some(code)) = frame.query_selector("pre") else {
        return;
    };
    let clipboard = window().navigator().clipboard();
    // A page that is not served safely has no clipboard.
    if clipboard.is_undefined() {
        return;
    }
    let _ = clipboard.write_text(&code.text_content().unwrap_or_default());
    let strings = scene.strings;
    button.set_text_content(Some(strings.copied()));
    let button = button.clone();
    set_timeout(
        move || button.set_text_content(Some(strings.copy())),
        SHORT_WHILE,
    );
}

pub(super) fn unfold(button: &Element, scene: Scene) {
    let Some(fold) = button.previous_element_sibling() else {
        return;
    };
    let open = fold.class_list().toggle("open").unwrap_or_default();
    let strings = scene.strings;
    let label = if open {
        strings.show_less()
    } else {
        strings.show_more()
    };
    button.set_text_content(Some(label));
    let _ = button.set_attribute("aria-expanded", if open { "true" } else { "false" });
}

fn reveal(spoiler: &Element) {
    for name in ["role", "tabindex", "data-act", "aria-label"] {
        let _ = spoiler.remove_attribute(name);
    }
    if let Some(content) = spoiler.first_element_child() {
        let _ = content.remove_attribute("aria-hidden");
        let _ = content.remove_attribute("inert");
    }
    spoiler.set_class_name("spoiler shown");
    // What it was focused for is there now.
    if let Ok(Some(item)) = spoiler.closest("[data-row]")
        && let Some(item) = item.dyn_ref::<HtmlElement>()
    {
        focus_quietly(item);
    }
}
