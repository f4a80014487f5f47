//! npm packages: the build tools among them, and what the JavaScript suites import.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::progress::Progress;
use super::version;
use crate::error::{Error, Result};
use crate::paths::{Paths, on_path};
use crate::process;

/// The oldest Node on which Vite runs, with which tests build pages.
const NODE: (u32, u32) = (20, 19);
const LIMIT: Duration = Duration::from_secs(10 * 60);
/// A copy of the lock file that the packages were installed from.
const STAMP: &str = "node_modules/.installed-from.json";

/// wasm-opt and esbuild, outside the checkout.
pub fn set_up_tools(paths: &Paths, progress: &mut Progress) -> Result<()> {
    let from = paths.root.join("xtask/npm");
    let to = paths.npm_tools();
    set_up("wasm-opt, esbuild (npm)", &from, &to, paths, progress)
}

/// The packages of `tests/`, inside it: that is where Node looks for them.
pub fn set_up_tests(paths: &Paths, progress: &mut Progress) -> Result<()> {
    let directory = paths.root.join("tests");
    set_up(
        "packages of tests/ (npm)",
        &directory,
        &directory,
        paths,
        progress,
    )
}

/// The packages of `tests/bench/`, inside it: only benchmarks need them.
pub fn set_up_benchmarks(paths: &Paths, progress: &mut Progress) -> Result<()> {
    let directory = paths.root.join("tests/bench");
    set_up(
        "packages of tests/bench/ (npm)",
        &directory,
        &directory,
        paths,
        progress,
    )
}

fn set_up(
    label: &str,
    from: &Path,
    to: &Path,
    paths: &Paths,
    progress: &mut Progress,
) -> Result<()> {
    require_node()?;
    let lock = from.join("package-lock.json");
    let wanted = fs::read(&lock).map_err(Error::file(&lock))?;
    let stamp = to.join(STAMP);
    if fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        progress.found(label);
        return Ok(());
    }
    progress.installing(label, "about 10 s");
    if from != to {
        fs::create_dir_all(to).map_err(Error::file(to))?;
        for file in ["package.json", "package-lock.json"] {
            fs::copy(from.join(file), to.join(file)).map_err(Error::file(to.join(file)))?;
        }
    }
    let mut command = Command::new("npm");
    // No package here needs its install script, and none gets to run one.
    command
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
        .current_dir(to);
    process::quiet("npm ci", &mut command, &paths.log("npm"), LIMIT).map_err(|error| {
        Error::Missing {
            tool: label.to_owned(),
            reason: error.to_string(),
            advice: "make the npm registry reachable (or name a mirror with `npm config set \
                     registry …`) and run this again"
                .into(),
        }
    })?;
    fs::write(&stamp, wanted).map_err(Error::file(&stamp))?;
    progress.installed();
    Ok(())
}

/// Node itself is the machine's: a runtime is not something to install behind anyone's back.
fn require_node() -> Result<()> {
    let version = on_path("node").and_then(|node| version::of_program(&node));
    let reason = match &version {
        Some(version) if is_new_enough(version) => {
            if on_path("npm").is_some() {
                return Ok(());
            }
            "node is there, npm is not".to_owned()
        }
        Some(version) => format!("node is version {version}"),
        None => "there is no node on PATH".to_owned(),
    };
    Err(Error::Missing {
        tool: format!("Node {}.{} or newer, with npm", NODE.0, NODE.1),
        reason,
        advice: "install it from https://nodejs.org or with your package manager".into(),
    })
}

fn is_new_enough(version: &str) -> bool {
    version::part(version, 0).zip(version::part(version, 1)) >= Some(NODE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_versions_of_node_are_refused() {
        assert!(
            ["20.19.0", "20.20.2", "22.0.0"]
                .into_iter()
                .all(is_new_enough)
        );
        assert!(
            !["18.19.0", "20.18.9", "nightly"]
                .into_iter()
                .any(is_new_enough)
        );
    }
}
