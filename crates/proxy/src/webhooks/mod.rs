//! `POST /webhooks/whop`: what Whop tells of the chat by webhooks, passed on to those who listen.
//! Who signed it is found out in `signature`; to whom it goes is the business of `relay`.

mod event;
mod signature;

pub use signature::{Unsigned, Webhooks};

use crate::Proxy;
use crate::clock;
use crate::error::Refusal;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use event::{Event, Happening};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{sleep, timeout};

/// No message is that long.
const LONGEST_BODY: usize = 256 << 10;
/// Whop sends its body at once.
const PATIENCE: Duration = Duration::from_secs(5);
/// Where the websocket works it tells more of a message than a webhook does, and has that long to be first.
const HEAD_START: Duration = Duration::from_secs(1);

/// Hears a webhook. Answers 200 to whatever is signed, so that Whop doesn't send again what is no news here.
pub async fn receive(
    State(proxy): State<Arc<Proxy>>,
    request: Request,
) -> Result<StatusCode, Refusal> {
    let webhooks = proxy.webhooks.as_ref().ok_or(Refusal::NotFound)?;
    let (parts, body) = request.into_parts();
    // Anybody can send a body; it is signed or not when all of it is there.
    Webhooks::expect(&parts.headers, clock::unix_seconds())?;
    let turn = timeout(PATIENCE, webhooks.turn()).await;
    let turn = turn.map_err(|_| Refusal::Busy { retry_after: None })?;
    let body = timeout(PATIENCE, to_bytes(body, LONGEST_BODY))
        .await
        .map_err(|_| Refusal::TooSlow)?
        .map_err(|_| Refusal::TooLong(LONGEST_BODY))?;
    let is_new = webhooks.verify(&parts.headers, &body, clock::unix_seconds())?;
    let event: Event = serde_json::from_slice(&body)
        .map_err(|error| Refusal::BadBody(crate::body::describe(&error)))?;
    drop((turn, body));
    if is_new && let Some(happening) = event.happening() {
        // Told though its sender hangs up: the same is not heard again. It takes `HEAD_START` at the most.
        let telling = tokio::spawn(async move { tell(&proxy, &happening).await });
        let _ = telling.await;
    }
    Ok(StatusCode::OK)
}

async fn tell(proxy: &Proxy, happening: &Happening) {
    let hub = proxy.relay.hub();
    let channel = happening.channel();
    // The websocket says the same, and more: which link cards there are, who the author's picture shows.
    if hub.is_live(channel) {
        sleep(HEAD_START).await;
    }
    if hub.was_told(happening.id()) {
        return;
    }
    for (frame, change) in happening.frames(clock::unix_millis()) {
        hub.tell(channel, &frame, &change);
    }
}
