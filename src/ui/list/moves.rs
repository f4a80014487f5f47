use super::super::dom::focus_quietly;
use super::reader::Reader;
use chat_core::RowId;
use std::rc::Rc;
use virtual_list::{Length, Place};
use web_sys::{DomRect, Element};

/// A message that the focus goes to stands at least so far from the view's edges.
const MARGIN: Length = Length::whole(8);

/// Where the focus goes from a message.
#[derive(Clone, Copy)]
pub(in super::super) enum Move {
    Up,
    Down,
    PageUp,
    PageDown,
    First,
    Last,
}

/// The list, for those who want to get to one of its rows, drawn or not.
#[derive(Clone)]
pub(in super::super) struct Rows(Rc<Reader>);

impl Rows {
    pub(super) fn new(reader: Rc<Reader>) -> Self {
        Self(reader)
    }

    /// Shows a row in the middle of the view, and answers its element.
    pub fn bring(&self, id: RowId) -> Option<Element> {
        self.0.catch_up();
        let place = self.place(id)?;
        // Twice: how high it is, is known when it is drawn.
        for _ in 0..2 {
            let top = self.0.look(|viewport, _| {
                let room = viewport.extent() - viewport.heights().height(place);
                room.divided_by(2).max(MARGIN)
            });
            self.0.show_at(place, top);
        }
        self.0.look(|_, drawn| drawn.item(id).cloned())
    }

    /// Shows a part of a row that is shown, in the middle of the view if it is not in sight. `part` says where it stands.
    pub fn bring_part(&self, id: RowId, part: impl Fn() -> Option<DomRect>) {
        let view = self.0.scroller.get_bounding_client_rect();
        let (Some(part), Some(place)) = (part(), self.place(id)) else {
            return;
        };
        let margin = MARGIN.as_pixels();
        if part.top() < view.top() + margin || part.bottom() > view.bottom() - margin {
            let by = (view.top() + view.bottom() - part.top() - part.bottom()) / 2.0;
            let top = self.0.look(|viewport, _| viewport.top(place)) + Length::pixels(by);
            self.0.show_at(place, top);
        }
    }

    /// What is read: the lowest row in sight, and how far above the view's lower edge it begins.
    pub fn reading(&self) -> Option<(RowId, Length)> {
        self.0.look(|viewport, _| {
            let heights = viewport.heights();
            let place = heights.at(viewport.in_sight()?.last)?;
            Some((heights.key(place)?, viewport.extent() - viewport.top(place)))
        })
    }

    /// Shows again what was read.
    pub fn put_back(&self, (id, above): (RowId, Length)) {
        self.0.catch_up();
        if let Some(place) = self.place(id) {
            let top = self.0.look(|viewport, _| viewport.extent() - above);
            self.0.show_at(place, top);
        }
    }

    /// A row's element, if all of it is in sight.
    pub fn in_sight(&self, id: RowId) -> Option<Element> {
        self.0.catch_up();
        let place = self.place(id)?;
        self.0.look(|viewport, drawn| {
            let top = viewport.top(place);
            let bottom = top + viewport.heights().height(place);
            let is_within = top >= MARGIN && bottom + MARGIN <= viewport.extent();
            drawn.item(id).filter(|_| is_within).cloned()
        })
    }

    /// Moves the focus from a message, or from the list itself, to another, and brings it into sight.
    pub fn go(&self, from: Option<&Element>, by: Move) {
        let Some(place) = self.target(from, by) else {
            return;
        };
        self.reveal(place);
        let item = self.0.look(|viewport, drawn| {
            let id = viewport.heights().key(place)?;
            drawn.item(id).cloned()
        });
        if let Some(item) = item {
            focus_quietly(&item);
        }
    }

    fn place(&self, id: RowId) -> Option<Place> {
        let scene = self.0.scene;
        let at = scene.conversation.look(|chat| chat.index_of(id))??;
        let at_index = self.0.look(|viewport, _| viewport.heights().at(at));
        let is_it = |place: &Place| {
            self.0
                .look(|viewport, _| viewport.heights().key(*place) == Some(id))
        };
        // What the conversation has not told the list yet may have moved it.
        at_index
            .filter(is_it)
            .or_else(|| self.0.look(|viewport, _| viewport.heights().find_key(id)))
    }

    fn target(&self, from: Option<&Element>, by: Move) -> Option<Place> {
        self.0.look(|viewport, drawn| {
            let heights = viewport.heights();
            let last = heights.len().checked_sub(1)?;
            let Some((_, place)) = from.and_then(|item| drawn.of_item(item)) else {
                return heights.at(viewport.in_sight()?.last);
            };
            let at = heights.position(place);
            let page = viewport.extent().times(0.85);
            let end = heights.behind(place) + heights.height(place) - Length::LEAST;
            let to = |distance| heights.find(distance).map(|place| heights.position(place));
            let next = match by {
                Move::Up => at.saturating_sub(1),
                Move::Down => (at + 1).min(last),
                Move::PageUp => to(end + page)?.min(at.saturating_sub(1)),
                Move::PageDown => to(end - page)?.max(at + 1).min(last),
                Move::First => 0,
                Move::Last => last,
            };
            heights.at(next)
        })
    }

    /// Brings a row into sight, by as little as possible.
    fn reveal(&self, place: Place) {
        // Twice: how high it is, is known when it is drawn.
        for _ in 0..2 {
            let top = self.0.look(|viewport, _| {
                let top = viewport.top(place);
                let lowest = viewport.extent() - MARGIN - viewport.heights().height(place);
                // Of what is higher than the view, the beginning.
                let wanted = top.min(lowest).max(MARGIN);
                (wanted != top).then_some(wanted)
            });
            if let Some(top) = top {
                self.0.show_at(place, top);
            }
        }
    }
}
