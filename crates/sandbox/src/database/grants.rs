use super::{Database, DatabaseError};
use rusqlite::{OptionalExtension, Row, params};
use wire::UserId;

/// What a user allowed the app, for as long as its refresh token is renewed.
#[derive(Clone, Debug)]
pub struct StoredGrant {
    /// Tells it from all others; the beginning of its refresh tokens.
    pub id: String,
    /// Who allowed it.
    pub user_id: UserId,
    /// The company that its tokens are for.
    pub company_id: Option<String>,
    /// What was allowed.
    pub scopes: Vec<String>,
    /// Of the newest refresh token.
    pub token_hash: String,
    /// When that ends, in seconds since the Unix epoch.
    pub expires_at: i64,
}

impl Database {
    /// Stores a grant, and forgets those that have expired.
    pub fn add_grant(&self, grant: &StoredGrant, now: i64) -> Result<(), DatabaseError> {
        self.connection
            .execute("DELETE FROM oauth_grants WHERE expires_at <= ?1", [now])?;
        self.connection.execute(
            "INSERT INTO oauth_grants (id, user_id, company_id, scopes, token_hash, expires_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![
                grant.id,
                grant.user_id.as_str(),
                grant.company_id,
                serde_json::to_string(&grant.scopes)?,
                grant.token_hash,
                grant.expires_at
            ],
        )?;
        Ok(())
    }

    /// The grant of that id.
    pub fn grant(&self, id: &str) -> Result<Option<StoredGrant>, DatabaseError> {
        self.connection
            .query_row(
                "SELECT id, user_id, company_id, scopes, token_hash, expires_at FROM oauth_grants WHERE id = ?1",
                [id],
                |row| Ok(read(row)),
            )
            .optional()?
            .transpose()
    }

    /// Stores the hash of its newest refresh token, and when that ends.
    pub fn renew_grant(&self, grant: &StoredGrant) -> Result<(), DatabaseError> {
        self.connection.execute(
            "UPDATE oauth_grants SET token_hash = ?2, expires_at = ?3 WHERE id = ?1",
            params![grant.id, grant.token_hash, grant.expires_at],
        )?;
        Ok(())
    }

    /// Forgets a grant: none of its refresh tokens is good any more.
    pub fn end_grant(&self, id: &str) -> Result<(), DatabaseError> {
        self.connection
            .execute("DELETE FROM oauth_grants WHERE id = ?1", [id])?;
        Ok(())
    }
}

fn read(row: &Row<'_>) -> Result<StoredGrant, DatabaseError> {
    Ok(StoredGrant {
        id: row.get(0)?,
        user_id: row.get::<_, String>(1)?.into(),
        company_id: row.get(2)?,
        scopes: serde_json::from_str(&row.get::<_, String>(3)?)?,
        token_hash: row.get(4)?,
        expires_at: row.get(5)?,
    })
}
