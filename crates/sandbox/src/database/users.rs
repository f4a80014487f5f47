use super::{Database, DatabaseError};
use rusqlite::{OptionalExtension, Row, params};
use serde_json::Value;
use wire::rest::{AccessLevel, User, UserReference};
use wire::{Extra, Timestamp, UserId};

/// A user and how much of the company they may reach.
#[derive(Clone, Debug)]
pub struct StoredUser {
    /// The user's id.
    pub id: UserId,
    /// The name they show.
    pub name: Option<String>,
    /// Their unique name.
    pub username: String,
    /// What they say of themselves.
    pub bio: Option<String>,
    /// When they joined, in milliseconds since the Unix epoch.
    pub created_at: i64,
    /// How much of the company, its product and its experiences they may reach.
    pub access_level: AccessLevel,
}

impl StoredUser {
    /// Whether they may see the company's channels at all.
    pub fn has_access(&self) -> bool {
        matches!(
            self.access_level,
            AccessLevel::Customer | AccessLevel::Admin
        )
    }

    /// As messages name them.
    pub fn reference(&self) -> UserReference {
        UserReference {
            id: self.id.clone(),
            name: self.name.clone(),
            username: self.username.clone(),
            ..UserReference::default()
        }
    }

    /// Nobody's mail address: the domain is reserved for examples.
    pub fn email(&self) -> String {
        format!("{}@example.com", self.username)
    }

    /// Their profile. What a sandbox doesn't know of them (money, verification) is null.
    pub fn profile(&self) -> User {
        let mut extra = Extra::default();
        for field in [
            "balance",
            "balance_history",
            "earnings_usd",
            "verification",
            "whop_partner_enabled_at",
        ] {
            extra.insert(field, Value::Null);
        }
        User {
            id: self.id.clone(),
            name: self.name.clone(),
            username: self.username.clone(),
            bio: self.bio.clone(),
            created_at: Timestamp::from_unix_millis(self.created_at),
            profile_picture: None,
            extra,
        }
    }

    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get::<_, String>(0)?.into(),
            name: row.get(1)?,
            username: row.get(2)?,
            bio: row.get(3)?,
            created_at: row.get(4)?,
            access_level: row.get::<_, String>(5)?.as_str().into(),
        })
    }
}

const COLUMNS: &str = "id, name, username, bio, created_at, access_level";

impl Database {
    /// The user of that id.
    pub fn user(&self, id: &str) -> Result<Option<StoredUser>, DatabaseError> {
        Ok(self
            .connection
            .prepare_cached(&format!("SELECT {COLUMNS} FROM users WHERE id = ?1"))?
            .query_row([id], StoredUser::from_row)
            .optional()?)
    }

    /// The user of that id or username.
    pub fn user_named(&self, name: &str) -> Result<Option<StoredUser>, DatabaseError> {
        Ok(self
            .connection
            .prepare_cached(&format!(
                "SELECT {COLUMNS} FROM users WHERE id = ?1 OR username = ?1 ORDER BY id = ?1 DESC"
            ))?
            .query_row([name], StoredUser::from_row)
            .optional()?)
    }

    /// Users in their order whose name or username contains the query, letters' case aside.
    pub fn users(&self, query: &str) -> Result<Vec<StoredUser>, DatabaseError> {
        let query = query.to_lowercase();
        let mut statement = self
            .connection
            .prepare_cached(&format!("SELECT {COLUMNS} FROM users ORDER BY position"))?;
        let users = statement
            .query_map([], StoredUser::from_row)?
            .collect::<Result<Vec<_>, _>>()?;
        Ok(users
            .into_iter()
            .filter(|user| {
                user.username.to_lowercase().contains(&query)
                    || user
                        .name
                        .as_ref()
                        .is_some_and(|name| name.to_lowercase().contains(&query))
            })
            .collect())
    }

    /// Where a user's picture is. A few chose none, and one picture is lost.
    pub fn picture_of(&self, user: &str) -> Option<String> {
        let without = ["user_bob", "user_stranger", crate::company::AGENT_ID];
        (!without.contains(&user)).then(|| self.file_addresses.open(&format!("portrait_{user}")))
    }

    /// Lets a user reach more of the company, or less. Whether there is such a user.
    pub fn set_access_level(&self, id: &str, level: &AccessLevel) -> Result<bool, DatabaseError> {
        let changed = self.connection.execute(
            "UPDATE users SET access_level = ?2 WHERE id = ?1",
            params![id, level.as_str()],
        )?;
        Ok(changed > 0)
    }

    /// Adds a user, after those that are there.
    pub fn add_user(&self, user: &StoredUser) -> Result<(), DatabaseError> {
        self.connection.execute(
            &format!(
                "INSERT INTO users ({COLUMNS}, position)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, (SELECT COUNT(*) FROM users))"
            ),
            params![
                user.id.as_str(),
                user.name,
                user.username,
                user.bio,
                user.created_at,
                user.access_level.as_str()
            ],
        )?;
        Ok(())
    }
}
