use super::{Database, DatabaseError, Position, StoredFile, Window, cards, files};
use rusqlite::types::Value;
use rusqlite::{OptionalExtension, Row, params, params_from_iter};
use std::collections::HashMap;
use wire::rest::{
    Attachment, Direction, Message, Page, PageInfo, Poll, PollOption, PollVote, ReactionCount,
    UserReference,
};
use wire::socket::LinkEmbed;
use wire::{ChannelId, Extra, FileId, MessageId, Timestamp, UserId};

/// A message and where it stands.
#[derive(Clone, Debug)]
pub struct StoredMessage {
    /// As the REST routes tell it.
    pub message: Message,
    /// The channel that it was posted in.
    pub channel_id: ChannelId,
    /// When it was posted, in milliseconds since the Unix epoch; no two messages of a channel have the same.
    pub created_at: i64,
    /// When it last changed, in milliseconds since the Unix epoch.
    pub updated_at: i64,
    /// Its author is an admin of the channel.
    pub is_poster_admin: bool,
    /// Where the author's picture is; only frames tell it.
    pub author_picture: Option<String>,
    /// The cards of its links; only frames tell them.
    pub links: Vec<LinkEmbed>,
}

impl StoredMessage {
    fn position(&self) -> Position {
        Position {
            order: self.created_at,
            id: self.message.id.to_string(),
        }
    }
}

/// A message to be stored.
#[derive(Clone, Debug)]
pub struct NewMessage {
    /// Its id, unique.
    pub id: MessageId,
    /// The channel's own id.
    pub channel_id: ChannelId,
    /// Who writes it.
    pub user_id: UserId,
    /// When it is posted, in milliseconds since the Unix epoch.
    pub created_at: i64,
    /// When it last changed, in milliseconds since the Unix epoch.
    pub updated_at: i64,
    /// Markdown, or nothing.
    pub content: Option<String>,
    /// It was edited already; only the seed says so.
    pub is_edited: bool,
    /// It is pinned already; only the seed says so.
    pub is_pinned: bool,
    /// Users that the text mentions.
    pub mentions: Vec<UserId>,
    /// The text mentions @everyone.
    pub mentions_everyone: bool,
    /// `regular`, `system` or `automated`.
    pub message_type: String,
    /// A poll's options; empty for no poll.
    pub poll_options: Vec<PollOption>,
    /// The message that it answers.
    pub replying_to: Option<MessageId>,
    /// Its files, in order.
    pub files: Vec<FileId>,
}

/// What changes of a message; `None` stays as it is.
#[derive(Clone, Debug, Default)]
pub struct MessageChange {
    /// The new text with its mentions, which counts as an edit.
    pub text: Option<(Option<String>, Vec<UserId>, bool)>,
    /// The new files.
    pub files: Option<Vec<FileId>>,
    /// Pinned or not.
    pub is_pinned: Option<bool>,
    /// When the change is made, in milliseconds since the Unix epoch.
    pub at: i64,
}

const SELECT: &str = "
    SELECT m.id, m.channel_id, m.created_at, m.updated_at, m.content, m.is_edited, m.is_pinned, m.mentions,
           m.mentions_everyone, m.message_type, m.poll_options, m.replying_to_message_id,
           u.id, u.name, u.username, u.access_level = 'admin'
    FROM messages AS m JOIN users AS u ON u.id = m.user_id";

impl Database {
    /// The message of that id.
    pub fn message(&self, id: &str) -> Result<Option<StoredMessage>, DatabaseError> {
        let message = self
            .connection
            .prepare_cached(&format!("{SELECT} WHERE m.id = ?1"))?
            .query_row([id], |row| Ok(read(row)))
            .optional()?
            .transpose()?;
        Ok(self.with_details(message.into_iter().collect())?.pop())
    }

