//! What the command line can choose.

use crate::faults::{Fault, FaultError};
use crate::secret::Secret;
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::time::Duration;

/// Printed by `--help`.
pub const HELP: &str = "\
A local Whop: the REST routes under /api/v1, both websockets, files, tokens and whop.com's own pages, on SQLite.

Usage: sandbox [OPTIONS]

Listeners
  --host ADDRESS               Address to listen on [default: 127.0.0.1]
  --port PORT                  api.whop.com, ws-prod.whop.com and whop.com's host page [default: 4710]
  --app-port PORT              The app's own origin, which passes requests on to the app [default: 4711]
  --app-url URL                The app behind that origin [default: http://127.0.0.1:4720, or SANDBOX_APP_URL]
  --creator-site-port PORT     Also serve the demo site of a creator, who embeds the widget [default: off]
  --widget-origin URL          Where that site loads the widget from [default: http://127.0.0.1:4720]
  --print-ready                Print one line of JSON with the listeners' URLs when ready
                               A port of 0 lets the system choose; logs go to stderr (RUST_LOG filters them)

Data
  --memory                     Keep everything in memory [default]
  --database PATH              Keep everything in this SQLite file; it is seeded when it is empty
  --seed NUMBER                Which seeded conversation [default: 1]
  --messages NUMBER            How many messages the general channel is seeded with [default: 5000]
  --seed-until TIME            When the last of them was posted, RFC 3339 [default: ten minutes ago]

Behaviour
  --oauth-redirect-uri URL     Where people who sign in may be sent back to; may be repeated
                               [default: /oauth/callback of --app-url]
  --rate-limit COUNT/DURATION  Requests per key, such as 10/10s, which is Whop's own limit [default: off]
  --fault JSON                 Something that goes wrong from the start, as POST /_sandbox/faults takes it, such as
                               {\"kind\": \"latency\", \"milliseconds\": 200}; may be repeated; see docs/faults.md
  --upload-limit BYTES         The largest upload [default: 50000000]
  --upload-processing MILLISECONDS
                               How long an upload is looked at before it is ready or failed [default: 250]
  --webhook-retry MILLISECONDS A webhook's failed delivery is repeated after so long, then after twice that, five times
                               altogether [default: 1000]
  --no-control                 Switch off the control routes under /_sandbox/

Control routes, for programs of this machine (POST with a JSON body unless it says GET)
  GET /_sandbox/state          Open sockets, counted requests, number of messages
  GET /_sandbox/notifications  What POST /notifications sent, and to whom
  GET /_sandbox/webhooks       Every attempt to deliver an event, and how many wait
  /_sandbox/sockets/drop       {}: break all sockets off
  /_sandbox/sockets/refuse     {\"refuse\": true}: and take no new ones
  /_sandbox/sockets/frame      {\"frame\": {…}}: send every socket that frame
  /_sandbox/tokens/expire      {}: all access tokens end now
  /_sandbox/mute               {\"channel_id\", \"user_id\", \"seconds\"}: as a moderator does; 0 lifts it
  /_sandbox/support/resolve    {\"channel_id\", \"resolved\"?}: as the team does; false opens a support chat again
  /_sandbox/people             {\"count\": 60, \"access_level\"?}: so many more members, user_extra_1 and on
  /_sandbox/flood              {\"count\": 1000, \"per_second\": 200, \"channel_id\"?, \"numbered\"?}: post seeded texts by all
                               members, at that rate (each ends with its number); answers when all are posted
  /_sandbox/faults             {\"kind\": \"reset\", \"match\"?: {\"method\", \"path\", …}, \"count\"?, \"seconds\"?, \"share\"?, …}: something
                               goes wrong from now on; answers with its id; docs/faults.md has all kinds
  GET, DELETE /_sandbox/faults, /_sandbox/faults/{id}
                               What goes wrong now, and an end of it
  /_sandbox/fail               {\"method\", \"path\", \"status\", \"times\"?, \"after_commit\"?}: the next such requests fail
  /_sandbox/latency            {\"milliseconds\": 200}: every answer of the API waits
  /_sandbox/reset              {}: the data as it was seeded

Secrets, from the environment only
  SANDBOX_API_KEY              The app's API key [default: sandbox_api_key]
  WHOP_CHAT_ASSERTION_SECRET   Signs the creator site's assertions; the same as the proxy's, at least 32 bytes

  -h, --help                   Print this help
";

/// Where the data is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Storage {
    /// In memory, until the program ends.
    Memory,
    /// In that `SQLite` file.
    File(PathBuf),
}

/// At most `requests` in any `window`, for each key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    /// How many.
    pub requests: u32,
    /// In which time.
    pub window: Duration,
}

/// The creator's demo site.
#[derive(Clone, Debug)]
pub struct CreatorSite {
    /// Its port; 0 lets the system choose.
    pub port: u16,
    /// Where it loads the widget from, such as `http://127.0.0.1:4720`.
    pub widget_origin: String,
    /// Shared with the proxy: signs the assertions in which the site vouches for its visitors.
    pub assertion_secret: Secret,
}

/// All that can be chosen. `Options::default()` is a sandbox in memory on ports that the system chooses.
#[derive(Clone, Debug)]
pub struct Options {
    /// The address of every listener.
    pub host: IpAddr,
    /// The API's port; 0 lets the system choose.
    pub port: u16,
    /// The app origin's port; 0 lets the system choose.
    pub app_port: u16,
    /// The app behind the app origin, such as `http://127.0.0.1:4720`.
    pub app_url: String,
    /// Where people who sign in may be sent back to, exactly; `/oauth/callback` of the app when empty.
    pub oauth_redirect_uris: Vec<String>,
    /// The creator's demo site, if it is wanted.
    pub creator_site: Option<CreatorSite>,
    /// Where the data is kept.
    pub storage: Storage,
    /// Which seeded conversation.
    pub seed: u64,
    /// How many messages the general channel is seeded with.
    pub messages: usize,
    /// When the last of them was posted, in milliseconds since the Unix epoch; ten minutes ago when missing.
    pub seed_until: Option<i64>,
    /// Requests per key.
    pub rate_limit: Option<RateLimit>,
    /// What goes wrong from the start.
    pub faults: Vec<Fault>,
    /// The largest upload, in bytes.
    pub upload_limit: usize,
    /// How long an upload is looked at before it is ready or failed.
    pub upload_processing: Duration,
    /// How long after a webhook's first failed delivery it is tried again; twice as long after each further one.
    pub webhook_retry: Duration,
    /// The control routes under `/_sandbox/` are served.
    pub control: bool,
    /// The app's API key.
    pub api_key: Secret,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            host: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: 0,
            app_port: 0,
            app_url: "http://127.0.0.1:4720".to_owned(),
            oauth_redirect_uris: Vec::new(),
            creator_site: None,
            storage: Storage::Memory,
            seed: 1,
            messages: 5_000,
            seed_until: None,
            rate_limit: None,
            faults: Vec::new(),
            upload_limit: 50_000_000,
            upload_processing: Duration::from_millis(250),
            webhook_retry: Duration::from_secs(1),
            control: true,
            api_key: "sandbox_api_key".into(),
        }
    }
}

impl Options {
    /// The redirect URIs that are registered at the start.
    pub fn redirect_uris(&self) -> Vec<String> {
        if self.oauth_redirect_uris.is_empty() {
            vec![format!("{}/oauth/callback", self.app_url)]
        } else {
            self.oauth_redirect_uris.clone()
        }
    }
}

/// What the command line asks for.
#[derive(Debug)]
pub enum Command {
    /// Print [`HELP`].
    Help,
    /// Run; print a line when ready if `print_ready`.
    Run {
        /// With these options.
        options: Box<Options>,
        /// Print the listeners' URLs on stdout.
        print_ready: bool,
    },
}

/// Why the command line was not understood.
#[derive(Debug, thiserror::Error)]
pub enum OptionsError {
    /// An unknown flag, or one without its value.
    #[error("{0}; see --help")]
    Argument(#[from] lexopt::Error),
    /// A value that a flag can't have.
    #[error("{flag} can't be {value:?}: {expected}")]
    Value {
        /// The flag.
        flag: &'static str,
        /// What it was given.
        value: String,
        /// What it takes.
        expected: &'static str,
    },
    /// A fault that makes no sense.
    #[error("--fault: {0}; see docs/faults.md")]
    Fault(#[from] FaultError),
    /// The creator's site can't vouch for anyone.
    #[error(
        "--creator-site-port needs WHOP_CHAT_ASSERTION_SECRET with at least 32 bytes, the same as the proxy's"
    )]
    AssertionSecret,
}

/// Reads the command line. `environment` looks a variable up.
///
/// # Errors
/// When a flag or its value is not understood, or a secret is missing.
pub fn parse(
    arguments: impl IntoIterator<Item = std::ffi::OsString>,
    environment: impl Fn(&str) -> Option<String>,
) -> Result<Command, OptionsError> {
    use lexopt::prelude::{Long, Short, ValueExt};
    let mut options = Options {
        port: 4710,
        app_port: 4711,
        ..Options::default()
    };
    if let Some(key) = environment("SANDBOX_API_KEY").filter(|key| !key.is_empty()) {
        options.api_key = key.into();
    }
    if let Some(url) = environment("SANDBOX_APP_URL").filter(|url| !url.is_empty()) {
        options.app_url = origin("SANDBOX_APP_URL", url)?;
    }
    let mut print_ready = false;
    let mut creator_site_port = None;
    let mut widget_origin = "http://127.0.0.1:4720".to_owned();
    let mut parser = lexopt::Parser::from_iter(arguments);
    while let Some(argument) = parser.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(Command::Help),
            Long("host") => options.host = parser.value()?.parse()?,
            Long("port") => options.port = parser.value()?.parse()?,
            Long("app-port") => options.app_port = parser.value()?.parse()?,
            Long("app-url") => options.app_url = origin("--app-url", parser.value()?.string()?)?,
            Long("creator-site-port") => creator_site_port = Some(parser.value()?.parse()?),
            Long("widget-origin") => {
                widget_origin = origin("--widget-origin", parser.value()?.string()?)?;
            }
            Long("print-ready") => print_ready = true,
            Long("memory") => options.storage = Storage::Memory,
            Long("database") => options.storage = Storage::File(parser.value()?.into()),
            Long("seed") => options.seed = parser.value()?.parse()?,
            Long("messages") => options.messages = parser.value()?.parse()?,
            Long("seed-until") => options.seed_until = Some(moment(parser.value()?.string()?)?),
            Long("rate-limit") => {
                options.rate_limit = Some(rate_limit(&parser.value()?.string()?)?);
            }
            Long("oauth-redirect-uri") => {
                let uri = redirect_uri(parser.value()?.string()?)?;
                options.oauth_redirect_uris.push(uri);
            }
            Long("fault") => {
                let fault = Fault::from_text(&parser.value()?.string()?)?;
                options.faults.push(fault);
            }
            Long("upload-limit") => options.upload_limit = parser.value()?.parse()?,
            Long("upload-processing") => {
                options.upload_processing = Duration::from_millis(parser.value()?.parse()?);
            }
            Long("webhook-retry") => {
                options.webhook_retry = Duration::from_millis(parser.value()?.parse()?);
            }
            Long("no-control") => options.control = false,
            _ => return Err(argument.unexpected().into()),
        }
    }
    if let Some(port) = creator_site_port {
        let assertion_secret = environment("WHOP_CHAT_ASSERTION_SECRET")
            .filter(|secret| secret.len() >= 32)
            .ok_or(OptionsError::AssertionSecret)?;
        options.creator_site = Some(CreatorSite {
            port,
            widget_origin,
            assertion_secret: assertion_secret.into(),
        });
    }
    Ok(Command::Run {
        options: Box::new(options),
        print_ready,
    })
}

/// Scheme, host and port only, so that it can stand in a page's policy and before a path.
fn origin(flag: &'static str, value: String) -> Result<String, OptionsError> {
    reqwest::Url::parse(&value)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https"))
        .map(|url| url.origin().ascii_serialization())
        .ok_or(OptionsError::Value {
            flag,
            value,
            expected: "an address such as http://127.0.0.1:4720",
        })
}

fn redirect_uri(value: String) -> Result<String, OptionsError> {
    if crate::oauth::is_redirect_uri(&value) {
        return Ok(value);
    }
    Err(OptionsError::Value {
        flag: "--oauth-redirect-uri",
        value,
        expected: "an absolute address without a fragment, such as http://127.0.0.1:4720/oauth/callback",
    })
}

fn moment(value: String) -> Result<i64, OptionsError> {
    wire::Timestamp::from(value.as_str())
        .unix_millis()
        .ok_or(OptionsError::Value {
            flag: "--seed-until",
            value,
            expected: "a moment such as 2026-07-20T12:00:00Z",
        })
}

fn rate_limit(value: &str) -> Result<RateLimit, OptionsError> {
    let read = || {
        let (requests, window) = value.split_once('/')?;
        let requests = requests.parse().ok().filter(|count| *count > 0)?;
        let window = if let Some(millis) = window.strip_suffix("ms") {
            Duration::from_millis(millis.parse().ok()?)
        } else {
            Duration::from_secs(window.strip_suffix('s')?.parse().ok()?)
        };
        (!window.is_zero()).then_some(RateLimit { requests, window })
    };
    read().ok_or(OptionsError::Value {
        flag: "--rate-limit",
        value: value.to_owned(),
        expected: "a count and a time such as 10/10s or 5/500ms",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(arguments: &[&str]) -> Result<(Options, bool), OptionsError> {
        let arguments = ["sandbox"]
            .iter()
            .chain(arguments)
            .map(std::ffi::OsString::from);
        match parse(arguments, |name| {
            (name == "WHOP_CHAT_ASSERTION_SECRET").then(|| "s".repeat(32))
        })? {
            Command::Run {
                options,
                print_ready,
            } => Ok((*options, print_ready)),
            Command::Help => panic!("--help was not asked for"),
        }
    }

    #[test]
    fn reads_all_flags() {
        let (options, print_ready) = run(&[
            "--port=0",
            "--app-port",
            "5",
            "--app-url",
            "http://localhost:9/path",
            "--creator-site-port=4730",
            "--database",
            "whop.sqlite",
            "--seed=7",
            "--messages=12",
            "--seed-until",
            "2026-07-20T12:00:00Z",
            "--rate-limit=10/10s",
            "--oauth-redirect-uri=http://localhost:9/back",
            "--fault={\"kind\": \"outage\", \"seconds\": 60}",
            "--no-control",
            "--print-ready",
        ])
        .unwrap();
        assert!(print_ready && !options.control);
        assert_eq!((options.port, options.app_port), (0, 5));
        assert_eq!(options.app_url, "http://localhost:9");
        assert_eq!(
            options.creator_site.as_ref().map(|site| site.port),
            Some(4730)
        );
        assert_eq!(options.faults.len(), 1);
        assert_eq!(options.redirect_uris(), ["http://localhost:9/back"]);
        assert_eq!(options.storage, Storage::File("whop.sqlite".into()));
        assert_eq!((options.seed, options.messages), (7, 12));
        assert_eq!(options.seed_until, Some(1_784_548_800_000));
        assert_eq!(
            options.rate_limit,
            Some(RateLimit {
                requests: 10,
                window: Duration::from_secs(10)
            })
        );
    }

    #[test]
    fn refuses_what_it_does_not_understand() {
        for arguments in [
            &["--prot=1"][..],
            &["--port=http"],
            &["--app-url=ftp://x"],
            &["--rate-limit=0/10s"],
            &["--rate-limit=10"],
            &["--rate-limit=10/0s"],
            &["--seed-until=yesterday"],
            &["--oauth-redirect-uri=/back"],
            &["--fault=latency"],
            &["--fault={\"kind\": \"latency\"}"],
        ] {
            assert!(run(arguments).is_err(), "{arguments:?}");
        }
    }

    #[test]
    fn a_creator_site_needs_a_strong_secret() {
        for secret in [None, Some("short".to_owned())] {
            let arguments = ["sandbox", "--creator-site-port=0"].map(std::ffi::OsString::from);
            assert!(matches!(
                parse(arguments, |name| {
                    secret
                        .clone()
                        .filter(|_| name == "WHOP_CHAT_ASSERTION_SECRET")
                }),
                Err(OptionsError::AssertionSecret)
            ));
        }
    }

    #[test]
    fn secrets_are_not_in_the_debug_output() {
        let (options, _) = run(&["--creator-site-port=0"]).unwrap();
        let shown = format!("{options:?}");
        assert!(
            !shown.contains("sandbox_api_key") && !shown.contains("ssss"),
            "{shown}"
        );
    }
}
