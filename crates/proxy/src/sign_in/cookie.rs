use axum::http::{HeaderMap, HeaderValue, header};

/// Browsers drop cookies whose name and value are longer than 4,096 bytes.
const LONGEST: usize = 4_000;

/// Both are the proxy's origin's own (`__Host-`): no subdomain can set them, and they go nowhere else.
#[derive(Clone, Copy)]
pub enum Cookie {
    /// Holds a sign-in that began until Whop sends the visitor back: by a link, which `Lax` lets carry it.
    Begun,
    /// Holds who is signed in. It goes with requests of the creator's pages, which are mostly another site's: so `None`.
    /// It is kept apart for each of those sites (`Partitioned`): others browsers don't keep there.
    SignedIn,
}

impl Cookie {
    const fn name(self) -> &'static str {
        match self {
            Self::Begun => "__Host-whop-chat-begun",
            Self::SignedIn => "__Host-whop-chat",
        }
    }

    const fn attributes(self) -> &'static str {
        match self {
            Self::Begun => "Path=/; Secure; HttpOnly; SameSite=Lax",
            Self::SignedIn => "Path=/; Secure; HttpOnly; SameSite=None; Partitioned",
        }
    }

    /// What the browser holds.
    pub fn find(self, headers: &HeaderMap) -> Option<&str> {
        headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .find_map(|pair| pair.trim().strip_prefix(self.name())?.strip_prefix('='))
    }

    /// Has the browser hold that for so many seconds. Nothing where no browser would.
    pub fn set(self, value: &str, seconds: i64) -> Option<HeaderValue> {
        if self.name().len() + value.len() > LONGEST {
            return None;
        }
        let (name, attributes) = (self.name(), self.attributes());
        HeaderValue::from_str(&format!("{name}={value}; Max-Age={seconds}; {attributes}")).ok()
    }

    /// Has the browser forget it.
    pub fn clear(self) -> Option<HeaderValue> {
        self.set("", 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn are_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.append(
            "cookie",
            HeaderValue::from_static("a=b; __Host-whop-chat-begun=1"),
        );
        headers.append(
            "cookie",
            HeaderValue::from_static("x__Host-whop-chat=2; __Host-whop-chat=3=; c"),
        );
        assert_eq!(Cookie::Begun.find(&headers), Some("1"));
        assert_eq!(Cookie::SignedIn.find(&headers), Some("3="));
        assert_eq!(Cookie::SignedIn.find(&HeaderMap::new()), None);
    }

    #[test]
    fn are_for_this_origin_and_no_script() {
        for cookie in [Cookie::Begun, Cookie::SignedIn] {
            let set = cookie.set("x", 60).unwrap();
            let set = set.to_str().unwrap();
            for part in [
                "__Host-",
                "Path=/;",
                "Secure",
                "HttpOnly",
                "SameSite",
                "Max-Age=60",
            ] {
                assert!(set.contains(part), "{set}");
            }
            assert!(!set.contains("Domain"));
            assert_eq!(cookie.set(&"x".repeat(LONGEST), 60), None);
        }
    }
}
