//! The history: its scrolling, its paging upwards, and the one place that hears what is clicked in it.

mod acts;
mod keys;
mod reading;

use super::icons::{DOWN, icon};
use super::row::MessageRow;
use super::scene::Scene;
use acts::Acts;
use chat_core::{Event, Older, RowId};
use leptos::html;
use leptos::prelude::*;
use reading::Reading;

/// The conversation's messages.
#[component]
pub(super) fn History(scene: Scene) -> impl IntoView {
    let scroller = NodeRef::<html::Div>::new();
    let content = NodeRef::<html::Div>::new();
    let reading = Reading::new(scene);
    reading.watch(scroller, content);
    let acts = Acts::new(scene);
    let rows = scene.conversation.rows();
    view! {
        <div class="history">
            <div
                class="scroller"
                node_ref=scroller
                tabindex="0"
                role="log"
                aria-live="off"
                aria-label=scene.strings.messages
                on:click=move |event| acts.clicked(&event)
                on:keydown=move |event| keys::pressed(&event, acts)
            >
                <div class="content" node_ref=content>
                    <Before scene=scene/>
                    <div class="rows">
                        <For each=move || rows.get() key=|id: &RowId| id.get() children=move |id| view! { <MessageRow id=id scene=scene/> }/>
                    </div>
                </div>
            </div>
            <JumpPill scene=scene reading=reading/>
        </div>
    }
    .into_any()
}

/// What stands before the oldest message.
#[component]
fn Before(scene: Scene) -> impl IntoView {
    let strings = scene.strings;
    let older = scene.conversation.older();
    let channel = scene.conversation.channel();
    let inner = move || match older.get() {
        Older::Unknown | Older::Available => ().into_any(),
        Older::Loading => {
            view! { <span class="spinner" role="img" aria-label=strings.loading_older></span> }
                .into_any()
        }
        Older::Failed => {
            let again = move |_| scene.conversation.dispatch(Event::ReachedOldest);
            view! {
                <span>{strings.older_failed}</span>
                <button type="button" class="plain" on:click=again>{strings.try_again}</button>
            }
            .into_any()
        }
        Older::Beginning => {
            let name = channel.with(|channel| {
                channel
                    .as_ref()
                    .map(|channel| channel.experience.name.clone())
            });
            view! { <span>{strings.beginning}" "<bdi class="strong">{name}</bdi></span> }.into_any()
        }
    };
    view! { <div class="before">{inner}</div> }
}

/// The way back to the newest message, with the number of those that came meanwhile (M5).
#[component]
fn JumpPill(scene: Scene, reading: Reading) -> impl IntoView {
    let strings = scene.strings;
    let (away, unseen) = (reading.away, reading.unseen);
    move || {
        let unseen = unseen.get();
        (away.get() || unseen > 0).then(|| {
            let label = if unseen == 0 {
                strings.jump_to_latest.to_owned()
            } else {
                strings.new_message.with(unseen)
            };
            let shown = label.clone();
            let class = if unseen == 0 { "jump quiet" } else { "jump" };
            let jump = move |_| {
                scene.to_latest.update(|times| *times += 1);
            };
            view! {
                <button type="button" class=class on:click=jump aria-label=label>
                    <span class="jump-label">{shown}</span>
                    {icon(DOWN)}
                </button>
            }
        })
    }
}
