//! Which pages may ask: the creator's sites, the app's own origin inside Whop, and the proxy's own pages.
//! Who is asking is proven by tokens; by a cookie at `POST /session` and `POST /oauth/end` only, where the operator lets
//! visitors sign in with Whop. Foreign pages are turned away before anything is done.

mod turned_away;

use crate::Proxy;
use crate::configuration::{Configuration, OriginPattern};
use crate::error::Refusal;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;
use std::time::Instant;
use turned_away::TurnedAway;

/// From where a request comes.
#[derive(Debug, PartialEq, Eq)]
pub enum Visit {
    /// No page sent it: a server, or a plain navigation.
    NoOrigin,
    /// A page of the origin that it was sent to.
    OwnOrigin,
    /// A creator's site, which has to be named in the answer.
    Site(HeaderValue),
    /// Anybody else's page.
    Foreign,
}

/// Judges the header `Origin`.
pub struct Visits {
    sites: Vec<OriginPattern>,
    app: Vec<OriginPattern>,
    public: Option<OriginPattern>,
    turned_away: TurnedAway,
}

impl Visits {
    /// The pages that the configuration allows.
    pub fn new(configuration: &Configuration) -> Self {
        Self {
            sites: configuration.sites.clone(),
            app: configuration.app_origins.clone(),
            public: configuration.public_url.clone(),
            turned_away: TurnedAway::default(),
        }
    }

    /// Whether visitors may sign in with Whop on pages of that origin: those that the operator has named, or the proxy's
    /// own. Not those under which Whop serves apps, which are other people's, too.
    pub fn sign_in(&self, origin: &str) -> bool {
        let mut own = self.sites.iter().chain(&self.public);
        own.any(|own| own.matches(origin))
    }

    /// Whether a request with these headers comes from such a page, so that a cookie may say who asks.
    pub fn may_sign_in(&self, headers: &HeaderMap) -> bool {
        let origin = headers.get(header::ORIGIN);
        origin
            .and_then(|origin| origin.to_str().ok())
            .is_some_and(|origin| self.sign_in(origin))
    }

    /// From where a request with these headers comes.
    pub fn judge(&self, headers: &HeaderMap) -> Visit {
        let Some(value) = headers.get(header::ORIGIN) else {
            return Visit::NoOrigin;
        };
        let Ok(origin) = value.to_str() else {
            return Visit::Foreign;
        };
        let any = |patterns: &[OriginPattern]| patterns.iter().any(|own| own.matches(origin));
        if any(&self.sites) {
            Visit::Site(value.clone())
        } else if any(&self.app) || self.is_own(origin, headers) {
            Visit::OwnOrigin
        } else {
            Visit::Foreign
        }
    }

    fn is_own(&self, origin: &str, headers: &HeaderMap) -> bool {
        if let Some(public) = &self.public {
            return public.matches(origin);
        }
        let host = headers
            .get(header::HOST)
            .and_then(|value| value.to_str().ok());
        match (origin.split_once("://"), host) {
            (Some((_, authority)), Some(host)) => authority.eq_ignore_ascii_case(host),
            _ => false,
        }
    }
}

/// Turns foreign pages away before anything else happens, answers preflights, and lets the creator's pages read.
pub async fn guard(State(proxy): State<Arc<Proxy>>, request: Request, next: Next) -> Response {
    let visit = proxy.visits.judge(request.headers());
    let is_preflight = request.method() == Method::OPTIONS
        && request
            .headers()
            .contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    // The only ones for which a cookie counts. The page doesn't know whether one does, so it always sends them.
    let takes_cookies = ["/session", "/oauth/end"].contains(&request.uri().path());
    let mut response = match &visit {
        Visit::Foreign => turn_away(&proxy, &request).into_response(),
        Visit::Site(_) if is_preflight => preflight(),
        _ => next.run(request).await,
    };
    let headers = response.headers_mut();
    headers.append(header::VARY, HeaderValue::from_static("origin"));
    if let Visit::Site(origin) = visit {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        if takes_cookies {
            headers.insert(
                header::ACCESS_CONTROL_ALLOW_CREDENTIALS,
                HeaderValue::from_static("true"),
            );
        }
        headers.insert(
            header::ACCESS_CONTROL_EXPOSE_HEADERS,
            HeaderValue::from_static(
                "retry-after, retry-after-ms, x-request-id, idempotency-key, whop-chat-sign-in",
            ),
        );
    }
    response
}

