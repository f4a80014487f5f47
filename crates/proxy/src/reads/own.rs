//! What one token sees, asked with that very token and told to nobody who has another: of tokens that pages bring nobody
//! here knows what they are for, and of direct messages and support chats only who takes part knows anything.

use super::Reads;
use super::flights::Needs;
use crate::schedule::Urgency;
use crate::token_hash::TokenHash;
use crate::upstream::{Upstream, UpstreamError, Visitor};
use reqwest::StatusCode;
use std::sync::Arc;
use std::time::Duration;
use wire::ChannelId;
use wire::rest::{
    AccessLevel, ChatChannel, DmChannel, ExperienceReference, SupportChannel, WhoCanPost,
    WhoCanReact,
};
use wire::{ExperienceId, Extra};

/// Whop's ids of direct messages and support chats begin so.
const CONVERSATION: &str = "feed_";

/// What kind of conversation a channel is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A community's channel, which an experience shows.
    Chat,
    /// Direct messages.
    Direct,
    /// A customer's talk with the team.
    Support,
}

impl Kind {
    /// The scope that Whop wants to see for posting there.
    pub fn posting(self) -> &'static str {
        match self {
            Self::Chat => "chat:message:create",
            Self::Direct => "dms:message:manage",
            Self::Support => "support_chat:message:create",
        }
    }
}

/// A channel as one token sees it.
#[derive(Clone, Debug)]
pub struct Place {
    /// What it is.
    pub kind: Kind,
    /// Its settings. Those of a conversation are what holds in all of them.
    pub channel: ChatChannel,
    /// As what the token's owner has access.
    pub level: AccessLevel,
}

/// Whether that is the id of direct messages or of a support chat.
pub fn is_conversation(id: &str) -> bool {
    id.starts_with(CONVERSATION)
}

impl Reads {
    /// The channel of that id as this token sees it, as Whop said at most that long ago.
    ///
    /// # Errors
    /// 401 where Whop doesn't take the token; 403 or nothing there where it doesn't let the token see the channel.
    pub async fn place(
        &self,
        upstream: &Upstream,
        visitor: Visitor<'_>,
        id: &str,
        at_most: Duration,
        urgency: Urgency,
    ) -> Result<Arc<Place>, Arc<UpstreamError>> {
        let needs = Needs {
            not_before: self.hub.doubted_at(visitor.user),
            unheard: at_most,
            ..Needs::now()
        };
        let ask = Box::pin(async {
            let place = if is_conversation(id) {
                conversation(upstream, visitor, id, urgency).await?
            } else {
                chat(upstream, visitor, id, urgency).await?
            };
            Ok(Arc::new(place))
        });
        let key = (TokenHash::of(visitor.token), id.to_owned());
        self.places.get(&key, needs, || None, ask).await
    }
}

async fn chat(
    upstream: &Upstream,
    visitor: Visitor<'_>,
    id: &str,
    urgency: Urgency,
) -> Result<Place, UpstreamError> {
    let path = format!("/chat_channels/{id}");
    let channel: ChatChannel = upstream.seen(visitor, &path, urgency).await?;
    let access = upstream.access(visitor, &channel.experience.id, urgency);
    let level = match access.await {
        Ok(access) if access.has_access => access.access_level,
        Ok(_) => AccessLevel::NoAccess,
        Err(UpstreamError::Refused(status)) if status != StatusCode::UNAUTHORIZED => {
            // It is not for such tokens to ask; but it sees the channel. Never with the key: that may know more.
            AccessLevel::Customer
        }
        Err(error) => return Err(error),
    };
    Ok(Place {
        kind: Kind::Chat,
        channel,
        level,
    })
}

/// What it is nobody sees by its id, so that both kinds are asked for.
async fn conversation(
    upstream: &Upstream,
    visitor: Visitor<'_>,
    id: &str,
    urgency: Urgency,
) -> Result<Place, UpstreamError> {
    let (direct, support) = (
        format!("/dm_channels/{id}"),
        format!("/support_channels/{id}"),
    );
    let (direct, support) = tokio::join!(
        upstream.seen::<DmChannel>(visitor, &direct, urgency),
        upstream.seen::<SupportChannel>(visitor, &support, urgency),
    );
    let (kind, id, name) = match (support, direct) {
        (Ok(channel), _) => {
            let customer = channel.customer_user;
            let name = channel.custom_name.or_else(|| {
                let customer = customer?;
                Some(customer.name.unwrap_or(customer.username))
            });
            (Kind::Support, channel.id, name)
        }
        (Err(UpstreamError::NotFound | UpstreamError::Refused(_)), Ok(channel)) => {
            (Kind::Direct, channel.id, channel.name)
        }
        // Where the one says that there is nothing, the other may say that the token is not for it.
        (Err(UpstreamError::NotFound), Err(error)) | (Err(error), _) => return Err(error),
    };
    Ok(Place {
        kind,
        channel: described(id, name.unwrap_or_default()),
        level: AccessLevel::Customer,
    })
}

/// A conversation in the words of a channel: whoever takes part writes and reacts, and nothing is banned. It stands for
/// the experience that it hasn't.
fn described(id: ChannelId, name: String) -> ChatChannel {
    ChatChannel {
        experience: ExperienceReference {
            id: ExperienceId::from(id.to_string()),
            name,
            extra: Extra::default(),
        },
        id,
        ban_media: false,
        ban_urls: false,
        banned_words: Vec::new(),
        user_posts_cooldown_seconds: None,
        who_can_post: WhoCanPost::Everyone,
        who_can_react: WhoCanReact::Everyone,
        extra: Extra::default(),
    }
}
