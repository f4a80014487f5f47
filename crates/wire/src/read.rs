//! How entities are read: from a JSON value, field by field.
//!
//! Not with serde's derive: it makes a visitor for each type, with code for structs written as arrays and for every
//! order of fields, and that was a third of what a visitor downloaded (docs/adr/0004). One reader serves the widget
//! and the servers. It is as lenient as protobuf's JSON mapping: null stands for a field's default, and an integer
//! may be a string.
//!
//! What is wrong is noted rather than returned: a way out after each field, which drops those before it, would be most of the
//! code (docs/adr/0008).

use crate::Extra;
use crate::json::Value;
use serde::de::{Deserialize, Deserializer, Error as _};
use std::borrow::Cow;
use std::fmt;

/// What could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// The entity's type; empty where not even JSON could be read.
    entity: &'static str,
    /// Its field; empty where the entity itself is of the wrong kind.
    field: &'static str,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.entity.is_empty() {
            return formatter.write_str("the text is no JSON, or of the wrong kind");
        }
        formatter.write_str(self.entity)?;
        if !self.field.is_empty() {
            formatter.write_str(".")?;
            formatter.write_str(self.field)?;
        }
        formatter.write_str(" is missing or of the wrong kind")
    }
}

impl std::error::Error for Unreadable {}

/// Reads an entity from a JSON text.
pub fn from_json<T: Read>(text: &str) -> Result<T, Unreadable> {
    let value = Value::parse(text).ok_or(Unreadable {
        entity: "",
        field: "",
    })?;
    from_value(value)
}

/// Reads an entity from a JSON value.
pub fn from_value<T: Read>(value: Value<'_>) -> Result<T, Unreadable> {
    let mut reading = Reading::default();
    let read = T::read(value, &mut reading);
    match reading.wrong {
        None => Ok(read),
        Some(wrong) => Err(wrong),
    }
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>, T: Read>(
    deserializer: D,
) -> Result<T, D::Error> {
    let value = serde_json::Value::deserialize(deserializer)?;
    from_value(value.into()).map_err(D::Error::custom)
}

/// Something that a JSON value can be read as.
pub trait Read: Sized {
    /// Reads it. Where the value is of the wrong kind, that is noted, and what is answered is nothing to be used.
    fn read(value: Value<'_>, reading: &mut Reading) -> Self;
}

/// How far the reading of one document has come.
#[derive(Debug, Default)]
pub struct Reading {
    entity: &'static str,
    field: &'static str,
    /// What was wrong first.
    wrong: Option<Unreadable>,
}

impl Reading {
    /// Notes that what is read just now is missing or of the wrong kind.
    fn note(&mut self) {
        self.wrong.get_or_insert(Unreadable {
            entity: self.entity,
            field: self.field,
        });
    }

    /// The string that a value has to be.
    pub(crate) fn text<'t>(&mut self, value: Value<'t>) -> Cow<'t, str> {
        if let Value::String(text) = value {
            return text;
        }
        self.note();
        Cow::Borrowed("")
    }

    /// The integer that a value has to be, as a number or as a string of one.
    pub(crate) fn integer(&mut self, value: &Value<'_>) -> i64 {
        let integer = match value {
            Value::String(text) => text.parse().ok(),
            number => number
                .whole()
                .and_then(|(integer, exact)| exact.then_some(integer)),
        };
        integer.unwrap_or_else(|| {
            self.note();
            0
        })
    }
}

/// An object that is being read.
pub(crate) struct Object<'t, 'r> {
    entity: &'static str,
    fields: Vec<(Cow<'t, str>, Value<'t>)>,
    reading: &'r mut Reading,
}

impl<'t, 'r> Object<'t, 'r> {
    pub fn new(entity: &'static str, value: Value<'t>, reading: &'r mut Reading) -> Self {
        let fields = if let Value::Object(fields) = value {
            fields
        } else {
            (reading.entity, reading.field) = (entity, "");
            reading.note();
            Vec::new()
        };
        Self {
            entity,
            fields,
            reading,
        }
    }

