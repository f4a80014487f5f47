//! Members of a chat by the thousand: opens sessions and websockets, and says how long what took. `relay.mjs` beside
//! this starts the servers and reads what is printed here: one line of JSON.

mod arguments;
mod crowd;
mod fanout;
mod frame;
mod idle;
mod limits;
mod member;
mod numbers;
mod process;
mod sessions;
mod target;

use arguments::{Arguments, Command, HELP, Scenario};
use serde_json::Value;
use std::io::Write as _;
use std::process::ExitCode;

/// Why nothing could be measured.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The command line.
    #[error("{0}; see --help")]
    Arguments(#[from] lexopt::Error),
    /// The machine allows too few open files.
    #[error(
        "{wanted} sockets need {wanted} open files and some more, and a process may have {limit}: \
         raise it with `ulimit -n {}`", wanted + limits::OTHER_FILES
    )]
    OpenFiles {
        /// How many sockets are wanted.
        wanted: usize,
        /// How many files may be open.
        limit: usize,
    },
    /// A request.
    #[error("a request failed: {0}")]
    Request(#[from] reqwest::Error),
    /// A websocket.
    #[error("a websocket can't be opened: {0}")]
    Websocket(#[from] tokio_tungstenite::tungstenite::Error),
    /// A server said no.
    #[error("{what} was answered with {status}: {text}")]
    Refused {
        /// What was asked.
        what: &'static str,
        /// The answer's status.
        status: u16,
        /// Its beginning.
        text: String,
    },
    /// A file of the system.
    #[error("{path} can't be read: {source}")]
    File {
        /// Which.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// Something that can't be.
    #[error("{0}")]
    Other(String),
}

fn main() -> ExitCode {
    let answer = arguments::parse(lexopt::Parser::from_env()).and_then(|command| match command {
        Command::Help => Ok(HELP.to_owned()),
        Command::Run(arguments) => run(&arguments).map(|numbers| format!("{numbers}\n")),
    });
    match answer {
        Ok(text) => match std::io::stdout().write_all(text.as_bytes()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::FAILURE,
        },
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "relay-load: {error}");
            ExitCode::FAILURE
        }
    }
}

/// On one thread: whom it loads should have the other core.
fn run(arguments: &Arguments) -> Result<Value, LoadError> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| LoadError::Other(format!("no runtime: {error}")))?;
    runtime.block_on(async {
        match arguments.scenario {
            Scenario::Sessions => sessions::measure(arguments).await,
            Scenario::Idle => idle::measure(arguments).await,
            Scenario::Fanout => fanout::measure(arguments).await,
        }
    })
}
