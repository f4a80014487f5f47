use super::super::dom::{focus_quietly, is_visible, listen, mark_for_a_while};
use super::super::find;
use super::super::later::Later;
use super::super::region::{at_end, watch};
use super::moves::Rows;
use super::reader::{Reach, Reader};
use chat_core::{Event as ChatEvent, JumpState};
use leptos::prelude::*;
use std::rc::Rc;
use std::time::Duration;
use virtual_list::Length;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, Event, ResizeObserver, ResizeObserverEntry, ResizeObserverSize};

/// So long after its last step scrolling is over.
const REST: Duration = Duration::from_millis(140);

/// Tells a reader of everything that moves the list, until the present reactive owner is gone.
pub(super) fn watch_over(reader: &Rc<Reader>) {
    let scene = reader.scene;
    scene.rows.set_value(Some(Rows::new(Rc::clone(reader))));
    let kept = Rc::clone(reader);
    at_end(Box::new(move || {
        scene.rows.try_update_value(|rows| *rows = None);
        kept.end();
    }));
    if let Some(observer) = observer(reader) {
        let this = Rc::clone(reader);
        let begin = move || {
            this.begin(observer);
            this.observe();
        };
        if reader.scroller.is_connected() {
            begin();
        } else {
            // What is being built is not on the page yet, and has no heights.
            queue_microtask(begin);
        }
    }
    watch_scrolling(reader);

    let this = Rc::clone(reader);
    watch(move || {
        let _ = (scene.conversation.order(), scene.conversation.older());
        scene.conversation.newer();
        this.ask_frame();
    });
    watch(move || {
        let divider = scene.conversation.divider();
        if scene.divider.get_untracked() != divider {
            scene.divider.set(divider);
        }
    });
    watch_jumps(reader);
    let this = Rc::clone(reader);
    listen(&window(), &["focus"], false, move |_| this.look_again());
    let this = Rc::clone(reader);
    listen(&document(), &["visibilitychange"], false, move |_| {
        this.look_again();
    });
    let this = Rc::clone(reader);
    listen(&window(), &["beforeprint"], false, move |_| this.draw_all());
    let this = Rc::clone(reader);
    listen(&window(), &["afterprint"], false, move |_| this.end_print());
    let this = Rc::clone(reader);
    watch(move || {
        if scene.to_latest.get() > 0 {
            this.to_end();
        }
    });
}

/// Shows what the reader was sent to (M7).
fn watch_jumps(reader: &Rc<Reader>) {
    let reader = Rc::clone(reader);
    watch(move || show_found(&reader));
}

/// Shows it, if it is found and the list is not hidden. Tracks.
fn show_found(reader: &Rc<Reader>) {
    let conversation = reader.scene.conversation;
    let Some(JumpState::Found(row)) = conversation.jump().map(|jump| jump.state) else {
        return;
    };
    untrack(|| {
        if !reader.is_shown() {
            return;
        }
        let rows = Rows::new(Rc::clone(reader));
        // Who looks for words goes on looking, and is not moved to what is before their eyes.
        let is_finding = find::has_focus(&reader.scroller);
        let present = if is_finding { rows.in_sight(row) } else { None };
        if let Some(item) = present.or_else(|| rows.bring(row)) {
            if is_finding {
                if find::unfold(&item, reader.scene) {
                    let height = item.get_bounding_client_rect().height();
                    reader.measured(&item, Length::pixels(height));
                    rows.bring(row);
                }
                rows.bring_part(row, || find::place(&item, reader.scene));
            } else {
                focus_quietly(&item);
            }
            mark_for_a_while(&item, "data-found");
        }
        conversation.dispatch(ChatEvent::EndedJump);
    });
}

fn watch_scrolling(reader: &Rc<Reader>) {
    let resting = Later::new();
    let rest = {
        let this = Rc::clone(reader);
        move || {
            let this = Rc::clone(&this);
            resting.run_after(
                REST,
                Box::new(move || {
                    this.rest();
                    this.observe();
                }),
            );
        }
    };
    rest();
    let this = Rc::clone(reader);
    let rest_later = rest.clone();
    listen(&reader.scroller, &["scroll"], false, move |_| {
        let moved = this.scrolled_by_reader();
        if moved {
            this.scrolling.set(true);
            this.show(Reach::Near);
            this.observe();
            // Who scrolls looks, also where the page beside a frame has the focus.
            if is_visible(&this.scroller) {
                this.see();
            }
        }
        if moved || this.scrolling.get() {
            rest_later();
        }
    });
    let this = Rc::clone(reader);
    listen_passively(
        &reader.scroller,
        &["touchstart", "touchend", "touchcancel"],
        move |event| {
            this.touched.set(event.type_() == "touchstart");
            rest();
        },
    );
}

/// Hears of every height that changes, after the layout and before the frame is painted.
fn observer(reader: &Rc<Reader>) -> Option<ResizeObserver> {
    let this = Rc::downgrade(reader);
    let resized = Closure::<dyn Fn(js_sys::Array)>::new(move |entries: js_sys::Array| {
        let Some(this) = this.upgrade() else { return };
        if !this.is_shown() {
            return;
        }
        let [mut is_resized, mut is_moved] = [false; 2];
        for entry in entries {
            let entry: ResizeObserverEntry = entry.unchecked_into();
            let target = entry.target();
            if target == *AsRef::<Element>::as_ref(&this.scroller) {
                this.resized();
                is_resized = true;
            } else if target.is_connected() {
                let size: ResizeObserverSize = entry.border_box_size().get(0).unchecked_into();
                is_moved |= this.measured(&target, Length::pixels(size.block_size()));
            }
        }
        // What is new is reported once though it was measured when it was drawn.
        if is_resized || is_moved {
            this.show(Reach::Sight);
            this.ask_frame();
        }
        // What was found while the list was hidden.
        if is_resized {
            untrack(|| show_found(&this));
        }
    });
    let observer = ResizeObserver::new(resized.as_ref().unchecked_ref()).ok()?;
    observer.observe(&reader.scroller);
    let kept = observer.clone();
    at_end(Box::new(move || {
        kept.disconnect();
        drop(resized);
    }));
    Some(observer)
}

/// Listens until the present reactive owner is gone, to what must not wait for the listener.
fn listen_passively(
    target: &Element,
    names: &'static [&'static str],
    handler: impl Fn(Event) + 'static,
) {
    let closure = Closure::<dyn Fn(Event)>::new(handler);
    let options = web_sys::AddEventListenerOptions::new();
    options.set_passive(true);
    for name in names {
        let function = closure.as_ref().unchecked_ref();
        let _ = target.add_event_listener_with_callback_and_add_event_listener_options(
            name, function, &options,
        );
    }
    let target = target.clone();
    at_end(Box::new(move || {
        for name in names {
            let function = closure.as_ref().unchecked_ref();
            let _ = target.remove_event_listener_with_callback(name, function);
        }
    }));
}
