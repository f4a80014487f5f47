//! Headers that all answers carry, and the one log line that each request leaves.
//! The line has no query, no body, no token and no id of a person.

use crate::Proxy;
use crate::error::Refused;
use crate::forward;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use std::sync::Arc;
use std::time::Instant;
use tracing::Instrument;

/// Whether pages of other origins may use an answer without asking: as a script, a picture or a frame.
pub const RESOURCE_POLICY: &str = "cross-origin-resource-policy";

/// Load balancers ask these every second or two.
const QUIET: [&str; 2] = ["/healthz", "/readyz"];

/// For every answer.
pub async fn all(State(proxy): State<Arc<Proxy>>, request: Request, next: Next) -> Response {
    let id = request_id();
    let route = route(&request);
    let method = request.method().clone();
    let span = tracing::info_span!("request", id, %method, route);
    let started = Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    let took = started.elapsed();
    let milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    let refused = response
        .extensions()
        .get::<Refused>()
        .map(|refused| refused.0);
    proxy
        .metrics
        .answered(&route, &method, response.status(), refused, took);
    let status = response.status().as_u16();
    span.in_scope(|| {
        if QUIET.contains(&&*route) {
            tracing::debug!(status, milliseconds, refused, "answered");
        } else {
            tracing::info!(status, milliseconds, refused, "answered");
        }
    });
    let headers = response.headers_mut();
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers.insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    );
    // What says nothing else is no page, is in no frame, and is not for other sites.
    headers
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static(
            "default-src 'none'; frame-ancestors 'none'",
        ));
    headers
        .entry(RESOURCE_POLICY)
        .or_insert(HeaderValue::from_static("same-origin"));
    if proxy.transport_security {
        headers.insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=63072000; includeSubDomains"),
        );
    }
    if proxy.connections.is_draining() {
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    if let Ok(id) = HeaderValue::from_str(&id) {
        headers.insert("x-request-id", id);
    }
    response
}

/// For answers that are data: nobody may show them as a page, or keep them.
pub async fn api(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'; sandbox"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// The pattern of the route, without anything that somebody could choose.
fn route(request: &Request) -> String {
    let matched = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("none", MatchedPath::as_str);
    let pattern = request
        .uri()
        .path()
        .strip_prefix("/api/v1")
        .and_then(forward::pattern);
    match pattern {
        Some(pattern) => format!("/api/v1{pattern}"),
        None => matched.to_owned(),
    }
}

fn request_id() -> String {
    hex::encode(rand::random::<[u8; 8]>())
}
