//! `cargo xtask test`: every check and every test, in the order in which they are cheapest to fail.

use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::build::{self, Options, Profile};
use crate::error::{Error, Result};
use crate::lint;
use crate::paths::Paths;
use crate::process;
use crate::size;
use crate::summary::{self, Outcome};
use crate::toolchain::{Tool, Toolchain};

/// What can be asked for alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Formatting, clippy, licences.
    Lint,
    /// Everything that runs without a browser.
    Native,
    /// The widget's own tests, in Chromium.
    Browser,
    /// The official SDKs against the servers.
    Sdk,
    /// The proxy before a Whop that misbehaves.
    Faults,
    /// The whole product in Chromium, with the widget that visitors get.
    Product,
    /// What that widget weighs. Last: too heavy is not broken, and what is broken should be known first.
    Size,
}

impl Part {
    /// All of them, in order.
    pub const ALL: &[Self] = &[
        Self::Lint,
        Self::Native,
        Self::Browser,
        Self::Sdk,
        Self::Faults,
        Self::Product,
        Self::Size,
    ];

    /// From the command line.
    pub fn parse(name: &str) -> Result<Self> {
        Ok(match name {
            "lint" => Self::Lint,
            "native" => Self::Native,
            "browser" => Self::Browser,
            "sdk" => Self::Sdk,
            "faults" => Self::Faults,
            "product" => Self::Product,
            "size" => Self::Size,
            _ => {
                let text = format!(
                    "there is no part {name:?}; parts are lint, native, browser, sdk, faults, product, size"
                );
                return Err(Error::Usage(text));
            }
        })
    }

    fn tools(self) -> &'static [Tool] {
        use Tool::{
            ChromeDriver, Chromium, Deny, Linters, NpmTools, PythonPackages, StdSource,
            TestPackages, Trunk, WasmBindgen, WasmStd,
        };
        match self {
            Self::Lint => &[Linters, Deny, WasmStd],
            Self::Native => &[],
            Self::Browser => &[WasmStd, WasmBindgen, Chromium, ChromeDriver],
            Self::Size => &[WasmStd, StdSource, WasmBindgen, Trunk, NpmTools],
            Self::Sdk => &[TestPackages, PythonPackages],
            Self::Faults => &[TestPackages],
            Self::Product => &[
                WasmStd,
                StdSource,
                WasmBindgen,
                Trunk,
                NpmTools,
                Chromium,
                TestPackages,
            ],
        }
    }
}

/// Runs the parts; the first that fails is the last that runs.
pub fn test(paths: Paths, parts: &[Part]) -> Result<()> {
    let mut tools = Vec::new();
    for tool in parts.iter().flat_map(|part| part.tools()) {
        if !tools.contains(tool) {
            tools.push(*tool);
        }
    }
    let toolchain = Toolchain::set_up(paths, &tools)?;
    let mut run = Run {
        toolchain,
        outcomes: Vec::new(),
        built: false,
    };
    let result = parts.iter().try_for_each(|part| run.part(*part));
    print!("{}", summary::report(&run.outcomes));
    result
}

struct Run {
    toolchain: Toolchain,
    outcomes: Vec<Outcome>,
    built: bool,
}

impl Run {
    fn part(&mut self, part: Part) -> Result<()> {
        match part {
            Part::Lint => lint::lint(&self.toolchain),
            Part::Native => self.native(),
            Part::Browser => self.browser(),
            Part::Size => {
                self.release()?;
                size::size(&self.toolchain.paths)
            }
            Part::Sdk => self.node("sdk"),
            Part::Faults => self.node("faults"),
            Part::Product => {
                self.release()?;
                self.node("product")
            }
        }
    }

    fn native(&mut self) -> Result<()> {
        let mut command = self.toolchain.cargo();
        command.args([
            "test",
            "--workspace",
            "--exclude",
            "whop-chat",
            "--no-fail-fast",
        ]);
        self.runner("native tests", command.args(locked()))
    }

