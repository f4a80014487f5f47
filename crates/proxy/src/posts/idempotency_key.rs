use crate::error::Refusal;
use axum::http::HeaderMap;

/// The header of draft-ietf-httpapi-idempotency-key-header.
pub const HEADER: &str = "idempotency-key";
const LONGEST: usize = 100;

/// What a client calls one post of its own, however often it has to send it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct IdempotencyKey(Box<str>);

impl IdempotencyKey {
    /// The key of a request, if it has one: a string of the header's own syntax, or, as most send it, without quotes.
    /// It goes into frames as it is, so it has no character that JSON would write in another way.
    pub fn of(headers: &HeaderMap) -> Result<Option<Self>, Refusal> {
        let mut values = headers.get_all(HEADER).iter();
        let Some(value) = values.next() else {
            return Ok(None);
        };
        let text = value.to_str().unwrap_or_default().trim();
        let quoted = text
            .strip_prefix('"')
            .and_then(|text| text.strip_suffix('"'));
        let key = quoted.unwrap_or(text);
        let is_plain = |byte: u8| (b' '..=b'~').contains(&byte) && !b"\"\\".contains(&byte);
        let is_right = (1..=LONGEST).contains(&key.len()) && key.bytes().all(is_plain);
        if !is_right || values.next().is_some() {
            return Err(Refusal::BadBody(format!(
                "its Idempotency-Key must be one string of 1 to {LONGEST} letters, digits and signs."
            )));
        }
        Ok(Some(Self(key.into())))
    }

    /// The key as text, without quotes.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn of(values: &[&str]) -> Result<Option<String>, ()> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(HEADER, HeaderValue::from_str(value).unwrap());
        }
        let key = IdempotencyKey::of(&headers).map_err(|_| ())?;
        Ok(key.map(|key| key.as_str().to_owned()))
    }

    #[test]
    fn is_a_string_with_quotes_or_without() {
        let id = "8e03978e-40d5-43e8-bc93-6894a57f9324";
        assert_eq!(of(&[]), Ok(None));
        assert_eq!(of(&[id]), Ok(Some(id.to_owned())));
        assert_eq!(of(&[&format!("\"{id}\"")]), Ok(Some(id.to_owned())));
        assert_eq!(of(&[" a b "]), Ok(Some("a b".to_owned())));
    }

    #[test]
    fn is_nothing_that_could_be_taken_for_something_else() {
        let long = "x".repeat(101);
        for values in [
            &[""][..],
            &["\"\""],
            &["\"a"],
            &["a\"b"],
            &["a\\u0022"],
            &["a\tb"],
            &["é"],
            &[&long],
            &["a", "b"],
        ] {
            assert_eq!(of(values), Err(()), "{values:?}");
        }
    }
}
