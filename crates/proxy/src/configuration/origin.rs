use std::fmt;

/// Origins that a setting allows: one (`https://creator.example`) or a host's subdomains (`https://*.apps.whop.com`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OriginPattern {
    scheme: String,
    /// Host and port, in lower case, without the scheme's default port.
    authority: String,
    any_subdomain: bool,
}

impl OriginPattern {
    /// Reads a setting. A trailing slash and the default port are forgiven; a path is not.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_lowercase();
        let (scheme, rest) = text.split_once("://")?;
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let (any_subdomain, rest) = match rest.strip_prefix("*.") {
            Some(suffix) => (true, suffix),
            None => (false, rest),
        };
        let default_port = match scheme {
            "https" => ":443",
            "http" => ":80",
            _ => return None,
        };
        let authority = rest.strip_suffix(default_port).unwrap_or(rest);
        let valid = !authority.is_empty()
            && authority
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-.:[]_".contains(&byte));
        valid.then(|| Self {
            scheme: scheme.to_owned(),
            authority: authority.to_owned(),
            any_subdomain,
        })
    }

    /// Whether it covers what a browser sent as `Origin`.
    pub fn matches(&self, origin: &str) -> bool {
        let Some((scheme, authority)) = origin.split_once("://") else {
            return false;
        };
        if !scheme.eq_ignore_ascii_case(&self.scheme) {
            return false;
        }
        let authority = authority.to_ascii_lowercase();
        if !self.any_subdomain {
            return authority == self.authority;
        }
        authority
            .strip_suffix(self.authority.as_str())
            .and_then(|start| start.strip_suffix('.'))
            .is_some_and(|label| {
                !label.is_empty()
                    && label
                        .bytes()
                        .all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte))
            })
    }

    /// Whether pages of it are served over TLS.
    pub fn is_https(&self) -> bool {
        self.scheme == "https"
    }

    /// The same origins with the scheme of their websockets, as a Content-Security-Policy names them.
    pub fn websocket_source(&self) -> String {
        let scheme = if self.is_https() { "wss" } else { "ws" };
        let star = if self.any_subdomain { "*." } else { "" };
        format!("{scheme}://{star}{}", self.authority)
    }
}

impl fmt::Display for OriginPattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let star = if self.any_subdomain { "*." } else { "" };
        write!(formatter, "{}://{star}{}", self.scheme, self.authority)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, origin: &str) -> bool {
        OriginPattern::parse(pattern).unwrap().matches(origin)
    }

    #[test]
    fn one_origin_matches_itself_only() {
        assert!(matches(
            "https://Creator.example/",
            "https://creator.example"
        ));
        assert!(matches(
            "https://creator.example:443",
            "https://creator.example"
        ));
        for foreign in [
            "http://creator.example",
            "https://creator.example:8443",
            "https://creator.example.evil.test",
            "https://evilcreator.example",
            "https://sub.creator.example",
            "null",
            "",
        ] {
            assert!(!matches("https://creator.example", foreign), "{foreign}");
        }
    }

    #[test]
    fn a_star_covers_subdomains_only() {
        assert!(matches(
            "https://*.apps.whop.com",
            "https://abc.apps.whop.com"
        ));
        for foreign in [
            "https://apps.whop.com",
            "https://evilapps.whop.com",
            "https://.apps.whop.com",
            "https://abc.apps.whop.com.evil.test",
            "https://evil.test/.apps.whop.com",
            "https://evil.test#.apps.whop.com",
            "http://abc.apps.whop.com",
        ] {
            assert!(!matches("https://*.apps.whop.com", foreign), "{foreign}");
        }
    }

    #[test]
    fn refuses_what_is_no_origin() {
        for text in [
            "creator.example",
            "ftp://creator.example",
            "https://creator.example/path",
            "https://",
            "*",
            "https://*",
            "https://a b",
        ] {
            assert_eq!(OriginPattern::parse(text), None, "{text}");
        }
    }
}
