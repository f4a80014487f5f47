use super::{RowSignal, read};
use crate::ui::icons::{REPLY, SMILE, icon};
use crate::ui::scene::Scene;
use chat_core::Kind;
use leptos::prelude::*;

/// What can be done with a message: shown on hover, or once the row has the focus.
pub(super) fn view(row: RowSignal, scene: Scene) -> impl IntoView {
    let strings = scene.strings;
    move || {
        let known = read(row, |row| row.message.is_some() && row.kind != Kind::System)?;
        let (can_react, can_post) = (scene.can_react.get(), scene.can_post.get());
        (known && (can_react || can_post)).then(|| {
            view! {
                <div class="tools">
                    {can_react.then(|| view! {
                        <button type="button" data-act="pick" aria-label=strings.add_reaction title=strings.add_reaction>
                            {icon(SMILE)}
                        </button>
                    })}
                    {can_post.then(|| view! {
                        <button type="button" data-act="reply" aria-label=strings.reply title=strings.reply>
                            {icon(REPLY)}
                        </button>
                    })}
                </div>
            }
        })
    }
}
