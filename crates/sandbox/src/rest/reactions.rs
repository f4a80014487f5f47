use super::feeds::Doing;
use super::messages::visible;
use super::paging::{Paging, cursor};
use super::{ApiError, Caller, JsonBody, PathOf, QueryOf};
use crate::clock::now_millis;
use crate::database::{
    Database, Feed, Position, ReactionMeaning, ReactionOutcome, StoredMessage, StoredReaction,
    page_of,
};
use crate::emoji;
use crate::rules;
use crate::socket::{FeedChange, ReactionChange};
use crate::state::Sandbox;
use crate::webhooks::{Event, Job, announce};
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use wire::rest::{Page, Reaction, ReactionCreate};

/// The query of `GET /reactions`.
#[derive(Debug, Deserialize)]
pub struct ListQuery {
    resource_id: Option<String>,
    #[serde(flatten)]
    paging: Paging,
}

/// `GET /reactions`: the most recent first.
pub async fn list(
    State(sandbox): State<Sandbox>,
    caller: Caller,
    QueryOf(query): QueryOf<ListQuery>,
) -> Result<Json<Page<Reaction>>, ApiError> {
    caller.needs_any(Doing::Reading)?;
    let window = query.paging.window()?;
    let id = query
        .resource_id
        .ok_or_else(|| ApiError::bad_request("resource_id is missing"))?;
    sandbox
        .store()
        .run(move |database| {
            visible(database, &caller, &id, Doing::Reading)?;
            Ok(Json(page_of(
                database.reactions_of(&id)?,
                &window,
                |reaction| Position {
                    order: -reaction.sequence,
                    id: reaction.id.to_string(),
                },
                cursor,
                |reaction| reaction.entity(),
            )))
        })
        .await
}

/// `GET /reactions/{id}`.
pub async fn retrieve(
    State(sandbox): State<Sandbox>,
    caller: Caller,
    PathOf(id): PathOf<String>,
) -> Result<Json<Reaction>, ApiError> {
    caller.needs_any(Doing::Reading)?;
    sandbox
        .store()
        .run(move |database| {
            let reaction = database
                .reaction(&id)?
                .ok_or(ApiError::NotFound("reaction"))?;
            visible(database, &caller, &reaction.message_id, Doing::Reading)?;
            Ok(Json(reaction.entity()))
        })
        .await
}

/// What became of a reaction, its message, their feed, and the events to tell of.
type Made = (ReactionOutcome, StoredMessage, Feed, Vec<Job>);

/// `POST /reactions`: an emoji, or a vote. What is there already is answered as it is.
pub async fn create(
    State(sandbox): State<Sandbox>,
    caller: Caller,
    JsonBody(body): JsonBody<ReactionCreate>,
) -> Result<Json<Reaction>, ApiError> {
    caller.needs_any(Doing::Reading)?;
    let hub = sandbox.hub().clone();
    let webhooks = sandbox.webhooks().clone();
    let (outcome, ..) = sandbox
        .store()
        .run_then(
            move |database| {
                let (stored, feed) = visible(database, &caller, &body.resource_id, Doing::Reading)?;
                let meaning = checked(&stored, body)?;
                if let Some(channel) = feed.chat().filter(|_| !caller.is_app) {
                    rules::may_react(channel, &caller.level())?;
                }
                let now = now_millis();
                let outcome =
                    database.put_reaction(&stored.message.id, &caller.user, &meaning, now)?;
                let stored = touched(database, stored, outcome.is_new, now)?;
                let event = Event {
                    feed: &feed,
                    message: &stored,
                    reaction: Some(&outcome.reaction),
                };
                let events = if outcome.is_new {
                    announce(database, event)?
                } else {
                    Vec::new()
                };
                Ok::<_, ApiError>((outcome, stored, feed, events))
            },
            move |(outcome, stored, feed, events): &Made| {
                if outcome.is_new {
                    let change = ReactionChange {
                        added: Some(&outcome.reaction),
                        removed: outcome.replaced.as_ref(),
                        message: stored,
                    };
                    hub.publish(feed, FeedChange::Reaction(change));
                }
                webhooks.enqueue(events);
            },
        )
        .await?;
    Ok(Json(outcome.reaction.entity()))
}

