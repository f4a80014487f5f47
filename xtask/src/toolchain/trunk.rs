//! Trunk.

use std::path::PathBuf;

use super::install::{self, Program};
use super::prebuilt::{self, Release};
use super::progress::Progress;
use crate::error::Result;
use crate::paths::Paths;

/// Newer ones want a newer compiler than `rust-version` in Cargo.toml.
const VERSION: &str = "0.21.14";

/// Finds or installs it; answers the directory that it is in.
pub fn set_up(paths: &Paths, progress: &mut Progress) -> Result<PathBuf> {
    let archive = prebuilt::triple("gnu").map(|triple| format!("trunk-{triple}.tar.gz"));
    let tag = format!("v{VERSION}");
    let program = Program {
        package: "trunk",
        version: VERSION,
        programs: &["trunk"],
        locked: true,
        estimate: "about 5 min on two cores",
        release: archive.as_deref().map(|archive| Release {
            repository: "trunk-rs/trunk",
            tag: &tag,
            archive,
            checksum_suffix: ".sha256",
            programs: &["trunk"],
        }),
    };
    install::set_up(&program, paths, progress)
}
