use super::pen::{Pen, set};
use super::region::watch;
use super::scene::Scene;
use chat_core::RowId;
use leptos::prelude::*;
use markup::{Dates as _, Pen as _};
use markup::row::{May, Parts, Shown};
use web_sys::Element;

/// One message's element, kept what the conversation says it is by one effect, which lives as long as the present
/// reactive owner. How it looks is `markup`'s.
pub(super) fn element(pen: &Pen, rows: &Element, id: RowId, scene: Scene) -> Option<Element> {
    let item = pen.element(rows, "div", "item")?;
    item.remove();
    set(&item, "data-row", &id.get().to_string());
    set(&item, "tabindex", "-1");
    set(&item, "role", "article");
    draw(&item, id, scene);
    Some(item)
}

fn draw(item: &Element, id: RowId, scene: Scene) {
    let Some(pen) = Pen::near(item, scene.strings) else {
        return;
    };
    let Some(parts) = Parts::new(&pen, item.clone()) else {
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
