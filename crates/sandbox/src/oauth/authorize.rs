use super::codes::Permission;
use crate::clock::random_hex;
use crate::company;
use crate::database::{DatabaseError, StoredUser};
use crate::html::{Value, escape, fill};
use crate::rest::{ApiError, QueryOf};
use crate::state::Sandbox;
use axum::Form;
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse as _, Response};
use reqwest::Url;
use serde::Deserialize;
use std::time::Instant;

/// Asked for when an app names no scope.
const USUAL_SCOPE: &str = "openid";
const MOST_SCOPES: usize = 100;
/// `state` and `nonce` come back as they are.
const LONGEST_VALUE: usize = 2_000;

/// The query of the authorization request (RFC 6749, section 4.1.1; RFC 7636, section 4.3).
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Request {
    response_type: Option<String>,
    client_id: Option<String>,
    redirect_uri: Option<String>,
    scope: Option<String>,
    state: Option<String>,
    nonce: Option<String>,
    code_challenge: Option<String>,
    code_challenge_method: Option<String>,
    company_id: Option<String>,
}

/// What the consent page's form adds: the user who allows it; nobody, when it is denied.
#[derive(Debug, Deserialize)]
pub struct Decision {
    user: Option<String>,
    #[serde(flatten)]
    request: Request,
}

/// How the exchange will be authenticated.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Flow {
    /// `/oauth/authorize`.
    Pkce,
    /// `/oauth`, for `@whop/api`.
    Secret,
}

impl Flow {
    fn path(self) -> &'static str {
        match self {
            Self::Pkce => "/oauth/authorize",
            Self::Secret => "/oauth",
        }
    }
}

/// `GET /oauth/authorize`: the consent page. There is no login: whoever looks chooses whom to be.
pub async fn page_with_pkce(
    State(sandbox): State<Sandbox>,
    query: Result<QueryOf<Request>, ApiError>,
) -> Result<Response, ApiError> {
    page(&sandbox, query.map(|QueryOf(request)| request), Flow::Pkce).await
}

/// `GET /oauth` and `/oauth/`: the same, for clients that have a secret instead of PKCE.
pub async fn page_with_secret(
    State(sandbox): State<Sandbox>,
    query: Result<QueryOf<Request>, ApiError>,
) -> Result<Response, ApiError> {
    page(
        &sandbox,
        query.map(|QueryOf(request)| request),
        Flow::Secret,
    )
    .await
}

/// `POST /oauth/authorize`: what was decided on the page.
pub async fn decide_with_pkce(
    State(sandbox): State<Sandbox>,
    headers: HeaderMap,
    form: Result<Form<Decision>, FormRejection>,
) -> Result<Response, ApiError> {
    decide(&sandbox, &headers, form, Flow::Pkce).await
}

/// `POST /oauth` and `/oauth/`: the same.
pub async fn decide_with_secret(
    State(sandbox): State<Sandbox>,
    headers: HeaderMap,
    form: Result<Form<Decision>, FormRejection>,
) -> Result<Response, ApiError> {
    decide(&sandbox, &headers, form, Flow::Secret).await
}

/// A request that may be answered at its redirect URI.
struct Asked {
    request: Request,
    redirect: Url,
}

/// What was asked for in full.
struct Wanted {
    scopes: Vec<String>,
    challenge: Option<String>,
}

