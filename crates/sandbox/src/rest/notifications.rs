use super::conversations::known_company;
use super::{ApiError, Caller, JsonBody};
use crate::clock::{new_id, now_millis};
use crate::company;
use crate::database::{Database, StoredUser};
use crate::state::Sandbox;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};
use wire::Timestamp;
use wire::rest::AccessLevel;

/// The body of `POST /notifications`.
#[derive(Debug, Deserialize)]
pub struct Body {
    company_id: Option<String>,
    account_id: Option<String>,
    experience_id: Option<String>,
    title: String,
    content: String,
    subtitle: Option<String>,
    icon_user_id: Option<String>,
    rest_path: Option<String>,
    user_ids: Option<Vec<String>>,
}

/// `POST /notifications`: nobody's phone rings; what was sent to whom is told by `GET /_sandbox/notifications`.
pub async fn create(
    State(sandbox): State<Sandbox>,
    caller: Caller,
    JsonBody(body): JsonBody<Body>,
) -> Result<Json<Value>, ApiError> {
    caller.needs("notification:create")?;
    if !caller.has_api_key && !caller.may_moderate() {
        return Err(ApiError::Forbidden(
            "Only apps and the company's admins can notify others".to_owned(),
        ));
    }
    for (name, text, longest) in [
        ("title", &body.title, 200),
        ("content", &body.content, 2_000),
    ] {
        if text.trim().is_empty() || text.chars().count() > longest {
            return Err(ApiError::bad_request(format!(
                "{name} needs 1 to {longest} characters"
            )));
        }
    }
    sandbox
        .store()
        .run(move |database| {
            let recipients = recipients(database, &body)?;
            database.add_notification(&json!({
                "id": new_id("notif_"),
                "company_id": body.company_id.or(body.account_id),
                "content": body.content,
                "created_at": Timestamp::from_unix_millis(now_millis()),
                "experience_id": body.experience_id,
                "icon_user_id": body.icon_user_id,
                "recipients": recipients,
                "rest_path": body.rest_path,
                "sender": caller.user.id,
                "subtitle": body.subtitle,
                "title": body.title,
                "user_ids": body.user_ids,
            }))?;
            Ok(Json(json!({"success": true})))
        })
        .await
}

/// Everybody in the experience, or the company's team; of them only those that are named, if any are.
fn recipients(database: &Database, body: &Body) -> Result<Vec<String>, ApiError> {
    let company = known_company([body.company_id.as_deref(), body.account_id.as_deref()])?;
    let is_meant: fn(&StoredUser) -> bool = match (&body.experience_id, company) {
        (Some(id), None) => {
            let channel = database.channel(id)?;
            if channel.is_none_or(|channel| channel.experience_id.as_str() != id) {
                return Err(ApiError::NotFound("experience"));
            }
            StoredUser::has_access
        }
        (None, Some(_)) => |user| user.access_level == AccessLevel::Admin,
        _ => {
            return Err(ApiError::bad_request(
                "Give either experience_id or company_id",
            ));
        }
    };
    let is_named = |user: &StoredUser| {
        let named = body.user_ids.as_ref();
        named.is_none_or(|ids| ids.iter().any(|id| *id == *user.id.as_str()))
    };
    Ok(database
        .users("")?
        .iter()
        .filter(|user| user.id.as_str() != company::AGENT_ID && is_meant(user) && is_named(user))
        .map(|user| user.id.to_string())
        .collect())
}
