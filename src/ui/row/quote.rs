use crate::ui::pen::{Pen, clear, set, set_if};
use chat_core::Quote;
use web_sys::Element;

/// The message that the row answers, in one line.
pub(super) fn draw(pen: &Pen, button: &Element, quote: Option<&Quote>) {
    clear(button);
    let (message, author, text) = match quote {
        None => return,
        Some(Quote::Known {
            message,
            author,
            excerpt,
        }) => (Some(message), author.as_str(), excerpt.as_str()),
        Some(Quote::Deleted) => (None, "", pen.strings.quote_deleted),
        Some(Quote::Elsewhere { .. }) => (None, "", pen.strings.quote_elsewhere),
    };
    set_if(button, "disabled", message.is_none());
    if let Some(message) = message {
        set(button, "data-value", message.as_str());
    }
    if let Some(hint) = pen.label(button, "span", "hidden", pen.strings.in_reply_to) {
        pen.text(&hint, " ");
    }
    pen.label(button, "bdi", "quote-author", author);
    pen.text(button, " ");
    pen.label(button, "bdi", "quote-text", text);
}
