use super::{Database, DatabaseError, StoredUser};
use crate::clock::new_id;
use crate::emoji;
use rusqlite::{OptionalExtension, Row, params};
use std::collections::HashMap;
use wire::rest::Reaction;
use wire::{Extra, MessageId, ReactionId, UserId};

/// What a user says with a reaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReactionMeaning {
    /// An emoji, in any spelling that [`emoji::meaning`] knows.
    Emoji(String),
    /// A vote for the poll option of that id.
    Vote(String),
}

impl ReactionMeaning {
    fn kind(&self) -> &'static str {
        match self {
            Self::Emoji(_) => "emoji",
            Self::Vote(_) => "vote",
        }
    }

    /// As it was written.
    pub fn spelling(&self) -> &str {
        match self {
            Self::Emoji(spelling) | Self::Vote(spelling) => spelling,
        }
    }

    fn meaning(&self) -> String {
        match self {
            Self::Emoji(spelling) => emoji::meaning(spelling),
            Self::Vote(option) => option.clone(),
        }
    }
}

/// One user's reaction or vote.
#[derive(Clone, Debug)]
pub struct StoredReaction {
    /// Its id.
    pub id: ReactionId,
    /// The message.
    pub message_id: MessageId,
    /// Who.
    pub user_id: UserId,
    /// What they say, in the message's spelling of it.
    pub meaning: ReactionMeaning,
    /// Counts up with every reaction that is stored.
    pub sequence: i64,
    name: Option<String>,
    username: String,
}

impl StoredReaction {
    /// As the REST routes tell it.
    pub fn entity(&self) -> Reaction {
        let (emoji, poll_option_id) = match &self.meaning {
            ReactionMeaning::Emoji(spelling) => (Some(spelling.clone()), None),
            ReactionMeaning::Vote(option) => (None, Some(option.clone())),
        };
        Reaction {
            id: self.id.clone(),
            emoji,
            resource_id: self.message_id.clone(),
            user: wire::rest::UserReference {
                id: self.user_id.clone(),
                name: self.name.clone(),
                username: self.username.clone(),
                ..wire::rest::UserReference::default()
            },
            poll_option_id,
            extra: Extra::default(),
        }
    }
}

/// How many said the same about a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    /// A vote, not an emoji.
    pub is_vote: bool,
    /// The emoji as the message's first one wrote it, or the option's id.
    pub spelling: String,
    /// How many users.
    pub count: u64,
}

/// What storing a reaction did.
#[derive(Clone, Debug)]
pub struct ReactionOutcome {
    /// The reaction, new or as it was.
    pub reaction: StoredReaction,
    /// It was not there before.
    pub is_new: bool,
    /// The vote that it replaced.
    pub replaced: Option<StoredReaction>,
}

const SELECT: &str = "
    SELECT r.id, r.message_id, r.user_id, r.kind, r.spelling, r.sequence, u.name, u.username
    FROM reactions AS r JOIN users AS u ON u.id = r.user_id";

impl Database {
    /// The reaction of that id.
    pub fn reaction(&self, id: &str) -> Result<Option<StoredReaction>, DatabaseError> {
        Ok(self
            .connection
            .prepare_cached(&format!("{SELECT} WHERE r.id = ?1"))?
            .query_row([id], read)
            .optional()?)
    }

    /// What that user said about that message.
    pub fn reaction_of(
        &self,
        message_id: &str,
        user_id: &str,
        meaning: &ReactionMeaning,
    ) -> Result<Option<StoredReaction>, DatabaseError> {
        Ok(self
            .connection
            .prepare_cached(&format!(
                "{SELECT} WHERE r.message_id = ?1 AND r.user_id = ?2 AND r.kind = ?3 AND r.meaning = ?4"
            ))?
            .query_row(
                params![message_id, user_id, meaning.kind(), meaning.meaning()],
                read,
            )
            .optional()?)
    }

    /// All reactions and votes of a message, the most recent first.
    pub fn reactions_of(&self, message_id: &str) -> Result<Vec<StoredReaction>, DatabaseError> {
        Ok(self
            .connection
            .prepare_cached(&format!(
                "{SELECT} WHERE r.message_id = ?1 ORDER BY r.sequence DESC"
            ))?
            .query_map([message_id], read)?
            .collect::<Result<_, _>>()?)
    }

