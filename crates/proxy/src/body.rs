//! Bodies of requests: JSON only, of a limited length, within a limited time.

use crate::error::Refusal;
use axum::extract::Request;
use axum::http::{HeaderMap, header};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use serde::de::IgnoredAny;
use std::time::Duration;

/// An honest client sends its body at once.
const PATIENCE: Duration = Duration::from_secs(15);

/// The body as it came, once it is certain that it is JSON of at most `limit` bytes.
pub async fn read_json(request: Request, limit: usize) -> Result<Bytes, Refusal> {
    if !is_kind(request.headers(), is_json) {
        return Err(Refusal::NotJson);
    }
    checked(request, limit).await
}

/// The same, also where it is called text: then a browser doesn't ask for leave first, which costs the first paint one
/// way to the server and back. Foreign pages are turned away by their origin in any case.
pub async fn read_json_or_text(request: Request, limit: usize) -> Result<Bytes, Refusal> {
    if !is_kind(request.headers(), |kind| {
        is_json(kind) || kind == "text/plain"
    }) {
        return Err(Refusal::NotJson);
    }
    checked(request, limit).await
}

async fn checked(request: Request, limit: usize) -> Result<Bytes, Refusal> {
    let body = tokio::time::timeout(PATIENCE, read(request, limit))
        .await
        .map_err(|_| Refusal::TooSlow)??;
    serde_json::from_slice::<IgnoredAny>(&body)
        .map_err(|error| Refusal::BadBody(describe(&error)))?;
    Ok(body)
}

/// What is wrong with JSON, without quoting it.
pub fn describe(error: &serde_json::Error) -> String {
    match error.classify() {
        serde_json::error::Category::Data => "a field is missing or of the wrong type.".to_owned(),
        _ => format!(
            "it is no JSON at line {}, column {}.",
            error.line(),
            error.column()
        ),
    }
}

fn is_json(kind: &str) -> bool {
    kind == "application/json" || kind.ends_with("+json")
}

fn is_kind(headers: &HeaderMap, is_right: impl FnOnce(&str) -> bool) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .map(|kind| kind.trim().to_ascii_lowercase())
        .is_some_and(|kind| is_right(&kind))
}

async fn read(request: Request, limit: usize) -> Result<Bytes, Refusal> {
    let announced = request
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.parse::<usize>().ok());
    if announced.is_some_and(|length| length > limit) {
        return Err(Refusal::TooLong(limit));
    }
    let mut stream = request.into_body().into_data_stream();
    let mut body = BytesMut::with_capacity(announced.unwrap_or_default().min(limit));
    while let Some(chunk) = stream.next().await {
        let chunk =
            chunk.map_err(|_| Refusal::BadBody("it broke off before its end.".to_owned()))?;
        if body.len() + chunk.len() > limit {
            return Err(Refusal::TooLong(limit));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}
