use super::acts;
use super::announcer;
use super::appearance::Appearance;
use super::composer;
use super::dom::{listen, origin};
use super::find;
use super::keys;
use super::list;
use super::pen::{Pen, clear, set, set_if};
use super::pinned;
use super::quick_reactions;
use super::region::{at_end, region, watch_choice};
use super::scene::Scene;
use super::status;
use super::touch;
use super::who_reacted;
use crate::Conversation;
use chat_core::{Chat, ConnectionStatus, Rest};
use leptos::prelude::*;
use leptos::reactive::owner::WeakOwner;
use markup::Pen as _;
use markup::frame::{Frame, draw_find, draw_header};
use markup::row::PAINTED;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, PointerEvent};

/// What the widget listens to: once, at its root. What was clicked says by `data-act` what it is for.
const EVENTS: [&str; 15] = [
    "click",
    "keydown",
    "keyup",
    "keypress",
    "input",
    "compositionend",
    "submit",
    "focusout",
    "pointerdown",
    "pointermove",
    "pointerup",
    "pointercancel",
    "pointerover",
    "focusin",
    "pointerleave",
];
/// What the composer needs of it.
const EARLY: [&str; 7] = [
    "keydown",
    "keyup",
    "keypress",
    "input",
    "compositionend",
    "submit",
    "pointerdown",
];
/// What doesn't bubble.
const CAPTURED: [&str; 3] = ["load", "error", "scroll"];

/// A widget of which only the composer works: all that is needed to write. The rest of it may come later.
#[derive(Clone, Copy)]
pub struct Begun(Scene);

/// Draws the whole widget into an element, which it fills, until the present reactive owner is gone. What was painted
/// there before, of the same conversation, is taken over as it is.
pub fn draw(root: &Element, conversation: Conversation, appearance: &Appearance) {
    if let Some(begun) = begin(root, conversation, appearance) {
        begun.complete();
    }
}

/// As [`draw`], up to the composer.
pub fn begin(root: &Element, conversation: Conversation, appearance: &Appearance) -> Option<Begun> {
    let scene = Scene::new(conversation, appearance);
    let pen = Pen::near(root, scene.strings)?;
    let frame = Frame::new(&pen, root)?;
    set(&frame.chat, "data-style", appearance.style.as_str());
    set(&frame.chat, "data-theme", appearance.theme.as_str());
    if appearance.is_rtl {
        set(&frame.chat, "dir", "rtl");
    }
    let kept = frame.chat.clone();
    at_end(Box::new(move || kept.remove()));
    listen(&frame.chat, &EARLY, false, move |event| {
        heard_early(&event, scene);
    });
    composer::keep(frame.foot.clone(), scene);
    scene.undrawn.set_value(Some(frame));
    Some(Begun(scene))
}

impl Begun {
    /// Draws the rest, a moment later.
    #[cfg(feature = "split")]
    pub fn complete(self) {
        wasm_bindgen_futures::spawn_local(complete(self.0));
    }

    /// Draws the rest.
    #[cfg(not(feature = "split"))]
    pub fn complete(self) {
        complete(self.0);
    }
}

/// Draws all but the composer, once. What only this reaches is in a module of its own (ADR 0017).
#[cfg_attr(feature = "split", wasm_split_helpers::wasm_split(rest))]
fn complete(scene: Scene) {
    let undrawn = scene.undrawn.try_update_value(Option::take);
    let owner = scene.owner.try_with_value(WeakOwner::upgrade);
    if let (Some(Some(frame)), Some(Some(owner))) = (undrawn, owner) {
        scene.conversation.complete(Rest::WHOLE, Chat::row);
        owner.with(|| draw_rest(frame, scene));
    }
}

fn draw_rest(frame: Frame<Element>, scene: Scene) {
    announcer::announce(scene);
    listen(&frame.chat, &EVENTS, false, move |event| {
        heard(&event, scene);
    });
    listen(&frame.chat, &CAPTURED, true, move |event| {
        captured(&event, scene);
    });
    region(frame.header, (scene, header));
    find::keep(frame.find, frame.stage.clone(), scene);
    region(frame.pins, (scene, pinned::draw));
    region(frame.connection, (scene, status::connection));
    keep_stage(frame.stage, scene);
    region(frame.typing, (scene, status::typing));
    region(frame.picker, (scene, quick_reactions::draw));
    region(frame.asked, (scene, who_reacted::draw));
    region(frame.spoken, (scene, announcer::spoken));
    region(frame.notes, (scene, announcer::note));
    scene.taking_over.set_value(false);
    // What was painted and is no longer there.
    while let Some(row) = painted_row(&frame.chat) {
        row.remove();
    }
}

