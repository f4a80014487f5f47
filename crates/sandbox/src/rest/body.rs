use super::ApiError;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use futures_util::StreamExt as _;
use serde::de::DeserializeOwned;

/// The longest body that is read.
const LONGEST: usize = 1_000_000;
/// A longer one is read away up to this length, so that the client is still listening when it is refused.
const LONGEST_DRAINED: usize = 16_000_000;

/// A body of JSON: 400 when it is not what the route takes, 413 when it is too long.
#[derive(Debug)]
pub struct JsonBody<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for JsonBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        let mut stream = request.into_body().into_data_stream();
        let mut body = Vec::new();
        let mut length = 0;
        while let Some(chunk) = stream.next().await {
            let chunk = chunk
                .map_err(|error| ApiError::bad_request(format!("The body broke off: {error}")))?;
            length += chunk.len();
            if length <= LONGEST {
                body.extend_from_slice(&chunk);
            } else if length > LONGEST_DRAINED {
                break;
            }
        }
        if length > LONGEST {
            return Err(ApiError::TooLarge(LONGEST));
        }
        // The SDKs send no body at all where every field is optional.
        let body = if body.is_empty() {
            b"{}"
        } else {
            body.as_slice()
        };
        serde_json::from_slice(body)
            .map(Self)
            .map_err(|error| ApiError::bad_request(format!("The body is not understood: {error}")))
    }
}

/// The ids in a path: 400 when they are no text.
#[derive(Debug)]
pub struct PathOf<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for PathOf<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        Path::from_request_parts(parts, state)
            .await
            .map(|Path(ids)| Self(ids))
            .map_err(|error| ApiError::bad_request(error.body_text()))
    }
}

/// Query parameters: 400 when they are not what the route takes.
#[derive(Debug)]
pub struct QueryOf<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for QueryOf<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        Query::try_from_uri(&parts.uri)
            .map(|Query(query)| Self(query))
            .map_err(|error| ApiError::bad_request(error.body_text()))
    }
}
