//! Whop's JSON through this crate's types and back, as Whop's own packages document it.
//!
//! One literal per entity. Nothing here needs a server.

#![recursion_limit = "256"]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod dms_post;
mod garbage;
mod missing;
mod rest;
mod session;
mod socket;
mod spellings;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// Reads the JSON as `T` and writes it again.
fn round_trip<T: DeserializeOwned + Serialize>(before: &Value) -> Value {
    let text = before.to_string();
    let read: T = match serde_json::from_str(&text) {
        Ok(read) => read,
        Err(error) => panic!("{error} in {text}"),
    };
    serde_json::to_value(&read).unwrap()
}

/// What is written is what was read, to the letter.
#[track_caller]
fn survives<T: DeserializeOwned + Serialize>(before: &Value) {
    assert_eq!(&round_trip::<T>(before), before);
}

/// The same, and with a field that no version knows in each of the entity's objects, however deep.
#[track_caller]
fn survives_the_future<T: DeserializeOwned + Serialize>(before: &Value) {
    survives::<T>(before);
    survives::<T>(&from_the_future(before));
}

/// Adds a field to every object but addresses (`type` and `id`) and the error's envelope, which are closed.
fn from_the_future(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let mut fields: serde_json::Map<String, Value> = fields
                .iter()
                .map(|(name, field)| (name.clone(), from_the_future(field)))
                .collect();
            let is_closed = fields.contains_key("error")
                || fields.contains_key("type") && fields.contains_key("id");
            if !is_closed {
                fields.insert(
                "someday".to_owned(),
                json!({ "since": [2031, null, "é\u{202e}"], "n": 18_446_744_073_709_551_615_u64 }),
            );
            }
            Value::Object(fields)
        }
        Value::Array(items) => Value::Array(items.iter().map(from_the_future).collect()),
        other => other.clone(),
    }
}
