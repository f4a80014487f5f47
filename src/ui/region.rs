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

/// Shows what `look` says, now and whenever it says something else, but not when it says the same again. What was made for
/// showing lives until something else is shown. Not a `Memo`: two of them were 4 kB.
pub(super) fn watch_choice(
    look: impl Fn() -> bool + 'static,
    mut show: impl FnMut(bool) + 'static,
) {
    // Not the effect's own owner: what that keeps goes with each run. Weak: this one keeps the effect.
    let around = Owner::current().unwrap_or_default().downgrade();
    let mut shown: Option<(bool, Owner)> = None;
    watch(move || {
        let now = look();
        if shown.as_ref().is_some_and(|(before, _)| *before == now) {
            return;
        }
        shown = None;
        let Some(around) = around.upgrade() else {
            return;
        };
        let owner = around.with(Owner::new);
        owner.with(|| untrack(|| show(now)));
        shown = Some((now, owner));
    });
}

/// Does something once, when the present reactive owner is gone. Boxed, so that what is kept for it is of one type: each of its
/// own would weigh 2 kB.
pub(super) fn at_end(act: Box<dyn FnOnce()>) {
    let kept = StoredValue::new_local(Some(act));
    on_cleanup(move || {
        if let Some(Some(act)) = kept.try_update_value(Option::take) {
            act();
        }
    });
}

/// One body for every effect: each of its own would weigh as much again.
fn watch_boxed(mut run: Box<dyn FnMut()>) {
    let effect = RenderEffect::new(move |_| run());
    // An effect lives as long as it is held.
    StoredValue::new_local(effect);
}
