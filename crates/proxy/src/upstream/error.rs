use crate::error::Refusal;
use crate::schedule::Crowded;
use reqwest::StatusCode;
use reqwest::header::HeaderValue;
use std::sync::Arc;
use thiserror::Error;

/// Why a call to Whop gave nothing to work with. The messages are for the log.
#[derive(Debug, Error)]
pub enum UpstreamError {
    /// Whop has no such thing.
    #[error("Whop has nothing there")]
    NotFound,
    /// Whop refuses the key or the token.
    #[error(
        "Whop answered {0}: check WHOP_API_KEY, its permissions, WHOP_COMPANY_ID and WHOP_API_URL"
    )]
    Refused(StatusCode),
    /// The calls that Whop allows are spent.
    #[error(transparent)]
    Crowded(#[from] Crowded),
    /// Too many calls.
    #[error("Whop answered 429: too many requests")]
    RateLimited {
        /// How long to wait, as Whop said it.
        retry_after: Option<HeaderValue>,
    },
    /// Whop fails.
    #[error("Whop answered {0}")]
    Failed(StatusCode),
    /// No answer in time.
    #[error("Whop did not answer in time")]
    TimedOut,
    /// No connection.
    #[error("Whop can't be reached: {0}")]
    Unreachable(reqwest::Error),
    /// An answer that makes no sense here.
    #[error("Whop's answer can't be understood: {0}")]
    Malformed(String),
}

impl From<reqwest::Error> for UpstreamError {
    fn from(error: reqwest::Error) -> Self {
        if error.is_timeout() {
            Self::TimedOut
        } else {
            // The URL may hold ids.
            Self::Unreachable(error.without_url())
        }
    }
}

impl UpstreamError {
    /// Whether the failure is that of one key or token: somebody else's may do.
    pub fn is_of_credential(&self) -> bool {
        matches!(
            self,
            Self::Refused(_) | Self::Crowded(_) | Self::RateLimited { .. } | Self::NotFound
        )
    }

    /// Whether Whop doesn't take the key or the token any more.
    pub fn is_unauthorized(&self) -> bool {
        matches!(self, Self::Refused(StatusCode::UNAUTHORIZED))
    }
}

impl From<&UpstreamError> for Refusal {
    fn from(error: &UpstreamError) -> Self {
        tracing::warn!(%error, "a call to Whop failed");
        match error {
            UpstreamError::NotFound => Self::NoSuchChannel,
            UpstreamError::RateLimited { retry_after } => Self::Busy {
                retry_after: retry_after.clone(),
            },
            UpstreamError::Crowded(crowded) => Self::crowded(crowded),
            UpstreamError::Failed(_) | UpstreamError::TimedOut | UpstreamError::Unreachable(_) => {
                Self::Unavailable
            }
            UpstreamError::Refused(_) | UpstreamError::Malformed(_) => Self::BadGateway,
        }
    }
}

impl From<UpstreamError> for Refusal {
    fn from(error: UpstreamError) -> Self {
        Self::from(&error)
    }
}

/// Several visitors may wait for the same call, so its error is shared.
impl From<Arc<UpstreamError>> for Refusal {
    fn from(error: Arc<UpstreamError>) -> Self {
        Self::from(&*error)
    }
}
