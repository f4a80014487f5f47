use super::done;
use crate::rest::{ApiError, JsonBody};
use crate::state::Sandbox;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::Value;
use wire::rest::AccessLevel;

/// The body of `POST /_sandbox/access`.
#[derive(Debug, Deserialize)]
pub struct Body {
    user_id: String,
    access_level: AccessLevel,
}

/// `POST /_sandbox/access`: somebody joins, leaves, or becomes an admin. Whop has no frame for it, so none is sent.
pub async fn set(
    State(sandbox): State<Sandbox>,
    JsonBody(body): JsonBody<Body>,
) -> Result<Json<Value>, ApiError> {
    if matches!(body.access_level, AccessLevel::Unknown(_)) {
        return Err(ApiError::bad_request(
            "access_level is no_access, customer or admin",
        ));
    }
    sandbox
        .store()
        .run(move |database| {
            let is_known = database.set_access_level(&body.user_id, &body.access_level)?;
            if is_known {
                Ok(())
            } else {
                Err(ApiError::NotFound("user"))
            }
        })
        .await?;
    Ok(done())
}
