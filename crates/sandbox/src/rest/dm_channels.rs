use super::conversations::{checked_name, first_status, known_company, named_user};
use super::feeds::Doing;
use super::paging::{Paging, cursor};
use super::{ApiError, Caller, JsonBody, PathOf, QueryOf};
use crate::clock::{new_id, now_millis};
use crate::database::{
    Database, Feed, FeedKind, NewConversation, Position, StoredConversation, page_of,
};
use crate::rules;
use crate::socket::ConversationNews;
use crate::state::Sandbox;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use wire::rest::{DmChannel, DmChannelCreate, DmChannelUpdate, MemberStatus, Page};
use wire::{ChannelId, CompanyId};

/// The query of `GET /dm_channels`.
#[derive(Debug, Deserialize)]
pub struct ListQuery {
    company_id: Option<String>,
    account_id: Option<String>,
    #[serde(flatten)]
    paging: Paging,
}

/// `GET /dm_channels`: the caller's own, the most recently active first.
pub async fn list(
    State(sandbox): State<Sandbox>,
    caller: Caller,
    QueryOf(query): QueryOf<ListQuery>,
) -> Result<Json<Page<DmChannel>>, ApiError> {
    caller.needs("dms:read")?;
    let window = query.paging.window()?;
    sandbox
        .store()
        .run(move |database| {
            let company =
                known_company([query.company_id.as_deref(), query.account_id.as_deref()])?;
            let position = |conversation: &StoredConversation| Position {
                order: -conversation.active_at(),
                id: conversation.id.to_string(),
            };
            let mut conversations = database.direct_conversations_of(&caller.user.id)?;
            conversations.retain(|conversation| {
                company.is_none() || conversation.company_id.as_deref() == company
            });
            conversations.sort_by_key(position);
            Ok(Json(page_of(
                conversations,
                &window,
                position,
                cursor,
                |conversation| conversation.dm_channel(),
            )))
        })
        .await
}

/// `POST /dm_channels`: opens one, or finds the one that two people have already.
pub async fn create(
    State(sandbox): State<Sandbox>,
    caller: Caller,
    JsonBody(body): JsonBody<DmChannelCreate>,
) -> Result<Json<DmChannel>, ApiError> {
    caller.needs("dms:channel:manage")?;
    let hub = sandbox.hub().clone();
    let (feed, _) = sandbox
        .store()
        .run_then(
            move |database| {
                let (conversation, is_new) = opened(database, &caller, body)?;
                Ok::<_, ApiError>((Feed::Conversation(conversation), is_new))
            },
            move |(feed, is_new)| {
                if let Some(conversation) = feed.conversation().filter(|_| *is_new) {
                    let news = ConversationNews {
                        members: conversation.members.clone(),
                        conversation: Some(conversation.clone()),
                        ..ConversationNews::default()
                    };
                    hub.tell(feed, &news);
                }
            },
        )
        .await?;
    answer(&feed)
}

/// The conversation, and whether it was opened just now.
fn opened(
    database: &Database,
    caller: &Caller,
    body: DmChannelCreate,
) -> Result<(StoredConversation, bool), ApiError> {
    let name = checked_name(body.custom_name)?;
    let company_id = known_company([body.company_id.as_deref(), body.account_id.as_deref()])?
        .map(CompanyId::from);
    // Nobody has to look up more people than may come.
    rules::room_for(body.with_user_ids.len())?;
    let mut members = vec![(caller.user.id.clone(), MemberStatus::Accepted)];
    for name in &body.with_user_ids {
        let user = named_user(database, name)?;
        if members.iter().all(|(id, _)| *id != user.id) {
            members.push((user.id.clone(), first_status(&user)));
        }
    }
    if members.len() < 2 {
        return Err(ApiError::bad_request(
            "with_user_ids needs somebody besides yourself",
        ));
    }
    rules::room_for(members.len())?;
    if let [(one, _), (other, _)] = members.as_slice()
        && let Some(conversation) =
            database.conversation_of_pair([one, other], company_id.as_deref())?
    {
        return Ok((conversation, false));
    }
    let new = NewConversation {
        id: ChannelId::from(new_id("feed_")),
        name,
        company_id,
        customer_id: None,
        members,
        created_at: database.free_moment(now_millis())?,
    };
    database.add_conversation(&new)?;
    let conversation = database
        .conversation(&new.id)?
        .ok_or(ApiError::NotFound("channel"))?;
    Ok((conversation, true))
}

/// `GET /dm_channels/{id}`: a support chat, too.
pub async fn retrieve(
    State(sandbox): State<Sandbox>,
    caller: Caller,
    PathOf(id): PathOf<String>,
) -> Result<Json<DmChannel>, ApiError> {
    sandbox
        .store()
        .run(move |database| answer(&caller.feed(database, &id, Doing::Reading)?))
        .await
}

/// `PATCH /dm_channels/{id}`: its name, by its admin. An empty name takes it away.
pub async fn update(
    State(sandbox): State<Sandbox>,
    caller: Caller,
    PathOf(id): PathOf<String>,
    JsonBody(body): JsonBody<DmChannelUpdate>,
) -> Result<Json<DmChannel>, ApiError> {
    caller.needs("dms:channel:manage")?;
    let hub = sandbox.hub().clone();
    let (feed, _) = sandbox
        .store()
        .run_then(
            move |database| {
                let feed = own(database, &caller, &id)?;
                let is_change = body.custom_name.is_some();
                if is_change {
                    let name = checked_name(body.custom_name)?;
                    database.rename_conversation(feed.id(), name.as_deref())?;
                }
                let feed = database.feed(feed.id())?;
                Ok::<_, ApiError>((feed.ok_or(ApiError::NotFound("channel"))?, is_change))
            },
            move |(feed, is_change)| {
                if *is_change {
                    let news = ConversationNews {
                        conversation: feed.conversation().cloned(),
                        ..ConversationNews::default()
                    };
                    hub.tell(feed, &news);
                }
            },
        )
        .await?;
    answer(&feed)
}

/// `DELETE /dm_channels/{id}`: with all its messages, by its admin.
pub async fn delete(
    State(sandbox): State<Sandbox>,
    caller: Caller,
    PathOf(id): PathOf<String>,
) -> Result<Json<bool>, ApiError> {
    caller.needs("dms:channel:manage")?;
    let hub = sandbox.hub().clone();
    sandbox
        .store()
        .run_then(
            move |database| {
                let feed = own(database, &caller, &id)?;
                database.delete_conversation(feed.id())?;
                Ok::<_, ApiError>(feed)
            },
            move |feed| {
                let news = ConversationNews {
                    conversation: feed.conversation().cloned(),
                    is_deleted: true,
                    ..ConversationNews::default()
                };
                hub.tell(feed, &news);
            },
        )
        .await?;
    Ok(Json(true))
}

/// The DM of that id, if the caller is its admin.
fn own(database: &Database, caller: &Caller, id: &str) -> Result<Feed, ApiError> {
    let feed = database
        .feed(id)?
        .filter(|feed| feed.kind() == FeedKind::Direct && feed.is_for(&caller.user))
        .ok_or(ApiError::NotFound("channel"))?;
    if caller.moderates(&feed) {
        Ok(feed)
    } else {
        Err(ApiError::Forbidden(
            "Only the channel's admin can change or delete it".to_owned(),
        ))
    }
}

fn answer(feed: &Feed) -> Result<Json<DmChannel>, ApiError> {
    feed.conversation()
        .map(|conversation| Json(conversation.dm_channel()))
        .ok_or(ApiError::NotFound("channel"))
}
