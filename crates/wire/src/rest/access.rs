use crate::Extra;
use crate::open_enum::open_enum;
use crate::read::read_object;
use serde::Serialize;

open_enum! {
    /// How much of a company, product or experience a user may reach.
    AccessLevel {
        /// None of it.
        NoAccess = "no_access" | "NO_ACCESS",
        /// What members see.
        Customer = "customer" | "CUSTOMER",
        /// All, and its settings.
        Admin = "admin" | "ADMIN",
    }
}

/// The answer of `GET /users/{id}/access/{resource_id}`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AccessCheck {
    /// Whether the user may see the resource at all.
    pub has_access: bool,
    /// As what.
    pub access_level: AccessLevel,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

read_object!(AccessCheck {
    has_access: required "has_access",
    access_level: required "access_level",
} extra);
