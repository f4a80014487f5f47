use super::conversations::joining;
use super::paging::{Paging, cursor};
use super::{ApiError, Caller, JsonBody, PathOf, QueryOf};
use crate::clock::now_millis;
use crate::database::{
    Database, Feed, FeedKind, Position, StoredConversation, StoredMember, page_of,
};
use crate::rules;
use crate::socket::ConversationNews;
use crate::state::Sandbox;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use wire::rest::{
    AccessLevel, DmMember, DmMemberCreate, DmMemberUpdate, MemberStatus, NotificationPreference,
    Page,
};

/// The query of `GET /dm_members`.
#[derive(Debug, Deserialize)]
pub struct ListQuery {
    channel_id: Option<String>,
    #[serde(flatten)]
    paging: Paging,
}

/// The scopes of Whop's current document, and of `@whop/sdk` 0.0.42 where it disagrees.
fn changing(kind: FeedKind) -> &'static [&'static str] {
    match kind {
        FeedKind::Support => &["support_chat:read"],
        _ => &["dms:channel:manage", "dms:read"],
    }
}

/// `GET /dm_members`: of a DM or a support chat, in the order in which they joined.
pub async fn list(
    State(sandbox): State<Sandbox>,
    caller: Caller,
    QueryOf(query): QueryOf<ListQuery>,
) -> Result<Json<Page<DmMember>>, ApiError> {
    let window = query.paging.window()?;
    let channel_id = query
        .channel_id
        .ok_or_else(|| ApiError::bad_request("channel_id is missing"))?;
    sandbox
        .store()
        .run(move |database| {
            let feed = seen(database, &caller, &channel_id)?;
            caller.needs_one_of(reading(feed.kind()))?;
            Ok(Json(page_of(
                conversation(&feed)?.members.clone(),
                &window,
                |member| Position {
                    order: member.joined_at,
                    id: member.id.clone(),
                },
                cursor,
                |member| DmMember {
                    notification_preference: None,
                    ..member.entity()
                },
            )))
        })
        .await
}

/// `POST /dm_members`: by the conversation's admin. Whoever is in it already is answered as they are.
pub async fn create(
    State(sandbox): State<Sandbox>,
    caller: Caller,
    JsonBody(body): JsonBody<DmMemberCreate>,
) -> Result<Json<DmMember>, ApiError> {
    let hub = sandbox.hub().clone();
    let (_, member, _) = sandbox
        .store()
        .run_then(
            move |database| added(database, &caller, &body),
            move |(feed, member, is_new)| {
                if *is_new {
                    let news = ConversationNews {
                        conversation: feed.conversation().cloned(),
                        members: vec![member.clone()],
                        ..ConversationNews::default()
                    };
                    hub.tell(feed, &news);
                }
            },
        )
        .await?;
    Ok(Json(member.entity()))
}

/// The conversation as it is then, the member, and whether they are new.
fn added(
    database: &Database,
    caller: &Caller,
    body: &DmMemberCreate,
) -> Result<(Feed, StoredMember, bool), ApiError> {
    let feed = seen(database, caller, &body.channel_id)?;
    caller.needs_one_of(match feed.kind() {
        FeedKind::Support => &["support_chat:message:create"],
        _ => &["dms:channel:manage", "dms:message:manage"],
    })?;
    if !caller.moderates(&feed) {
        return Err(ApiError::Forbidden(
            "Only the channel's admin can add members".to_owned(),
        ));
    }
    let user = database
        .user_named(&body.user_id)?
        .ok_or(ApiError::NotFound("user"))?;
    let conversation = conversation(&feed)?;
    if let Some(member) = conversation.member(&user.id) {
        let member = member.clone();
        return Ok((feed, member, false));
    }
    if conversation.is_support() && user.access_level != AccessLevel::Admin {
        return Err(ApiError::Forbidden(
            "Only the company's admins can join a customer in a support chat".to_owned(),
        ));
    }
    rules::room_for(conversation.members.len() + 1)?;
    let newest = conversation.members.iter().map(|member| member.joined_at);
    let at = now_millis().max(newest.max().unwrap_or_default() + 1);
    let member = joining(&feed, &user, at);
    database.put_member(&member)?;
    database.forget_pair(feed.id())?;
    let feed = database
        .feed(feed.id())?
        .ok_or(ApiError::NotFound("channel"))?;
    Ok((feed, member, true))
}

/// `GET /dm_members/{id}`.
pub async fn retrieve(
    State(sandbox): State<Sandbox>,
    caller: Caller,
    PathOf(id): PathOf<String>,
) -> Result<Json<DmMember>, ApiError> {
    sandbox
        .store()
        .run(move |database| {
            let (feed, member) = found(database, &caller, &id)?;
            caller.needs_one_of(reading(feed.kind()))?;
            Ok(Json(member.entity()))
        })
        .await
}

