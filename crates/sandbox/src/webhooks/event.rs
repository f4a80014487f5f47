use super::Job;
use crate::clock::{Skew, new_id, now_millis};
use crate::company;
use crate::database::{
    Database, DatabaseError, Feed, FeedKind, StoredMessage, StoredReaction, StoredWebhook,
};
use serde_json::{Value, json};
use wire::Timestamp;

const MESSAGE_CREATED: &str = "chat.message.created";
const REACTION_CREATED: &str = "chat.reaction.created";

/// The events that the sandbox sends; a webhook may want others, too, and never hears of them.
pub const EVENTS: [&str; 2] = [MESSAGE_CREATED, REACTION_CREATED];

/// Something that addresses are told of.
#[derive(Clone, Copy, Debug)]
pub struct Event<'a> {
    /// Where.
    pub feed: &'a Feed,
    /// The message that was posted, or reacted to.
    pub message: &'a StoredMessage,
    /// The reaction, if it is one.
    pub reaction: Option<&'a StoredReaction>,
}

impl Event<'_> {
    fn name(&self) -> &'static str {
        if self.reaction.is_some() {
            REACTION_CREATED
        } else {
            MESSAGE_CREATED
        }
    }

    /// Whose business it is, where that is a company's. A DM that belongs to none is only the app's where it takes part.
    fn company_id(&self) -> Option<&str> {
        let Some(conversation) = self.feed.conversation() else {
            return Some(company::COMPANY_ID);
        };
        let takes_part = || conversation.member(company::AGENT_ID).is_some();
        conversation
            .company_id
            .as_deref()
            .or_else(|| takes_part().then_some(company::COMPANY_ID))
    }

    fn data(&self) -> Value {
        let kind = match self.feed.kind() {
            FeedKind::Chat => "chat",
            FeedKind::Direct => "direct_message",
            FeedKind::Support => "support",
        };
        let audience = match self.feed.conversation() {
            None => json!({"type": "channel", "user_ids": null}),
            Some(conversation) => {
                let members = conversation.members.iter();
                let ids: Vec<&str> = members.map(|member| member.user_id.as_str()).collect();
                json!({"type": "users", "user_ids": ids})
            }
        };
        let mut data = json!({
            "audience": audience,
            "channel": {
                "id": self.feed.id(),
                "type": kind,
                "experience_id": self.feed.experience_id(),
            },
            "message": self.message.message,
            "reason": if self.reaction.is_some() { "reaction_created" } else { "message_created" },
        });
        if let Some(reaction) = self.reaction {
            data["reaction"] = json!(reaction.entity());
        }
        data
    }
}

/// What has to be sent to whom because of the event.
pub fn announce(database: &Database, event: Event<'_>) -> Result<Vec<Job>, DatabaseError> {
    let Some(company_id) = event.company_id() else {
        return Ok(Vec::new());
    };
    let name = event.name();
    let jobs = database
        .webhooks()?
        .into_iter()
        .filter(|webhook| webhook.enabled && webhook.events.iter().any(|own| own == name))
        .map(|webhook| job(&webhook, name, company_id, &event.data()))
        .collect();
    Ok(jobs)
}

/// An event of that name as an example, made of the newest message of the general channel.
pub fn sample(
    database: &Database,
    webhook: &StoredWebhook,
    name: &str,
) -> Result<Option<Job>, DatabaseError> {
    let Some(feed) = database.feed(company::GENERAL)? else {
        return Ok(None);
    };
    let message = match database.newest_message(feed.id())? {
        Some(id) => database.message(&id)?,
        None => None,
    };
    let Some(message) = message else {
        return Ok(None);
    };
    let mut data = Event {
        feed: &feed,
        message: &message,
        reaction: None,
    }
    .data();
    match name {
        MESSAGE_CREATED => {}
        REACTION_CREATED => {
            data["reason"] = json!("reaction_created");
            data["reaction"] = json!({
                "id": "reac_sample",
                "emoji": ":heart:",
                "resource_id": message.message.id,
                "user": message.message.user,
            });
        }
        _ => return Ok(None),
    }
    Ok(Some(job(webhook, name, company::COMPANY_ID, &data)))
}

fn job(webhook: &StoredWebhook, name: &str, company_id: &str, data: &Value) -> Job {
    let id = new_id("msg_");
    let body = if webhook.api_version == "v5" {
        json!({"action": name, "api_version": "v5", "data": data})
    } else {
        json!({
            "id": id,
            "api_version": "v1",
            "type": name,
            "timestamp": Timestamp::from_unix_millis(now_millis()),
            "company_id": company_id,
            "data": data,
        })
    };
    Job {
        webhook_id: webhook.id.clone(),
        message_id: id,
        event: name.to_owned(),
        body,
        replayed_from: None,
        clock: Skew::current(),
    }
}
