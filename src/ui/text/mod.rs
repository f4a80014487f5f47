//! A message's [`Document`] to DOM nodes, one node per part: no HTML string exists on the way.
//! Nothing here parses, and nothing of a message becomes an attribute except a [`SafeUrl`](chat_core::text::SafeUrl).

mod blocks;
mod inlines;

use super::pen::{Pen, clear, set};
use chat_core::text::Document;
use web_sys::Element;

/// More than that many characters are shown on demand only (X10).
const LONG_CHARACTERS: usize = 4_000;

/// Makes an element's content the text.
pub(super) fn draw(pen: &Pen, element: &Element, text: &Document) {
    clear(element);
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
        set(&button, "aria-expanded", "false");
        pen.text(&button, pen.strings.show_more);
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
