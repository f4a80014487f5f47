//! wasm-bindgen: its program must be of exactly the version that the widget was compiled with.

use std::fs;
use std::path::PathBuf;

use super::install::{self, Program};
use super::prebuilt::{self, Release};
use super::progress::Progress;
use super::version;
use crate::error::{Error, Result};
use crate::paths::Paths;

const PROGRAMS: &[&str] = &["wasm-bindgen", "wasm-bindgen-test-runner"];

/// Finds or installs it; answers the directory that it is in.
pub fn set_up(paths: &Paths, progress: &mut Progress) -> Result<PathBuf> {
    let lock = paths.root.join("Cargo.lock");
    let text = fs::read_to_string(&lock).map_err(Error::file(&lock))?;
    let version = version::locked(&text, "wasm-bindgen").ok_or_else(|| {
        Error::Wrong("Cargo.lock names no wasm-bindgen: is the widget a dependency of it?".into())
    })?;
    let archive =
        prebuilt::triple("musl").map(|triple| format!("wasm-bindgen-{version}-{triple}.tar.gz"));
    let program = Program {
        package: "wasm-bindgen-cli",
        version,
        programs: PROGRAMS,
        // Its own lock file is older than its sources need.
        locked: false,
        estimate: "about 2 min on two cores",
        release: archive.as_deref().map(|archive| Release {
            repository: "wasm-bindgen/wasm-bindgen",
            tag: version,
            archive,
            checksum_suffix: ".sha256sum",
            programs: PROGRAMS,
        }),
    };
    install::set_up(&program, paths, progress)
}
