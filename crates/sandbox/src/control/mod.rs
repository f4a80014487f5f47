//! The control routes under `/_sandbox/`: what a test can make the sandbox do. Only this machine may ask.

mod flood;
mod mute;

use crate::rest::{ApiError, JsonBody};
use crate::socket::SocketCounts;
use crate::state::Sandbox;
use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::{Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

const LONGEST_LATENCY: u64 = 60_000;

/// What tests asked for, and what was counted for them.
#[derive(Debug, Default)]
pub struct Control {
    failures: Mutex<Vec<Failure>>,
    latency_millis: AtomicU64,
    requests: Mutex<BTreeMap<String, u64>>,
}

/// The next matching requests fail.
#[derive(Clone, Debug, Deserialize)]
struct Failure {
    method: String,
    /// The whole path, or its beginning before a `*` at the end.
    path: String,
    status: u16,
    #[serde(default = "once")]
    times: u32,
    /// Do what was asked and fail only then: the answer is lost, not the request.
    #[serde(default)]
    after_commit: bool,
}

fn once() -> u32 {
    1
}

impl Failure {
    fn matches(&self, method: &Method, path: &str) -> bool {
        let path_matches = match self.path.strip_suffix('*') {
            Some(beginning) => path.starts_with(beginning),
            None => path == self.path,
        };
        path_matches && self.method.eq_ignore_ascii_case(method.as_str())
    }
}

impl Control {
    fn failures(&self) -> MutexGuard<'_, Vec<Failure>> {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next_failure(&self, method: &Method, path: &str) -> Option<Failure> {
        let mut failures = self.failures();
        let index = failures
            .iter()
            .position(|failure| failure.matches(method, path))?;
        let failure = failures.get_mut(index)?;
        failure.times = failure.times.saturating_sub(1);
        let found = failure.clone();
        if found.times == 0 {
            failures.remove(index);
        }
        Some(found)
    }

    fn count(&self, route: String) {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        *requests.entry(route).or_default() += 1;
    }

    fn forget(&self) {
        self.failures().clear();
        self.latency_millis.store(0, Ordering::SeqCst);
        self.requests
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }
}