    /// Stores a reaction. A vote takes the place of the user's earlier one in that poll.
    pub fn put_reaction(
        &self,
        message_id: &str,
        user: &StoredUser,
        meaning: &ReactionMeaning,
        at: i64,
    ) -> Result<ReactionOutcome, DatabaseError> {
        if let Some(reaction) = self.reaction_of(message_id, &user.id, meaning)? {
            return Ok(ReactionOutcome {
                reaction,
                is_new: false,
                replaced: None,
            });
        }
        let replaced = match meaning {
            ReactionMeaning::Emoji(_) => None,
            ReactionMeaning::Vote(_) => self
                .connection
                .prepare_cached(&format!(
                    "{SELECT} WHERE r.message_id = ?1 AND r.user_id = ?2 AND r.kind = 'vote'"
                ))?
                .query_row([message_id, user.id.as_str()], read)
                .optional()?,
        };
        if let Some(replaced) = &replaced {
            self.remove_reaction(&replaced.id)?;
        }
        let id = ReactionId::from(new_id("reac_"));
        let same: Option<String> = self
            .connection
            .prepare_cached(
                "SELECT spelling FROM reactions WHERE message_id = ?1 AND kind = ?2 AND meaning = ?3 LIMIT 1",
            )?
            .query_row(
                params![message_id, meaning.kind(), meaning.meaning()],
                |row| row.get(0),
            )
            .optional()?;
        self.connection
            .prepare_cached(
                "INSERT INTO reactions (id, message_id, user_id, kind, meaning, spelling, created_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute(params![
                id.as_str(),
                message_id,
                user.id.as_str(),
                meaning.kind(),
                meaning.meaning(),
                same.unwrap_or_else(|| meaning.spelling().to_owned()),
                at,
            ])?;
        self.reaction(&id)?
            .map(|reaction| ReactionOutcome {
                reaction,
                is_new: true,
                replaced,
            })
            .ok_or_else(|| rusqlite::Error::QueryReturnedNoRows.into())
    }

    /// Stores what several users said about a new message, whose ids those are; what is there already stays.
    pub(super) fn add_reactions<'a>(
        &self,
        message_id: &str,
        meaning: &ReactionMeaning,
        user_ids: impl Iterator<Item = &'a String>,
        at: i64,
    ) -> Result<(), DatabaseError> {
        let mut statement = self.connection.prepare_cached(
            "INSERT OR IGNORE INTO reactions (id, message_id, user_id, kind, meaning, spelling, created_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?;
        let same = meaning.meaning();
        for user_id in user_ids {
            statement.execute(params![
                new_id("reac_"),
                message_id,
                user_id,
                meaning.kind(),
                same,
                meaning.spelling(),
                at,
            ])?;
        }
        Ok(())
    }

    /// Takes a reaction back.
    pub fn remove_reaction(&self, id: &str) -> Result<(), DatabaseError> {
        self.connection
            .prepare_cached("DELETE FROM reactions WHERE id = ?1")?
            .execute([id])?;
        Ok(())
    }

    /// How many said what about each of the messages, whose ids come as a JSON list.
    pub(super) fn tallies(
        &self,
        message_ids: &str,
    ) -> Result<HashMap<String, Vec<Tally>>, DatabaseError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT message_id, kind = 'vote', spelling, COUNT(*) FROM reactions
             WHERE message_id IN (SELECT value FROM json_each(?1))
             GROUP BY message_id, kind, meaning
             ORDER BY message_id, CASE kind WHEN 'vote' THEN CAST(meaning AS INTEGER) END, MIN(sequence)",
        )?;
        let rows = statement.query_map([message_ids], |row| {
            Ok((
                row.get::<_, String>(0)?,
                Tally {
                    is_vote: row.get(1)?,
                    spelling: row.get(2)?,
                    count: row.get::<_, i64>(3)?.cast_unsigned(),
                },
            ))
        })?;
        let mut tallies: HashMap<String, Vec<Tally>> = HashMap::new();
        for row in rows {
            let (message_id, tally) = row?;
            tallies.entry(message_id).or_default().push(tally);
        }
        Ok(tallies)
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<StoredReaction> {
    let kind: String = row.get(3)?;
    let spelling: String = row.get(4)?;
    Ok(StoredReaction {
        id: row.get::<_, String>(0)?.into(),
        message_id: row.get::<_, String>(1)?.into(),
        user_id: row.get::<_, String>(2)?.into(),
        meaning: if kind == "vote" {
            ReactionMeaning::Vote(spelling)
        } else {
            ReactionMeaning::Emoji(spelling)
        },
        sequence: row.get(5)?,
        name: row.get(6)?,
        username: row.get(7)?,
    })
}