    /// A field's value; null where it is missing.
    fn take(&mut self, field: &'static str) -> Value<'t> {
        (self.reading.entity, self.reading.field) = (self.entity, field);
        let mut taken = None;
        // Written twice, the last one counts; to look for the others each by itself would take long where they are many.
        if let Some(last) = self.fields.iter().rposition(|(name, _)| name == field) {
            taken = Some(self.fields.remove(last).1);
            if self.fields.iter().any(|(name, _)| name == field) {
                self.fields.retain(|(name, _)| name != field);
            }
        }
        taken.unwrap_or_default()
    }

    /// A field that must be there.
    pub fn required<T: Read>(&mut self, field: &'static str) -> T {
        let value = self.take(field);
        if matches!(value, Value::Null) {
            self.reading.note();
        }
        T::read(value, self.reading)
    }

    /// A list that must be there, without those of its items that can't be read.
    pub fn readable<T: Read>(&mut self, field: &'static str) -> Vec<T> {
        let Value::Array(values) = self.take(field) else {
            self.reading.note();
            return Vec::new();
        };
        let mut items = Vec::with_capacity(values.len());
        for value in values {
            let mut reading = Reading::default();
            let item = T::read(value, &mut reading);
            if reading.wrong.is_none() {
                items.push(item);
            }
        }
        items
    }

    /// A field that stands for its default where it is missing or null.
    pub fn or_default<T: Read + Default>(&mut self, field: &'static str) -> T {
        self.optional(field).unwrap_or_default()
    }

    /// A field that may be missing or null.
    pub fn optional<T: Read>(&mut self, field: &'static str) -> Option<T> {
        match self.take(field) {
            Value::Null => None,
            value => Some(T::read(value, self.reading)),
        }
    }

    /// What nobody asked for.
    pub fn rest(self) -> Extra {
        Extra::from_fields(self.fields)
    }
}

/// Reads an object: each field with how it is read and its name in the JSON.
macro_rules! read_object {
    ($name:ident { $($field:ident: $how:ident $key:literal,)* } $($extra:ident)?) => {
        impl $crate::read::Read for $name {
            fn read(value: $crate::json::Value<'_>, reading: &mut $crate::read::Reading) -> Self {
                #[allow(unused_mut, reason = "an entity without known fields takes none")]
                let mut object = $crate::read::Object::new(stringify!($name), value, reading);
                Self {
                    $($field: object.$how($key),)*
                    $($extra: object.rest(),)?
                }
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::read::deserialize(deserializer)
            }
        }
    };
}

pub(crate) use read_object;

impl Read for String {
    fn read(value: Value<'_>, reading: &mut Reading) -> Self {
        reading.text(value).into_owned()
    }
}

impl Read for bool {
    fn read(value: Value<'_>, reading: &mut Reading) -> Self {
        if let Value::Bool(bool) = value {
            return bool;
        }
        reading.note();
        false
    }
}

impl Read for i64 {
    fn read(value: Value<'_>, reading: &mut Reading) -> Self {
        reading.integer(&value)
    }
}

macro_rules! read_unsigned {
    ($($integer:ident)*) => {$(
        impl Read for $integer {
            fn read(value: Value<'_>, reading: &mut Reading) -> Self {
                let integer = reading.integer(&value);
                Self::try_from(integer).unwrap_or_else(|_| {
                    reading.note();
                    0
                })
            }
        }
    )*};
}

read_unsigned!(u16 u32 u64);

impl<T: Read> Read for Vec<T> {
    fn read(value: Value<'_>, reading: &mut Reading) -> Self {
        let Value::Array(values) = value else {
            reading.note();
            return Self::new();
        };
        let mut items = Self::with_capacity(values.len());
        for value in values {
            items.push(T::read(value, reading));
        }
        items
    }
}

impl<T: Read> Read for Box<T> {
    fn read(value: Value<'_>, reading: &mut Reading) -> Self {
        Self::new(T::read(value, reading))
    }
}