    /// A page of a channel's messages, ordered by time in the given direction.
    pub fn messages_page(
        &self,
        channel_id: &str,
        direction: &Direction,
        window: &Window,
        cursor: impl Fn(&Position) -> String,
    ) -> Result<Page<Message>, DatabaseError> {
        let messages = self.stored_messages_page(channel_id, direction, window)?;
        let (forwards, backwards) = comparisons(direction);
        let first = messages.first().map(StoredMessage::position);
        let last = messages.last().map(StoredMessage::position);
        // An empty page lies between its bounds: what is at the bounds themselves is beyond it.
        let has_next_page = match (&last, &window.before) {
            (Some(last), _) => self.any_beyond(channel_id, forwards, last)?,
            (None, Some(before)) => self.any_beyond(channel_id, &format!("{forwards}="), before)?,
            (None, None) => false,
        };
        let has_previous_page = match (&first, &window.after) {
            (Some(first), _) => self.any_beyond(channel_id, backwards, first)?,
            (None, Some(after)) => self.any_beyond(channel_id, &format!("{backwards}="), after)?,
            (None, None) => false,
        };
        Ok(Page {
            data: messages.into_iter().map(|stored| stored.message).collect(),
            page_info: PageInfo {
                end_cursor: last.as_ref().map(&cursor),
                start_cursor: first.as_ref().map(&cursor),
                has_next_page,
                has_previous_page,
                extra: Extra::default(),
            },
        })
    }

    /// The same, with what only the sandbox knows of the messages, and without what lies around the page.
    pub fn stored_messages_page(
        &self,
        channel_id: &str,
        direction: &Direction,
        window: &Window,
    ) -> Result<Vec<StoredMessage>, DatabaseError> {
        let descending = *direction == Direction::Descending;
        let (forwards, backwards) = comparisons(direction);
        let order = if descending == window.from_end {
            "ASC"
        } else {
            "DESC"
        };
        let mut query = format!("{SELECT} WHERE m.channel_id = ?");
        let mut parameters: Vec<Value> = vec![channel_id.to_owned().into()];
        for (bound, comparison) in [(&window.after, forwards), (&window.before, backwards)] {
            if let Some(bound) = bound {
                query.push_str(" AND (m.created_at, m.id) ");
                query.push_str(comparison);
                query.push_str(" (?, ?)");
                parameters.push(bound.order.into());
                parameters.push(bound.id.clone().into());
            }
        }
        let query = format!("{query} ORDER BY m.created_at {order}, m.id {order} LIMIT ?");
        parameters.push(i64::try_from(window.limit).unwrap_or(i64::MAX).into());

        let mut messages = self
            .connection
            .prepare_cached(&query)?
            .query_map(params_from_iter(parameters), |row| Ok(read(row)))?
            .map(|row| row.map_err(DatabaseError::from).flatten())
            .collect::<Result<Vec<_>, _>>()?;
        if window.from_end {
            messages.reverse();
        }
        self.with_details(messages)
    }

