//! Who reacted: the names behind a pill, for whoever points at it, focuses it, or holds a finger on it.

use super::dom::origin;
use super::intl;
use super::pen::{Pen, pixels, set, set_property};
use super::scene::Scene;
use chat_core::{Event, ReactedBy, ReactionView, RowId, WhoReactedState};
use js_sys::Array;
use leptos::prelude::*;
use markup::Pen as _;
use std::time::Duration;
use wasm_bindgen::JsValue;
use web_sys::Element;

/// How long one points at a pill before the names are asked for.
const DELAY: Duration = Duration::from_millis(350);
/// That many names are shown; the rest is a number.
const MOST_NAMES: usize = 12;
/// As in `reactions.css`, in pixels.
const WIDTH: f64 = 240.0;
const GAP: f64 = 6.0;
/// What the names need above a pill; with less they are shown below it.
const ROOM: f64 = 90.0;

/// The pill whose names are shown, and where: pixels from the widget's left, and from its top or bottom.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Asking {
    row: RowId,
    value: String,
    left: f64,
    below: bool,
    distance: f64,
}

/// Points at a pill, or elsewhere.
pub(super) fn pointed(event: &web_sys::Event, scene: Scene) {
    match pill(event) {
        Some(pill) => {
            let ask = move || show(&pill, scene);
            let timer = set_timeout_with_handle(ask, DELAY).ok();
            forget(scene);
            scene.asking_timer.set_value(timer);
        }
        None => hide(scene),
    }
}

/// The focus came to a pill by the keyboard, or to something else.
pub(super) fn focused(event: &web_sys::Event, scene: Scene) {
    match pill(event).filter(|pill| pill.matches(":focus-visible").unwrap_or_default()) {
        Some(pill) => show(&pill, scene),
        None => hide(scene),
    }
}

fn pill(event: &web_sys::Event) -> Option<Element> {
    let pill = origin(event)?.closest(".pill").ok()??;
    (pill.get_attribute("data-act").as_deref() == Some("react")).then_some(pill)
}

/// Shows the names behind a pill.
pub(super) fn show(pill: &Element, scene: Scene) {
    let Some(asking) = Asking::of(pill, scene) else {
        return;
    };
    hide(scene);
    set(pill, "aria-describedby", "who-reacted");
    scene.asking_pill.set_value(Some(pill.clone()));
    scene
        .conversation
        .dispatch(Event::AskedWhoReacted(asking.row));
    scene.asking.set(Some(asking));
}

/// Shows no names any more.
pub(super) fn hide(scene: Scene) {
    forget(scene);
    if let Some(pill) = scene.asking_pill.get_value() {
        let _ = pill.remove_attribute("aria-describedby");
        scene.asking_pill.set_value(None);
    }
    if scene.asking.with_untracked(Option::is_some) {
        scene.asking.set(None);
    }
}

/// Whether names are shown.
pub(super) fn is_shown(scene: Scene) -> bool {
    scene.asking.with_untracked(Option::is_some)
}

fn forget(scene: Scene) {
    if let Some(timer) = scene.asking_timer.get_value() {
        timer.clear();
        scene.asking_timer.set_value(None);
    }
}

impl Asking {
    fn of(pill: &Element, scene: Scene) -> Option<Self> {
        let frame = pill.closest(".chat").ok()??.get_bounding_client_rect();
        let item = pill.closest("[data-row]").ok()??;
        let number = item.get_attribute("data-row")?.parse().ok()?;
        let row = scene
            .conversation
            .look(|chat| chat.row_numbered(number))??;
        let place = pill.get_bounding_client_rect();
        let middle = place.left() + place.width() / 2.0 - frame.left();
        let below = place.top() - frame.top() < ROOM;
        Some(Self {
            row,
            value: pill.get_attribute("data-value")?,
            left: (middle - WIDTH / 2.0)
                .min(frame.width() - WIDTH - GAP)
                .max(GAP),
            below,
            distance: if below {
                place.bottom() - frame.top() + GAP
            } else {
                frame.bottom() - place.top() + GAP
            },
        })
    }
}

/// The names, in a popover that takes no focus.
pub(super) fn draw(pen: &Pen, place: &Element, scene: Scene) {
    let Some(asking) = scene.asking.get() else {
        return;
    };
    let row = scene.conversation.row(asking.row).get();
    let reactions = row.as_ref().map(|row| row.reactions.as_slice());
    let Some(reaction) = reactions
        .unwrap_or_default()
        .iter()
        .find(|reaction| reaction.value == asking.value)
    else {
        return;
    };
    let strings = scene.strings;
    let Some(frame) = pen.element(place, "div", "who") else {
        return;
    };
    set_property(&frame, "left", &pixels(asking.left));
    let side = if asking.below { "top" } else { "bottom" };
    set_property(&frame, side, &pixels(asking.distance));
    let Some(panel) = pen.element(&frame, "div", "who-panel") else {
        return;
    };
    set(&panel, "id", "who-reacted");
    set(&panel, "role", "tooltip");
    let who = scene.conversation.who_reacted();
    let message = row.as_ref().and_then(|row| row.message.as_ref());
    let who = who.filter(|who| Some(&who.message) == message);
    match who.map(|who| who.state) {
        Some(WhoReactedState::Known(by)) => names(pen, &panel, reaction, &by),
        Some(WhoReactedState::Failed) => pen.text(&panel, strings.names_failed()),
        Some(WhoReactedState::Loading) | None => pen.text(&panel, strings.loading_names()),
    }
}

/// "You, Ada, Bob, and 3 more reacted with 🔥"
fn names(pen: &Pen, panel: &Element, reaction: &ReactionView, by: &[ReactedBy]) {
    let strings = pen.strings();
    let known = by.iter().find(|by| by.value == reaction.value);
    let names = known.map(|by| by.names.as_slice()).unwrap_or_default();
    let shown = names.iter().map(String::as_str).take(MOST_NAMES);
    let you = reaction.own.then_some(strings.you());
    let items: Array = you
        .into_iter()
        .chain(shown)
        .map(JsValue::from_str)
        .collect();
    let more = reaction.count.saturating_sub(u64::from(items.length()));
    if more > 0 {
        items.push(&JsValue::from_str(&strings.more_people(more, false)));
    }
    let words = |words: &str| pen.text(panel, words);
    let set_off = |class, text: &str| {
        pen.label(panel, "bdi", class, text);
    };
    strings.reacted().say(&mut |text| words(text), &mut |hole| {
        if hole == "names" {
            intl::list(strings, &items, |name| set_off("who-name", name), words);
        } else {
            set_off("who-symbol", &reaction.symbol);
        }
    });
}
