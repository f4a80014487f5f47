use super::done;
use crate::clock::now_millis;
use crate::rest::{ApiError, JsonBody};
use crate::socket::{FeedChange, Mute};
use crate::state::Sandbox;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::Value;

/// A year: nobody is muted for longer.
const LONGEST: i64 = 31_536_000;

/// The body of `POST /_sandbox/mute`.
#[derive(Debug, Deserialize)]
pub struct Body {
    /// A channel, an experience, a DM or a support chat.
    channel_id: String,
    user_id: String,
    /// From now on; 0 lifts the mute.
    seconds: i64,
}

/// `POST /_sandbox/mute`: what a moderator does on whop.com. The API has no route for it.
pub async fn mute(
    State(sandbox): State<Sandbox>,
    JsonBody(body): JsonBody<Body>,
) -> Result<Json<Value>, ApiError> {
    if !(0..=LONGEST).contains(&body.seconds) {
        return Err(ApiError::bad_request(
            "seconds can be 0 to 31536000, a year",
        ));
    }
    let until = (body.seconds > 0).then(|| now_millis() + body.seconds * 1_000);
    let hub = sandbox.hub().clone();
    sandbox
        .store()
        .run_then(
            move |database| {
                let feed = database
                    .feed(&body.channel_id)?
                    .ok_or(ApiError::NotFound("channel"))?;
                let user = database
                    .user(&body.user_id)?
                    .ok_or(ApiError::NotFound("user"))?;
                database.set_mute(feed.id(), &user.id, until)?;
                Ok::<_, ApiError>((feed, user.id))
            },
            move |(feed, user_id)| {
                hub.publish(feed, FeedChange::Mute(Mute { user_id, until }));
            },
        )
        .await?;
    Ok(done())
}
