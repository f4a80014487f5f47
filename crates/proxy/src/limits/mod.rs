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

/// Limits of requests.
pub struct Limits {
    per_user: Option<Buckets>,
    per_address: Option<Buckets>,
    trusted: TrustedProxies,
}

impl Limits {
    /// The limits as configured.
    pub fn new(configuration: &Configuration) -> Self {
        let buckets = |per_minute: u32| (per_minute > 0).then(|| Buckets::new(per_minute));
        Self {
            per_user: buckets(configuration.requests_per_user),
            per_address: buckets(configuration.requests_per_address),
            trusted: configuration.trusted_proxies.clone(),
        }
    }

    /// Counts a request of a visitor's, known by their id or else by their token.
    pub fn count_visitor(&self, visitor: &str) -> Result<(), Refusal> {
        count(self.per_user.as_ref(), visitor)
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
    let address = request.extensions().get::<ClientAddress>();
    address.map(ToString::to_string).unwrap_or_default()
}

/// Counts a request of its address, and notes which one that is.
pub async fn guard(
    State(proxy): State<Arc<Proxy>>,
    mut request: Request,
    next: Next,
) -> Result<Response, Refusal> {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    if let Some(ConnectInfo(peer)) = peer {
        let address = proxy.limits.trusted.client(peer.ip(), request.headers());
        count(proxy.limits.per_address.as_ref(), &address.to_string())?;
        request.extensions_mut().insert(address);
    }
    Ok(next.run(request).await)
}
