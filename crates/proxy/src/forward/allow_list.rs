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

/// A route of Whop's API.
struct Route {
    path: &'static [Part],
    /// The methods that pass, each with the scope that Whop wants to see in the token. It is Whop that looks.
    methods: &'static [(Method, Option<&'static str>)],
    /// The methods, for the header `Allow`.
    allow: &'static str,
    /// The pattern, for the log.
    name: &'static str,
}

macro_rules! route {
    ($name:literal, $allow:literal, [$($part:expr),*], [$($method:ident $scope:ident),*]) => {
        Route {
            path: &[$($part),*],
            methods: &[$((Method::$method, $scope)),*],
            allow: $allow,
            name: $name,
        }
    };
}

const READ: Option<&str> = Some("chat:read");
const POST: Option<&str> = Some("chat:message:create");
const MODERATE: Option<&str> = Some("chat:moderate");
const READ_DIRECT: Option<&str> = Some("dms:read");
const MANAGE_DIRECT: Option<&str> = Some("dms:channel:manage");
const READ_SUPPORT: Option<&str> = Some("support_chat:read");
const OPEN_SUPPORT: Option<&str> = Some("support_chat:create");
/// Of these Whop's documentation names no scope.
const NONE: Option<&str> = None;

/// All that passes: what a visitor needs in chats, direct messages and support. A word comes before an id where both
/// could match.
static ROUTES: &[Route] = &[
    route!("/messages", "GET, POST", [Word("messages")], [GET READ, POST POST]),
    route!("/messages/{id}", "GET, PATCH, DELETE", [Word("messages"), Id], [GET READ, PATCH POST, DELETE POST]),
    route!("/reactions", "GET, POST", [Word("reactions")], [GET READ, POST READ]),
    route!("/reactions/{id}", "GET, DELETE", [Word("reactions"), Id], [GET READ, DELETE READ]),
    route!("/chat_channels", "GET", [Word("chat_channels")], [GET READ]),
    route!("/chat_channels/{id}", "GET, PATCH", [Word("chat_channels"), Id], [GET READ, PATCH MODERATE]),
    route!("/dm_channels", "GET, POST", [Word("dm_channels")], [GET READ_DIRECT, POST MANAGE_DIRECT]),
    route!(
        "/dm_channels/{id}", "GET, PATCH, DELETE", [Word("dm_channels"), Id],
        [GET READ_DIRECT, PATCH MANAGE_DIRECT, DELETE MANAGE_DIRECT]
    ),
    route!("/dm_members", "GET, POST", [Word("dm_members")], [GET READ_DIRECT, POST MANAGE_DIRECT]),
    route!(
        "/dm_members/{id}", "GET, PATCH, DELETE", [Word("dm_members"), Id],
        [GET READ_DIRECT, PATCH MANAGE_DIRECT, DELETE MANAGE_DIRECT]
    ),
    route!("/support_channels", "GET, POST", [Word("support_channels")], [GET READ_SUPPORT, POST OPEN_SUPPORT]),
    route!("/support_channels/{id}", "GET", [Word("support_channels"), Id], [GET READ_SUPPORT]),
    route!("/files", "POST", [Word("files")], [POST NONE]),
    route!("/files/{id}", "GET", [Word("files"), Id], [GET NONE]),
    route!("/users", "GET", [Word("users")], [GET NONE]),
    route!("/users/{id}", "GET", [Word("users"), Id], [GET NONE]),
    route!("/users/{id}/access/{id}", "GET", [Word("users"), Id, Word("access"), Id], [GET NONE]),
    route!("/experiences/{id}", "GET", [Word("experiences"), Id], [GET NONE]),
];

/// The pattern of the route that takes that method at that path, the path being what follows `/api/v1`, undecoded.
pub fn check(method: &Method, path: &str) -> Result<&'static str, Refusal> {
    let path = path.strip_prefix('/').ok_or(Refusal::NotFound)?;
    let route = ROUTES
        .iter()
        .find(|route| matches(route.path, path))
        .ok_or(Refusal::NotFound)?;
    if route.methods.iter().any(|(passing, _)| passing == method) {
        Ok(route.name)
    } else {
        Err(Refusal::WrongMethod(route.allow))
    }
}

/// The pattern of what follows `/api/v1`, for those who count; nothing where no route has it.
pub fn pattern(path: &str) -> Option<&'static str> {
    let path = path.strip_prefix('/')?;
    let route = ROUTES.iter().find(|route| matches(route.path, path))?;
    Some(route.name)
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
    use crate::session::{Purpose, Role};
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
            (Method::POST, "/dm_channels"),
            (Method::DELETE, "/dm_channels/feed_1"),
            (Method::GET, "/dm_members"),
            (Method::PATCH, "/dm_members/mem_1"),
            (Method::POST, "/support_channels"),
            (Method::GET, "/support_channels/feed_1"),
            (Method::POST, "/files"),
            (Method::GET, "/files/file_1"),
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
            "/support_channels/feed_1/x",
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
            (Method::GET, "/files", "POST"),
            (Method::DELETE, "/support_channels/feed_1", "GET"),
        ] {
            match check(&method, path) {
                Err(Refusal::WrongMethod(found)) => assert_eq!(found, allowed),
                other => panic!("{method} {path}: {other:?}"),
            }
        }
    }

    #[test]
    fn whatever_passes_there_are_tokens_for_and_they_have_no_other_scopes() {
        let all = [Role::Reads, Role::TakesPart, Role::Moderates].map(|role| Purpose {
            role,
            direct_messages: true,
            support: true,
        });
        let mut granted: Vec<&str> = all.iter().flat_map(|all| all.scopes()).collect();
        granted.sort_unstable();
        granted.dedup();
        let methods = || ROUTES.iter().flat_map(|route| route.methods);
        for (_, scope) in methods() {
            assert!(
                scope.is_none_or(|scope| granted.contains(&scope)),
                "{scope:?}"
            );
        }
        // Of messages in support and direct messages Whop's Elements ask for scopes of their own.
        let own = ["dms:message:manage", "support_chat:message:create"];
        for scope in granted {
            let is_needed = methods().any(|(_, needed)| *needed == Some(scope));
            assert!(is_needed || own.contains(&scope), "{scope}");
        }
        for route in ROUTES {
            let methods = route.methods.iter().map(|(method, _)| method.as_str());
            assert_eq!(methods.collect::<Vec<_>>().join(", "), route.allow);
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
