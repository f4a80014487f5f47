use crate::clock::now_millis;
use crate::database::StoredUser;
use crate::rest::{ApiError, JsonBody};
use crate::state::Sandbox;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};
use wire::rest::AccessLevel;

/// So many people are enough for any test, and few enough to be searched.
const MOST: u32 = 5_000;

/// The body of `POST /_sandbox/people`.
#[derive(Debug, Deserialize)]
pub struct Body {
    /// How many.
    count: u32,
    /// As what; `customer` when missing.
    access_level: Option<AccessLevel>,
}

/// `POST /_sandbox/people`: more people for the community, `user_extra_1` and on. Those who are there already stay.
pub async fn add(
    State(sandbox): State<Sandbox>,
    JsonBody(body): JsonBody<Body>,
) -> Result<Json<Value>, ApiError> {
    let access_level = body.access_level.unwrap_or(AccessLevel::Customer);
    if body.count > MOST || matches!(access_level, AccessLevel::Unknown(_)) {
        return Err(ApiError::bad_request(format!(
            "count can be {MOST} at the most; access_level is no_access, customer or admin"
        )));
    }
    let ids = sandbox
        .store()
        .run(move |database| {
            let mut ids = Vec::new();
            for number in 1..=body.count {
                let id = format!("user_extra_{number}");
                if database.user(&id)?.is_none() {
                    database.add_user(&StoredUser {
                        id: id.as_str().into(),
                        name: Some(format!("Extra {number}")),
                        username: format!("extra_{number}"),
                        bio: None,
                        created_at: now_millis(),
                        access_level: access_level.clone(),
                    })?;
                }
                ids.push(id);
            }
            Ok::<_, ApiError>(ids)
        })
        .await?;
    Ok(Json(json!({"ids": ids})))
}
