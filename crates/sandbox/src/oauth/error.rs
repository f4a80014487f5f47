use crate::database::DatabaseError;
use crate::rest::ApiError;
use crate::tokens::KeyError;
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// Why no token was given, in the shape of RFC 6749, section 5.2, and RFC 6750, section 3.
#[derive(Debug, thiserror::Error)]
pub enum OAuthError {
    /// 400: a parameter is missing, there twice, or no parameter's value.
    #[error("{0}")]
    InvalidRequest(String),
    /// 401: an unknown client, or a wrong secret.
    #[error("{0}")]
    InvalidClient(&'static str),
    /// 400: the code or the refresh token was used, has expired, or is for another client, address or verifier.
    #[error("{0}")]
    InvalidGrant(&'static str),
    /// 400: neither of the two grants.
    #[error("grant_type must be authorization_code or refresh_token")]
    UnsupportedGrantType,
    /// 400: more than was allowed, or no scope at all.
    #[error("{0}")]
    InvalidScope(String),
    /// 401: the access token is not valid.
    #[error("The access token is not valid, or not any more")]
    InvalidToken,
    /// 403: the access token's user did not allow this.
    #[error("The access token lacks the scope {0}")]
    InsufficientScope(&'static str),
    /// 429, 500.
    #[error(transparent)]
    Api(#[from] ApiError),
}

impl From<DatabaseError> for OAuthError {
    fn from(error: DatabaseError) -> Self {
        Self::Api(error.into())
    }
}

impl From<KeyError> for OAuthError {
    fn from(error: KeyError) -> Self {
        Self::Api(error.into())
    }
}

impl IntoResponse for OAuthError {
    fn into_response(self) -> Response {
        let (status, code) = match self {
            Self::Api(error) => return from_api(error),
            Self::InvalidRequest(_) => (StatusCode::BAD_REQUEST, "invalid_request"),
            Self::InvalidClient(_) => (StatusCode::UNAUTHORIZED, "invalid_client"),
            Self::InvalidGrant(_) => (StatusCode::BAD_REQUEST, "invalid_grant"),
            Self::UnsupportedGrantType => (StatusCode::BAD_REQUEST, "unsupported_grant_type"),
            Self::InvalidScope(_) => (StatusCode::BAD_REQUEST, "invalid_scope"),
            Self::InvalidToken => (StatusCode::UNAUTHORIZED, "invalid_token"),
            Self::InsufficientScope(_) => (StatusCode::FORBIDDEN, "insufficient_scope"),
        };
        let mut response = answer(status, code, &self.to_string());
        let challenge = match self {
            Self::InvalidClient(_) => Some("Basic realm=\"oauth\"".to_owned()),
            Self::InvalidToken | Self::InsufficientScope(_) => {
                Some(format!("Bearer realm=\"oauth\", error=\"{code}\""))
            }
            _ => None,
        };
        if let Some(challenge) = challenge.and_then(|text| HeaderValue::from_str(&text).ok()) {
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}

/// The status and headers as everywhere, the body as OAuth's clients read it.
fn from_api(error: ApiError) -> Response {
    let said = error.to_string();
    let plain = error.into_response();
    let code = match plain.status() {
        StatusCode::TOO_MANY_REQUESTS => "rate_limit_exceeded",
        StatusCode::UNAUTHORIZED => "invalid_token",
        status if status.is_client_error() => "invalid_request",
        _ => "server_error",
    };
    let mut response = answer(plain.status(), code, &said);
    if let Some(after) = plain.headers().get(header::RETRY_AFTER) {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, after.clone());
    }
    response
}

fn answer(status: StatusCode, code: &str, description: &str) -> Response {
    let body = Json(json!({"error": code, "error_description": description}));
    (status, [(header::CACHE_CONTROL, "no-store")], body).into_response()
}
