use super::user::UserReference;
use crate::{Extra, MessageId, ReactionId};
use serde::{Deserialize, Serialize};

/// One user's reaction to one message, of `GET /reactions`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reaction {
    /// The reaction's id.
    pub id: ReactionId,
    /// A shortcode or the emoji itself; nothing for a poll vote.
    #[serde(default)]
    pub emoji: Option<String>,
    /// The message reacted to.
    pub resource_id: MessageId,
    /// Who reacted.
    pub user: UserReference,
    /// The option voted for; Whop doesn't promise the field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub poll_option_id: Option<String>,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

/// The body of `POST /reactions`: an emoji, or a vote in the message's poll.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ReactionCreate {
    /// The message to react to.
    pub resource_id: MessageId,
    /// A shortcode or the emoji itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emoji: Option<String>,
    /// The option to vote for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub poll_option_id: Option<String>,
}
