use crate::Extra;
use serde::{Deserialize, Serialize};

/// The body of every answer whose status is not a success: `{"error":{"type","message"}}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ErrorBody {
    /// What went wrong.
    pub error: ApiError,
}

/// What went wrong, as Whop says it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ApiError {
    /// A word for programs, such as `not_found`.
    #[serde(default, rename = "type")]
    pub kind: String,
    /// A sentence for people.
    #[serde(default)]
    pub message: String,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

impl ErrorBody {
    /// A body with that word and that sentence.
    pub fn new(kind: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            error: ApiError {
                kind: kind.into(),
                message: message.into(),
                extra: Extra::default(),
            },
        }
    }
}
