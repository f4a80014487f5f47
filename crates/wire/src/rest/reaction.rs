use super::user::UserReference;
use crate::read::read_object;
use crate::{Extra, MessageId, ReactionId};
use serde::Serialize;

/// One user's reaction to one message, of `GET /reactions`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Reaction {
    /// The reaction's id.
    pub id: ReactionId,
    /// A shortcode or the emoji itself; nothing for a poll vote.
    pub emoji: Option<String>,
    /// The message reacted to.
    pub resource_id: MessageId,
    /// Who reacted.
    pub user: UserReference,
    /// The option voted for; Whop doesn't promise the field.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub poll_option_id: Option<String>,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

read_object!(Reaction {
    id: required "id",
    emoji: optional "emoji",
    resource_id: required "resource_id",
    user: required "user",
    poll_option_id: optional "poll_option_id",
} extra);

/// The body of `POST /reactions`: an emoji, or a vote in the message's poll.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ReactionCreate {
    /// The message to react to.
    pub resource_id: MessageId,
    /// A shortcode or the emoji itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub emoji: Option<String>,
    /// The option to vote for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub poll_option_id: Option<String>,
}

read_object!(ReactionCreate {
    resource_id: required "resource_id",
    emoji: optional "emoji",
    poll_option_id: optional "poll_option_id",
});
