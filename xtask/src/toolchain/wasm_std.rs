//! A compiler with a standard library for wasm32-unknown-unknown.
//!
//! The usual one is rustup's target. Where rustup can't download, Debian's compiler builds the library from source.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::progress::{Progress, note};
use super::{debian, version};
use crate::error::{Error, Result};
use crate::paths::{Paths, on_path};
use crate::process;

const TARGET: &str = "wasm32-unknown-unknown";
/// A download of 30 MB; beyond this there is no connection worth waiting for.
const RUSTUP_LIMIT: Duration = Duration::from_secs(240);
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_PACKAGES: &[&str] = &["rustc-web", "rust-web-src"];
/// `rust-version` in Cargo.toml: 1.90.
const OLDEST_MINOR: u32 = 90;

/// How the widget gets its standard library.
#[derive(Debug)]
pub enum WasmStd {
    /// It is there, ready-made, beside the compiler.
    Target,
    /// Debian's compiler builds it together with the widget.
    Source {
        /// What links the result; Debian's compiler brings no linker for wasm.
        linker: PathBuf,
    },
}

impl WasmStd {
    /// What Cargo has to be told.
    pub fn environment(&self) -> Vec<(&'static str, OsString)> {
        let Self::Source { linker } = self else {
            return Vec::new();
        };
        vec![
            ("RUSTC", DEBIAN_RUSTC.into()),
            ("RUSTDOC", "/usr/bin/rustdoc".into()),
            // Building the standard library is an unstable feature of Cargo.
            ("RUSTC_BOOTSTRAP", "1".into()),
            ("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort".into()),
            ("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker.into()),
        ]
    }
}

/// Finds or installs one. `WHOP_CHAT_WASM_STD` insists on `rustup` or `debian`.
pub fn set_up(paths: &Paths, progress: &mut Progress) -> Result<WasmStd> {
    match env::var("WHOP_CHAT_WASM_STD").as_deref() {
        Ok("rustup") => rustup(paths, progress),
        Ok("debian") => from_source(paths, progress),
        Err(_) | Ok("") => either(paths, progress),
        Ok(other) => Err(Error::Usage(format!(
            "WHOP_CHAT_WASM_STD is {other:?}; it can be `rustup` or `debian`"
        ))),
    }
}

fn either(paths: &Paths, progress: &mut Progress) -> Result<WasmStd> {
    let remembered = paths.tools.join("wasm-std-from-source");
    if !has_target() && remembered.exists() && has_debian_source() {
        return from_source(paths, progress);
    }
    match rustup(paths, progress) {
        Ok(found) => Ok(found),
        Err(error) => {
            progress.again();
            note("no ready-made standard library; building it from source instead");
            let found = from_source(paths, progress).map_err(|second| no_way(&error, &second))?;
            // So that the next run does not wait for a download that can't come.
            fs::create_dir_all(&paths.tools).map_err(Error::file(&paths.tools))?;
            fs::write(&remembered, "").map_err(Error::file(&remembered))?;
            Ok(found)
        }
    }
}

fn rustup(paths: &Paths, progress: &mut Progress) -> Result<WasmStd> {
    let label = format!("{TARGET} (rustup)");
    if has_target() {
        progress.found(&label);
        return Ok(WasmStd::Target);
    }
    progress.installing(&label, "about 10 s");
    let mut command = Command::new("rustup");
    command.args(["target", "add", TARGET]);
    process::quiet(
        "rustup target add",
        &mut command,
        &paths.log("rustup"),
        RUSTUP_LIMIT,
    )?;
    if !has_target() {
        let text = "rustup has the target, but the rustc on PATH is not rustup's";
        return Err(Error::Wrong(text.into()));
    }
    progress.installed();
    Ok(WasmStd::Target)
}

fn from_source(paths: &Paths, progress: &mut Progress) -> Result<WasmStd> {
    let label = format!("{TARGET} (Debian's rustc-web)");
    if has_debian_source() {
        progress.found(&label);
    } else {
        if !debian::can_install() {
            return Err(Error::Wrong(
                "packages are only installed as root on Debian".into(),
            ));
        }
        progress.installing(&label, "about 1 min");
        debian::install(DEBIAN_PACKAGES, paths)?;
        if !has_debian_source() {
            return Err(Error::Wrong(format!(
                "{DEBIAN_RUSTC} is still not 1.{OLDEST_MINOR} or newer with its sources"
            )));
        }
        progress.installed();
    }
    Ok(WasmStd::Source {
        linker: linker(paths)?,
    })
}

/// Whether the compiler on `PATH` can compile for the target as it is.
fn has_target() -> bool {
    let mut command = Command::new("rustc");
    let directory =
        process::capture(command.args(["--print", "target-libdir", "--target", TARGET]));
    let Ok(entries) = directory.map(|path| fs::read_dir(path.trim())) else {
        return false;
    };
    entries.is_ok_and(|entries| {
        entries
            .flatten()
            .any(|entry| entry.file_name().to_string_lossy().starts_with("libstd-"))
    })
}

fn has_debian_source() -> bool {
    let sources = Path::new("/usr/lib/rustlib/src/rust/library/std/Cargo.toml");
    let minor =
        version::of_program(Path::new(DEBIAN_RUSTC)).and_then(|version| version::part(&version, 1));
    sources.is_file() && minor >= Some(OLDEST_MINOR)
}

/// rustup's own linker, or another that can make wasm.
fn linker(paths: &Paths) -> Result<PathBuf> {
    if let Some(found) = rustup_linker().or_else(|| on_path("wasm-ld")) {
        return Ok(found);
    }
    if debian::can_install() {
        note("installing a linker (Debian's lld)");
        debian::install(&["lld"], paths)?;
    }
    on_path("wasm-ld").ok_or_else(|| {
        Error::Wrong("there is neither a rust-lld nor a wasm-ld to link wasm with".into())
    })
}

fn rustup_linker() -> Option<PathBuf> {
    let print = |arguments: &[&str]| process::capture(Command::new("rustc").args(arguments)).ok();
    let sysroot = print(&["--print", "sysroot"])?;
    let host = print(&["--version", "--verbose"])?
        .lines()
        .find_map(|line| line.strip_prefix("host: ").map(str::to_owned))?;
    let path = Path::new(sysroot.trim())
        .join("lib/rustlib")
        .join(host)
        .join("bin/rust-lld");
    path.is_file().then_some(path)
}

fn no_way(rustup: &Error, source: &Error) -> Error {
    Error::Missing {
        tool: format!("a standard library for {TARGET}"),
        reason: format!("{rustup}\nand from source: {source}"),
        advice: format!(
            "one of these, then run this again:\n    \
             rustup target add {TARGET}   (needs https://static.rust-lang.org)\n    \
             apt-get install {}   (Debian, as root)",
            DEBIAN_PACKAGES.join(" ")
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_library_from_source_changes_the_environment() {
        assert!(WasmStd::Target.environment().is_empty());
        let environment = WasmStd::Source {
            linker: "/x/rust-lld".into(),
        }
        .environment();
        let value = |name| {
            environment
                .iter()
                .find(|(key, _)| *key == name)
                .map(|(_, v)| v.clone())
        };
        assert_eq!(value("RUSTC_BOOTSTRAP"), Some("1".into()));
        assert_eq!(
            value("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER"),
            Some("/x/rust-lld".into())
        );
    }

    #[test]
    fn when_nothing_works_both_reasons_and_both_ways_out_are_said() {
        let text = no_way(
            &Error::Wrong("no network".into()),
            &Error::Wrong("no apt".into()),
        );
        let text = text.to_string();
        for part in [
            "no network",
            "no apt",
            "rustup target add",
            "apt-get install rustc-web",
        ] {
            assert!(text.contains(part), "{part} is not in {text}");
        }
    }
}
