use super::query::{Asked, refused};
use crate::company;
use crate::rest::{PathOf, check_access};
use async_graphql::{Context, Enum, Result, SimpleObject};
use axum::extract::State;
use wire::rest;

/// How much somebody may reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(rename_items = "snake_case")]
pub enum AccessLevel {
    Admin,
    Customer,
    NoAccess,
}

/// Whether somebody may see a thing.
#[derive(Clone, Copy, Debug, SimpleObject)]
pub struct HasAccessResult {
    has_access: bool,
    access_level: AccessLevel,
}

/// What `GET /users/{id}/access/{resource}` says.
pub async fn check(
    context: &Context<'_>,
    resource: String,
    user_id: Option<String>,
) -> Result<HasAccessResult> {
    let Asked { sandbox, caller } = Asked::by(context)?;
    let experience = resource.clone();
    let is_forum = sandbox
        .store()
        .run(move |database| database.forum(&experience))
        .await
        .map_err(refused)?
        .is_some();
    let resource = if is_forum {
        company::PRODUCT_ID.to_owned()
    } else {
        resource
    };
    let path = PathOf((user_id.unwrap_or_else(|| "me".to_owned()), resource));
    let access = check_access(State(sandbox), caller, path)
        .await
        .map_err(refused)?;
    Ok(HasAccessResult {
        has_access: access.has_access,
        access_level: match access.access_level {
            rest::AccessLevel::Admin => AccessLevel::Admin,
            rest::AccessLevel::Customer => AccessLevel::Customer,
            _ => AccessLevel::NoAccess,
        },
    })
}
