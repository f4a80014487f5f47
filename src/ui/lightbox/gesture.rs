//! What fingers, wheels and double clicks do to a picture: larger, smaller, about; on to the next, and away.

use crate::ui::pen::set_property;
use std::cell::{Cell, RefCell};
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, MouseEvent, PointerEvent, WheelEvent};

/// A picture is at most that much larger than the window.
const MOST_SCALE: f64 = 8.0;
/// How far a finger goes before it means something, in pixels.
const SLOP: f64 = 8.0;
/// How far it goes for the next picture, or for none.
const SWIPE: f64 = 64.0;

/// What a gesture asks for, besides what it did to the picture itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    Nothing,
    Next,
    Previous,
    Away,
}

/// A finger, or the mouse while it is pressed: its id, and where it is.
type Pointer = (i32, f64, f64);

/// How a picture is shown, and the fingers on it.
#[derive(Debug)]
pub(super) struct Gesture {
    scale: Cell<f64>,
    /// How far it is from the middle, in pixels.
    offset: Cell<(f64, f64)>,
    pointers: RefCell<Vec<Pointer>>,
    /// How far the only finger went, and whether there was another one.
    gone: Cell<(f64, f64)>,
    was_moved: Cell<bool>,
    was_pinch: Cell<bool>,
}

impl Default for Gesture {
    fn default() -> Self {
        Self {
            scale: Cell::new(1.0),
            offset: Cell::default(),
            pointers: RefCell::default(),
            gone: Cell::default(),
            was_moved: Cell::default(),
            was_pinch: Cell::default(),
        }
    }
}

impl Gesture {
    /// Another picture: as it is.
    pub fn reset(&self) {
        self.scale.set(1.0);
        self.offset.set((0.0, 0.0));
    }

    /// The last press was no click.
    pub fn was_moved(&self) -> bool {
        self.was_moved.get()
    }

    /// Makes the picture larger or smaller by a factor, 0 as it was, around a point of the window or its middle.
    pub fn zoom(&self, factor: f64, around: Option<(f64, f64)>, stage: &Element) {
        let before = self.scale.get();
        let after = (before * factor).clamp(1.0, MOST_SCALE);
        let room = stage.get_bounding_client_rect();
        let (middle_x, middle_y) = (
            room.left() + room.width() / 2.0,
            room.top() + room.height() / 2.0,
        );
        let (x, y) = around.map_or((0.0, 0.0), |(x, y)| (x - middle_x, y - middle_y));
        let offset = self.offset.get();
        let ratio = after / before;
        self.scale.set(after);
        self.offset
            .set((x - (x - offset.0) * ratio, y - (y - offset.1) * ratio));
        self.show(stage);
    }

    /// Within what there is to see.
    fn show(&self, stage: &Element) {
        let room = stage.get_bounding_client_rect();
        let scale = self.scale.get();
        let (x, y) = self.offset.get();
        let (most_x, most_y) = (
            room.width() * (scale - 1.0) / 2.0,
            room.height() * (scale - 1.0) / 2.0,
        );
        let (x, y) = (x.clamp(-most_x, most_x), y.clamp(-most_y, most_y));
        self.offset.set((x, y));
        if let Some(image) = stage.first_element_child() {
            set_property(&image, "--x", &[&whole(x), "px"].concat());
            set_property(&image, "--y", &[&whole(y), "px"].concat());
            set_property(&image, "--percent", &whole(scale * 100.0));
        }
    }

    pub fn heard(&self, event: &Event, stage: &Element) -> Meaning {
        if let Some(wheel) = event.dyn_ref::<WheelEvent>() {
            event.prevent_default();
            let factor = if wheel.delta_y() < 0.0 {
                1.15
            } else {
                1.0 / 1.15
            };
            self.zoom(factor, Some(place(wheel)), stage);
        } else if let Some(pointer) = event.dyn_ref::<PointerEvent>() {
            return self.pointed(pointer, stage);
        } else if let Some(mouse) = event.dyn_ref::<MouseEvent>()
            && is_on(stage, event)
        {
            let factor = if self.scale.get() > 1.0 { 0.0 } else { 2.5 };
            self.zoom(factor, Some(place(mouse)), stage);
        }
        Meaning::Nothing
    }

