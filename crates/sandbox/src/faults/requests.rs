use super::line::Peer;
use super::registry::Ending;
use super::target::{Origin, RequestFacts};
use crate::rest::ApiError;
use crate::state::Sandbox;
use axum::body::{Body, Bytes, HttpBody as _};
use axum::extract::{ConnectInfo, MatchedPath, Request};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use futures_util::{Stream, StreamExt as _, stream};
use std::io;
use std::time::{Duration, SystemTime};

/// Answers a request, or does to it what the faults say.
pub async fn strike(sandbox: &Sandbox, origin: Origin, request: Request, next: Next) -> Response {
    let skew = sandbox.faults().skew().clone();
    let mut response = skew
        .clone()
        .scope(treat(sandbox, origin, request, next))
        .await;
    if skew.millis() != 0
        && let Some(date) = clock_date(skew.millis())
    {
        response.headers_mut().insert(header::DATE, date);
    }
    response
}

fn clock_date(millis: i64) -> Option<HeaderValue> {
    let by = Duration::from_millis(millis.unsigned_abs());
    let now = SystemTime::now();
    let wrong = if millis < 0 {
        now.checked_sub(by)
    } else {
        now.checked_add(by)
    };
    HeaderValue::from_str(&httpdate::fmt_http_date(wrong?)).ok()
}

async fn treat(sandbox: &Sandbox, origin: Origin, request: Request, next: Next) -> Response {
    if sandbox.faults().is_empty() {
        return next.run(request).await;
    }
    let user = user(sandbox, request.headers());
    let treatment = sandbox.faults().for_request(&RequestFacts {
        method: request.method(),
        path: request.uri().path(),
        route: request
            .extensions()
            .get::<MatchedPath>()
            .map(MatchedPath::as_str),
        origin,
        user: user.as_deref(),
    });
    let peer = request.extensions().get::<ConnectInfo<Peer>>().cloned();
    pause(treatment.wait_before).await;
    let request = match treatment.upload {
        Some(rate) => request.map(|body| slowed(body, rate)),
        None => request,
    };
    let Some((ending, after_commit)) = treatment.ending else {
        let response = next.run(request).await;
        pause(treatment.wait_after).await;
        return response;
    };
    let response = if after_commit {
        next.run(request).await
    } else {
        Response::default()
    };
    pause(treatment.wait_after).await;
    match (ending, peer) {
        (Ending::Status(status, retry_after), _) => error(status, retry_after),
        (Ending::Truncate(bytes), _) => truncated(response, bytes),
        (Ending::Reset, Some(ConnectInfo(peer))) => {
            peer.line.reset();
            Response::default()
        }
        (Ending::Silence(silence), Some(ConnectInfo(peer))) => {
            peer.line.fall_silent(&silence);
            Response::default()
        }
        // Every listener gives its peers.
        (_, None) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

async fn pause(time: Duration) {
    if !time.is_zero() {
        tokio::time::sleep(time).await;
    }
}

/// Whom the request acts as, if it is a valid token's or named user.
fn user(sandbox: &Sandbox, headers: &HeaderMap) -> Option<String> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let bearer = text("authorization").and_then(|value| value.split_once(' '));
    let of_token = bearer
        .and_then(|(_, token)| sandbox.tokens().read_access_token(token.trim()))
        .and_then(|claims| claims.sub);
    of_token.or_else(|| text("x-on-behalf-of").map(ToOwned::to_owned))
}

fn error(status: u16, retry_after: Option<u64>) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = ApiError::Injected(status).into_response();
    if let Some(seconds) = retry_after {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// The body, taken in no faster than that many bytes a second.
fn slowed(body: Body, bytes_per_second: u32) -> Body {
    const STEPS_PER_SECOND: u32 = 20;
    let step = (bytes_per_second / STEPS_PER_SECOND).max(1) as usize;
    let pause = Duration::from_secs(1) * u32::try_from(step).unwrap_or(1) / bytes_per_second;
    let pieces = body.into_data_stream().flat_map(move |chunk| {
        let pieces: Vec<_> = match chunk {
            Ok(chunk) => pieces(&chunk, step).map(Ok).collect(),
            Err(error) => vec![Err(error)],
        };
        stream::iter(pieces)
    });
    Body::from_stream(pieces.then(move |piece| async move {
        tokio::time::sleep(pause).await;
        piece
    }))
}

fn pieces(chunk: &Bytes, length: usize) -> impl Iterator<Item = Bytes> {
    (0..chunk.len())
        .step_by(length)
        .map(move |start| chunk.slice(start..chunk.len().min(start + length)))
}

/// The answer, with the length that it would have, but only so many bytes of it.
fn truncated(response: Response, bytes: usize) -> Response {
    let (mut parts, body) = response.into_parts();
    if let Some(length) = body.size_hint().exact() {
        parts
            .headers
            .insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    }
    Response::from_parts(parts, Body::from_stream(beginning(body, bytes)))
}

fn beginning(body: Body, bytes: usize) -> impl Stream<Item = Result<Bytes, axum::Error>> {
    let broken = || axum::Error::new(io::Error::from(io::ErrorKind::ConnectionReset));
    let kept = body.into_data_stream().scan(bytes, |left, chunk| {
        let kept = chunk.map(|mut chunk| {
            chunk.truncate(*left);
            *left -= chunk.len();
            chunk
        });
        std::future::ready(Some(kept).filter(|kept| !matches!(kept, Ok(kept) if kept.is_empty())))
    });
    kept.chain(stream::once(async move {
        // What is before it must have left first.
        tokio::task::yield_now().await;
        Err(broken())
    }))
}
