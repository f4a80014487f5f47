use super::conversations::known_company;
use super::paging::{Paging, cursor};
use super::version::ApiVersion;
use super::{ApiError, Caller, JsonBody, PathOf, QueryOf};
use crate::clock::{new_id, now_millis, random_hex};
use crate::company;
use crate::database::{Position, StoredWebhook, page_of};
use crate::state::Sandbox;
use crate::webhooks::{EVENTS, SECRET_PREFIX};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};
use wire::Timestamp;
use wire::rest::Page;

/// The most webhooks of the company.
const MOST_WEBHOOKS: usize = 100;
/// Bytes of a secret.
const SECRET_BYTES: usize = 32;

/// The query of `GET /webhooks`.
#[derive(Debug, Deserialize)]
pub struct ListQuery {
    company_id: Option<String>,
    account_id: Option<String>,
    app_id: Option<String>,
    include_app_webhooks: Option<String>,
    has_failures: Option<String>,
    #[serde(flatten)]
    paging: Paging,
}

impl ListQuery {
    /// The company's own unless those of its app are asked for.
    fn wants(&self, sandbox: &Sandbox, webhook: &StoredWebhook) -> bool {
        let is_true = |flag: &Option<String>| flag.as_deref() == Some("true");
        let is_whose = match self.app_id.as_deref() {
            Some(app_id) => webhook.resource_id == app_id,
            None => is_true(&self.include_app_webhooks) || webhook.resource_id != company::APP_ID,
        };
        is_whose
            && (!is_true(&self.has_failures)
                || sandbox
                    .webhooks()
                    .log()
                    .health(&webhook.id)
                    .failing_since
                    .is_some())
    }
}

/// What `POST` and `PATCH /webhooks` take; a missing field stays as it is.
#[derive(Debug, Deserialize)]
pub struct Settings {
    url: Option<String>,
    api_version: Option<String>,
    #[serde(default, deserialize_with = "said")]
    api_version_date: Option<Value>,
    child_resource_events: Option<bool>,
    enabled: Option<bool>,
    events: Option<Vec<String>>,
    resource_id: Option<String>,
}

/// A field that is there, if only as null.
fn said<'de, D: Deserializer<'de>>(field: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(field).map(Some)
}

/// Webhooks hear everything of the company: only those who run it may have them.
fn may_manage(caller: &Caller) -> Result<(), ApiError> {
    caller.needs("developer:manage_webhook")?;
    if caller.has_api_key || caller.may_moderate() {
        Ok(())
    } else {
        Err(ApiError::Forbidden(
            "Only the company's admins can manage webhooks".to_owned(),
        ))
    }
}

/// `GET /webhooks`: the newest first.
pub async fn list(
    State(sandbox): State<Sandbox>,
    caller: Caller,
    QueryOf(query): QueryOf<ListQuery>,
) -> Result<Json<Page<Value>>, ApiError> {
    may_manage(&caller)?;
    let window = query.paging.window()?;
    known_company([query.company_id.as_deref(), query.account_id.as_deref()])?;
    let mut webhooks = sandbox.store().run(|database| database.webhooks()).await?;
    webhooks.retain(|webhook| query.wants(&sandbox, webhook));
    Ok(Json(page_of(
        webhooks,
        &window,
        |webhook| Position {
            order: -webhook.created_at,
            id: webhook.id.clone(),
        },
        cursor,
        |webhook| entity(&sandbox, &webhook),
    )))
}

/// `POST /webhooks`: the only answer that tells the secret.
pub async fn create(
    State(sandbox): State<Sandbox>,
    caller: Caller,
    JsonBody(body): JsonBody<Settings>,
) -> Result<Json<Value>, ApiError> {
    may_manage(&caller)?;
    if body.url.is_none() {
        return Err(ApiError::bad_request("url is missing"));
    }
    let secret = random_hex(SECRET_BYTES);
    let webhook = StoredWebhook {
        id: new_id("hook_"),
        url: String::new(),
        api_version: "v1".to_owned(),
        api_version_date: None,
        enabled: true,
        child_resource_events: false,
        events: EVENTS.map(ToOwned::to_owned).to_vec(),
        resource_id: company::COMPANY_ID.to_owned(),
        secret: format!("{SECRET_PREFIX}{secret}").into(),
        created_at: now_millis(),
    };
    let webhook = changed(webhook, body)?;
    let webhook = sandbox
        .store()
        .run(move |database| {
            if database.webhooks()?.len() >= MOST_WEBHOOKS {
                return Err(ApiError::bad_request("The company has too many webhooks"));
            }
            database.put_webhook(&webhook)?;
            Ok(webhook)
        })
        .await?;
    let mut answer = entity(&sandbox, &webhook);
    answer["webhook_secret"] = json!(webhook.secret.reveal());
    Ok(Json(answer))
}

/// `GET /webhooks/{id}`.
pub async fn retrieve(
    State(sandbox): State<Sandbox>,
    caller: Caller,
    PathOf(id): PathOf<String>,
) -> Result<Json<Value>, ApiError> {
    let webhook = find(&sandbox, &caller, id).await?;
    Ok(Json(entity(&sandbox, &webhook)))
}