    /// In a real Chromium, through the driver that wasm-bindgen's runner starts.
    fn browser(&mut self) -> Result<()> {
        let options = self.toolchain.paths.cache.join("webdriver.json");
        let chromium = self.toolchain.chromium()?;
        let text = serde_json::json!({
            "goog:chromeOptions": { "binary": chromium, "args": CHROMIUM_FLAGS }
        });
        fs::write(&options, text.to_string()).map_err(Error::file(&options))?;
        let mut command = self.toolchain.cargo_wasm();
        command
            .args([
                "test",
                "--package",
                "whop-chat",
                "--tests",
                "--no-fail-fast",
            ])
            .args(["--target", "wasm32-unknown-unknown"])
            .args(locked())
            .env(
                "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER",
                "wasm-bindgen-test-runner",
            )
            .env("CHROMEDRIVER", self.toolchain.chromedriver()?)
            // Another browser's driver would be taken first.
            .env_remove("GECKODRIVER")
            .env("WASM_BINDGEN_USE_BROWSER", "1")
            // The runner would show its own stack below every failed test.
            .env("RUST_BACKTRACE", "0")
            .env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", &options)
            .env("WASM_BINDGEN_TEST_TIMEOUT", "120");
        self.runner("browser tests", &mut command)
    }

    /// A suite of Node's test runner, which starts the servers itself.
    fn node(&mut self, suite: &str) -> Result<()> {
        let files = self.suite_files(suite)?;
        build::servers(&self.toolchain, Profile::Dev)?;
        let paths = &self.toolchain.paths;
        let mut command = Command::new("node");
        command
            .args(["--test", "--test-reporter=spec", "--test-timeout=180000"])
            .arg(format!("--test-concurrency={}", at_once(suite)))
            .args(files)
            .current_dir(paths.root.join("tests"))
            .env("SANDBOX_BIN", paths.binary("debug", "sandbox"))
            .env("PROXY_BIN", paths.binary("debug", "proxy"))
            .env("ASSETS_DIR", paths.embed());
        if let Some(python) = self.toolchain.python() {
            command
                .env("PYTHON", python)
                .env("PYTHONPATH", paths.python_packages());
        }
        if let Ok(chromium) = self.toolchain.chromium() {
            command.env("CHROMIUM", chromium);
        }
        self.runner(&format!("{suite} tests"), &mut command)
    }

    fn suite_files(&self, suite: &str) -> Result<Vec<PathBuf>> {
        let directory = self.toolchain.paths.root.join("tests").join(suite);
        let entries = fs::read_dir(&directory).map_err(Error::file(&directory))?;
        let mut files: Vec<PathBuf> = entries
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| path.to_string_lossy().ends_with(".test.mjs"))
            .collect();
        files.sort();
        if files.is_empty() {
            let text = format!("{} has no *.test.mjs", directory.display());
            return Err(Error::Wrong(text));
        }
        Ok(files)
    }

    fn release(&mut self) -> Result<()> {
        if !self.built {
            heading("release build");
            build::build(
                &self.toolchain,
                Options::new(Profile::Release, &self.toolchain),
            )?;
            self.built = true;
        }
        Ok(())
    }

    fn runner(&mut self, name: &str, command: &mut Command) -> Result<()> {
        heading(name);
        let seen = process::tee(command)?;
        let outcome = Outcome::read(name, &seen.text, seen.success);
        let counts = outcome.counts;
        self.outcomes.push(outcome);
        if !seen.success || counts.failed > 0 {
            return Err(Error::Wrong(format!("{name} failed")));
        }
        if counts.passed == 0 {
            return Err(Error::Wrong(format!("{name}: no test ran")));
        }
        Ok(())
    }
}

/// How many files of a suite run at a time. Those of faults wait most of the time, and have servers of their own.
fn at_once(suite: &str) -> usize {
    if suite == "faults" { 3 } else { 1 }
}

const CHROMIUM_FLAGS: &[&str] = &[
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
];

/// Says what comes next.
pub fn heading(name: &str) {
    println!("\n── {name} ──");
}

/// In CI the lock file is right or the run fails; at a desk Cargo may still complete it.
pub fn locked() -> &'static [&'static str] {
    if env::var_os("CI").is_some() {
        &["--locked"]
    } else {
        &[]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_has_a_name_and_no_other_word_does() {
        let names = [
            "lint", "native", "browser", "sdk", "faults", "product", "size",
        ];
        let parsed: Vec<Part> = names
            .iter()
            .map(|name| Part::parse(name).unwrap())
            .collect();
        assert_eq!(parsed, Part::ALL);
        assert!(Part::parse("e2e").is_err());
    }
}
