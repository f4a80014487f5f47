use super::{RowSignal, read};
use crate::ui::scene::Scene;
use chat_core::Quote;
use leptos::prelude::*;

/// The message that the row answers, in one line.
pub(super) fn view(row: RowSignal, scene: Scene) -> impl IntoView {
    let strings = scene.strings;
    move || {
        read(row, |row| row.quote.clone()).flatten().map(|quote| {
            let (message, author, text) = match quote {
                Quote::Known {
                    message,
                    author,
                    excerpt,
                } => (Some(message), author, excerpt),
                Quote::Deleted => (None, String::new(), strings.quote_deleted.to_owned()),
                Quote::Elsewhere { .. } => {
                    (None, String::new(), strings.quote_elsewhere.to_owned())
                }
            };
            let missing = message.is_none();
            view! {
                <button
                    type="button"
                    class="quote"
                    data-act="quoted"
                    data-value=message.map(|id| id.as_str().to_owned())
                    disabled=missing
                >
                    <span class="hidden">{strings.in_reply_to}" "</span>
                    <bdi class="quote-author">{author}</bdi>
                    " "
                    <bdi class="quote-text">{text}</bdi>
                </button>
            }
        })
    }
}
