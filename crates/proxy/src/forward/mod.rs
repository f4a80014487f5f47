//! `/api/v1`: the visitors' own calls, passed on to Whop with their own token and to the byte.
//! Only the routes of the allow-list pass. Nothing here reads a message.

mod allow_list;
mod guest;
mod strangers;
mod writing;

pub use allow_list::pattern;
pub use strangers::{Standing, Strangers};

use crate::Proxy;
use crate::body;
use crate::clock;
use crate::error::Refusal;
use crate::identity::{GuestClaims, IdentityError};
use crate::limits::{self, ClientAddress};
use crate::posts::{self, Author, IdempotencyKey, Post};
use crate::reads::Shareable;
use crate::session::readers_token;
use crate::token_hash::TokenHash;
use crate::upstream::{self, ANSWERED_WITHIN, ForwardedAnswer, ForwardedCall, UpstreamError};
use axum::Json;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, header};
use axum::response::IntoResponse;
use serde::Deserialize;
use std::sync::Arc;
use tokio::time::{Instant, timeout_at};
use tracing::Instrument;
use wire::UserId;
use wire::rest::ErrorBody;
use writing::Writing;

/// Whop's own messages are far shorter.
const LONGEST_BODY: usize = 256 << 10;
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// Headers of a visitor's call that Whop sees. Cookies, addresses and the rest stay here.
static PASSED_ON: [HeaderName; 4] = [
    header::AUTHORIZATION,
    header::ACCEPT,
    HeaderName::from_static("api-version-date"),
    IDEMPOTENCY_KEY,
];
/// Headers of Whop's answer that the visitor sees; the first is that of its body.
static PASSED_BACK: [HeaderName; 3] = [
    header::CONTENT_TYPE,
    header::RETRY_AFTER,
    HeaderName::from_static("retry-after-ms"),
];

/// Passes a call on, if it may pass.
pub async fn forward(
    State(proxy): State<Arc<Proxy>>,
    request: Request,
) -> Result<Response<Body>, Refusal> {
    let method = request.method().clone();
    let uri = request.uri();
    let path = uri.path().strip_prefix("/api/v1").unwrap_or_default();
    let route = allow_list::check(&method, path)?;
    let mut headers = passed_on(request.headers());
    let key = if method == Method::POST && route == "/messages" {
        IdempotencyKey::of(&headers)?
    } else {
        None
    };
    let mut token = token(&proxy, &headers)?.to_owned();
    let mut visitor = None;
    let address = limits::address_of(&request);
    let guest = guest(&proxy, &token)?;
    let path_and_query = if let Some(claims) = &guest {
        let call = guest::call(claims, &method, path, uri.query())?;
        token = readers_token(&proxy).await?;
        headers.insert(header::AUTHORIZATION, bearer(&token)?);
        call
    } else {
        visitor = owner(&proxy, &token).await;
        match &visitor {
            Some(visitor) => proxy.limits.count_visitor(visitor)?,
            None => count_stranger(&proxy, &token, request.extensions().get())?,
        }
        match uri.query() {
            Some(query) => format!("{path}?{query}"),
            None => path.to_owned(),
        }
    };
    let body = if method == Method::POST || method == Method::PATCH {
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        );
        Some(body::read_json(request, LONGEST_BODY).await?)
    } else {
        None
    };
    let deadline = Instant::now() + ANSWERED_WITHIN;
    let guest_of = guest.as_ref().map(|_| address.as_str());
    if method == Method::GET
        && upstream::is_asked_for(&headers)
        && let Some((_, query)) = path_and_query.split_once('?')
        && let Some(call) = Shareable::of(route, query)
        && let Some(answer) = timeout_at(deadline, shared(&proxy, guest_of, &token, &call))
            .await
            .unwrap_or(Some(Err(Refusal::Unavailable)))
    {
        return answer;
    }
    let is_read = method == Method::GET;
    let call = ForwardedCall {
        token: token.clone(),
        method,
        path_and_query,
        headers,
        body,
        deadline,
    };
    let answer = if is_read {
        pass(&proxy, call, is_read, route).await
    } else {
        write(&proxy, visitor.clone(), key.clone(), call, route).await
    };
    if let Ok(answer) = &answer {
        note(&proxy, visitor.as_ref(), &token, answer.status).await;
        if let Some(user) = visitor.as_ref().filter(|_| !is_read) {
            proxy.relay.hub().poke(user);
        }
        if visitor.is_none() && guest.is_none() {
            let token = TokenHash::of(&token);
            proxy.strangers.answered(token, answer.status);
        }
    }
    let mut response = passed_back(answer?, route)?;
    if let Some(key) = key.and_then(|key| HeaderValue::from_str(key.as_str()).ok()) {
        response.headers_mut().insert(IDEMPOTENCY_KEY, key);
    }
    Ok(response)
}