impl Asked {
    /// Checks what an answer at the redirect URI depends on: without it nothing may be sent there.
    fn new(sandbox: &Sandbox, request: Request) -> Result<Self, &'static str> {
        if request.client_id.as_deref() != Some(company::APP_ID) {
            return Err("client_id is not the id of the sandbox's app, app_sandbox.");
        }
        let uri = request
            .redirect_uri
            .as_deref()
            .ok_or("redirect_uri is missing.")?;
        if !sandbox.oauth().client.has_redirect_uri(uri) {
            return Err(
                "redirect_uri is not one of the app's. It must be exactly one that was given to --oauth-redirect-uri \
                 or to client.apps.update().",
            );
        }
        let redirect = Url::parse(uri).map_err(|_| "redirect_uri is no address.")?;
        Ok(Self { request, redirect })
    }

    /// Checks the rest; what is wrong with it is told to the app.
    fn wanted(&self, flow: Flow) -> Result<Wanted, (&'static str, String)> {
        let request = &self.request;
        let invalid = |text: &str| Err(("invalid_request", text.to_owned()));
        match request.response_type.as_deref() {
            Some("code") => {}
            None => return invalid("response_type is missing"),
            Some(_) => {
                return Err((
                    "unsupported_response_type",
                    "response_type must be code".to_owned(),
                ));
            }
        }
        let too_long = |value: &Option<String>| {
            value
                .as_ref()
                .is_some_and(|value| value.len() > LONGEST_VALUE)
        };
        if too_long(&request.state) || too_long(&request.nonce) {
            return invalid("state and nonce can be 2,000 bytes at the most");
        }
        if request
            .company_id
            .as_deref()
            .is_some_and(|id| id != company::COMPANY_ID)
        {
            return invalid("company_id is not the sandbox's company, biz_sandbox");
        }
        let challenge = match (
            &request.code_challenge,
            request.code_challenge_method.as_deref(),
        ) {
            (Some(challenge), Some("S256")) if is_challenge(challenge) => Some(challenge.clone()),
            (Some(_), Some("S256")) => {
                return invalid("code_challenge must be the base64url of a SHA-256, 43 characters");
            }
            (Some(_), _) => return invalid("code_challenge_method must be S256"),
            (None, _) if flow == Flow::Pkce => return invalid("code_challenge is required"),
            (None, _) => None,
        };
        let scopes = scopes(request.scope.as_deref()).map_err(|text| ("invalid_scope", text))?;
        Ok(Wanted { scopes, challenge })
    }

    /// Back to the app with these parameters, and the state as it came.
    fn back(mut self, parameters: &[(&str, &str)]) -> Response {
        {
            let mut pairs = self.redirect.query_pairs_mut();
            pairs.extend_pairs(parameters);
            if let Some(state) = &self.request.state {
                pairs.append_pair("state", state);
            }
        }
        let headers = [
            (header::LOCATION, String::from(self.redirect)),
            (header::CACHE_CONTROL, "no-store".to_owned()),
        ];
        (StatusCode::SEE_OTHER, headers).into_response()
    }
}

async fn page(
    sandbox: &Sandbox,
    query: Result<Request, ApiError>,
    flow: Flow,
) -> Result<Response, ApiError> {
    let asked = match query.map(|request| Asked::new(sandbox, request)) {
        Ok(Ok(asked)) => asked,
        Ok(Err(why)) => return Ok(refusal(why)),
        Err(error) => return Ok(refusal(&error.to_string())),
    };
    let wanted = match asked.wanted(flow) {
        Ok(wanted) => wanted,
        Err((error, text)) => {
            return Ok(asked.back(&[("error", error), ("error_description", &text)]));
        }
    };
    let users = sandbox
        .store()
        .run(|database| database.users(""))
        .await
        .map_err(|error: DatabaseError| ApiError::from(error))?;
    let people = users
        .iter()
        .filter(|user| user.id.as_str() != company::AGENT_ID)
        .fold(String::new(), |html, user| html + &person(user));
    let scopes = wanted.scopes.iter().fold(String::new(), |html, scope| {
        html + &format!("<li><code>{}</code></li>", escape(scope))
    });
    let html = fill(
        include_str!("../../pages/consent.html"),
        &[
            ("app", Value::Text(company::APP_NAME)),
            ("address", Value::Text(asked.redirect.as_str())),
            ("scopes", Value::Html(&scopes)),
            ("fields", Value::Html(&hidden_fields(&asked.request))),
            ("people", Value::Html(&people)),
            ("action", Value::Text(flow.path())),
        ],
    );
    // A form's policy holds for where its answer leads, too.
    let target = match asked.redirect.origin() {
        origin if origin.is_tuple() => origin.ascii_serialization(),
        _ => format!("{}:", asked.redirect.scheme()),
    };
    let policy = format!(
        "default-src 'none'; style-src 'self'; form-action 'self' {target}; base-uri 'none'; frame-ancestors 'none'"
    );
    Ok((StatusCode::OK, page_headers(&policy), Html(html)).into_response())
}

