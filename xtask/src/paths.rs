//! Where things are: the checkout, and what is kept outside it.

use std::env;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// Every place that the commands read or write.
#[derive(Clone, Debug)]
pub struct Paths {
    /// The checkout.
    pub root: PathBuf,
    /// What may be thrown away: `~/.cache/whop-chat`, or `WHOP_CHAT_CACHE`.
    pub cache: PathBuf,
    /// The tools that xtask installed, laid out as `cargo install --root` does.
    pub tools: PathBuf,
    /// Cargo's target directory: `CARGO_TARGET_DIR`, or `target` in the cache.
    pub target: PathBuf,
}

impl Paths {
    /// Finds them from the environment.
    pub fn find() -> Result<Self> {
        // Cargo sets the variable for `cargo xtask`; a binary started by hand knows where it was built.
        let package = env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = package.parent().map(Path::to_path_buf).ok_or_else(|| {
            Error::Wrong(format!("{} has no parent directory", package.display()))
        })?;
        let cache = match env::var_os("WHOP_CHAT_CACHE").filter(|value| !value.is_empty()) {
            Some(cache) => PathBuf::from(cache),
            None => home()?.join(".cache/whop-chat"),
        };
        let target = env::var_os("CARGO_TARGET_DIR")
            .filter(|value| !value.is_empty())
            .map_or_else(|| cache.join("target"), PathBuf::from);
        Ok(Self {
            tools: cache.join("tools"),
            target,
            cache,
            root,
        })
    }

    /// Where programs installed by Cargo or unpacked from a release are.
    pub fn programs(&self) -> PathBuf {
        self.tools.join("bin")
    }

    /// Where the build tools that come as npm packages are installed.
    pub fn npm_tools(&self) -> PathBuf {
        self.tools.join("npm")
    }

    /// Where what comes from `PyPI` is installed.
    pub fn python_packages(&self) -> PathBuf {
        self.tools.join("python")
    }

    /// The programs of those packages.
    pub fn npm_programs(&self) -> PathBuf {
        self.npm_tools().join("node_modules/.bin")
    }

    /// The full output of a step that runs quietly.
    pub fn log(&self, step: &str) -> PathBuf {
        self.cache.join("logs").join(format!("{step}.log"))
    }

    /// What Trunk writes.
    pub fn page(&self) -> PathBuf {
        self.root.join("dist/page")
    }

    /// What the proxy serves under `/embed/`.
    pub fn embed(&self) -> PathBuf {
        self.root.join("dist/embed")
    }

    /// What is published as an npm package.
    pub fn package(&self) -> PathBuf {
        self.root.join("dist/npm")
    }

    /// A binary of this workspace, built with Cargo's profile directory `profile` (`debug`, `release`).
    pub fn binary(&self, profile: &str, name: &str) -> PathBuf {
        self.target
            .join(profile)
            .join(format!("{name}{}", env::consts::EXE_SUFFIX))
    }
}

fn home() -> Result<PathBuf> {
    env::var_os("HOME")
        .or_else(|| env::var_os("USERPROFILE"))
        .map(PathBuf::from)
        .ok_or_else(|| Error::Wrong("HOME is not set; set WHOP_CHAT_CACHE to a directory".into()))
}

/// The first program of this name on `PATH`.
pub fn on_path(name: &str) -> Option<PathBuf> {
    let file = format!("{name}{}", env::consts::EXE_SUFFIX);
    env::split_paths(&env::var_os("PATH")?)
        .map(|directory| directory.join(&file))
        .find(|path| path.is_file())
}
