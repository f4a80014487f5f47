//! The demo site of a creator who embeds the widget. It plays the creator's backend too: it vouches for its visitors
//! with signed assertions. That `?user=` chooses the visitor is what makes it a demo.

use crate::company;
use crate::database::StoredUser;
use crate::html::{Value, escape, fill};
use crate::options::CreatorSite;
use crate::rest::{ApiError, QueryOf};
use crate::tokens::creator_assertion;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;

const THEMES: [&str; 3] = ["system", "light", "dark"];
const STYLES: [&str; 2] = ["imessage", "discord"];
const LOCALES: [&str; 12] = [
    "", "en", "es", "zh", "nl", "pt", "de", "it", "fr", "ja", "pl", "tr",
];

/// No channel's id is longer, in bytes.
const LONGEST_ID: usize = 100;

/// The query of the page. But for the channel, what is not known counts as not given.
#[derive(Debug, Default, Deserialize)]
struct Choices {
    user: Option<String>,
    channel: Option<String>,
    theme: Option<String>,
    style: Option<String>,
    locale: Option<String>,
}

/// The routes.
pub fn router(site: CreatorSite) -> Router {
    Router::new()
        .route("/", get(page))
        .route("/style.css", get(style))
        .route("/chat-token", get(token))
        .fallback(|| async { ApiError::NoRoute })
        .method_not_allowed_fallback(|| async { ApiError::MethodNotAllowed })
        .with_state(Arc::new(site))
}

/// The value if it is one of the known ones, or else the first of them.
fn one_of<'a>(known: &[&'a str], value: Option<&str>) -> &'a str {
    known
        .iter()
        .find(|known| Some(**known) == value)
        .or(known.first())
        .copied()
        .unwrap_or_default()
}

fn is_id(text: &str) -> bool {
    (1..=LONGEST_ID).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn visitors() -> Vec<StoredUser> {
    let mut users = company::users();
    users.retain(|user| user.id.as_str() != company::AGENT_ID);
    // The first is who comes without choosing.
    if let Some(index) = users.iter().position(|user| user.id.as_str() == "user_ada") {
        users.swap(0, index);
    }
    users
}

fn chosen_visitor(value: Option<&str>) -> Option<StoredUser> {
    let users = visitors();
    let index = users
        .iter()
        .position(|user| Some(user.id.as_str()) == value)
        .unwrap_or(0);
    users.into_iter().nth(index)
}

async fn page(
    State(site): State<Arc<CreatorSite>>,
    QueryOf(choices): QueryOf<Choices>,
) -> Result<Response, ApiError> {
    let user = chosen_visitor(choices.user.as_deref()).ok_or(ApiError::NotFound("user"))?;
    let channels = company::channels();
    let channel_ids: Vec<&str> = channels.iter().map(|channel| channel.id.as_str()).collect();
    // One that is not known is embedded all the same: so the demo shows what the widget makes of it.
    let channel_id = choices
        .channel
        .as_deref()
        .filter(|id| is_id(id))
        .unwrap_or(one_of(&channel_ids, None));
    let theme = one_of(&THEMES, choices.theme.as_deref());
    let locale = one_of(&LOCALES, choices.locale.as_deref());
    let assertion = creator_assertion(&site.assertion_secret, &user.id)?;
    let token_url = format!("/chat-token?user={}", user.id);
    let channel_options = channels
        .iter()
        .map(|channel| (channel.id.as_str(), channel.name.as_str()));
    let html = fill(
        include_str!("../pages/creator_site.html"),
        &[
            ("studio", Value::Text(company::COMPANY_TITLE)),
            ("course", Value::Text(company::PRODUCT_TITLE)),
            ("widget_origin", Value::Text(&site.widget_origin)),
            (
                "user",
                Value::Text(user.name.as_deref().unwrap_or(&user.username)),
            ),
            ("user_id", Value::Text(&user.id)),
            ("channel_id", Value::Text(channel_id)),
            ("theme", Value::Text(theme)),
            (
                "style",
                Value::Text(one_of(&STYLES, choices.style.as_deref())),
            ),
            ("locale", Value::Text(locale)),
            ("assertion", Value::Text(&assertion)),
            ("token_url", Value::Text(&token_url)),
            ("users", Value::Html(&user_options(&user))),
            (
                "channels",
                Value::Html(&options(channel_options, channel_id)),
            ),
            (
                "themes",
                Value::Html(&options(THEMES.map(|name| (name, name)), theme)),
            ),
            (
                "styles",
                Value::Html(&options(
                    STYLES.map(|name| (name, name)),
                    one_of(&STYLES, choices.style.as_deref()),
                )),
            ),
            (
                "locales",
                Value::Html(&options(
                    LOCALES.map(|name| (name, if name.is_empty() { "browser" } else { name })),
                    locale,
                )),
            ),
        ],
    );
    let widget = &site.widget_origin;
    let socket = widget.replacen("http", "ws", 1);
    // As strict as a creator's own may be: no inline script, no inline style.
    let policy = format!(
        "default-src 'none'; script-src {widget} 'wasm-unsafe-eval'; style-src 'self' {widget}; \
         connect-src 'self' {widget} {socket}; font-src {widget}; img-src 'self' data: blob: http: https:; \
         media-src http: https:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    let headers = [
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_str(&policy)
                .map_err(|_| ApiError::bad_request("The widget's origin is no origin"))?,
        ),
    ];
    Ok((headers, Html(html)).into_response())
}

async fn style() -> impl IntoResponse {
    (
        [(header::CONTENT_TYPE, "text/css; charset=utf-8")],
        include_str!("../pages/creator_site.css"),
    )
}

/// `GET /chat-token`: a fresh assertion. Without CORS headers, so that only the site's own pages read it.
async fn token(
    State(site): State<Arc<CreatorSite>>,
    QueryOf(choices): QueryOf<Choices>,
) -> Result<
    (
        [(header::HeaderName, &'static str); 1],
        Json<serde_json::Value>,
    ),
    ApiError,
> {
    let user = chosen_visitor(choices.user.as_deref()).ok_or(ApiError::NotFound("user"))?;
    let token = creator_assertion(&site.assertion_secret, &user.id)?;
    Ok((
        [(header::CACHE_CONTROL, "no-store")],
        Json(json!({"token": token})),
    ))
}

fn user_options(chosen: &StoredUser) -> String {
    let users = visitors();
    options(
        users.iter().map(|user| {
            let name = user.name.as_deref().unwrap_or(&user.username);
            (user.id.as_str(), name)
        }),
        &chosen.id,
    )
}

fn options<'a>(choices: impl IntoIterator<Item = (&'a str, &'a str)>, chosen: &str) -> String {
    choices
        .into_iter()
        .fold(String::new(), |html, (value, label)| {
            let selected = if value == chosen { " selected" } else { "" };
            html + &format!(
                "<option value=\"{}\"{selected}>{}</option>",
                escape(value),
                escape(label)
            )
        })
}
