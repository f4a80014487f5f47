//! `cargo xtask bench`: how fast it is, beside what others build chats of.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::build::{self, Options, Profile};
use crate::error::{Error, Result};
use crate::paths::Paths;
use crate::process;
use crate::test::heading;
use crate::text_module;
use crate::toolchain::{Tool, Toolchain};

/// What can be measured alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bench {
    /// The core without a browser.
    Native,
    /// The core's text in wasm, beside `marked` and `DOMPurify` in the same Chromium.
    Text,
    /// The widget in Chromium, beside a page of React.
    Reading,
    /// The proxy under load, its fan-out beside nchan.
    Relay,
}

impl Bench {
    /// All of them, in order.
    pub const ALL: &[Self] = &[Self::Native, Self::Text, Self::Reading, Self::Relay];

    /// From the command line.
    pub fn parse(name: &str) -> Result<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|bench| bench.name() == name)
            .ok_or_else(|| {
                let text = format!(
                    "there is no benchmark {name:?}; there are native, text, reading, relay"
                );
                Error::Usage(text)
            })
    }

    fn name(self) -> &'static str {
        match self {
            Self::Native => "native",
            Self::Text => "text",
            Self::Reading => "reading",
            Self::Relay => "relay",
        }
    }

    fn tools(self) -> &'static [Tool] {
        match self {
            Self::Native => &[],
            Self::Text | Self::Reading => &[
                Tool::WasmStd,
                Tool::StdSource,
                Tool::WasmBindgen,
                Tool::Trunk,
                Tool::NpmTools,
                Tool::Chromium,
                Tool::TestPackages,
                Tool::BenchPackages,
            ],
            Self::Relay => &[Tool::TestPackages, Tool::Nchan],
        }
    }
}

/// Runs the benchmarks on what visitors get. The tables go to the screen, the numbers into the cache.
pub fn bench(paths: Paths, benches: &[Bench]) -> Result<()> {
    let mut tools = Vec::new();
    for tool in benches.iter().flat_map(|bench| bench.tools()) {
        if !tools.contains(tool) {
            tools.push(*tool);
        }
    }
    let toolchain = Toolchain::set_up(paths, &tools)?;
    if benches.iter().any(|bench| *bench != Bench::Native) {
        heading("release build");
        if benches.contains(&Bench::Reading) {
            build::build(&toolchain, Options::new(Profile::Release, &toolchain))?;
        }
        build::servers(&toolchain, Profile::Release)?;
    }
    benches.iter().try_for_each(|bench| match bench {
        Bench::Native => native(&toolchain),
        Bench::Text | Bench::Reading | Bench::Relay => script(&toolchain, *bench),
    })
}

/// Criterion keeps its numbers in the target directory and says what changed since the last time.
fn native(toolchain: &Toolchain) -> Result<()> {
    heading("native benchmarks");
    let mut command = toolchain.cargo();
    command.args(["bench", "--package", "chat-core", "--benches"]);
    finished("native", &mut command)
}

/// A script of `tests/bench`, which starts servers and browsers itself.
fn script(toolchain: &Toolchain, bench: Bench) -> Result<()> {
    let name = bench.name();
    heading(&format!("benchmarks of {name}"));
    let paths = &toolchain.paths;
    let results = paths.cache.join("bench");
    fs::create_dir_all(&results).map_err(Error::file(&results))?;
    let results = results.join(format!("{name}.json"));
    let mut command = Command::new("node");
    command
        .arg(format!("bench/{name}.mjs"))
        .current_dir(paths.root.join("tests"))
        .env("SANDBOX_BIN", paths.binary("release", "sandbox"))
        .env("PROXY_BIN", paths.binary("release", "proxy"))
        .env("ASSETS_DIR", paths.embed())
        .env("CARGO_TARGET_DIR", &paths.target)
        .env("ESBUILD", paths.npm_programs().join("esbuild"))
        .env("RESULTS", &results);
    if bench == Bench::Relay {
        let nchan = toolchain.nchan()?;
        command
            .env("RELAY_LOAD", load_generator(toolchain)?)
            .env("NCHAN_NGINX", &nchan.nginx)
            .env("NCHAN_MODULE", &nchan.module);
    } else {
        command.env("CHROMIUM", toolchain.chromium()?);
    }
    if bench == Bench::Text {
        command.env("TEXT_MODULE", text_module::build(toolchain)?);
    }
    finished(name, &mut command)?;
    println!("numbers: {}", results.display());
    Ok(())
}

/// `tests/bench/relay`, compiled as a release.
fn load_generator(toolchain: &Toolchain) -> Result<PathBuf> {
    let mut command = toolchain.cargo();
    command.args(["build", "--release", "--package", "relay-load"]);
    process::show("cargo build of the load generator", &mut command)?;
    Ok(toolchain.paths.binary("release", "relay-load"))
}

fn finished(name: &str, command: &mut Command) -> Result<()> {
    if process::tee(command)?.success {
        Ok(())
    } else {
        Err(Error::Wrong(format!("the benchmark {name} failed")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_benchmark_has_a_name_and_no_other_word_does() {
        for bench in Bench::ALL {
            assert_eq!(Bench::parse(bench.name()).unwrap(), *bench);
        }
        assert!(Bench::parse("speed").is_err());
    }
}
