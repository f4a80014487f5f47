use super::description::Scope;
use crate::socket::Endpoint;
use axum::http::Method;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Which of the sandbox's two origins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// `api.whop.com`, `ws-prod.whop.com` and whop.com.
    Api,
    /// The app's own.
    App,
}

/// The field `match`: what a fault is aimed at. What is missing is any.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// Of a request, letters' case aside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// The whole path, its beginning before a `*` at the end, or the route, such as `/api/v1/messages/{id}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Of a request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// Whom a request acts as, or whose websocket it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Which websockets: those of servers or those of browsers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<Endpoint>,
    /// A field that the frame has, such as `feedEntity` or `feedEntity.dmsPost`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frame: Option<String>,
}

/// What is known of a request.
#[derive(Clone, Copy, Debug)]
pub struct RequestFacts<'a> {
    /// How.
    pub method: &'a Method,
    /// The path as it was asked for.
    pub path: &'a str,
    /// The route that answers it.
    pub route: Option<&'a str>,
    /// Where.
    pub origin: Origin,
    /// Whom it acts as, as far as that can be told without asking the database.
    pub user: Option<&'a str>,
}

/// What is known of a websocket.
#[derive(Clone, Copy, Debug)]
pub struct SocketFacts<'a> {
    /// Which endpoint.
    pub endpoint: Endpoint,
    /// Whose.
    pub user: Option<&'a str>,
}

/// What is known of a frame to a websocket.
#[derive(Clone, Copy, Debug)]
pub struct FrameFacts<'a> {
    /// To which.
    pub socket: SocketFacts<'a>,
    /// Its JSON.
    pub text: &'a str,
}

impl<'a> FrameFacts<'a> {
    /// Of a frame of that text to a websocket of that user.
    pub fn new(endpoint: Endpoint, user: Option<&'a str>, text: &'a str) -> Self {
        Self {
            socket: SocketFacts { endpoint, user },
            text,
        }
    }
}

impl Target {
    /// A field that has no meaning for faults of that scope.
    pub fn meaningless(&self, scope: Scope) -> Option<&'static str> {
        let is_for = |scopes: &[Scope]| scopes.contains(&scope);
        [
            ("method", self.method.is_some(), is_for(&[Scope::Requests])),
            ("path", self.path.is_some(), is_for(&[Scope::Requests])),
            ("origin", self.origin.is_some(), is_for(&[Scope::Requests])),
            (
                "endpoint",
                self.endpoint.is_some(),
                is_for(&[Scope::Sockets, Scope::Frames]),
            ),
            ("frame", self.frame.is_some(), is_for(&[Scope::Frames])),
        ]
        .into_iter()
        .find_map(|(field, is_there, has_meaning)| (is_there && !has_meaning).then_some(field))
    }

    /// Whether it is aimed at that request.
    pub fn is_request(&self, request: &RequestFacts<'_>) -> bool {
        let is_path = |pattern: &str| match pattern.strip_suffix('*') {
            Some(beginning) => request.path.starts_with(beginning),
            None => pattern == request.path || Some(pattern) == request.route,
        };
        is_any(self.method.as_deref(), |method| {
            method.eq_ignore_ascii_case(request.method.as_str())
        }) && is_any(self.path.as_deref(), is_path)
            && is_any(self.origin, |origin| origin == request.origin)
            && is_any(self.user.as_deref(), |user| Some(user) == request.user)
    }

    /// Whether it is aimed at that websocket.
    pub fn is_socket(&self, socket: &SocketFacts<'_>) -> bool {
        is_any(self.endpoint, |endpoint| endpoint == socket.endpoint)
            && is_any(self.user.as_deref(), |user| Some(user) == socket.user)
    }

    /// Whether it is aimed at that frame.
    pub fn is_frame(&self, frame: &FrameFacts<'_>) -> bool {
        self.is_socket(&frame.socket)
            && is_any(self.frame.as_deref(), |path| {
                let frame: Value = serde_json::from_str(frame.text).unwrap_or_default();
                path.split('.')
                    .try_fold(&frame, |value, name| value.get(name))
                    .is_some()
            })
    }
}

fn is_any<T>(wanted: Option<T>, is: impl FnOnce(T) -> bool) -> bool {
    wanted.is_none_or(is)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(json: &str) -> Target {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn requests_match_by_method_path_route_origin_and_user() {
        let request = RequestFacts {
            method: &Method::GET,
            path: "/api/v1/messages/msg_1",
            route: Some("/api/v1/messages/{id}"),
            origin: Origin::Api,
            user: Some("user_ada"),
        };
        for aimed in [
            r"{}",
            r#"{"method": "get"}"#,
            r#"{"path": "/api/v1/messages/msg_1"}"#,
            r#"{"path": "/api/v1/messages/{id}"}"#,
            r#"{"path": "/api/v1/*", "origin": "api", "user": "user_ada"}"#,
        ] {
            assert!(target(aimed).is_request(&request), "{aimed}");
        }
        for other in [
            r#"{"method": "POST"}"#,
            r#"{"path": "/api/v1/messages"}"#,
            r#"{"path": "/api/v2/*"}"#,
            r#"{"origin": "app"}"#,
            r#"{"user": "user_bob"}"#,
        ] {
            assert!(!target(other).is_request(&request), "{other}");
        }
    }

    #[test]
    fn frames_match_by_a_field_that_they_have() {
        let text = r#"{"feedEntity":{"dmsPost":{"content":null}}}"#;
        let frame = FrameFacts::new(Endpoint::Browser, None, text);
        for aimed in [
            r#"{"frame": "feedEntity"}"#,
            r#"{"frame": "feedEntity.dmsPost", "endpoint": "browser"}"#,
        ] {
            assert!(target(aimed).is_frame(&frame), "{aimed}");
        }
        for other in [
            r#"{"frame": "feedEntity.reaction"}"#,
            r#"{"endpoint": "server"}"#,
            r#"{"user": "user_ada"}"#,
        ] {
            assert!(!target(other).is_frame(&frame), "{other}");
        }
    }
}
