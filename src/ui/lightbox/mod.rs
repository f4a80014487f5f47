//! A message's pictures, one at a time and as large as the window. Made when the first is opened, gone when it is
//! closed: nobody who only reads pays for it with a node.

mod gesture;

use super::dom::{focus_quietly, listen, origin};
use super::pen::{Pen, clear, set, set_if};
use super::region::{at_end, watch};
use super::scene::Scene;
use chat_core::{Row, RowId};
use gesture::{Gesture, Meaning};
use leptos::prelude::*;
use markup::Pen as _;
use markup::icons::{CLOSE, LEFT, MINUS, OPEN, PLUS, RIGHT};
use markup::row::pictures;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlDialogElement, KeyboardEvent};

const EVENTS: &[&str] = &[
    "close",
    "pointerdown",
    "pointermove",
    "pointerup",
    "pointercancel",
    "wheel",
    "dblclick",
    "click",
];

/// The pictures that are being looked at. A handle: a clone is the same.
#[derive(Clone)]
pub(super) struct Lightbox {
    dialog: HtmlDialogElement,
    stage: Element,
    at: RwSignal<usize>,
    row: RowId,
    gesture: Rc<Gesture>,
    /// What was pressed to open it, which gets the focus back (A3).
    opener: Element,
    /// Owns what keeps it up to date.
    owner: Owner,
}

/// Opens it with one of a row's pictures.
pub(super) fn open(opener: &Element, row: RowId, at: usize, scene: Scene) {
    let owner = scene.owner.try_get_value();
    let Some(owner) = owner.and_then(|owner| owner.upgrade()) else {
        return;
    };
    let owner = owner.child();
    if let Some(lightbox) = owner.clone().with(|| build(opener, row, at, scene, owner)) {
        scene.lightbox.set_value(Some(lightbox.clone()));
        let _ = lightbox.dialog.show_modal();
        focus_quietly(&lightbox.dialog);
    }
}

fn build(opener: &Element, row: RowId, at: usize, scene: Scene, owner: Owner) -> Option<Lightbox> {
    let chat = opener.closest(".chat").ok()??;
    let pen = Pen::near(&chat, scene.strings)?;
    let strings = scene.strings;
    let dialog = pen.element(&chat, "dialog", "lightbox")?;
    set(&dialog, "aria-label", strings.image());
    set(&dialog, "tabindex", "-1");
    let stage = pen.element(&dialog, "div", "lightbox-stage")?;
    let bar = pen.element(&dialog, "div", "lightbox-bar")?;
    let title = pen.element(&bar, "span", "lightbox-title")?;
    set(&title, "aria-live", "polite");
    pen.icon_button(&bar, "smaller", "", MINUS, strings.zoom_out());
    pen.icon_button(&bar, "larger", "", PLUS, strings.zoom_in());
    let file = pen.link(&bar, "lightbox-file", "")?;
    set(&file, "aria-label", strings.open_file());
    set(&file, "title", strings.open_file());
    pen.icon(&file, OPEN);
    pen.icon_button(&bar, "close", "", CLOSE, strings.close());
    let steps = pen.element(&dialog, "div", "lightbox-steps")?;
    pen.icon_button(
        &steps,
        "previous",
        "previous",
        LEFT,
        strings.previous_image(),
    );
    pen.icon_button(&steps, "next", "next", RIGHT, strings.next_image());

    let lightbox = Lightbox {
        dialog: dialog.clone().unchecked_into(),
        stage,
        at: RwSignal::new(at),
        row,
        gesture: Rc::default(),
        opener: opener.clone(),
        owner,
    };
    let shown = lightbox.clone();
    let signal = scene.conversation.row(row);
    watch(move || {
        let row = signal.get();
        // A message that is deleted takes its pictures along (D2).
        if !row.is_some_and(|row| shown.draw(&pen, &row, &title, &file, &steps)) {
            shown.dialog.close();
        }
    });
    let heard = lightbox.clone();
    listen(&dialog, EVENTS, false, move |event| {
        heard.heard(&event, scene);
    });
    at_end(Box::new(move || dialog.remove()));
    Some(lightbox)
}

