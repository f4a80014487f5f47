//! A message's [`Document`] as elements, one for each part: in the widget no HTML string exists on the way.
//! Nothing here parses, and nothing of a message becomes an attribute except a [`SafeUrl`](chat_core::text::SafeUrl).

mod blocks;
mod inlines;

use crate::pen::Pen;
use chat_core::text::Document;

/// More than that many characters are shown on demand only (X10).
const LONG_CHARACTERS: usize = 4_000;

/// Makes an element's content the text.
pub fn draw<P: Pen>(pen: &P, element: &P::Element, text: &Document) {
    pen.clear(element);
    pen.set_class(
        element,
        if text.is_emoji_only() {
            "text jumbo"
        } else {
            "text"
        },
    );
    let long = text.truncated || weight(&text.blocks) > LONG_CHARACTERS;
    if !long {
        return blocks::blocks(pen, element, &text.blocks);
    }
    if let Some(fold) = pen.element(element, "div", "fold") {
        blocks::blocks(pen, &fold, &text.blocks);
    }
    if let Some(button) = pen.button(element, "unfold", "unfold") {
        pen.set(&button, "aria-expanded", "false");
        pen.text(&button, pen.strings().show_more());
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