    fn any_beyond(
        &self,
        channel_id: &str,
        comparison: &str,
        position: &Position,
    ) -> Result<bool, DatabaseError> {
        Ok(self
            .connection
            .prepare_cached(&format!(
                "SELECT EXISTS (SELECT 1 FROM messages
                 WHERE channel_id = ?1 AND (created_at, id) {comparison} (?2, ?3))"
            ))?
            .query_row(params![channel_id, position.order, position.id], |row| {
                row.get(0)
            })?)
    }

    /// When the user last posted in the channel, in milliseconds since the Unix epoch.
    pub fn last_post_of(
        &self,
        channel_id: &str,
        user_id: &str,
    ) -> Result<Option<i64>, DatabaseError> {
        Ok(self
            .connection
            .prepare_cached(
                "SELECT MAX(created_at) FROM messages WHERE channel_id = ?1 AND user_id = ?2",
            )?
            .query_row([channel_id, user_id], |row| row.get(0))?)
    }

    /// When the channel's newest message was posted.
    pub fn newest_in(&self, channel_id: &str) -> Result<Option<i64>, DatabaseError> {
        Ok(self
            .connection
            .prepare_cached("SELECT MAX(created_at) FROM messages WHERE channel_id = ?1")?
            .query_row([channel_id], |row| row.get(0))?)
    }

    /// The channel's newest message.
    pub fn newest_message(&self, channel_id: &str) -> Result<Option<String>, DatabaseError> {
        Ok(self
            .connection
            .prepare_cached(
                "SELECT id FROM messages WHERE channel_id = ?1 ORDER BY created_at DESC LIMIT 1",
            )?
            .query_row([channel_id], |row| row.get(0))
            .optional()?)
    }

    /// How many messages there are, in all channels.
    pub fn count_messages(&self) -> Result<u64, DatabaseError> {
        let count: i64 = self
            .connection
            .query_row("SELECT COUNT(*) FROM messages", [], |row| row.get(0))?;
        Ok(count.cast_unsigned())
    }

    /// Stores a message.
    pub fn add_message(&self, message: &NewMessage) -> Result<(), DatabaseError> {
        let poll_options = (!message.poll_options.is_empty())
            .then(|| serde_json::to_string(&message.poll_options))
            .transpose()?;
        self.connection
            .prepare_cached(
                "INSERT INTO messages (id, channel_id, user_id, created_at, updated_at, content, is_edited,
                     is_pinned, mentions, mentions_everyone, message_type, poll_options, replying_to_message_id)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
            )?
            .execute(params![
                message.id.as_str(),
                message.channel_id.as_str(),
                message.user_id.as_str(),
                message.created_at,
                message.updated_at,
                message.content,
                message.is_edited,
                message.is_pinned,
                serde_json::to_string(&message.mentions)?,
                message.mentions_everyone,
                message.message_type,
                poll_options,
                message.replying_to.as_deref(),
            ])?;
        self.set_files(&message.id, &message.files)
    }

    /// Changes a message.
    pub fn change_message(&self, id: &str, change: &MessageChange) -> Result<(), DatabaseError> {
        if let Some((content, mentions, mentions_everyone)) = &change.text {
            self.connection.execute(
                "UPDATE messages SET content = ?2, mentions = ?3, mentions_everyone = ?4, is_edited = 1
                 WHERE id = ?1",
                params![
                    id,
                    content,
                    serde_json::to_string(mentions)?,
                    mentions_everyone
                ],
            )?;
        }
        if let Some(files) = &change.files {
            self.connection
                .execute("DELETE FROM attachments WHERE message_id = ?1", [id])?;
            self.set_files(id, files)?;
        }
        if let Some(is_pinned) = change.is_pinned {
            self.connection.execute(
                "UPDATE messages SET is_pinned = ?2 WHERE id = ?1",
                params![id, is_pinned],
            )?;
        }
        self.touch_message(id, change.at)
    }

    /// Says that something about the message changed at that moment.
    pub fn touch_message(&self, id: &str, at: i64) -> Result<(), DatabaseError> {
        self.connection
            .prepare_cached(
                "UPDATE messages SET updated_at = MAX(updated_at + 1, ?2) WHERE id = ?1",
            )?
            .execute(params![id, at])?;
        Ok(())
    }

    /// Removes a message with its reactions.
    pub fn delete_message(&self, id: &str) -> Result<(), DatabaseError> {
        self.connection
            .execute("DELETE FROM messages WHERE id = ?1", [id])?;
        Ok(())
    }

    fn set_files(&self, message_id: &str, files: &[FileId]) -> Result<(), DatabaseError> {
        for (position, file) in files.iter().enumerate() {
            self.connection
                .prepare_cached(
                    "INSERT INTO attachments (message_id, position, file_id) VALUES (?1, ?2, ?3)",
                )?
                .execute(params![
                    message_id,
                    i64::try_from(position).unwrap_or(i64::MAX),
                    file.as_str()
                ])?;
        }
        Ok(())
    }

    /// Adds reactions, votes and files: one query each, however many messages there are.
    fn with_details(
        &self,
        mut messages: Vec<StoredMessage>,
    ) -> Result<Vec<StoredMessage>, DatabaseError> {
        if messages.is_empty() {
            return Ok(messages);
        }
        let ids: Vec<&str> = messages
            .iter()
            .map(|stored| stored.message.id.as_str())
            .collect();
        let ids = serde_json::to_string(&ids)?;
        let mut tallies = self.tallies(&ids)?;
        let mut attachments = self.attachments(&ids)?;
        for stored in &mut messages {
            stored.author_picture = self.picture_of(&stored.message.user.id);
            let content = stored.message.content.as_deref().unwrap_or_default();
            stored.links = cards::of(content, &self.file_addresses);
            let message = &mut stored.message;
            for tally in tallies.remove(message.id.as_str()).unwrap_or_default() {
                if tally.is_vote {
                    message.poll_votes.push(PollVote {
                        option_id: Some(tally.spelling),
                        count: tally.count,
                        ..PollVote::default()
                    });
                } else {
                    message.reaction_counts.push(ReactionCount {
                        emoji: Some(tally.spelling),
                        count: tally.count,
                        ..ReactionCount::default()
                    });
                }
            }
            message.attachments = Some(attachments.remove(message.id.as_str()).unwrap_or_default());
        }
        Ok(messages)
    }

    fn attachments(
        &self,
        message_ids: &str,
    ) -> Result<HashMap<String, Vec<Attachment>>, DatabaseError> {
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT {}, attachments.message_id FROM attachments JOIN files ON files.id = attachments.file_id
             WHERE attachments.message_id IN (SELECT value FROM json_each(?1))
             ORDER BY attachments.message_id, attachments.position",
            files::COLUMNS
        ))?;
        let rows = statement.query_map([message_ids], |row| {
            Ok((row.get::<_, String>("message_id")?, files::read(row)?))
        })?;
        let mut attachments: HashMap<String, Vec<Attachment>> = HashMap::new();
        for row in rows {
            let (message_id, file): (String, StoredFile) = row?;
            let attachment = self.attachment(file);
            attachments.entry(message_id).or_default().push(attachment);
        }
        Ok(attachments)
    }
}