/// Counted here, since the limits lie further in, where their refusals are for the creator's pages to read.
fn turn_away(proxy: &Proxy, request: &Request) -> Refusal {
    if let Err(refusal) = proxy.limits.count_address(request) {
        return refusal;
    }
    let origin = request.headers().get(header::ORIGIN);
    let origin = origin.and_then(|origin| origin.to_str().ok());
    let origin = origin.unwrap_or("no text");
    if let Some(origin) = proxy.visits.turned_away.news(origin, Instant::now()) {
        // The browser hides the answer from that page, so its developer can only learn of it here.
        tracing::warn!(
            origin,
            "a page was turned away: its origin is not in WHOP_CHAT_ALLOWED_ORIGINS"
        );
    }
    Refusal::ForeignOrigin
}

fn preflight() -> Response {
    (
        StatusCode::NO_CONTENT,
        [
            (
                header::ACCESS_CONTROL_ALLOW_METHODS,
                "GET, POST, PATCH, DELETE",
            ),
            (
                header::ACCESS_CONTROL_ALLOW_HEADERS,
                "authorization, content-type, api-version-date, idempotency-key",
            ),
            (header::ACCESS_CONTROL_MAX_AGE, "7200"),
        ],
    )
        .into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visits(public: Option<&str>) -> Visits {
        let parse = |text| OriginPattern::parse(text).unwrap();
        Visits {
            sites: vec![parse("https://creator.example")],
            app: vec![parse("https://*.apps.whop.com")],
            public: public.map(parse),
            turned_away: TurnedAway::default(),
        }
    }

    fn judge(visits: &Visits, origin: Option<&'static str>, host: &'static str) -> Visit {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, HeaderValue::from_static(host));
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, HeaderValue::from_static(origin));
        }
        visits.judge(&headers)
    }

    #[test]
    fn knows_friend_from_foe() {
        let visits = visits(None);
        let host = "chat.example";
        assert_eq!(judge(&visits, None, host), Visit::NoOrigin);
        assert!(matches!(
            judge(&visits, Some("https://creator.example"), host),
            Visit::Site(_)
        ));
        for own in ["https://chat.example", "https://x.apps.whop.com"] {
            assert_eq!(judge(&visits, Some(own), host), Visit::OwnOrigin, "{own}");
        }
        for foreign in [
            "null",
            "",
            "https://evil.example",
            "http://creator.example",
            "https://creator.example.evil.example",
            "https://chat.example:8443",
        ] {
            assert_eq!(
                judge(&visits, Some(foreign), host),
                Visit::Foreign,
                "{foreign}"
            );
        }
    }

    #[test]
    fn visitors_sign_in_on_the_operators_pages_only() {
        let visits = visits(Some("https://chat.example"));
        for origin in ["https://creator.example", "https://chat.example"] {
            assert!(visits.sign_in(origin), "{origin}");
        }
        for origin in [
            "https://x.apps.whop.com",
            "https://evil.example",
            "null",
            "",
        ] {
            assert!(!visits.sign_in(origin), "{origin}");
        }
        assert!(!visits.may_sign_in(&HeaderMap::new()));
    }

    #[test]
    fn a_public_url_is_the_only_own_origin() {
        let visits = visits(Some("https://chat.example"));
        assert_eq!(
            judge(&visits, Some("https://rebound.example"), "rebound.example"),
            Visit::Foreign
        );
        assert_eq!(
            judge(&visits, Some("https://chat.example"), "10.0.0.1:4720"),
            Visit::OwnOrigin
        );
    }
}
