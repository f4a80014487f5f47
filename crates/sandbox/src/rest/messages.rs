use super::conversations::after_post;
use super::feeds::Doing;
use super::paging::{Paging, cursor};
use super::{ApiError, Caller, JsonBody, PathOf, QueryOf};
use crate::clock::{new_id, now_millis};
use crate::database::{Database, Feed, MessageChange, NewMessage, StoredFile, StoredMessage};
use crate::rules::{self, Draft, LONGEST_MESSAGE, MOST_ATTACHMENTS, MOST_POLL_OPTIONS};
use crate::socket::FeedChange;
use crate::state::Sandbox;
use crate::webhooks::{Event, announce};
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use std::collections::BTreeSet;
use wire::rest::{
    AttachmentReference, Direction, Message, MessageCreate, MessageUpdate, Page, Poll, PollOption,
    UploadStatus,
};
use wire::{MessageId, UserId};

/// The query of `GET /messages`.
#[derive(Debug, Deserialize)]
pub struct ListQuery {
    channel_id: Option<String>,
    direction: Option<Direction>,
    #[serde(flatten)]
    paging: Paging,
}

/// `GET /messages`.
pub async fn list(
    State(sandbox): State<Sandbox>,
    caller: Caller,
    QueryOf(query): QueryOf<ListQuery>,
) -> Result<Json<Page<Message>>, ApiError> {
    caller.needs_any(Doing::Reading)?;
    let window = query.paging.window()?;
    let direction = query.direction.unwrap_or(Direction::Descending);
    if let Direction::Unknown(direction) = &direction {
        return Err(ApiError::bad_request(format!(
            "direction must be asc or desc, not {direction:?}"
        )));
    }
    let channel_id = query
        .channel_id
        .ok_or_else(|| ApiError::bad_request("channel_id is missing"))?;
    sandbox
        .store()
        .run(move |database| {
            let feed = caller.feed(database, &channel_id, Doing::Reading)?;
            Ok(Json(database.messages_page(
                feed.id(),
                &direction,
                &window,
                cursor,
            )?))
        })
        .await
}

/// `GET /messages/{id}`.
pub async fn retrieve(
    State(sandbox): State<Sandbox>,
    caller: Caller,
    PathOf(id): PathOf<String>,
) -> Result<Json<Message>, ApiError> {
    caller.needs_any(Doing::Reading)?;
    sandbox
        .store()
        .run(move |database| {
            let (stored, _) = visible(database, &caller, &id, Doing::Reading)?;
            Ok(Json(stored.message))
        })
        .await
}

/// `POST /messages`.
pub async fn create(
    State(sandbox): State<Sandbox>,
    caller: Caller,
    JsonBody(body): JsonBody<MessageCreate>,
) -> Result<Json<Message>, ApiError> {
    caller.needs_any(Doing::Writing)?;
    let hub = sandbox.hub().clone();
    let webhooks = sandbox.webhooks().clone();
    let (message, ..) = sandbox
        .store()
        .run_then(
            move |database| {
                let feed = caller.feed(database, &body.channel_id, Doing::Writing)?;
                let new = checked(database, &caller, &feed, body)?;
                database.add_message(&new)?;
                let stored = database.message(&new.id)?;
                let stored = stored.ok_or(ApiError::NotFound("message"))?;
                let news = after_post(database, &feed, &stored, &caller.user)?;
                let event = Event {
                    feed: &feed,
                    message: &stored,
                    reaction: None,
                };
                let events = announce(database, event)?;
                Ok::<_, ApiError>((stored, feed, news, events))
            },
            move |(message, feed, news, events)| {
                hub.publish(feed, FeedChange::Post(message));
                hub.tell(feed, news);
                webhooks.enqueue(events);
            },
        )
        .await?;
    Ok(Json(message.message))
}

/// `PATCH /messages/{id}`.
pub async fn update(
    State(sandbox): State<Sandbox>,
    caller: Caller,
    PathOf(id): PathOf<String>,
    JsonBody(body): JsonBody<MessageUpdate>,
) -> Result<Json<Message>, ApiError> {
    let hub = sandbox.hub().clone();
    let (message, _, _) = sandbox
        .store()
        .run_then(
            move |database| {
                let (stored, feed) = visible(database, &caller, &id, Doing::Writing)?;
                let Some(change) = checked_change(database, &caller, &feed, &stored, body)? else {
                    return Ok((stored, feed, false));
                };
                database.change_message(&id, &change)?;
                let stored = database.message(&id)?;
                Ok::<_, ApiError>((stored.ok_or(ApiError::NotFound("message"))?, feed, true))
            },
            move |(message, feed, is_changed)| {
                if *is_changed {
                    hub.publish(feed, FeedChange::Post(message));
                }
            },
        )
        .await?;
    Ok(Json(message.message))
}

