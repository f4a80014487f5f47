use super::{FileAttachment, PostReactionCount, ReactionKind};
use crate::protobuf::{integer, or_default};
use crate::rest::{
    Message, MessageType, Poll, PollVote, ProfilePicture, ReactionCount, UserReference,
};
use crate::{ChannelId, ExperienceId, Extra, MessageId, Millis, Timestamp, UserId};
use serde::{Deserialize, Serialize};

/// A message was posted, edited, pinned or deleted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DmsPost {
    /// The message's id.
    pub entity_id: MessageId,
    /// When it was posted.
    #[serde(default, deserialize_with = "or_default")]
    pub created_at: Millis,
    /// When it last changed; reactions count as changes.
    #[serde(default, deserialize_with = "or_default")]
    pub updated_at: Millis,
    /// It is gone.
    #[serde(default, deserialize_with = "or_default", rename = "Deleted")]
    pub deleted: bool,
    /// The channel.
    #[serde(default, deserialize_with = "or_default")]
    pub feed_id: ChannelId,
    /// `dms_feed` or `chat_feed`.
    #[serde(default, deserialize_with = "or_default")]
    pub feed_type: String,
    /// Who wrote it.
    #[serde(default, deserialize_with = "or_default")]
    pub user_id: UserId,
    /// The text was changed after it was posted.
    #[serde(default, deserialize_with = "or_default")]
    pub is_edited: bool,
    /// The text.
    #[serde(default, deserialize_with = "or_default")]
    pub content: String,
    /// The text as an editor's document, which this project doesn't read.
    #[serde(default, deserialize_with = "or_default")]
    pub rich_content: String,
    /// The text as markdown, where it differs from `content`.
    #[serde(default, deserialize_with = "or_default")]
    pub markdown_content: String,
    /// The message that it answers, or empty.
    #[serde(default, deserialize_with = "or_default")]
    pub replying_to_post_id: String,
    /// That message itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replying_to_post: Option<Box<DmsPost>>,
    /// Pinned to the top of the channel.
    #[serde(default, deserialize_with = "or_default")]
    pub is_pinned: bool,
    /// The text mentions @everyone.
    #[serde(default, deserialize_with = "or_default")]
    pub everyone_mentioned: bool,
    /// Users that the text mentions.
    #[serde(default, deserialize_with = "or_default")]
    pub mentioned_user_ids: Vec<UserId>,
    /// How many saw it.
    #[serde(default, deserialize_with = "integer")]
    pub view_count: u64,
    /// Reactions, votes and views.
    #[serde(default, deserialize_with = "or_default")]
    pub post_reaction_counts: Vec<PostReactionCount>,
    /// What kind of message it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_type: Option<MessageType>,
    /// Who wrote it, with name and picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<SocketUser>,
    /// Files shown with it.
    #[serde(default, deserialize_with = "or_default")]
    pub files: Vec<FileAttachment>,
    /// Cards of links.
    #[serde(default, deserialize_with = "or_default")]
    pub links: Vec<LinkEmbed>,
    /// The poll it carries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub poll: Option<Poll>,
    /// Written by an admin of the channel.
    #[serde(default, deserialize_with = "or_default")]
    pub is_poster_admin: bool,
    /// The experience that shows the channel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub experience_id: Option<ExperienceId>,
    /// Sorts messages of the same millisecond.
    #[serde(default, deserialize_with = "or_default")]
    pub sort_key: String,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

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
            attachments: (!self.files.is_empty()).then(|| {
                self.files
                    .into_iter()
                    .map(FileAttachment::into_attachment)
                    .collect()
            }),
            extra: Extra::default(),
        }
    }
}

/// A user as frames name them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SocketUser {
    /// The user's id.
    pub id: UserId,
    /// The name they show, if they chose one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Their unique name.
    #[serde(default, deserialize_with = "or_default")]
    pub username: String,
    /// Their picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile_picture: Option<FileAttachment>,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

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

/// The card of a link.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LinkEmbed {
    /// Where the link leads.
    #[serde(default, deserialize_with = "or_default")]
    pub url: String,
    /// The page's title.
    #[serde(default, deserialize_with = "or_default")]
    pub title: String,
    /// The page's own summary.
    #[serde(default, deserialize_with = "or_default")]
    pub description: String,
    /// A picture's address.
    #[serde(default, deserialize_with = "or_default")]
    pub image: String,
    /// The site's icon's address.
    #[serde(default, deserialize_with = "or_default")]
    pub favicon: String,
    /// Whop is still reading the page.
    #[serde(default, deserialize_with = "or_default")]
    pub processing: bool,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}
