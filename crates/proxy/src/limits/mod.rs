//! How often one visitor and one address may ask. Who they are is found out elsewhere; what they ask for doesn't matter
//! here.

mod address;
mod bucket;

pub use address::{ClientAddress, TrustedProxies};

use crate::Proxy;
use crate::configuration::Configuration;
use crate::error::Refusal;
use axum::extract::{ConnectInfo, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use bucket::Buckets;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

/// Calls a minute from one address with tokens of which nobody knows whose they are. After a restart those of honest
/// visitors are among them, once each.
const STRANGERS: u32 = 300;

/// Limits of requests.
pub struct Limits {
    per_user: Option<Buckets>,
    per_address: Option<Buckets>,
    strangers: Option<Buckets>,
    trusted: TrustedProxies,
}

impl Limits {
    /// The limits as configured.
    pub fn new(configuration: &Configuration) -> Self {
        let buckets = |per_minute: u32| (per_minute > 0).then(|| Buckets::new(per_minute));
        Self {
            per_user: buckets(configuration.requests_per_user),
            per_address: buckets(configuration.requests_per_address),
            strangers: buckets(configuration.requests_per_address.min(STRANGERS)),
            trusted: configuration.trusted_proxies.clone(),
        }
    }

    /// Counts a request of a visitor's, known by their id or else by their token.
    pub fn count_visitor(&self, visitor: &str) -> Result<(), Refusal> {
        count(self.per_user.as_ref(), visitor)
    }

    /// Counts a request of an address with a token that is not known to be anybody's.
    pub fn count_stranger(&self, address: Option<&ClientAddress>) -> Result<(), Refusal> {
        match address {
            Some(address) => count(self.strangers.as_ref(), &address.to_string()),
            None => Ok(()),
        }
    }

    /// Counts a request of its address, and says which one that is. Only what no network brought has none.
    pub fn count_address(&self, request: &Request) -> Result<Option<ClientAddress>, Refusal> {
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
        let Some(ConnectInfo(peer)) = peer else {
            return Ok(None);
        };
        let address = self.trusted.client(peer.ip(), request.headers());
        count(self.per_address.as_ref(), &address.to_string())?;
        Ok(Some(address))
    }
}

fn count(buckets: Option<&Buckets>, key: &str) -> Result<(), Refusal> {
    match buckets.map(|buckets| buckets.take(key, Instant::now())) {
        Some(Err(wait)) => Err(Refusal::TooManyRequests { wait }),
        _ => Ok(()),
    }
}

/// Where a request comes from, as text; empty where that is not known.
pub fn address_of(request: &Request) -> String {
    text_of(request.extensions().get())
}

/// An address as text; empty where it is not known.
pub fn text_of(address: Option<&ClientAddress>) -> String {
    address.map(ToString::to_string).unwrap_or_default()
}

/// Counts a request of its address, and notes which one that is.
pub async fn guard(
    State(proxy): State<Arc<Proxy>>,
    mut request: Request,
    next: Next,
) -> Result<Response, Refusal> {
    if let Some(address) = proxy.limits.count_address(&request)? {
        request.extensions_mut().insert(address);
    }
    Ok(next.run(request).await)
}
