//! The app's pages inside Whop: a page per experience, under a strict Content-Security-Policy (E6, E7).

use crate::Proxy;
use crate::configuration::Configuration;
use crate::error::Refusal;
use crate::headers::RESOURCE_POLICY;
use crate::identifier;
use crate::words;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{Html, IntoResponse, Response};
use std::sync::Arc;

const EXPERIENCE: &str = include_str!("../pages/experience.html");
/// What a chat never asks of a browser.
const PERMISSIONS: &str = "camera=(), microphone=(), geolocation=(), display-capture=(), payment=(), usb=(), serial=(), \
     hid=(), midi=(), bluetooth=(), accelerometer=(), gyroscope=(), magnetometer=()";
const STYLE: &str = include_str!("../pages/experience.css");

/// `GET /experiences/{experience_id}`: Whop opens it in its iframe.
pub async fn experience(
    State(proxy): State<Arc<Proxy>>,
    id: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let Path(id) = id.map_err(|_| Refusal::NotFound)?;
    // What passes has no character that HTML knows, so it needs no escaping.
    if !identifier::is_safe(&id) {
        return Err(Refusal::NotFound);
    }
    let words = words::of(&headers);
    let html = page(&proxy.configuration, &id)
        .replace("{{locale}}", words::locale(&headers))
        .replace("{{chat}}", &words.chat)
        .replace("{{needs_javascript}}", &words.needs_javascript);
    let mut response = Html(html).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, proxy.page_policy.clone());
    let fixed = HeaderValue::from_static;
    headers.insert(header::CACHE_CONTROL, fixed("no-cache"));
    headers.insert(header::VARY, fixed("accept-language"));
    headers.insert("permissions-policy", fixed(PERMISSIONS));
    // Whop's page may be isolated from other origins, and frames this one.
    headers.insert(RESOURCE_POLICY, fixed("cross-origin"));
    headers.insert(
        "cross-origin-opener-policy",
        fixed("same-origin-allow-popups"),
    );
    Ok(response)
}

/// The page of an experience. It says which app it belongs to, and which pages besides Whop's own may frame it: the loader
/// speaks with those, and with nobody else.
fn page(configuration: &Configuration, experience_id: &str) -> String {
    let ancestors: Vec<String> = configuration
        .frame_ancestors
        .iter()
        .map(ToString::to_string)
        // A page is spoken to by its exact origin.
        .filter(|origin| !origin.contains('*'))
        .collect();
    EXPERIENCE
        .replace("{{experience_id}}", experience_id)
        .replace("{{app_id}}", &configuration.app_id)
        .replace("{{host_origin}}", &ancestors.join(" "))
}

/// `GET /pages/experience.css`.
pub async fn style() -> Response {
    (
        [
            (header::CONTENT_TYPE, "text/css; charset=utf-8"),
            (header::CACHE_CONTROL, "public, max-age=300"),
        ],
        STYLE,
    )
        .into_response()
}

/// The Content-Security-Policy of the app's pages. Inline scripts, styles and `eval` stay forbidden.
pub fn policy(configuration: &Configuration) -> String {
    let list = |items: Vec<String>| items.join(" ");
    let sockets = list(
        configuration
            .app_origins
            .iter()
            .map(|origin| format!(" {}", origin.websocket_source()))
            .collect(),
    );
    let ancestors = list(
        configuration
            .frame_ancestors
            .iter()
            .map(|origin| format!(" {origin}"))
            .collect(),
    );
    // Only the sandbox is reached without TLS; it serves its files itself.
    let images = match configuration.api_url.strip_prefix("http://") {
        Some(rest) => {
            let host = rest.split('/').next().unwrap_or_default();
            format!("{} http://{host}", configuration.image_sources)
        }
        None => configuration.image_sources.clone(),
    };
    format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; font-src 'self'; \
         connect-src 'self'{sockets}; img-src 'self' {images}; media-src 'self' {images}; \
         frame-ancestors https://whop.com https://*.whop.com{ancestors}; base-uri 'none'; form-action 'none'"
    )
}
