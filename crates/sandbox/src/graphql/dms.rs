use super::scalar::Timestamp;
use crate::database::{Database, StoredConversation, StoredMember};
use crate::rest::{ApiError, Caller};
use async_graphql::{Enum, ID, SimpleObject};
use wire::rest::{Direction, MemberStatus};

/// How somebody stands to a DM.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(rename_items = "snake_case")]
pub enum DmsFeedMemberStatuses {
    Accepted,
    Archived,
    Closed,
    Hidden,
    Requested,
}

impl DmsFeedMemberStatuses {
    fn is(self, status: &MemberStatus) -> bool {
        let own = match self {
            Self::Accepted => "accepted",
            Self::Archived => "archived",
            Self::Closed => "closed",
            Self::Hidden => "hidden",
            Self::Requested => "requested",
        };
        status.as_str() == own
    }
}

/// A DM, as the list of them tells it.
#[derive(Debug, SimpleObject)]
pub struct DmsChannel {
    id: ID,
    created_at: Timestamp,
    is_pinned: bool,
    custom_name: Option<String>,
    is_group_chat: bool,
    is_unread: bool,
    feed_members: Vec<FeedMember>,
    last_message: Option<Post>,
}

/// Somebody in a DM.
#[derive(Debug, SimpleObject)]
pub struct FeedMember {
    id: ID,
    username: String,
}

/// The newest message of a DM.
#[derive(Debug, SimpleObject)]
pub struct Post {
    content: Option<String>,
    user_id: ID,
}

/// Which DMs are asked for.
#[derive(Debug)]
pub struct Wanted {
    /// Active before that moment, in milliseconds since the Unix epoch.
    pub before: Option<i64>,
    /// So many at the most.
    pub limit: usize,
    /// Whose name, or a member's, contains that, letters' case aside.
    pub query: Option<String>,
    /// To which one stands so.
    pub status: Option<DmsFeedMemberStatuses>,
    /// With messages that one hasn't seen, or without.
    pub unread: Option<bool>,
}

/// The caller's own, the most recently active first.
///
/// # Errors
/// 403 without the scope.
pub fn channels(
    database: &Database,
    caller: &Caller,
    wanted: &Wanted,
) -> Result<Vec<DmsChannel>, ApiError> {
    caller.needs("dms:read")?;
    let mut conversations = database.direct_conversations_of(&caller.user.id)?;
    conversations.sort_by_key(|conversation| -conversation.active_at());
    let mut channels = Vec::new();
    for conversation in conversations {
        if channels.len() == wanted.limit {
            break;
        }
        let Some(own) = conversation.member(&caller.user.id) else {
            continue;
        };
        let is_status = wanted.status.is_none_or(|status| status.is(&own.status));
        let is_before = wanted
            .before
            .is_none_or(|before| conversation.active_at() < before);
        if !is_status || !is_before {
            continue;
        }
        let channel = channel(database, &conversation, own)?;
        let is_named = wanted.query.as_ref().is_none_or(|query| {
            let query = query.to_lowercase();
            let names = channel
                .feed_members
                .iter()
                .map(|member| &member.username)
                .chain(&channel.custom_name);
            let mut names = names.map(|name| name.to_lowercase());
            names.any(|name| name.contains(&query))
        });
        if is_named
            && wanted
                .unread
                .is_none_or(|unread| unread == channel.is_unread)
        {
            channels.push(channel);
        }
    }
    Ok(channels)
}

fn channel(
    database: &Database,
    conversation: &StoredConversation,
    own: &StoredMember,
) -> Result<DmsChannel, ApiError> {
    let mut feed_members = Vec::new();
    for member in &conversation.members {
        feed_members.extend(database.user(&member.user_id)?.map(|user| FeedMember {
            id: user.id.as_str().into(),
            username: user.username,
        }));
    }
    let window = crate::database::Window {
        limit: 1,
        ..crate::database::Window::default()
    };
    let newest =
        database.stored_messages_page(&conversation.id, &Direction::Descending, &window)?;
    Ok(DmsChannel {
        id: conversation.id.as_str().into(),
        created_at: Timestamp::from_millis(conversation.created_at),
        is_pinned: false,
        custom_name: conversation.name.clone(),
        is_group_chat: feed_members.len() > 2,
        is_unread: database.unread_of(own)? > 0,
        feed_members,
        last_message: newest.into_iter().next().map(|stored| Post {
            content: stored.message.content,
            user_id: stored.message.user.id.as_str().into(),
        }),
    })
}
