use super::{Database, DatabaseError, StoredChannel, StoredConversation, StoredUser};
use wire::{ChannelId, ExperienceId};

/// Whatever messages are posted in.
#[derive(Clone, Debug)]
pub enum Feed {
    /// A chat channel, which everybody with access to its experience sees.
    Chat(StoredChannel),
    /// A DM or a support chat.
    Conversation(StoredConversation),
}

/// The three kinds of feeds, each of which has scopes of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FeedKind {
    /// A chat channel.
    Chat,
    /// A DM.
    Direct,
    /// A support chat.
    Support,
}

impl Feed {
    /// The feed's id.
    pub fn id(&self) -> &ChannelId {
        match self {
            Self::Chat(channel) => &channel.id,
            Self::Conversation(conversation) => &conversation.id,
        }
    }

    /// What kind it is of.
    pub fn kind(&self) -> FeedKind {
        match self {
            Self::Chat(_) => FeedKind::Chat,
            Self::Conversation(conversation) if conversation.is_support() => FeedKind::Support,
            Self::Conversation(_) => FeedKind::Direct,
        }
    }

    /// The word of the websocket for it.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Chat(_) => "chat_feed",
            Self::Conversation(_) => "dms_feed",
        }
    }

    /// The chat channel that it is, with rules about what may be posted.
    pub fn chat(&self) -> Option<&StoredChannel> {
        match self {
            Self::Chat(channel) => Some(channel),
            Self::Conversation(_) => None,
        }
    }

    /// The conversation that it is.
    pub fn conversation(&self) -> Option<&StoredConversation> {
        match self {
            Self::Chat(_) => None,
            Self::Conversation(conversation) => Some(conversation),
        }
    }

    /// The experience that shows it.
    pub fn experience_id(&self) -> Option<&ExperienceId> {
        self.chat().map(|channel| &channel.experience_id)
    }

    /// Whether that user may see it.
    pub fn is_for(&self, user: &StoredUser) -> bool {
        match self {
            Self::Chat(_) => user.has_access(),
            Self::Conversation(conversation) => conversation.is_for(user),
        }
    }
}

impl Database {
    /// The feed of that id, or the one that the experience of that id shows.
    pub fn feed(&self, id: &str) -> Result<Option<Feed>, DatabaseError> {
        if let Some(channel) = self.channel(id)? {
            return Ok(Some(Feed::Chat(channel)));
        }
        Ok(self.conversation(id)?.map(Feed::Conversation))
    }

    pub(super) fn add_feed(&self, id: &ChannelId) -> Result<(), DatabaseError> {
        self.connection
            .prepare_cached("INSERT OR IGNORE INTO feeds (id) VALUES (?1)")?
            .execute([id.as_str()])?;
        Ok(())
    }
}
