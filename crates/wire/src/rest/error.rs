use crate::Extra;
use crate::read::read_object;
use serde::Serialize;

/// The body of every answer whose status is not a success: `{"error":{"type","message"}}`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ErrorBody {
    /// What went wrong.
    pub error: ApiError,
}

read_object!(ErrorBody {
    error: required "error",
});

/// What went wrong, as Whop says it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ApiError {
    /// A word for programs, such as `not_found`.
    #[serde(rename = "type")]
    pub kind: String,
    /// A sentence for people.
    pub message: String,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

read_object!(ApiError {
    kind: or_default "type",
    message: or_default "message",
} extra);

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