/// `DELETE /messages/{id}`.
pub async fn delete(
    State(sandbox): State<Sandbox>,
    caller: Caller,
    PathOf(id): PathOf<String>,
) -> Result<Json<bool>, ApiError> {
    caller.needs_any(Doing::Writing)?;
    let hub = sandbox.hub().clone();
    sandbox
        .store()
        .run_then(
            move |database| {
                let (stored, feed) = visible(database, &caller, &id, Doing::Writing)?;
                if stored.message.user.id != caller.user.id && !caller.moderates(&feed) {
                    return Err(ApiError::Forbidden(
                        "Only its author or an admin can delete a message".to_owned(),
                    ));
                }
                database.delete_message(&id)?;
                Ok((stored, feed))
            },
            move |(message, feed)| hub.publish(feed, FeedChange::Deletion(message)),
        )
        .await?;
    Ok(Json(true))
}

/// The message and its feed, if the caller may do that there.
pub fn visible(
    database: &Database,
    caller: &Caller,
    message_id: &str,
    doing: Doing,
) -> Result<(StoredMessage, Feed), ApiError> {
    let message = database
        .message(message_id)?
        .ok_or(ApiError::NotFound("message"))?;
    let feed = caller
        .feed(database, &message.channel_id, doing)
        .map_err(|error| match error {
            // Not even that there is such a message.
            ApiError::NotFound(_) => ApiError::NotFound("message"),
            other => other,
        })?;
    Ok((message, feed))
}

fn checked(
    database: &Database,
    caller: &Caller,
    feed: &Feed,
    body: MessageCreate,
) -> Result<NewMessage, ApiError> {
    let level = caller.level();
    if !caller.is_app {
        if let Some(channel) = feed.chat() {
            rules::may_post(channel, &level)?;
        }
        may_speak(database, caller, feed)?;
    }
    let options = poll_options(body.poll)?;
    let files = find_files(database, caller, body.attachments.unwrap_or_default())?;
    let content = checked_content(body.content, files.is_empty())?;
    if let Some(replied) = &body.replying_to_message_id {
        let same_channel = database
            .message(replied)?
            .is_some_and(|replied| replied.channel_id == *feed.id());
        if !same_channel {
            return Err(ApiError::bad_request(
                "replying_to_message_id is not a message of this channel",
            ));
        }
    }
    let texts: Vec<&str> = options.iter().map(|option| option.text.as_str()).collect();
    let now = now_millis();
    if let Some(channel) = feed.chat() {
        rules::acceptable(
            channel,
            &level,
            Draft {
                content: content.as_deref().unwrap_or_default(),
                poll_options: &texts,
                files: &files,
            },
        )?;
        let last_post = database.last_post_of(&channel.id, &caller.user.id)?;
        rules::cooled_down(channel, &level, last_post, now)?;
    }
    // No two messages of a channel have the same time, so that their order is that of their arrival.
    let created_at = database
        .newest_in(feed.id())?
        .map_or(now, |newest| now.max(newest + 1));
    let (mentions, mentions_everyone) = mentions(database, caller, feed, content.as_deref())?;
    Ok(NewMessage {
        id: MessageId::from(new_id("msg_")),
        channel_id: feed.id().clone(),
        user_id: caller.user.id.clone(),
        created_at,
        updated_at: created_at,
        content,
        is_edited: false,
        is_pinned: false,
        mentions,
        mentions_everyone,
        message_type: "regular".to_owned(),
        poll_options: options,
        replying_to: body.replying_to_message_id,
        files: files.into_iter().map(|file| file.id).collect(),
    })
}

fn checked_change(
    database: &Database,
    caller: &Caller,
    feed: &Feed,
    stored: &StoredMessage,
    body: MessageUpdate,
) -> Result<Option<MessageChange>, ApiError> {
    let level = caller.level();
    let mut change = MessageChange {
        at: now_millis(),
        ..MessageChange::default()
    };
    if body.content.is_some() || body.attachments.is_some() {
        if stored.message.user.id != caller.user.id {
            return Err(ApiError::Forbidden(
                "Only its author can edit a message".to_owned(),
            ));
        }
        if !caller.is_app {
            may_speak(database, caller, feed)?;
        }
        let kept = stored.message.attachments.iter().flatten();
        let files = match body.attachments {
            Some(attachments) => find_files(database, caller, attachments)?,
            None => find_files(
                database,
                caller,
                kept.map(|file| AttachmentReference {
                    id: file.id.clone(),
                })
                .collect(),
            )?,
        };
        let content = match body.content {
            Some(content) => checked_content(content, files.is_empty())?,
            None => stored.message.content.clone(),
        };
        if content.is_none() && files.is_empty() {
            return Err(ApiError::bad_request("A message needs a text or a file"));
        }
        if let Some(channel) = feed.chat() {
            rules::acceptable(
                channel,
                &level,
                Draft {
                    content: content.as_deref().unwrap_or_default(),
                    poll_options: &[],
                    files: &files,
                },
            )?;
        }
        if content != stored.message.content {
            let (mentions, everyone) = mentions(database, caller, feed, content.as_deref())?;
            change.text = Some((content, mentions, everyone));
        }
        change.files = Some(files.into_iter().map(|file| file.id).collect());
    }
    if let Some(is_pinned) = body.is_pinned {
        if !caller.moderates(feed) {
            return Err(ApiError::Forbidden(
                "Only admins can pin messages".to_owned(),
            ));
        }
        if feed.chat().is_some() {
            caller.needs("chat:moderate")?;
        }
        change.is_pinned = Some(is_pinned);
    }
    let is_change = change.text.is_some() || change.files.is_some() || change.is_pinned.is_some();
    if !is_change && stored.message.user.id != caller.user.id && !caller.moderates(feed) {
        return Err(ApiError::Forbidden(
            "Only its author or an admin can change a message".to_owned(),
        ));
    }
    Ok(is_change.then_some(change))
}

