use super::pen::{Pen, set};
use super::region::watch;
use super::scene::Scene;
use chat_core::{Row, RowId};
use leptos::prelude::*;
use markup::Dates as _;
use markup::row::{May, PAINTED, Parts, Shown};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlImageElement};

/// One message's element, kept what the conversation says it is by one effect, which lives as long as the present
/// reactive owner. How it looks is `markup`'s. It is the one among `rows` that was painted before the widget came, where
/// that is what would be drawn now; another one is not in the document yet.
pub(super) fn element(pen: &Pen, rows: &Element, id: RowId, scene: Scene) -> Option<Element> {
    let mut item = pen.loose("div")?;
    let mut parts = Parts::new(pen, item.clone(), id)?;
    let mut before: Option<Shown> = None;
    if scene.taking_over.get_value()
        && let Some(painted) = painted(rows, id)
    {
        let row = scene.conversation.row_now(id)?;
        let shown = untrack(|| shown(Rc::new(row), scene));
        parts.draw(pen, &scene.dates, None, &shown);
        item.normalize();
        let _ = painted.remove_attribute(PAINTED);
        if painted.is_equal_node(Some(&item)) {
            parts = Parts::of(pen, painted.clone())?;
            item = painted;
            mark_pictures(&item);
        } else {
            painted.remove();
        }
        before = Some(shown);
    }
    let pen = Pen::near(&item, scene.strings)?;
    let signal = scene.conversation.row(id);
    watch(move || {
        // The row may be gone a moment before its element is.
        let Some(row) = signal.try_get().flatten() else {
            return;
        };
        let shown = shown(row, scene);
        parts.draw(&pen, &scene.dates, before.as_ref(), &shown);
        before = Some(shown);
    });
    Some(item)
}

/// What the row's element shows. Tracks.
fn shown(row: Rc<Row>, scene: Scene) -> Shown {
    Shown {
        may: May {
            react: scene.can_react(),
            post: scene.can_post(),
            moderate: scene.can_moderate(),
        },
        day: row.starts_day.then(|| scene.dates.day(row.created_at)),
        starts_unread: scene.divider.get() == Some(row.id),
        // Within a group the gutter has no room for more than the clock's time.
        time: if row.starts_group {
            scene.dates.posted(row.created_at)
        } else {
            scene.dates.time(row.created_at)
        },
        row,
    }
}

/// Nobody has heard of what had arrived before the widget came.
fn mark_pictures(item: &Element) {
    let pictures = item.get_elements_by_tag_name("img");
    for at in 0..pictures.length() {
        let picture = pictures
            .item(at)
            .and_then(|picture| picture.dyn_into().ok());
        let Some::<HtmlImageElement>(picture) = picture else {
            continue;
        };
        if picture.complete() {
            let is_there = picture.natural_width() > 0;
            set(
                &picture,
                if is_there {
                    "data-loaded"
                } else {
                    "data-broken"
                },
                "",
            );
        }
    }
}

fn painted(rows: &Element, id: RowId) -> Option<Element> {
    let selector = ["[data-row=\"", &id.get().to_string(), "\"][", PAINTED, "]"].concat();
    rows.query_selector(&selector).ok()?
}
