use crate::database::DatabaseError;
use crate::rules::Refusal;
use crate::tokens::KeyError;
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::time::Duration;
use wire::rest::ErrorBody;

/// An answer that is not a success, in Whop's shape.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// 400: the request makes no sense.
    #[error("{0}")]
    BadRequest(String),
    /// 401: nobody, or nobody any more.
    #[error("{0}")]
    Unauthorized(&'static str),
    /// 403: somebody who may not.
    #[error("{0}")]
    Forbidden(String),
    /// 404: no such thing.
    #[error("No {0} was found with that id")]
    NotFound(&'static str),
    /// 404: no such route.
    #[error("There is no such route")]
    NoRoute,
    /// 405: not with this method.
    #[error("This route doesn't answer that method")]
    MethodNotAllowed,
    /// 413: the body is too long.
    #[error("The body is longer than {0} bytes")]
    TooLarge(usize),
    /// 403 or 422: the channel's rules refuse it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// 429: too many requests.
    #[error("Too many requests. Try again in {} s", .0.as_secs_f32().ceil())]
    TooManyRequests(Duration),
    /// What a test asked for.
    #[error("A test asked for this answer")]
    Injected(StatusCode),
    /// 500.
    #[error("The sandbox's database failed; its log says why")]
    Database(#[from] DatabaseError),
    /// 500.
    #[error("The sandbox could not sign a token; its log says why")]
    Key(#[from] KeyError),
}

impl ApiError {
    /// A 400 that says what is wrong.
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::BadRequest(message.into())
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::BadRequest(_) => StatusCode::BAD_REQUEST,
            Self::Unauthorized(_) => StatusCode::UNAUTHORIZED,
            Self::Forbidden(_)
            | Self::Refused(Refusal::MayNotPost(_) | Refusal::MayNotReact(_) | Refusal::Muted(_)) => {
                StatusCode::FORBIDDEN
            }
            Self::NotFound(_) | Self::NoRoute => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Refused(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TooManyRequests(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Injected(status) => *status,
            Self::Database(_) | Self::Key(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The word for programs.
    pub fn code(&self) -> &'static str {
        kind(self.status())
    }

    /// Writes what only the operator may know to the log.
    pub fn log(&self) {
        use std::error::Error as _;
        if matches!(self, Self::Database(_) | Self::Key(_)) {
            tracing::error!(error = ?self, source = ?self.source(), "internal error");
        }
    }

    fn retry_after(&self) -> Option<u64> {
        match self {
            Self::TooManyRequests(left) => {
                Some(left.as_millis().div_ceil(1_000).try_into().unwrap_or(1))
            }
            Self::Injected(StatusCode::TOO_MANY_REQUESTS) => Some(1),
            Self::Refused(Refusal::Cooldown(seconds) | Refusal::Muted(seconds)) => Some(*seconds),
            _ => None,
        }
    }
}

/// The word for programs that goes with a status.
fn kind(status: StatusCode) -> &'static str {
    match status {
        StatusCode::BAD_REQUEST => "bad_request",
        StatusCode::UNAUTHORIZED => "unauthorized",
        StatusCode::FORBIDDEN => "forbidden",
        StatusCode::NOT_FOUND => "not_found",
        StatusCode::METHOD_NOT_ALLOWED => "method_not_allowed",
        StatusCode::CONFLICT => "conflict",
        StatusCode::PAYLOAD_TOO_LARGE => "payload_too_large",
        StatusCode::UNPROCESSABLE_ENTITY => "unprocessable_entity",
        StatusCode::TOO_MANY_REQUESTS => "too_many_requests",
        StatusCode::SERVICE_UNAVAILABLE => "service_unavailable",
        _ => "internal_server_error",
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status = self.status();
        self.log();
        let body = Json(ErrorBody::new(kind(status), self.to_string()));
        let mut response = (status, body).into_response();
        if let Some(seconds) = self.retry_after() {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
