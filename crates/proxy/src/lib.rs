//! The chat's door to Whop.
//!
//! It knows who is asking, mints a short-lived token for them, passes an allow-list of Whop's routes on with that
//! token, relays live updates from one connection to all sockets, and serves the widget's files. It keeps no state
//! that a restart would lose.

mod assets;
mod body;
mod clock;
pub mod configuration;
mod connections;
mod cors;
mod error;
mod forward;
mod headers;
mod health;
mod identifier;
mod identity;
mod limits;
pub mod metrics;
mod page_tokens;
mod pages;
mod panics;
mod posts;
mod reads;
mod relay;
mod schedule;
mod server;
mod session;
mod sign_in;
mod token_hash;
mod upstream;
mod webhooks;
mod words;

use assets::Assets;
use axum::Router;
use axum::extract::Request;
use axum::http::HeaderValue;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{any, get, post};
use configuration::Configuration;
use connections::Connections;
use cors::Visits;
use error::Refusal;
use forward::Strangers;
use health::Reachability;
use identity::{Assertions, GuestTokens, Guests, IframeTokens, KeySet, Renewals};
use limits::Limits;
use metrics::Metrics;
use page_tokens::PageTokens;
pub use panics::log as log_panics;
use posts::Posts;
use reads::Reads;
pub use reads::{FlightCounts, ReadCounts};
use relay::{Relay, Tickets};
use schedule::Schedule;
pub use schedule::ScheduleCounts;
pub use server::serve;
use session::Mint;
use sign_in::SignIn;
use std::sync::Arc;
use std::time::Duration;
use thiserror::Error;
use tower_http::catch_panic::CatchPanicLayer;
use upstream::Upstream;
use webhooks::Webhooks;

/// Why the proxy can't serve.
#[derive(Debug, Error)]
pub enum StartError {
    /// No client for Whop can be made.
    #[error("TLS can't be set up: {0}. Install the system's CA certificates.")]
    Client(#[from] reqwest::Error),
    /// A setting doesn't fit into a header.
    #[error("WHOP_CHAT_IMAGE_SOURCES has characters that no header may have.")]
    Policy,
}

/// The parts of a running proxy.
pub struct Proxy {
    configuration: Configuration,
    upstream: Arc<Upstream>,
    schedule: Arc<Schedule>,
    iframe_tokens: IframeTokens,
    assertions: Option<Assertions>,
    guests: Guests,
    guest_tokens: GuestTokens,
    renewals: Renewals,
    sign_in: Option<SignIn>,
    tickets: Tickets,
    mint: Mint,
    posts: Posts,
    strangers: Strangers,
    page_tokens: PageTokens,
    relay: Relay,
    reads: Reads,
    webhooks: Option<Webhooks>,
    assets: Assets,
    visits: Visits,
    limits: Limits,
    connections: Connections,
    reachability: Reachability,
    metrics: Arc<Metrics>,
    page_policy: HeaderValue,
    transport_security: bool,
}

impl Proxy {
    /// A proxy as configured. It connects to nothing yet.
    pub fn new(configuration: Configuration) -> Result<Self, StartError> {
        // Fails when another part of the process has chosen already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .user_agent(concat!("whop-chat-proxy/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(Duration::from_secs(5))
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        let schedule = Arc::new(Schedule::new(configuration.rate_limit));
        let metrics = Arc::new(Metrics::default());
        let upstream = Upstream::new(
            client.clone(),
            &configuration,
            schedule.clone(),
            metrics.clone(),
        );
        let upstream = Arc::new(upstream);
        let relay = Relay::new(&configuration, schedule.clone(), upstream.clone());
        let keys = Arc::new(KeySet::new(
            client.clone(),
            configuration.jwks_url.clone(),
            configuration.user_token_keys.clone(),
        ));
        let sign_in = SignIn::new(
            client.clone(),
            keys.clone(),
            metrics.clone(),
            &configuration,
        );
        Ok(Self {
            sign_in,
            reachability: Reachability::new(client, configuration.api_url.clone()),
            connections: Connections::new(configuration.most_connections),
            metrics,
            upstream,
            schedule,
            iframe_tokens: IframeTokens::new(keys, configuration.app_id.clone()),
            assertions: Assertions::new(
                configuration.assertion_secret.as_ref(),
                &configuration.assertion_keys,
            ),
            guests: Guests::new(configuration.public_channels.clone()),
            guest_tokens: GuestTokens::new(&configuration.session_secret),
            renewals: Renewals::new(&configuration.session_secret, configuration.token_lifetime),
            tickets: Tickets::new(&configuration.session_secret),
            mint: Mint::new(
                configuration.company_id.clone(),
                configuration.token_lifetime,
            ),
            reads: Reads::new(relay.hub(), &configuration),
            webhooks: configuration
                .webhook_secret
                .as_ref()
                .and_then(Webhooks::new),
            strangers: Strangers::default(),
            page_tokens: PageTokens::default(),
            posts: Posts::new(relay.hub().echoes.clone()),
            relay,
            assets: Assets::new(configuration.assets.clone()),
            visits: Visits::new(&configuration),
            limits: Limits::new(&configuration),
            page_policy: HeaderValue::from_str(&pages::policy(&configuration))
                .map_err(|_| StartError::Policy)?,
            transport_security: configuration
                .public_url
                .as_ref()
                .is_some_and(configuration::OriginPattern::is_https),
            configuration,
        })
    }

