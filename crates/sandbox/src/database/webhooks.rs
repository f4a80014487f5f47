use super::{Database, DatabaseError};
use crate::secret::Secret;
use rusqlite::{OptionalExtension, Row, params};

/// An address that wants to be told of events.
#[derive(Clone, Debug)]
pub struct StoredWebhook {
    /// Its id.
    pub id: String,
    /// Where events are sent.
    pub url: String,
    /// `v1` or `v5`: the form of what is sent, and of its signature.
    pub api_version: String,
    /// The dated version of the API whose entities `v1` sends; those of today when missing.
    pub api_version_date: Option<String>,
    /// Events are sent.
    pub enabled: bool,
    /// Events of child companies are wanted; the sandbox has none.
    pub child_resource_events: bool,
    /// Which events.
    pub events: Vec<String>,
    /// The company or app that it belongs to.
    pub resource_id: String,
    /// What signs the events.
    pub secret: Secret,
    /// When it was made, in milliseconds since the Unix epoch.
    pub created_at: i64,
}

const COLUMNS: &str = "id, url, api_version, enabled, child_resource_events, events, resource_id, secret, created_at, api_version_date";

impl Database {
    /// The webhook of that id.
    pub fn webhook(&self, id: &str) -> Result<Option<StoredWebhook>, DatabaseError> {
        self.connection
            .prepare_cached(&format!("SELECT {COLUMNS} FROM webhooks WHERE id = ?1"))?
            .query_row([id], |row| Ok(read(row)))
            .optional()?
            .transpose()
    }

    /// All webhooks, the newest first.
    pub fn webhooks(&self) -> Result<Vec<StoredWebhook>, DatabaseError> {
        self.connection
            .prepare_cached(&format!(
                "SELECT {COLUMNS} FROM webhooks ORDER BY created_at DESC, id"
            ))?
            .query_map([], |row| Ok(read(row)))?
            .map(|row| row.map_err(DatabaseError::from).flatten())
            .collect()
    }

    /// Stores a webhook; instead of what was known of it.
    pub fn put_webhook(&self, webhook: &StoredWebhook) -> Result<(), DatabaseError> {
        self.connection.execute(
            &format!(
                "INSERT OR REPLACE INTO webhooks ({COLUMNS})
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"
            ),
            params![
                webhook.id,
                webhook.url,
                webhook.api_version,
                webhook.enabled,
                webhook.child_resource_events,
                serde_json::to_string(&webhook.events)?,
                webhook.resource_id,
                webhook.secret.reveal(),
                webhook.created_at,
                webhook.api_version_date,
            ],
        )?;
        Ok(())
    }

    /// Removes a webhook.
    pub fn remove_webhook(&self, id: &str) -> Result<(), DatabaseError> {
        self.connection
            .execute("DELETE FROM webhooks WHERE id = ?1", [id])?;
        Ok(())
    }
}

fn read(row: &Row<'_>) -> Result<StoredWebhook, DatabaseError> {
    Ok(StoredWebhook {
        id: row.get(0)?,
        url: row.get(1)?,
        api_version: row.get(2)?,
        enabled: row.get(3)?,
        child_resource_events: row.get(4)?,
        events: serde_json::from_str(&row.get::<_, String>(5)?)?,
        resource_id: row.get(6)?,
        secret: row.get::<_, String>(7)?.into(),
        created_at: row.get(8)?,
        api_version_date: row.get(9)?,
    })
}
