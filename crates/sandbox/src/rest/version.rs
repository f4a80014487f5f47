use crate::state::Sandbox;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use std::convert::Infallible;

/// Since when answers are those of October.
const OCTOBER: &str = "2026-10-15";

/// Which of Whop's dated versions a client asks for, by `Api-Version-Date`. Where they differ, it gets its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApiVersion {
    /// 2026-07-20, that of `@whop/sdk` 0.0.42, and of whoever doesn't say or asks for an earlier one.
    July,
    /// 2026-10-15-1, that of Python's `whop-sdk` 2.6.0, and later ones.
    October,
}

impl FromRequestParts<Sandbox> for ApiVersion {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &Sandbox) -> Result<Self, Infallible> {
        let date = parts.headers.get("api-version-date");
        Ok(match date.and_then(|date| date.to_str().ok()) {
            // Dates of that form sort as text.
            Some(date) if date.starts_with('2') && date >= OCTOBER => Self::October,
            _ => Self::July,
        })
    }
}
