use super::conversations::{checked_name, first_status, known_company, named_user};
use super::feeds::Doing;
use super::paging::{Paging, cursor};
use super::{ApiError, Caller, JsonBody, PathOf, QueryOf};
use crate::clock::{new_id, now_millis};
use crate::company;
use crate::database::{Database, Feed, NewConversation, Position, StoredConversation, page_of};
use crate::socket::ConversationNews;
use crate::state::Sandbox;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use wire::ChannelId;
use wire::rest::{
    Direction, Page, SupportChannel, SupportChannelCreate, SupportOrder, SupportView,
};

/// The query of `GET /support_channels`.
#[derive(Debug, Deserialize)]
pub struct ListQuery {
    company_id: Option<String>,
    account_id: Option<String>,
    open: Option<bool>,
    view: Option<SupportView>,
    order: Option<SupportOrder>,
    direction: Option<Direction>,
    #[serde(flatten)]
    paging: Paging,
}

/// `GET /support_channels`: a customer's own, for admins everybody's; the most recently active first.
pub async fn list(
    State(sandbox): State<Sandbox>,
    caller: Caller,
    QueryOf(query): QueryOf<ListQuery>,
) -> Result<Json<Page<SupportChannel>>, ApiError> {
    caller.needs("support_chat:read")?;
    let window = query.paging.window()?;
    let view = query.view.unwrap_or(SupportView::All);
    let order = query.order.unwrap_or(SupportOrder::LastPostSentAt);
    let direction = query.direction.unwrap_or(Direction::Descending);
    for (name, value) in [
        (
            "view",
            matches!(view, SupportView::Unknown(_)).then(|| view.as_str()),
        ),
        (
            "order",
            matches!(order, SupportOrder::Unknown(_)).then(|| order.as_str()),
        ),
        (
            "direction",
            matches!(direction, Direction::Unknown(_)).then(|| direction.as_str()),
        ),
    ] {
        if let Some(value) = value {
            return Err(ApiError::bad_request(format!("{name} can't be {value:?}")));
        }
    }
    let position = move |conversation: &StoredConversation| {
        let at = match order {
            SupportOrder::CreatedAt => conversation.created_at,
            _ => conversation.active_at(),
        };
        Position {
            order: if direction == Direction::Ascending {
                at
            } else {
                -at
            },
            id: conversation.id.to_string(),
        }
    };
    sandbox
        .store()
        .run(move |database| {
            known_company([query.company_id.as_deref(), query.account_id.as_deref()])?;
            let mut conversations = database.support_conversations(company::COMPANY_ID)?;
            conversations.retain(|conversation| {
                let is_own = conversation
                    .customer
                    .as_ref()
                    .is_some_and(|customer| customer.id == caller.user.id);
                let is_in_view = match view {
                    SupportView::Admin => !is_own,
                    SupportView::Customer => is_own,
                    _ => true,
                };
                is_in_view
                    && conversation.is_for(&caller.user)
                    && query
                        .open
                        .is_none_or(|open| open == conversation.resolved_at.is_none())
            });
            conversations.sort_by_key(&position);
            Ok(Json(page_of(
                conversations,
                &window,
                &position,
                cursor,
                |conversation| conversation.support_channel(),
            )))
        })
        .await
}

/// `POST /support_channels`: opened by a customer for themselves, or by an admin for a customer; the one that is there already
/// is answered.
pub async fn create(
    State(sandbox): State<Sandbox>,
    caller: Caller,
    JsonBody(body): JsonBody<SupportChannelCreate>,
) -> Result<Json<SupportChannel>, ApiError> {
    caller.needs("support_chat:create")?;
    let hub = sandbox.hub().clone();
    let (feed, _) = sandbox
        .store()
        .run_then(
            move |database| opened(database, &caller, body),
            move |(feed, news)| {
                if let Some(news) = news {
                    hub.tell(feed, news);
                }
            },
        )
        .await?;
    answer(&feed)
}

/// The support chat, and what is told if it was opened just now.
fn opened(
    database: &Database,
    caller: &Caller,
    body: SupportChannelCreate,
) -> Result<(Feed, Option<ConversationNews>), ApiError> {
    let name = checked_name(body.custom_name)?;
    let company_id = known_company([body.company_id.as_deref(), body.account_id.as_deref()])?
        .ok_or_else(|| ApiError::bad_request("company_id is missing"))?;
    let customer = named_user(database, &body.user_id)?;
    if customer.id != caller.user.id && !caller.may_moderate() {
        return Err(ApiError::Forbidden(
            "Only the company's admins can open a support channel for others".to_owned(),
        ));
    }
    if let Some(conversation) = database.support_conversation_of(company_id, &customer.id)? {
        return Ok((Feed::Conversation(conversation), None));
    }
    let new = NewConversation {
        id: ChannelId::from(new_id("feed_")),
        name,
        company_id: Some(company_id.into()),
        customer_id: Some(customer.id.clone()),
        members: vec![(customer.id.clone(), first_status(&customer))],
        created_at: database.free_moment(now_millis())?,
    };
    database.add_conversation(&new)?;
    let conversation = database
        .conversation(&new.id)?
        .ok_or(ApiError::NotFound("channel"))?;
    let news = ConversationNews {
        members: conversation.members.clone(),
        conversation: Some(conversation.clone()),
        open_support: Some(database.open_support_conversations(company_id)?),
        ..ConversationNews::default()
    };
    Ok((Feed::Conversation(conversation), Some(news)))
}

/// `GET /support_channels/{id}`.
pub async fn retrieve(
    State(sandbox): State<Sandbox>,
    caller: Caller,
    PathOf(id): PathOf<String>,
) -> Result<Json<SupportChannel>, ApiError> {
    sandbox
        .store()
        .run(move |database| answer(&caller.feed(database, &id, Doing::Reading)?))
        .await
}

fn answer(feed: &Feed) -> Result<Json<SupportChannel>, ApiError> {
    feed.conversation()
        .filter(|conversation| conversation.is_support())
        .map(|conversation| Json(conversation.support_channel()))
        .ok_or(ApiError::NotFound("channel"))
}
