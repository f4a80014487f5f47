#![allow(
    clippy::duplicated_attributes,
    reason = "two fields of an interface may have the same type"
)]

use super::scalar::BigInt;
use super::user::PublicProfileUser;
use crate::database::{Database, DatabaseError, StoredForumPost, StoredMessage};
use async_graphql::{Enum, ID, Interface, SimpleObject, Union};

/// A file. Its type says of what kind.
#[derive(Clone, Debug, Interface)]
#[graphql(
    name = "AttachmentInterface",
    field(name = "id", ty = "&ID"),
    field(name = "content_type", ty = "&Option<String>"),
    field(name = "source_url", ty = "&Option<String>")
)]
pub enum Attachment {
    Audio(AudioAttachment),
    Image(ImageAttachment),
    Video(VideoAttachment),
    Other(OtherAttachment),
}

macro_rules! attachments {
    ($($name:ident),*) => {$(
        #[derive(Clone, Debug, SimpleObject)]
        pub struct $name {
            id: ID,
            content_type: Option<String>,
            source_url: Option<String>,
        }
    )*};
}
attachments!(
    AudioAttachment,
    ImageAttachment,
    VideoAttachment,
    OtherAttachment
);

impl Attachment {
    /// Of that kind of content, at that address.
    pub fn new(id: String, content_type: Option<String>, source_url: Option<String>) -> Self {
        let id = ID::from(id);
        let kind = content_type
            .as_deref()
            .and_then(|kind| kind.split('/').next())
            .unwrap_or_default();
        macro_rules! of {
            ($kind:ident, $name:ident) => {
                Self::$kind($name {
                    id,
                    content_type,
                    source_url,
                })
            };
        }
        match kind {
            "audio" => of!(Audio, AudioAttachment),
            "image" => of!(Image, ImageAttachment),
            "video" => of!(Video, VideoAttachment),
            _ => of!(Other, OtherAttachment),
        }
    }
}

/// A page of a feed.
#[derive(Debug, SimpleObject)]
pub struct FeedPostsResponse {
    pub posts: Vec<PostTypes>,
}

/// A page of a DM, or of a chat.
#[derive(Debug, SimpleObject)]
pub struct DmsFeedData {
    pub posts: Vec<DmsPost>,
}

/// What can stand in a feed.
#[derive(Debug, Union)]
pub enum PostTypes {
    Dms(DmsPost),
    Forum(ForumPost),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(rename_items = "snake_case")]
pub enum DmsPostTypes {
    Regular,
    System,
    Automated,
}

/// A message.
#[derive(Debug, SimpleObject)]
pub struct DmsPost {
    id: ID,
    created_at: BigInt,
    updated_at: BigInt,
    content: Option<String>,
    rich_content: Option<String>,
    is_deleted: bool,
    is_edited: bool,
    is_pinned: bool,
    is_everyone_mentioned: bool,
    mentioned_user_ids: Vec<ID>,
    message_type: DmsPostTypes,
    replying_to_post_id: Option<ID>,
    view_count: Option<i32>,
    attachments: Vec<Attachment>,
    user: PublicProfileUser,
}

impl DmsPost {
    /// The message, and who wrote it.
    pub fn new(database: &Database, stored: StoredMessage) -> Result<Self, DatabaseError> {
        let message = stored.message;
        let attachments = message.attachments.unwrap_or_default();
        Ok(Self {
            user: author(database, &message.user.id)?,
            id: message.id.as_str().into(),
            created_at: BigInt(stored.created_at),
            updated_at: BigInt(stored.updated_at),
            content: message.content,
            rich_content: None,
            is_deleted: false,
            is_edited: message.is_edited,
            is_pinned: message.is_pinned,
            is_everyone_mentioned: message.mentions_everyone,
            mentioned_user_ids: message
                .mentions
                .iter()
                .map(|id| ID::from(id.as_str()))
                .collect(),
            message_type: match message.message_type.as_str() {
                "system" => DmsPostTypes::System,
                "automated" => DmsPostTypes::Automated,
                _ => DmsPostTypes::Regular,
            },
            replying_to_post_id: message
                .replying_to_message_id
                .map(|id| ID::from(id.as_str())),
            view_count: None,
            attachments: attachments
                .into_iter()
                .map(|file| Attachment::new(file.id.to_string(), file.content_type, file.url))
                .collect(),
        })
    }
}

/// A post in a forum.
#[derive(Debug, SimpleObject)]
pub struct ForumPost {
    id: ID,
    title: Option<String>,
    created_at: BigInt,
    updated_at: BigInt,
    content: Option<String>,
    rich_content: Option<String>,
    is_deleted: bool,
    is_edited: bool,
    is_pinned: bool,
    mentioned_user_ids: Vec<ID>,
    parent_id: Option<ID>,
    view_count: Option<i32>,
    attachments: Vec<Attachment>,
    user: PublicProfileUser,
}

impl ForumPost {
    /// The post, and who wrote it.
    pub fn new(database: &Database, post: StoredForumPost) -> Result<Self, DatabaseError> {
        Ok(Self {
            user: author(database, &post.user_id)?,
            id: post.id.into(),
            title: post.title,
            created_at: BigInt(post.created_at),
            updated_at: BigInt(post.created_at),
            content: Some(post.content),
            rich_content: None,
            is_deleted: false,
            is_edited: false,
            is_pinned: post.is_pinned,
            mentioned_user_ids: Vec::new(),
            parent_id: post.parent_id.map(ID::from),
            view_count: None,
            attachments: Vec::new(),
        })
    }
}

fn author(database: &Database, id: &str) -> Result<PublicProfileUser, DatabaseError> {
    let user = database.user(id)?;
    // Every post refers to its author's row.
    let user = user.ok_or(rusqlite::Error::QueryReturnedNoRows)?;
    Ok(PublicProfileUser::new(database, &user))
}