/// Keeps the middle of the widget what there is to show.
fn keep_stage(stage: Element, scene: Scene) {
    let has_history = move || status::stage(scene) == status::Stage::History;
    watch_choice(has_history, move |has_history| {
        if !(has_history && scene.taking_over.get_value()) {
            clear(&stage);
        }
        if has_history {
            list::draw(&stage, scene);
        } else if let Some(place) =
            Pen::near(&stage, scene.strings).and_then(|pen| pen.element(&stage, "div", "place"))
        {
            set(&place, "role", "status");
            region(place, (scene, status::place));
        }
    });
}

/// A row that was painted and is not taken over yet.
fn painted_row(chat: &Element) -> Option<Element> {
    chat.query_selector(&["[", PAINTED, "]"].concat()).ok()?
}

fn header(pen: &Pen, header: &Element, scene: Scene) {
    let name = scene.channel_name();
    let is_hidden = name.is_none() && status::stage(scene) != status::Stage::Loading;
    set_if(header, "hidden", is_hidden);
    draw_header(pen, header, &name.unwrap_or_default());
    let others = scene.conversation.present() as u64;
    // Who is there is known as long as somebody tells.
    if others > 0 && scene.conversation.connection() == ConnectionStatus::Live {
        let text = scene.strings.online(others + 1, false);
        pen.label(header, "span", "present", &text);
    }
    let is_open = scene.finding.get();
    if is_open || status::stage(scene) == status::Stage::History {
        draw_find(pen, header, is_open);
    }
}

/// What is written and sent before the rest is drawn. Whoever presses anything else is remembered by the loader.
fn heard_early(event: &Event, scene: Scene) {
    let is_early = scene.undrawn.try_with_value(Option::is_some);
    if is_early != Some(true) {
        return;
    }
    match event.type_().as_str() {
        "input" | "compositionend" => composer::typed(scene),
        "submit" => {
            event.prevent_default();
            composer::send(scene);
        }
        "pointerdown" => composer::pointed(event),
        key => {
            if key == "keydown"
                && origin(event).is_some_and(|target| target.tag_name() == "TEXTAREA")
                && let Some(event) = event.dyn_ref()
            {
                composer::pressed(event, scene);
            }
            // What is typed here is none of the page's business (E1).
            event.stop_propagation();
        }
    }
}

fn heard(event: &Event, scene: Scene) {
    let is_find = origin(event).is_some_and(|target| find::is_within(&target));
    match event.type_().as_str() {
        "click" => acts::clicked(event, scene),
        "input" | "compositionend" if is_find => find::typed(event, scene),
        "input" => composer::typed(scene),
        "submit" => {
            event.prevent_default();
            if is_find {
                find::step(true, scene);
            } else {
                composer::send(scene);
            }
        }
        "focusout" => quick_reactions::left(event, scene),
        "focusin" => {
            scene.dates.reached(event);
            who_reacted::focused(event, scene);
        }
        "pointerover" | "pointerleave" => {
            scene.dates.reached(event);
            if is_mouse(event) {
                who_reacted::pointed(event, scene);
            }
        }
        "pointerdown" => {
            composer::pointed(event);
            who_reacted::hide(scene);
            touch::heard(event, scene);
        }
        "pointermove" | "pointerup" | "pointercancel" => touch::heard(event, scene),
        key => {
            if key == "keydown"
                && let Some(event) = event.dyn_ref()
            {
                keys::pressed(event, scene);
            }
            // What is typed here is none of the page's business (E1).
            event.stop_propagation();
        }
    }
}

fn is_mouse(event: &Event) -> bool {
    let pointer = event.dyn_ref::<PointerEvent>();
    pointer.is_some_and(|pointer| pointer.pointer_type() == "mouse")
}

/// A picture is there or never comes, or something scrolls away from beneath what hangs on it.
fn captured(event: &Event, scene: Scene) {
    let Some(target) = origin(event) else {
        return;
    };
    match event.type_().as_str() {
        "scroll" => who_reacted::hide(scene),
        "load" => set(&target, "data-loaded", ""),
        _ => set(&target, "data-broken", ""),
    }
}
