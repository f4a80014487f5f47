//! How entities are read: from a JSON value, field by field.
//!
//! Not with serde's derive: it makes a visitor for each type, with code for structs written as arrays and for every
//! order of fields, and that was a third of what a visitor downloaded (docs/adr/0004). One reader serves the widget
//! and the servers. It is as lenient as protobuf's JSON mapping: null stands for a field's default, and an integer
//! may be a string.

use crate::Extra;
use serde::de::{Deserialize, Deserializer, Error as _};
use serde_json::{Map, Value};
use std::fmt;

/// What could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// The entity's type.
    entity: &'static str,
    /// Its field; empty where the entity itself is of the wrong kind.
    field: &'static str,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.entity)?;
        if !self.field.is_empty() {
            formatter.write_str(".")?;
            formatter.write_str(self.field)?;
        }
        formatter.write_str(" is missing or of the wrong kind")
    }
}

/// Something that a JSON value can be read as.
pub trait Read: Sized {
    /// Reads it, or says what is wrong with it.
    fn read(value: Value) -> Result<Self, Unreadable>;
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>, T: Read>(
    deserializer: D,
) -> Result<T, D::Error> {
    T::read(Value::deserialize(deserializer)?).map_err(D::Error::custom)
}

const fn wrong(entity: &'static str) -> Unreadable {
    Unreadable { entity, field: "" }
}

/// An object that is being read.
pub(crate) struct Object {
    entity: &'static str,
    fields: Map<String, Value>,
}

impl Object {
    pub fn new(entity: &'static str, value: Value) -> Result<Self, Unreadable> {
        match value {
            Value::Object(fields) => Ok(Self { entity, fields }),
            _ => Err(wrong(entity)),
        }
    }

    /// A field's value, unless it is missing or null.
    fn take(&mut self, field: &str) -> Option<Value> {
        self.fields.remove(field).filter(|value| !value.is_null())
    }

    fn place(&self, field: &'static str, inner: Unreadable) -> Unreadable {
        // The innermost entity tells most; a string or a number has no name of its own.
        if inner.entity.is_empty() {
            Unreadable {
                entity: self.entity,
                field,
            }
        } else {
            inner
        }
    }

    /// A field that must be there.
    pub fn required<T: Read>(&mut self, field: &'static str) -> Result<T, Unreadable> {
        let value = self.take(field).ok_or(Unreadable {
            entity: self.entity,
            field,
        })?;
        T::read(value).map_err(|inner| self.place(field, inner))
    }

    /// A field that stands for its default where it is missing or null.
    pub fn or_default<T: Read + Default>(&mut self, field: &'static str) -> Result<T, Unreadable> {
        self.optional(field).map(Option::unwrap_or_default)
    }

    /// A field that may be missing or null.
    pub fn optional<T: Read>(&mut self, field: &'static str) -> Result<Option<T>, Unreadable> {
        let Some(value) = self.take(field) else {
            return Ok(None);
        };
        T::read(value)
            .map(Some)
            .map_err(|inner| self.place(field, inner))
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
            fn read(value: serde_json::Value) -> Result<Self, $crate::read::Unreadable> {
                #[allow(unused_mut, reason = "an entity without known fields takes none")]
                let mut object = $crate::read::Object::new(stringify!($name), value)?;
                Ok(Self {
                    $($field: object.$how($key)?,)*
                    $($extra: object.rest(),)?
                })
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

impl Read for Value {
    fn read(value: Value) -> Result<Self, Unreadable> {
        Ok(value)
    }
}

impl Read for String {
    fn read(value: Value) -> Result<Self, Unreadable> {
        match value {
            Value::String(text) => Ok(text),
            _ => Err(wrong("")),
        }
    }
}

impl Read for bool {
    fn read(value: Value) -> Result<Self, Unreadable> {
        value.as_bool().ok_or(wrong(""))
    }
}

impl Read for i64 {
    #[allow(
        clippy::cast_possible_truncation,
        reason = "a number is taken only where nothing is lost"
    )]
    fn read(value: Value) -> Result<Self, Unreadable> {
        let integer = match &value {
            Value::Number(number) => number.as_i64().or_else(|| {
                let number = number.as_f64()?;
                let integer = number as Self;
                (number.fract() == 0.0 && number.abs() < 9e15).then_some(integer)
            }),
            Value::String(text) => text.parse().ok(),
            _ => None,
        };
        integer.ok_or(wrong(""))
    }
}

macro_rules! read_unsigned {
    ($($integer:ident)*) => {$(
        impl Read for $integer {
            fn read(value: Value) -> Result<Self, Unreadable> {
                let integer = i64::read(value)?;
                Self::try_from(integer).map_err(|_| wrong(""))
            }
        }
    )*};
}

read_unsigned!(u16 u32 u64);

impl<T: Read> Read for Vec<T> {
    fn read(value: Value) -> Result<Self, Unreadable> {
        match value {
            Value::Array(values) => values.into_iter().map(T::read).collect(),
            _ => Err(wrong("")),
        }
    }
}

impl<T: Read> Read for Box<T> {
    fn read(value: Value) -> Result<Self, Unreadable> {
        T::read(value).map(Self::new)
    }
}
