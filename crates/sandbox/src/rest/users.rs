use super::paging::{Paging, cursor};
use super::version::ApiVersion;
use super::{ApiError, Caller, PathOf, QueryOf};
use crate::company;
use crate::database::{Database, Position, StoredUser, page_of};
use crate::state::Sandbox;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::json;
use wire::Extra;
use wire::rest::{AccessCheck, Page, ProfilePicture, User};

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
    version: ApiVersion,
    QueryOf(query): QueryOf<ListQuery>,
) -> Result<Json<Page<User>>, ApiError> {
    let window = query.paging.window()?;
    sandbox
        .store()
        .run(move |database| {
            let users = database.users(query.query.as_deref().unwrap_or_default())?;
            Ok(Json(page_of(
                users,
                &window,
                |user| Position {
                    order: user.created_at,
                    id: user.id.to_string(),
                },
                cursor,
                |user| profile(database, &user, version),
            )))
        })
        .await
}

/// October's promises a picture, and lists that the sandbox has nothing for.
fn profile(database: &Database, user: &StoredUser, version: ApiVersion) -> User {
    let mut profile = user.profile();
    if version == ApiVersion::October {
        let address = database.portrait_address(&user.id);
        profile.profile_picture = Some(ProfilePicture {
            url: Some(address),
            ..ProfilePicture::default()
        });
        profile.extra.insert("balances", json!([]));
        profile.extra.insert("social_links", json!([]));
        let unverified = json!({"individual": null, "business": null});
        profile.extra.insert("verification", unverified);
    }
    profile
}

/// `GET /users/{id}`: by id, by username, or `me`.
pub async fn retrieve(
    State(sandbox): State<Sandbox>,
    caller: Caller,
    version: ApiVersion,
    PathOf(id): PathOf<String>,
) -> Result<Json<User>, ApiError> {
    sandbox
        .store()
        .run(move |database| {
            let user = if id == "me" {
                caller.user
            } else {
                database
                    .user_named(&id)?
                    .ok_or(ApiError::NotFound("user"))?
            };
            Ok(Json(profile(database, &user, version)))
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
