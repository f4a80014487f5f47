//! What can be said about the sources without running them.

use crate::error::Result;
use crate::process;
use crate::test::{heading, locked};
use crate::toolchain::{Toolchain, deny};

const DENY_WARNINGS: &[&str] = &["--", "--deny", "warnings"];

/// Formatting, clippy for both targets, and what cargo-deny watches.
pub fn lint(toolchain: &Toolchain) -> Result<()> {
    heading("rustfmt");
    process::show(
        "cargo fmt --check",
        toolchain.cargo().args(["fmt", "--all", "--check"]),
    )?;
    heading("clippy");
    let mut native = toolchain.cargo();
    native.args([
        "clippy",
        "--workspace",
        "--exclude",
        "whop-chat",
        "--all-targets",
    ]);
    process::show("clippy", native.args(locked()).args(DENY_WARNINGS))?;
    heading("clippy of the widget");
    widget(toolchain)?;
    heading("cargo-deny");
    cargo_deny(toolchain)
}

fn widget(toolchain: &Toolchain) -> Result<()> {
    let mut command = toolchain.cargo();
    command
        .args(["clippy", "--package", "whop-chat", "--all-targets"])
        .args(locked());
    if toolchain.builds_std() {
        // Clippy belongs to rustup's compiler, which can't read what Debian's has compiled.
        println!("checked for this machine: rustup's clippy has no library for wasm here");
    } else {
        command.args(["--target", "wasm32-unknown-unknown"]);
    }
    process::show("clippy of the widget", command.args(DENY_WARNINGS))
}

/// Licences, sources and bans; the advisories only where their database can be had.
fn cargo_deny(toolchain: &Toolchain) -> Result<()> {
    if !deny::is_there(&toolchain.paths) {
        println!("skipped: cargo-deny is not installed (cargo install cargo-deny --locked)");
        return Ok(());
    }
    let mut reachable = std::process::Command::new("curl");
    reachable.args([
        "--head",
        "--silent",
        "--connect-timeout",
        "5",
        "https://github.com",
    ]);
    let mut command = toolchain.tool("cargo-deny");
    if process::capture(&mut reachable).is_ok() {
        command.args(["--log-level", "error", "check"]);
    } else {
        println!("without the advisories: their database on github.com can't be reached");
        // Offline it can't look at packages of other systems, which nothing has asked for so far.
        let mut fetch = toolchain.cargo();
        process::show("cargo fetch", fetch.arg("fetch").args(locked()))?;
        command.args([
            "--offline",
            "--log-level",
            "error",
            "check",
            "bans",
            "licenses",
            "sources",
        ]);
    }
    process::show("cargo deny", &mut command)
}
