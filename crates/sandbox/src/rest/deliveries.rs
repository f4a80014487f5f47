use super::paging::{Paging, cursor};
use super::webhooks::find;
use super::{ApiError, Caller, JsonBody, PathOf, QueryOf};
use crate::clock::{Skew, new_id};
use crate::database::{Position, StoredWebhook, page_of};
use crate::state::Sandbox;
use crate::webhooks::{self, Delivery, Job};
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::HashSet;
use wire::Timestamp;
use wire::rest::Page;

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
    must_be_on(&webhook)?;
    let job = repeated(earlier, body.regenerate_id == Some(true));
    Ok(Json(sent(&sandbox, &webhook, &job).await))
}

/// The body of `POST /webhooks/{id}/replay`.
#[derive(Debug, Deserialize)]
pub struct ReplayAll {
    sent_after: Timestamp,
    sent_before: Option<Timestamp>,
    events: Option<Vec<String>>,
    failed_only: Option<bool>,
    regenerate_ids: Option<bool>,
}

/// `POST /webhooks/{id}/replay`: what was sent between two moments, each event once more, later.
pub async fn replay_all(
    State(sandbox): State<Sandbox>,
    caller: Caller,
    PathOf(id): PathOf<String>,
    JsonBody(body): JsonBody<ReplayAll>,
) -> Result<Json<Value>, ApiError> {
    let webhook = find(&sandbox, &caller, id).await?;
    must_be_on(&webhook)?;
    let moment = |moment: &Timestamp| {
        let problem = || ApiError::bad_request("sent_after and sent_before are RFC 3339 moments");
        moment.unix_millis().ok_or_else(problem)
    };
    let after = moment(&body.sent_after)?;
    let before = body.sent_before.as_ref().map_or(Ok(i64::MAX), moment)?;
    let mut seen = HashSet::new();
    // The newest attempt of each event says how it went.
    let mut earlier = sandbox.webhooks().log().of(&webhook.id);
    earlier.retain(|delivery| {
        let sent_at = delivery.sent_at.unix_millis().unwrap_or_default();
        let events = body.events.as_ref();
        (after..=before).contains(&sent_at)
            && events.is_none_or(|events| events.contains(&delivery.event))
            && seen.insert(delivery.message_id.clone())
            && !(body.failed_only == Some(true) && delivery.success)
    });
    let is_renamed = body.regenerate_ids == Some(true);
    let repeat = |delivery| repeated(delivery, is_renamed);
    let jobs: Vec<Job> = earlier.into_iter().rev().map(repeat).collect();
    sandbox.webhooks().enqueue(&jobs);
    Ok(Json(json!({"queued": true})))
}

fn must_be_on(webhook: &StoredWebhook) -> Result<(), ApiError> {
    if webhook.enabled {
        Ok(())
    } else {
        Err(ApiError::bad_request("The webhook is switched off"))
    }
}

/// What was sent then, to be sent again: as the same event, or as another one.
fn repeated(earlier: Delivery, is_renamed: bool) -> Job {
    let mut job = Job {
        webhook_id: earlier.webhook_id,
        message_id: earlier.message_id,
        event: earlier.event,
        body: earlier.request_body,
        replayed_from: Some(earlier.id),
        clock: Skew::current(),
    };
    if is_renamed {
        job.message_id = new_id("msg_");
        if job.body.get("id").is_some() {
            job.body["id"] = json!(job.message_id);
        }
    }
    job
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