/// Whose token it is, if it was minted here or has opened a session.
async fn owner(proxy: &Proxy, token: &str) -> Option<UserId> {
    match proxy.mint.owner(token).await {
        Some(owner) => Some(owner),
        None => proxy.page_tokens.owner(token).await,
    }
}

/// Counts a call with a token that was not minted here. Such a one is its own visitor, once Whop has taken it; until then
/// nobody makes Whop answer many of them.
fn count_stranger(
    proxy: &Proxy,
    token: &str,
    address: Option<&ClientAddress>,
) -> Result<(), Refusal> {
    match proxy.strangers.standing(&TokenHash::of(token)) {
        Standing::Refused => return Err(Refusal::TokenRefused),
        Standing::Unknown => proxy.limits.count_stranger(address)?,
        Standing::Taken => {}
    }
    proxy.limits.count_visitor(token)
}

/// A write goes on when its visitor is gone: it is not left half-way, and what it changed is noted when it is done.
async fn write(
    proxy: &Arc<Proxy>,
    visitor: Option<UserId>,
    key: Option<IdempotencyKey>,
    call: ForwardedCall,
    route: &'static str,
) -> Result<ForwardedAnswer, Refusal> {
    let writing = Writing::begin(proxy, visitor.clone());
    let proxy = proxy.clone();
    let task = async move {
        let answer = if let Some(key) = key {
            let post = Post {
                looks_like: visitor.clone().or_else(|| subject(&call.token)),
                author: match visitor {
                    Some(visitor) => Author::Known(visitor),
                    None => Author::Bearer(TokenHash::of(&call.token)),
                },
                token: call.token.clone(),
                key,
                call,
            };
            posts::post(&proxy, post).await
        } else {
            pass(&proxy, call, false, route).await
        };
        drop(writing);
        answer
    };
    // It ends with the call's deadline.
    let task = tokio::spawn(task.in_current_span());
    task.await.unwrap_or(Err(Refusal::BadGateway))
}

async fn pass(
    proxy: &Proxy,
    call: ForwardedCall,
    is_read: bool,
    route: &str,
) -> Result<ForwardedAnswer, Refusal> {
    proxy.upstream.forward(call).await.map_err(|error| {
        tracing::warn!(%error, route, "a visitor's call can't be passed on");
        match error {
            // It may have arrived before the connection broke (S1).
            UpstreamError::TimedOut if !is_read => Refusal::TimedOut,
            UpstreamError::Unreachable(error) if !is_read && !error.is_connect() => {
                Refusal::TimedOut
            }
            UpstreamError::Malformed(_) => Refusal::BadGateway,
            UpstreamError::Crowded(crowded) => Refusal::crowded(&crowded),
            _ => Refusal::Unavailable,
        }
    })
}

/// Whose token it is, by its own account, which nobody has checked.
fn subject(token: &str) -> Option<UserId> {
    #[derive(Deserialize)]
    struct Claims {
        sub: UserId,
    }
    let claims: Claims = jsonwebtoken::dangerous::insecure_decode_claims(token).ok()?;
    claims.sub.starts_with("user_").then_some(claims.sub)
}

/// The answer to a read that others have asked for, too.
async fn shared(
    proxy: &Proxy,
    guest_of: Option<&str>,
    token: &str,
    call: &Shareable,
) -> Option<Result<Response<Body>, Refusal>> {
    let answer = match guest_of {
        Some(address) => call.answer_to_guest(proxy, token, address).await?,
        None => call.answer(proxy, token).await?,
    };
    Some(answer.map(|body| {
        let mut response = Response::new(Body::from(body));
        let headers = response.headers_mut();
        let fixed = HeaderValue::from_static;
        headers.insert(header::CONTENT_TYPE, fixed("application/json"));
        headers.insert(header::CACHE_CONTROL, fixed("no-store"));
        response
    }))
}

/// What an answer says of the visitor and their token.
async fn note(proxy: &Proxy, visitor: Option<&UserId>, token: &str, status: StatusCode) {
    if let Some(user) = visitor
        && status == StatusCode::FORBIDDEN
    {
        proxy.reads.doubt(user);
        proxy.relay.hub().doubt(user);
        proxy.reads.wrote(user);
    }
    if status == StatusCode::UNAUTHORIZED {
        proxy.mint.forget(token).await;
        proxy.page_tokens.forget(token).await;
    }
}

