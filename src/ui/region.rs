use super::dom::{focus_quietly, focused};
use super::pen::{Pen, clear};
use super::scene::Scene;
use leptos::prelude::*;
use web_sys::Element;

/// Draws the content of an element from what it reads of the scene.
pub(super) type Draw = fn(&Pen, &Element, Scene);

/// A directive that draws an element's content, and draws it anew whenever something that was read for it changes.
/// For small parts that come and go as a whole. The focus stays on what does the same as before.
pub(super) fn region(element: Element, (scene, draw): (Scene, Draw)) {
    if let Some(pen) = Pen::near(&element, scene.strings) {
        watch(move || {
            let act = focused(&element)
                .filter(|focused| element.contains(Some(focused)))
                .and_then(|focused| focused.get_attribute("data-act"));
            clear(&element);
            draw(&pen, &element, scene);
            if let Some(act) = act
                && let Ok(Some(same)) = element.query_selector(&["[data-act=", &act, "]"].concat())
            {
                focus_quietly(&same);
            }
        });
    }
}

/// Runs `run` now, and again whenever something that it read changes, until the present reactive owner is gone.
pub(super) fn watch(run: impl FnMut() + 'static) {
    watch_boxed(Box::new(run));
}

/// One body for every effect: each of its own would weigh as much again.
fn watch_boxed(mut run: Box<dyn FnMut()>) {
    let effect = RenderEffect::new(move |_| run());
    // An effect lives as long as it is held.
    StoredValue::new_local(effect);
}
