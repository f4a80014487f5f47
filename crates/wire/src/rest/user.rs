use crate::{Extra, Timestamp, UserId};
use serde::{Deserialize, Serialize};

/// A user as messages and reactions name them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct UserReference {
    /// The user's id.
    pub id: UserId,
    /// The name they show, if they chose one.
    #[serde(default)]
    pub name: Option<String>,
    /// Their unique name.
    #[serde(default)]
    pub username: String,
    /// Their picture, where the server sends one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile_picture: Option<ProfilePicture>,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

/// A user's picture.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ProfilePicture {
    /// Where it can be read.
    #[serde(default)]
    pub url: Option<String>,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

/// A user's public profile, of `GET /users/{id}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct User {
    /// The user's id.
    pub id: UserId,
    /// The name they show, if they chose one.
    #[serde(default)]
    pub name: Option<String>,
    /// Their unique name.
    pub username: String,
    /// What they say of themselves.
    #[serde(default)]
    pub bio: Option<String>,
    /// When they joined Whop.
    pub created_at: Timestamp,
    /// Their picture.
    #[serde(default)]
    pub profile_picture: Option<ProfilePicture>,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}
