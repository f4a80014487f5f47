//! The control routes under `/_sandbox/`: what a test can make the sandbox do. Only this machine may ask.

mod access;
mod faults;
mod flood;
mod mute;
mod people;
mod recorded;
mod support;

use crate::database::{World, WorldError};
use crate::faults::{Origin, Peer, strike};
use crate::rest::{ApiError, JsonBody};
use crate::socket::SocketCounts;
use crate::state::Sandbox;
use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::{Method, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What was counted for tests.
#[derive(Debug, Default)]
pub struct Control {
    requests: Mutex<BTreeMap<String, u64>>,
    /// The fault that `/_sandbox/latency` made.
    latency: Mutex<Option<faults::Latency>>,
}

impl Control {
    fn requests(&self) -> MutexGuard<'_, BTreeMap<String, u64>> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn latency(&self) -> MutexGuard<'_, Option<faults::Latency>> {
        self.latency.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn count(&self, route: String) {
        *self.requests().entry(route).or_default() += 1;
    }

    fn forget(&self) {
        self.requests().clear();
        *self.latency() = None;
    }
}

/// Counts a request of the API, and answers it as the faults let it be answered.
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
    strike(&sandbox, Origin::Api, request, next).await
}

/// The routes.
pub fn router(sandbox: &Sandbox) -> Router<Sandbox> {
    Router::new()
        .route("/_sandbox/state", get(state))
        .route("/_sandbox/world", get(world))
        .route("/_sandbox/sockets/drop", post(drop_sockets))
        .route("/_sandbox/sockets/refuse", post(refuse_sockets))
        .route("/_sandbox/sockets/frame", post(send_frame))
        .route("/_sandbox/tokens/expire", post(expire_tokens))
        .route("/_sandbox/mute", post(mute::mute))
        .route("/_sandbox/support/resolve", post(support::resolve))
        .route("/_sandbox/people", post(people::add))
        .route("/_sandbox/notifications", get(recorded::notifications))
        .route("/_sandbox/webhooks", get(recorded::webhooks))
        .route("/_sandbox/access", post(access::set))
        .route("/_sandbox/flood", post(flood::flood))
        .route(
            "/_sandbox/faults",
            get(faults::list).post(faults::create).delete(faults::clear),
        )
        .route(
            "/_sandbox/faults/{id}",
            get(faults::retrieve).delete(faults::delete),
        )
        .route("/_sandbox/fail", post(faults::fail))
        .route("/_sandbox/latency", post(faults::set_latency))
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
        .get::<ConnectInfo<Peer>>()
        .is_some_and(|ConnectInfo(peer)| peer.address.ip().is_loopback());
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
        requests: control.requests().clone(),
        messages,
        latency_milliseconds: faults::latency(&sandbox),
        refuses_sockets: sandbox.hub().is_refusing(),
    }))
}

/// All that is known, as `--export` writes it.
async fn world(State(sandbox): State<Sandbox>) -> Result<Json<World>, ApiError> {
    let world = sandbox.store().run(|database| database.world()).await?;
    Ok(Json(world))
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

/// The database as it was at the start, no faults, counts at zero; sockets stay open.
async fn reset(State(sandbox): State<Sandbox>) -> Result<Json<Value>, ApiError> {
    let (seed, imported) = (sandbox.seed(), sandbox.imported());
    sandbox
        .store()
        .run(move |database| match imported {
            Some(world) => database.reset_to(&world),
            None => Ok(database.reset(seed)?),
        })
        .await
        .map_err(|error: WorldError| match error {
            WorldError::Database(error) => ApiError::from(error),
            other => ApiError::bad_request(other.to_string()),
        })?;
    sandbox.faults().clear();
    sandbox.control().forget();
    sandbox.webhooks().log().clear();
    sandbox.hub().refuse(false);
    // What they know is of a world that is no more.
    sandbox.hub().tell_to_reconnect();
    Ok(done())
}
