use super::client::subscribe_to;
use super::connection::{self, LONGEST_FRAME};
use super::hub::Endpoint;
use super::subscription::{app_custom, app_experience, channel};
use crate::company;
use crate::faults::Peer;
use crate::host::visitor;
use crate::rest::{ApiError, QueryOf};
use crate::state::Sandbox;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use wire::socket::ChannelKind;

/// Joins in one address that are looked at.
const MOST_JOINS: usize = 100;

/// `GET /_whop/ws/v1/websockets/connect` on the app's origin. Who the visitor is says that origin's cookie.
pub async fn connect(
    State(sandbox): State<Sandbox>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    QueryOf(joins): QueryOf<Vec<(String, String)>>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, ApiError> {
    // Browsers send the cookie whoever asks, so that the page that asks must be the app's own.
    if let Some(origin) = headers.get(header::ORIGIN)
        && !origin
            .to_str()
            .is_ok_and(|origin| sandbox.addresses().is_app_origin(origin))
    {
        return Err(ApiError::Forbidden(
            "Only pages of the app's origin can open this websocket".to_owned(),
        ));
    }
    let user = visitor(&sandbox, &headers).await?;
    let only_public = joins.iter().all(|(name, _)| name == "join_public");
    if user.is_none() && (joins.is_empty() || !only_public) {
        return Err(ApiError::Unauthorized(
            "Nobody is signed in here; open the app from the host page",
        ));
    }
    let upgrade = upgrade.map_err(|error| ApiError::bad_request(error.body_text()))?;
    let own = user.iter().flat_map(|user| {
        [
            channel(ChannelKind::App, company::APP_ID),
            channel(ChannelKind::User, user.id.as_str()),
        ]
    });
    let place = sandbox
        .hub()
        .enter(Endpoint::Browser, peer.line, user.clone(), own)
        .ok_or(ApiError::Injected(StatusCode::SERVICE_UNAVAILABLE))?;
    for (name, id) in joins.into_iter().take(MOST_JOINS) {
        let channels = match name.as_str() {
            "join_experience" => vec![
                channel(ChannelKind::Experience, id.as_str()),
                app_experience(&id),
            ],
            "join_custom" => vec![app_custom(&id)],
            "join_public" => vec![channel(ChannelKind::Public, id)],
            _ => Vec::new(),
        };
        for channel in channels {
            subscribe_to(&sandbox, place.id, user.as_ref(), channel).await;
        }
    }
    Ok(upgrade
        .max_message_size(LONGEST_FRAME)
        .on_upgrade(move |socket| connection::run(socket, sandbox, place, user)))
}
