use super::{FileAttachment, PostReactionCount, ReactionKind};
use crate::read::read_object;
use crate::rest::{
    Attachment, Message, MessageType, Poll, PollVote, ProfilePicture, ReactionCount, UserReference,
};
use crate::{ChannelId, ExperienceId, Extra, MessageId, Millis, Timestamp, UserId};
use serde::Serialize;

/// A message was posted, edited, pinned or deleted.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DmsPost {
    /// The message's id.
    pub entity_id: MessageId,
    /// When it was posted.
    pub created_at: Millis,
    /// When it last changed; reactions count as changes.
    pub updated_at: Millis,
    /// It is gone.
    #[serde(rename = "Deleted")]
    pub deleted: bool,
    /// The channel.
    pub feed_id: ChannelId,
    /// `dms_feed` or `chat_feed`.
    pub feed_type: String,
    /// Who wrote it.
    pub user_id: UserId,
    /// The text was changed after it was posted.
    pub is_edited: bool,
    /// The text.
    pub content: String,
    /// The text as an editor's document, which this project doesn't read.
    pub rich_content: String,
    /// The text as markdown, where it differs from `content`.
    pub markdown_content: String,
    /// The message that it answers, or empty.
    pub replying_to_post_id: String,
    /// That message itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replying_to_post: Option<Box<DmsPost>>,
    /// Pinned to the top of the channel.
    pub is_pinned: bool,
    /// The text mentions @everyone.
    pub everyone_mentioned: bool,
    /// Users that the text mentions.
    pub mentioned_user_ids: Vec<UserId>,
    /// How many saw it.
    pub view_count: u64,
    /// Reactions, votes and views.
    pub post_reaction_counts: Vec<PostReactionCount>,
    /// What kind of message it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_type: Option<MessageType>,
    /// Who wrote it, with name and picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<SocketUser>,
    /// Files shown with it.
    pub files: Vec<FileAttachment>,
    /// Moving pictures of a library.
    pub gifs: Vec<GiphyGif>,
    /// Cards of links.
    pub links: Vec<LinkEmbed>,
    /// The poll it carries.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub poll: Option<Poll>,
    /// Written by an admin of the channel.
    pub is_poster_admin: bool,
    /// The experience that shows the channel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub experience_id: Option<ExperienceId>,
    /// Sorts messages of the same millisecond.
    pub sort_key: String,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

read_object!(DmsPost {
    entity_id: required "entityId",
    created_at: or_default "createdAt",
    updated_at: or_default "updatedAt",
    deleted: or_default "Deleted",
    feed_id: or_default "feedId",
    feed_type: or_default "feedType",
    user_id: or_default "userId",
    is_edited: or_default "isEdited",
    content: or_default "content",
    rich_content: or_default "richContent",
    markdown_content: or_default "markdownContent",
    replying_to_post_id: or_default "replyingToPostId",
    replying_to_post: optional "replyingToPost",
    is_pinned: or_default "isPinned",
    everyone_mentioned: or_default "everyoneMentioned",
    mentioned_user_ids: or_default "mentionedUserIds",
    view_count: or_default "viewCount",
    post_reaction_counts: or_default "postReactionCounts",
    message_type: optional "messageType",
    user: optional "user",
    files: or_default "files",
    gifs: or_default "gifs",
    links: or_default "links",
    poll: optional "poll",
    is_poster_admin: or_default "isPosterAdmin",
    experience_id: optional "experienceId",
    sort_key: or_default "sortKey",
} extra);