/// `PATCH /dm_members/{id}`: one's own settings.
pub async fn update(
    State(sandbox): State<Sandbox>,
    caller: Caller,
    PathOf(id): PathOf<String>,
    JsonBody(body): JsonBody<DmMemberUpdate>,
) -> Result<Json<DmMember>, ApiError> {
    if let Some(NotificationPreference::Unknown(value)) = &body.notification_preference {
        return Err(ApiError::bad_request(format!(
            "notification_preference can't be {value:?}"
        )));
    }
    if let Some(MemberStatus::Unknown(value)) = &body.status {
        return Err(ApiError::bad_request(format!("status can't be {value:?}")));
    }
    let hub = sandbox.hub().clone();
    let (_, member) = sandbox
        .store()
        .run_then(
            move |database| {
                let (feed, mut member) = found(database, &caller, &id)?;
                caller.needs_one_of(changing(feed.kind()))?;
                if member.user_id != caller.user.id {
                    return Err(ApiError::Forbidden(
                        "A member's settings are their own".to_owned(),
                    ));
                }
                if let Some(preference) = body.notification_preference {
                    member.notification_preference = preference;
                }
                if let Some(status) = body.status {
                    member.status = status;
                }
                database.put_member(&member)?;
                Ok((feed, member))
            },
            move |(feed, member)| {
                let news = ConversationNews {
                    members: vec![member.clone()],
                    ..ConversationNews::default()
                };
                hub.tell(feed, &news);
            },
        )
        .await?;
    Ok(Json(member.entity()))
}

/// `DELETE /dm_members/{id}`: anybody by the admin, and everybody themselves. The longest member of a DM that loses its
/// admin is the next one; the last who goes takes the DM with them.
pub async fn delete(
    State(sandbox): State<Sandbox>,
    caller: Caller,
    PathOf(id): PathOf<String>,
) -> Result<Json<bool>, ApiError> {
    let hub = sandbox.hub().clone();
    sandbox
        .store()
        .run_then(
            move |database| removed(database, &caller, &id),
            move |(feed, news)| hub.tell(feed, news),
        )
        .await?;
    Ok(Json(true))
}

/// The conversation as it was, and what is told to those who were in it.
fn removed(
    database: &Database,
    caller: &Caller,
    id: &str,
) -> Result<(Feed, ConversationNews), ApiError> {
    let (feed, member) = found(database, caller, id)?;
    caller.needs_one_of(changing(feed.kind()))?;
    if member.user_id != caller.user.id && !caller.moderates(&feed) {
        return Err(ApiError::Forbidden(
            "Only the channel's admin can remove others".to_owned(),
        ));
    }
    let conversation = conversation(&feed)?;
    let is_customer = conversation
        .customer
        .as_ref()
        .is_some_and(|customer| customer.id == member.user_id);
    if is_customer {
        return Err(ApiError::Forbidden(
            "A support chat can't do without its customer".to_owned(),
        ));
    }
    let mut news = ConversationNews::default();
    let others = || {
        let members = conversation.members.iter();
        members.filter(|other| other.id != member.id)
    };
    if others().next().is_none() {
        database.delete_conversation(feed.id())?;
        news.conversation = Some(conversation.clone());
        news.is_deleted = true;
    } else {
        database.remove_member(&member.id)?;
        database.forget_pair(feed.id())?;
        if !conversation.is_support() && !others().any(|other| other.is_admin) {
            let next = others().next().map(|other| StoredMember {
                is_admin: true,
                ..other.clone()
            });
            next.map_or(Ok(()), |next| database.put_member(&next))?;
        }
    }
    news.left.push(member);
    Ok((feed, news))
}

fn reading(kind: FeedKind) -> &'static [&'static str] {
    match kind {
        FeedKind::Support => &["support_chat:read"],
        _ => &["dms:read"],
    }
}

/// The conversation of that id, if the caller may see it.
fn seen(database: &Database, caller: &Caller, id: &str) -> Result<Feed, ApiError> {
    database
        .feed(id)?
        .filter(|feed| feed.conversation().is_some() && feed.is_for(&caller.user))
        .ok_or(ApiError::NotFound("channel"))
}

/// The member of that id and their conversation, if the caller may see it.
fn found(database: &Database, caller: &Caller, id: &str) -> Result<(Feed, StoredMember), ApiError> {
    let not_found = || ApiError::NotFound("member");
    let member = database.member(id)?.ok_or_else(not_found)?;
    let feed = seen(database, caller, &member.conversation_id).map_err(|error| match error {
        ApiError::NotFound(_) => not_found(),
        other => other,
    })?;
    Ok((feed, member))
}

fn conversation(feed: &Feed) -> Result<&StoredConversation, ApiError> {
    feed.conversation().ok_or(ApiError::NotFound("channel"))
}
