//! What an operator decides: settings from the environment and a TOML file, checked before the proxy starts.
//! Nothing here acts on a setting.

mod check;
mod nearest;
mod origin;
mod public_key;
mod reader;
mod secret;
mod setting;
mod settings;

pub use crate::limits::TrustedProxies;
pub use crate::schedule::RateLimit;
pub use check::ConfigurationError;
pub use origin::OriginPattern;
pub use public_key::{PublicKey, PublicKeyError};
pub use secret::Secret;
pub use setting::{SECRETS, SETTINGS, Setting};
pub use settings::{Settings, SettingsFile, slips};

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;
use wire::{AppId, CompanyId, UserId};

/// A checked configuration.
#[derive(Clone, Debug)]
pub struct Configuration {
    /// For Whop's REST API and websocket service.
    pub api_key: Secret,
    /// User tokens from inside Whop must be meant for this app.
    pub app_id: AppId,
    /// Visitors' tokens are minted for this company.
    pub company_id: CompanyId,
    /// On whose behalf the upstream websocket listens.
    pub agent_user_id: UserId,
    /// Whop's REST API, without a trailing slash.
    pub api_url: String,
    /// Whop's websocket service, as an http(s) URL without a trailing slash.
    pub websocket_url: String,
    /// Whop's public keys.
    pub jwks_url: String,
    /// Whop's OAuth, where visitors can sign in with Whop.
    pub oauth_url: Option<String>,
    /// Of the app as a confidential OAuth client.
    pub oauth_client_secret: Option<Secret>,
    /// Shared with the creator's backend, which signs assertions with it.
    pub assertion_secret: Option<Secret>,
    /// With which the creator's backend signs assertions instead, or other backends of theirs.
    pub assertion_keys: Vec<PublicKey>,
    /// Whether pages may bring Whop's own access tokens for their visitors.
    pub page_tokens: bool,
    /// Whop's public keys, where the operator pins them.
    pub user_token_keys: Vec<PublicKey>,
    /// Channels that anybody may read, by their own ids or their experiences'.
    pub public_channels: Vec<String>,
    /// Signs Whop's webhooks. Without it none is heard.
    pub webhook_secret: Option<Secret>,
    /// Signs renewals and tickets; shared by all instances.
    pub session_secret: Secret,
    /// Creator sites.
    pub sites: Vec<OriginPattern>,
    /// Origins under which Whop serves this app.
    pub app_origins: Vec<OriginPattern>,
    /// Where browsers reach this proxy, where that is known.
    pub public_url: Option<OriginPattern>,
    /// May frame the app's pages, besides whop.com.
    pub frame_ancestors: Vec<OriginPattern>,
    /// Sources of images and videos for the app's pages.
    pub image_sources: String,
    /// Hosts of pictures that messages may make browsers request, besides Whop's own.
    pub picture_hosts: Vec<String>,
    /// The built widget.
    pub assets: PathBuf,
    /// Where to listen.
    pub address: SocketAddr,
    /// Whose `X-Forwarded-For` is believed.
    pub trusted_proxies: TrustedProxies,
    /// How often one visitor may ask in a minute; 0 where that is not limited.
    pub requests_per_user: u32,
    /// How often one address may.
    pub requests_per_address: u32,
    /// How long a visitor's token lives.
    pub token_lifetime: Duration,
    /// How long Whop's word on a visitor's access is relied on for what is shared.
    pub access_lifetime: Duration,
    /// How many requests Whop takes of the key, and of each visitor's token.
    pub rate_limit: RateLimit,
    /// Where Prometheus may read what is counted. Nowhere without it.
    pub metrics_address: Option<SocketAddr>,
    /// How long the proxy still answers after it was told to stop.
    pub drain: Duration,
    /// How long a connection may be open without a whole request.
    pub idle: Duration,
    /// How many connections may be open at a time, websockets among them.
    pub most_connections: usize,
}