fn token<'a>(proxy: &Proxy, headers: &'a HeaderMap) -> Result<&'a str, Refusal> {
    let token = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim())
        .filter(|token| !token.is_empty())
        .ok_or(Refusal::NoToken)?;
    if proxy.configuration.api_key.is(token) {
        return Err(Refusal::ApiKeyFromOutside);
    }
    Ok(token)
}

/// What the token lets its owner read, if it is a guest's.
fn guest(proxy: &Proxy, token: &str) -> Result<Option<GuestClaims>, Refusal> {
    let Some(claims) = proxy.guest_tokens.read(token, clock::unix_seconds()) else {
        return Ok(None);
    };
    let claims = claims.map_err(IdentityError::from)?;
    // The operator may have closed it since.
    if !proxy
        .guests
        .may_read(&[&claims.channel, &claims.experience])
    {
        return Err(IdentityError::Missing.into());
    }
    Ok(Some(claims))
}

fn bearer(token: &str) -> Result<HeaderValue, Refusal> {
    HeaderValue::from_str(&format!("Bearer {token}")).map_err(|_| Refusal::BadGateway)
}

fn passed_on(headers: &HeaderMap) -> HeaderMap {
    PASSED_ON
        .iter()
        .filter_map(|name| Some((name.clone(), headers.get(name)?.clone())))
        .collect()
}

/// Whether a refusal is one of Whop's: in its shape, and so meant for whoever asked.
fn is_error(body: &[u8]) -> bool {
    serde_json::from_slice::<ErrorBody>(body).is_ok_and(|body| !body.error.message.is_empty())
}

fn passed_back(answer: ForwardedAnswer, route: &str) -> Result<Response<Body>, Refusal> {
    let status = answer.status;
    if status.is_server_error() {
        tracing::warn!(%status, route, "Whop fails");
        return Err(match status {
            StatusCode::SERVICE_UNAVAILABLE => Refusal::Busy {
                retry_after: answer.headers.get(header::RETRY_AFTER).cloned(),
            },
            status => Refusal::Failed(status),
        });
    }
    if status.is_redirection() || status.is_informational() {
        tracing::warn!(%status, route, "Whop answered what no API answers; check WHOP_API_URL");
        return Err(Refusal::BadGateway);
    }
    // What stands before Whop's API answers with pages of its own, about itself.
    let is_whops = !status.is_client_error() || is_error(&answer.body);
    let mut response = if is_whops {
        Response::new(Body::from(answer.body))
    } else {
        tracing::warn!(%status, route, "what refused this is not Whop's API; check WHOP_API_URL");
        let error = ErrorBody::new("refused", "The chat does not take this.");
        Json(error).into_response()
    };
    *response.status_mut() = status;
    for name in PASSED_BACK.iter().skip(usize::from(!is_whops)) {
        if let Some(value) = answer.headers.get(name) {
            response.headers_mut().insert(name.clone(), value.clone());
        }
    }
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    async fn passed(status: u16, body: &'static str) -> (StatusCode, HeaderMap, String) {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("content-type", "text/html"),
            ("retry-after", "7"),
            ("server", "secret"),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
        let answer = ForwardedAnswer {
            status: StatusCode::from_u16(status).unwrap(),
            headers,
            body: Bytes::from_static(body.as_bytes()),
        };
        let response = passed_back(answer, "/messages").unwrap();
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, 10_000).await.unwrap();
        let body = String::from_utf8(body.to_vec()).unwrap();
        (parts.status, parts.headers, body)
    }

    #[tokio::test]
    async fn whops_own_refusals_pass_and_others_pages_do_not() {
        let whops = r#"{ "error":{"type":"forbidden","message":"You are muted.","code":7}}"#;
        let (status, headers, body) = passed(403, whops).await;
        assert_eq!((status.as_u16(), body.as_str()), (403, whops));
        assert_eq!(headers["content-type"], "text/html", "to the byte");
        for page in [
            "<h1>nginx at 10.0.0.7</h1>",
            "",
            "{}",
            r#"{"error":"upstream api-7"}"#,
        ] {
            let (status, headers, body) = passed(429, page).await;
            assert_eq!(status.as_u16(), 429);
            assert_eq!(headers["content-type"], "application/json");
            assert_eq!(headers["retry-after"], "7");
            assert!(headers.get("server").is_none());
            assert!(
                is_error(body.as_bytes()) && !body.contains("10.0"),
                "{body}"
            );
        }
    }
}
