//! A message's [`Document`] to DOM nodes, one node per part: no HTML string exists on the way.
//! Nothing here parses, and nothing of a message becomes an attribute except a [`SafeUrl`](chat_core::text::SafeUrl).

mod blocks;
mod inlines;
mod pen;

use super::scene::Scene;
use chat_core::Row;
use chat_core::text::Document;
use leptos::prelude::*;
use pen::Pen;
use std::rc::Rc;
use web_sys::Element;

/// More than that many characters are shown on demand only (X10).
const LONG_CHARACTERS: usize = 4_000;

/// A directive that keeps an element's content the text of a row. Drawn by hand rather than as a view: most of a
/// chat's nodes are made here, and nothing in them ever changes but as a whole.
pub(super) fn row_text(
    element: Element,
    (row, scene): (ReadSignal<Option<Rc<Row>>, LocalStorage>, Scene),
) {
    let effect = RenderEffect::new(move |drawn: Option<Option<Rc<Document>>>| {
        let text = row
            .try_with(|row| row.as_ref().map(|row| Rc::clone(&row.text)))
            .flatten();
        let same = match (drawn.as_ref().and_then(Option::as_ref), &text) {
            (Some(drawn), Some(text)) => Rc::ptr_eq(drawn, text) || drawn == text,
            _ => false,
        };
        if !same && let Some(text) = &text {
            draw(&element, text, scene);
        }
        text
    });
    // An effect lives as long as it is held.
    StoredValue::new_local(effect);
}

fn draw(element: &Element, text: &Document, scene: Scene) {
    element.replace_children_with_node_0();
    let Some(document) = element.owner_document() else {
        return;
    };
    let pen = Pen {
        document,
        strings: scene.strings,
    };
    element.set_class_name(if text.is_emoji_only() {
        "text jumbo"
    } else {
        "text"
    });
    let long = text.truncated || weight(&text.blocks) > LONG_CHARACTERS;
    if !long {
        return pen.blocks(element, &text.blocks);
    }
    if let Some(fold) = pen.element(element, "div", "fold") {
        pen.blocks(&fold, &text.blocks);
    }
    if let Some(button) = pen.button(element, "unfold", "unfold") {
        let _ = button.set_attribute("aria-expanded", "false");
        pen.text(&button, scene.strings.show_more);
    }
}

/// Roughly how much there is to see.
fn weight(blocks: &[chat_core::text::Block]) -> usize {
    use chat_core::text::Block;
    blocks
        .iter()
        .map(|block| match block {
            Block::Paragraph(content) | Block::Heading { content, .. } => inlines::weight(content),
            Block::BlockQuote(blocks) => weight(blocks),
            Block::List { items, .. } => items.iter().map(|item| 20 + weight(&item.blocks)).sum(),
            // Code scrolls by itself, but each of its lines takes a line.
            Block::CodeBlock { text, .. } => text.split('\n').map(|line| 40 + line.len()).sum(),
            Block::Table { rows, .. } => rows.len() * 60,
            Block::Rule => 20,
        })
        .sum()
}
