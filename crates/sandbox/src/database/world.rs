//! All that a sandbox knows, as one JSON document: an object with a list for every table, whose rows are objects. Keys and
//! sign-ins are this installation's, and no part of it.

use super::{Database, DatabaseError};
use crate::company;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rusqlite::params_from_iter;
use rusqlite::types::{Value as Cell, ValueRef};
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Not part of the world.
const OWN: [&str; 2] = ["facts", "oauth_grants"];
/// Columns that hold JSON.
const DOCUMENTS: [&str; 5] = ["banned_words", "body", "events", "mentions", "poll_options"];

/// A world.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(transparent)]
pub struct World(Map<String, Value>);

/// Why a world can't be read.
#[derive(Debug, thiserror::Error)]
pub enum WorldError {
    /// The file can't be read or written.
    #[error("{path}: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// The file is no JSON.
    #[error("{path} is no JSON: {source}")]
    Json {
        /// Which.
        path: PathBuf,
        /// Where and why not.
        source: serde_json::Error,
    },
    /// A place in it is wrong.
    #[error("{place}: {problem}")]
    Place {
        /// Where, such as `messages[17].user_id`.
        place: String,
        /// What is wrong there.
        problem: String,
    },
    /// The database knows something already.
    #[error("--import needs an empty database: choose a --database file that isn't there yet")]
    NotEmpty,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

fn wrong(place: impl Into<String>, problem: impl Into<String>) -> WorldError {
    WorldError::Place {
        place: place.into(),
        problem: problem.into(),
    }
}

impl World {
    /// Reads a file.
    ///
    /// # Errors
    /// When it can't be read, or is no JSON object of lists of objects.
    pub fn read(path: &Path) -> Result<Self, WorldError> {
        let text = std::fs::read(path).map_err(|source| WorldError::File {
            path: path.to_owned(),
            source,
        })?;
        let value = serde_json::from_slice(&text).map_err(|source| WorldError::Json {
            path: path.to_owned(),
            source,
        })?;
        Self::from_json(value)
    }

    /// Checks the form of a document.
    ///
    /// # Errors
    /// When it is no object of lists of objects.
    pub fn from_json(value: Value) -> Result<Self, WorldError> {
        let Value::Object(tables) = value else {
            return Err(wrong("the document", "it must be an object of lists"));
        };
        for (name, rows) in &tables {
            let rows = rows
                .as_array()
                .ok_or_else(|| wrong(name, "it must be a list"))?;
            if let Some(index) = rows.iter().position(|row| !row.is_object()) {
                return Err(wrong(format!("{name}[{index}]"), "it must be an object"));
            }
        }
        Ok(Self(tables))
    }

    fn rows(&self, table: &str) -> impl Iterator<Item = (usize, &Map<String, Value>)> {
        let rows = self.0.get(table).and_then(Value::as_array);
        let rows = rows.map(Vec::as_slice).unwrap_or_default();
        rows.iter()
            .enumerate()
            .filter_map(|(index, row)| Some((index, row.as_object()?)))
    }
}

/// A table's columns, and whether they hold integers, by their names.
type Columns = BTreeMap<String, bool>;

impl Database {
    /// All that is known.
    ///
    /// # Errors
    /// When the database fails.
    pub fn world(&self) -> Result<World, DatabaseError> {
        let mut world = Map::new();
        for table in self.tables()? {
            let mut statement = self.connection.prepare(&format!("SELECT * FROM {table}"))?;
            let names: Vec<String> = statement.column_names().map(ToOwned::to_owned).collect();
            let mut rows = statement.query([])?;
            let mut list = Vec::new();
            while let Some(row) = rows.next()? {
                let mut fields = Map::new();
                for (index, name) in names.iter().enumerate() {
                    fields.insert(name.clone(), field(name, row.get_ref(index)?)?);
                }
                list.push(Value::Object(fields));
            }
            world.insert(table, Value::Array(list));
        }
        Ok(World(world))
    }

    /// Fills an empty database.
    ///
    /// # Errors
    /// With the place of what is wrong; nothing is kept then, as this runs within a transaction.
    pub fn fill_with(&self, world: &World) -> Result<(), WorldError> {
        let tables = self.tables()?;
        let is_agent = |(_, row): (usize, &Map<String, Value>)| {
            row.get("id") == Some(&json!(company::AGENT_ID))
        };
        if !world.rows("users").any(is_agent) {
            let problem = format!("{} is missing, whom the API key acts as", company::AGENT_ID);
            return Err(wrong("users", problem));
        }
        if let Some(unknown) = world.0.keys().find(|name| !tables.contains(name)) {
            let problem = format!("there is no such list; there are {}", tables.join(", "));
            return Err(wrong(unknown, problem));
        }
        for table in &tables {
            let columns = self.columns(table)?;
            for (index, row) in world.rows(table) {
                self.insert(table, index, &columns, row)?;
            }
        }
        Ok(())
    }

