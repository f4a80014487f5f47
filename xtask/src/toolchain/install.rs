//! A program written in Rust: the one on `PATH` if its version is right, else a release, else compiled here.

use std::path::PathBuf;
use std::time::Duration;

use super::prebuilt::{self, Release};
use super::progress::{Progress, note};
use super::version;
use crate::error::{Error, Result};
use crate::paths::{Paths, on_path};
use crate::process;

/// How long compiling one program may take.
const LIMIT: Duration = Duration::from_secs(40 * 60);

/// A program that `cargo install` can build.
pub struct Program<'a> {
    /// The package on crates.io.
    pub package: &'a str,
    /// The version that is needed, exactly.
    pub version: &'a str,
    /// The programs of the package that are used; the first answers `--version`.
    pub programs: &'a [&'a str],
    /// Whether the package's own lock file is used.
    pub locked: bool,
    /// How long compiling takes on two cores.
    pub estimate: &'a str,
    /// The archive to try first, where there is one for this machine.
    pub release: Option<Release<'a>>,
}

/// Finds or installs it; answers the directory that it is in.
pub fn set_up(program: &Program<'_>, paths: &Paths, progress: &mut Progress) -> Result<PathBuf> {
    let label = format!("{} {}", program.programs[0], program.version);
    if let Some(directory) = find(program, paths) {
        progress.found(&label);
        return Ok(directory);
    }
    progress.installing(&label, "trying a ready-made one first");
    if let Some(release) = &program.release {
        match prebuilt::install(release, paths) {
            Ok(()) if find(program, paths).is_some() => {
                progress.installed();
                return Ok(paths.programs());
            }
            Ok(()) => note("the ready-made one does not run here"),
            Err(error) => note(&format!("no ready-made one: {}", one_line(&error))),
        }
    }
    note(&format!("compiling it, {}", program.estimate));
    compile(program, paths).map_err(|error| missing(&label, program, &error))?;
    let directory = find(program, paths).ok_or_else(|| {
        let reason = Error::Wrong("it was compiled, but does not run".into());
        missing(&label, program, &reason)
    })?;
    progress.installed();
    Ok(directory)
}

/// The directory that has every program of the package, at the right version.
fn find(program: &Program<'_>, paths: &Paths) -> Option<PathBuf> {
    let elsewhere = on_path(program.programs[0]).and_then(|path| Some(path.parent()?.to_owned()));
    [Some(paths.programs()), elsewhere]
        .into_iter()
        .flatten()
        .find(|directory| {
            let file =
                |name: &str| directory.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
            program.programs.iter().all(|name| file(name).is_file())
                && version::of_program(&file(program.programs[0])).as_deref()
                    == Some(program.version)
        })
}

fn compile(program: &Program<'_>, paths: &Paths) -> Result<()> {
    std::fs::create_dir_all(&paths.tools).map_err(Error::file(&paths.tools))?;
    let mut command = super::cargo();
    command
        .args([
            "install",
            program.package,
            "--version",
            program.version,
            "--force",
            "--root",
        ])
        .arg(&paths.tools)
        // A directory of its own, which Cargo removes: nothing of this is built a second time.
        .env_remove("CARGO_TARGET_DIR")
        // Trunk's release profile optimises the whole program on one core, for minutes that no build gets back.
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
        .current_dir(&paths.tools);
    if program.locked {
        command.arg("--locked");
    }
    process::quiet(
        &format!("compiling {}", program.package),
        &mut command,
        &paths.log(program.package),
        LIMIT,
    )
}

fn missing(label: &str, program: &Program<'_>, reason: &Error) -> Error {
    let locked = if program.locked { " --locked" } else { "" };
    Error::Missing {
        tool: label.to_owned(),
        reason: reason.to_string(),
        advice: format!(
            "make crates.io reachable and run this again, or install it by hand and put it on PATH:\n    \
             cargo install {} --version {}{locked}",
            program.package, program.version
        ),
    }
}

fn one_line(error: &Error) -> String {
    error
        .to_string()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}
