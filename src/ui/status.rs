use super::icons::{BUBBLES, LOCK, PLUG, SEARCH, WARNING, icon};
use super::scene::Scene;
use chat_core::{ConnectionStatus, Event, Older, Refusal, Status};
use leptos::prelude::*;

/// What the middle of the widget shows.
#[derive(Clone, PartialEq)]
pub(super) enum Stage {
    Loading,
    History,
    Empty,
    Unreachable,
    Refused(Refusal),
}

/// What there is to show. Messages that are there stay, whatever happens to the session.
pub(super) fn stage(scene: Scene) -> Memo<Stage> {
    let conversation = scene.conversation;
    Memo::new(move |_| {
        if !conversation.rows().with(Vec::is_empty) {
            return Stage::History;
        }
        match conversation.status().get() {
            Status::Opening => Stage::Loading,
            Status::Unreachable => Stage::Unreachable,
            Status::Refused(refusal) => Stage::Refused(refusal),
            Status::Ready => match conversation.older().get() {
                Older::Unknown => Stage::Loading,
                Older::Beginning => Stage::Empty,
                Older::Available | Older::Loading | Older::Failed => Stage::History,
            },
        }
    })
}

/// One thin line about the connection, where there is something to say.
#[component]
pub(super) fn ConnectionLine(scene: Scene) -> impl IntoView {
    let strings = scene.strings;
    let conversation = scene.conversation;
    let line = Memo::new(move |_| match conversation.connection().get() {
        ConnectionStatus::Idle | ConnectionStatus::Live => "",
        ConnectionStatus::Connecting => strings.connecting,
        ConnectionStatus::Reconnecting => strings.reconnecting,
        ConnectionStatus::Offline => strings.offline,
    });
    let state = move || match conversation.connection().get() {
        ConnectionStatus::Idle => "idle",
        ConnectionStatus::Live => "live",
        ConnectionStatus::Connecting => "connecting",
        ConnectionStatus::Reconnecting => "reconnecting",
        ConnectionStatus::Offline => "offline",
    };
    view! {
        <div class="connection" role="status" data-state=state>
            <span>{line}</span>
        </div>
    }
}

/// Grey shapes of messages while the first ones load.
#[component]
pub(super) fn Skeleton(scene: Scene) -> impl IntoView {
    let shapes = ["a", "b", "c own", "d", "e own", "f"]
        .into_iter()
        .map(|shape| {
            view! {
                <div class=["ghost ", shape].concat()>
                    <span class="ghost-avatar"></span>
                    <span class="ghost-lines"></span>
                </div>
            }
        })
        .collect_view();
    view! {
        <div class="skeleton" role="status" aria-label=scene.strings.loading>{shapes}</div>
    }
}

/// No messages: what that means and what can be done.
#[component]
pub(super) fn Notice(scene: Scene, stage: Stage) -> impl IntoView {
    let strings = scene.strings;
    let (picture, title, text) = match &stage {
        Stage::Loading | Stage::History | Stage::Empty => {
            (BUBBLES, strings.empty_title, strings.empty_text)
        }
        Stage::Unreachable => (PLUG, strings.unreachable_title, strings.unreachable_text),
        Stage::Refused(Refusal::SignedOut) => {
            (LOCK, strings.signed_out_title, strings.signed_out_text)
        }
        Stage::Refused(Refusal::NoAccess) => {
            (LOCK, strings.no_access_title, strings.no_access_text)
        }
        Stage::Refused(Refusal::UnknownChannel) => {
            (SEARCH, strings.unknown_title, strings.unknown_text)
        }
        Stage::Refused(Refusal::Misconfigured(_)) => (
            WARNING,
            strings.misconfigured_title,
            strings.misconfigured_text,
        ),
    };
    let again = !matches!(stage, Stage::Loading | Stage::History | Stage::Empty);
    let detail = match stage {
        Stage::Refused(Refusal::Misconfigured(sentence)) if !sentence.is_empty() => Some(sentence),
        _ => None,
    };
    view! {
        <div class="notice" role="status">
            <span class="notice-picture">{icon(picture)}</span>
            <p class="notice-title">{title}</p>
            <p class="notice-text">{text}</p>
            {detail.map(|detail| view! { <p class="notice-detail"><bdi>{detail}</bdi></p> })}
            {again.then(|| view! {
                <button type="button" class="solid" on:click=move |_| scene.conversation.dispatch(Event::RetriedOpening)>
                    {strings.try_again}
                </button>
            })}
        </div>
    }
}
