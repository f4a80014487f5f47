use super::{ApiError, Caller};
use crate::database::{Database, Feed, FeedKind};
use wire::rest::AccessLevel;

/// What a request does in a feed. Each kind of feed has a scope of its own for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doing {
    /// Reading messages, and reacting to them.
    Reading,
    /// Writing, changing and deleting messages.
    Writing,
}

const KINDS: [FeedKind; 3] = [FeedKind::Chat, FeedKind::Direct, FeedKind::Support];

impl Doing {
    /// The scope that it needs there.
    pub fn scope(self, kind: FeedKind) -> &'static str {
        match (self, kind) {
            (Self::Reading, FeedKind::Chat) => "chat:read",
            (Self::Reading, FeedKind::Direct) => "dms:read",
            (Self::Reading, FeedKind::Support) => "support_chat:read",
            (Self::Writing, FeedKind::Chat) => "chat:message:create",
            (Self::Writing, FeedKind::Direct) => "dms:message:manage",
            (Self::Writing, FeedKind::Support) => "support_chat:message:create",
        }
    }
}

impl Caller {
    /// 403 when the token lets nobody do that in any kind of feed.
    ///
    /// # Errors
    /// 403.
    pub fn needs_any(&self, doing: Doing) -> Result<(), ApiError> {
        if KINDS.iter().any(|kind| self.has_scope(doing.scope(*kind))) {
            return Ok(());
        }
        self.needs(doing.scope(FeedKind::Chat))
    }

    /// The feed of that id, if they may do that in it.
    ///
    /// # Errors
    /// 404 when there is none, or a conversation that they are not in: not even that it exists is anybody's business. 403
    /// where they have no access to a chat channel, or the token lacks the scope.
    pub fn feed(&self, database: &Database, id: &str, doing: Doing) -> Result<Feed, ApiError> {
        let feed = match database.feed(id)? {
            Some(Feed::Chat(channel)) => Feed::Chat(self.sees(Some(channel))?),
            Some(feed) if feed.is_for(&self.user) => feed,
            _ => return Err(ApiError::NotFound("channel")),
        };
        self.needs(doing.scope(feed.kind()))?;
        Ok(feed)
    }

    /// Whether they may moderate that feed: a company's admins its channels and support chats, a DM's admin that DM.
    pub fn moderates(&self, feed: &Feed) -> bool {
        match feed.conversation() {
            Some(conversation) if !conversation.is_support() => conversation
                .member(&self.user.id)
                .is_some_and(|member| member.is_admin),
            _ => self.level() == AccessLevel::Admin,
        }
    }
}
