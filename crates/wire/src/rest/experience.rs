use crate::read::read_object;
use crate::{ExperienceId, Extra, Timestamp};
use serde::Serialize;

/// An experience of `GET /experiences/{id}`: an app's place within a company.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Experience {
    /// The experience's id.
    pub id: ExperienceId,
    /// Its name.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// Fields that this version doesn't name: `app`, `company`, `products`, `image` …
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

read_object!(Experience {
    id: required "id",
    name: required "name",
    created_at: required "created_at",
} extra);
