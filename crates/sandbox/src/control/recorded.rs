use crate::rest::ApiError;
use crate::state::Sandbox;
use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

/// `GET /_sandbox/notifications`: every notification that was sent, with its recipients, the oldest first.
pub async fn notifications(State(sandbox): State<Sandbox>) -> Result<Json<Value>, ApiError> {
    let notifications = sandbox
        .store()
        .run(|database| database.notifications())
        .await?;
    Ok(Json(json!({"data": notifications})))
}

/// `GET /_sandbox/webhooks`: every attempt to deliver an event, the oldest first, and what is still to be done.
pub async fn webhooks(State(sandbox): State<Sandbox>) -> Json<Value> {
    let webhooks = sandbox.webhooks();
    Json(json!({
        "data": webhooks.log().all(),
        "waiting": webhooks.waiting(),
        "dropped": webhooks.dropped(),
    }))
}
