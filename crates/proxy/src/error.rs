//! Refusals, in the shape of Whop's own errors. What went wrong inside is for the log, never for the answer.

use crate::identity::IdentityError;
use crate::schedule::Crowded;
use crate::webhooks::Unsigned;
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::time::Duration;
use thiserror::Error;
use wire::rest::ErrorBody;

/// Why a request is refused, and what to do about it.
#[derive(Debug, Error)]
pub enum Refusal {
    /// The page that asks is not one of the creator's.
    #[error(
        "This page's origin may not use this chat. Its operator can add it to WHOP_CHAT_ALLOWED_ORIGINS."
    )]
    ForeignOrigin,
    /// Nobody knows who is asking.
    #[error("{0}")]
    Unidentified(#[from] IdentityError),
    /// `/api/v1` without a visitor's token.
    #[error("This needs `Authorization: Bearer` with the token that POST /session gave.")]
    NoToken,
    /// `/api/v1` with a token that Whop did not take a moment ago.
    #[error("Whop does not take this token. Get a new one from POST /session.")]
    TokenRefused,
    /// An API key where a visitor's token belongs.
    #[error(
        "An API key must never come from a browser. Use the token that POST /session gave, and replace the key."
    )]
    ApiKeyFromOutside,
    /// A webhook that Whop did not send, or not just now.
    #[error(transparent)]
    Unsigned(#[from] Unsigned),
    /// A sign-in would lead to a page that is not one of the operator's.
    #[error("This sign-in does not say where to return to, or that page may not use this chat.")]
    BadReturn,
    /// Whop sends somebody back who did not begin here, or too late.
    #[error(
        "This sign-in was begun elsewhere or took too long. Go back to the page and begin anew."
    )]
    StaleSignIn,
    /// A websocket without a valid ticket.
    #[error("This websocket needs the protocols that POST /session gave: {0}")]
    NoTicket(&'static str),
    /// A plain request where only a websocket is.
    #[error("This address takes websockets only: `Connection: Upgrade`, `Upgrade: websocket`.")]
    NoWebsocket,
    /// One visitor has too many websockets.
    #[error("You have this chat open too often. Close some of its tabs.")]
    TooManySockets,
    /// One visitor, or one address, asks more often than any honest one.
    #[error("You do this more often than the chat can bear. Try again in a moment.")]
    TooManyRequests {
        /// How long until one more is taken.
        wait: Duration,
    },
    /// The visitor may not see the channel.
    #[error("You have no access to this chat.")]
    NoAccess,
    /// A guest wants more than to read.
    #[error("Guests can only read. Sign in to do more.")]
    GuestsRead,
    /// The proof of identity is for other channels.
    #[error("Your proof of identity is not for this channel. Ask the page for a new one.")]
    OtherChannel,
    /// No such channel.
    #[error("There is no such channel.")]
    NoSuchChannel,
    /// Not a route of the proxy.
    #[error("There is nothing at this address.")]
    NotFound,
    /// A route, but not with this method.
    #[error("This address does not take this method, only: {0}")]
    WrongMethod(&'static str),
    /// The body is no JSON by its own account.
    #[error("Send JSON, with `Content-Type: application/json`.")]
    NotJson,
    /// The body can't be read.
    #[error("The body can't be understood: {0}")]
    BadBody(String),
    /// The same key was sent with another body.
    #[error("This Idempotency-Key was sent with another message. Use a new one for each message.")]
    OtherPost,
    /// The body is too long.
    #[error("The body is too long; at most {0} bytes are read.")]
    TooLong(usize),
    /// The body did not arrive in time.
    #[error("The request took too long to arrive. Send it again.")]
    TooSlow,
    /// Whop asks for patience.
    #[error("The chat is busy. Try again in a moment.")]
    Busy {
        /// Whop's own `Retry-After`.
        retry_after: Option<HeaderValue>,
    },
    /// The proxy stops.
    #[error("This server stops. Connect anew.")]
    Stopping,
    /// A fault of the proxy's own.
    #[error("The chat has a fault. Its operator finds it in the log by the answer's x-request-id.")]
    Fault,
    /// Whop can't be reached, or fails.
    #[error("The chat can't be reached at the moment. Try again in a moment.")]
    Unavailable,
    /// Whop fails with that status. What it said is its own affair.
    #[error("The chat has a fault at the moment. Look whether it was done before you try again.")]
    Failed(StatusCode),
    /// Whop answered something that makes no sense here, or refuses the proxy's own key.
    #[error("The chat is out of order. Its operator finds the reason in the log.")]
    BadGateway,
    /// Whop did not answer in time. A write may have been done all the same.
    #[error("The chat did not answer in time. Look whether it was done before you try again.")]
    TimedOut,
}

/// The word of a refusal, on its answer, for those who count.
#[derive(Clone, Copy, Debug)]
pub struct Refused(pub &'static str);

impl Refusal {
    /// Too many visitors at the moment.
    pub fn crowded(crowded: &Crowded) -> Self {
        let seconds = crowded.retry_after.as_millis().div_ceil(1_000).max(1);
        Self::Busy {
            retry_after: HeaderValue::from_str(&seconds.to_string()).ok(),
        }
    }

    /// The answer's status, and the word that programs read.
    fn kind(&self) -> (StatusCode, &'static str) {
        match self {
            Self::ForeignOrigin | Self::GuestsRead => (StatusCode::FORBIDDEN, "forbidden"),
            Self::Unidentified(
                IdentityError::KeysUnavailable | IdentityError::TooManyAssertions,
            )
            | Self::Busy { .. }
            | Self::Stopping
            | Self::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "service_unavailable"),
            Self::Unidentified(_)
            | Self::NoToken
            | Self::TokenRefused
            | Self::ApiKeyFromOutside
            | Self::NoTicket(_)
            | Self::Unsigned(_) => (StatusCode::UNAUTHORIZED, "unauthorized"),
            Self::NoAccess | Self::OtherChannel => (StatusCode::FORBIDDEN, "no_access"),
            Self::NoSuchChannel | Self::NotFound => (StatusCode::NOT_FOUND, "not_found"),
            Self::WrongMethod(_) => (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed"),
            Self::TooManySockets | Self::TooManyRequests { .. } => {
                (StatusCode::TOO_MANY_REQUESTS, "too_many_requests")
            }
            Self::NoWebsocket => (StatusCode::UPGRADE_REQUIRED, "upgrade_required"),
            Self::NotJson => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type"),
            Self::BadBody(_) | Self::BadReturn | Self::StaleSignIn => {
                (StatusCode::BAD_REQUEST, "bad_request")
            }
            Self::OtherPost => (StatusCode::UNPROCESSABLE_ENTITY, "unprocessable_entity"),
            Self::TooLong(_) => (StatusCode::PAYLOAD_TOO_LARGE, "payload_too_large"),
            Self::TooSlow => (StatusCode::REQUEST_TIMEOUT, "request_timeout"),
            Self::Failed(status) => (*status, "service_unavailable"),
            Self::Fault => (StatusCode::INTERNAL_SERVER_ERROR, "internal_server_error"),
            Self::BadGateway => (StatusCode::BAD_GATEWAY, "bad_gateway"),
            Self::TimedOut => (StatusCode::GATEWAY_TIMEOUT, "gateway_timeout"),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, kind) = self.kind();
        let body = Json(ErrorBody::new(kind, self.to_string()));
        let mut response = (status, body).into_response();
        response.extensions_mut().insert(Refused(kind));
        let headers = response.headers_mut();
        match self {
            Self::Busy { retry_after } => {
                headers.insert(
                    header::RETRY_AFTER,
                    retry_after.unwrap_or(HeaderValue::from_static("2")),
                );
            }
            Self::TooManyRequests { wait } => {
                let seconds = wait.as_millis().div_ceil(1_000).max(1);
                let seconds = u64::try_from(seconds).unwrap_or(u64::MAX);
                headers.insert(header::RETRY_AFTER, seconds.into());
                let millis = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
                headers.insert("retry-after-ms", millis.max(1).into());
            }
            Self::Unavailable | Self::Stopping | Self::TooManySockets => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
            }
            Self::WrongMethod(allowed) => {
                headers.insert(header::ALLOW, HeaderValue::from_static(allowed));
            }
            Self::NoWebsocket => {
                headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
            }
            Self::Unidentified(_)
            | Self::NoToken
            | Self::TokenRefused
            | Self::ApiKeyFromOutside => {
                headers.insert(
                    header::WWW_AUTHENTICATE,
                    HeaderValue::from_static("Bearer realm=\"whop-chat\""),
                );
            }
            _ => {}
        }
        response
    }
}
