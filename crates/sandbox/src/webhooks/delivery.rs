use super::log::{Delivery, DeliveryLog};
use super::signature;
use crate::clock::{Skew, new_id, now_millis, now_seconds};
use crate::company;
use crate::database::{Store, StoredWebhook};
use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use wire::Timestamp;

/// How often an event is sent until it is taken.
pub const MOST_ATTEMPTS: u32 = 6;
/// Events that are sent, or wait for another attempt, at the same time.
const MOST_AT_ONCE: usize = 64;
/// How long an address may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// The longest answer that is read, in bytes.
const LONGEST_ANSWER: usize = 64 * 1024;

/// An event for one webhook.
#[derive(Clone, Debug)]
pub struct Job {
    /// For whom.
    pub webhook_id: String,
    /// The same for every attempt.
    pub message_id: String,
    /// The event's name.
    pub event: String,
    /// What is sent.
    pub body: Value,
    /// The attempt that this event repeats.
    pub replayed_from: Option<String>,
    /// The clock by which it is signed.
    pub clock: Skew,
}

/// What deliveries need.
#[derive(Clone, Debug)]
pub struct Context {
    /// Where the webhooks are.
    pub store: Store,
    /// Sends.
    pub client: reqwest::Client,
    /// Remembers.
    pub log: DeliveryLog,
    /// How long after the first failure an event is sent again; twice as long after each further one.
    pub retry: Duration,
}

/// Delivers what is queued, until nobody can queue any more. Dropping it ends all that is under way.
pub async fn deliver_all(mut queue: mpsc::Receiver<Job>, context: Context) {
    let mut deliveries = JoinSet::new();
    loop {
        tokio::select! {
            job = queue.recv(), if deliveries.len() < MOST_AT_ONCE => match job {
                Some(job) => {
                    deliveries.spawn(deliver(job, context.clone()));
                }
                None => break,
            },
            Some(_) = deliveries.join_next() => {}
        }
    }
    while deliveries.join_next().await.is_some() {}
}

/// Sends an event until it is taken, or the webhook is gone or switched off, or it was tried often enough.
async fn deliver(job: Job, context: Context) {
    let mut pause = context.retry;
    for number in 1..=MOST_ATTEMPTS {
        let id = job.webhook_id.clone();
        let webhook = context
            .store
            .run(move |database| database.webhook(&id))
            .await;
        let webhook = match webhook {
            Ok(Some(webhook)) if webhook.enabled => webhook,
            Ok(_) => return,
            Err(error) => return tracing::error!(%error, "a webhook could not be read"),
        };
        let clock = job.clock.clone();
        let delivery = clock
            .scope(attempt(&context.client, &webhook, &job, number))
            .await;
        let success = delivery.success;
        context.log.add(delivery);
        if success {
            return;
        }
        if number < MOST_ATTEMPTS {
            tokio::time::sleep(pause).await;
            pause *= 2;
        }
    }
    tracing::warn!(webhook = job.webhook_id, "an event was given up");
}

/// Sends an event once.
pub async fn attempt(
    client: &reqwest::Client,
    webhook: &StoredWebhook,
    job: &Job,
    number: u32,
) -> Delivery {
    let body = job.body.to_string();
    let began = Instant::now();
    let mut request = client
        .post(&webhook.url)
        .timeout(PATIENCE)
        .header(CONTENT_TYPE, "application/json");
    for (name, value) in signature::headers(webhook, &job.message_id, &body, now_seconds()) {
        request = request.header(name, value);
    }
    let sent_at = Timestamp::from_unix_millis(now_millis());
    let (response_code, response_body) = match request.body(body).send().await {
        Ok(response) => (response.status().as_u16(), Some(read(response).await)),
        Err(_) => (0, None),
    };
    Delivery {
        id: new_id("whdel_"),
        webhook_id: webhook.id.clone(),
        event: job.event.clone(),
        message_id: job.message_id.clone(),
        attempt: number,
        replayed_from: job.replayed_from.clone(),
        request_body: job.body.clone(),
        resource_id: company::COMPANY_ID.to_owned(),
        response_body,
        response_code,
        sent_at,
        success: (200..300).contains(&response_code),
        total_time: began.elapsed().as_secs_f64(),
    }
}

/// The answer's JSON object, or the beginning of what it is instead.
async fn read(mut response: reqwest::Response) -> Value {
    let mut bytes = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > LONGEST_ANSWER {
            break;
        }
    }
    if let Ok(answer @ Value::Object(_)) = serde_json::from_slice(&bytes) {
        return answer;
    }
    let beginning = &bytes[..bytes.len().min(100)];
    json!({"error": "no JSON object", "raw_body": String::from_utf8_lossy(beginning)})
}