/// `PATCH /webhooks/{id}`.
pub async fn update(
    State(sandbox): State<Sandbox>,
    caller: Caller,
    PathOf(id): PathOf<String>,
    JsonBody(body): JsonBody<Settings>,
) -> Result<Json<Value>, ApiError> {
    may_manage(&caller)?;
    let webhook = sandbox
        .store()
        .run(move |database| {
            let webhook = database.webhook(&id)?;
            let webhook = changed(webhook.ok_or(ApiError::NotFound("webhook"))?, body)?;
            database.put_webhook(&webhook)?;
            Ok::<_, ApiError>(webhook)
        })
        .await?;
    Ok(Json(entity(&sandbox, &webhook)))
}

/// `DELETE /webhooks/{id}`: what waits for it is not sent any more.
pub async fn delete(
    State(sandbox): State<Sandbox>,
    caller: Caller,
    version: ApiVersion,
    PathOf(id): PathOf<String>,
) -> Result<Json<Value>, ApiError> {
    let webhook = find(&sandbox, &caller, id).await?;
    let answer = match version {
        ApiVersion::July => json!(true),
        ApiVersion::October => json!({"deleted": true, "id": webhook.id}),
    };
    sandbox
        .store()
        .run(move |database| database.remove_webhook(&webhook.id))
        .await?;
    Ok(Json(answer))
}

/// The webhook of that id, for those who may manage it.
///
/// # Errors
/// 403 or 404.
pub(super) async fn find(
    sandbox: &Sandbox,
    caller: &Caller,
    id: String,
) -> Result<StoredWebhook, ApiError> {
    may_manage(caller)?;
    let webhook = sandbox
        .store()
        .run(move |database| database.webhook(&id))
        .await?;
    webhook.ok_or(ApiError::NotFound("webhook"))
}

fn changed(mut webhook: StoredWebhook, body: Settings) -> Result<StoredWebhook, ApiError> {
    if let Some(url) = body.url {
        let is_address = reqwest::Url::parse(&url)
            .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        if !is_address || url.len() > 2_000 {
            return Err(ApiError::bad_request(
                "url must be an http or https address",
            ));
        }
        webhook.url = url;
    }
    match body.api_version.as_deref() {
        None => {}
        Some(version @ ("v1" | "v5")) => version.clone_into(&mut webhook.api_version),
        Some(_) => {
            return Err(ApiError::bad_request(
                "api_version must be v1 or v5: the sandbox sends no others",
            ));
        }
    }
    match body.api_version_date {
        None => {}
        Some(Value::Null) => webhook.api_version_date = None,
        Some(Value::String(date)) if is_version_date(&date) => {
            webhook.api_version_date = Some(date);
        }
        Some(_) => {
            return Err(ApiError::bad_request(
                "api_version_date takes dates such as 2026-07-20",
            ));
        }
    }
    if webhook.api_version_date.is_some() && webhook.api_version != "v1" {
        return Err(ApiError::bad_request(
            "Only webhooks of api_version v1 have an api_version_date",
        ));
    }
    if let Some(events) = body.events {
        let is_name = |event: &String| {
            event.len() <= 100
                && event.split('.').count() >= 2
                && event.split('.').all(|part| {
                    !part.is_empty()
                        && part
                            .bytes()
                            .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
                })
        };
        if events.len() > 200 || !events.iter().all(is_name) {
            return Err(ApiError::bad_request(
                "events takes names such as chat.message.created",
            ));
        }
        webhook.events = events;
    }
    if let Some(resource_id) = body.resource_id {
        if ![company::COMPANY_ID, company::APP_ID, company::PRODUCT_ID]
            .contains(&resource_id.as_str())
        {
            return Err(ApiError::NotFound("resource"));
        }
        webhook.resource_id = resource_id;
    }
    webhook.enabled = body.enabled.unwrap_or(webhook.enabled);
    webhook.child_resource_events = body
        .child_resource_events
        .unwrap_or(webhook.child_resource_events);
    Ok(webhook)
}

/// `2026-07-20`, or `2026-10-15-1`.
fn is_version_date(text: &str) -> bool {
    let mut parts = text.split('-');
    let mut has_digits = |count: usize| {
        parts.next().is_some_and(|part| {
            part.len() == count && part.bytes().all(|byte| byte.is_ascii_digit())
        })
    };
    has_digits(4)
        && has_digits(2)
        && has_digits(2)
        && parts.next().is_none_or(|part| part.parse::<u8>().is_ok())
        && parts.next().is_none()
}

fn entity(sandbox: &Sandbox, webhook: &StoredWebhook) -> Value {
    let testable: Vec<&String> = webhook
        .events
        .iter()
        .filter(|event| EVENTS.contains(&event.as_str()))
        .collect();
    let health = sandbox.webhooks().log().health(&webhook.id);
    json!({
        "id": webhook.id,
        "api_version": webhook.api_version,
        "api_version_date": webhook.api_version_date,
        "child_resource_events": webhook.child_resource_events,
        "consecutive_failures": health.consecutive_failures,
        "created_at": Timestamp::from_unix_millis(webhook.created_at),
        "disabled_at": null,
        "disabled_reason": null,
        "enabled": webhook.enabled,
        "failing_since": health.failing_since,
        "last_failure_at": health.last_failure_at,
        "events": webhook.events,
        "resource_id": webhook.resource_id,
        "testable_events": testable,
        "url": webhook.url,
    })
}
