use super::reader::Reader;
use super::{Configuration, PublicKey, SECRETS, Secret, Settings};
use jsonwebtoken::Algorithm;
use thiserror::Error;

/// Why the proxy can't start: one sentence for each thing to mend.
#[derive(Debug, Error)]
#[error("{}", .problems.join("\n"))]
pub struct ConfigurationError {
    /// The sentences.
    pub problems: Vec<String>,
}

/// Where Whop publishes its keys: on the origin of its API. Empty where that is no URL, which is reported already.
fn key_set_beside(api_url: &str) -> String {
    reqwest::Url::parse(api_url)
        .and_then(|api| api.join("/.well-known/jwks.json"))
        .map(String::from)
        .unwrap_or_default()
}

/// The keys with which Whop signs, where they are pinned.
fn whops_keys(reader: &mut Reader<'_>) -> Vec<PublicKey> {
    const NAME: &str = "WHOP_USER_TOKEN_KEYS";
    let keys = reader.public_keys(NAME);
    if keys.iter().any(|key| key.algorithm != Algorithm::ES256) {
        reader.problems.push(format!(
            "{NAME} has a key that is not for ES256, which is what Whop signs with."
        ));
    }
    keys
}

/// Whop's OAuth and the app's secret there, where visitors may sign in with Whop.
fn oauth(reader: &mut Reader<'_>, is_public: bool) -> (Option<String>, Option<Secret>) {
    let url = reader.optional("WHOP_OAUTH_URL");
    let url = url.map(|url| reader.url("WHOP_OAUTH_URL", &url));
    if url.is_some() && !is_public {
        reader.problems.push(
            "WHOP_CHAT_PUBLIC_URL is missing. With WHOP_OAUTH_URL, Whop sends visitors back to its /oauth/callback.".to_owned(),
        );
    }
    let secret = reader.optional("WHOP_OAUTH_CLIENT_SECRET");
    if secret.is_some() && url.is_none() {
        reader
            .problems
            .push("WHOP_OAUTH_CLIENT_SECRET is of no use without WHOP_OAUTH_URL.".to_owned());
    }
    let secret = secret.map(|_| reader.key("WHOP_OAUTH_CLIENT_SECRET"));
    (url, secret)
}

impl Configuration {
    /// Makes a configuration of settings, or says all that is wrong with them.
    pub fn from_settings(settings: &Settings) -> Result<Self, ConfigurationError> {
        let mut reader = Reader::new(settings);
        let api_key = reader.key("WHOP_API_KEY");
        let app_id = reader.id("WHOP_APP_ID", "app_").into();
        let company_id = reader.id("WHOP_COMPANY_ID", "biz_").into();
        let agent_user_id = reader.id("WHOP_AGENT_USER_ID", "user_").into();
        let session_secret = reader.text("WHOP_CHAT_SESSION_SECRET");
        let session_secret = reader.changing_secret("WHOP_CHAT_SESSION_SECRET", session_secret);
        let assertion_secret = reader
            .optional("WHOP_CHAT_ASSERTION_SECRET")
            .map(|text| reader.changing_secret("WHOP_CHAT_ASSERTION_SECRET", text));
        let assertion_keys = reader.public_keys("WHOP_CHAT_ASSERTION_KEYS");
        let page_tokens = reader.yes_or_no("WHOP_CHAT_PAGE_TOKENS");
        let user_token_keys = whops_keys(&mut reader);
        let public_channels = reader.ids("WHOP_CHAT_PUBLIC_CHANNELS");
        let webhook_secret = reader.optional("WHOP_WEBHOOK_SECRET");
        let webhook_secret = webhook_secret.map(|text| reader.secret("WHOP_WEBHOOK_SECRET", text));
        let sites = reader.origins("WHOP_CHAT_ALLOWED_ORIGINS");
        let app_origins = reader.origins("WHOP_CHAT_APP_ORIGINS");
        let frame_ancestors = reader.origins("WHOP_CHAT_FRAME_ANCESTORS");
        let public_url = reader.origin("WHOP_CHAT_PUBLIC_URL");
        let api_url = reader.text("WHOP_API_URL");
        let api_url = reader.url("WHOP_API_URL", &api_url);
        let websocket_url = reader.text("WHOP_WEBSOCKET_URL");
        let websocket_url = reader.url("WHOP_WEBSOCKET_URL", &websocket_url);
        let jwks_url = match reader.optional("WHOP_JWKS_URL") {
            Some(url) => reader.url("WHOP_JWKS_URL", &url),
            None => key_set_beside(&api_url),
        };
        let (oauth_url, oauth_client_secret) = oauth(&mut reader, public_url.is_some());
        let image_sources = reader.sources("WHOP_CHAT_IMAGE_SOURCES");
        let picture_hosts = reader.hosts("WHOP_CHAT_PICTURE_HOSTS", &api_url);
        let assets = reader.directory("WHOP_CHAT_ASSETS");
        let address = reader.address("WHOP_CHAT_ADDRESS");
        let trusted_proxies = reader.networks("WHOP_CHAT_TRUSTED_PROXIES");
        let requests_per_user = reader.number("WHOP_CHAT_REQUESTS_PER_USER");
        let requests_per_address = reader.number("WHOP_CHAT_REQUESTS_PER_ADDRESS");
        // Whop's limit is three hours.
        let token_lifetime = reader.seconds("WHOP_CHAT_TOKEN_SECONDS", 60..=10_800);
        let access_lifetime = reader.seconds("WHOP_CHAT_ACCESS_SECONDS", 5..=600);
        let metrics_address = reader.optional_address("WHOP_CHAT_METRICS_ADDRESS");
        let drain = reader.seconds("WHOP_CHAT_DRAIN_SECONDS", 0..=300);
        let idle = reader.seconds("WHOP_CHAT_IDLE_SECONDS", 5..=3_600);
        let most_connections = reader.count("WHOP_CHAT_CONNECTIONS", 10..=1_000_000);
        let rate_limit = reader.rate_limit("WHOP_CHAT_RATE_LIMIT");
        if !sites.is_empty()
            && assertion_secret.is_none()
            && assertion_keys.is_empty()
            && public_channels.is_empty()
            && oauth_url.is_none()
            && !page_tokens
        {
            reader.problems.push(
                "WHOP_CHAT_ASSERTION_SECRET is missing (or WHOP_CHAT_ASSERTION_KEYS). Visitors of the sites in WHOP_CHAT_ALLOWED_ORIGINS can't be recognised without it.".to_owned(),
            );
        }
        reader.distinct(SECRETS);
        match (reader.problems.is_empty(), address, rate_limit) {
            (true, Some(address), Some(rate_limit)) => Ok(Self {
                api_key,
                app_id,
                company_id,
                agent_user_id,
                api_url,
                websocket_url,
                jwks_url,
                oauth_url,
                oauth_client_secret,
                assertion_secret,
                assertion_keys,
                page_tokens,
                user_token_keys,
                public_channels,
                webhook_secret,
                session_secret,
                sites,
                app_origins,
                public_url,
                frame_ancestors,
                image_sources,
                picture_hosts,
                assets,
                address,
                trusted_proxies,
                requests_per_user,
                requests_per_address,
                token_lifetime,
                access_lifetime,
                rate_limit,
                metrics_address,
                drain,
                idle,
                most_connections,
            }),
            _ => Err(ConfigurationError {
                problems: reader.problems(),
            }),
        }
    }
}
