use super::user::UserReference;
use crate::open_enum::open_enum;
use crate::read::read_object;
use crate::{ChannelId, Extra, FileId, MessageId, Timestamp, UserId};
use serde::Serialize;

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
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Message {
    /// The message's id.
    pub id: MessageId,
    /// Markdown, or nothing where there are only attachments.
    pub content: Option<String>,
    /// When it was posted.
    pub created_at: Timestamp,
    /// Moves on reactions too: only [`Message::is_edited`] means edited.
    pub updated_at: Timestamp,
    /// The text was changed after it was posted.
    pub is_edited: bool,
    /// Pinned to the top of the channel.
    pub is_pinned: bool,
    /// Users that the text mentions.
    pub mentions: Vec<UserId>,
    /// The text mentions @everyone.
    pub mentions_everyone: bool,
    /// What kind of message it is.
    pub message_type: MessageType,
    /// The poll it carries.
    pub poll: Option<Poll>,
    /// How many voted for each option.
    pub poll_votes: Vec<PollVote>,
    /// How many reacted with each emoji.
    pub reaction_counts: Vec<ReactionCount>,
    /// The message that it answers.
    pub replying_to_message_id: Option<MessageId>,
    /// Who wrote it.
    pub user: UserReference,
    /// How many saw it, where views are counted.
    pub view_count: Option<u64>,
    /// Files; not every server sends the field.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attachments: Option<Vec<Attachment>>,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

read_object!(Message {
    id: required "id",
    content: optional "content",
    created_at: required "created_at",
    updated_at: required "updated_at",
    is_edited: or_default "is_edited",
    is_pinned: or_default "is_pinned",
    mentions: or_default "mentions",
    mentions_everyone: or_default "mentions_everyone",
    message_type: required "message_type",
    poll: optional "poll",
    poll_votes: or_default "poll_votes",
    reaction_counts: or_default "reaction_counts",
    replying_to_message_id: optional "replying_to_message_id",
    user: required "user",
    view_count: optional "view_count",
    attachments: optional "attachments",
} extra);

/// A poll's question is the message's text; these are its answers.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Poll {
    /// The answers, in order.
    pub options: Option<Vec<PollOption>>,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

read_object!(Poll {
    options: optional "options",
} extra);

/// One answer of a poll.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
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

read_object!(PollOption {
    id: required "id",
    text: required "text",
} extra);

/// The tally of one answer.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct PollVote {
    /// The answer, or nothing where Whop withholds it.
    pub option_id: Option<String>,
    /// How many voted for it.
    pub count: u64,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

read_object!(PollVote {
    option_id: optional "option_id",
    count: required "count",
} extra);

/// The tally of one emoji.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ReactionCount {
    /// A shortcode (`:heart:`) or the emoji itself.
    pub emoji: Option<String>,
    /// How many reacted with it.
    pub count: u64,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

read_object!(ReactionCount {
    emoji: optional "emoji",
    count: required "count",
} extra);

/// A file shown with a message.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Attachment {
    /// The file's id.
    pub id: FileId,
    /// Where it can be read.
    pub url: Option<String>,
    /// Its name as uploaded.
    pub filename: Option<String>,
    /// Its media type.
    pub content_type: Option<String>,
    /// Pixels across, where known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// Pixels down, where known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    /// Its length in bytes, where known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub byte_size: Option<u64>,
    /// What it looks like from far (<https://blurha.sh>); frames tell it, the REST routes don't promise it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blurhash: Option<String>,
    /// A picture of a video; frames tell it, the REST routes don't promise it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thumbnail_url: Option<String>,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

read_object!(Attachment {
    id: required "id",
    url: optional "url",
    filename: optional "filename",
    content_type: optional "content_type",
    width: optional "width",
    height: optional "height",
    byte_size: optional "byte_size",
    blurhash: optional "blurhash",
    thumbnail_url: optional "thumbnail_url",
} extra);

/// A file to attach.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AttachmentReference {
    /// The id that `POST /files` gave.
    pub id: FileId,
}

read_object!(AttachmentReference {
    id: required "id",
});

/// The body of `POST /messages`. It has neither an idempotency key nor a client's id.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct MessageCreate {
    /// A channel's id, or the id of the experience that shows it.
    pub channel_id: ChannelId,
    /// Markdown.
    pub content: String,
    /// Files to show with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attachments: Option<Vec<AttachmentReference>>,
    /// A poll, its options numbered from `"1"`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub poll: Option<Poll>,
    /// The message that it answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replying_to_message_id: Option<MessageId>,
    /// Make cards for links.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auto_detect_links: Option<bool>,
}

read_object!(MessageCreate {
    channel_id: required "channel_id",
    content: required "content",
    attachments: optional "attachments",
    poll: optional "poll",
    replying_to_message_id: optional "replying_to_message_id",
    auto_detect_links: optional "auto_detect_links",
});

/// The body of `PATCH /messages/{id}`: what is missing stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct MessageUpdate {
    /// The new text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
    /// The new files, instead of the old ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attachments: Option<Vec<AttachmentReference>>,
    /// Pin or unpin.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_pinned: Option<bool>,
}

read_object!(MessageUpdate {
    content: optional "content",
    attachments: optional "attachments",
    is_pinned: optional "is_pinned",
});
