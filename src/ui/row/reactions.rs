use super::{RowSignal, read};
use crate::ui::icons::{SMILE, icon};
use crate::ui::scene::Scene;
use chat_core::ReactionView;
use leptos::prelude::*;

/// The reactions as pills. They are patched in place, so that the focus stays on the one that was pressed.
pub(super) fn view(row: RowSignal, scene: Scene) -> impl IntoView {
    move || {
        let locked = !scene.can_react.get();
        let reactions = read(row, |row| row.reactions.clone()).filter(|list| !list.is_empty());
        reactions.map(|reactions| {
            let pills = reactions.into_iter().map(|reaction| pill(reaction, locked, scene)).collect_view();
            view! {
                <div class="reactions" role="group" aria-label=scene.strings.reactions>
                    {pills}
                    <button type="button" class="pill add" data-act="pick" disabled=locked aria-label=scene.strings.add_reaction>
                        {icon(SMILE)}
                    </button>
                </div>
            }
        })
    }
}

fn pill(reaction: ReactionView, locked: bool, scene: Scene) -> impl IntoView {
    let count = reaction.count.to_string();
    let mut label = [&reaction.symbol, " ", &count].concat();
    if reaction.own {
        label.push_str(", ");
        label.push_str(scene.strings.you_reacted);
    }
    view! {
        <button
            type="button"
            class="pill"
            data-act="react"
            data-value=reaction.value
            aria-pressed=if reaction.own { "true" } else { "false" }
            aria-label=label
            disabled=locked
        >
            <bdi class="pill-symbol">{reaction.symbol}</bdi>
            <span class="pill-count">{count}</span>
        </button>
    }
}
