use std::fmt;

/// Names a request, so that its answer finds what asked for it. Never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(pub(crate) u64);

/// A method of HTTP that Whop's routes use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Read.
    Get,
    /// Make.
    Post,
    /// Change.
    Patch,
    /// Remove.
    Delete,
}

impl Method {
    /// The method's name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// A request that the platform performs.
#[derive(Clone, PartialEq, Eq)]
pub struct HttpRequest {
    /// What to do.
    pub method: Method,
    /// Path and query on the origin that serves `POST /session`.
    pub path: String,
    /// A JSON document.
    pub body: Option<String>,
    /// For `Authorization: Bearer`.
    pub bearer: Option<String>,
    /// For `Idempotency-Key`: what is sent again under the same name counts once.
    pub key: Option<String>,
}

impl fmt::Debug for HttpRequest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.method.as_str(), self.path)
    }
}

/// What came of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HttpOutcome {
    /// The server answered.
    Answered {
        /// The status, 100 to 599.
        status: u16,
        /// The body as text.
        body: String,
        /// `Retry-After`, in milliseconds from now.
        retry_after_millis: Option<u32>,
    },
    /// It did not: no network, no answer in time, or the answer was lost. Whether the request took effect is not
    /// known.
    Lost,
}

/// Percent-encodes a value for a query (RFC 3986, section 2.3: all but the unreserved characters).
pub(crate) fn encode_query(value: &str) -> String {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut encoded = String::with_capacity(value.len());
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            encoded.push(char::from(HEX[usize::from(byte >> 4)]));
            encoded.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::encode_query;

    #[test]
    fn encodes_what_a_query_may_not_hold() {
        assert_eq!(encode_query("a-Z_9.~"), "a-Z_9.~");
        assert_eq!(encode_query("a+/= é&"), "a%2B%2F%3D%20%C3%A9%26");
    }
}
