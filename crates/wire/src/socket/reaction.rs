use crate::open_enum::open_enum;
use crate::protobuf::{integer, optional_integer, or_default};
use crate::{ChannelId, Extra, MessageId, Millis, ReactionId, UserId};
use serde::{Deserialize, Serialize};

open_enum! {
    /// What a user did to a message.
    ReactionKind {
        /// A like, in forums.
        Like = "LIKE",
        /// An emoji.
        Emoji = "EMOJI",
        /// Saw it.
        View = "VIEW",
        /// Voted in its poll.
        Vote = "VOTE",
    }
}

impl Default for ReactionKind {
    fn default() -> Self {
        Self::Unknown(String::new())
    }
}

/// How many did the same to a message.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PostReactionCount {
    /// What they did.
    #[serde(default, deserialize_with = "or_default")]
    pub reaction_type: ReactionKind,
    /// The emoji, or the poll option's id.
    #[serde(default, deserialize_with = "or_default")]
    pub value: String,
    /// The sum of their scores.
    #[serde(default, deserialize_with = "integer")]
    pub total_score: i64,
    /// How many users.
    #[serde(default, deserialize_with = "integer")]
    pub user_count: u64,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

/// A message's tallies changed; only those that the mask names may be applied.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PostReactionCountUpdate {
    /// The message.
    pub post_id: MessageId,
    /// The channel.
    #[serde(default, deserialize_with = "or_default")]
    pub feed_id: ChannelId,
    /// Which of the fields below are meant.
    #[serde(default, deserialize_with = "or_default")]
    pub updated_fields_bitmask: UpdatedFields,
    /// How many saw it.
    #[serde(
        default,
        deserialize_with = "optional_integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub view_count: Option<u64>,
    /// All reactions and votes.
    #[serde(default, deserialize_with = "or_default")]
    pub post_reaction_counts: Vec<PostReactionCount>,
    /// One reaction or vote; the others stay as they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub single_reaction_count_update: Option<PostReactionCount>,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

/// A mask of the fields of a [`PostReactionCountUpdate`] that are meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UpdatedFields(u32);

impl UpdatedFields {
    /// `viewCount`.
    pub const VIEW_COUNT: Self = Self(1);
    /// The whole `postReactionCounts`.
    pub const ALL_REACTIONS: Self = Self(2);
    /// Only `singleReactionCountUpdate`.
    pub const SINGLE_REACTION: Self = Self(4);
    /// `commentCount`.
    pub const COMMENT_COUNT: Self = Self(8);

    /// Whether all fields of the other mask are in this one.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

/// One user's reaction was made or taken back.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReactionEntity {
    /// The reaction's id.
    pub entity_id: ReactionId,
    /// The message.
    #[serde(default, deserialize_with = "or_default")]
    pub post_id: MessageId,
    /// The channel.
    #[serde(default, deserialize_with = "or_default")]
    pub feed_id: ChannelId,
    /// Who reacted.
    #[serde(default, deserialize_with = "or_default")]
    pub user_id: UserId,
    /// What they did.
    #[serde(default, deserialize_with = "or_default")]
    pub reaction_type: ReactionKind,
    /// The emoji, or the poll option's id.
    #[serde(default, deserialize_with = "or_default")]
    pub value: String,
    /// How much it counts.
    #[serde(default, deserialize_with = "integer")]
    pub score: i64,
    /// Taken back.
    #[serde(default, deserialize_with = "or_default", rename = "Deleted")]
    pub deleted: bool,
    /// When it last changed.
    #[serde(default, deserialize_with = "or_default")]
    pub updated_at: Millis,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}
