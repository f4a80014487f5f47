use super::error::OAuthError;
use crate::company;
use crate::rest::{ApiError, Caller, JsonBody, PathOf};
use crate::state::Sandbox;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::sync::{Mutex, PoisonError};

const MOST_URIS: usize = 100;

/// How the app authenticates at the token endpoint: `oauth_client_type` of `AppUpdateParams` in `@whop/sdk` 0.0.42.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientType {
    /// By PKCE alone; a secret is checked where one is sent.
    Public,
    /// By its secret, besides PKCE.
    Confidential,
}

#[derive(Clone, Debug)]
struct Registration {
    redirect_uris: Vec<String>,
    client_type: ClientType,
}

/// The app that people sign in to: `app_sandbox`, whose secret is the API key, as `@whop/api` has it. What is changed
/// in it lasts until the sandbox ends.
#[derive(Debug)]
pub struct Client(Mutex<Registration>);

impl Client {
    /// A public client with those redirect URIs.
    pub fn new(redirect_uris: Vec<String>) -> Self {
        Self(Mutex::new(Registration {
            redirect_uris,
            client_type: ClientType::Public,
        }))
    }

    fn registration(&self) -> Registration {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Whether codes may be sent there: only to exactly what was registered.
    pub fn has_redirect_uri(&self, uri: &str) -> bool {
        self.registration()
            .redirect_uris
            .iter()
            .any(|own| own == uri)
    }

    /// Checks who exchanges: `client_id` and `client_secret` of the body, or HTTP Basic.
    ///
    /// # Errors
    /// When it is another client, or the secret is wrong, or missing where it is needed.
    pub fn authenticate(
        &self,
        sandbox: &Sandbox,
        headers: &HeaderMap,
        client_id: Option<&str>,
        client_secret: Option<&str>,
        needs_secret: bool,
    ) -> Result<(), OAuthError> {
        let basic = basic(headers)?;
        let (id, secret) = match &basic {
            Some((id, secret)) => (Some(id.as_str()), Some(secret.as_str())),
            None => (client_id, client_secret),
        };
        let id = id.ok_or(OAuthError::InvalidClient("client_id is missing"))?;
        if id != company::APP_ID {
            return Err(OAuthError::InvalidClient("There is no such client_id"));
        }
        let secret = secret.filter(|secret| !secret.is_empty());
        match secret {
            Some(secret) if !sandbox.options().api_key.matches(secret) => Err(
                OAuthError::InvalidClient("client_secret is wrong; it is the sandbox's API key"),
            ),
            None if needs_secret || self.registration().client_type == ClientType::Confidential => {
                Err(OAuthError::InvalidClient("client_secret is required"))
            }
            _ => Ok(()),
        }
    }
}

/// The id and secret of HTTP Basic. RFC 6749 has both form-encoded within; Whop's ids and keys have nothing to encode.
fn basic(headers: &HeaderMap) -> Result<Option<(String, String)>, OAuthError> {
    let Some(value) = headers.get(header::AUTHORIZATION) else {
        return Ok(None);
    };
    let read = || {
        let (scheme, text) = value.to_str().ok()?.split_once(' ')?;
        let decoded = STANDARD.decode(text.trim()).ok()?;
        let decoded = String::from_utf8(decoded).ok()?;
        let (id, secret) = decoded.split_once(':')?;
        scheme
            .eq_ignore_ascii_case("basic")
            .then(|| (id.to_owned(), secret.to_owned()))
    };
    read().map(Some).ok_or(OAuthError::InvalidClient(
        "Authorization must be Basic with client_id:client_secret, or left out",
    ))
}

/// Whether codes can be sent there: an absolute address without a fragment (RFC 6749, section 3.1.2).
pub fn is_redirect_uri(uri: &str) -> bool {
    uri.len() <= 2_000
        && reqwest::Url::parse(uri).is_ok_and(|url| {
            url.fragment().is_none() && !["javascript", "data"].contains(&url.scheme())
        })
}

/// `GET /api/v1/apps/{id}`: only with the API key.
pub async fn retrieve(
    State(sandbox): State<Sandbox>,
    caller: Caller,
    PathOf(id): PathOf<String>,
) -> Result<Json<Value>, ApiError> {
    own(&caller, &id)?;
    Ok(Json(entity(&sandbox.oauth().client.registration())))
}

/// What `client.apps.update()` can change here. Other fields are left as they are.
#[derive(Debug, Deserialize)]
pub struct Update {
    redirect_uris: Option<Vec<String>>,
    oauth_client_type: Option<ClientType>,
}

/// `PATCH /api/v1/apps/{id}`: only with the API key.
pub async fn update(
    State(sandbox): State<Sandbox>,
    caller: Caller,
    PathOf(id): PathOf<String>,
    JsonBody(body): JsonBody<Update>,
) -> Result<Json<Value>, ApiError> {
    own(&caller, &id)?;
    let uris = body.redirect_uris.as_deref().unwrap_or_default();
    if uris.len() > MOST_URIS {
        return Err(ApiError::bad_request("redirect_uris takes 100 at most"));
    }
    if let Some(bad) = uris.iter().find(|uri| !is_redirect_uri(uri)) {
        return Err(ApiError::bad_request(format!(
            "redirect_uris contains {bad:?}, which is no absolute address without a fragment"
        )));
    }
    let client = &sandbox.oauth().client;
    let mut registration = client.0.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(uris) = body.redirect_uris {
        registration.redirect_uris = uris;
    }
    if let Some(client_type) = body.oauth_client_type {
        registration.client_type = client_type;
    }
    Ok(Json(entity(&registration)))
}

fn own(caller: &Caller, id: &str) -> Result<(), ApiError> {
    if !caller.has_api_key {
        return Err(ApiError::Forbidden(
            "An app's settings are read and changed with its API key".to_owned(),
        ));
    }
    if id == company::APP_ID {
        Ok(())
    } else {
        Err(ApiError::NotFound("app"))
    }
}

/// `App` of `@whop/sdk` 0.0.42; what the sandbox doesn't know of it is null.
fn entity(registration: &Registration) -> Value {
    json!({
        "id": company::APP_ID,
        "api_key": null,
        "app_type": "b2c_app",
        "base_url": null,
        "company": {
            "id": company::COMPANY_ID,
            "route": company::COMPANY_ROUTE,
            "title": company::COMPANY_TITLE,
        },
        "creator": {"id": company::OWNER_ID, "name": null, "username": "olivia"},
        "dashboard_path": null,
        "description": null,
        "discover_path": null,
        "domain_id": "sandbox",
        "experience_path": "/experiences/[experienceId]",
        "hosted_url": null,
        "icon": null,
        "name": company::APP_NAME,
        "oauth_client_type": registration.client_type,
        "openapi_path": null,
        "origin": null,
        "production_web_build": null,
        "redirect_uris": registration.redirect_uris,
        "requested_permissions": [],
        "route": null,
        "secrets": null,
        "skills_path": null,
        "stats": null,
        "status": "live",
        "verified": false,
    })
}

#[cfg(test)]
mod tests {
    use super::is_redirect_uri;

    #[test]
    fn redirect_uris_are_absolute_and_lead_somewhere() {
        for uri in [
            "http://127.0.0.1:1/x?y=z",
            "https://a.example",
            "my-app://callback",
        ] {
            assert!(is_redirect_uri(uri), "{uri}");
        }
        for uri in [
            "",
            "/x",
            "http://a/#b",
            "javascript:alert(1)",
            "data:text/html,x",
        ] {
            assert!(!is_redirect_uri(uri), "{uri}");
        }
    }
}
