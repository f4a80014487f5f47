//! Every flag and every environment variable, with what `--help` says of it: what is not here is not read.

use super::{Options, OptionsError, RateLimit, Storage};
use crate::faults::Fault;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Duration;

/// What the flags have said so far.
#[derive(Debug)]
pub struct Draft {
    pub options: Options,
    pub print_ready: bool,
    pub creator_site_port: Option<u16>,
    pub widget_origin: String,
    pub export: Option<PathBuf>,
}

/// What a flag does.
enum Does {
    /// It stands alone.
    Switch(fn(&mut Draft)),
    /// It takes a value, shown as this.
    Value(
        &'static str,
        fn(&mut Draft, &'static str, OsString) -> Result<(), OptionsError>,
    ),
}

struct Flag {
    name: &'static str,
    does: Does,
    help: &'static str,
}

struct Section {
    title: &'static str,
    flags: &'static [Flag],
    note: &'static str,
}

const fn switch(name: &'static str, set: fn(&mut Draft), help: &'static str) -> Flag {
    Flag {
        name,
        does: Does::Switch(set),
        help,
    }
}

const fn value(
    name: &'static str,
    shown: &'static str,
    set: fn(&mut Draft, &'static str, OsString) -> Result<(), OptionsError>,
    help: &'static str,
) -> Flag {
    Flag {
        name,
        does: Does::Value(shown, set),
        help,
    }
}

static SECTIONS: [Section; 3] = [
    Section {
        title: "Listeners",
        flags: &[
            value(
                "--host",
                "ADDRESS",
                |draft, flag, text| {
                    draft.options.host = number(flag, text, "an IP address")?;
                    Ok(())
                },
                "Address to listen on [default: 127.0.0.1]",
            ),
            value(
                "--port",
                "PORT",
                |draft, flag, text| {
                    draft.options.port = number(flag, text, PORT)?;
                    Ok(())
                },
                "api.whop.com, ws-prod.whop.com and whop.com's host page [default: 4710]",
            ),
            value(
                "--app-port",
                "PORT",
                |draft, flag, text| {
                    draft.options.app_port = number(flag, text, PORT)?;
                    Ok(())
                },
                "The app's own origin, which passes requests on to the app [default: 4711]",
            ),
            value(
                "--app-url",
                "URL",
                |draft, flag, text| {
                    draft.options.app_url = origin(flag, string(flag, text)?)?;
                    Ok(())
                },
                "The app behind that origin [default: http://127.0.0.1:4720, or SANDBOX_APP_URL]",
            ),
            value(
                "--creator-site-port",
                "PORT",
                |draft, flag, text| {
                    draft.creator_site_port = Some(number(flag, text, PORT)?);
                    Ok(())
                },
                "Also serve the demo site of a creator, who embeds the widget [default: off]",
            ),
            value(
                "--widget-origin",
                "URL",
                |draft, flag, text| {
                    draft.widget_origin = origin(flag, string(flag, text)?)?;
                    Ok(())
                },
                "Where that site loads the widget from [default: http://127.0.0.1:4720]",
            ),
            switch(
                "--print-ready",
                |draft| draft.print_ready = true,
                "Print one line of JSON with the listeners' URLs when ready",
            ),
        ],
        note: "A port of 0 lets the system choose; logs go to stderr (RUST_LOG filters them)",
    },
    Section {
        title: "Data",
        flags: &[
            switch(
                "--memory",
                |draft| draft.options.storage = Storage::Memory,
                "Keep everything in memory [default]",
            ),
            value(
                "--database",
                "PATH",
                |draft, _, path| {
                    draft.options.storage = Storage::File(path.into());
                    Ok(())
                },
                "Keep everything in this SQLite file; it is filled when it is empty",
            ),
            value(
                "--seed",
                "NUMBER",
                |draft, flag, text| {
                    draft.options.seed = number(flag, text, NUMBER)?;
                    Ok(())
                },
                "Which seeded conversation [default: 1]",
            ),
            value(
                "--messages",
                "NUMBER",
                |draft, flag, text| {
                    draft.options.messages = number(flag, text, NUMBER)?;
                    Ok(())
                },
                "How many messages the general channel is seeded with [default: 5000]",
            ),
            value(
                "--seed-until",
                "TIME",
                |draft, flag, text| {
                    draft.options.seed_until = Some(moment(flag, string(flag, text)?)?);
                    Ok(())
                },
                "When the last of them was posted, RFC 3339 [default: ten minutes ago]",
            ),
            value(
                "--import",
                "FILE",
                |draft, _, path| {
                    draft.options.import = Some(path.into());
                    Ok(())
                },
                "Begin with the people, channels and messages of this file, which --export wrote, instead of the seed",
            ),
            value(
                "--export",
                "FILE",
                |draft, _, path| {
                    draft.export = Some(path.into());
                    Ok(())
                },
                "Write all that it knows to this file as JSON (- is stdout), and stop. Keys and sign-ins stay out of it",
            ),
        ],
        note: "",
    },
    Section {
        title: "Behaviour",
        flags: &[
            value(
                "--oauth-redirect-uri",
                "URL",
                |draft, flag, text| {
                    let uri = redirect_uri(flag, string(flag, text)?)?;
                    draft.options.oauth_redirect_uris.push(uri);
                    Ok(())
                },
                "Where people who sign in may be sent back to; may be repeated [default: /oauth/callback of --app-url]",
            ),
            value(
                "--rate-limit",
                "COUNT/DURATION",
                |draft, flag, text| {
                    draft.options.rate_limit = rate_limit(flag, string(flag, text)?)?;
                    Ok(())
                },
                "Requests per key, such as 10/10s, which is Whop's own limit [default: off]",
            ),
            value(
                "--graphql-rate-limit",
                "COUNT/DURATION",
                |draft, flag, text| {
                    draft.options.graphql_rate_limit = rate_limit(flag, string(flag, text)?)?;
                    Ok(())
                },
                "Requests per user to /public-graphql, or off [default: 10/10s]",
            ),
            value(
                "--fault",
                "JSON",
                |draft, flag, text| {
                    let fault = Fault::from_text(&string(flag, text)?)?;
                    draft.options.faults.push(fault);
                    Ok(())
                },
                "Something that goes wrong from the start, as POST /_sandbox/faults takes it, such as \
                 {\"kind\": \"latency\", \"milliseconds\": 200}; may be repeated; see docs/faults.md",
            ),
            value(
                "--upload-limit",
                "BYTES",
                |draft, flag, text| {
                    draft.options.upload_limit = number(flag, text, NUMBER)?;
                    Ok(())
                },
                "The largest upload [default: 50000000]",
            ),
            value(
                "--upload-processing",
                "MILLISECONDS",
                |draft, flag, text| {
                    draft.options.upload_processing = milliseconds(flag, text)?;
                    Ok(())
                },
                "How long an upload is looked at before it is ready or failed [default: 250]",
            ),
            value(
                "--webhook-retry",
                "MILLISECONDS",
                |draft, flag, text| {
                    draft.options.webhook_retry = milliseconds(flag, text)?;
                    Ok(())
                },
                "A webhook's failed delivery is repeated after so long, then after twice that, five times altogether \
                 [default: 1000]",
            ),
            switch(
                "--no-control",
                |draft| draft.options.control = false,
                "Switch off the control routes under /_sandbox/",
            ),
        ],
        note: "",
    },
];

/// An environment variable.
pub struct Variable {
    /// Its name.
    pub name: &'static str,
    help: &'static str,
}

/// Those that are read.
pub const VARIABLES: [Variable; 4] = [
    API_KEY,
    ASSERTION_SECRET,
    APP_URL,
    Variable {
        name: "RUST_LOG",
        help: "Which logs are written [default: info]",
    },
];
/// The app's API key.
pub const API_KEY: Variable = Variable {
    name: "SANDBOX_API_KEY",
    help: "The app's API key, and the secret of its OAuth client [default: sandbox_api_key]",
};
/// Shared with the proxy.
pub const ASSERTION_SECRET: Variable = Variable {
    name: "WHOP_CHAT_ASSERTION_SECRET",
    help: "Signs the creator site's assertions; the same as the proxy's, at least 32 bytes",
};
/// The app behind the app's origin.
pub const APP_URL: Variable = Variable {
    name: "SANDBOX_APP_URL",
    help: "The same as --app-url",
};

/// Control routes, with the bodies that they take.
const CONTROL: &[(&str, &str)] = &[
    (
        "GET /_sandbox/state",
        "Open sockets, counted requests, number of messages",
    ),
    (
        "GET /_sandbox/notifications",
        "What POST /notifications sent, and to whom",
    ),
    (
        "GET /_sandbox/webhooks",
        "Every attempt to deliver an event, and how many wait",
    ),
    (
        "GET /_sandbox/world",
        "All that it knows, as --export writes it",
    ),
    (
        "/_sandbox/faults",
        "{\"kind\": \"reset\", \"match\"?: {\"method\", \"path\", …}, \"count\"?, \"seconds\"?, \"share\"?, …}: something goes \
         wrong from now on; answers with its id; docs/faults.md has all kinds",
    ),
    (
        "GET, DELETE /_sandbox/faults, /_sandbox/faults/{id}",
        "What goes wrong now, and an end of it",
    ),
    ("/_sandbox/sockets/drop", "{}: break all sockets off"),
    (
        "/_sandbox/sockets/refuse",
        "{\"refuse\": true}: and take no new ones",
    ),
    (
        "/_sandbox/sockets/frame",
        "{\"frame\": {…}}: send every socket that frame",
    ),
    ("/_sandbox/tokens/expire", "{}: all access tokens end now"),
    (
        "/_sandbox/mute",
        "{\"channel_id\", \"user_id\", \"seconds\"}: as a moderator does; 0 lifts it",
    ),
    (
        "/_sandbox/support/resolve",
        "{\"channel_id\", \"resolved\"?}: as the team does; false opens a support chat again",
    ),
    (
        "/_sandbox/people",
        "{\"count\": 60, \"access_level\"?}: so many more members, user_extra_1 and on",
    ),
    (
        "/_sandbox/access",
        "{\"user_id\", \"access_level\": \"no_access\"}: or customer, or admin",
    ),
    (
        "/_sandbox/flood",
        "{\"count\": 1000, \"per_second\": 200, \"channel_id\"?, \"numbered\"?}: post seeded texts by all members, at that \
         rate (each ends with its number); answers when all are posted",
    ),
    (
        "/_sandbox/fail",
        "{\"method\", \"path\", \"status\", \"times\"?, \"after_commit\"?}: the next such requests fail",
    ),
    (
        "/_sandbox/latency",
        "{\"milliseconds\": 200}: every answer of the API waits",
    ),
    (
        "/_sandbox/reset",
        "{}: the data as it was at the start, no faults; sockets are told to reconnect",
    ),
];

const COLUMN: usize = 31;
const WIDTH: usize = 120;

/// What `--help` prints.
pub fn help() -> String {
    let mut text = "A local Whop: the REST routes under /api/v1, both websockets, GraphQL, signing in, files, tokens\n\
                    and whop.com's own pages, on SQLite.\n\nUsage: sandbox [OPTIONS]\n"
        .to_owned();
    for section in &SECTIONS {
        let _ = write!(text, "\n{}\n", section.title);
        for flag in section.flags {
            let name = match flag.does {
                Does::Switch(_) => flag.name.to_owned(),
                Does::Value(shown, _) => format!("{} {shown}", flag.name),
            };
            entry(&mut text, &name, flag.help);
        }
        if !section.note.is_empty() {
            entry(&mut text, "", section.note);
        }
    }
    text.push_str("\n  -h, --help                   Print this help\n");
    text.push_str(
        "\nControl routes, for programs of this machine (POST with a JSON body unless it says otherwise)\n",
    );
    for (route, help) in CONTROL {
        entry(&mut text, route, help);
    }
    text.push_str("\nEnvironment\n");
    for variable in &VARIABLES {
        entry(&mut text, variable.name, variable.help);
    }
    text
}

/// The name, and what it means in a column beside it.
fn entry(text: &mut String, name: &str, help: &str) {
    let mut line = format!("  {name}");
    if line.chars().count() + 1 > COLUMN {
        text.push_str(&line);
        text.push('\n');
        line.clear();
    }
    let mut words = help.split(' ').peekable();
    while words.peek().is_some() {
        let indent = COLUMN.saturating_sub(line.chars().count());
        line.push_str(&" ".repeat(indent));
        let mut is_first = true;
        while let Some(word) = words
            .next_if(|word| is_first || line.chars().count() + 1 + word.chars().count() <= WIDTH)
        {
            if !is_first {
                line.push(' ');
            }
            line.push_str(word);
            is_first = false;
        }
        text.push_str(&line);
        text.push('\n');
        line.clear();
    }
}

/// The names of all flags.
pub fn names() -> impl Iterator<Item = &'static str> {
    SECTIONS
        .iter()
        .flat_map(|section| section.flags)
        .map(|flag| flag.name)
}

/// Does what the flag says, with the value that `next` gives. False when there is no such flag.
pub fn read(
    draft: &mut Draft,
    name: &str,
    next: impl FnOnce() -> Result<OsString, lexopt::Error>,
) -> Result<bool, OptionsError> {
    let flag = SECTIONS
        .iter()
        .flat_map(|section| section.flags)
        .find(|flag| flag.name.strip_prefix("--") == Some(name));
    match flag {
        None => return Ok(false),
        Some(Flag {
            does: Does::Switch(set),
            ..
        }) => set(draft),
        Some(Flag {
            does: Does::Value(_, set),
            name,
            ..
        }) => set(draft, name, next()?)?,
    }
    Ok(true)
}

const PORT: &str = "a port from 0 to 65535";
const NUMBER: &str = "a whole number";

fn refused(flag: &'static str, value: String, expected: &'static str) -> OptionsError {
    OptionsError::Value {
        flag,
        value,
        expected,
    }
}

fn string(flag: &'static str, value: OsString) -> Result<String, OptionsError> {
    value
        .into_string()
        .map_err(|value| refused(flag, value.to_string_lossy().into_owned(), "text in UTF-8"))
}

fn number<T: std::str::FromStr>(
    flag: &'static str,
    value: OsString,
    expected: &'static str,
) -> Result<T, OptionsError> {
    let value = string(flag, value)?;
    value.parse().map_err(|_| refused(flag, value, expected))
}

fn milliseconds(flag: &'static str, value: OsString) -> Result<Duration, OptionsError> {
    number(flag, value, NUMBER).map(Duration::from_millis)
}

/// Scheme, host and port only, so that it can stand in a page's policy and before a path.
pub fn origin(flag: &'static str, value: String) -> Result<String, OptionsError> {
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

fn redirect_uri(flag: &'static str, value: String) -> Result<String, OptionsError> {
    if crate::oauth::is_redirect_uri(&value) {
        return Ok(value);
    }
    Err(refused(
        flag,
        value,
        "an absolute address without a fragment, such as http://127.0.0.1:4720/oauth/callback",
    ))
}

fn moment(flag: &'static str, value: String) -> Result<i64, OptionsError> {
    wire::Timestamp::from(value.as_str())
        .unix_millis()
        .ok_or(OptionsError::Value {
            flag,
            value,
            expected: "a moment such as 2026-07-20T12:00:00Z",
        })
}

fn rate_limit(flag: &'static str, value: String) -> Result<Option<RateLimit>, OptionsError> {
    if value == "off" {
        return Ok(None);
    }
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
    match read() {
        Some(limit) => Ok(Some(limit)),
        None => Err(refused(
            flag,
            value,
            "a count and a time such as 10/10s or 5/500ms, or off",
        )),
    }
}