/// Who is muted says nothing: neither in a new message nor by changing an old one.
fn may_speak(database: &Database, caller: &Caller, feed: &Feed) -> Result<(), ApiError> {
    let muted_until = database.muted_until(feed.id(), &caller.user.id)?;
    Ok(rules::unmuted(muted_until, now_millis())?)
}

fn checked_content(content: String, needed: bool) -> Result<Option<String>, ApiError> {
    if content.chars().count() > LONGEST_MESSAGE {
        return Err(ApiError::bad_request(format!(
            "content is longer than {LONGEST_MESSAGE} characters"
        )));
    }
    if !content.trim().is_empty() {
        return Ok(Some(content));
    }
    if needed {
        return Err(ApiError::bad_request(
            "A message needs a text or a file, and a poll its question",
        ));
    }
    Ok(None)
}

fn poll_options(poll: Option<Poll>) -> Result<Vec<PollOption>, ApiError> {
    let Some(poll) = poll else {
        return Ok(Vec::new());
    };
    let options = poll.options.unwrap_or_default();
    if !(2..=MOST_POLL_OPTIONS).contains(&options.len()) {
        return Err(ApiError::bad_request(format!(
            "A poll needs 2 to {MOST_POLL_OPTIONS} options"
        )));
    }
    for (number, option) in (1..).zip(&options) {
        if option.id != number.to_string() {
            return Err(ApiError::bad_request(
                "The ids of a poll's options must be \"1\", \"2\", … in order",
            ));
        }
        if option.text.trim().is_empty() || option.text.chars().count() > 200 {
            return Err(ApiError::bad_request(
                "A poll's option needs a text of at most 200 characters",
            ));
        }
    }
    Ok(options)
}

/// The files of the seed, and one's own that are ready.
fn find_files(
    database: &Database,
    caller: &Caller,
    references: Vec<AttachmentReference>,
) -> Result<Vec<StoredFile>, ApiError> {
    if references.len() > MOST_ATTACHMENTS {
        return Err(ApiError::bad_request(format!(
            "A message carries {MOST_ATTACHMENTS} files at the most"
        )));
    }
    references
        .into_iter()
        .map(|reference| {
            let file = database
                .file(&reference.id)?
                .filter(|file| file.upload.is_none() || file.is_of(&caller.user.id))
                .ok_or_else(|| {
                    ApiError::bad_request("attachments names a file that isn't there")
                })?;
            if file.status(now_millis()) == UploadStatus::Ready {
                Ok(file)
            } else {
                Err(ApiError::bad_request(
                    "attachments names a file whose upload is not ready",
                ))
            }
        })
        .collect()
}

/// Whom of those who see the feed the text mentions, as `@username` or `@user_…`. Only admins can mention everyone.
fn mentions(
    database: &Database,
    caller: &Caller,
    feed: &Feed,
    content: Option<&str>,
) -> Result<(Vec<UserId>, bool), ApiError> {
    let names: BTreeSet<String> = content
        .unwrap_or_default()
        .split('@')
        .skip(1)
        .map(|rest| {
            rest.chars()
                .take_while(|character| character.is_ascii_alphanumeric() || *character == '_')
                .collect::<String>()
                .to_lowercase()
        })
        .filter(|name| !name.is_empty())
        .collect();
    if names.is_empty() {
        return Ok((Vec::new(), false));
    }
    let mentioned = database
        .users("")?
        .into_iter()
        .filter(|user| names.contains(user.id.as_str()) || names.contains(&user.username))
        .filter(|user| feed.chat().is_some() || feed.is_for(user))
        .map(|user| user.id)
        .collect();
    Ok((
        mentioned,
        names.contains("everyone") && caller.moderates(feed),
    ))
}
