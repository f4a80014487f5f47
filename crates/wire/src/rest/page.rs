use crate::Extra;
use crate::open_enum::open_enum;
use serde::{Deserialize, Serialize};

open_enum! {
    /// The order of a list.
    Direction {
        /// Oldest first.
        Ascending = "asc",
        /// Newest first.
        Descending = "desc",
    }
}

/// A page of a list. Cursors go in the query: `first` with `after`, `last` with `before`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Page<T> {
    /// The page's entities, in the list's order.
    pub data: Vec<T>,
    /// Where the page lies within the list.
    pub page_info: PageInfo,
}

/// Where a page lies within its list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PageInfo {
    /// The cursor of the page's last entity: the next page's `after`.
    #[serde(default)]
    pub end_cursor: Option<String>,
    /// The cursor of the page's first entity: the previous page's `before`.
    #[serde(default)]
    pub start_cursor: Option<String>,
    /// There is more after `end_cursor`.
    #[serde(default)]
    pub has_next_page: bool,
    /// There is more before `start_cursor`.
    #[serde(default)]
    pub has_previous_page: bool,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}