impl Lightbox {
    /// Says whether there was a picture to draw.
    fn draw(&self, pen: &Pen, row: &Row, title: &Element, file: &Element, steps: &Element) -> bool {
        let (at, count) = (self.at.get(), pictures(&row.attachments).count());
        let Some(picture) = pictures(&row.attachments).nth(at) else {
            return false;
        };
        let url = picture.url.as_deref().unwrap_or_default();
        if file.get_attribute("href").as_deref() != Some(url) {
            clear(&self.stage);
            self.gesture.reset();
            set(file, "href", url);
            if let Some(image) = pen.element(&self.stage, "img", "lightbox-image") {
                let name = picture.filename.as_deref().unwrap_or(pen.strings().image());
                set(&image, "alt", name);
                set(&image, "draggable", "false");
                set(&image, "referrerpolicy", "no-referrer");
                set(&image, "src", url);
            }
        }
        clear(title);
        if count > 1 {
            let strings = pen.strings();
            let (at, count) = (strings.number(at as u64 + 1), strings.number(count as u64));
            let place = strings.place().with(&[("n", &at), ("m", &count)]);
            pen.label(title, "span", "lightbox-place", &place);
        }
        pen.label(
            title,
            "bdi",
            "",
            picture.filename.as_deref().unwrap_or_default(),
        );
        set_if(steps, "hidden", count < 2);
        if let (Some(first), Some(last)) = (steps.first_element_child(), steps.last_element_child())
        {
            set_if(&first, "disabled", at == 0);
            set_if(&last, "disabled", at + 1 == count);
        }
        true
    }

    fn step(&self, forwards: bool, scene: Scene) {
        let row = scene.conversation.row_now(self.row);
        let count = row.map_or(0, |row| pictures(&row.attachments).count());
        let at = self.at.get_untracked();
        let next = if forwards { at + 1 } else { at.wrapping_sub(1) };
        if next < count {
            self.at.set(next);
        }
    }

    fn zoom(&self, factor: f64) {
        self.gesture.zoom(factor, None, &self.stage);
    }

    fn heard(&self, event: &Event, scene: Scene) {
        match event.type_().as_str() {
            "close" => self.closed(scene),
            "click" => self.clicked(event, scene),
            _ => match self.gesture.heard(event, &self.stage) {
                Meaning::Nothing => {}
                Meaning::Next => self.step(true, scene),
                Meaning::Previous => self.step(false, scene),
                Meaning::Away => self.dialog.close(),
            },
        }
    }

    fn clicked(&self, event: &Event, scene: Scene) {
        let Some(target) = origin(event) else { return };
        if target == self.stage && !self.gesture.was_moved() {
            return self.dialog.close();
        }
        let actor = target.closest("[data-act]").ok().flatten();
        let act = actor.and_then(|actor| actor.get_attribute("data-act"));
        match act.as_deref() {
            Some("smaller") => self.zoom(1.0 / 1.5),
            Some("larger") => self.zoom(1.5),
            Some("previous") => self.step(false, scene),
            Some("next") => self.step(true, scene),
            Some("close") => self.dialog.close(),
            _ => {}
        }
    }

    fn closed(&self, scene: Scene) {
        scene.lightbox.set_value(None);
        if self.opener.is_connected() {
            focus_quietly(&self.opener);
        }
        self.owner.cleanup();
    }
}

/// A key while pictures are looked at. Escape is the dialog's own.
pub(super) fn pressed(event: &KeyboardEvent, scene: Scene) {
    let Some(lightbox) = scene.lightbox.get_value() else {
        return;
    };
    // The browser's own.
    if event.ctrl_key() || event.meta_key() || event.alt_key() {
        return;
    }
    let is_rtl = matches!(lightbox.dialog.closest("[dir=rtl]"), Ok(Some(_)));
    match event.key().as_str() {
        "ArrowRight" => lightbox.step(!is_rtl, scene),
        "ArrowLeft" => lightbox.step(is_rtl, scene),
        "+" | "=" => lightbox.zoom(1.5),
        "-" => lightbox.zoom(1.0 / 1.5),
        "0" => lightbox.zoom(0.0),
        _ => return,
    }
    event.prevent_default();
}
