use super::done;
use crate::clock::now_millis;
use crate::company;
use crate::rest::{ApiError, JsonBody};
use crate::socket::ConversationNews;
use crate::state::Sandbox;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::Value;

/// The body of `POST /_sandbox/support/resolve`.
#[derive(Debug, Deserialize)]
pub struct Body {
    /// A support chat.
    channel_id: String,
    /// False opens it again.
    #[serde(default = "yes")]
    resolved: bool,
}

fn yes() -> bool {
    true
}

/// `POST /_sandbox/support/resolve`: what the team does on whop.com. The API has no route for it.
pub async fn resolve(
    State(sandbox): State<Sandbox>,
    JsonBody(body): JsonBody<Body>,
) -> Result<Json<Value>, ApiError> {
    let hub = sandbox.hub().clone();
    sandbox
        .store()
        .run_then(
            move |database| {
                let feed = database.feed(&body.channel_id)?;
                let id = feed
                    .as_ref()
                    .and_then(|feed| feed.conversation())
                    .filter(|conversation| conversation.is_support())
                    .map(|conversation| conversation.id.clone())
                    .ok_or(ApiError::NotFound("support channel"))?;
                database.set_resolved(&id, body.resolved.then(now_millis))?;
                let feed = database
                    .feed(&id)?
                    .ok_or(ApiError::NotFound("support channel"))?;
                let open = database.open_support_conversations(company::COMPANY_ID)?;
                Ok::<_, ApiError>((feed, open))
            },
            move |(feed, open)| {
                let news = ConversationNews {
                    conversation: feed.conversation().cloned(),
                    open_support: Some(*open),
                    ..ConversationNews::default()
                };
                hub.tell(feed, &news);
            },
        )
        .await?;
    Ok(done())
}
