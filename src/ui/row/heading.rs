use super::{RowSignal, read};
use crate::ui::dates::machine;
use crate::ui::scene::Scene;
use chat_core::Kind;
use leptos::prelude::*;

/// Who and when. Every row has it, for those who listen; CSS shows it where a group begins.
pub(super) fn view(row: RowSignal, scene: Scene) -> impl IntoView {
    move || {
        read(row, |row| {
            (row.author.name.clone(), row.kind, row.created_at)
        })
        .map(|(name, kind, at)| {
            let badge = (kind == Kind::Automated)
                .then(|| view! { <span class="badge">{scene.strings.automated}</span> });
            view! {
                <div class="heading">
                    <bdi class="name">{name}</bdi>
                    {badge}
                    <time class="time" datetime=machine(at) title=scene.dates.exact(at)>
                        {scene.dates.time(at)}
                    </time>
                </div>
            }
        })
    }
}

/// That it was edited or is pinned.
pub(super) fn marks(row: RowSignal, scene: Scene) -> impl IntoView {
    move || {
        let (edited, pinned) = read(row, |row| (row.edited, row.pinned)).unwrap_or_default();
        (edited || pinned).then(|| {
            view! {
                <div class="marks">
                    {pinned.then(|| view! { <span class="pinned">{scene.strings.pinned}</span> })}
                    {edited.then(|| view! { <span class="edited">{scene.strings.edited}</span> })}
                </div>
            }
        })
    }
}
