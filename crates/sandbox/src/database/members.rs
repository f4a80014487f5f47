use super::{Database, DatabaseError};
use rusqlite::{OptionalExtension, Row, params};
use wire::rest::{DmMember, MemberStatus, NotificationPreference};
use wire::{ChannelId, Extra, Millis, UserId};

/// A user's place in a conversation.
#[derive(Clone, Debug)]
pub struct StoredMember {
    /// The membership's id.
    pub id: String,
    /// The conversation.
    pub conversation_id: ChannelId,
    /// Who.
    pub user_id: UserId,
    /// They may rename and delete the conversation, and say who is in it.
    pub is_admin: bool,
    /// When they joined, in milliseconds since the Unix epoch.
    pub joined_at: i64,
    /// Up to when they have read, in milliseconds since the Unix epoch.
    pub last_viewed_at: Option<i64>,
    /// Which messages they are notified of.
    pub notification_preference: NotificationPreference,
    /// How they stand to the conversation.
    pub status: MemberStatus,
}

impl StoredMember {
    /// As the REST routes tell it.
    pub fn entity(&self) -> DmMember {
        DmMember {
            id: self.id.clone(),
            channel_id: self.conversation_id.clone(),
            last_viewed_at: self.last_viewed_at.map(Millis::as_text),
            notification_preference: Some(self.notification_preference.clone()),
            status: self.status.clone(),
            user_id: self.user_id.clone(),
            extra: Extra::default(),
        }
    }
}

const COLUMNS: &str = "id, conversation_id, user_id, is_admin, joined_at, last_viewed_at, \
                       notification_preference, status";

impl Database {
    /// The member of that id.
    pub fn member(&self, id: &str) -> Result<Option<StoredMember>, DatabaseError> {
        Ok(self
            .connection
            .prepare_cached(&format!("SELECT {COLUMNS} FROM members WHERE id = ?1"))?
            .query_row([id], read)
            .optional()?)
    }

    /// The members of a conversation in the order in which they joined.
    pub(super) fn members_of(
        &self,
        conversation_id: &str,
    ) -> Result<Vec<StoredMember>, DatabaseError> {
        Ok(self
            .connection
            .prepare_cached(&format!(
                "SELECT {COLUMNS} FROM members WHERE conversation_id = ?1 ORDER BY joined_at, id"
            ))?
            .query_map([conversation_id], read)?
            .collect::<Result<_, _>>()?)
    }

    /// Stores a member; instead of what was known of that membership.
    pub fn put_member(&self, member: &StoredMember) -> Result<(), DatabaseError> {
        self.connection
            .prepare_cached(&format!(
                "INSERT INTO members ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
                 ON CONFLICT (id) DO UPDATE SET
                     is_admin = excluded.is_admin,
                     last_viewed_at = excluded.last_viewed_at,
                     notification_preference = excluded.notification_preference,
                     status = excluded.status"
            ))?
            .execute(params![
                member.id,
                member.conversation_id.as_str(),
                member.user_id.as_str(),
                member.is_admin,
                member.joined_at,
                member.last_viewed_at,
                member.notification_preference.as_str(),
                member.status.as_str(),
            ])?;
        Ok(())
    }

    /// Takes a member out.
    pub fn remove_member(&self, id: &str) -> Result<(), DatabaseError> {
        self.connection
            .execute("DELETE FROM members WHERE id = ?1", [id])?;
        Ok(())
    }

    /// How many messages of others the member has not seen, up to a thousand.
    pub fn unread_of(&self, member: &StoredMember) -> Result<u64, DatabaseError> {
        let count: i64 = self
            .connection
            .prepare_cached(
                "SELECT COUNT(*) FROM (SELECT 1 FROM messages
                 WHERE channel_id = ?1 AND created_at > ?2 AND user_id <> ?3 LIMIT 1000)",
            )?
            .query_row(
                params![
                    member.conversation_id.as_str(),
                    member.last_viewed_at.unwrap_or(i64::MIN),
                    member.user_id.as_str()
                ],
                |row| row.get(0),
            )?;
        Ok(count.cast_unsigned())
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<StoredMember> {
    Ok(StoredMember {
        id: row.get(0)?,
        conversation_id: row.get::<_, String>(1)?.into(),
        user_id: row.get::<_, String>(2)?.into(),
        is_admin: row.get(3)?,
        joined_at: row.get(4)?,
        last_viewed_at: row.get(5)?,
        notification_preference: row.get::<_, String>(6)?.as_str().into(),
        status: row.get::<_, String>(7)?.as_str().into(),
    })
}
