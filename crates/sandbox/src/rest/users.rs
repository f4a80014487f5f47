use super::paging::{Paging, cursor};
use super::{ApiError, Caller, PathOf, QueryOf};
use crate::company;
use crate::database::{Position, page_of};
use crate::state::Sandbox;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use wire::Extra;
use wire::rest::{AccessCheck, Page, User};

/// The query of `GET /users`.
#[derive(Debug, Deserialize)]
pub struct ListQuery {
    query: Option<String>,
    #[serde(flatten)]
    paging: Paging,
}

/// `GET /users`: those whose name contains the query.
pub async fn list(
    State(sandbox): State<Sandbox>,
    _: Caller,
    QueryOf(query): QueryOf<ListQuery>,
) -> Result<Json<Page<User>>, ApiError> {
    let window = query.paging.window()?;
    let users = sandbox
        .store()
        .run(move |database| database.users(query.query.as_deref().unwrap_or_default()))
        .await?;
    Ok(Json(page_of(
        users,
        &window,
        |user| Position {
            order: user.created_at,
            id: user.id.to_string(),
        },
        cursor,
        |user| user.profile(),
    )))
}

/// `GET /users/{id}`: by id, by username, or `me`.
pub async fn retrieve(
    State(sandbox): State<Sandbox>,
    caller: Caller,
    PathOf(id): PathOf<String>,
) -> Result<Json<User>, ApiError> {
    if id == "me" {
        return Ok(Json(caller.user.profile()));
    }
    sandbox
        .store()
        .run(move |database| {
            let user = database.user_named(&id)?;
            Ok(Json(user.ok_or(ApiError::NotFound("user"))?.profile()))
        })
        .await
}

/// `GET /users/{id}/access/{resource_id}`: to the company, the product, an experience or a channel.
pub async fn access(
    State(sandbox): State<Sandbox>,
    caller: Caller,
    PathOf((id, resource_id)): PathOf<(String, String)>,
) -> Result<Json<AccessCheck>, ApiError> {
    if !caller.has_api_key && id != "me" && id != caller.user.id.as_str() {
        return Err(ApiError::Forbidden(
            "An access token can only ask about its own user".to_owned(),
        ));
    }
    sandbox
        .store()
        .run(move |database| {
            let user = if id == "me" {
                caller.user
            } else {
                database.user(&id)?.ok_or(ApiError::NotFound("user"))?
            };
            let known = [company::COMPANY_ID, company::PRODUCT_ID].contains(&resource_id.as_str())
                || database.channel(&resource_id)?.is_some();
            if !known {
                return Err(ApiError::NotFound("resource"));
            }
            Ok(Json(AccessCheck {
                has_access: user.has_access(),
                access_level: user.access_level,
                extra: Extra::default(),
            }))
        })
        .await
}
