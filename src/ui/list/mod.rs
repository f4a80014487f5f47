//! The history: its order, its scrolling and its paging upwards. Only rows near the reader's eye are in the document;
//! which, and where, is `virtual-list`'s to say. How a row looks is not known here.

mod date;
mod drawn;
mod moves;
mod reader;
mod watching;

use super::pen::{Pen, set};
use super::region::region;
use super::scene::Scene;
use leptos::prelude::*;
use markup::Pen as _;
use markup::history::{History, draw_before};
use markup::icons::DOWN;
pub(super) use moves::{Move, Rows};
use reader::Reader;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::Element;

/// Draws the conversation's messages, until the present reactive owner is gone.
pub(super) fn draw(stage: &Element, scene: Scene) {
    let Some(pen) = Pen::near(stage, scene.strings) else {
        return;
    };
    let Some(history) = History::new(&pen, stage) else {
        return;
    };
    region(history.before, (scene, before));
    region(history.way_back, (scene, way_back));
    let Ok(scroller) = history.scroller.dyn_into() else {
        return;
    };
    let reader = Reader::new(scene, pen, scroller, history.rows, history.date);
    watching::watch_over(&Rc::new(reader));
}

/// What stands before the oldest message.
fn before(pen: &Pen, place: &Element, scene: Scene) {
    let name = scene.channel_name().unwrap_or_default();
    draw_before(pen, place, scene.conversation.older().get(), &name);
}

/// The way back to the newest message, with the number of those that came meanwhile (M5).
fn way_back(pen: &Pen, place: &Element, scene: Scene) {
    let unseen = scene.unseen.get();
    if unseen == 0 && !scene.away.get() {
        return;
    }
    let class = if unseen == 0 { "jump quiet" } else { "jump" };
    let Some(button) = pen.button(place, "latest", class) else {
        return;
    };
    if unseen == 0 {
        set(&button, "aria-label", scene.strings.jump_to_latest);
    } else {
        pen.text(&button, &scene.strings.new_message.with(unseen));
    }
    pen.icon(&button, DOWN);
}
