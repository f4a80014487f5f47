use super::conversations::known_company;
use super::paging::{Paging, cursor};
use super::version::ApiVersion;
use super::{ApiError, Caller, JsonBody, PathOf, QueryOf};
use crate::clock::{Skew, new_id, now_millis, random_hex};
use crate::company;
use crate::database::{Position, StoredWebhook, page_of};
use crate::state::Sandbox;
use crate::webhooks::{self, Delivery, EVENTS, Job, SECRET_PREFIX};
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
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
    #[serde(flatten)]
    paging: Paging,
}

/// What `POST` and `PATCH /webhooks` take; a missing field stays as it is.
#[derive(Debug, Deserialize)]
pub struct Settings {
    url: Option<String>,
    api_version: Option<String>,
    child_resource_events: Option<bool>,
    enabled: Option<bool>,
    events: Option<Vec<String>>,
    resource_id: Option<String>,
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
    let webhooks = sandbox.store().run(|database| database.webhooks()).await?;
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

/// The body of `POST /webhooks/{id}/test`.
#[derive(Debug, Deserialize)]
pub struct Test {
    event: String,
}

/// `POST /webhooks/{id}/test`: an example, sent once.
pub async fn test(
    State(sandbox): State<Sandbox>,
    caller: Caller,
    PathOf(id): PathOf<String>,
    JsonBody(body): JsonBody<Test>,
) -> Result<Json<Value>, ApiError> {
    let webhook = find(&sandbox, &caller, id).await?;
    let (webhook, job) = sandbox
        .store()
        .run(move |database| {
            let job = webhooks::sample(database, &webhook, &body.event)?;
            let job = job
                .ok_or_else(|| ApiError::bad_request("The sandbox has no example of that event"))?;
            Ok::<_, ApiError>((webhook, job))
        })
        .await?;
    Ok(Json(sent(&sandbox, &webhook, &job).await))
}

/// `GET /webhooks/{id}/deliveries`: every attempt, the newest first.
pub async fn deliveries(
    State(sandbox): State<Sandbox>,
    caller: Caller,
    PathOf(id): PathOf<String>,
    QueryOf(paging): QueryOf<Paging>,
) -> Result<Json<Page<Delivery>>, ApiError> {
    let webhook = find(&sandbox, &caller, id).await?;
    let mut deliveries = sandbox.webhooks().log().of(&webhook.id);
    let position = |delivery: &Delivery| Position {
        order: -delivery.sent_at.unix_millis().unwrap_or_default(),
        id: delivery.id.clone(),
    };
    deliveries.sort_by_key(position);
    let window = paging.window()?;
    Ok(Json(page_of(
        deliveries,
        &window,
        position,
        cursor,
        |delivery| delivery,
    )))
}

/// The body of `POST /webhooks/{id}/deliveries/{delivery_id}/replay`.
#[derive(Debug, Deserialize)]
pub struct Replay {
    regenerate_id: Option<bool>,
}

/// `POST /webhooks/{id}/deliveries/{delivery_id}/replay`: the same once more, to where the webhook points now.
pub async fn replay(
    State(sandbox): State<Sandbox>,
    caller: Caller,
    PathOf((id, delivery_id)): PathOf<(String, String)>,
    JsonBody(body): JsonBody<Replay>,
) -> Result<Json<Value>, ApiError> {
    let webhook = find(&sandbox, &caller, id).await?;
    let earlier = sandbox.webhooks().log().of(&webhook.id);
    let earlier = earlier.into_iter().find(|own| own.id == delivery_id);
    let earlier = earlier.ok_or(ApiError::NotFound("delivery"))?;
    if !webhook.enabled {
        return Err(ApiError::bad_request("The webhook is switched off"));
    }
    let mut job = Job {
        webhook_id: webhook.id.clone(),
        message_id: earlier.message_id,
        event: earlier.event,
        body: earlier.request_body,
        replayed_from: Some(earlier.id),
        clock: Skew::current(),
    };
    if body.regenerate_id == Some(true) {
        job.message_id = new_id("msg_");
        if job.body.get("id").is_some() {
            job.body["id"] = json!(job.message_id);
        }
    }
    Ok(Json(sent(&sandbox, &webhook, &job).await))
}

/// Sends it once, and says what came of it.
async fn sent(sandbox: &Sandbox, webhook: &StoredWebhook, job: &Job) -> Value {
    let delivery = webhooks::attempt(sandbox.client(), webhook, job, 1).await;
    let answer = json!({
        "success": delivery.success,
        "status": delivery.response_code,
        "body": delivery.response_body.as_ref().map(Value::to_string).unwrap_or_default(),
    });
    sandbox.webhooks().log().add(delivery);
    answer
}

async fn find(sandbox: &Sandbox, caller: &Caller, id: String) -> Result<StoredWebhook, ApiError> {
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

fn entity(sandbox: &Sandbox, webhook: &StoredWebhook) -> Value {
    let testable: Vec<&String> = webhook
        .events
        .iter()
        .filter(|event| EVENTS.contains(&event.as_str()))
        .collect();
    json!({
        "id": webhook.id,
        "api_version": webhook.api_version,
        "child_resource_events": webhook.child_resource_events,
        "consecutive_failures": sandbox.webhooks().log().failures(&webhook.id),
        "created_at": Timestamp::from_unix_millis(webhook.created_at),
        "enabled": webhook.enabled,
        "events": webhook.events,
        "resource_id": webhook.resource_id,
        "testable_events": testable,
        "url": webhook.url,
    })
}
