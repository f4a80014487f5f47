use crate::rest::{ApiError, QueryOf};
use crate::state::Sandbox;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

/// Whose notifications of what. As on the host page, whoever asks picks whom to be.
#[derive(Debug, Deserialize)]
pub struct Which {
    user: String,
    experience: String,
    notification: Option<String>,
}

/// `GET /_host/notifications`: for the bridge's `earliestUnreadNotification`.
pub async fn unread(
    State(sandbox): State<Sandbox>,
    QueryOf(which): QueryOf<Which>,
) -> Result<Json<Value>, ApiError> {
    let earliest = sandbox
        .store()
        .run(move |database| database.earliest_unread_notification(&which.user, &which.experience))
        .await?;
    Ok(Json(json!({"earliest_unread_id": earliest})))
}

/// `POST /_host/notifications`: for the bridge's `markExperienceRead`.
pub async fn mark_read(
    State(sandbox): State<Sandbox>,
    QueryOf(which): QueryOf<Which>,
) -> Result<Json<Value>, ApiError> {
    sandbox
        .store()
        .run(move |database| {
            let id = which.notification.as_deref();
            database.mark_notifications_read(&which.user, &which.experience, id)
        })
        .await?;
    Ok(Json(json!({"success": true})))
}
