use super::{Database, DatabaseError};
use rusqlite::{OptionalExtension, params};
use serde_json::Value;

/// The most notifications that are kept; older ones are forgotten.
const MOST: i64 = 10_000;

/// Of those for a user in an experience, the ones that the user has not read.
const UNREAD: &str = "FROM notifications
    WHERE json_extract(body, '$.experience_id') = ?2
        AND EXISTS (SELECT 1 FROM json_each(body, '$.recipients') WHERE value = ?1)
        AND NOT EXISTS (
            SELECT 1 FROM notification_reads AS reads
            WHERE reads.sequence = notifications.sequence AND reads.user_id = ?1
        )";

impl Database {
    /// Records a notification.
    pub fn add_notification(&self, body: &Value) -> Result<(), DatabaseError> {
        self.connection.execute(
            "INSERT INTO notifications (body) VALUES (?1)",
            [body.to_string()],
        )?;
        self.connection.execute(
            "DELETE FROM notifications WHERE sequence <= ?1",
            [self.connection.last_insert_rowid() - MOST],
        )?;
        Ok(())
    }

    /// The recorded notifications, the oldest first.
    pub fn notifications(&self) -> Result<Vec<Value>, DatabaseError> {
        self.connection
            .prepare_cached("SELECT body FROM notifications ORDER BY sequence")?
            .query_map([], |row| row.get::<_, String>(0))?
            .map(|body| Ok(serde_json::from_str(&body?)?))
            .collect()
    }

    /// The id of the oldest notification of that experience which the user has not read.
    pub fn earliest_unread_notification(
        &self,
        user_id: &str,
        experience_id: &str,
    ) -> Result<Option<String>, DatabaseError> {
        Ok(self
            .connection
            .prepare_cached(&format!(
                "SELECT json_extract(body, '$.id') {UNREAD} ORDER BY sequence LIMIT 1"
            ))?
            .query_row([user_id, experience_id], |row| row.get(0))
            .optional()?)
    }

    /// From now on the user has read the notification of that id, or, without one, all of that experience.
    pub fn mark_notifications_read(
        &self,
        user_id: &str,
        experience_id: &str,
        id: Option<&str>,
    ) -> Result<(), DatabaseError> {
        self.connection.execute(
            &format!(
                "INSERT INTO notification_reads (sequence, user_id)
                 SELECT sequence, ?1 {UNREAD} AND (?3 IS NULL OR json_extract(body, '$.id') = ?3)"
            ),
            params![user_id, experience_id, id],
        )?;
        Ok(())
    }
}
