use super::pen::Pen;
use super::region::watch;
use super::scene::Scene;
use chat_core::RowId;
use leptos::prelude::*;
use markup::Dates as _;
use markup::row::{May, Parts, Shown};
use web_sys::Element;

/// One message, kept what the conversation says it is by one effect. How it looks is `markup`'s.
#[component]
pub(super) fn MessageRow(id: RowId, scene: Scene) -> impl IntoView {
    view! {
        <div class="item" data-row=id.get() tabindex="-1" role="article" use:draw=(id, scene)></div>
    }
}

/// A directive that keeps an element what the row is.
fn draw(item: Element, (id, scene): (RowId, Scene)) {
    let Some(pen) = Pen::near(&item, scene.strings) else {
        return;
    };
    let Some(parts) = Parts::new(&pen, item) else {
        return;
    };
    let signal = scene.conversation.row(id);
    let mut before: Option<Shown> = None;
    watch(move || {
        // The row may be gone a moment before its element is.
        let Some(row) = signal.try_get().flatten() else {
            return;
        };
        let may = May {
            react: scene.can_react(),
            post: scene.can_post(),
        };
        let day = row.starts_day.then(|| scene.dates.day(row.created_at));
        // Within a group the gutter has no room for more than the clock's time.
        let time = if row.starts_group {
            scene.dates.posted(row.created_at)
        } else {
            scene.dates.time(row.created_at)
        };
        let shown = Shown {
            row,
            may,
            day,
            time,
        };
        parts.draw(&pen, &scene.dates, before.as_ref(), &shown);
        before = Some(shown);
    });
}
