use super::super::dom::{focus_quietly, focused};
use super::super::pen::{set, set_property};
use chat_core::RowId;
use leptos::prelude::Owner;
use virtual_list::{Length, Place, Span, Viewport};
use web_sys::{Element, ResizeObserver};

/// The rows that are in the document: those near the reader's eye, and the few that must not go (see
/// [`super::reader`]). Between rows that don't follow each other, and before the first, a margin is as high as what is
/// left out.
#[derive(Default)]
pub(super) struct Drawn {
    rows: Vec<DrawnRow>,
    foot: Length,
}

struct DrawnRow {
    id: RowId,
    place: Place,
    item: Element,
    /// It has to be put in its place.
    astray: bool,
    /// Nobody has seen how high it is.
    fresh: bool,
    gap: Length,
    counted: Counted,
    /// Owns the effect that keeps the element what the row is.
    _owner: Owner,
}

/// What those hear who don't see where they are.
#[derive(Clone, Copy, PartialEq)]
struct Counted {
    position: usize,
    /// Of how many; unknown while there may be older ones.
    rows: Option<usize>,
}

/// Which rows to draw.
pub(super) struct Choice<'a> {
    pub wanted: Span,
    /// Those that are drawn stay here.
    pub kept: Span,
    /// These stay wherever they are.
    pub held: &'a [RowId],
}

impl Drawn {
    /// Draws what is not drawn yet, and takes away what is too far off. `make` draws a row.
    pub fn choose(
        &mut self,
        viewport: &Viewport<RowId>,
        choice: &Choice<'_>,
        rows: &Element,
        observer: Option<&ResizeObserver>,
        make: &dyn Fn(RowId) -> Option<(Element, Owner)>,
    ) {
        let heights = viewport.heights();
        let stays = |row: &mut DrawnRow| {
            if heights.key(row.place) != Some(row.id) {
                let Some(place) = heights.find_key(row.id) else {
                    return false;
                };
                row.place = place;
                row.astray = true;
                row.fresh = true;
            }
            let at = heights.position(row.place);
            row.counted.position = at;
            choice.kept.contains(at) || choice.wanted.contains(at) || choice.held.contains(&row.id)
        };
        let mut left = None;
        self.rows.retain_mut(|row| {
            let stays = stays(row);
            if !stays {
                if row.item.contains(focused(&row.item).as_deref()) {
                    left = Some(row.counted.position);
                }
                if let Some(observer) = observer {
                    observer.unobserve(&row.item);
                }
                row.item.remove();
            }
            stays
        });
        self.rows.sort_unstable_by_key(|row| row.counted.position);
        for at in choice.wanted.first..=choice.wanted.last {
            let found = self
                .rows
                .binary_search_by_key(&at, |row| row.counted.position);
            let Err(index) = found else { continue };
            if let Some(place) = heights.at(at)
                && let Some(id) = heights.key(place)
                && let Some((item, owner)) = make(id)
            {
                let row = DrawnRow {
                    id,
                    place,
                    astray: item.parent_element().as_ref() != Some(rows),
                    item,
                    fresh: true,
                    gap: Length::ZERO,
                    counted: Counted {
                        position: at,
                        rows: None,
                    },
                    _owner: owner,
                };
                self.rows.insert(index, row);
            }
        }
        self.put_in_place(rows);
        // Who read the message that was deleted is not sent back to the page's beginning (A3).
        if let Some(left) = left {
            let mut next = self.rows.iter();
            let next = next.find(|row| row.counted.position >= left);
            if let Some(next) = next.or(self.rows.last()) {
                focus_quietly(&next.item);
            }
        }
    }

    /// Whether there are rows whose height nobody has seen.
    pub fn is_fresh(&self) -> bool {
        self.rows.iter().any(|row| row.fresh)
    }

    /// Measures what is new, and calls for each.
    pub fn measure(&mut self, viewport: &mut Viewport<RowId>, mut call: impl FnMut(&Element)) {
        for row in self.rows.iter_mut().filter(|row| row.fresh) {
            row.fresh = false;
            let height = row.item.get_bounding_client_rect().height();
            viewport.measure(row.place, Length::pixels(height));
            call(&row.item);
        }
    }

    /// Only what is new or was moved is put somewhere: an element that is put where it stands would lose its focus.
    fn put_in_place(&mut self, rows: &Element) {
        let mut before: Option<Element> = None;
        for row in &mut self.rows {
            if row.astray {
                let next = match &before {
                    Some(before) => before.next_sibling(),
                    None => rows.first_child(),
                };
                let _ = rows.insert_before(&row.item, next.as_ref());
                row.astray = false;
            }
            before = Some(row.item.clone());
        }
    }

    /// Makes the room for what is left out. `all`: how many rows there are, where that is known. `spare`: more room before
    /// the first row.
    pub fn lay_out(
        &mut self,
        viewport: &Viewport<RowId>,
        rows: &Element,
        all: Option<usize>,
        spare: Length,
    ) {
        let heights = viewport.heights();
        let mut end = heights.total() + spare;
        for row in &mut self.rows {
            let height = heights.height(row.place);
            let behind = heights.behind(row.place);
            let gap = end - behind - height;
            if row.gap != gap {
                row.gap = gap;
                set_length(&row.item, "margin-block-start", gap);
            }
            end = behind;
            let counted = Counted {
                position: heights.position(row.place),
                rows: all,
            };
            if row.counted != counted || !row.item.has_attribute("aria-setsize") {
                row.counted = counted;
                set(
                    &row.item,
                    "aria-posinset",
                    &(counted.position + 1).to_string(),
                );
                let all = all.map_or_else(|| "-1".to_owned(), |all| all.to_string());
                set(&row.item, "aria-setsize", &all);
            }
        }
        let foot = end + viewport.shift();
        if self.foot != foot {
            self.foot = foot;
            // Browsers count large lengths in single precision: the whole pixels and what is left, each exactly.
            let (pixels, rest) = foot.parts();
            set_property(
                rows,
                "margin-block-end",
                &[&pixels.to_string(), "px"].concat(),
            );
            set_property(rows, "padding-block-end", &sixty_fourths(rest));
        }
    }

    /// The element of a row, if it is drawn.
    pub fn item(&self, id: RowId) -> Option<&Element> {
        self.rows
            .iter()
            .find(|row| row.id == id)
            .map(|row| &row.item)
    }

    /// The row that an element is.
    pub fn of_item(&self, item: &Element) -> Option<(RowId, Place)> {
        let row = self.rows.iter().find(|row| row.item == *item)?;
        Some((row.id, row.place))
    }
}

fn set_length(element: &Element, name: &str, length: Length) {
    let (pixels, rest) = length.parts();
    let value = if rest == 0 {
        [&pixels.to_string(), "px"].concat()
    } else {
        [
            "calc(",
            &pixels.to_string(),
            "px + ",
            &sixty_fourths(rest),
            ")",
        ]
        .concat()
    };
    set_property(element, name, &value);
}

fn sixty_fourths(count: i64) -> String {
    ["calc(", &count.to_string(), "px / 64)"].concat()
}
