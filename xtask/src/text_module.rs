//! The widget's text alone, as a module for the benchmark in the browser.

use std::path::PathBuf;

use crate::build::{self, Options, Profile};
use crate::error::Result;
use crate::process;
use crate::shrink;
use crate::toolchain::Toolchain;

const TARGET: &str = "wasm32-unknown-unknown";

/// Compiles `tests/bench/text` as a release of the widget is compiled; answers the directory with the module and its glue.
pub fn build(toolchain: &Toolchain) -> Result<PathBuf> {
    let mut command = toolchain.cargo_wasm();
    build::add_std_size(&mut command, Options::new(Profile::Release, toolchain));
    command.args(["build", "--package", "text-bench", "--target", TARGET]);
    process::show("cargo build", command.args(["--profile", "widget"]))?;

    let paths = &toolchain.paths;
    let directory = paths.cache.join("bench/text");
    let mut command = toolchain.tool("wasm-bindgen");
    command
        .args(["--target", "web", "--no-typescript", "--out-name", "text"])
        .arg("--out-dir")
        .arg(&directory)
        .arg(paths.target.join(TARGET).join("widget/text_bench.wasm"));
    process::show("wasm-bindgen", &mut command)?;

    let module = directory.join("text_bg.wasm");
    let mut command = toolchain.tool("wasm-opt");
    command
        .args(shrink::OPTIMISE)
        .arg(&module)
        .arg("-o")
        .arg(&module);
    process::show("wasm-opt", &mut command)?;
    Ok(directory)
}
