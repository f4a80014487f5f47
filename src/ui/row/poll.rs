use super::{RowSignal, read};
use crate::ui::icons::{CHECK, icon};
use crate::ui::scene::Scene;
use chat_core::{PollAnswer, PollView};
use leptos::prelude::*;

/// The answers as bars, the visitor's own ticked.
pub(super) fn view(row: RowSignal, scene: Scene) -> impl IntoView {
    move || {
        let locked = !scene.can_react.get();
        read(row, |row| row.poll.clone())
            .flatten()
            .map(|PollView { answers, total }| {
                let answers = answers
                    .into_iter()
                    .map(|answer| bar(answer, total, locked, scene))
                    .collect_view();
                view! {
                    <div class="poll" role="group" aria-label=scene.strings.poll>
                        {answers}
                        <div class="poll-total">{scene.strings.vote.with(total)}</div>
                    </div>
                }
            })
    }
}

fn bar(answer: PollAnswer, total: u64, locked: bool, scene: Scene) -> impl IntoView {
    let share = (answer.votes * 100 + total / 2)
        .checked_div(total)
        .unwrap_or_default();
    let percentage = [&share.to_string(), "%"].concat();
    let votes = scene.strings.vote.with(answer.votes);
    let mut label = [&answer.text, ", ", &percentage, ", ", &votes].concat();
    if answer.own {
        label.push_str(", ");
        label.push_str(scene.strings.your_vote);
    }
    view! {
        <button
            type="button"
            class="answer"
            data-act="vote"
            data-value=answer.option
            aria-pressed=if answer.own { "true" } else { "false" }
            aria-label=label
            title=votes
            disabled=locked
        >
            <span class="answer-bar" style=("--share", percentage.clone())></span>
            <span class="answer-tick">{answer.own.then(|| icon(CHECK))}</span>
            <bdi class="answer-text">{answer.text}</bdi>
            <span class="answer-share">{percentage}</span>
        </button>
    }
}
