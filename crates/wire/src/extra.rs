use crate::json::Value;
use std::borrow::Cow;

type Fields<'t> = Vec<(Cow<'t, str>, Value<'t>)>;

/// The fields of an entity that this crate doesn't know.
///
/// With the feature `lossless` (servers and tests) they survive a round trip. Without it (the widget, which
/// never sends back an entity that it received) they are dropped, and so is the code that keeps them.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "lossless", derive(serde::Serialize))]
#[cfg_attr(feature = "lossless", serde(transparent))]
pub struct Extra {
    #[cfg(feature = "lossless")]
    fields: serde_json::Map<String, serde_json::Value>,
}

impl Extra {
    #[cfg(feature = "lossless")]
    pub(crate) fn from_fields(fields: Fields<'_>) -> Self {
        let fields = fields.into_iter();
        Self {
            fields: fields
                .map(|(name, value)| (name.into_owned(), value.into()))
                .collect(),
        }
    }

    #[cfg(not(feature = "lossless"))]
    pub(crate) fn from_fields(_: Fields<'_>) -> Self {
        Self {}
    }
}

#[cfg(feature = "lossless")]
impl Extra {
    /// The unknown field of that name, as it came.
    pub fn get(&self, name: &str) -> Option<&serde_json::Value> {
        self.fields.get(name)
    }

    /// Adds a field that the entity's type doesn't name.
    pub fn insert(&mut self, name: impl Into<String>, value: serde_json::Value) {
        self.fields.insert(name.into(), value);
    }

    /// Whether the entity held nothing but known fields.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }
}
