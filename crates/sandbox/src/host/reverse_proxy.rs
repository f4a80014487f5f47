use super::enter::{COOKIE, cookies, visitor};
use crate::html::{Value, fill};
use crate::rest::ApiError;
use crate::state::Sandbox;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse as _, Response};

const USER_TOKEN: HeaderName = HeaderName::from_static("x-whop-user-token");
/// Headers of one hop only, RFC 9110 section 7.6.1.
const HOP_BY_HOP: [HeaderName; 8] = [
    header::CONNECTION,
    HeaderName::from_static("keep-alive"),
    header::PROXY_AUTHENTICATE,
    header::PROXY_AUTHORIZATION,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

/// Passes a request on to the app, with a token that says who the visitor is. What the visitor claims to be, in a
/// token of their own, is never passed on.
pub async fn forward(
    State(sandbox): State<Sandbox>,
    request: Request,
) -> Result<Response, ApiError> {
    let user = visitor(&sandbox, request.headers()).await?;
    let (parts, body) = request.into_parts();
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    let mut headers = one_hop_less(&parts.headers);
    headers.remove(USER_TOKEN);
    headers.remove(header::HOST);
    hide_cookie(&mut headers);
    if let Some(host) = parts.headers.get(header::HOST) {
        headers.insert(HeaderName::from_static("x-forwarded-host"), host.clone());
    }
    headers.insert(
        HeaderName::from_static("x-forwarded-proto"),
        HeaderValue::from_static("http"),
    );
    if let Some(user) = user {
        let token = sandbox.tokens().user_token(&user.id)?;
        let mut value = HeaderValue::from_str(&token)
            .map_err(|_| ApiError::bad_request("The user token can't be sent"))?;
        value.set_sensitive(true);
        headers.insert(USER_TOKEN, value);
    }
    let has_body = parts.headers.contains_key(header::CONTENT_LENGTH)
        || parts.headers.contains_key(header::TRANSFER_ENCODING);
    let mut upstream = sandbox
        .client()
        .request(parts.method, format!("{}{path}", sandbox.options().app_url))
        .headers(headers);
    if has_body {
        upstream = upstream.body(reqwest::Body::wrap_stream(body.into_data_stream()));
    }
    match upstream.send().await {
        Ok(answer) => {
            let (status, headers) = (answer.status(), one_hop_less(answer.headers()));
            let mut response = Response::new(Body::from_stream(answer.bytes_stream()));
            *response.status_mut() = status;
            *response.headers_mut() = headers;
            Ok(response)
        }
        Err(error) => {
            tracing::warn!(error = %error.without_url(), "the app does not answer");
            let page = fill(
                include_str!("../../pages/app_down.html"),
                &[("app_url", Value::Text(&sandbox.options().app_url))],
            );
            Ok((StatusCode::BAD_GATEWAY, Html(page)).into_response())
        }
    }
}

fn one_hop_less(headers: &HeaderMap) -> HeaderMap {
    let mut kept = headers.clone();
    let named: Vec<String> = headers
        .get_all(header::CONNECTION)
        .into_iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|name| name.trim().to_ascii_lowercase())
        .collect();
    for name in &named {
        kept.remove(name.as_str());
    }
    for name in HOP_BY_HOP {
        kept.remove(name);
    }
    kept
}

/// The visitor's cookie is between the browser and this origin's front.
fn hide_cookie(headers: &mut HeaderMap) {
    let others: Vec<String> = cookies(headers)
        .filter(|(name, _)| *name != COOKIE)
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    headers.remove(header::COOKIE);
    if let Ok(value) = HeaderValue::from_str(&others.join("; "))
        && !others.is_empty()
    {
        headers.insert(header::COOKIE, value);
    }
}
