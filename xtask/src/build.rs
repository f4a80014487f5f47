//! `cargo xtask build`: the widget, from Rust to what the proxy serves.

use std::env;
use std::fs::{self, File};
use std::process::Command;
use std::time::Instant;

use crate::assets;
use crate::error::{Error, Result};
use crate::process;
use crate::split;
use crate::toolchain::{self, Tool, Toolchain};

/// What a release is compiled with where the standard library is compiled too; unstable, like that itself.
const STD_SIZE_FLAGS: &[&str] = &[
    "-Zunstable-options",
    "-Cpanic=immediate-abort",
    // Nobody reads where a panic was, nor what `{:?}` prints: not in a visitor's browser.
    "-Zlocation-detail=none",
    "-Zfmt-debug=none",
];

/// How much care a build takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// Fast to make, for development.
    Dev,
    /// Small: what visitors get.
    Release,
}

impl Profile {
    /// The name written into `manifest.json`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Dev => "dev",
            Self::Release => "release",
        }
    }

    /// What building needs.
    pub fn tools(self) -> &'static [Tool] {
        match self {
            Self::Dev => toolchain::BUILD,
            Self::Release => toolchain::RELEASE,
        }
    }
}

/// What to build.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// How much care to take.
    pub profile: Profile,
    /// Compile the standard library for size too, which needs its sources and unstable features.
    pub std_size: bool,
}

impl Options {
    /// The usual build of a profile: what visitors get is small all through, wherever that can be had.
    pub fn new(profile: Profile, toolchain: &Toolchain) -> Self {
        Self {
            profile,
            std_size: profile == Profile::Release && toolchain.has_std_source(),
        }
    }
}

/// Builds `dist/embed/`.
pub fn build(toolchain: &Toolchain, options: Options) -> Result<()> {
    let began = Instant::now();
    let _lock = lock(toolchain)?;
    fetch(toolchain, options)?;
    trunk(toolchain, options)?;
    let assembling = Instant::now();
    assets::assemble(toolchain, options)?;
    if options.profile == Profile::Release && !options.std_size {
        println!(
            "no sources of the standard library (rustup component add rust-src): \
             built with the ready-made one, which is larger"
        );
    }
    println!(
        "widget built in {:.1} s ({}; assets {:.1} s)",
        began.elapsed().as_secs_f32(),
        options.profile.name(),
        assembling.elapsed().as_secs_f32(),
    );
    Ok(())
}

/// Bundles scripts and styles anew, around the program that the last build of that profile left.
pub fn assets(toolchain: &Toolchain, options: Options) -> Result<()> {
    let _lock = lock(toolchain)?;
    if !toolchain.paths.page().join("whop-chat.js").exists() {
        let text = "there is no program yet; run `cargo xtask build` once without --assets";
        return Err(Error::Wrong(text.into()));
    }
    assets::assemble(toolchain, options)
}

/// Two builds at once would mix their files.
fn lock(toolchain: &Toolchain) -> Result<File> {
    let directory = toolchain.paths.root.join("dist");
    fs::create_dir_all(&directory).map_err(Error::file(&directory))?;
    let path = directory.join(".lock");
    let file = File::create(&path).map_err(Error::file(&path))?;
    file.lock().map_err(Error::file(&path))?;
    Ok(file)
}

/// Trunk runs Cargo offline, so everything has to be here before.
fn fetch(toolchain: &Toolchain, options: Options) -> Result<()> {
    let mut command = toolchain.cargo_wasm();
    add_std_size(&mut command, options);
    command.args(["fetch", "--quiet", "--target", "wasm32-unknown-unknown"]);
    if env::var_os("CI").is_some() {
        command.arg("--locked");
    }
    process::show("cargo fetch", &mut command)
}

fn trunk(toolchain: &Toolchain, options: Options) -> Result<()> {
    let mut command = toolchain.tool("trunk");
    add_std_size(&mut command, options);
    // Trunk takes these two for flags of its own and stops at `NO_COLOR=1` or `CI=1`.
    command.env_remove("NO_COLOR").env_remove("CI");
    // What goes wrong, Cargo has said already; Trunk would add a page of its own stack.
    command
        .env_remove("RUST_LOG")
        .env("RUST_BACKTRACE", "0")
        .args(["--quiet", "build"]);
    if options.profile == Profile::Release {
        command.args(["--release", "--features", split::FEATURE]);
    }
    process::show("trunk build", &mut command)?;
    if options.profile == Profile::Release {
        // Over what Trunk has put there, which can't be run.
        split::split(toolchain, &toolchain.paths.page())?;
    }
    Ok(())
}

/// Has Cargo compile the standard library for size, where the options say so, and a release so that it can be split.
pub fn add_std_size(command: &mut Command, options: Options) {
    let mut flags = Vec::new();
    if options.profile == Profile::Release {
        flags.push(split::LINKER_FLAG);
    }
    if options.std_size {
        flags.extend(STD_SIZE_FLAGS);
        command
            .env("RUSTC_BOOTSTRAP", "1")
            .env("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort")
            .env("CARGO_UNSTABLE_BUILD_STD_FEATURES", "optimize_for_size");
    }
    if !flags.is_empty() {
        let name = "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS";
        command.env(name, flags.join(" "));
    }
}

/// Builds the binaries of the servers: without optimisation, or as they run in production.
pub fn servers(toolchain: &Toolchain, profile: Profile) -> Result<()> {
    let mut command = toolchain.cargo();
    command.args([
        "build",
        "--package",
        "sandbox",
        "--package",
        "proxy",
        "--bins",
    ]);
    if profile == Profile::Release {
        command.arg("--release");
    }
    process::show("cargo build of the servers", &mut command)
}
