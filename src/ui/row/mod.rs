//! One message with all its parts. A row is drawn by hand, by one effect that looks at what changed since: only those
//! parts are touched. What is clicked in it is named by `data-act`, and the list's one listener does it.

mod attachments;
mod avatar;
mod delivery;
mod heading;
mod parts;
mod poll;
mod quote;
mod reactions;
mod tools;

use super::pen::Pen;
use super::region::watch;
use super::scene::Scene;
use chat_core::{Row, RowId};
use leptos::prelude::*;
use parts::Parts;
use std::rc::Rc;
use web_sys::Element;

/// A row as it was drawn.
struct Shown {
    row: Rc<Row>,
    may: May,
    /// The day that begins with it.
    day: Option<String>,
}

/// What the visitor may do with a message.
#[derive(Clone, Copy, PartialEq)]
struct May {
    react: bool,
    post: bool,
}

/// One message.
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
        let shown = Shown { row, may, day };
        parts.draw(&pen, scene.dates, before.as_ref(), &shown);
        before = Some(shown);
    });
}
