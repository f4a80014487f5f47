//! The sources of the standard library, for a release that compiles it for size.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::progress::{Progress, note};
use super::wasm_std::WasmStd;
use crate::error::Result;
use crate::paths::Paths;
use crate::process;

/// A download of 3 MB. Beyond this a larger widget comes sooner.
const LIMIT: Duration = Duration::from_secs(60);

/// Finds or installs them; whether they are there. Nothing fails without them.
pub fn set_up(paths: &Paths, library: &WasmStd, progress: &mut Progress) -> bool {
    let label = "sources of the standard library";
    if matches!(library, WasmStd::Source { .. }) || is_there() {
        progress.found(label);
        return true;
    }
    progress.installing(label, "about 5 s");
    match install(paths) {
        Ok(()) if is_there() => {
            progress.installed();
            return true;
        }
        Ok(()) => note("rustup has them, but the rustc on PATH is not rustup's"),
        Err(error) => {
            let text = error.to_string();
            note(text.lines().next().unwrap_or_default());
        }
    }
    note("going on without: a release will be larger");
    false
}

fn install(paths: &Paths) -> Result<()> {
    let mut command = Command::new("rustup");
    command.args(["component", "add", "rust-src"]);
    process::quiet(
        "rustup component add rust-src",
        &mut command,
        &paths.log("rustup-source"),
        LIMIT,
    )
}

fn is_there() -> bool {
    let sysroot = process::capture(Command::new("rustc").args(["--print", "sysroot"]));
    sysroot.is_ok_and(|sysroot| {
        Path::new(sysroot.trim())
            .join("lib/rustlib/src/rust/library/std/Cargo.toml")
            .is_file()
    })
}
