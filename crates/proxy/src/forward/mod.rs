//! `/api/v1`: the visitors' own calls, passed on to Whop with their own token and to the byte.
//! Only the routes of the allow-list pass. Nothing here reads a message.

mod allow_list;
mod guest;

use crate::Proxy;
use crate::body;
use crate::clock;
use crate::error::Refusal;
use crate::identity::{GuestClaims, IdentityError};
use crate::session::{Purpose, mint_refusal};
use crate::upstream::{ForwardedAnswer, ForwardedCall, UpstreamError};
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, header};
use std::sync::Arc;

/// Whop's own messages are far shorter.
const LONGEST_BODY: usize = 256 << 10;
/// Headers of a visitor's call that Whop sees. Cookies, addresses and the rest stay here.
static PASSED_ON: [HeaderName; 4] = [
    header::AUTHORIZATION,
    header::ACCEPT,
    HeaderName::from_static("api-version-date"),
    HeaderName::from_static("idempotency-key"),
];
/// Headers of Whop's answer that the visitor sees.
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
    let mut token = token(&proxy, &headers)?.to_owned();
    let path_and_query = if let Some(claims) = guest(&proxy, &token)? {
        let call = guest::call(&claims, &method, path, uri.query())?;
        token = readers_token(&proxy).await?;
        headers.insert(header::AUTHORIZATION, bearer(&token)?);
        call
    } else {
        // A token that was not minted here is its own visitor.
        let visitor = proxy.mint.owner(&token).await;
        proxy
            .limits
            .count_visitor(visitor.as_deref().unwrap_or(&token))?;
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
    let is_read = method == Method::GET;
    let answer = proxy
        .upstream
        .forward(ForwardedCall {
            method,
            path_and_query,
            headers,
            body,
        })
        .await
        .map_err(|error| {
            tracing::warn!(%error, route, "a visitor's call can't be passed on");
            match error {
                // It may have arrived before the connection broke (S1).
                UpstreamError::TimedOut if !is_read => Refusal::TimedOut,
                UpstreamError::Unreachable(error) if !is_read && !error.is_connect() => {
                    Refusal::TimedOut
                }
                UpstreamError::Malformed(_) => Refusal::BadGateway,
                _ => Refusal::Unavailable,
            }
        })?;
    if answer.status == StatusCode::UNAUTHORIZED {
        proxy.mint.forget(&token).await;
    }
    passed_back(answer, route)
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

/// The token with which the proxy reads for guests: one that can't do anything else, and never leaves it.
async fn readers_token(proxy: &Proxy) -> Result<String, Refusal> {
    let reader = &proxy.configuration.agent_user_id;
    let minted = proxy
        .mint
        .token(&proxy.upstream, reader, Purpose::Reading)
        .await;
    let (token, _) = minted.map_err(|error| mint_refusal(&error))?;
    Ok(token.token)
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
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = status;
    for name in &PASSED_BACK {
        if let Some(value) = answer.headers.get(name) {
            response.headers_mut().insert(name.clone(), value.clone());
        }
    }
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
