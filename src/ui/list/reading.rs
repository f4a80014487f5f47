use super::super::dom::listen;
use super::super::region::watch;
use super::super::scene::Scene;
use chat_core::{Event, Older, RowId};
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, HtmlDivElement, ResizeObserver};

/// This near the newest message is at it, in pixels.
const NEAR: i32 = 24;
/// The way back is offered from this far, in pixels.
const FAR: i32 = 320;

/// Where in the history the reader is. The place holds by itself in most cases: the scroller runs from the bottom
/// upwards (`column-reverse`), so that what is put before the oldest message, or a picture that arrives late while one
/// reads the newest, moves nothing, without a single write of `scrollTop` (M1, M3, M4). Only what grows *below* the
/// reader's eye has to be made up for (M5).
#[derive(Clone, Copy)]
pub(super) struct Reading {
    scene: Scene,
    /// At the newest message, or nearly.
    at_latest: StoredValue<bool, LocalStorage>,
    anchor: StoredValue<Option<Anchor>, LocalStorage>,
}

/// The first row in sight as it was when it was last looked at.
struct Anchor {
    row: Element,
    /// How far below the scroller's upper edge it began, in pixels.
    offset: f64,
    /// Where the scroller stood.
    scroll_top: f64,
}

impl Reading {
    pub fn new(scene: Scene) -> Self {
        Self {
            scene,
            at_latest: StoredValue::new_local(true),
            anchor: StoredValue::new_local(None),
        }
    }

    /// Watches as soon as the elements are there, until the present reactive owner is gone.
    pub fn watch(self, scroller: NodeRef<html::Div>, content: NodeRef<html::Div>) {
        watch(move || {
            if let (Some(scroller), Some(content)) = (scroller.get(), content.get()) {
                self.follow(&scroller, &content);
            }
        });
        let mut known: Option<Vec<RowId>> = None;
        watch(move || {
            let rows = self.scene.conversation.rows().get();
            if let Some(known) = &known
                && !self.at_latest.get_value()
            {
                let arrived = self.arrived(known, &rows);
                if arrived > 0 {
                    self.scene.unseen.update(|unseen| *unseen += arrived);
                }
            }
            known = Some(rows);
        });
        watch(move || {
            if self.scene.to_latest.get() > 0
                && let Some(scroller) = scroller.get_untracked()
            {
                scroller.set_scroll_top(0);
                self.arrive_at_latest();
            }
        });
    }

    fn follow(self, scroller: &HtmlDivElement, content: &HtmlDivElement) {
        let (view, inner) = (scroller.clone(), content.clone());
        listen(scroller, &["scroll"], false, move |_| {
            if view.scroll_top().abs() > NEAR {
                self.hold_anchor(&view);
            }
            self.moved(&view, &inner);
        });
        // A picture's error doesn't bubble.
        listen(scroller, &["error"], true, |event| {
            if let Some(picture) = super::super::dom::origin(&event) {
                let _ = picture.set_attribute("data-broken", "");
            }
        });

        let (view, inner) = (scroller.clone(), content.clone());
        let resized = Closure::<dyn Fn()>::new(move || {
            self.hold(&view);
            self.moved(&view, &inner);
        });
        if let Ok(observer) = ResizeObserver::new(resized.as_ref().unchecked_ref()) {
            observer.observe(content);
            observer.observe(scroller);
            let kept = StoredValue::new_local((observer, resized));
            on_cleanup(move || {
                kept.try_with_value(|(observer, _)| observer.disconnect());
            });
        }
    }

    /// After the layout and before the frame is painted: puts what the reader looks at back to where it was.
    fn hold(self, scroller: &HtmlDivElement) {
        if self.at_latest.get_value() {
            scroller.set_scroll_top(0);
        } else {
            self.hold_anchor(scroller);
        }
    }

    /// Makes up for what grew below the reader's eye. What the reader scrolled meanwhile is theirs to keep: an event
    /// of scrolling may come between a change and the layout's observer.
    fn hold_anchor(self, scroller: &HtmlDivElement) {
        self.anchor.with_value(|anchor| {
            if let Some(anchor) = anchor
                && anchor.row.is_connected()
            {
                let by_reader = exact_scroll_top(scroller) - anchor.scroll_top;
                let moved = offset(&anchor.row, scroller) - (anchor.offset - by_reader);
                if moved.abs() >= 0.5 {
                    scroller.scroll_by_with_x_and_y(0.0, moved);
                }
            }
        });
    }

    fn moved(self, scroller: &HtmlDivElement, content: &HtmlDivElement) {
        let below = scroller.scroll_top().abs();
        let height = scroller.client_height();
        if below <= NEAR {
            self.arrive_at_latest();
        } else {
            self.at_latest.set_value(false);
            let away = below > FAR;
            if self.scene.away.get_untracked() != away {
                self.scene.away.set(away);
            }
        }
        self.anchor.set_value(first_in_sight(scroller, content));

        let above = scroller.scroll_height() - height - below;
        let conversation = self.scene.conversation;
        if above < height + height / 2 && conversation.older().get_untracked() == Older::Available {
            conversation.dispatch(Event::ReachedOldest);
        }
    }

    fn arrive_at_latest(self) {
        self.at_latest.set_value(true);
        if self.scene.away.get_untracked() {
            self.scene.away.set(false);
        }
        if self.scene.unseen.get_untracked() > 0 {
            self.scene.unseen.set(0);
        }
    }

    /// How many of the rows are new, others', and not older than what was known.
    fn arrived(self, known: &[RowId], rows: &[RowId]) -> u64 {
        let mut sorted = known.to_vec();
        sorted.sort_unstable();
        let is_known = |id: &RowId| sorted.binary_search(id).is_ok();
        let conversation = self.scene.conversation;
        let of_others = |id: &&RowId| conversation.row_now(**id).is_some_and(|row| !row.own);
        let new = rows
            .iter()
            .skip_while(|id| !is_known(id))
            .filter(|id| !is_known(id))
            .filter(of_others);
        new.count() as u64
    }
}

/// The first row that ends below the scroller's upper edge.
fn first_in_sight(scroller: &HtmlDivElement, content: &HtmlDivElement) -> Option<Anchor> {
    let rows = content.last_element_child()?.children();
    let edge = scroller.get_bounding_client_rect().top();
    let (mut low, mut high) = (0, rows.length());
    while low < high {
        let middle = u32::midpoint(low, high);
        if rows.item(middle)?.get_bounding_client_rect().bottom() > edge + 1.0 {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    let row = rows.item(low)?;
    Some(Anchor {
        offset: offset(&row, scroller),
        scroll_top: exact_scroll_top(scroller),
        row,
    })
}

/// How far below the scroller's upper edge a row begins, in pixels.
fn offset(row: &Element, scroller: &HtmlDivElement) -> f64 {
    row.get_bounding_client_rect().top() - scroller.get_bounding_client_rect().top()
}

/// With its fraction, which the binding rounds away.
fn exact_scroll_top(scroller: &HtmlDivElement) -> f64 {
    js_sys::Reflect::get(scroller, &"scrollTop".into())
        .ok()
        .and_then(|value| value.as_f64())
        .unwrap_or_default()
}
