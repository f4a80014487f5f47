use super::acts;
use super::announcer;
use super::appearance::Appearance;
use super::composer::{self, Field};
use super::dom::listen;
use super::keys;
use super::list::History;
use super::pen::Pen;
use super::pinned;
use super::quick_reactions;
use super::region::region;
use super::scene::Scene;
use super::status;
use super::touch;
use super::who_reacted;
use crate::Conversation;
use leptos::prelude::*;
use markup::Pen as _;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, PointerEvent};

/// What the widget listens to: once, at its root. What was clicked says by `data-act` what it is for.
const EVENTS: [&str; 14] = [
    "click",
    "keydown",
    "keyup",
    "keypress",
    "input",
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
/// What doesn't bubble.
const CAPTURED: [&str; 3] = ["load", "error", "scroll"];

/// The whole widget. It fills the element that it is mounted in.
#[component]
#[expect(
    clippy::needless_pass_by_value,
    reason = "the properties of a component are its own"
)]
pub fn App(conversation: Conversation, appearance: Appearance) -> impl IntoView {
    let scene = Scene::new(conversation, &appearance);
    announcer::announce(scene);
    let has_history = Memo::new(move |_| status::stage(scene) == status::Stage::History);
    let has_field = Memo::new(move |_| composer::foot(scene) == composer::Foot::Field);
    view! {
        <div
            class="chat"
            data-style=appearance.style.as_str()
            data-theme=appearance.theme.as_str()
            dir=appearance.direction()
            use:listening=scene
        >
            <header class="header" use:region=(scene, header)></header>
            <div class="pins" use:region=(scene, pinned::draw)></div>
            <div class="connection" role="status" use:region=(scene, status::connection)></div>
            <div class="stage">
                {move || if has_history.get() {
                    view! { <History scene=scene/> }.into_any()
                } else {
                    view! { <div class="place" role="status" use:region=(scene, status::place)></div> }.into_any()
                }}
            </div>
            {move || if has_field.get() {
                view! { <Field scene=scene/> }.into_any()
            } else {
                view! { <div class="foot" use:region=(scene, composer::line)></div> }.into_any()
            }}
            <div class="picker" use:region=(scene, quick_reactions::draw)></div>
            <div class="asked" use:region=(scene, who_reacted::draw)></div>
            <div class="hidden" aria-live="polite" aria-atomic="true" use:region=(scene, announcer::spoken)></div>
            <div class="notes" role="status" use:region=(scene, announcer::note)></div>
        </div>
    }
    .into_any()
}

fn header(pen: &Pen, header: &Element, scene: Scene) {
    let name = scene.channel_name();
    let is_hidden = name.is_none() && status::stage(scene) != status::Stage::Loading;
    super::pen::set_if(header, "hidden", is_hidden);
    pen.label(header, "bdi", "header-name", &name.unwrap_or_default());
}

/// A directive of the root: hears everything that happens in the widget.
#[expect(clippy::needless_pass_by_value, reason = "how a directive is called")]
fn listening(root: Element, scene: Scene) {
    listen(&root, &EVENTS, false, move |event| heard(&event, scene));
    listen(&root, &CAPTURED, true, move |event| captured(&event, scene));
}

fn heard(event: &Event, scene: Scene) {
    match event.type_().as_str() {
        "click" => acts::clicked(event, scene),
        "input" => composer::typed(scene),
        "submit" => {
            event.prevent_default();
            composer::send(scene);
        }
        "focusout" => quick_reactions::left(event, scene),
        "focusin" => who_reacted::focused(event, scene),
        "pointerover" | "pointerleave" => {
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
    let Some(target) = super::dom::origin(event) else {
        return;
    };
    match event.type_().as_str() {
        "scroll" => who_reacted::hide(scene),
        "load" => super::pen::set(&target, "data-loaded", ""),
        _ => super::pen::set(&target, "data-broken", ""),
    }
}
