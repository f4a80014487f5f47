use crate::error::Refusal;
use crate::identifier;
use axum::http::Method;

/// A part of a route's path.
enum Part {
    /// That word.
    Word(&'static str),
    /// An id.
    Id,
}

use Part::{Id, Word};

/// A route of Whop's API and the methods that pass.
struct Route {
    path: &'static [Part],
    methods: &'static [Method],
    /// The methods, for the header `Allow`.
    allow: &'static str,
    /// The pattern, for the log.
    name: &'static str,
}

macro_rules! route {
    ($name:literal, $allow:literal, [$($method:ident),*], [$($part:expr),*]) => {
        Route {
            path: &[$($part),*],
            methods: &[$(Method::$method),*],
            allow: $allow,
            name: $name,
        }
    };
}

/// All that passes. A word comes before an id where both could match.
static ROUTES: &[Route] = &[
    route!("/messages", "GET, POST", [GET, POST], [Word("messages")]),
    route!(
        "/messages/{id}",
        "GET, PATCH, DELETE",
        [GET, PATCH, DELETE],
        [Word("messages"), Id]
    ),
    route!("/reactions", "GET, POST", [GET, POST], [Word("reactions")]),
    route!(
        "/reactions/{id}",
        "GET, DELETE",
        [GET, DELETE],
        [Word("reactions"), Id]
    ),
    route!("/chat_channels", "GET", [GET], [Word("chat_channels")]),
    route!(
        "/chat_channels/{id}",
        "GET, PATCH",
        [GET, PATCH],
        [Word("chat_channels"), Id]
    ),
    route!("/users", "GET", [GET], [Word("users")]),
    route!("/users/{id}", "GET", [GET], [Word("users"), Id]),
    route!(
        "/users/{id}/access/{id}",
        "GET",
        [GET],
        [Word("users"), Id, Word("access"), Id]
    ),
    route!("/experiences/{id}", "GET", [GET], [Word("experiences"), Id]),
];

/// The pattern of the route that takes that method at that path, the path being what follows `/api/v1`, undecoded.
pub fn check(method: &Method, path: &str) -> Result<&'static str, Refusal> {
    let path = path.strip_prefix('/').ok_or(Refusal::NotFound)?;
    let route = ROUTES
        .iter()
        .find(|route| matches(route.path, path))
        .ok_or(Refusal::NotFound)?;
    if route.methods.contains(method) {
        Ok(route.name)
    } else {
        Err(Refusal::WrongMethod(route.allow))
    }
}

fn matches(parts: &[Part], path: &str) -> bool {
    let mut segments = path.split('/');
    parts.iter().all(|part| {
        segments.next().is_some_and(|segment| match part {
            Word(word) => segment == *word,
            Id => identifier::is_safe(segment),
        })
    }) && segments.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lets_the_chats_routes_through() {
        for (method, path) in [
            (Method::GET, "/messages"),
            (Method::POST, "/messages"),
            (Method::PATCH, "/messages/msg_1"),
            (Method::DELETE, "/messages/msg_1"),
            (Method::GET, "/reactions"),
            (Method::POST, "/reactions"),
            (Method::DELETE, "/reactions/reac_1"),
            (Method::GET, "/chat_channels"),
            (Method::PATCH, "/chat_channels/exp_1"),
            (Method::GET, "/users"),
            (Method::GET, "/users/user_1"),
            (Method::GET, "/users/user_1/access/exp_1"),
            (Method::GET, "/experiences/exp_1"),
        ] {
            assert!(check(&method, path).is_ok(), "{method} {path}");
        }
    }

    #[test]
    fn refuses_all_else() {
        for path in [
            "",
            "/",
            "/access_tokens",
            "/webhooks",
            "/files",
            "/messages/",
            "//messages",
            "/messages/a/b",
            "/messages/..",
            "/messages/../access_tokens",
            "/messages/%2e%2e",
            "/messages/a%2fb",
            "/users/user_1/access",
            "/users/user_1/tokens/exp_1",
            "/Messages",
            "/experiences",
        ] {
            assert!(
                matches!(check(&Method::GET, path), Err(Refusal::NotFound)),
                "{path}"
            );
        }
    }

    #[test]
    fn names_the_methods_that_pass() {
        for (method, path, allowed) in [
            (Method::DELETE, "/messages", "GET, POST"),
            (Method::PUT, "/messages/msg_1", "GET, PATCH, DELETE"),
            (Method::POST, "/users", "GET"),
            (Method::HEAD, "/messages", "GET, POST"),
        ] {
            match check(&method, path) {
                Err(Refusal::WrongMethod(found)) => assert_eq!(found, allowed),
                other => panic!("{method} {path}: {other:?}"),
            }
        }
    }

    proptest! {
        #[test]
        fn what_passes_has_no_way_out_of_its_route(path in "(/(messages|users|access|[a-z.%/~ ]{0,9})){1,5}") {
            if check(&Method::GET, &path).is_ok() {
                prop_assert!(!path.contains("..") && !path.contains("//") && !path.contains('%'));
            }
        }
    }
}
