//! The widget's frame.

use crate::icons::SEARCH;
use crate::pen::Pen;

/// What is always there of the widget, from top to bottom.
pub struct Frame<Element> {
    /// The whole: style, theme and direction are its attributes, and what happens in the widget bubbles up to it.
    pub chat: Element,
    /// The channel's name.
    pub header: Element,
    /// Where words are looked for, while somebody does.
    pub find: Element,
    /// The pinned messages.
    pub pins: Element,
    /// One thin line about the connection.
    pub connection: Element,
    /// The messages, or what stands in their place.
    pub stage: Element,
    /// Who types.
    pub typing: Element,
    /// The composer, or why there is none.
    pub foot: Element,
    /// Where emoji are picked.
    pub picker: Element,
    /// Who reacted, while somebody asks.
    pub asked: Element,
    /// What is said to those who listen.
    pub spoken: Element,
    /// What is shown in passing.
    pub notes: Element,
}

impl<Element> Frame<Element> {
    /// Makes the frame in an element, or takes over the one that is painted there.
    pub fn new<P: Pen<Element = Element>>(pen: &P, root: &Element) -> Option<Self> {
        let chat = pen.part(root, "div", "chat")?;
        let frame = Self {
            header: pen.part(&chat, "header", "header")?,
            find: pen.part(&chat, "div", "find")?,
            pins: pen.part(&chat, "div", "pins")?,
            connection: pen.part(&chat, "div", "connection")?,
            stage: pen.part(&chat, "div", "stage")?,
            typing: pen.part(&chat, "div", "typing")?,
            foot: pen.part(&chat, "div", "foot")?,
            picker: pen.part(&chat, "div", "picker")?,
            asked: pen.part(&chat, "div", "asked")?,
            spoken: pen.part(&chat, "div", "hidden")?,
            notes: pen.part(&chat, "div", "notes")?,
            chat,
        };
        pen.set(&frame.chat, "lang", pen.strings().language);
        pen.set(&frame.connection, "role", "status");
        pen.set(&frame.spoken, "aria-live", "polite");
        pen.set(&frame.spoken, "aria-atomic", "true");
        pen.set(&frame.notes, "role", "status");
        Some(frame)
    }
}

/// The header's content. Without a name there is room for one.
pub fn draw_header<P: Pen>(pen: &P, header: &P::Element, name: &str) {
    pen.label(header, "bdi", "header-name", name);
}

/// At the header's end, the button that opens and closes the search.
pub fn draw_find<P: Pen>(pen: &P, header: &P::Element, is_open: bool) {
    pen.icon_button(header, "find", "round", SEARCH, pen.strings().find());
    if let Some(button) = pen.last_child(header) {
        let expanded = if is_open { "true" } else { "false" };
        pen.set(&button, "aria-expanded", expanded);
    }
}
