use super::connection::{self, LONGEST_FRAME};
use super::hub::Endpoint;
use super::subscription::channel;
use crate::company;
use crate::faults::Peer;
use crate::rest::{ApiError, Caller};
use crate::state::Sandbox;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{ConnectInfo, State};
use axum::http::StatusCode;
use axum::response::Response;
use wire::socket::ChannelKind;

/// `GET /v1/websockets/connect`: with the API key, and `x-on-behalf-of` the user whose feeds are wanted.
pub async fn connect(
    State(sandbox): State<Sandbox>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    caller: Caller,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, ApiError> {
    if !caller.has_api_key {
        return Err(ApiError::Unauthorized(
            "The websocket of servers is opened with an API key",
        ));
    }
    let upgrade = upgrade.map_err(|error| ApiError::bad_request(error.body_text()))?;
    let user = caller.user;
    let place = sandbox
        .hub()
        .enter(
            Endpoint::Server,
            peer.line,
            Some(user.clone()),
            [
                channel(ChannelKind::App, company::APP_ID),
                channel(ChannelKind::User, user.id.as_str()),
            ],
        )
        .ok_or(ApiError::Injected(StatusCode::SERVICE_UNAVAILABLE))?;
    Ok(upgrade
        .max_message_size(LONGEST_FRAME)
        .on_upgrade(move |socket| connection::run(socket, sandbox, place, Some(user))))
}
