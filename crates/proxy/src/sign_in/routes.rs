use super::cookie::Cookie;
use super::page;
use super::sealed::Kind;
use super::{
    Begun, Display, Handover, LONGEST_HANDOVER, LONGEST_SIGN_IN, SignIn, SignedIn, challenge_of,
    random,
};
use crate::Proxy;
use crate::clock;
use crate::error::Refusal;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use reqwest::Url;
use serde::Deserialize;
use std::sync::Arc;

/// Before the sealed handover in the fragment of the page's address, which no server and no log ever sees.
const FRAGMENT: &str = "whop-chat=";
/// An S256 challenge.
const CHALLENGE: usize = 43;
/// Longer addresses don't fit into the cookie.
const LONGEST_ADDRESS: usize = 2_000;

/// What the page says when it sends a visitor to sign in.
#[derive(Deserialize)]
pub struct Wish {
    /// The page itself.
    return_to: String,
    /// Of a verifier that the page keeps.
    challenge: String,
    #[serde(default)]
    display: Display,
}

/// What Whop says when it sends them back.
#[derive(Deserialize)]
pub struct Answer {
    code: Option<String>,
    state: Option<String>,
}

fn of(proxy: &Proxy) -> Result<&SignIn, Refusal> {
    proxy.sign_in.as_ref().ok_or(Refusal::NotFound)
}

/// The page to come back to, and its origin: one of the operator's sites, or nowhere.
fn target(proxy: &Proxy, address: &str) -> Option<(Url, String)> {
    let mut url = Url::parse(address).ok()?;
    let origin = url.origin().ascii_serialization();
    if !url.username().is_empty() || url.password().is_some() || !proxy.visits.sign_in(&origin) {
        return None;
    }
    url.set_fragment(None);
    if url.as_str().len() > LONGEST_ADDRESS {
        url.set_query(None);
    }
    (url.as_str().len() <= LONGEST_ADDRESS).then_some((url, origin))
}

fn away(to: &Url) -> Result<Response, Refusal> {
    let to = HeaderValue::from_str(to.as_str()).map_err(|_| Refusal::BadReturn)?;
    let mut response = StatusCode::SEE_OTHER.into_response();
    let headers = response.headers_mut();
    headers.insert(header::LOCATION, to);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

fn with_cookie(mut response: Response, cookie: Option<HeaderValue>) -> Response {
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// `GET /oauth/start`: sends the visitor to Whop.
pub async fn start(
    State(proxy): State<Arc<Proxy>>,
    wish: Result<Query<Wish>, QueryRejection>,
    headers: HeaderMap,
) -> Response {
    begin(&proxy, wish).unwrap_or_else(|refusal| page::refused(&headers, refusal))
}

fn begin(proxy: &Proxy, wish: Result<Query<Wish>, QueryRejection>) -> Result<Response, Refusal> {
    let sign_in = of(proxy)?;
    let Query(wish) = wish.map_err(|_| Refusal::BadReturn)?;
    let (return_to, _) = target(proxy, &wish.return_to).ok_or(Refusal::BadReturn)?;
    let is_challenge = wish.challenge.len() == CHALLENGE
        && wish
            .challenge
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    if !is_challenge {
        return Err(Refusal::BadReturn);
    }
    let begun = Begun {
        state: random(),
        nonce: random(),
        verifier: random(),
        return_to: return_to.into(),
        display: wish.display,
        challenge: wish.challenge,
        expires_at: clock::unix_seconds() + LONGEST_SIGN_IN,
    };
    let challenge = challenge_of(&begun.verifier);
    let to = sign_in
        .whop
        .authorize(&begun.state, &begun.nonce, &challenge)
        .ok_or(Refusal::BadGateway)?;
    let sealed = sign_in.seal.close(Kind::Begun, &begun);
    let cookie = sealed.and_then(|sealed| Cookie::Begun.set(&sealed, LONGEST_SIGN_IN));
    let cookie = cookie.ok_or(Refusal::BadGateway)?;
    Ok(with_cookie(away(&to)?, Some(cookie)))
}

/// `GET /oauth/callback`: Whop sends the visitor back, and they go on to the page that they came from.
pub async fn callback(
    State(proxy): State<Arc<Proxy>>,
    answer: Result<Query<Answer>, QueryRejection>,
    headers: HeaderMap,
) -> Response {
    let returned = come_back(&proxy, answer, &headers).await;
    // What began is over, however it ended.
    let cookie = proxy.sign_in.as_ref().and_then(|_| Cookie::Begun.clear());
    let page = returned.unwrap_or_else(|refusal| page::refused(&headers, refusal));
    with_cookie(page, cookie)
}

async fn come_back(
    proxy: &Proxy,
    answer: Result<Query<Answer>, QueryRejection>,
    headers: &HeaderMap,
) -> Result<Response, Refusal> {
    let sign_in = of(proxy)?;
    let Query(answer) = answer.map_err(|_| Refusal::StaleSignIn)?;
    let now = clock::unix_seconds();
    // Without the cookie of this very browser, somebody else began this: a page can't sign its visitor in as another.
    let begun: Begun = Cookie::Begun
        .find(headers)
        .and_then(|cookie| sign_in.seal.open(Kind::Begun, cookie))
        .filter(|begun: &Begun| begun.expires_at > now)
        .filter(|begun| answer.state.as_deref() == Some(begun.state.as_str()))
        .ok_or(Refusal::StaleSignIn)?;
    let claim = sign_in
        .used
        .claim("", Some(&begun.state), begun.expires_at, now)
        .map_err(|_| Refusal::StaleSignIn)?;
    claim.keep();
    // The operator may have taken it back since.
    let (return_to, origin) = target(proxy, &begun.return_to).ok_or(Refusal::BadReturn)?;
    let Some(code) = &answer.code else {
        // They didn't want to.
        return Ok(page::done(headers, &return_to, &origin, begun.display, ""));
    };
    let (user, refresh_token) = sign_in
        .whop
        .exchange(code, &begun.verifier, &begun.nonce, now)
        .await?;
    let handover = Handover {
        id: random(),
        signed_in: SignedIn {
            id: random(),
            user,
            refresh_token,
            began_at: now,
            checked_at: now,
        },
        origin: origin.clone(),
        challenge: begun.challenge,
        expires_at: now + LONGEST_HANDOVER,
    };
    let sealed = sign_in.seal.close(Kind::Handover, &handover);
    let sealed = sealed.ok_or(Refusal::BadGateway)?;
    let fragment = [FRAGMENT, &sealed].concat();
    Ok(page::done(
        headers,
        &return_to,
        &origin,
        begun.display,
        &fragment,
    ))
}

/// `POST /oauth/end`: signs the visitor out, here and at Whop. Only the operator's pages can ask for it.
pub async fn end(State(proxy): State<Arc<Proxy>>, headers: HeaderMap) -> Result<Response, Refusal> {
    let sign_in = of(&proxy)?;
    if !proxy.visits.may_sign_in(&headers) {
        return Err(Refusal::ForeignOrigin);
    }
    sign_in.end(&headers, clock::unix_seconds()).await;
    let ended = StatusCode::NO_CONTENT.into_response();
    Ok(with_cookie(ended, Cookie::SignedIn.clear()))
}
