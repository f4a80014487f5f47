//! What all routes share.

use crate::control::Control;
use crate::database::{Seed, Store, World};
use crate::faults::Faults;
use crate::graphql::GraphQl;
use crate::host::Entrances;
use crate::oauth::OAuth;
use crate::options::Options;
use crate::rest::{ApiError, RateLimiter};
use crate::socket::Hub;
use crate::tokens::Tokens;
use crate::webhooks::Webhooks;
use serde::Serialize;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

/// Where the sandbox listens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Addresses {
    /// `api.whop.com`, `ws-prod.whop.com` and whop.com's host page, such as `http://127.0.0.1:4710`.
    pub api: String,
    /// The app's own origin, such as `http://127.0.0.1:4711`.
    pub app: String,
    /// The creator's demo site, if it is served.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub creator_site: Option<String>,
}

impl Addresses {
    pub(crate) fn new(api: SocketAddr, app: SocketAddr, creator_site: Option<SocketAddr>) -> Self {
        let url = |address: SocketAddr| format!("http://{address}");
        Self {
            api: url(api),
            app: url(app),
            creator_site: creator_site.map(url),
        }
    }

    /// Whether an `Origin` header names the app's origin.
    pub fn is_app_origin(&self, origin: &str) -> bool {
        is_same(&self.app, origin)
    }

    /// Whether an `Origin` header names the API's origin.
    pub fn is_api_origin(&self, origin: &str) -> bool {
        is_same(&self.api, origin)
    }
}

/// The same origin, where `localhost` stands for 127.0.0.1.
fn is_same(own: &str, origin: &str) -> bool {
    own == origin || own == origin.replacen("//localhost:", "//127.0.0.1:", 1)
}

/// What all routes share.
#[derive(Clone, Debug)]
pub struct Sandbox(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    options: Options,
    addresses: Addresses,
    store: Store,
    tokens: Tokens,
    seed: Seed,
    imported: Option<Arc<World>>,
    client: reqwest::Client,
    hub: Hub,
    control: Control,
    faults: Faults,
    entrances: Entrances,
    oauth: OAuth,
    webhooks: Webhooks,
    limiter: Option<RateLimiter>,
    graphql: GraphQl,
    graphql_limiter: Option<RateLimiter>,
}

impl Sandbox {
    pub(crate) fn new(
        options: Options,
        addresses: Addresses,
        store: Store,
        tokens: Tokens,
        (seed, imported): (Seed, Option<Arc<World>>),
        client: reqwest::Client,
        webhooks: Webhooks,
    ) -> Self {
        Self(Arc::new(Shared {
            limiter: options.rate_limit.map(RateLimiter::new),
            graphql: GraphQl::default(),
            graphql_limiter: options.graphql_rate_limit.map(RateLimiter::new),
            oauth: OAuth::new(options.redirect_uris()),
            options,
            addresses,
            store,
            tokens,
            seed,
            imported,
            client,
            hub: Hub::default(),
            control: Control::default(),
            faults: Faults::default(),
            entrances: Entrances::default(),
            webhooks,
        }))
    }

    /// What was chosen on the command line.
    pub fn options(&self) -> &Options {
        &self.0.options
    }

    /// Where the sandbox listens.
    pub fn addresses(&self) -> &Addresses {
        &self.0.addresses
    }

    /// The database.
    pub fn store(&self) -> &Store {
        &self.0.store
    }

    /// The keys.
    pub fn tokens(&self) -> &Tokens {
        &self.0.tokens
    }

    /// What an empty database is filled with.
    pub fn seed(&self) -> Seed {
        self.0.seed
    }

    /// The world that it began with instead of the seed.
    pub fn imported(&self) -> Option<Arc<World>> {
        self.0.imported.clone()
    }

    /// What GraphQL can be asked.
    pub fn graphql(&self) -> &GraphQl {
        &self.0.graphql
    }

    /// Speaks to the app behind the app origin.
    pub fn client(&self) -> &reqwest::Client {
        &self.0.client
    }

    /// The websocket connections.
    pub fn hub(&self) -> &Hub {
        &self.0.hub
    }

    /// What tests asked for.
    pub fn control(&self) -> &Control {
        &self.0.control
    }

    /// What goes wrong, on request.
    pub fn faults(&self) -> &Faults {
        &self.0.faults
    }

    /// The one-time codes of the app origin.
    pub fn entrances(&self) -> &Entrances {
        &self.0.entrances
    }

    /// What sign-ins share.
    pub fn oauth(&self) -> &OAuth {
        &self.0.oauth
    }

    /// The addresses that are told of events.
    pub fn webhooks(&self) -> &Webhooks {
        &self.0.webhooks
    }

    /// Counts a request of that key.
    ///
    /// # Errors
    /// 429 when there were too many.
    pub fn check_rate(&self, key: &str) -> Result<(), ApiError> {
        match &self.0.limiter {
            Some(limiter) => limiter.check(key, Instant::now()),
            None => Ok(()),
        }
    }

    /// Counts a request to GraphQL by that user.
    ///
    /// # Errors
    /// 429 when there were too many.
    pub fn check_graphql_rate(&self, user_id: &str) -> Result<(), ApiError> {
        match &self.0.graphql_limiter {
            Some(limiter) => limiter.check(user_id, Instant::now()),
            None => Ok(()),
        }
    }
}
