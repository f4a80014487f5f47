use super::enter::is_own_path;
use crate::company;
use crate::database::{StoredChannel, StoredUser};
use crate::html::{Value, escape, fill};
use crate::rest::{ApiError, QueryOf};
use crate::state::Sandbox;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use reqwest::Url;
use serde::Deserialize;

/// The query of the host page.
#[derive(Debug, Deserialize)]
pub struct PageQuery {
    user: Option<String>,
    experience: Option<String>,
    /// Where in the app; the experience's own page when missing.
    path: Option<String>,
}

/// `GET /`: whop.com, as far as an app is concerned. Whoever asks picks whom to be.
pub async fn page(
    State(sandbox): State<Sandbox>,
    QueryOf(query): QueryOf<PageQuery>,
) -> Result<Response, ApiError> {
    let (users, channels) = sandbox
        .store()
        .run(|database| {
            Ok::<_, crate::database::DatabaseError>((database.users("")?, database.channels()?))
        })
        .await?;
    let pickable: Vec<&StoredUser> = users
        .iter()
        .filter(|user| user.id.as_str() != company::AGENT_ID)
        .collect();
    let wanted_user = query.user.as_deref().unwrap_or("user_ada");
    let Some(user) = pickable.iter().find(|user| user.id.as_str() == wanted_user) else {
        return Ok(unknown("user", wanted_user, &channels, "user_ada"));
    };
    let wanted_channel = query.experience.as_deref().unwrap_or("exp_general");
    let Some(channel) = channels
        .iter()
        .find(|channel| channel.experience_id.as_str() == wanted_channel)
    else {
        return Ok(unknown("experience", wanted_channel, &channels, &user.id));
    };
    let code = sandbox.entrances().open(user.id.clone());
    let app = &sandbox.addresses().app;
    let own_page = format!("/experiences/{}", channel.experience_id);
    let next = query.path.filter(|path| is_own_path(path));
    let frame = Url::parse_with_params(
        &format!("{app}/_whop/enter"),
        [
            ("token", &code),
            ("next", next.as_ref().unwrap_or(&own_page)),
        ],
    )
    .map_err(|error| ApiError::bad_request(format!("The app's origin is no address: {error}")))?;
    let html = fill(
        include_str!("../../pages/host.html"),
        &[
            ("company", Value::Text(company::COMPANY_TITLE)),
            ("product", Value::Text(company::PRODUCT_TITLE)),
            ("experience", Value::Text(&channel.name)),
            (
                "user",
                Value::Text(user.name.as_deref().unwrap_or(&user.username)),
            ),
            ("experience_id", Value::Text(&channel.experience_id)),
            ("user_id", Value::Text(&user.id)),
            ("frame", Value::Text(frame.as_str())),
            ("app_id", Value::Text(company::APP_ID)),
            ("app_origin", Value::Text(app)),
            ("company_route", Value::Text(company::COMPANY_ROUTE)),
            ("experience_route", Value::Text(&route_of(&channel.name))),
            (
                "channels",
                Value::Html(&channel_links(&channels, Some(channel), &user.id)),
            ),
            ("users", Value::Html(&user_options(&pickable, user))),
        ],
    );
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-src {app}; form-action 'self'; \
         base-uri 'none'"
    );
    let headers = [
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_str(&policy)
                .unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'")),
        ),
    ];
    Ok((headers, Html(html)).into_response())
}

/// `GET /_host/style.css`.
pub async fn style() -> impl IntoResponse {
    (
        [(header::CONTENT_TYPE, "text/css; charset=utf-8")],
        include_str!("../../pages/host.css"),
    )
}

/// `GET /_host/bridge.js`: whop.com's side of what `@whop/iframe` speaks.
pub async fn bridge() -> impl IntoResponse {
    (
        [(header::CONTENT_TYPE, "text/javascript; charset=utf-8")],
        include_str!("../../pages/bridge.js"),
    )
}

/// A name as whop.com has it in addresses.
fn route_of(name: &str) -> String {
    let words = name.split(|character: char| !character.is_alphanumeric());
    let words: Vec<String> = words
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    words.join("-")
}

/// A page that says what is not there, with the way on.
fn unknown(kind: &str, id: &str, channels: &[StoredChannel], user_id: &str) -> Response {
    let html = fill(
        include_str!("../../pages/host_unknown.html"),
        &[
            ("company", Value::Text(company::COMPANY_TITLE)),
            ("product", Value::Text(company::PRODUCT_TITLE)),
            ("kind", Value::Text(kind)),
            ("id", Value::Text(id)),
            (
                "channels",
                Value::Html(&channel_links(channels, None, user_id)),
            ),
        ],
    );
    let headers = [
        (header::CACHE_CONTROL, "no-store"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'self'; base-uri 'none'",
        ),
    ];
    (StatusCode::NOT_FOUND, headers, Html(html)).into_response()
}

fn channel_links(
    channels: &[StoredChannel],
    chosen: Option<&StoredChannel>,
    user_id: &str,
) -> String {
    channels.iter().fold(String::new(), |html, channel| {
        let current = if chosen.is_some_and(|chosen| chosen.id == channel.id) {
            " aria-current=\"page\""
        } else {
            ""
        };
        html + &format!(
            "<li><a href=\"/?user={}&amp;experience={}\"{current}>{}</a></li>",
            escape(user_id),
            escape(&channel.experience_id),
            escape(&channel.name),
        )
    })
}

fn user_options(users: &[&StoredUser], chosen: &StoredUser) -> String {
    users.iter().fold(String::new(), |html, user| {
        let selected = if user.id == chosen.id {
            " selected"
        } else {
            ""
        };
        html + &format!(
            "<option value=\"{}\"{selected}>{} ({})</option>",
            escape(&user.id),
            escape(user.name.as_deref().unwrap_or(&user.username)),
            escape(user.access_level.as_str()),
        )
    })
}