impl DmsPost {
    /// The same message as `GET /messages/{id}` tells it.
    pub fn into_message(self) -> Message {
        let of_kind = |kind: &ReactionKind| {
            let kind = kind.clone();
            self.post_reaction_counts
                .iter()
                .filter(move |tally| tally.reaction_type == kind)
        };
        let reaction_counts = of_kind(&ReactionKind::Emoji)
            .map(|tally| ReactionCount {
                emoji: Some(tally.value.clone()),
                count: tally.user_count,
                extra: Extra::default(),
            })
            .collect();
        let poll_votes = of_kind(&ReactionKind::Vote)
            .map(|tally| PollVote {
                option_id: Some(tally.value.clone()),
                count: tally.user_count,
                extra: Extra::default(),
            })
            .collect();
        let text = if self.markdown_content.is_empty() {
            self.content
        } else {
            self.markdown_content
        };
        let user = self.user.map_or_else(
            || UserReference {
                id: self.user_id,
                ..UserReference::default()
            },
            SocketUser::into_reference,
        );
        Message {
            id: self.entity_id,
            content: (!text.is_empty()).then_some(text),
            created_at: Timestamp::from_unix_millis(self.created_at.get()),
            updated_at: Timestamp::from_unix_millis(self.updated_at.get()),
            is_edited: self.is_edited,
            is_pinned: self.is_pinned,
            mentions: self.mentioned_user_ids,
            mentions_everyone: self.everyone_mentioned,
            message_type: self.message_type.unwrap_or(MessageType::Regular),
            poll: self.poll,
            poll_votes,
            reaction_counts,
            replying_to_message_id: (!self.replying_to_post_id.is_empty())
                .then(|| self.replying_to_post_id.into()),
            user,
            view_count: Some(self.view_count),
            attachments: (!self.files.is_empty() || !self.gifs.is_empty()).then(|| {
                let files = self.files.into_iter();
                let gifs = self.gifs.into_iter();
                files
                    .map(FileAttachment::into_attachment)
                    .chain(gifs.map(GiphyGif::into_attachment))
                    .collect()
            }),
            extra: Extra::default(),
        }
    }
}

/// A user as frames name them.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SocketUser {
    /// The user's id.
    pub id: UserId,
    /// The name they show, if they chose one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Their unique name.
    pub username: String,
    /// Their picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile_picture: Option<FileAttachment>,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

read_object!(SocketUser {
    id: required "id",
    name: optional "name",
    username: or_default "username",
    profile_picture: optional "profilePicture",
} extra);

impl SocketUser {
    /// The same user as messages of the REST routes name them.
    pub fn into_reference(self) -> UserReference {
        UserReference {
            id: self.id,
            name: self.name.filter(|name| !name.is_empty()),
            username: self.username,
            profile_picture: self.profile_picture.map(|picture| ProfilePicture {
                url: Some(picture.original_url),
                extra: Extra::default(),
            }),
            extra: Extra::default(),
        }
    }
}

/// A moving picture of a library, which has no file of its own.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GiphyGif {
    /// What it shows.
    pub title: String,
    /// Where it can be read.
    pub url: String,
    /// The same in its full size.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub original_url: String,
    /// The same, small.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub preview_url: String,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Its name in the library.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub slug: String,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

read_object!(GiphyGif {
    title: or_default "title",
    url: or_default "url",
    original_url: or_default "originalUrl",
    preview_url: or_default "previewUrl",
    width: or_default "width",
    height: or_default "height",
    slug: or_default "slug",
} extra);

impl GiphyGif {
    /// The same picture as a file of a message.
    pub fn into_attachment(self) -> Attachment {
        let has_size = self.width > 0 && self.height > 0;
        let url = [self.original_url, self.url, self.preview_url]
            .into_iter()
            .find(|url| !url.is_empty());
        Attachment {
            id: self.slug.into(),
            url,
            filename: (!self.title.is_empty()).then_some(self.title),
            content_type: Some("image/gif".to_owned()),
            width: has_size.then_some(self.width),
            height: has_size.then_some(self.height),
            byte_size: None,
            blurhash: None,
            thumbnail_url: None,
            extra: Extra::default(),
        }
    }
}

/// The card of a link.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct LinkEmbed {
    /// Where the link leads.
    pub url: String,
    /// The page's title.
    pub title: String,
    /// The page's own summary.
    pub description: String,
    /// A picture's address.
    pub image: String,
    /// The site's icon's address.
    pub favicon: String,
    /// Whop is still reading the page.
    pub processing: bool,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

read_object!(LinkEmbed {
    url: or_default "url",
    title: or_default "title",
    description: or_default "description",
    image: or_default "image",
    favicon: or_default "favicon",
    processing: or_default "processing",
} extra);
