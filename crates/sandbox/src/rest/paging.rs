use super::ApiError;
use crate::database::{Position, Window};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;

const USUAL_PAGE: usize = 20;
const LARGEST_PAGE: usize = 100;

/// The paging parameters of every list.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Paging {
    first: Option<String>,
    last: Option<String>,
    after: Option<String>,
    before: Option<String>,
}

impl Paging {
    /// The paging parameters among others, where one of those may come more than once.
    pub fn from_pairs(pairs: &[(String, String)]) -> Self {
        let value = |wanted: &str| {
            let mut found = pairs.iter().filter(|(name, _)| name == wanted);
            found.next().map(|(_, value)| value.clone())
        };
        Self {
            first: value("first"),
            last: value("last"),
            after: value("after"),
            before: value("before"),
        }
    }

    /// What they ask for.
    ///
    /// # Errors
    /// 400 when a number or a cursor is none, or when `first` and `last` are both there.
    pub fn window(&self) -> Result<Window, ApiError> {
        let count = |name, value: &Option<String>| {
            value
                .as_deref()
                .filter(|text| !text.is_empty())
                .map(|text| {
                    text.parse::<usize>()
                        .ok()
                        .filter(|count| *count > 0)
                        .map(|count| count.min(LARGEST_PAGE))
                        .ok_or_else(|| {
                            ApiError::bad_request(format!("{name} must be a number from 1 to 100"))
                        })
                })
                .transpose()
        };
        let position = |name, value: &Option<String>| {
            value
                .as_deref()
                .filter(|text| !text.is_empty())
                .map(|text| {
                    read_cursor(text).ok_or_else(|| {
                        ApiError::bad_request(format!("{name} is not a cursor of this list"))
                    })
                })
                .transpose()
        };
        let (first, last) = (count("first", &self.first)?, count("last", &self.last)?);
        if first.is_some() && last.is_some() {
            return Err(ApiError::bad_request("Give either first or last, not both"));
        }
        let (after, before) = (
            position("after", &self.after)?,
            position("before", &self.before)?,
        );
        Ok(Window {
            // Without a count, `before` alone asks for what stands directly before it.
            from_end: last.is_some() || (first.is_none() && before.is_some() && after.is_none()),
            limit: first.or(last).unwrap_or(USUAL_PAGE),
            after,
            before,
        })
    }
}

/// The cursor of a position: opaque to clients.
pub fn cursor(position: &Position) -> String {
    URL_SAFE_NO_PAD.encode(format!("v1:{}:{}", position.order, position.id))
}

fn read_cursor(cursor: &str) -> Option<Position> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
    let (order, id) = text.strip_prefix("v1:")?.split_once(':')?;
    Some(Position {
        order: order.parse().ok()?,
        id: id.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn cursors_survive_the_round_trip(order: i64, id in "[a-zA-Z0-9_:]{0,40}") {
            let position = Position { order, id };
            prop_assert_eq!(read_cursor(&cursor(&position)), Some(position));
        }

        #[test]
        fn any_text_is_a_cursor_or_none(text in "\\PC*") {
            let _ = read_cursor(&text);
        }
    }
}
