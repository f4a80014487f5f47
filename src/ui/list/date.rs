use super::super::pen::set_if;
use super::super::scene::Scene;
use chat_core::RowId;
use leptos::prelude::*;
use std::cell::RefCell;
use virtual_list::{Length, Viewport};
use web_sys::Element;

/// So far from the view's upper edge a day's own line makes room for itself.
const ROOM: Length = Length::whole(56);

/// The date of what one reads, over the upper edge of the list (M14). It is not there where the list itself says it, nor for
/// who follows what is said now: it would stand on somebody's words.
pub(super) struct StickyDate {
    place: Element,
    shown: RefCell<String>,
}

impl StickyDate {
    pub fn new(place: Element) -> Self {
        Self {
            place,
            shown: RefCell::default(),
        }
    }

    pub fn show(&self, viewport: &Viewport<RowId>, scene: Scene) {
        let day = untrack(|| day(viewport, scene));
        set_if(&self.place, "data-hidden", day.is_none());
        if let Some(day) = day
            && *self.shown.borrow() != day
        {
            self.place.set_text_content(Some(&day));
            self.shown.replace(day);
        }
    }
}

fn day(viewport: &Viewport<RowId>, scene: Scene) -> Option<String> {
    let sight = viewport.in_sight()?;
    if viewport.above() <= Length::ZERO || viewport.is_at_end() {
        return None;
    }
    let row_at = |position| {
        let place = viewport.heights().at(position)?;
        let row = scene.conversation.row_now(viewport.heights().key(place)?)?;
        Some((place, row))
    };
    let (_, first) = row_at(sight.first)?;
    let mut position = sight.first;
    while let Some((place, row)) = row_at(position) {
        if viewport.top(place) > ROOM {
            break;
        }
        if row.starts_day && viewport.top(place) > -ROOM {
            return None;
        }
        position += 1;
    }
    Some(scene.dates.day(first.created_at))
}
