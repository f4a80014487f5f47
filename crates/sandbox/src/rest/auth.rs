use super::ApiError;
use crate::company;
use crate::database::{StoredChannel, StoredUser};
use crate::state::Sandbox;
use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use wire::rest::AccessLevel;

/// Who asks, checked: the API key or an access token was valid, and the user exists.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Whom the request acts as.
    pub user: StoredUser,
    /// It carries the API key.
    pub has_api_key: bool,
    /// It acts as the app itself, whom no channel's rules bind.
    pub is_app: bool,
    scopes: Option<Vec<String>>,
}

impl Caller {
    /// Reads `Authorization` and `x-on-behalf-of`.
    ///
    /// # Errors
    /// 401 when nobody valid asks.
    pub async fn from_headers(headers: &HeaderMap, sandbox: &Sandbox) -> Result<Self, ApiError> {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let bearer = text("authorization")
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map(|(_, token)| token.trim())
            .ok_or(ApiError::Unauthorized(
                "Send an API key or an access token as Authorization: Bearer",
            ))?;
        sandbox.check_rate(bearer)?;
        if sandbox.options().api_key.matches(bearer) {
            // An id that is no text is somebody's all the same, and not the app's.
            let behalf = headers
                .get("x-on-behalf-of")
                .map(|id| id.to_str().unwrap_or("(no text)"))
                .filter(|id| !id.is_empty());
            let user = find(sandbox, behalf.unwrap_or(company::AGENT_ID)).await?;
            return Ok(Self {
                user,
                has_api_key: true,
                is_app: behalf.is_none(),
                scopes: None,
            });
        }
        let claims = sandbox
            .tokens()
            .read_access_token(bearer)
            .ok_or(ApiError::Unauthorized(
                "The API key or access token is not valid, or not any more",
            ))?;
        Ok(Self {
            user: find(sandbox, claims.sub.as_deref().unwrap_or(company::AGENT_ID)).await?,
            has_api_key: false,
            is_app: claims.sub.is_none(),
            scopes: claims.scoped_actions,
        })
    }

    /// A visitor of the app, who may do there whatever they may do on whop.com.
    pub fn of_visitor(user: StoredUser) -> Self {
        Self {
            user,
            has_api_key: false,
            is_app: false,
            scopes: None,
        }
    }

    /// How much they may reach.
    pub fn level(&self) -> AccessLevel {
        if self.is_app {
            AccessLevel::Admin
        } else {
            self.user.access_level.clone()
        }
    }

    /// Whether their token has that scope. The API key has all.
    pub fn has_scope(&self, scope: &str) -> bool {
        self.scopes
            .as_ref()
            .is_none_or(|scopes| scopes.iter().any(|own| own == scope))
    }

    /// 403 without that scope.
    ///
    /// # Errors
    /// 403.
    pub fn needs(&self, scope: &str) -> Result<(), ApiError> {
        if self.has_scope(scope) {
            Ok(())
        } else {
            Err(ApiError::Forbidden(format!(
                "The access token lacks the scope {scope}"
            )))
        }
    }

    /// 403 with none of those scopes.
    ///
    /// # Errors
    /// 403.
    pub fn needs_one_of(&self, scopes: &[&str]) -> Result<(), ApiError> {
        if scopes.iter().any(|scope| self.has_scope(scope)) {
            Ok(())
        } else {
            Err(ApiError::Forbidden(format!(
                "The access token lacks the scope {}",
                scopes.join(" or ")
            )))
        }
    }

    /// Whether they may moderate every channel of the company.
    pub fn may_moderate(&self) -> bool {
        self.level() == AccessLevel::Admin
    }

    /// 404 without a channel, 403 where they have no access to it.
    ///
    /// # Errors
    /// 404 or 403.
    pub fn sees(&self, channel: Option<StoredChannel>) -> Result<StoredChannel, ApiError> {
        let channel = channel.ok_or(ApiError::NotFound("channel"))?;
        if self.is_app || self.user.has_access() {
            Ok(channel)
        } else {
            Err(ApiError::Forbidden(
                "You have no access to this channel".to_owned(),
            ))
        }
    }
}

async fn find(sandbox: &Sandbox, id: &str) -> Result<StoredUser, ApiError> {
    let id = id.to_owned();
    let user = sandbox
        .store()
        .run(move |database| database.user(&id))
        .await?;
    user.ok_or(ApiError::Unauthorized("There is no such user"))
}

impl FromRequestParts<Sandbox> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, sandbox: &Sandbox) -> Result<Self, ApiError> {
        Self::from_headers(&parts.headers, sandbox).await
    }
}
