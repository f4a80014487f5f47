use crate::relay::{Change, Frame, retelling};
use serde::Deserialize;
use wire::ChannelId;
use wire::rest::{Message, Reaction};

/// A webhook's body, in either form: the old one says `action` where the new one says `type`.
#[derive(Deserialize)]
pub struct Event {
    #[serde(alias = "action")]
    r#type: String,
    #[serde(default)]
    data: Data,
}

#[derive(Default, Deserialize)]
struct Data {
    message: Option<Message>,
    reaction: Option<Reaction>,
    channel: Option<Channel>,
}

#[derive(Deserialize)]
struct Channel {
    id: ChannelId,
}

/// What happened in a channel.
pub enum Happening {
    /// Somebody posted.
    Message(ChannelId, Box<Message>),
    /// Somebody reacted; the message as it is since.
    Reaction(ChannelId, Box<Reaction>, Option<Box<Message>>),
}

impl Event {
    /// What happened, if it concerns those who listen. Of much else nothing is known here.
    pub fn happening(self) -> Option<Happening> {
        let channel = self.data.channel?.id;
        match self.r#type.as_str() {
            "chat.message.created" => {
                Some(Happening::Message(channel, Box::new(self.data.message?)))
            }
            "chat.reaction.created" => Some(Happening::Reaction(
                channel,
                Box::new(self.data.reaction?),
                self.data.message.map(Box::new),
            )),
            _ => None,
        }
    }
}

impl Happening {
    /// Where.
    pub fn channel(&self) -> &ChannelId {
        match self {
            Self::Message(channel, _) | Self::Reaction(channel, ..) => channel,
        }
    }

    /// The id of what is new.
    pub fn id(&self) -> &str {
        match self {
            Self::Message(_, message) => &message.id,
            Self::Reaction(_, reaction, _) => &reaction.id,
        }
    }

    /// The frames that tell it. `now` in milliseconds since the Unix epoch.
    pub fn frames(&self, now: i64) -> Vec<(Frame, Change)> {
        let frames = match self {
            Self::Message(channel, message) => vec![retelling::post(channel, message)],
            Self::Reaction(channel, reaction, message) => vec![
                retelling::reaction(channel, reaction, now),
                message
                    .as_ref()
                    .and_then(|message| retelling::counts(channel, message)),
            ],
        };
        let change = Change::Content(Some(self.id().to_owned()));
        frames
            .into_iter()
            .flatten()
            .map(|frame| (frame, change.clone()))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_of_the_chat_concerns_nobody() {
        for body in [
            r#"{"type": "payment.succeeded", "data": {"id": "pay_1", "amount": 5}}"#,
            r#"{"type": "chat.message.created", "data": {}}"#,
            r#"{"type": "chat.message.created", "data": {"channel": {"id": "chat_feed_a"}}}"#,
            r#"{"type": "chat.reaction.created", "data": {"channel": {"id": "chat_feed_a"}}}"#,
            r#"{"action": "membership.went_valid"}"#,
        ] {
            let event: Event = serde_json::from_str(body).unwrap();
            assert!(event.happening().is_none(), "{body}");
        }
    }
}
