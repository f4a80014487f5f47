use super::delivery::MOST_ATTEMPTS;
use serde::Serialize;
use serde_json::Value;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Attempts that are remembered.
const MOST: usize = 1_000;

/// One attempt to deliver an event, as `GET /webhooks/{id}/deliveries` tells it.
#[derive(Clone, Debug, Serialize)]
pub struct Delivery {
    /// Its id.
    pub id: String,
    /// Which webhook's.
    pub webhook_id: String,
    /// The event's name.
    pub event: String,
    /// The `webhook-id` that was sent.
    pub message_id: String,
    /// Which attempt at this event, from 1.
    pub attempt: u32,
    /// The attempt that this one repeats.
    pub replayed_from: Option<String>,
    /// What was sent.
    pub request_body: Value,
    /// The company.
    pub resource_id: String,
    /// The answer's JSON, or its beginning.
    pub response_body: Option<Value>,
    /// The answer's status; 0 for none.
    pub response_code: u16,
    /// When it was sent, RFC 3339.
    pub sent_at: wire::Timestamp,
    /// Whether the answer was a success.
    pub success: bool,
    /// How long it took, in seconds.
    pub total_time: f64,
}

/// How it stands with what a webhook is sent, as far as it is remembered.
#[derive(Clone, Debug, Default)]
pub struct Health {
    /// How many events failed at first since the webhook last took one.
    pub consecutive_failures: usize,
    /// The first attempt that failed since then, RFC 3339.
    pub failing_since: Option<wire::Timestamp>,
    /// When an event was last given up, RFC 3339.
    pub last_failure_at: Option<wire::Timestamp>,
}

/// The newest attempts.
#[derive(Clone, Debug, Default)]
pub struct DeliveryLog(Arc<Mutex<VecDeque<Delivery>>>);

impl DeliveryLog {
    fn lock(&self) -> MutexGuard<'_, VecDeque<Delivery>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers an attempt; the oldest is forgotten where there are too many.
    pub fn add(&self, delivery: Delivery) {
        let mut log = self.lock();
        if log.len() >= MOST {
            log.pop_front();
        }
        log.push_back(delivery);
    }

    /// The attempts, the oldest first.
    pub fn all(&self) -> Vec<Delivery> {
        self.lock().iter().cloned().collect()
    }

    /// The attempts at one webhook, the newest first.
    pub fn of(&self, webhook_id: &str) -> Vec<Delivery> {
        let log = self.lock();
        log.iter()
            .rev()
            .filter(|delivery| delivery.webhook_id == webhook_id)
            .cloned()
            .collect()
    }

    /// How it stands with what a webhook is sent.
    pub fn health(&self, webhook_id: &str) -> Health {
        let attempts = self.of(webhook_id);
        let streak = attempts.iter().take_while(|delivery| !delivery.success);
        let given_up =
            |delivery: &&Delivery| !delivery.success && delivery.attempt == MOST_ATTEMPTS;
        Health {
            consecutive_failures: streak
                .clone()
                .filter(|delivery| delivery.attempt == 1)
                .count(),
            failing_since: streak.last().map(|delivery| delivery.sent_at.clone()),
            last_failure_at: attempts
                .iter()
                .find(given_up)
                .map(|delivery| delivery.sent_at.clone()),
        }
    }

    /// Forgets all.
    pub fn clear(&self) {
        self.lock().clear();
    }
}
