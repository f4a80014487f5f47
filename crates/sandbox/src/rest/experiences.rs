use super::conversations::known_company;
use super::paging::{Paging, cursor};
use super::{ApiError, Caller, PathOf, QueryOf};
use crate::database::{Position, page_of};
use crate::state::Sandbox;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use wire::rest::{Experience, Page};

/// The query of `GET /experiences`.
#[derive(Debug, Deserialize)]
pub struct ListQuery {
    company_id: Option<String>,
    account_id: Option<String>,
    #[serde(flatten)]
    paging: Paging,
}

/// `GET /experiences`.
pub async fn list(
    State(sandbox): State<Sandbox>,
    _: Caller,
    QueryOf(query): QueryOf<ListQuery>,
) -> Result<Json<Page<Experience>>, ApiError> {
    let window = query.paging.window()?;
    known_company([query.company_id.as_deref(), query.account_id.as_deref()])?
        .ok_or_else(|| ApiError::bad_request("company_id is missing"))?;
    let channels = sandbox.store().run(|database| database.channels()).await?;
    Ok(Json(page_of(
        channels,
        &window,
        |channel| Position {
            order: channel.created_at,
            id: channel.experience_id.to_string(),
        },
        cursor,
        |channel| channel.experience(),
    )))
}

/// `GET /experiences/{id}`.
pub async fn retrieve(
    State(sandbox): State<Sandbox>,
    _: Caller,
    PathOf(id): PathOf<String>,
) -> Result<Json<Experience>, ApiError> {
    let channel = sandbox
        .store()
        .run(move |database| database.channel(&id))
        .await?;
    channel
        .map(|channel| Json(channel.experience()))
        .ok_or(ApiError::NotFound("experience"))
}
