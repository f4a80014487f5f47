use super::origin::OriginPattern;
use super::{PublicKey, RateLimit, Secret, Setting, Settings};
use crate::identifier;
use crate::limits::TrustedProxies;
use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

/// Reads settings one by one and remembers what is wrong with them, so that an operator sees all at once.
pub(super) struct Reader<'a> {
    settings: &'a Settings,
    pub problems: Vec<String>,
}

impl<'a> Reader<'a> {
    pub fn new(settings: &'a Settings) -> Self {
        Self {
            settings,
            problems: Vec::new(),
        }
    }

    /// All problems, each with the place where its setting was made.
    pub fn problems(self) -> Vec<String> {
        let settings = self.settings;
        let placed = self.problems.into_iter().map(|problem| {
            let name = problem.split(' ').next().unwrap_or_default();
            match settings.place(name) {
                Some(place) => format!("{place}: {problem}"),
                None => problem,
            }
        });
        placed.collect()
    }

    pub fn optional(&mut self, name: &str) -> Option<String> {
        self.settings
            .get(name)
            .filter(|value| !value.is_empty())
            .map(str::to_owned)
    }

    pub fn text(&mut self, name: &str) -> String {
        self.optional(name).unwrap_or_else(|| {
            let meaning = Setting::named(name).map_or("", |setting| setting.meaning);
            self.problems.push(format!("{name} is missing. {meaning}"));
            String::new()
        })
    }

    pub fn id(&mut self, name: &str, prefix: &str) -> String {
        let id = self.text(name);
        let is_valid = id.starts_with(prefix) && identifier::is_safe(&id);
        if !is_valid && !id.is_empty() {
            self.problems
                .push(format!("{name} must be an id that starts with {prefix}."));
        }
        id
    }

    pub fn key(&mut self, name: &str) -> Secret {
        let key = self.text(name);
        if key.bytes().any(|byte| !byte.is_ascii_graphic()) {
            self.problems
                .push(format!("{name} has characters that no key has."));
        }
        Secret::new(key)
    }

    pub fn secret(&mut self, name: &str, text: String) -> Secret {
        let secret = Secret::new(text);
        if let Some(weakness) = secret.weakness() {
            self.problems.push(format!(
                "{name} {weakness}. Make a new one, for example with `openssl rand -hex 32`."
            ));
        }
        secret
    }

    /// A secret with what it was before, if the setting of the same name with `_PREVIOUS` behind it says so.
    pub fn changing_secret(&mut self, name: &str, text: String) -> Secret {
        let secret = self.secret(name, text);
        let name = format!("{name}_PREVIOUS");
        match self.optional(&name) {
            Some(text) => secret.after(&self.secret(&name, text)),
            None => secret,
        }
    }

    /// Each of these is for somebody else to know, or was given up: who has one must not have another by it.
    pub fn distinct(&mut self, names: &[&str]) {
        let values: Vec<(&str, Secret)> = names
            .iter()
            .filter_map(|name| Some((*name, Secret::new(self.optional(name)?))))
            .collect();
        for (index, (name, secret)) in values.iter().enumerate() {
            let earlier = values.iter().take(index);
            for (other, _) in earlier.filter(|(_, other)| other.is(secret.expose())) {
                self.problems.push(format!(
                    "{name} and {other} are the same. Make a new one for either: who knows one must not know the other."
                ));
            }
        }
    }

    /// Public keys; none, and a problem, where they can't be read.
    pub fn public_keys(&mut self, name: &str) -> Vec<PublicKey> {
        let Some(text) = self.optional(name) else {
            return Vec::new();
        };
        PublicKey::parse(&text).unwrap_or_else(|error| {
            self.problems.push(format!("{name} {error}."));
            Vec::new()
        })
    }

    pub fn yes_or_no(&mut self, name: &str) -> bool {
        match self.text(name).to_ascii_lowercase().as_str() {
            "yes" | "true" => true,
            "no" | "false" => false,
            _ => {
                self.problems.push(format!("{name} must be yes or no."));
                false
            }
        }
    }

    /// Ids of any kind, separated by commas.
    pub fn ids(&mut self, name: &str) -> Vec<String> {
        let text = self.optional(name).unwrap_or_default();
        let mut ids = Vec::new();
        for item in text.split([',', ' ']).filter(|item| !item.is_empty()) {
            if identifier::is_safe(item) {
                ids.push(item.to_owned());
            } else {
                self.problems
                    .push(format!("{name} has {item:?}, which is no id."));
            }
        }
        ids
    }

