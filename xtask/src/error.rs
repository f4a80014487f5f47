//! What can go wrong, said so that the reader knows what to do next.

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;

/// The result of everything in xtask.
pub type Result<T> = std::result::Result<T, Error>;

/// A command that could not do its work.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The command line was not understood.
    #[error("{0}\nRun `cargo xtask help` to see the commands.")]
    Usage(String),

    /// A file or directory could not be read or written.
    #[error("{path}: {source}", path = path.display())]
    File {
        /// Where.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },

    /// A program could not be started at all.
    #[error("`{program}` could not be started: {source}")]
    Start {
        /// Its name or path.
        program: String,
        /// What the system said.
        source: io::Error,
    },

    /// A program ran and failed; what it printed last is in `tail`.
    #[error("{what} failed ({status}){}", indented(tail))]
    Failed {
        /// What was being done.
        what: String,
        /// How the program ended.
        status: ExitStatus,
        /// Its last lines, empty when they were on the screen already.
        tail: String,
    },

    /// A program took longer than it was given.
    #[error(
        "{what} was stopped after {seconds} s without an end{}",
        indented(tail)
    )]
    TimedOut {
        /// What was being done.
        what: String,
        /// The time limit, in seconds.
        seconds: u64,
        /// Its last lines.
        tail: String,
    },

    /// A tool is missing and could not be installed.
    #[error("{tool} is missing and could not be installed: {reason}\n\nWhat to do: {advice}")]
    Missing {
        /// The tool and its version.
        tool: String,
        /// Why the installation did not work.
        reason: String,
        /// What the reader can do about it.
        advice: String,
    },

    /// Anything else that is not as it must be.
    #[error("{0}")]
    Wrong(String),
}

impl From<lexopt::Error> for Error {
    fn from(error: lexopt::Error) -> Self {
        Self::Usage(error.to_string())
    }
}

impl Error {
    /// Turns an [`io::Error`] into one that names the path.
    pub fn file(path: impl AsRef<Path>) -> impl FnOnce(io::Error) -> Self {
        let path = path.as_ref().to_path_buf();
        move |source| Self::File { path, source }
    }
}

fn indented(tail: &str) -> String {
    if tail.is_empty() {
        return String::new();
    }
    let mut text = String::from(":");
    for line in tail.lines() {
        text.push_str("\n    ");
        text.push_str(line);
    }
    text
}
