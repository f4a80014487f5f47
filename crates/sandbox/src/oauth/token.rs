use super::authorize::scopes;
use super::codes::{BadCode, Permission};
use super::error::OAuthError;
use crate::clock::{now_seconds, random_hex};
use crate::company;
use crate::database::StoredGrant;
use crate::rest::{ApiError, JsonBody};
use crate::secret::Secret;
use crate::state::Sandbox;
use axum::Json;
use axum::extract::{Form, FromRequest, Request, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::time::Instant;

/// Whop's guide: "Access tokens expire after 1 hour".
const ACCESS_SECONDS: i64 = 3_600;
/// A refresh token that is not used for so long ends.
const REFRESH_SECONDS: i64 = 30 * 86_400;

/// A body as JSON or as a form, which Whop takes both.
#[derive(Debug)]
pub struct Body<T>(T);

impl<T: DeserializeOwned> FromRequest<Sandbox> for Body<T> {
    type Rejection = OAuthError;

    async fn from_request(request: Request, sandbox: &Sandbox) -> Result<Self, OAuthError> {
        let is_json = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|kind| kind.starts_with("application/json"));
        if is_json {
            let JsonBody(body) = JsonBody::from_request(request, sandbox)
                .await
                .map_err(|error: ApiError| OAuthError::InvalidRequest(error.to_string()))?;
            return Ok(Self(body));
        }
        let Form(body) = Form::from_request(request, sandbox)
            .await
            .map_err(|error| OAuthError::InvalidRequest(error.body_text()))?;
        Ok(Self(body))
    }
}

/// The body of `POST /oauth/token`.
#[derive(Deserialize)]
pub struct Exchange {
    grant_type: Option<String>,
    client_id: Option<String>,
    client_secret: Option<Secret>,
    code: Option<Secret>,
    redirect_uri: Option<String>,
    code_verifier: Option<Secret>,
    refresh_token: Option<Secret>,
    scope: Option<String>,
    company_id: Option<String>,
}

impl Exchange {
    fn secret(&self) -> Option<&str> {
        self.client_secret.as_ref().map(Secret::reveal)
    }
}

/// `POST /oauth/token`.
pub async fn exchange(
    State(sandbox): State<Sandbox>,
    headers: HeaderMap,
    Body(body): Body<Exchange>,
) -> Result<Response, OAuthError> {
    sandbox.check_rate("POST /oauth/token")?;
    let client = &sandbox.oauth().client;
    let (id, secret) = (body.client_id.as_deref(), body.secret());
    client.authenticate(&sandbox, &headers, id, secret, false)?;
    let tokens = match body.grant_type.as_deref() {
        Some("authorization_code") => with_code(&sandbox, &headers, &body).await?,
        Some("refresh_token") => with_refresh_token(&sandbox, &body).await?,
        None => {
            return Err(OAuthError::InvalidRequest(
                "grant_type is missing".to_owned(),
            ));
        }
        Some(_) => return Err(OAuthError::UnsupportedGrantType),
    };
    let headers = [
        (header::CACHE_CONTROL, "no-store"),
        (header::PRAGMA, "no-cache"),
    ];
    Ok((headers, Json(tokens)).into_response())
}

async fn with_code(
    sandbox: &Sandbox,
    headers: &HeaderMap,
    body: &Exchange,
) -> Result<Value, OAuthError> {
    let missing = |name: &str| OAuthError::InvalidRequest(format!("{name} is missing"));
    let code = body.code.as_ref().ok_or_else(|| missing("code"))?;
    let redirect_uri = body
        .redirect_uri
        .as_deref()
        .ok_or_else(|| missing("redirect_uri"))?;
    let permission = match sandbox.oauth().codes.spend(code.reveal(), Instant::now()) {
        Ok(permission) => permission,
        Err(BadCode::Unknown) => {
            return Err(OAuthError::InvalidGrant(
                "There is no such authorization code, or it has expired",
            ));
        }
        Err(BadCode::Spent { grant_id }) => {
            sandbox
                .store()
                .run(move |database| database.end_grant(&grant_id))
                .await?;
            return Err(OAuthError::InvalidGrant(
                "The authorization code was used before; its tokens have ended",
            ));
        }
    };
    if permission.redirect_uri != redirect_uri {
        return Err(OAuthError::InvalidGrant(
            "redirect_uri is not the one that the code was sent to",
        ));
    }
    match (&permission.challenge, &body.code_verifier) {
        (Some(challenge), Some(verifier)) if answers(verifier.reveal(), challenge) => {}
        (Some(_), Some(_)) => {
            return Err(OAuthError::InvalidGrant(
                "code_verifier does not answer code_challenge",
            ));
        }
        (Some(_), None) => return Err(missing("code_verifier")),
        (None, _) => {
            let (id, secret) = (body.client_id.as_deref(), body.secret());
            let client = &sandbox.oauth().client;
            client.authenticate(sandbox, headers, id, secret, true)?;
        }
    }
    issue(sandbox, permission).await
}

/// Whether it is the verifier of that challenge (RFC 7636, section 4.6).
fn answers(verifier: &str, challenge: &str) -> bool {
    let is_verifier = (43..=128).contains(&verifier.len())
        && verifier
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte));
    let digest = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
    is_verifier && Secret::from(digest).matches(challenge)
}

