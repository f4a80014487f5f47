use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};

/// Milliseconds since the Unix epoch, as text.
#[derive(Clone, Copy, Debug)]
pub struct BigInt(pub i64);

#[Scalar]
impl ScalarType for BigInt {
    fn parse(value: Value) -> InputValueResult<Self> {
        let number = match &value {
            Value::String(text) => text.parse().ok(),
            Value::Number(number) => number.as_i64(),
            _ => None,
        };
        number
            .map(Self)
            .ok_or_else(|| InputValueError::expected_type(value))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// Seconds since the Unix epoch, as a number.
#[derive(Clone, Copy, Debug)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From milliseconds.
    pub fn from_millis(millis: i64) -> Self {
        Self(millis.div_euclid(1_000))
    }
}

#[Scalar]
impl ScalarType for Timestamp {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::Number(number) => number.as_i64().map(Self),
            _ => None,
        }
        .ok_or_else(|| InputValueError::expected_type(value))
    }

    fn to_value(&self) -> Value {
        Value::from(self.0)
    }
}