/// The query of `DELETE /reactions/{id}`.
#[derive(Debug, Deserialize)]
pub struct DeleteQuery {
    emoji: Option<String>,
}

/// `DELETE /reactions/{id}`: by the reaction's id, or by the message's id and the emoji.
pub async fn delete(
    State(sandbox): State<Sandbox>,
    caller: Caller,
    PathOf(id): PathOf<String>,
    QueryOf(query): QueryOf<DeleteQuery>,
) -> Result<Json<bool>, ApiError> {
    caller.needs_any(Doing::Reading)?;
    let hub = sandbox.hub().clone();
    sandbox
        .store()
        .run_then(
            move |database| {
                let reaction = find(database, &caller, &id, query.emoji)?;
                let (stored, feed) =
                    visible(database, &caller, &reaction.message_id, Doing::Reading)?;
                if reaction.user_id != caller.user.id && !caller.moderates(&feed) {
                    return Err(ApiError::Forbidden(
                        "Only its author or an admin can remove a reaction".to_owned(),
                    ));
                }
                database.remove_reaction(&reaction.id)?;
                let stored = touched(database, stored, true, now_millis())?;
                Ok((reaction, stored, feed))
            },
            move |(reaction, stored, feed): &(StoredReaction, StoredMessage, Feed)| {
                let change = ReactionChange {
                    added: None,
                    removed: Some(reaction),
                    message: stored,
                };
                hub.publish(feed, FeedChange::Reaction(change));
            },
        )
        .await?;
    Ok(Json(true))
}

fn find(
    database: &Database,
    caller: &Caller,
    id: &str,
    emoji: Option<String>,
) -> Result<StoredReaction, ApiError> {
    if let Some(reaction) = database.reaction(id)? {
        return Ok(reaction);
    }
    visible(database, caller, id, Doing::Reading).map_err(|error| match error {
        ApiError::NotFound(_) => ApiError::NotFound("reaction"),
        other => other,
    })?;
    let emoji = emoji
        .ok_or_else(|| ApiError::bad_request("emoji is needed together with a message's id"))?;
    database
        .reaction_of(id, &caller.user.id, &ReactionMeaning::Emoji(emoji))?
        .ok_or(ApiError::NotFound("reaction"))
}

fn checked(stored: &StoredMessage, body: ReactionCreate) -> Result<ReactionMeaning, ApiError> {
    match (body.emoji, body.poll_option_id) {
        (Some(emoji), None) if emoji::is_reaction(&emoji) => Ok(ReactionMeaning::Emoji(emoji)),
        (Some(_), None) => Err(ApiError::bad_request(
            "emoji must be one emoji or a shortcode such as :heart:",
        )),
        (None, Some(option)) => {
            let options = stored
                .message
                .poll
                .as_ref()
                .and_then(|poll| poll.options.as_ref());
            if options.is_some_and(|options| options.iter().any(|own| own.id == option)) {
                Ok(ReactionMeaning::Vote(option))
            } else {
                Err(ApiError::bad_request(
                    "poll_option_id is not an option of this message's poll",
                ))
            }
        }
        _ => Err(ApiError::bad_request("Give either emoji or poll_option_id")),
    }
}

/// The message as it is after the change.
fn touched(
    database: &Database,
    stored: StoredMessage,
    changed: bool,
    now: i64,
) -> Result<StoredMessage, ApiError> {
    if !changed {
        return Ok(stored);
    }
    database.touch_message(&stored.message.id, now)?;
    database
        .message(&stored.message.id)?
        .ok_or(ApiError::NotFound("message"))
}
