use super::user::UserReference;
use crate::open_enum::open_enum;
use crate::{ChannelId, Extra, FileId, MessageId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

open_enum! {
    /// What kind of message it is. The SDK's values, then those of the guide.
    MessageType {
        /// Written by a user.
        Regular = "regular" | "REGULAR",
        /// Written by Whop, about the channel.
        System = "system" | "SYSTEM",
        /// Written by a company's automation.
        Automated = "automated" | "AUTOMATED",
        /// Written by a user (the guide's spelling).
        Text = "text",
        /// Carries an image.
        Image = "image",
        /// Carries a video.
        Video = "video",
        /// Carries a poll.
        Poll = "poll",
    }
}

/// A message of `GET /messages`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// The message's id.
    pub id: MessageId,
    /// Markdown, or nothing where there are only attachments.
    #[serde(default)]
    pub content: Option<String>,
    /// When it was posted.
    pub created_at: Timestamp,
    /// Moves on reactions too: only [`Message::is_edited`] means edited.
    pub updated_at: Timestamp,
    /// The text was changed after it was posted.
    #[serde(default)]
    pub is_edited: bool,
    /// Pinned to the top of the channel.
    #[serde(default)]
    pub is_pinned: bool,
    /// Users that the text mentions.
    #[serde(default)]
    pub mentions: Vec<UserId>,
    /// The text mentions @everyone.
    #[serde(default)]
    pub mentions_everyone: bool,
    /// What kind of message it is.
    pub message_type: MessageType,
    /// The poll it carries.
    #[serde(default)]
    pub poll: Option<Poll>,
    /// How many voted for each option.
    #[serde(default)]
    pub poll_votes: Vec<PollVote>,
    /// How many reacted with each emoji.
    #[serde(default)]
    pub reaction_counts: Vec<ReactionCount>,
    /// The message that it answers.
    #[serde(default)]
    pub replying_to_message_id: Option<MessageId>,
    /// Who wrote it.
    pub user: UserReference,
    /// How many saw it, where views are counted.
    #[serde(default)]
    pub view_count: Option<u64>,
    /// Files; not every server sends the field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attachments: Option<Vec<Attachment>>,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

/// A poll's question is the message's text; these are its answers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Poll {
    /// The answers, in order.
    #[serde(default)]
    pub options: Option<Vec<PollOption>>,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

/// One answer of a poll.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PollOption {
    /// Sequential within the poll, from `"1"`.
    pub id: String,
    /// What it says.
    pub text: String,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

/// The tally of one answer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PollVote {
    /// The answer, or nothing where Whop withholds it.
    #[serde(default)]
    pub option_id: Option<String>,
    /// How many voted for it.
    pub count: u64,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

/// The tally of one emoji.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ReactionCount {
    /// A shortcode (`:heart:`) or the emoji itself.
    #[serde(default)]
    pub emoji: Option<String>,
    /// How many reacted with it.
    pub count: u64,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

/// A file shown with a message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Attachment {
    /// The file's id.
    pub id: FileId,
    /// Where it can be read.
    #[serde(default)]
    pub url: Option<String>,
    /// Its name as uploaded.
    #[serde(default)]
    pub filename: Option<String>,
    /// Its media type.
    #[serde(default)]
    pub content_type: Option<String>,
    /// Pixels across, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// Pixels down, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

/// A file to attach.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AttachmentReference {
    /// The id that `POST /files` gave.
    pub id: FileId,
}

/// The body of `POST /messages`. It has neither an idempotency key nor a client's id.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MessageCreate {
    /// A channel's id, or the id of the experience that shows it.
    pub channel_id: ChannelId,
    /// Markdown.
    pub content: String,
    /// Files to show with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attachments: Option<Vec<AttachmentReference>>,
    /// A poll, its options numbered from `"1"`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub poll: Option<Poll>,
    /// The message that it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replying_to_message_id: Option<MessageId>,
    /// Make cards for links.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auto_detect_links: Option<bool>,
}

/// The body of `PATCH /messages/{id}`: what is missing stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MessageUpdate {
    /// The new text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
    /// The new files, instead of the old ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attachments: Option<Vec<AttachmentReference>>,
    /// Pin or unpin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_pinned: Option<bool>,
}