/// Counts a request of the API and treats it as a test asked for.
pub async fn interfere(State(sandbox): State<Sandbox>, request: Request, next: Next) -> Response {
    let control = sandbox.control();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("(no route)", MatchedPath::as_str);
    // Clients can make up any number of methods.
    let method = match request.method() {
        known @ (&Method::GET
        | &Method::POST
        | &Method::PATCH
        | &Method::PUT
        | &Method::DELETE
        | &Method::HEAD
        | &Method::OPTIONS) => known.as_str(),
        _ => "(other)",
    };
    control.count(format!("{method} {route}"));
    let latency = control.latency_millis.load(Ordering::SeqCst);
    if latency > 0 {
        tokio::time::sleep(Duration::from_millis(latency)).await;
    }
    let Some(failure) = control.next_failure(request.method(), request.uri().path()) else {
        return next.run(request).await;
    };
    if failure.after_commit {
        next.run(request).await;
    }
    let status = StatusCode::from_u16(failure.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    ApiError::Injected(status).into_response()
}

/// The routes.
pub fn router(sandbox: &Sandbox) -> Router<Sandbox> {
    Router::new()
        .route("/_sandbox/state", get(state))
        .route("/_sandbox/sockets/drop", post(drop_sockets))
        .route("/_sandbox/sockets/refuse", post(refuse_sockets))
        .route("/_sandbox/sockets/frame", post(send_frame))
        .route("/_sandbox/tokens/expire", post(expire_tokens))
        .route("/_sandbox/mute", post(mute::mute))
        .route("/_sandbox/flood", post(flood::flood))
        .route("/_sandbox/fail", post(fail))
        .route("/_sandbox/latency", post(set_latency))
        .route("/_sandbox/reset", post(reset))
        .layer(middleware::from_fn_with_state(sandbox.clone(), local_only))
}

async fn local_only(State(sandbox): State<Sandbox>, request: Request, next: Next) -> Response {
    if is_local(&sandbox, &request) {
        next.run(request).await
    } else {
        ApiError::Forbidden("The control routes are for programs of this machine".to_owned())
            .into_response()
    }
}

/// Only programs of this machine: neither other machines, nor a page in this machine's browser (which would send an
/// `Origin`, or, after rebinding a name to this address, a foreign `Host`).
fn is_local(sandbox: &Sandbox, request: &Request) -> bool {
    let peer_is_local = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .is_some_and(|ConnectInfo(peer)| peer.ip().is_loopback());
    let text = |name| request.headers().get(name).map(|value| value.to_str());
    let host_is_local = matches!(text(header::HOST), Some(Ok(host))
        if ["localhost", "127.0.0.1", "[::1]"]
            .contains(&host.rsplit_once(':').map_or(host, |(name, _)| name)));
    let origin_is_own = match text(header::ORIGIN) {
        None => true,
        Some(origin) => origin.is_ok_and(|origin| sandbox.addresses().is_api_origin(origin)),
    };
    peer_is_local && host_is_local && origin_is_own
}

fn done() -> Json<Value> {
    Json(json!({"ok": true}))
}

/// The answer of `GET /_sandbox/state`.
#[derive(Serialize)]
struct Report {
    sockets: SocketCounts,
    requests: BTreeMap<String, u64>,
    messages: u64,
    latency_milliseconds: u64,
    refuses_sockets: bool,
}

async fn state(State(sandbox): State<Sandbox>) -> Result<Json<Report>, ApiError> {
    let messages = sandbox
        .store()
        .run(|database| database.count_messages())
        .await?;
    let control = sandbox.control();
    Ok(Json(Report {
        sockets: sandbox.hub().counts(),
        requests: control
            .requests
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone(),
        messages,
        latency_milliseconds: control.latency_millis.load(Ordering::SeqCst),
        refuses_sockets: sandbox.hub().is_refusing(),
    }))
}

async fn drop_sockets(State(sandbox): State<Sandbox>) -> Json<Value> {
    sandbox.hub().drop_all();
    done()
}

#[derive(Deserialize)]
struct Refuse {
    refuse: bool,
}

async fn refuse_sockets(
    State(sandbox): State<Sandbox>,
    JsonBody(body): JsonBody<Refuse>,
) -> Json<Value> {
    sandbox.hub().refuse(body.refuse);
    done()
}

#[derive(Deserialize)]
struct RawFrame {
    frame: Map<String, Value>,
}

async fn send_frame(
    State(sandbox): State<Sandbox>,
    JsonBody(body): JsonBody<RawFrame>,
) -> Json<Value> {
    let text = Value::Object(body.frame).to_string();
    sandbox.hub().send_raw(text);
    done()
}

async fn expire_tokens(State(sandbox): State<Sandbox>) -> Result<Json<Value>, ApiError> {
    let shared = sandbox.clone();
    sandbox
        .store()
        .run(move |database| shared.tokens().expire_access_tokens(database))
        .await?;
    Ok(done())
}

async fn fail(
    State(sandbox): State<Sandbox>,
    JsonBody(failure): JsonBody<Failure>,
) -> Result<Json<Value>, ApiError> {
    if !(400..600).contains(&failure.status) {
        return Err(ApiError::bad_request("status must be from 400 to 599"));
    }
    if failure.times > 0 {
        sandbox.control().failures().push(failure);
    }
    Ok(done())
}

#[derive(Deserialize)]
struct Latency {
    milliseconds: u64,
}

async fn set_latency(
    State(sandbox): State<Sandbox>,
    JsonBody(body): JsonBody<Latency>,
) -> Result<Json<Value>, ApiError> {
    if body.milliseconds > LONGEST_LATENCY {
        return Err(ApiError::bad_request(
            "milliseconds can be 60000 at the most",
        ));
    }
    sandbox
        .control()
        .latency_millis
        .store(body.milliseconds, Ordering::SeqCst);
    Ok(done())
}

/// The database as it was seeded, no failures, no latency, counts at zero; sockets stay open.
async fn reset(State(sandbox): State<Sandbox>) -> Result<Json<Value>, ApiError> {
    let seed = sandbox.seed();
    sandbox
        .store()
        .run(move |database| database.reset(seed))
        .await?;
    sandbox.control().forget();
    sandbox.hub().refuse(false);
    Ok(done())
}
