//! rustfmt and clippy, which belong to the compiler.

use std::process::Command;
use std::time::Duration;

use super::progress::Progress;
use crate::error::{Error, Result};
use crate::paths::Paths;
use crate::process;

const LIMIT: Duration = Duration::from_secs(240);

/// Finds them, or has rustup add them.
pub fn set_up(paths: &Paths, progress: &mut Progress) -> Result<()> {
    let label = "rustfmt, clippy";
    if works("fmt") && works("clippy") {
        progress.found(label);
        return Ok(());
    }
    progress.installing(label, "about 10 s");
    let mut command = Command::new("rustup");
    command.args(["component", "add", "rustfmt", "clippy"]);
    process::quiet(
        "rustup component add",
        &mut command,
        &paths.log("rustup"),
        LIMIT,
    )
    .map_err(|error| Error::Missing {
        tool: label.into(),
        reason: error.to_string(),
        advice: "install them with the compiler: `rustup component add rustfmt clippy`, or the \
                     packages of your distribution"
            .into(),
    })?;
    progress.installed();
    Ok(())
}

fn works(subcommand: &str) -> bool {
    process::capture(super::cargo().args([subcommand, "--version"])).is_ok()
}
