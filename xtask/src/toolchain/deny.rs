//! cargo-deny, which reads the licences and sources of every dependency.

use std::env;

use super::install::{self, Program};
use super::prebuilt::{self, Release};
use super::progress::Progress;
use crate::error::Result;
use crate::paths::{Paths, on_path};

const VERSION: &str = "0.20.2";

/// Any version will do where there is one. CI installs it; at a desk seven minutes of compiling are not worth it.
pub fn set_up(paths: &Paths, progress: &mut Progress) -> Result<()> {
    if is_there(paths) {
        progress.found("cargo-deny");
        return Ok(());
    }
    if env::var_os("CI").is_none() {
        progress.skipped("cargo-deny", "cargo install cargo-deny --locked");
        return Ok(());
    }
    // Releases for Linux are made with musl.
    let archive =
        prebuilt::triple("musl").map(|triple| format!("cargo-deny-{VERSION}-{triple}.tar.gz"));
    let program = Program {
        package: "cargo-deny",
        version: VERSION,
        programs: &["cargo-deny"],
        locked: true,
        estimate: "about 5 min on two cores",
        release: archive.as_deref().map(|archive| Release {
            repository: "EmbarkStudios/cargo-deny",
            tag: VERSION,
            archive,
            checksum_suffix: ".sha256",
            programs: &["cargo-deny"],
        }),
    };
    install::set_up(&program, paths, progress).map(drop)
}

/// Whether it can be run.
pub fn is_there(paths: &Paths) -> bool {
    on_path("cargo-deny").is_some() || paths.programs().join("cargo-deny").is_file()
}
