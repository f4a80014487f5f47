use super::conversations::known_company;
use super::paging::{Paging, cursor};
use super::{ApiError, Caller, JsonBody, PathOf, QueryOf};
use crate::company;
use crate::database::{Feed, Position, StoredChannel, page_of};
use crate::socket::FeedChange;
use crate::state::Sandbox;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use wire::rest::{ChatChannel, ChatChannelUpdate, Page, WhoCanPost, WhoCanReact};

const LONGEST_COOLDOWN: u32 = 86_400;

/// The query of `GET /chat_channels`.
#[derive(Debug, Deserialize)]
pub struct ListQuery {
    company_id: Option<String>,
    account_id: Option<String>,
    product_id: Option<String>,
    #[serde(flatten)]
    paging: Paging,
}

/// `GET /chat_channels`.
pub async fn list(
    State(sandbox): State<Sandbox>,
    caller: Caller,
    QueryOf(query): QueryOf<ListQuery>,
) -> Result<Json<Page<ChatChannel>>, ApiError> {
    caller.needs("chat:read")?;
    let window = query.paging.window()?;
    known_company([query.company_id.as_deref(), query.account_id.as_deref()])?
        .ok_or_else(|| ApiError::bad_request("company_id is missing"))?;
    let of_product = query
        .product_id
        .is_none_or(|product| product == company::PRODUCT_ID);
    sandbox
        .store()
        .run(move |database| {
            let mut channels = Vec::new();
            for channel in database.channels()?.into_iter().filter(|_| of_product) {
                channels.push(caller.sees(Some(channel))?);
            }
            let may_moderate = caller.may_moderate();
            Ok(Json(page_of(
                channels,
                &window,
                |channel| Position {
                    order: channel.created_at,
                    id: channel.id.to_string(),
                },
                cursor,
                |channel| channel.entity(may_moderate),
            )))
        })
        .await
}

/// `GET /chat_channels/{id}`: by its own id or by its experience's.
pub async fn retrieve(
    State(sandbox): State<Sandbox>,
    caller: Caller,
    PathOf(id): PathOf<String>,
) -> Result<Json<ChatChannel>, ApiError> {
    caller.needs("chat:read")?;
    sandbox
        .store()
        .run(move |database| {
            let channel = caller.sees(database.channel(&id)?)?;
            Ok(Json(channel.entity(caller.may_moderate())))
        })
        .await
}

/// `PATCH /chat_channels/{id}`.
pub async fn update(
    State(sandbox): State<Sandbox>,
    caller: Caller,
    PathOf(id): PathOf<String>,
    JsonBody(body): JsonBody<ChatChannelUpdate>,
) -> Result<Json<ChatChannel>, ApiError> {
    caller.needs("chat:moderate")?;
    let hub = sandbox.hub().clone();
    let channel = sandbox
        .store()
        .run_then(
            move |database| {
                let channel = caller.sees(database.channel(&id)?)?;
                if !caller.may_moderate() {
                    return Err(ApiError::Forbidden(
                        "Only admins can change a channel's settings".to_owned(),
                    ));
                }
                let channel = changed(channel, body)?;
                database.put_channel(&channel)?;
                Ok(channel)
            },
            move |channel| hub.publish(&Feed::Chat(channel.clone()), FeedChange::Settings),
        )
        .await?;
    Ok(Json(channel.entity(true)))
}

fn changed(mut channel: StoredChannel, body: ChatChannelUpdate) -> Result<StoredChannel, ApiError> {
    if let Some(ban_media) = body.ban_media {
        channel.ban_media = ban_media;
    }
    if let Some(ban_urls) = body.ban_urls {
        channel.ban_urls = ban_urls;
    }
    if let Some(banned_words) = body.banned_words {
        if banned_words.len() > 1_000 || banned_words.iter().any(|word| word.len() > 200) {
            return Err(ApiError::bad_request(
                "banned_words takes 1,000 words of 200 bytes at most",
            ));
        }
        channel.banned_words = banned_words;
    }
    if let Some(seconds) = body.user_posts_cooldown_seconds {
        if seconds > LONGEST_COOLDOWN {
            return Err(ApiError::bad_request(
                "user_posts_cooldown_seconds is a day at the most",
            ));
        }
        channel.cooldown_seconds = (seconds > 0).then_some(seconds);
    }
    match body.who_can_post {
        Some(WhoCanPost::Unknown(value)) => {
            return Err(ApiError::bad_request(format!(
                "who_can_post can't be {value:?}"
            )));
        }
        Some(who_can_post) => channel.who_can_post = who_can_post,
        None => {}
    }
    match body.who_can_react {
        Some(WhoCanReact::Unknown(value)) => {
            return Err(ApiError::bad_request(format!(
                "who_can_react can't be {value:?}"
            )));
        }
        Some(who_can_react) => channel.who_can_react = who_can_react,
        None => {}
    }
    Ok(channel)
}
