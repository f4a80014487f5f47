use super::{Database, DatabaseError};
use rusqlite::{OptionalExtension, params};

impl Database {
    /// Until when the user may not post in the channel, in milliseconds since the Unix epoch; it may have passed.
    pub fn muted_until(
        &self,
        channel_id: &str,
        user_id: &str,
    ) -> Result<Option<i64>, DatabaseError> {
        Ok(self
            .connection
            .prepare_cached("SELECT muted_until FROM mutes WHERE channel_id = ?1 AND user_id = ?2")?
            .query_row([channel_id, user_id], |row| row.get(0))
            .optional()?)
    }

    /// Mutes the user in the channel until that moment (milliseconds since the Unix epoch), or lifts the mute.
    pub fn set_mute(
        &self,
        channel_id: &str,
        user_id: &str,
        until: Option<i64>,
    ) -> Result<(), DatabaseError> {
        match until {
            Some(until) => self.connection.execute(
                "INSERT INTO mutes (channel_id, user_id, muted_until) VALUES (?1, ?2, ?3)
                 ON CONFLICT (channel_id, user_id) DO UPDATE SET muted_until = excluded.muted_until",
                params![channel_id, user_id, until],
            )?,
            None => self.connection.execute(
                "DELETE FROM mutes WHERE channel_id = ?1 AND user_id = ?2",
                [channel_id, user_id],
            )?,
        };
        Ok(())
    }
}
