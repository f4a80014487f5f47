use crate::read::read_object;
use crate::{Extra, Timestamp, UserId};
use serde::Serialize;

/// A user as messages and reactions name them.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct UserReference {
    /// The user's id.
    pub id: UserId,
    /// The name they show, if they chose one.
    pub name: Option<String>,
    /// Their unique name.
    pub username: String,
    /// Their picture, where the server sends one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile_picture: Option<ProfilePicture>,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

read_object!(UserReference {
    id: required "id",
    name: optional "name",
    username: or_default "username",
    profile_picture: optional "profile_picture",
} extra);

/// A user's picture.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ProfilePicture {
    /// Where it can be read.
    pub url: Option<String>,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

read_object!(ProfilePicture {
    url: optional "url",
} extra);

/// A user's public profile, of `GET /users/{id}`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct User {
    /// The user's id.
    pub id: UserId,
    /// The name they show, if they chose one.
    pub name: Option<String>,
    /// Their unique name.
    pub username: String,
    /// What they say of themselves.
    pub bio: Option<String>,
    /// When they joined Whop.
    pub created_at: Timestamp,
    /// Their picture.
    pub profile_picture: Option<ProfilePicture>,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

read_object!(User {
    id: required "id",
    name: optional "name",
    username: required "username",
    bio: optional "bio",
    created_at: required "created_at",
    profile_picture: optional "profile_picture",
} extra);