/// What comes later in that direction compares so, and what comes earlier.
fn comparisons(direction: &Direction) -> (&'static str, &'static str) {
    if *direction == Direction::Descending {
        ("<", ">")
    } else {
        (">", "<")
    }
}

fn read(row: &Row<'_>) -> Result<StoredMessage, DatabaseError> {
    let (created_at, updated_at) = (row.get(2)?, row.get(3)?);
    let options: Option<String> = row.get(10)?;
    let poll = options
        .map(|options| serde_json::from_str(&options))
        .transpose()?
        .map(|options| Poll {
            options: Some(options),
            extra: Extra::default(),
        });
    Ok(StoredMessage {
        channel_id: row.get::<_, String>(1)?.into(),
        created_at,
        updated_at,
        is_poster_admin: row.get(15)?,
        author_picture: None,
        links: Vec::new(),
        message: Message {
            id: row.get::<_, String>(0)?.into(),
            content: row.get(4)?,
            created_at: Timestamp::from_unix_millis(created_at),
            updated_at: Timestamp::from_unix_millis(updated_at),
            is_edited: row.get(5)?,
            is_pinned: row.get(6)?,
            mentions: serde_json::from_str(&row.get::<_, String>(7)?)?,
            mentions_everyone: row.get(8)?,
            message_type: row.get::<_, String>(9)?.as_str().into(),
            poll,
            poll_votes: Vec::new(),
            reaction_counts: Vec::new(),
            replying_to_message_id: row.get::<_, Option<String>>(11)?.map(MessageId::from),
            user: UserReference {
                id: row.get::<_, String>(12)?.into(),
                name: row.get(13)?,
                username: row.get(14)?,
                ..UserReference::default()
            },
            view_count: None,
            attachments: None,
            extra: Extra::default(),
        },
    })
}