/// First tokens.
async fn issue(sandbox: &Sandbox, permission: Permission) -> Result<Value, OAuthError> {
    let Permission {
        grant_id,
        user_id,
        scopes,
        nonce,
        company_id,
        ..
    } = permission;
    let refresh = random_hex(24);
    let grant = StoredGrant {
        id: grant_id,
        user_id,
        company_id,
        scopes,
        token_hash: hash(&refresh),
        expires_at: now_seconds() + REFRESH_SECONDS,
    };
    let stored = grant.clone();
    sandbox
        .store()
        .run(move |database| database.add_grant(&stored, now_seconds()))
        .await?;
    let mut tokens = tokens(sandbox, &grant, &grant.scopes, &refresh)?;
    if grant.scopes.iter().any(|scope| scope == "openid") {
        let issuer = &sandbox.addresses().api;
        let id_token = sandbox.tokens().id_token(
            issuer,
            company::APP_ID,
            &grant.user_id,
            nonce.as_deref(),
            ACCESS_SECONDS,
        )?;
        tokens["id_token"] = id_token.into();
    }
    Ok(tokens)
}

async fn with_refresh_token(sandbox: &Sandbox, body: &Exchange) -> Result<Value, OAuthError> {
    const GONE: OAuthError = OAuthError::InvalidGrant("The refresh token has ended, or never was");
    let token = body
        .refresh_token
        .as_ref()
        .ok_or_else(|| OAuthError::InvalidRequest("refresh_token is missing".to_owned()))?;
    let (grant_id, secret) = token.reveal().split_once('.').ok_or(GONE)?;
    let (grant_id, offered) = (grant_id.to_owned(), hash(secret));
    let narrower = match &body.scope {
        Some(list) => Some(scopes(Some(list)).map_err(OAuthError::InvalidScope)?),
        None => None,
    };
    let company_id = body.company_id.clone();
    let refresh = random_hex(24);
    let next = hash(&refresh);
    let (grant, scopes) = sandbox
        .store()
        .run(move |database| {
            let now = now_seconds();
            let Some(mut grant) = database.grant(&grant_id)? else {
                return Ok(Err(GONE));
            };
            if grant.token_hash != offered {
                // Two hold tokens of this grant, one of them a thief: neither gets another.
                database.end_grant(&grant_id)?;
                return Ok(Err(OAuthError::InvalidGrant(
                    "The refresh token was used before; its successors have ended",
                )));
            }
            if grant.expires_at <= now {
                database.end_grant(&grant_id)?;
                return Ok(Err(GONE));
            }
            if grant.company_id != company_id {
                return Ok(Err(OAuthError::InvalidGrant(
                    "company_id must be the one that the authorization was for",
                )));
            }
            let scopes = narrower.unwrap_or_else(|| grant.scopes.clone());
            if let Some(more) = scopes.iter().find(|scope| !grant.scopes.contains(scope)) {
                return Ok(Err(OAuthError::InvalidScope(format!(
                    "{more} was not allowed"
                ))));
            }
            grant.token_hash = next;
            grant.expires_at = now + REFRESH_SECONDS;
            database.renew_grant(&grant)?;
            Ok::<_, OAuthError>(Ok((grant, scopes)))
        })
        .await??;
    tokens(sandbox, &grant, &scopes, &refresh)
}

fn tokens(
    sandbox: &Sandbox,
    grant: &StoredGrant,
    scopes: &[String],
    refresh: &str,
) -> Result<Value, OAuthError> {
    let now = now_seconds();
    let access = sandbox.tokens().access_token(
        Some(&grant.user_id),
        grant.company_id.as_deref(),
        Some(scopes.to_vec()),
        now + ACCESS_SECONDS,
    )?;
    Ok(json!({
        "access_token": access,
        "token_type": "Bearer",
        "expires_in": ACCESS_SECONDS,
        "refresh_token": format!("{}.{refresh}", grant.id),
        "scope": scopes.join(" "),
        // In seconds; `WhopOAuthTokens` of `@whop/api` has it.
        "created_at": now,
    }))
}

/// What is kept of a refresh token.
fn hash(secret: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(secret.as_bytes()))
}

/// The body of `POST /oauth/revoke`.
#[derive(Deserialize)]
pub struct Revocation {
    token: Option<Secret>,
    client_id: Option<String>,
    client_secret: Option<Secret>,
}

/// `POST /oauth/revoke` (RFC 7009): ends a refresh token. A token that is none is no error; access tokens can't be
/// ended, as Whop's guide says.
pub async fn revoke(
    State(sandbox): State<Sandbox>,
    headers: HeaderMap,
    Body(body): Body<Revocation>,
) -> Result<Json<Value>, OAuthError> {
    let secret = body.client_secret.as_ref().map(Secret::reveal);
    let client = &sandbox.oauth().client;
    client.authenticate(&sandbox, &headers, body.client_id.as_deref(), secret, false)?;
    let token = body
        .token
        .ok_or_else(|| OAuthError::InvalidRequest("token is missing".to_owned()))?;
    if let Some((grant_id, secret)) = token.reveal().split_once('.') {
        let (grant_id, offered) = (grant_id.to_owned(), hash(secret));
        sandbox
            .store()
            .run(move |database| {
                if database
                    .grant(&grant_id)?
                    .is_some_and(|grant| grant.token_hash == offered)
                {
                    database.end_grant(&grant_id)?;
                }
                Ok::<_, OAuthError>(())
            })
            .await?;
    }
    Ok(Json(json!({})))
}
