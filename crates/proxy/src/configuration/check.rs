use super::origin::OriginPattern;
use super::setting::SETTINGS;
use super::{Configuration, Secret, Settings};
use crate::identifier;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;
use thiserror::Error;

/// Why the proxy can't start: one sentence for each thing to mend.
#[derive(Debug, Error)]
#[error("{}", .problems.join("\n"))]
pub struct ConfigurationError {
    /// The sentences.
    pub problems: Vec<String>,
}

/// Reads settings one by one and remembers what is wrong with them, so that an operator sees all at once.
struct Reader<'a> {
    settings: &'a Settings,
    problems: Vec<String>,
}

impl Reader<'_> {
    fn optional(&mut self, name: &str) -> Option<String> {
        self.settings
            .get(name)
            .filter(|value| !value.is_empty())
            .map(str::to_owned)
    }

    fn text(&mut self, name: &str) -> String {
        self.optional(name).unwrap_or_else(|| {
            let meaning = SETTINGS
                .iter()
                .find(|setting| setting.name == name)
                .map_or("", |setting| setting.meaning);
            self.problems.push(format!("{name} is missing. {meaning}"));
            String::new()
        })
    }

    fn id(&mut self, name: &str, prefix: &str) -> String {
        let id = self.text(name);
        let is_valid = id.starts_with(prefix) && identifier::is_safe(&id);
        if !is_valid && !id.is_empty() {
            self.problems
                .push(format!("{name} must be an id that starts with {prefix}."));
        }
        id
    }

    fn key(&mut self, name: &str) -> Secret {
        let key = self.text(name);
        if key.bytes().any(|byte| !byte.is_ascii_graphic()) {
            self.problems
                .push(format!("{name} has characters that no key has."));
        }
        Secret::new(key)
    }

    fn secret(&mut self, name: &str, text: String) -> Secret {
        let secret = Secret::new(text);
        if let Some(weakness) = secret.weakness() {
            self.problems.push(format!(
                "{name} {weakness}. Make a new one, for example with `openssl rand -hex 32`."
            ));
        }
        secret
    }

    fn origins(&mut self, name: &str) -> Vec<OriginPattern> {
        let text = self.optional(name).unwrap_or_default();
        let mut origins = Vec::new();
        for item in text.split([',', ' ']).filter(|item| !item.is_empty()) {
            match OriginPattern::parse(item) {
                Some(origin) => origins.push(origin),
                None => self.problems.push(format!(
                    "{name} has {item:?}, which is no origin; write one like https://creator.example."
                )),
            }
        }
        origins
    }

    /// Names without scheme, port and path, and that of the URL `besides`.
    fn hosts(&mut self, name: &str, besides: &str) -> Vec<String> {
        let text = self.optional(name).unwrap_or_default();
        let besides = reqwest::Url::parse(besides).ok();
        let mut hosts: Vec<String> = besides
            .and_then(|url| url.host_str().map(str::to_owned))
            .into_iter()
            .collect();
        for item in text.split([',', ' ']).filter(|item| !item.is_empty()) {
            let item = item.to_ascii_lowercase();
            let url = reqwest::Url::parse(&format!("https://{item}/")).ok();
            let is_host = url.as_ref().and_then(reqwest::Url::host_str) == Some(&item);
            if is_host && !item.contains('*') {
                hosts.push(item);
            } else {
                self.problems.push(format!(
                    "{name} has {item:?}, which is no host; write one like pictures.creator.example."
                ));
            }
        }
        hosts
    }

    /// A URL without a trailing slash. Secrets travel to it, so it has to be https, or on this machine.
    fn url(&mut self, name: &str, text: &str) -> String {
        let parsed = reqwest::Url::parse(text).ok();
        let safe = parsed.as_ref().is_some_and(|url| match url.scheme() {
            "https" => url.has_host(),
            "http" => url
                .host_str()
                .is_some_and(|host| host == "localhost" || host == "[::1]" || is_loopback(host)),
            _ => false,
        });
        if !safe && !text.is_empty() {
            self.problems.push(format!(
                "{name} must be an https URL (http only for this machine itself)."
            ));
        }
        text.trim_end_matches('/').to_owned()
    }
}

/// Where Whop publishes its keys: on the origin of its API. Empty where that is no URL, which is reported already.
fn key_set_beside(api_url: &str) -> String {
    reqwest::Url::parse(api_url)
        .and_then(|api| api.join("/.well-known/jwks.json"))
        .map(String::from)
        .unwrap_or_default()
}

fn is_loopback(host: &str) -> bool {
    host.parse::<std::net::Ipv4Addr>()
        .is_ok_and(|address| address.is_loopback())
}

