//! What the command line can choose. Every flag and variable is in `flags`.

mod flags;

pub use flags::{VARIABLES, Variable, help, names};

use crate::faults::{Fault, FaultError};
use crate::secret::Secret;
use flags::Draft;
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::time::Duration;

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
    /// Begin with this file instead of the seed.
    pub import: Option<PathBuf>,
    /// Requests per key.
    pub rate_limit: Option<RateLimit>,
    /// Requests per user to GraphQL; Whop's own limit unless chosen otherwise.
    pub graphql_rate_limit: Option<RateLimit>,
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
            import: None,
            rate_limit: None,
            graphql_rate_limit: Some(RateLimit {
                requests: 10,
                window: Duration::from_secs(10),
            }),
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
    /// Print [`help`].
    Help,
    /// Write what the database knows to a file, or to stdout for `-`.
    Export {
        /// With these options.
        options: Box<Options>,
        /// Where to.
        file: PathBuf,
    },
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
    use lexopt::prelude::{Long, Short};
    let look_up = |variable: &Variable| environment(variable.name).filter(|text| !text.is_empty());
    let mut draft = Draft {
        options: Options {
            port: 4710,
            app_port: 4711,
            ..Options::default()
        },
        print_ready: false,
        creator_site_port: None,
        widget_origin: "http://127.0.0.1:4720".to_owned(),
        export: None,
    };
    if let Some(key) = look_up(&flags::API_KEY) {
        draft.options.api_key = key.into();
    }
    if let Some(url) = look_up(&flags::APP_URL) {
        draft.options.app_url = flags::origin(flags::APP_URL.name, url)?;
    }
    let mut parser = lexopt::Parser::from_iter(arguments);
    while let Some(argument) = parser.next()? {
        let name = match argument {
            Short('h') | Long("help") => return Ok(Command::Help),
            Long(name) => name.to_owned(),
            _ => return Err(argument.unexpected().into()),
        };
        if !flags::read(&mut draft, &name, || parser.value())? {
            return Err(lexopt::Error::UnexpectedOption(format!("--{name}")).into());
        }
    }
    let Draft {
        mut options,
        print_ready,
        creator_site_port,
        widget_origin,
        export,
    } = draft;
    if let Some(port) = creator_site_port {
        let assertion_secret = look_up(&flags::ASSERTION_SECRET)
            .filter(|secret| secret.len() >= 32)
            .ok_or(OptionsError::AssertionSecret)?;
        options.creator_site = Some(CreatorSite {
            port,
            widget_origin,
            assertion_secret: assertion_secret.into(),
        });
    }
    if let Some(file) = export {
        let options = Box::new(options);
        return Ok(Command::Export { options, file });
    }
    Ok(Command::Run {
        options: Box::new(options),
        print_ready,
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
            other => panic!("{other:?} was not asked for"),
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