    /// Addresses and networks, separated by commas.
    pub fn networks(&mut self, name: &str) -> TrustedProxies {
        let text = self.optional(name).unwrap_or_default();
        let mut networks = Vec::new();
        for item in text.split([',', ' ']).filter(|item| !item.is_empty()) {
            match TrustedProxies::parse(item) {
                Some(network) => networks.push(network),
                None => self.problems.push(format!(
                    "{name} has {item:?}, which is no address and no network; write one like 10.0.0.0/8."
                )),
            }
        }
        TrustedProxies::new(networks)
    }

    /// A number of requests per minute.
    pub fn number(&mut self, name: &str) -> u32 {
        const MOST: u32 = 1_000_000;
        let number = self
            .text(name)
            .parse()
            .ok()
            .filter(|number| *number <= MOST);
        number.unwrap_or_else(|| {
            self.problems.push(format!(
                "{name} must be a number of requests per minute, at most {MOST}, or 0 for no limit."
            ));
            0
        })
    }

    pub fn origins(&mut self, name: &str) -> Vec<OriginPattern> {
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

    /// One origin, where there is any.
    pub fn origin(&mut self, name: &str) -> Option<OriginPattern> {
        let origin = OriginPattern::parse(&self.optional(name)?);
        if origin.is_none() {
            self.problems.push(format!(
                "{name} must be an origin like https://chat.creator.example."
            ));
        }
        origin
    }

    /// Sources as a Content-Security-Policy names them.
    pub fn sources(&mut self, name: &str) -> String {
        let sources = self.text(name);
        if sources.contains([';', ',']) || sources.chars().any(char::is_control) {
            self.problems
                .push(format!("{name} must be sources separated by spaces."));
        }
        sources
    }

    pub fn directory(&mut self, name: &str) -> PathBuf {
        let directory = PathBuf::from(self.text(name));
        if !directory.as_os_str().is_empty() && !directory.is_dir() {
            self.problems.push(format!(
                "{name} is no directory that can be read. Build the widget first (`cargo xtask build`)."
            ));
        }
        directory
    }

    pub fn address(&mut self, name: &str) -> Option<SocketAddr> {
        let address = self.text(name).parse().ok();
        if address.is_none() {
            self.problems.push(format!(
                "{name} must be an address and a port like 127.0.0.1:4720."
            ));
        }
        address
    }

    /// How long a token lives, in seconds.
    pub fn seconds(&mut self, name: &str, range: RangeInclusive<u64>) -> Duration {
        let seconds = self.text(name).parse().ok();
        let Some(seconds) = seconds.filter(|seconds| range.contains(seconds)) else {
            let (least, most) = range.into_inner();
            self.problems
                .push(format!("{name} must be a number from {least} to {most}."));
            return Duration::ZERO;
        };
        Duration::from_secs(seconds)
    }

    /// A whole number of that range; its least, and a problem, where it is none.
    pub fn count(&mut self, name: &str, range: RangeInclusive<usize>) -> usize {
        let (least, most) = range.into_inner();
        let number = self.text(name).parse().ok();
        number
            .filter(|number| (least..=most).contains(number))
            .unwrap_or_else(|| {
                self.problems
                    .push(format!("{name} must be a number from {least} to {most}."));
                least
            })
    }

    /// An address and a port, where there are any.
    pub fn optional_address(&mut self, name: &str) -> Option<SocketAddr> {
        self.optional(name)?;
        self.address(name)
    }

    pub fn rate_limit(&mut self, name: &str) -> Option<RateLimit> {
        let limit = RateLimit::parse(&self.text(name));
        if limit.is_none() {
            self.problems.push(format!(
                "{name} must be a count and a duration like 10/10s or 100/500ms."
            ));
        }
        limit
    }

    /// Names without scheme, port and path, and that of the URL `besides`.
    pub fn hosts(&mut self, name: &str, besides: &str) -> Vec<String> {
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
    pub fn url(&mut self, name: &str, text: &str) -> String {
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

fn is_loopback(host: &str) -> bool {
    host.parse::<std::net::Ipv4Addr>()
        .is_ok_and(|address| address.is_loopback())
}