impl Configuration {
    /// Makes a configuration of settings, or says all that is wrong with them.
    pub fn from_settings(settings: &Settings) -> Result<Self, ConfigurationError> {
        let mut reader = Reader {
            settings,
            problems: Vec::new(),
        };
        let api_key = reader.key("WHOP_API_KEY");
        let app_id = reader.id("WHOP_APP_ID", "app_").into();
        let company_id = reader.id("WHOP_COMPANY_ID", "biz_").into();
        let agent_user_id = reader.id("WHOP_AGENT_USER_ID", "user_").into();
        let session_secret = reader.text("WHOP_CHAT_SESSION_SECRET");
        let session_secret = reader.secret("WHOP_CHAT_SESSION_SECRET", session_secret);
        let assertion_secret = reader.optional("WHOP_CHAT_ASSERTION_SECRET");
        let assertion_secret =
            assertion_secret.map(|text| reader.secret("WHOP_CHAT_ASSERTION_SECRET", text));
        let sites = reader.origins("WHOP_CHAT_ALLOWED_ORIGINS");
        let app_origins = reader.origins("WHOP_CHAT_APP_ORIGINS");
        let frame_ancestors = reader.origins("WHOP_CHAT_FRAME_ANCESTORS");
        let public_url = reader.optional("WHOP_CHAT_PUBLIC_URL").and_then(|text| {
            let origin = OriginPattern::parse(&text);
            if origin.is_none() {
                reader.problems.push(
                    "WHOP_CHAT_PUBLIC_URL must be an origin like https://chat.creator.example."
                        .to_owned(),
                );
            }
            origin
        });
        let api_url = reader.text("WHOP_API_URL");
        let api_url = reader.url("WHOP_API_URL", &api_url);
        let websocket_url = reader.text("WHOP_WEBSOCKET_URL");
        let websocket_url = reader.url("WHOP_WEBSOCKET_URL", &websocket_url);
        let jwks_url = match reader.optional("WHOP_JWKS_URL") {
            Some(url) => reader.url("WHOP_JWKS_URL", &url),
            None => key_set_beside(&api_url),
        };
        let image_sources = reader.text("WHOP_CHAT_IMAGE_SOURCES");
        if image_sources.contains([';', ',']) || image_sources.chars().any(char::is_control) {
            reader
                .problems
                .push("WHOP_CHAT_IMAGE_SOURCES must be sources separated by spaces.".to_owned());
        }
        let picture_hosts = reader.hosts("WHOP_CHAT_PICTURE_HOSTS", &api_url);
        let assets = PathBuf::from(reader.text("WHOP_CHAT_ASSETS"));
        if !assets.as_os_str().is_empty() && !assets.is_dir() {
            reader
                .problems
                .push("WHOP_CHAT_ASSETS is no directory that can be read. Build the widget first (`cargo xtask build`).".to_owned());
        }
        let address = reader.text("WHOP_CHAT_ADDRESS").parse::<SocketAddr>().ok();
        if address.is_none() {
            reader.problems.push(
                "WHOP_CHAT_ADDRESS must be an address and a port like 127.0.0.1:4720.".to_owned(),
            );
        }
        let token_seconds = reader
            .text("WHOP_CHAT_TOKEN_SECONDS")
            .parse::<u32>()
            .ok()
            .filter(|seconds| (60..=10_800).contains(seconds));
        if token_seconds.is_none() {
            reader.problems.push(
                "WHOP_CHAT_TOKEN_SECONDS must be a number from 60 to 10800 (Whop's limit is three hours).".to_owned(),
            );
        }
        if !sites.is_empty() && assertion_secret.is_none() {
            reader.problems.push(
                "WHOP_CHAT_ASSERTION_SECRET is missing. Visitors of the sites in WHOP_CHAT_ALLOWED_ORIGINS can't be recognised without it.".to_owned(),
            );
        }
        if let Some(assertion) = &assertion_secret
            && assertion.is(session_secret.expose())
        {
            reader.problems.push(
                "WHOP_CHAT_ASSERTION_SECRET and WHOP_CHAT_SESSION_SECRET are the same. The first is the creator's too, the second must stay here.".to_owned(),
            );
        }
        match (reader.problems.is_empty(), address, token_seconds) {
            (true, Some(address), Some(token_seconds)) => Ok(Self {
                api_key,
                app_id,
                company_id,
                agent_user_id,
                api_url,
                websocket_url,
                jwks_url,
                assertion_secret,
                session_secret,
                sites,
                app_origins,
                public_url,
                frame_ancestors,
                image_sources,
                picture_hosts,
                assets,
                address,
                token_lifetime: Duration::from_secs(token_seconds.into()),
            }),
            _ => Err(ConfigurationError {
                problems: reader.problems,
            }),
        }
    }
}
