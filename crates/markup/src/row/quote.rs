use crate::pen::Pen;
use chat_core::Quote;

/// The message that the row answers, in one line.
pub(super) fn draw<P: Pen>(pen: &P, button: &P::Element, quote: Option<&Quote>) {
    pen.clear(button);
    let (message, author, text) = match quote {
        None => return,
        Some(Quote::Known {
            message,
            author,
            excerpt,
        }) => (Some(message), author.as_str(), excerpt.as_str()),
        Some(Quote::Deleted) => (None, "", pen.strings().quote_deleted()),
        Some(Quote::Elsewhere { message }) => (Some(message), "", pen.strings().quote_elsewhere()),
    };
    pen.set_if(button, "disabled", message.is_none());
    if let Some(message) = message {
        pen.set(button, "data-value", message.as_str());
    }
    if let Some(hint) = pen.label(button, "span", "hidden", pen.strings().in_reply_to()) {
        pen.text(&hint, " ");
    }
    pen.label(button, "bdi", "quote-author", author);
    pen.text(button, " ");
    pen.label(button, "bdi", "quote-text", text);
}