async fn decide(
    sandbox: &Sandbox,
    headers: &HeaderMap,
    form: Result<Form<Decision>, FormRejection>,
    flow: Flow,
) -> Result<Response, ApiError> {
    // Pages elsewhere can't allow anything for the one who looks at them.
    if let Some(origin) = headers.get(header::ORIGIN)
        && !origin
            .to_str()
            .is_ok_and(|origin| sandbox.addresses().is_api_origin(origin))
    {
        return Err(ApiError::Forbidden(
            "Only the consent page itself can send this form".to_owned(),
        ));
    }
    let Decision { user, request } = match form {
        Ok(Form(decision)) => decision,
        Err(error) => return Ok(refusal(&error.body_text())),
    };
    let asked = match Asked::new(sandbox, request) {
        Ok(asked) => asked,
        Err(why) => return Ok(refusal(why)),
    };
    let wanted = match asked.wanted(flow) {
        Ok(wanted) => wanted,
        Err((error, text)) => {
            return Ok(asked.back(&[("error", error), ("error_description", &text)]));
        }
    };
    let Some(user_id) = user.filter(|id| !id.is_empty()) else {
        let denied = "Whoever was asked did not allow it";
        return Ok(asked.back(&[("error", "access_denied"), ("error_description", denied)]));
    };
    let user = sandbox
        .store()
        .run(move |database| database.user(&user_id))
        .await
        .map_err(|error: DatabaseError| ApiError::from(error))?;
    let Some(user) = user else {
        return Ok(refusal("There is no such user."));
    };
    let permission = Permission {
        grant_id: random_hex(16),
        user_id: user.id,
        redirect_uri: asked.request.redirect_uri.clone().unwrap_or_default(),
        scopes: wanted.scopes,
        nonce: asked.request.nonce.clone(),
        company_id: asked.request.company_id.clone(),
        challenge: wanted.challenge,
    };
    let code = sandbox.oauth().codes.open(permission, Instant::now());
    Ok(asked.back(&[("code", &code)]))
}

/// A page that says what is wrong; nothing goes to an address that nobody registered.
fn refusal(why: &str) -> Response {
    let html = fill(
        include_str!("../../pages/consent_refused.html"),
        &[("why", Value::Text(why))],
    );
    let policy = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'";
    (StatusCode::BAD_REQUEST, page_headers(policy), Html(html)).into_response()
}

fn page_headers(policy: &str) -> [(HeaderName, HeaderValue); 2] {
    let policy = HeaderValue::from_str(policy)
        .unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'"));
    [
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::CONTENT_SECURITY_POLICY, policy),
    ]
}

fn person(user: &StoredUser) -> String {
    format!(
        "<li><button name=\"user\" value=\"{}\">{} <span>{}</span></button></li>",
        escape(&user.id),
        escape(user.name.as_deref().unwrap_or(&user.username)),
        escape(user.access_level.as_str()),
    )
}

fn hidden_fields(request: &Request) -> String {
    [
        ("response_type", &request.response_type),
        ("client_id", &request.client_id),
        ("redirect_uri", &request.redirect_uri),
        ("scope", &request.scope),
        ("state", &request.state),
        ("nonce", &request.nonce),
        ("code_challenge", &request.code_challenge),
        ("code_challenge_method", &request.code_challenge_method),
        ("company_id", &request.company_id),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name, value.as_deref()?)))
    .fold(String::new(), |html, (name, value)| {
        html + &format!(
            "<input type=\"hidden\" name=\"{name}\" value=\"{}\">",
            escape(value)
        )
    })
}

fn is_challenge(text: &str) -> bool {
    text.len() == 43
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

/// The scopes of a list that spaces separate, each once: `OpenID` Connect's, and those of Whop's API.
///
/// # Errors
/// Which of them is no scope.
pub fn scopes(list: Option<&str>) -> Result<Vec<String>, String> {
    let mut scopes: Vec<String> = Vec::new();
    for scope in list.unwrap_or(USUAL_SCOPE).split_whitespace() {
        // `read_user` is `@whop/api`'s usual one.
        let is_scope = ["openid", "profile", "email", "read_user"].contains(&scope)
            || crate::rest::is_scope(scope);
        if !is_scope {
            return Err(format!("{scope:?} is no scope"));
        }
        if scopes.len() == MOST_SCOPES {
            return Err(format!("More than {MOST_SCOPES} scopes"));
        }
        if !scopes.iter().any(|own| own == scope) {
            scopes.push(scope.to_owned());
        }
    }
    if scopes.is_empty() {
        return Err("scope names no scope".to_owned());
    }
    Ok(scopes)
}
