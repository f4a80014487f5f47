use super::done;
use crate::faults::{Fault, FaultError};
use crate::rest::{ApiError, JsonBody, PathOf};
use crate::state::Sandbox;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

const LONGEST_LATENCY: u64 = 60_000;

impl From<FaultError> for ApiError {
    fn from(error: FaultError) -> Self {
        Self::BadRequest(error.to_string())
    }
}

/// `POST /_sandbox/faults`: something goes wrong from now on. Answers with the fault, its id, and how many open
/// websockets it has struck.
pub async fn create(
    State(sandbox): State<Sandbox>,
    JsonBody(body): JsonBody<Value>,
) -> Result<Json<Value>, ApiError> {
    add(&sandbox, body).map(Json)
}

fn add(sandbox: &Sandbox, fault: Value) -> Result<Value, ApiError> {
    let fault = Fault::from_json(fault)?;
    Ok(sandbox.hub().strike(sandbox.faults(), fault)?)
}

/// `GET /_sandbox/faults`: what goes wrong now, and how often it has struck.
pub async fn list(State(sandbox): State<Sandbox>) -> Json<Value> {
    Json(json!({"data": sandbox.faults().list()}))
}

/// `GET /_sandbox/faults/{id}`: 404 when it is over.
pub async fn retrieve(
    State(sandbox): State<Sandbox>,
    PathOf(id): PathOf<String>,
) -> Result<Json<Value>, ApiError> {
    let fault = sandbox.faults().get(&id);
    fault.map(Json).ok_or(ApiError::NotFound("fault"))
}

/// `DELETE /_sandbox/faults/{id}`: ends it; answers with what it was. 404 when it was over.
pub async fn delete(
    State(sandbox): State<Sandbox>,
    PathOf(id): PathOf<String>,
) -> Result<Json<Value>, ApiError> {
    let fault = sandbox.faults().remove(&id);
    fault.map(Json).ok_or(ApiError::NotFound("fault"))
}

/// `DELETE /_sandbox/faults`: ends all.
pub async fn clear(State(sandbox): State<Sandbox>) -> Json<Value> {
    sandbox.faults().clear();
    done()
}

/// The body of `POST /_sandbox/fail`.
#[derive(Debug, Deserialize)]
pub struct Failure {
    method: String,
    path: String,
    status: u16,
    #[serde(default = "once")]
    times: u64,
    #[serde(default)]
    after_commit: bool,
}

fn once() -> u64 {
    1
}

/// `POST /_sandbox/fail`: short for a fault of the kind `status`.
pub async fn fail(
    State(sandbox): State<Sandbox>,
    JsonBody(body): JsonBody<Failure>,
) -> Result<Json<Value>, ApiError> {
    let fault = json!({
        "kind": "status",
        "status": body.status,
        "after_commit": body.after_commit,
        "match": {"method": body.method, "path": body.path, "origin": "api"},
        "count": body.times.max(1),
    });
    let fault = Fault::from_json(fault)?;
    if body.times > 0 {
        sandbox.hub().strike(sandbox.faults(), fault)?;
    }
    Ok(done())
}

/// The fault that stands for the latency of all answers.
#[derive(Debug)]
pub struct Latency {
    id: String,
    milliseconds: u64,
}

/// The body of `POST /_sandbox/latency`.
#[derive(Debug, Deserialize)]
pub struct Wanted {
    milliseconds: u64,
}

/// `POST /_sandbox/latency`: short for a fault of the kind `latency`; there is one of these at the most.
pub async fn set_latency(
    State(sandbox): State<Sandbox>,
    JsonBody(Wanted { milliseconds }): JsonBody<Wanted>,
) -> Result<Json<Value>, ApiError> {
    if milliseconds > LONGEST_LATENCY {
        return Err(ApiError::bad_request(
            "milliseconds can be 60000 at the most",
        ));
    }
    let mut latency = sandbox.control().latency();
    if let Some(old) = latency.take() {
        sandbox.faults().remove(&old.id);
    }
    if milliseconds > 0 {
        let fault =
            json!({"kind": "latency", "milliseconds": milliseconds, "match": {"origin": "api"}});
        let id = add(&sandbox, fault)?["id"].as_str().map(ToOwned::to_owned);
        *latency = id.map(|id| Latency { id, milliseconds });
    }
    Ok(done())
}

/// The latency of all answers, in milliseconds.
pub fn latency(sandbox: &Sandbox) -> u64 {
    let latency = sandbox.control().latency();
    latency.as_ref().map_or(0, |latency| {
        let is_there = sandbox.faults().get(&latency.id).is_some();
        if is_there { latency.milliseconds } else { 0 }
    })
}
