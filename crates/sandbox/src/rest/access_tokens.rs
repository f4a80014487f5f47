use super::conversations::known_company;
use super::{ApiError, Caller, JsonBody};
use crate::clock::now_seconds;
use crate::state::Sandbox;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use wire::rest::AccessToken;
use wire::{CompanyId, Extra, Timestamp, UserId};

const USUAL_SECONDS: i64 = 3_600;
const LONGEST_SECONDS: i64 = 3 * 3_600;

/// The body of `POST /access_tokens`. Since the API of October 2026 a company is called an account.
#[derive(Debug, Deserialize)]
pub struct Body {
    company_id: Option<CompanyId>,
    account_id: Option<CompanyId>,
    user_id: Option<UserId>,
    scoped_actions: Option<Vec<String>>,
    expires_at: Option<Timestamp>,
}

/// `POST /access_tokens`: only with the API key.
pub async fn create(
    State(sandbox): State<Sandbox>,
    caller: Caller,
    JsonBody(body): JsonBody<Body>,
) -> Result<Json<AccessToken>, ApiError> {
    if !caller.has_api_key {
        return Err(ApiError::Forbidden(
            "Access tokens are made with an API key".to_owned(),
        ));
    }
    let company_id = known_company([body.company_id.as_deref(), body.account_id.as_deref()])?;
    if let Some(user_id) = body.user_id.clone() {
        let user = sandbox
            .store()
            .run(move |database| database.user(&user_id))
            .await?;
        user.ok_or(ApiError::NotFound("user"))?;
    }
    if let Some(scope) = body
        .scoped_actions
        .iter()
        .flatten()
        .find(|scope| !is_scope(scope))
    {
        return Err(ApiError::bad_request(format!(
            "scoped_actions contains {scope:?}, which is no scope"
        )));
    }
    let now = now_seconds();
    let expires_at = match &body.expires_at {
        None => now + USUAL_SECONDS,
        Some(moment) => {
            let seconds = moment
                .unix_millis()
                .ok_or_else(|| ApiError::bad_request("expires_at is not an RFC 3339 moment"))?
                / 1_000;
            if seconds <= now || seconds > now + LONGEST_SECONDS {
                return Err(ApiError::bad_request(
                    "expires_at must be within the next three hours",
                ));
            }
            seconds
        }
    };
    let token = sandbox.tokens().access_token(
        body.user_id.as_deref(),
        company_id,
        body.scoped_actions,
        expires_at,
    )?;
    Ok(Json(AccessToken {
        token,
        expires_at: Timestamp::from_unix_millis(expires_at * 1_000),
        extra: Extra::default(),
    }))
}

/// Whether it has the form of Whop's scopes, such as `chat:message:create`.
pub fn is_scope(text: &str) -> bool {
    text.len() <= 64
        && text.split(':').count() >= 2
        && text.split(':').all(|part| {
            !part.is_empty()
                && part
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
        })
}
