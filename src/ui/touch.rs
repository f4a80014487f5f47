//! What a finger that stays means: on a pill, who reacted; on a message, what can be done with it.

use super::dom::{focus_quietly, origin};
use super::scene::Scene;
use super::who_reacted;
use leptos::prelude::*;
use std::time::Duration;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, PointerEvent};

const LONG: Duration = Duration::from_millis(450);
/// How long after a finger is lifted its click is waited for.
const CLICK_FOLLOWS: Duration = Duration::from_millis(500);
/// How far a finger that stays may stray, in pixels.
const STRAY: i32 = 10;

/// A finger that is down, and where it came down.
#[derive(Clone)]
pub(super) struct Press {
    timer: Option<TimeoutHandle>,
    place: (i32, i32),
    /// It stayed long enough: the click that ends it is none.
    pub was_long: bool,
}

/// A pointer came down, moved or left.
pub(super) fn heard(event: &Event, scene: Scene) {
    let Some(pointer) = event.dyn_ref::<PointerEvent>() else {
        return;
    };
    let place = (pointer.client_x(), pointer.client_y());
    match event.type_().as_str() {
        "pointerdown" if pointer.pointer_type() == "touch" => {
            forget(scene);
            if let Some(target) = origin(event) {
                let timer = set_timeout_with_handle(move || held(&target, scene), LONG).ok();
                scene.press.set_value(Some(Press {
                    timer,
                    place,
                    was_long: false,
                }));
            }
        }
        "pointermove" => {
            let strayed = scene.press.with_value(|press| {
                press.as_ref().is_some_and(|press| {
                    (press.place.0 - place.0).abs() + (press.place.1 - place.1).abs() > STRAY
                })
            });
            if strayed {
                forget(scene);
            }
        }
        "pointerup" => {
            let was_long = scene
                .press
                .with_value(|press| press.as_ref().is_some_and(|press| press.was_long));
            if was_long {
                // The click that ends it follows at once, or never.
                let timer = set_timeout_with_handle(move || forget(scene), CLICK_FOLLOWS).ok();
                scene.press.update_value(|press| {
                    if let Some(press) = press {
                        press.timer = timer;
                    }
                });
            } else {
                forget(scene);
            }
        }
        // A press that the browser takes for scrolling, and one that has nothing to do with a finger.
        _ => forget(scene),
    }
}

/// Whether a click only ends a long press. Asked once.
pub(super) fn ends_long_press(scene: Scene) -> bool {
    let was_long = scene
        .press
        .with_value(|press| press.as_ref().is_some_and(|press| press.was_long));
    forget(scene);
    was_long
}

fn forget(scene: Scene) {
    let press = scene.press.try_update_value(Option::take).flatten();
    if let Some(timer) = press.and_then(|press| press.timer) {
        timer.clear();
    }
}

fn held(target: &Element, scene: Scene) {
    let find = |selector| target.closest(selector).ok().flatten();
    if let Some(pill) = find(".pill[data-act=react]") {
        who_reacted::show(&pill, scene);
    } else if find("a, button, video, audio, textarea").is_none()
        && let Some(item) = find("[data-row]")
    {
        focus_quietly(&item);
    } else {
        return;
    }
    scene.press.update_value(|press| {
        if let Some(press) = press {
            press.was_long = true;
        }
    });
}
