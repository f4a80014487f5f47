use super::paging::{Paging, cursor};
use super::{ApiError, Caller, PathOf, QueryOf};
use crate::company;
use crate::database::{Database, Position, page_of};
use crate::state::Sandbox;
use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};
use wire::Timestamp;
use wire::rest::Page;

/// `GET /companies`: those that the caller can reach, of which there is one.
pub async fn list(
    State(sandbox): State<Sandbox>,
    caller: Caller,
    QueryOf(paging): QueryOf<Paging>,
) -> Result<Json<Page<Value>>, ApiError> {
    let window = paging.window()?;
    sandbox
        .store()
        .run(move |database| {
            let companies = if caller.is_app || caller.user.has_access() {
                vec![entity(database)?]
            } else {
                Vec::new()
            };
            Ok(Json(page_of(
                companies,
                &window,
                |_| Position {
                    order: company::FOUNDED,
                    id: company::COMPANY_ID.to_owned(),
                },
                cursor,
                |company| company,
            )))
        })
        .await
}

/// `GET /companies/{id}`: by its id or its place on whop.com. Anybody may read what its page shows.
pub async fn retrieve(
    State(sandbox): State<Sandbox>,
    _: Caller,
    PathOf(id): PathOf<String>,
) -> Result<Json<Value>, ApiError> {
    if ![company::COMPANY_ID, company::COMPANY_ROUTE].contains(&id.as_str()) {
        return Err(ApiError::NotFound("company"));
    }
    sandbox
        .store()
        .run(|database| Ok(Json(entity(database)?)))
        .await
}

fn entity(database: &Database) -> Result<Value, ApiError> {
    let owner = database
        .user(company::OWNER_ID)?
        .ok_or(ApiError::NotFound("user"))?;
    let everybody = database.users("")?;
    let members = everybody.iter().filter(|user| user.has_access()).count();
    let founded = Timestamp::from_unix_millis(company::FOUNDED);
    Ok(json!({
        "id": company::COMPANY_ID,
        "affiliate_instructions": null,
        "created_at": founded,
        "description": "A workshop, a shared darkroom and a course for people who photograph on film.",
        "featured_affiliate_product": null,
        "logo": null,
        "member_count": members,
        "metadata": null,
        "owner_user": owner.reference(),
        "published_reviews_count": 0,
        "route": company::COMPANY_ROUTE,
        "send_customer_emails": false,
        "social_links": [],
        "target_audience": null,
        "title": company::COMPANY_TITLE,
        "updated_at": founded,
        "verified": false,
    }))
}
