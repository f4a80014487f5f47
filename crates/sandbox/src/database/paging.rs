use wire::Extra;
use wire::rest::{Page, PageInfo};

/// A place in a list that is ordered by time and id. It stays a place when its entity is deleted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Milliseconds since the Unix epoch, or another number that the list is ordered by.
    pub order: i64,
    /// The entity's id.
    pub id: String,
}

/// Which part of a list is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Window {
    /// Only what comes after, in the list's order.
    pub after: Option<Position>,
    /// Only what comes before, in the list's order.
    pub before: Option<Position>,
    /// At most so many.
    pub limit: usize,
    /// The last of them instead of the first.
    pub from_end: bool,
}

/// Cuts the window out of a whole list that is in memory. `position` tells where an item stands; positions are in
/// ascending order along the list.
pub fn page_of<T, U>(
    items: Vec<T>,
    window: &Window,
    position: impl Fn(&T) -> Position,
    cursor: impl Fn(&Position) -> String,
    entity: impl Fn(T) -> U,
) -> Page<U> {
    let start = window.after.as_ref().map_or(0, |after| {
        items.partition_point(|item| position(item) <= *after)
    });
    let end = window.before.as_ref().map_or(items.len(), |before| {
        items.partition_point(|item| position(item) < *before)
    });
    let end = end.max(start);
    let (start, end) = if window.from_end {
        (end.saturating_sub(window.limit).max(start), end)
    } else {
        (start, end.min(start.saturating_add(window.limit)))
    };
    let page_info = PageInfo {
        start_cursor: items[start..end]
            .first()
            .map(&position)
            .as_ref()
            .map(&cursor),
        end_cursor: items[start..end]
            .last()
            .map(&position)
            .as_ref()
            .map(&cursor),
        has_next_page: end < items.len(),
        has_previous_page: start > 0,
        extra: Extra::default(),
    };
    Page {
        data: items
            .into_iter()
            .skip(start)
            .take(end - start)
            .map(entity)
            .collect(),
        page_info,
    }
}
