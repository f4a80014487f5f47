use crate::error::Refusal;
use crate::identity::IdentityError;
use axum::http::StatusCode;
use thiserror::Error;

/// Why Whop's OAuth gave nothing to work with. The messages are for the log.
#[derive(Debug, Error)]
pub enum SignInError {
    /// The code or the refresh token is spent, too old or somebody else's.
    #[error("Whop does not take this code or refresh token (any more)")]
    NotGranted,
    /// Whop refuses the app itself.
    #[error(
        "Whop answered {0} ({1}): check WHOP_APP_ID, WHOP_OAUTH_CLIENT_SECRET, and that /oauth/callback of WHOP_CHAT_PUBLIC_URL is one of the app's redirect URIs"
    )]
    Refused(StatusCode, String),
    /// Whop fails, or asks for patience.
    #[error("Whop answered {0}")]
    Failed(StatusCode),
    /// No answer, or not in time.
    #[error("Whop can't be reached: {0}")]
    Unreachable(#[from] reqwest::Error),
    /// An answer that makes no sense here.
    #[error("Whop's answer can't be understood: {0}")]
    Malformed(&'static str),
    /// The id token does not hold.
    #[error("Whop's id token does not hold: {0}")]
    IdToken(#[from] IdentityError),
}

impl From<SignInError> for Refusal {
    fn from(error: SignInError) -> Self {
        tracing::warn!(%error, "a visitor can't be signed in");
        match error {
            SignInError::NotGranted => Self::StaleSignIn,
            SignInError::Failed(_)
            | SignInError::Unreachable(_)
            | SignInError::IdToken(IdentityError::KeysUnavailable) => Self::Unavailable,
            SignInError::Refused(..) | SignInError::Malformed(_) | SignInError::IdToken(_) => {
                Self::BadGateway
            }
        }
    }
}
