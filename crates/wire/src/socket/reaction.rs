use crate::json::Value;
use crate::open_enum::open_enum;
use crate::read::{Read, Reading, read_object};
use crate::{ChannelId, Extra, MessageId, Millis, ReactionId, UserId};
use serde::Serialize;

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
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PostReactionCount {
    /// What they did.
    pub reaction_type: ReactionKind,
    /// The emoji, or the poll option's id.
    pub value: String,
    /// The sum of their scores.
    pub total_score: i64,
    /// How many users.
    pub user_count: u64,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

read_object!(PostReactionCount {
    reaction_type: or_default "reactionType",
    value: or_default "value",
    total_score: or_default "totalScore",
    user_count: or_default "userCount",
} extra);

/// A message's tallies changed; only those that the mask names may be applied.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PostReactionCountUpdate {
    /// The message.
    pub post_id: MessageId,
    /// The channel.
    pub feed_id: ChannelId,
    /// Which of the fields below are meant.
    pub updated_fields_bitmask: UpdatedFields,
    /// How many saw it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub view_count: Option<u64>,
    /// All reactions and votes.
    pub post_reaction_counts: Vec<PostReactionCount>,
    /// One reaction or vote; the others stay as they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub single_reaction_count_update: Option<PostReactionCount>,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

read_object!(PostReactionCountUpdate {
    post_id: required "postId",
    feed_id: or_default "feedId",
    updated_fields_bitmask: or_default "updatedFieldsBitmask",
    view_count: optional "viewCount",
    post_reaction_counts: or_default "postReactionCounts",
    single_reaction_count_update: optional "singleReactionCountUpdate",
} extra);

/// A mask of the fields of a [`PostReactionCountUpdate`] that are meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct UpdatedFields(u32);

impl Read for UpdatedFields {
    fn read(value: Value<'_>, reading: &mut Reading) -> Self {
        Self(u32::read(value, reading))
    }
}

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
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ReactionEntity {
    /// The reaction's id.
    pub entity_id: ReactionId,
    /// The message.
    pub post_id: MessageId,
    /// The channel.
    pub feed_id: ChannelId,
    /// Who reacted.
    pub user_id: UserId,
    /// What they did.
    pub reaction_type: ReactionKind,
    /// The emoji, or the poll option's id.
    pub value: String,
    /// How much it counts.
    pub score: i64,
    /// Taken back.
    #[serde(rename = "Deleted")]
    pub deleted: bool,
    /// When it last changed.
    pub updated_at: Millis,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

read_object!(ReactionEntity {
    entity_id: required "entityId",
    post_id: or_default "postId",
    feed_id: or_default "feedId",
    user_id: or_default "userId",
    reaction_type: or_default "reactionType",
    value: or_default "value",
    score: or_default "score",
    deleted: or_default "Deleted",
    updated_at: or_default "updatedAt",
} extra);