    /// How many sockets listen to live updates.
    pub fn listeners(&self) -> usize {
        self.relay.listeners()
    }

    /// How many sockets were let go since they read too slowly.
    pub fn overflows(&self) -> u64 {
        self.relay.hub().overflows()
    }

    /// How things stand with the calls that the key allows.
    pub fn schedule_counts(&self) -> ScheduleCounts {
        self.schedule.counts()
    }

    /// How often Whop was asked for what is shared, and how often it had not to be.
    pub fn read_counts(&self) -> ReadCounts {
        self.reads.counts()
    }
}

/// All routes.
fn router(proxy: &Arc<Proxy>) -> Router {
    let guarded = Router::new()
        .route("/session", post(session::open))
        .route("/oauth/end", post(sign_in::end))
        .route("/api/v1/{*path}", any(forward::forward))
        .method_not_allowed_fallback(post_only)
        .layer(from_fn_with_state(proxy.clone(), limits::guard))
        .layer(from_fn(headers::api))
        .layer(from_fn_with_state(proxy.clone(), cors::guard));
    let limited = Router::new()
        .route("/oauth/start", get(sign_in::start))
        .route("/oauth/callback", get(sign_in::callback))
        .route("/_whop/ws/v1/websockets/connect", get(relay::connect))
        .method_not_allowed_fallback(get_only)
        .route(
            "/webhooks/whop",
            post(webhooks::receive).fallback(post_only),
        )
        .layer(from_fn_with_state(proxy.clone(), limits::guard));
    Router::new()
        .route("/embed/{*path}", any(assets::serve))
        .route("/experiences/{experience_id}", get(pages::experience))
        .route("/pages/experience.css", get(pages::style))
        .route("/pages/sign-in.js", get(sign_in::script))
        .route("/pages/sign-in.css", get(sign_in::style))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .merge(limited)
        .method_not_allowed_fallback(get_only)
        .merge(guarded)
        .fallback(not_found)
        .layer(CatchPanicLayer::custom(panics::Answer::new(proxy)))
        .layer(from_fn_with_state(proxy.clone(), headers::all))
        .with_state(proxy.clone())
}

async fn post_only() -> Refusal {
    Refusal::WrongMethod("POST")
}

async fn get_only() -> Refusal {
    Refusal::WrongMethod("GET, HEAD")
}

async fn not_found(_: Request) -> Refusal {
    Refusal::NotFound
}
