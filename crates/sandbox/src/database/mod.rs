//! What the sandbox remembers, in one `SQLite` file or in memory: rows in, `wire` entities out.
//! Nothing here knows HTTP, who is asking or what they may do.

mod cards;
mod channels;
mod conversations;
mod feeds;
mod files;
mod forums;
mod grants;
mod keys;
mod members;
mod messages;
mod multipart;
mod mutes;
mod notifications;
mod paging;
mod reactions;
mod schema;
mod seeding;
mod users;
mod webhooks;
mod world;

pub use channels::StoredChannel;
pub use conversations::{NewConversation, StoredConversation};
pub use feeds::{Feed, FeedKind};
pub use files::{StoredFile, Upload};
pub use forums::{StoredForum, StoredForumPost};
pub use grants::StoredGrant;
pub use members::StoredMember;
pub use messages::{MessageChange, NewMessage, StoredMessage};
pub use multipart::{MultipartUpload, StoredPart};
pub use paging::{Position, Window, page_of};
pub use reactions::{ReactionMeaning, ReactionOutcome, StoredReaction};
pub use seeding::Seed;
pub use users::StoredUser;
pub use webhooks::StoredWebhook;
pub use world::{World, WorldError};

use crate::clock::{Skew, random_hex};
use crate::options::Storage;
use crate::signed_address::FileAddresses;
use rusqlite::Connection;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Why the database could not answer.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// `SQLite` refused.
    #[error("SQLite: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// A column that holds JSON holds something else.
    #[error("a stored value is damaged: {0}; start with a new --database file")]
    Damaged(#[from] serde_json::Error),
    /// The file was written by another version.
    #[error(
        "{path} was written by another version of the sandbox (schema {found}, this is {expected}); \
         delete it (`cargo xtask serve --fresh` does) or choose another --database file"
    )]
    OtherVersion {
        /// The file.
        path: PathBuf,
        /// Its schema's version.
        found: i64,
        /// This program's.
        expected: i64,
    },
    /// A worker thread ended early.
    #[error("a database worker was stopped")]
    Stopped,
}

/// One connection to the database.
#[derive(Debug)]
pub struct Database {
    connection: Connection,
    file_addresses: FileAddresses,
}

impl Database {
    /// Opens or creates the database. `files_address` goes before a file's id in its address.
    ///
    /// # Errors
    /// When the file can't be opened, or was written by another version.
    pub fn open(storage: &Storage, files_address: String) -> Result<Self, DatabaseError> {
        let connection = match storage {
            Storage::Memory => Connection::open_in_memory()?,
            Storage::File(path) => Connection::open(path)?,
        };
        // WAL with full synchronisation: an accepted message survives a crash of the machine.
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", "ON")?;
        let found: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
        match found {
            0 => {
                connection.execute_batch(&format!(
                    "BEGIN; {} PRAGMA user_version = {}; COMMIT;",
                    schema::TABLES,
                    schema::VERSION
                ))?;
            }
            schema::VERSION => {}
            found => {
                return Err(DatabaseError::OtherVersion {
                    path: match storage {
                        Storage::Memory => PathBuf::new(),
                        Storage::File(path) => path.clone(),
                    },
                    found,
                    expected: schema::VERSION,
                });
            }
        }
        let mut database = Self {
            connection,
            file_addresses: FileAddresses::new(String::new(), String::new().into()),
        };
        let secret = database.fact_or_else("file_secret", || random_hex(32))?;
        database.file_addresses = FileAddresses::new(files_address, secret.into());
        Ok(database)
    }

    /// Runs the work as one transaction: all of it is stored, or nothing.
    ///
    /// # Errors
    /// Those of the work, and `SQLite`'s.
    pub fn transaction<T, E: From<DatabaseError>>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        if !self.connection.is_autocommit() {
            // Earlier work panicked half-way; nothing of it counts.
            self.execute_batch("ROLLBACK")?;
        }
        self.execute_batch("BEGIN IMMEDIATE")?;
        match work(self) {
            Ok(value) => {
                self.execute_batch("COMMIT")?;
                Ok(value)
            }
            Err(error) => {
                self.execute_batch("ROLLBACK")?;
                Err(error)
            }
        }
    }

    fn execute_batch(&self, statements: &str) -> Result<(), DatabaseError> {
        Ok(self.connection.execute_batch(statements)?)
    }
}

/// The database, shared by all requests. Work runs on blocking threads, one at a time: so frames that are published
/// within the work are published in the order of the commits.
#[derive(Clone, Debug)]
pub struct Store {
    database: Arc<Mutex<Database>>,
}

impl Store {
    /// Shares the database.
    pub fn new(database: Database) -> Self {
        Self {
            database: Arc::new(Mutex::new(database)),
        }
    }

    /// Runs the work in one transaction, away from the async threads.
    ///
    /// # Errors
    /// Those of the work, and [`DatabaseError::Stopped`] when the program ends meanwhile.
    pub async fn run<T, E>(
        &self,
        work: impl FnOnce(&mut Database) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DatabaseError> + Send + 'static,
    {
        let (database, clock) = (Arc::clone(&self.database), Skew::current());
        let work = move || lock(&database).transaction(work);
        tokio::task::spawn_blocking(|| clock.sync_scope(work))
            .await
            .unwrap_or_else(|_| Err(DatabaseError::Stopped.into()))
    }

    /// Runs the work and, once it is committed, publishes what it says, before any other work can begin.
    ///
    /// # Errors
    /// As [`Store::run`]; nothing is published then.
    pub async fn run_then<T, E>(
        &self,
        work: impl FnOnce(&mut Database) -> Result<T, E> + Send + 'static,
        publish: impl FnOnce(&T) + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DatabaseError> + Send + 'static,
    {
        let (database, clock) = (Arc::clone(&self.database), Skew::current());
        let work = move || {
            let mut database = lock(&database);
            let value = database.transaction(work)?;
            publish(&value);
            Ok(value)
        };
        tokio::task::spawn_blocking(|| clock.sync_scope(work))
            .await
            .unwrap_or_else(|_| Err(DatabaseError::Stopped.into()))
    }
}

/// A panic within a transaction leaves it open; the next one takes it back first.
fn lock(database: &Mutex<Database>) -> MutexGuard<'_, Database> {
    database.lock().unwrap_or_else(PoisonError::into_inner)
}
