use crate::Extra;
use crate::json::Value;
use crate::open_enum::open_enum;
use crate::read::{self, Object, Read, Reading, read_object};
use serde::{Deserialize, Deserializer, Serialize};

open_enum! {
    /// The order of a list.
    Direction {
        /// Oldest first.
        Ascending = "asc",
        /// Newest first.
        Descending = "desc",
    }
}

/// A page of a list. Cursors go in the query: `first` with `after`, `last` with `before`. An entity that can't be read is
/// left out: the others are of use all the same.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Page<T> {
    /// The page's entities, in the list's order.
    pub data: Vec<T>,
    /// Where the page lies within the list.
    pub page_info: PageInfo,
}

impl<T: Read> Read for Page<T> {
    fn read(value: Value<'_>, reading: &mut Reading) -> Self {
        let mut object = Object::new("Page", value, reading);
        Self {
            data: object.readable("data"),
            page_info: object.required("page_info"),
        }
    }
}

impl<'de, T: Read> Deserialize<'de> for Page<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read::deserialize(deserializer)
    }
}

/// Where a page lies within its list.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct PageInfo {
    /// The cursor of the page's last entity: the next page's `after`.
    pub end_cursor: Option<String>,
    /// The cursor of the page's first entity: the previous page's `before`.
    pub start_cursor: Option<String>,
    /// There is more after `end_cursor`.
    pub has_next_page: bool,
    /// There is more before `start_cursor`.
    pub has_previous_page: bool,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

read_object!(PageInfo {
    end_cursor: optional "end_cursor",
    start_cursor: optional "start_cursor",
    has_next_page: or_default "has_next_page",
    has_previous_page: or_default "has_previous_page",
} extra);
