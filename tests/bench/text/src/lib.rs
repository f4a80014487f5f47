//! The widget's text alone, for `tests/bench/text.mjs`: the same core and the same drawing, compiled as the widget is,
//! by functions that the widget itself has no use for.

use chat_core::text::{Context, Document};
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::Element;

#[allow(
    dead_code,
    unreachable_pub,
    reason = "the widget's own pen, of which text needs a part"
)]
#[path = "../../../../src/ui/pen.rs"]
mod pen;

fn parsed(source: &str) -> Document {
    chat_core::text::parse(source, &Context::default())
}

/// Parses a message's text, and says how many blocks it has.
#[wasm_bindgen]
pub fn parse(source: &str) -> usize {
    parsed(source).blocks.len()
}

/// Parses a message's text and draws it into an element.
#[wasm_bindgen]
pub fn draw(element: &Element, source: &str) {
    let strings = strings::catalogs::of("en");
    if let Some(pen) = strings.and_then(|strings| pen::Pen::near(element, strings)) {
        markup::text::draw(&pen, element, &parsed(source));
    }
}
