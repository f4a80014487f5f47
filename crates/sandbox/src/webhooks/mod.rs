//! Telling registered addresses of what happens: what is sent, how it is signed, and how often it is tried.
//! Who may register one is decided in `rest`.

mod delivery;
mod event;
mod log;
mod signature;

pub use delivery::{Context, Job, attempt, deliver_all};
pub use event::{EVENTS, Event, announce, sample};
pub use log::{Delivery, DeliveryLog};
pub use signature::PREFIX as SECRET_PREFIX;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::mpsc;

/// Events that wait until others are delivered; one more, and it is dropped.
const LONGEST_QUEUE: usize = 1_000;

/// Where events go in.
#[derive(Clone, Debug)]
pub struct Webhooks {
    queue: mpsc::Sender<Job>,
    log: DeliveryLog,
    dropped: Arc<AtomicU64>,
}

impl Webhooks {
    /// With a queue, whose other end somebody has to empty.
    pub fn new() -> (Self, mpsc::Receiver<Job>) {
        let (queue, waiting) = mpsc::channel(LONGEST_QUEUE);
        let webhooks = Self {
            queue,
            log: DeliveryLog::default(),
            dropped: Arc::default(),
        };
        (webhooks, waiting)
    }

    /// Delivers the events, later.
    pub fn enqueue(&self, jobs: &[Job]) {
        for job in jobs {
            if self.queue.try_send(job.clone()).is_err() {
                self.dropped.fetch_add(1, Ordering::SeqCst);
                tracing::warn!(
                    webhook = job.webhook_id,
                    "an event was dropped: too many wait"
                );
            }
        }
    }

    /// What was tried.
    pub fn log(&self) -> &DeliveryLog {
        &self.log
    }

    /// How many events wait.
    pub fn waiting(&self) -> usize {
        LONGEST_QUEUE - self.queue.capacity()
    }

    /// How many events were dropped because too many waited.
    pub fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::SeqCst)
    }
}