    /// Whether nobody is in it yet.
    ///
    /// # Errors
    /// When the database fails.
    pub fn is_empty(&self) -> Result<bool, DatabaseError> {
        Ok(self
            .connection
            .query_row("SELECT NOT EXISTS (SELECT 1 FROM users)", [], |row| {
                row.get(0)
            })?)
    }

    /// Every table of the world, those before it to which it refers.
    fn tables(&self) -> Result<Vec<String>, DatabaseError> {
        let mut statement = self.connection.prepare(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY rowid",
        )?;
        let names = statement.query_map([], |row| row.get::<_, String>(0))?;
        let names = names.collect::<Result<Vec<_>, _>>()?;
        Ok(names
            .into_iter()
            .filter(|name| !OWN.contains(&name.as_str()))
            .collect())
    }

    fn columns(&self, table: &str) -> Result<Columns, DatabaseError> {
        let mut statement = self
            .connection
            .prepare("SELECT name, type FROM pragma_table_info(?1)")?;
        let columns = statement.query_map([table], |row| {
            Ok((row.get(0)?, row.get::<_, String>(1)? == "INTEGER"))
        })?;
        Ok(columns.collect::<Result<_, _>>()?)
    }

    fn insert(
        &self,
        table: &str,
        index: usize,
        columns: &Columns,
        row: &Map<String, Value>,
    ) -> Result<(), WorldError> {
        let place = || format!("{table}[{index}]");
        let mut cells = Vec::new();
        for (name, value) in row {
            let place = || format!("{}.{name}", place());
            let Some(is_integer) = columns.get(name) else {
                let known: Vec<&str> = columns.keys().map(String::as_str).collect();
                let problem = format!("there is no such field; there are {}", known.join(", "));
                return Err(wrong(place(), problem));
            };
            let cell = cell(name, *is_integer, value).map_err(|problem| wrong(place(), problem))?;
            cells.push(cell);
        }
        let names: Vec<&str> = row.keys().map(String::as_str).collect();
        let places = vec!["?"; names.len()].join(", ");
        let statement = format!(
            "INSERT INTO {table} ({}) VALUES ({places})",
            names.join(", ")
        );
        let inserted = self
            .connection
            .prepare_cached(&statement)
            .and_then(|mut statement| statement.execute(params_from_iter(cells)));
        match inserted {
            Ok(_) => Ok(()),
            Err(rusqlite::Error::SqliteFailure(_, Some(problem))) => Err(wrong(place(), problem)),
            Err(error) => Err(DatabaseError::from(error).into()),
        }
    }
}

fn field(name: &str, cell: ValueRef<'_>) -> Result<Value, DatabaseError> {
    Ok(match cell {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => json!(number),
        ValueRef::Real(number) => json!(number),
        ValueRef::Text(text) if DOCUMENTS.contains(&name) => serde_json::from_slice(text)?,
        ValueRef::Text(text) => json!(String::from_utf8_lossy(text)),
        ValueRef::Blob(bytes) => json!({"base64": STANDARD.encode(bytes)}),
    })
}

/// What stands in the database for a value. Moments may be RFC 3339, too, and switches true and false.
fn cell(name: &str, is_integer: bool, value: &Value) -> Result<Cell, String> {
    Ok(match value {
        Value::Null => Cell::Null,
        document if DOCUMENTS.contains(&name) => Cell::Text(document.to_string()),
        Value::Bool(is_so) => Cell::Integer(i64::from(*is_so)),
        Value::Number(number) => match number.as_i64() {
            Some(number) => Cell::Integer(number),
            None => return Err(format!("{number} is no whole number")),
        },
        Value::String(text) if is_integer => {
            let moment = wire::Timestamp::from(text.as_str()).unix_millis();
            Cell::Integer(moment.ok_or_else(|| {
                format!("{text:?} is neither a number nor a moment such as 2026-07-20T12:00:00Z")
            })?)
        }
        Value::String(text) => Cell::Text(text.clone()),
        Value::Object(fields) => {
            let encoded = fields.get("base64").and_then(Value::as_str);
            let bytes = encoded.and_then(|text| STANDARD.decode(text).ok());
            Cell::Blob(bytes.ok_or("an object here must be {\"base64\": …}")?)
        }
        Value::Array(_) => return Err("it can't be a list".to_owned()),
    })
}
