use crate::clock::random_hex;
use crate::database::StoredUser;
use crate::rest::{ApiError, QueryOf};
use crate::state::Sandbox;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use wire::UserId;

/// The app origin's cookie. The app itself never sees it.
pub const COOKIE: &str = "whop_sandbox_visitor";
const CODE_LASTS: Duration = Duration::from_secs(60);

/// The one-time codes with which the host page hands a user over to the app's origin.
#[derive(Debug, Default)]
pub struct Entrances(Mutex<HashMap<String, (UserId, Instant)>>);

impl Entrances {
    /// A new code for that user, good for one use within a minute.
    pub fn open(&self, user_id: UserId) -> String {
        let code = random_hex(16);
        let now = Instant::now();
        let mut codes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        codes.retain(|_, (_, made)| now - *made < CODE_LASTS);
        codes.insert(code.clone(), (user_id, now));
        code
    }

    fn take(&self, code: &str) -> Option<UserId> {
        let mut codes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (user_id, made) = codes.remove(code)?;
        (made.elapsed() < CODE_LASTS).then_some(user_id)
    }
}

/// The query of `GET /_whop/enter`.
#[derive(Debug, Deserialize)]
pub struct Enter {
    token: String,
    next: String,
}

/// `GET /_whop/enter` on the app's origin: signs the code's user in and goes on to the app's page.
pub async fn enter(
    State(sandbox): State<Sandbox>,
    QueryOf(query): QueryOf<Enter>,
) -> Result<Response, ApiError> {
    if !is_own_path(&query.next) {
        return Err(ApiError::bad_request("next must be a path of this origin"));
    }
    let user_id = sandbox
        .entrances()
        .take(&query.token)
        .ok_or(ApiError::Unauthorized(
            "This link was used already, or is too old; reload the host page",
        ))?;
    let cookie = sandbox.tokens().visitor_cookie(&user_id)?;
    let headers = [
        (
            header::SET_COOKIE,
            format!("{COOKIE}={cookie}; Path=/; HttpOnly; SameSite=Lax"),
        ),
        (header::LOCATION, query.next),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((StatusCode::SEE_OTHER, headers).into_response())
}

/// A path, and nothing that a browser would read as another host.
pub fn is_own_path(next: &str) -> bool {
    next.starts_with('/')
        && !next.starts_with("//")
        && !next
            .bytes()
            .any(|byte| byte == b'\\' || byte.is_ascii_control())
        && next.is_ascii()
}

/// The user whom the app origin's cookie names.
///
/// # Errors
/// When the database fails.
pub async fn visitor(
    sandbox: &Sandbox,
    headers: &HeaderMap,
) -> Result<Option<StoredUser>, ApiError> {
    let user_id = cookies(headers)
        .filter(|(name, _)| *name == COOKIE)
        .find_map(|(_, value)| sandbox.tokens().read_visitor_cookie(value));
    let Some(user_id) = user_id else {
        return Ok(None);
    };
    Ok(sandbox
        .store()
        .run(move |database| database.user(&user_id))
        .await?)
}

/// All cookies of a request.
pub fn cookies(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    headers
        .get_all(header::COOKIE)
        .into_iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|cookie| cookie.trim().split_once('='))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_opens_once() {
        let entrances = Entrances::default();
        let code = entrances.open("user_ada".into());
        assert_eq!(entrances.take(&code).as_deref(), Some("user_ada"));
        assert_eq!(entrances.take(&code), None);
        assert_eq!(entrances.take(""), None);
    }

    #[test]
    fn redirects_stay_on_this_origin() {
        assert!(is_own_path("/experiences/exp_general?x=1"));
        for next in [
            "",
            "x",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/a\nb",
            "/ä",
        ] {
            assert!(!is_own_path(next), "{next:?}");
        }
    }
}
