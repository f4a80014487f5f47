use super::{Database, DatabaseError};
use rusqlite::{OptionalExtension, params};

/// Facts of this installation: keys, and what must survive a restart. Never part of the seed.
impl Database {
    /// The fact of that name.
    pub fn fact(&self, name: &str) -> Result<Option<String>, DatabaseError> {
        Ok(self
            .connection
            .query_row("SELECT value FROM facts WHERE name = ?1", [name], |row| {
                row.get(0)
            })
            .optional()?)
    }

    /// Stores a fact, instead of an earlier one of that name.
    pub fn set_fact(&self, name: &str, value: &str) -> Result<(), DatabaseError> {
        self.connection.execute(
            "INSERT INTO facts (name, value) VALUES (?1, ?2)
             ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            params![name, value],
        )?;
        Ok(())
    }

    /// The fact of that name, made when it is missing.
    pub fn fact_or_else(
        &self,
        name: &str,
        make: impl FnOnce() -> String,
    ) -> Result<String, DatabaseError> {
        if let Some(value) = self.fact(name)? {
            return Ok(value);
        }
        let value = make();
        self.set_fact(name, &value)?;
        Ok(value)
    }
}