    fn pointed(&self, event: &PointerEvent, stage: &Element) -> Meaning {
        let (x, y) = place(event);
        let id = event.pointer_id();
        match event.type_().as_str() {
            "pointerdown" if is_on(stage, event) => {
                let mut pointers = self.pointers.borrow_mut();
                if pointers.is_empty() {
                    self.gone.set((0.0, 0.0));
                    self.was_moved.set(false);
                    self.was_pinch.set(false);
                }
                pointers.push((id, x, y));
                let _ = stage.set_pointer_capture(id);
            }
            "pointermove" => self.moved(id, x, y, stage),
            "pointerup" | "pointercancel" => {
                let mut pointers = self.pointers.borrow_mut();
                let before = pointers.len();
                pointers.retain(|(other, ..)| *other != id);
                let is_last = before == 1 && pointers.is_empty();
                if is_last && event.type_() == "pointerup" {
                    return self.meaning(stage);
                }
            }
            _ => {}
        }
        Meaning::Nothing
    }

    fn moved(&self, id: i32, x: f64, y: f64, stage: &Element) {
        let mut pointers = self.pointers.borrow_mut();
        let before = pointers.clone();
        let Some(pointer) = pointers.iter_mut().find(|(other, ..)| *other == id) else {
            return;
        };
        let (by_x, by_y) = (x - pointer.1, y - pointer.2);
        (pointer.1, pointer.2) = (x, y);
        if let ([a, b], [c, d]) = (before.as_slice(), pointers.as_slice()) {
            self.was_pinch.set(true);
            self.was_moved.set(true);
            let factor = distance(*c, *d) / distance(*a, *b).max(1.0);
            let middle = (f64::midpoint(c.1, d.1), f64::midpoint(c.2, d.2));
            self.zoom(factor, Some(middle), stage);
            return;
        }
        let (gone_x, gone_y) = self.gone.get();
        self.gone.set((gone_x + by_x, gone_y + by_y));
        if gone_x.abs() + gone_y.abs() > SLOP {
            self.was_moved.set(true);
        }
        if self.scale.get() > 1.0 {
            let (at_x, at_y) = self.offset.get();
            self.offset.set((at_x + by_x, at_y + by_y));
            self.show(stage);
        }
    }

    /// What the only finger meant that was just lifted.
    fn meaning(&self, stage: &Element) -> Meaning {
        let (mut x, y) = self.gone.get();
        if matches!(stage.closest("[dir=rtl]"), Ok(Some(_))) {
            x = -x;
        }
        if self.scale.get() > 1.0 || self.was_pinch.get() {
            Meaning::Nothing
        } else if x.abs() > SWIPE && x.abs() > y.abs() {
            if x < 0.0 {
                Meaning::Next
            } else {
                Meaning::Previous
            }
        } else if y > SWIPE * 1.5 {
            Meaning::Away
        } else {
            Meaning::Nothing
        }
    }
}

fn place(event: &MouseEvent) -> (f64, f64) {
    (f64::from(event.client_x()), f64::from(event.client_y()))
}

fn is_on(stage: &Element, event: &Event) -> bool {
    let target = event.target().and_then(|target| target.dyn_into().ok());
    stage.contains(target.as_ref())
}

fn distance(one: Pointer, other: Pointer) -> f64 {
    let (x, y) = (one.1 - other.1, one.2 - other.2);
    (x * x + y * y).sqrt()
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "pixels of a window, and percents below a thousand"
)]
fn whole(value: f64) -> String {
    (value as i32).to_string()
}
