use super::error::OAuthError;
use crate::database::DatabaseError;
use crate::rest::{ApiError, Caller};
use crate::state::Sandbox;
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use serde_json::{Value, json};

/// `GET /oauth/userinfo`: what the token's scopes show of its user.
pub async fn userinfo(
    State(sandbox): State<Sandbox>,
    headers: HeaderMap,
) -> Result<Json<Value>, OAuthError> {
    let caller = caller(&headers, &sandbox).await?;
    if !caller.has_scope("openid") {
        return Err(OAuthError::InsufficientScope("openid"));
    }
    let mut claims = json!({"sub": caller.user.id});
    if caller.has_scope("profile") {
        claims["name"] = json!(caller.user.name);
        claims["preferred_username"] = json!(caller.user.username);
        claims["picture"] = json!(picture(&sandbox, &caller).await?);
    }
    if caller.has_scope("email") {
        claims["email"] = json!(caller.user.email());
        claims["email_verified"] = json!(true);
    }
    Ok(Json(claims))
}

/// `GET /api/v5/me`: `WhopOAuthProfile` of `@whop/api` 0.0.51.
pub async fn me(
    State(sandbox): State<Sandbox>,
    headers: HeaderMap,
) -> Result<Json<Value>, OAuthError> {
    let caller = caller(&headers, &sandbox).await?;
    if !caller.has_scope("read_user") {
        return Err(OAuthError::InsufficientScope("read_user"));
    }
    let picture = picture(&sandbox, &caller).await?;
    Ok(Json(json!({
        "id": caller.user.id,
        "username": caller.user.username,
        "email": caller.user.email(),
        "profile_pic_url": picture,
    })))
}

async fn caller(headers: &HeaderMap, sandbox: &Sandbox) -> Result<Caller, OAuthError> {
    Caller::from_headers(headers, sandbox)
        .await
        .map_err(|error| match error {
            ApiError::Unauthorized(_) => OAuthError::InvalidToken,
            other => other.into(),
        })
}

async fn picture(sandbox: &Sandbox, caller: &Caller) -> Result<Option<String>, DatabaseError> {
    let id = caller.user.id.clone();
    sandbox
        .store()
        .run(move |database| Ok(database.picture_of(&id)))
        .await
}

/// `GET /.well-known/openid-configuration`: as Whop's is, with the sandbox's addresses.
pub async fn configuration(State(sandbox): State<Sandbox>) -> Json<Value> {
    let api = &sandbox.addresses().api;
    Json(json!({
        "issuer": api,
        "authorization_endpoint": format!("{api}/oauth/authorize"),
        "token_endpoint": format!("{api}/oauth/token"),
        "userinfo_endpoint": format!("{api}/oauth/userinfo"),
        "revocation_endpoint": format!("{api}/oauth/revoke"),
        "jwks_uri": format!("{api}/.well-known/jwks.json"),
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "token_endpoint_auth_methods_supported": ["none", "client_secret_basic", "client_secret_post"],
        "code_challenge_methods_supported": ["S256"],
        "scopes_supported": ["openid", "profile", "email"],
        "claims_supported": [
            "iss", "sub", "aud", "exp", "iat", "nonce", "name", "preferred_username", "picture", "email",
            "email_verified",
        ],
    }))
}
