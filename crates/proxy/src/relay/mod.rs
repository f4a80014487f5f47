//! Live updates for creator sites: one connection to Whop, frames fanned out to all sockets of their feed.
//! A socket needs an allowed Origin and a ticket of `POST /session`. Nothing here keeps a frame.

mod conversation;
mod feed;
mod guard;
mod heard;
mod hub;
mod link;
mod listener;
mod own_polling;
mod polling;
mod presence;
pub mod retelling;
mod routing;
mod seats;
mod source;
mod subscription;
mod ticket;

pub use feed::Changes;
pub use guard::UNCONFIRMED;
pub use hub::{Frame, Hub};
pub use link::Link;
pub use routing::Change;
pub use ticket::{PROTOCOL, Ticket, Tickets};

use crate::Proxy;
use crate::clock;
use crate::configuration::Configuration;
use crate::cors::Visit;
use crate::error::Refusal;
use crate::limits::ClientAddress;
use crate::reads::is_conversation;
use crate::schedule::Schedule;
use crate::upstream::Upstream;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::Uri;
use axum::response::Response;
use feed::Liveness;
use guard::admit;
use hub::Reader;
use link::LinkState;
use own_polling::OwnPolling;
use seats::Seats;
use source::Source;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use subscription::Subscription;
use tokio::sync::watch;
use tokio::time::{interval, timeout};
use wire::{ChannelId, ExperienceId};

/// A socket waits that long for live updates to arrive before it is refused.
const PATIENCE: Duration = Duration::from_secs(5);
/// Sockets that are told to go have that long to do so.
const FAREWELL: Duration = Duration::from_secs(5);

/// So often some are told to go when the proxy stops.
const STEP: Duration = Duration::from_millis(100);

/// All sockets and the one connection that feeds them.
pub struct Relay {
    hub: Arc<Hub>,
    seats: Seats,
    link: Arc<LinkState>,
    /// The connection, and what is read besides, until the first listener starts them.
    waiting: Mutex<Option<(Source, OwnPolling)>>,
    running: Mutex<Option<tokio::task::AbortHandle>>,
    /// Held by every socket.
    open: watch::Sender<()>,
}

impl Relay {
    /// A relay that connects when somebody listens.
    pub fn new(
        configuration: &Configuration,
        schedule: Arc<Schedule>,
        upstream: Arc<Upstream>,
    ) -> Self {
        let hub = Arc::new(Hub::new());
        let link = Arc::new(LinkState::default());
        Self {
            waiting: Mutex::new(Some((
                Source::new(
                    configuration,
                    hub.clone(),
                    schedule,
                    upstream.clone(),
                    link.clone(),
                ),
                OwnPolling::new(upstream, hub.clone()),
            ))),
            link,
            running: Mutex::new(None),
            seats: Seats::default(),
            hub,
            open: watch::Sender::new(()),
        }
    }

    fn start(&self) {
        let source = self
            .waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some((source, own_polling)) = source {
            let hub = self.hub.clone();
            let task = tokio::spawn(async move {
                tokio::join!(source.keep(), own_polling.keep(), hub.tell_departures());
            });
            *self.running.lock().unwrap_or_else(PoisonError::into_inner) =
                Some(task.abort_handle());
        }
    }

    /// Who listens to what, and what changes.
    pub fn hub(&self) -> Arc<Hub> {
        self.hub.clone()
    }

    /// Hears of a channel's changes for a while, though nobody listens to it yet: somebody was shown its messages.
    pub fn watch(&self, channel: &ChannelId, experience: &ExperienceId) {
        self.hub.watch(channel, experience);
        self.start();
    }

    /// How live updates come in.
    pub fn link(&self) -> Link {
        self.link.get()
    }

    /// How many sockets listen.
    pub fn listeners(&self) -> usize {
        self.hub.listeners()
    }

    /// Tells one socket after the other to connect elsewhere, so that no other server has to take all at once. The
    /// others still hear everything.
    pub async fn thin_out(&self, over: Duration) {
        let steps = usize::try_from(over.as_millis() / STEP.as_millis()).unwrap_or(usize::MAX);
        let began = self.listeners();
        let mut tick = interval(STEP);
        for step in 1..=steps {
            tick.tick().await;
            let stay = began.saturating_mul(steps - step) / steps;
            self.hub.release_some(self.listeners().saturating_sub(stay));
        }
    }

    /// Tells all sockets to connect elsewhere, and waits a moment until they have gone.
    pub async fn drain(&self) {
        let source = self
            .running
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(source) = source {
            source.abort();
        }
        self.hub.release();
        let _ = timeout(FAREWELL, self.open.closed()).await;
    }
}

/// `GET /_whop/ws/v1/websockets/connect`.
pub async fn connect(
    State(proxy): State<Arc<Proxy>>,
    request: Request,
) -> Result<Response, Refusal> {
    if proxy.connections.is_draining() {
        return Err(Refusal::Stopping);
    }
    let (mut parts, _) = request.into_parts();
    if !matches!(
        proxy.visits.judge(&parts.headers),
        Visit::Site(_) | Visit::OwnOrigin
    ) {
        return Err(Refusal::ForeignOrigin);
    }
    let (ticket, token) = proxy.tickets.find(&parts.headers, clock::unix_seconds())?;
    if !joins_only(&parts.uri, &ticket) {
        return Err(Refusal::NoAccess);
    }
    let upgrade = WebSocketUpgrade::from_request_parts(&mut parts, &proxy)
        .await
        .map_err(|_| Refusal::NoWebsocket)?;
    let address = parts.extensions.get::<ClientAddress>().copied();
    let seat = proxy
        .relay
        .seats
        .take(&ticket.user, address)
        .ok_or(Refusal::TooManySockets)?;
    admit(&proxy, &ticket, token.as_ref()).await?;
    let mut subscription =
        proxy
            .relay
            .hub
            .listen(&ticket.channel, &ticket.experience, &ticket.user);
    if let Some(token) = token.clone().filter(|_| is_conversation(&ticket.channel)) {
        let user = ticket.user.clone();
        proxy
            .relay
            .hub
            .read_with(&subscription, Reader { user, token });
    }
    let open = proxy.relay.open.subscribe();
    proxy.relay.start();
    // Once the client hears that the socket is open, no frame of its channel is missed any more.
    live(&mut subscription).await?;
    Ok(upgrade
        .protocols([PROTOCOL])
        .read_buffer_size(4 << 10)
        .write_buffer_size(4 << 10)
        .max_message_size(listener::LONGEST_FRAME)
        .max_frame_size(listener::LONGEST_FRAME)
        .on_upgrade(|socket| async move {
            listener::serve(proxy, socket, subscription, ticket, token).await;
            drop((open, seat));
        }))
}

async fn live(subscription: &mut Subscription) -> Result<(), Refusal> {
    let settled = subscription
        .liveness
        .wait_for(|liveness| *liveness != Liveness::Waiting);
    match timeout(PATIENCE, settled).await {
        Ok(Ok(liveness)) if *liveness != Liveness::Refused => Ok(()),
        _ => Err(Refusal::Unavailable),
    }
}

/// The query may name the ticket's experience, as it does on Whop's own address, and no other.
fn joins_only(uri: &Uri, ticket: &Ticket) -> bool {
    uri.query()
        .unwrap_or_default()
        .split('&')
        .filter(|pair| !pair.is_empty())
        .all(|pair| {
            pair.strip_prefix("join_experience=")
                .is_some_and(|experience| experience == ticket.experience.as_str())
        })
}
