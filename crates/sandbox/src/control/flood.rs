use crate::clock::{new_id, now_millis};
use crate::company;
use crate::database::{NewMessage, StoredMessage};
use crate::rest::{ApiError, JsonBody};
use crate::seed;
use crate::socket::FeedChange;
use crate::state::Sandbox;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tokio::time::{MissedTickBehavior, interval};
use wire::MessageId;

const MOST_MESSAGES: usize = 100_000;
const MOST_PER_SECOND: u32 = 10_000;
/// Messages that are due at once are stored together.
const TICK: Duration = Duration::from_millis(5);

/// The body of `POST /_sandbox/flood`.
#[derive(Debug, Deserialize)]
pub struct Body {
    /// A channel or an experience; the general channel when missing.
    #[serde(default = "general")]
    channel_id: String,
    /// How many messages.
    count: usize,
    /// How many a second.
    per_second: u32,
    /// Every text ends with a line such as `№ 17`, which tells it from all others.
    #[serde(default)]
    numbered: bool,
}

fn general() -> String {
    company::GENERAL.to_owned()
}

/// `POST /_sandbox/flood`: everybody in the community talks at once. The texts are the seed's; no rule binds them.
/// Answers when all is said, with the time it took; who hangs up ends it.
pub async fn flood(
    State(sandbox): State<Sandbox>,
    JsonBody(body): JsonBody<Body>,
) -> Result<Json<Value>, ApiError> {
    if body.count > MOST_MESSAGES || !(1..=MOST_PER_SECOND).contains(&body.per_second) {
        return Err(ApiError::bad_request(
            "count can be 100000 at the most, per_second 1 to 10000",
        ));
    }
    let seed = sandbox.seed().number;
    let mut messages = seed::messages(seed + 1, body.count, 0, &company::AUTHORS)
        .into_iter()
        .map(|seeded| (seeded.user_id, seeded.content))
        .map(|(user, text)| (user, text.unwrap_or_else(|| "🙂".to_owned())))
        .enumerate()
        .map(|(number, (user, text))| {
            let number = if body.numbered {
                format!("\n\n№ {}", number + 1)
            } else {
                String::new()
            };
            (user, text + &number)
        });
    let began = Instant::now();
    let mut ticks = interval(TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut posted = 0;
    while posted < body.count {
        ticks.tick().await;
        // The first is due at once.
        let due = began.elapsed().as_secs_f64() * f64::from(body.per_second) + 1.0;
        let is_due = |number: usize| f64::from(u32::try_from(number).unwrap_or(u32::MAX)) < due;
        let mut batch = Vec::new();
        while is_due(posted + batch.len())
            && let Some(message) = messages.next()
        {
            batch.push(message);
        }
        posted += batch.len();
        post(&sandbox, body.channel_id.clone(), batch).await?;
    }
    Ok(Json(
        json!({"posted": posted, "milliseconds": began.elapsed().as_millis()}),
    ))
}

/// Stores the messages (author and text) and tells of each.
async fn post(
    sandbox: &Sandbox,
    channel_id: String,
    messages: Vec<(String, String)>,
) -> Result<(), ApiError> {
    if messages.is_empty() {
        return Ok(());
    }
    let hub = sandbox.hub().clone();
    sandbox
        .store()
        .run_then(
            move |database| {
                let feed = database
                    .feed(&channel_id)?
                    .ok_or(ApiError::NotFound("channel"))?;
                let mut newest = database.newest_in(feed.id())?.unwrap_or_default();
                let mut stored: Vec<StoredMessage> = Vec::new();
                for (user_id, content) in messages {
                    newest = now_millis().max(newest + 1);
                    let new = NewMessage {
                        id: MessageId::from(new_id("msg_")),
                        channel_id: feed.id().clone(),
                        user_id: user_id.into(),
                        created_at: newest,
                        updated_at: newest,
                        content: Some(content),
                        is_edited: false,
                        is_pinned: false,
                        mentions: Vec::new(),
                        mentions_everyone: false,
                        message_type: "regular".to_owned(),
                        poll_options: Vec::new(),
                        replying_to: None,
                        files: Vec::new(),
                    };
                    database.add_message(&new)?;
                    stored.extend(database.message(&new.id)?);
                }
                Ok::<_, ApiError>((feed, stored))
            },
            move |(feed, stored)| {
                for message in stored {
                    hub.publish(feed, FeedChange::Post(message));
                }
            },
        )
        .await?;
    Ok(())
}
