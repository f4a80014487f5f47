use crate::LoadError;
use crate::process::Watched;
use crate::target::{Relay, Target};
use lexopt::prelude::{Long, Short, Value, ValueExt};
use std::time::Duration;

/// Printed by `--help`.
pub const HELP: &str = "\
Members of a chat by the thousand; what was measured is printed as one line of JSON.

Usage: relay-load sessions|idle|fanout [OPTIONS]

  sessions  Every member opens a session, and then each once more
  idle      Opens websockets, leaves them alone, and asks each in the end whether it is alive
  fanout    Opens websockets, publishes frames, and takes the time until each has arrived at each

Whom to load
  --proxy URL          The proxy, with …
  --sandbox URL        … the sandbox behind it, which publishes, and …
  --origin ORIGIN      … the site whose members come; WHOP_CHAT_ASSERTION_SECRET signs for them
  --nchan URL          Or nchan: /sub takes websockets, /pub what is to be published

How much
  --people NUMBER      Different members [default: 1000]
  --sockets NUMBER     Websockets [default: 1000]
  --at-once NUMBER     Of sessions or websockets that are being opened [default: 32]
  --per-second NUMBER  Frames a second [default: 100]
  --seconds NUMBER     For how long frames are published, or sockets left alone [default: 10]
  --watch NAME=PID     Also say what CPU and memory that process takes; may be repeated, also with the same name
";

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scenario {
    /// Openings of sessions.
    Sessions,
    /// Sockets on which nothing happens.
    Idle,
    /// Frames to many sockets.
    Fanout,
}

/// What the command line asks for.
#[derive(Debug)]
pub struct Arguments {
    /// What is measured.
    pub scenario: Scenario,
    /// Whom it is measured of.
    pub target: Target,
    /// How many different members.
    pub people: usize,
    /// How many websockets.
    pub sockets: usize,
    /// How many are opened at a time.
    pub at_once: usize,
    /// Frames a second.
    pub per_second: u32,
    /// For how long.
    pub duration: Duration,
    /// Whose CPU and memory is looked at.
    pub watched: Watched,
}

/// What to do.
#[derive(Debug)]
pub enum Command {
    /// Print [`HELP`].
    Help,
    /// Measure.
    Run(Box<Arguments>),
}

/// Reads the command line.
pub fn parse(mut parser: lexopt::Parser) -> Result<Command, LoadError> {
    let mut scenario = None;
    let (mut proxy, mut sandbox, mut origin, mut nchan) = (None, None, None, None);
    let (mut people, mut sockets, mut at_once) = (1_000, 1_000, 32);
    let (mut per_second, mut seconds) = (100, 10);
    let mut watched = Watched::default();
    while let Some(argument) = parser.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(Command::Help),
            Value(name) if scenario.is_none() => {
                scenario = Some(match name.string()?.as_str() {
                    "sessions" => Scenario::Sessions,
                    "idle" => Scenario::Idle,
                    "fanout" => Scenario::Fanout,
                    other => return Err(LoadError::Other(format!("nothing is named {other:?}"))),
                });
            }
            Long("proxy") => proxy = Some(parser.value()?.string()?),
            Long("sandbox") => sandbox = Some(parser.value()?.string()?),
            Long("origin") => origin = Some(parser.value()?.string()?),
            Long("nchan") => nchan = Some(parser.value()?.string()?),
            Long("people") => people = parser.value()?.parse()?,
            Long("sockets") => sockets = parser.value()?.parse()?,
            Long("at-once") => at_once = parser.value()?.parse()?,
            Long("per-second") => per_second = parser.value()?.parse()?,
            Long("seconds") => seconds = parser.value()?.parse()?,
            Long("watch") => watched.add(&parser.value()?.string()?)?,
            other => return Err(other.unexpected().into()),
        }
    }
    let missing = |what: &str| LoadError::Other(format!("{what} is missing; see --help"));
    let target = match (nchan, proxy) {
        (Some(url), None) => Target::Nchan { url },
        (None, Some(proxy)) => Target::Relay(Relay {
            proxy,
            sandbox: sandbox.ok_or_else(|| missing("--sandbox"))?,
            origin: origin.ok_or_else(|| missing("--origin"))?,
            secret: std::env::var("WHOP_CHAT_ASSERTION_SECRET")
                .map_err(|_| missing("WHOP_CHAT_ASSERTION_SECRET"))?,
        }),
        _ => return Err(missing("one of --proxy and --nchan")),
    };
    Ok(Command::Run(Box::new(Arguments {
        scenario: scenario.ok_or_else(|| missing("what to measure"))?,
        target,
        people: people.max(1),
        sockets,
        at_once: at_once.max(1),
        per_second: per_second.max(1),
        duration: Duration::from_secs(seconds),
        watched,
    })))
}
