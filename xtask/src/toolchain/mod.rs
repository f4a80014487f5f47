//! Finds or installs what the other commands run: compilers, bundlers, a browser, npm packages.
//! What a tool is *used* for lives elsewhere; nothing here knows the widget.

mod browser;
mod debian;
pub mod deny;
mod install;
mod linters;
mod nchan;
mod npm;
mod prebuilt;
mod progress;
mod python;
mod std_source;
mod trunk;
mod version;
mod wasm_bindgen;
mod wasm_std;

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;

use crate::error::{Error, Result};
use crate::paths::Paths;
pub use nchan::Nchan;
use progress::Progress;
use wasm_std::WasmStd;

/// Something that a command needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tool {
    /// rustfmt and clippy.
    Linters,
    /// cargo-deny, which only CI insists on.
    Deny,
    /// A compiler and a standard library for wasm32-unknown-unknown.
    WasmStd,
    /// The sources of that library, so that a release can compile it for size. Goes without where they can't be had.
    StdSource,
    /// wasm-bindgen and its test runner, at the version in Cargo.lock.
    WasmBindgen,
    /// Trunk.
    Trunk,
    /// wasm-opt and esbuild.
    NpmTools,
    /// Chromium.
    Chromium,
    /// `ChromeDriver`.
    ChromeDriver,
    /// The npm packages of `tests/`.
    TestPackages,
    /// Whop's SDK for Python.
    PythonPackages,
    /// Those of `tests/bench/`: what the widget is measured beside.
    BenchPackages,
    /// nginx with nchan: what the proxy's relay is measured beside.
    Nchan,
}

/// What building the widget needs.
pub const BUILD: &[Tool] = &[
    Tool::WasmStd,
    Tool::WasmBindgen,
    Tool::Trunk,
    Tool::NpmTools,
];

/// What building the widget for visitors needs.
pub const RELEASE: &[Tool] = &[
    Tool::WasmStd,
    Tool::StdSource,
    Tool::WasmBindgen,
    Tool::Trunk,
    Tool::NpmTools,
];

/// Everything that any command needs.
pub const ALL: &[Tool] = &[
    Tool::Linters,
    Tool::Deny,
    Tool::WasmStd,
    Tool::StdSource,
    Tool::WasmBindgen,
    Tool::Trunk,
    Tool::NpmTools,
    Tool::Chromium,
    Tool::ChromeDriver,
    Tool::TestPackages,
    Tool::PythonPackages,
];

/// The tools that are there.
#[derive(Debug)]
pub struct Toolchain {
    /// Where everything is.
    pub paths: Paths,
    wasm_std: WasmStd,
    std_source: bool,
    /// Looked through before `PATH`.
    programs: Vec<PathBuf>,
    chromium: Option<PathBuf>,
    chromedriver: Option<PathBuf>,
    python: Option<PathBuf>,
    nchan: Option<Nchan>,
}

impl Toolchain {
    /// Finds each tool, or installs it; says so on one line per tool.
    pub fn set_up(paths: Paths, tools: &[Tool]) -> Result<Self> {
        let mut progress = Progress::new(tools.len());
        let mut toolchain = Self {
            wasm_std: WasmStd::Target,
            std_source: false,
            programs: vec![paths.programs(), paths.npm_programs()],
            chromium: None,
            chromedriver: None,
            python: None,
            nchan: None,
            paths,
        };
        for tool in tools {
            toolchain.add(*tool, &mut progress)?;
        }
        Ok(toolchain)
    }

    fn add(&mut self, tool: Tool, progress: &mut Progress) -> Result<()> {
        let paths = &self.paths;
        match tool {
            Tool::Linters => linters::set_up(paths, progress)?,
            Tool::Deny => deny::set_up(paths, progress)?,
            Tool::WasmStd => self.wasm_std = wasm_std::set_up(paths, progress)?,
            Tool::StdSource => {
                self.std_source = std_source::set_up(paths, &self.wasm_std, progress);
            }
            Tool::WasmBindgen => {
                self.programs
                    .insert(0, wasm_bindgen::set_up(paths, progress)?);
            }
            Tool::Trunk => self.programs.insert(0, trunk::set_up(paths, progress)?),
            Tool::NpmTools => npm::set_up_tools(paths, progress)?,
            Tool::Chromium => self.chromium = Some(browser::chromium(paths, progress)?),
            Tool::ChromeDriver => {
                self.chromedriver = Some(browser::chromedriver(paths, progress)?);
            }
            Tool::TestPackages => npm::set_up_tests(paths, progress)?,
            Tool::PythonPackages => self.python = Some(python::set_up(paths, progress)?),
            Tool::BenchPackages => npm::set_up_benchmarks(paths, progress)?,
            Tool::Nchan => self.nchan = Some(nchan::set_up(paths, progress)?),
        }
        Ok(())
    }

    /// Cargo, with this project's target directory.
    pub fn cargo(&self) -> Command {
        let mut command = cargo();
        command
            .current_dir(&self.paths.root)
            .env("CARGO_TARGET_DIR", &self.paths.target);
        command
    }

    /// Cargo for the widget: it can compile for wasm32-unknown-unknown.
    pub fn cargo_wasm(&self) -> Command {
        let mut command = self.cargo();
        command
            .envs(self.wasm_environment())
            .env("PATH", self.search_path());
        command
    }

    /// Any other tool, found before anything of the same name on `PATH`.
    pub fn tool(&self, name: &str) -> Command {
        let file = format!("{name}{}", env::consts::EXE_SUFFIX);
        let found = self.programs.iter().map(|directory| directory.join(&file));
        let program = found
            .into_iter()
            .find(|path| path.is_file())
            .unwrap_or(name.into());
        let mut command = Command::new(program);
        command
            .current_dir(&self.paths.root)
            .env("CARGO_TARGET_DIR", &self.paths.target)
            .env("PATH", self.search_path())
            .envs(self.wasm_environment());
        command
    }

    /// Whether the standard library is always compiled together with the widget, by Debian's compiler.
    pub fn builds_std(&self) -> bool {
        matches!(self.wasm_std, WasmStd::Source { .. })
    }

    /// Whether a release can compile the standard library for size.
    pub fn has_std_source(&self) -> bool {
        self.std_source
    }

    /// The browser, for commands that asked for it.
    pub fn chromium(&self) -> Result<&PathBuf> {
        self.chromium
            .as_ref()
            .ok_or_else(|| Error::Wrong("Chromium was not set up".into()))
    }

    /// Python, for commands that asked for it.
    pub fn python(&self) -> Option<&PathBuf> {
        self.python.as_ref()
    }

    /// Its driver, for commands that asked for it.
    pub fn chromedriver(&self) -> Result<&PathBuf> {
        self.chromedriver
            .as_ref()
            .ok_or_else(|| Error::Wrong("ChromeDriver was not set up".into()))
    }

    /// nginx with nchan, for commands that asked for it.
    pub fn nchan(&self) -> Result<&Nchan> {
        self.nchan
            .as_ref()
            .ok_or_else(|| Error::Wrong("nchan was not set up".into()))
    }

    fn wasm_environment(&self) -> Vec<(&'static str, OsString)> {
        self.wasm_std.environment()
    }

    fn search_path(&self) -> OsString {
        let rest = env::var_os("PATH").unwrap_or_default();
        let all = self.programs.iter().cloned().chain(env::split_paths(&rest));
        env::join_paths(all).unwrap_or(rest)
    }
}

/// Cargo as it was called, without the variables that would change what it builds.
pub fn cargo() -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or("cargo".into()));
    command.env_remove("CARGO_MANIFEST_DIR");
    command
}
