use super::hub::Audience;
use super::subscription::{app_custom, app_experience};
use crate::company;
use crate::rest::{ApiError, Caller, JsonBody};
use crate::state::Sandbox;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};
use wire::Extra;
use wire::socket::{AppMessage, ServerFrame};

/// The body of `POST /v1/websockets/send`.
#[derive(Debug, Deserialize)]
pub struct Send {
    message: String,
    target: Target,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Target {
    Everyone,
    Experience(String),
    User(String),
    Custom(String),
}

/// `POST /v1/websockets/send`: a trusted app message, with the API key only.
pub async fn send(
    State(sandbox): State<Sandbox>,
    caller: Caller,
    JsonBody(body): JsonBody<Send>,
) -> Result<Json<Value>, ApiError> {
    if !caller.has_api_key {
        return Err(ApiError::Unauthorized(
            "App messages of servers are sent with an API key",
        ));
    }
    let frame = ServerFrame {
        app_message: Some(AppMessage {
            from_user_id: None,
            is_trusted: true,
            json: body.message,
            extra: Extra::default(),
        }),
        ..ServerFrame::default()
    };
    let hub = sandbox.hub();
    match body.target {
        Target::Everyone => hub.send(&Audience::App(company::APP_ID), None, frame),
        Target::Experience(id) => hub.send(&Audience::App(&app_experience(&id).id), None, frame),
        Target::User(id) => hub.send(&Audience::User(&id), None, frame),
        Target::Custom(name) => hub.send(&Audience::App(&app_custom(&name).id), None, frame),
    }
    Ok(Json(json!({"ok": true})))
}
