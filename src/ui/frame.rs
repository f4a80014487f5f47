use super::announcer::Announcer;
use super::appearance::Appearance;
use super::composer::Composer;
use super::list::History;
use super::quick_reactions::QuickReactions;
use super::scene::Scene;
use super::status::{ConnectionLine, Notice, Skeleton, Stage, stage};
use crate::Conversation;
use leptos::prelude::*;
use web_sys::KeyboardEvent;

/// The whole widget. It fills the element that it is mounted in.
#[component]
#[expect(
    clippy::needless_pass_by_value,
    reason = "the properties of a component are its own"
)]
pub fn App(conversation: Conversation, appearance: Appearance) -> impl IntoView {
    let scene = Scene::new(conversation, &appearance);
    let stage = stage(scene);
    // What is typed here is none of the page's business (E1).
    let keep = |event: KeyboardEvent| event.stop_propagation();
    let middle = move || match stage.get() {
        Stage::History => view! { <History scene=scene/> }.into_any(),
        Stage::Loading => view! { <Skeleton scene=scene/> }.into_any(),
        notice => view! { <Notice scene=scene stage=notice/> }.into_any(),
    };
    let has_composer =
        move || matches!(stage.get(), Stage::History | Stage::Empty | Stage::Loading);
    view! {
        <div
            class="chat"
            data-style=appearance.style.as_str()
            data-theme=appearance.theme.as_str()
            dir=appearance.direction()
            on:keydown=keep
            on:keyup=keep
            on:keypress=keep
        >
            <Header scene=scene stage=stage/>
            <ConnectionLine scene=scene/>
            <div class="stage">{middle}</div>
            {move || has_composer().then(|| view! { <Composer scene=scene/> })}
            <QuickReactions scene=scene/>
            <Announcer scene=scene/>
        </div>
    }
    .into_any()
}

#[component]
fn Header(scene: Scene, stage: Memo<Stage>) -> impl IntoView {
    let channel = scene.conversation.channel();
    let name = move || {
        channel.with(|channel| {
            channel
                .as_ref()
                .map(|channel| channel.experience.name.clone())
        })
    };
    let is_unknown =
        move || channel.with(Option::is_none) && stage.with(|stage| *stage != Stage::Loading);
    view! {
        <header class="header" hidden=is_unknown>
            <bdi class="header-name">{name}</bdi>
        </header>
    }
}
