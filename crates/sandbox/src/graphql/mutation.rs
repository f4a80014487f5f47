#![allow(
    clippy::unused_self,
    reason = "the macro asks for a receiver; all that is asked for is in the context"
)]

use super::forums::{self, CreateForumPostInput};
use super::post::ForumPost;
use super::query::{Asked, FeedTypes, refused};
use crate::clock::{new_id, now_millis};
use crate::database::{Database, StoredChannel};
use crate::rest::{ApiError, Caller, JsonBody, create_dm_channel, create_message};
use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use axum::extract::State;
use wire::rest::{AttachmentReference, DmChannelCreate, MessageCreate, WhoCanPost, WhoCanReact};

/// `AttachmentInput` of `@whop/api` 0.0.51.
#[derive(Debug, InputObject)]
pub struct AttachmentInput {
    direct_upload_id: Option<ID>,
    id: Option<ID>,
}

/// `SendMessageInput` of `@whop/api` 0.0.51: to a chat by its experience, to a feed, or to a user.
#[derive(Debug, InputObject)]
pub struct SendMessageInput {
    attachments: Option<Vec<AttachmentInput>>,
    client_mutation_id: Option<String>,
    experience_id: Option<ID>,
    feed_id: Option<ID>,
    feed_type: Option<FeedTypes>,
    message: String,
    to_user_id: Option<ID>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(rename_items = "snake_case")]
pub enum WhoCanPostTypes {
    Admins,
    Everyone,
}

/// `CreateChatInput` of `@whop/api` 0.0.51, without prices.
#[derive(Debug, InputObject)]
pub struct CreateChatInput {
    access_pass_id: Option<ID>,
    client_mutation_id: Option<String>,
    experience_id: Option<ID>,
    name: String,
    who_can_post: Option<WhoCanPostTypes>,
}

/// `CreateForumInput` of `@whop/api` 0.0.51, without prices.
#[derive(Debug, InputObject)]
pub struct CreateForumInput {
    access_pass_id: Option<ID>,
    client_mutation_id: Option<String>,
    experience_id: Option<ID>,
    name: String,
    who_can_post: Option<WhoCanPostTypes>,
}

/// Where a chat or a forum is.
#[derive(Debug, SimpleObject)]
pub struct Experience {
    id: ID,
    name: String,
    link: String,
}

/// What can be done.
#[derive(Debug)]
pub struct Mutation;

#[Object(name = "PublicMutation")]
impl Mutation {
    /// Posts a message; answers with its id.
    async fn send_message(
        &self,
        context: &Context<'_>,
        input: SendMessageInput,
    ) -> Result<Option<String>> {
        let Asked { sandbox, caller } = Asked::by(context)?;
        let attachments = input
            .attachments
            .into_iter()
            .flatten()
            .map(|file| {
                let id = file.id.or(file.direct_upload_id);
                let id = id.ok_or_else(|| refused(ApiError::bad_request("A file needs its id")))?;
                Ok(AttachmentReference {
                    id: id.as_str().into(),
                })
            })
            .collect::<Result<Vec<_>>>()?;
        let channel_id = match (input.experience_id.or(input.feed_id), input.to_user_id) {
            (Some(id), None) => id.0,
            (None, Some(user)) => {
                let body = DmChannelCreate {
                    with_user_ids: vec![user.as_str().into()],
                    ..DmChannelCreate::default()
                };
                let state = State(sandbox.clone());
                let opened = create_dm_channel(state, caller.clone(), JsonBody(body)).await;
                opened.map_err(refused)?.0.id.to_string()
            }
            _ => {
                return Err(refused(ApiError::bad_request(
                    "Say where to, once: experienceId, feedId or toUserId",
                )));
            }
        };
        let body = MessageCreate {
            channel_id: channel_id.as_str().into(),
            content: input.message,
            attachments: Some(attachments),
            ..MessageCreate::default()
        };
        let message = create_message(State(sandbox), caller, JsonBody(body)).await;
        Ok(Some(message.map_err(refused)?.0.id.to_string()))
    }

    /// Posts in a forum.
    async fn create_forum_post(
        &self,
        context: &Context<'_>,
        input: CreateForumPostInput,
    ) -> Result<Option<ForumPost>> {
        let asked = Asked::by(context)?;
        asked
            .read(|database, caller| forums::create_post(database, caller, input).map(Some))
            .await
    }

    /// The chat of that experience or name; a new one, if there is none.
    async fn create_chat(
        &self,
        context: &Context<'_>,
        input: CreateChatInput,
    ) -> Result<Option<Experience>> {
        let asked = Asked::by(context)?;
        let api = asked.sandbox.addresses().api.clone();
        let channel = asked
            .read(|database, caller| find_or_create(database, caller, input))
            .await?;
        let id = channel.experience_id.to_string();
        Ok(Some(Experience::new(&api, id, channel.name)))
    }

    /// The forum of that experience or name; a new one, if there is none.
    async fn create_forum(
        &self,
        context: &Context<'_>,
        input: CreateForumInput,
    ) -> Result<Option<Experience>> {
        let asked = Asked::by(context)?;
        let api = asked.sandbox.addresses().api.clone();
        let id = input.experience_id.map(|id| id.0);
        let forum = asked
            .read(move |database, caller| {
                forums::find_or_create(database, caller, id.as_deref(), input.name)
            })
            .await?;
        Ok(Some(Experience::new(&api, forum.experience_id, forum.name)))
    }
}

impl Experience {
    fn new(api: &str, id: String, name: String) -> Self {
        Self {
            link: format!("{api}/?experience={id}"),
            id: id.into(),
            name,
        }
    }
}

fn find_or_create(
    database: &Database,
    caller: &Caller,
    input: CreateChatInput,
) -> Result<StoredChannel, ApiError> {
    let found = match &input.experience_id {
        Some(id) => database.channel(id)?,
        None => database
            .channels()?
            .into_iter()
            .find(|channel| channel.name == input.name),
    };
    if let Some(channel) = found {
        return caller.sees(Some(channel));
    }
    forums::may_create(caller, &input.name)?;
    let channel = StoredChannel {
        id: new_id("chat_feed_").into(),
        experience_id: new_id("exp_").into(),
        name: input.name,
        created_at: now_millis(),
        ban_media: false,
        ban_urls: false,
        banned_words: Vec::new(),
        cooldown_seconds: None,
        who_can_post: match input.who_can_post {
            Some(WhoCanPostTypes::Admins) => WhoCanPost::Admins,
            _ => WhoCanPost::Everyone,
        },
        who_can_react: WhoCanReact::Everyone,
    };
    database.put_channel(&channel)?;
    Ok(channel)
}
