//! A release's program in two modules: what is needed to write, and the rest, which comes when that runs (ADR 0017).
//!
//! `wasm_split_cli_support` is what `cargo leptos --split` uses. It moves what only `ui::complete` reaches into the other module,
//! which takes memory, stack and functions from the first. Which those are, the linker's relocations tell.

use std::fs;
use std::path::Path;

use wasm_split_cli_support::{Options, transform};

use crate::error::{Error, Result};
use crate::process;
use crate::prune;
use crate::toolchain::Toolchain;

/// What has the linker keep the relocations.
pub const LINKER_FLAG: &str = "-Clink-arg=--emit-relocs";
/// The feature of the widget that marks where to split.
pub const FEATURE: &str = "split";
/// What the first module imports to have the other one fetched, and from where.
pub const LOAD: &str = "__wasm_split_load_rest";
/// The module that [`LOAD`] is imported from.
pub const LINK_MODULE: &str = "./__wasm_split.js";
/// What the other module imports from.
const SHARED_MODULE: &str = "__wasm_split";
/// What the two share, as the first one exports it.
const SHARED: &[&str] = &[
    "__indirect_function_table",
    "__wasm_split_shared0",
    "memory",
];

/// Splits what Cargo built, and leaves in `page` the two modules and the glue: `whop-chat_bg.wasm`, `rest.wasm`, `whop-chat.js`.
pub fn split(toolchain: &Toolchain, page: &Path) -> Result<()> {
    let built = toolchain
        .paths
        .target
        .join("wasm32-unknown-unknown/widget/whop_chat.wasm");
    let module = fs::read(&built).map_err(Error::file(&built))?;
    let module = prune::without_unasked_exports(&module)?;
    let directory = page.join("split");
    let main = directory.join("main.wasm");
    let mut options = Options::new(&module);
    options.output_dir = &directory;
    options.main_out_path = &main;
    options.link_name = LINK_MODULE;
    let wrong = |report: &dyn std::fmt::Display| {
        Error::Wrong(format!("the widget can't be split: {report}"))
    };
    let made = transform(options).map_err(|report| wrong(&report))?;
    let [rest] = &made.split_modules[..] else {
        return Err(wrong(&format!(
            "{} parts instead of one",
            made.split_modules.len()
        )));
    };
    let there = page.join("rest.wasm");
    fs::copy(rest, &there).map_err(Error::file(&there))?;

    let mut command = toolchain.tool("wasm-bindgen");
    command
        .arg(&main)
        .args(["--target", "web", "--no-typescript", "--keep-lld-exports"])
        .args(["--out-name", "whop-chat", "--out-dir"])
        .arg(page);
    process::show("wasm-bindgen", &mut command)?;
    let glue = page.join("whop-chat.js");
    let text = fs::read_to_string(&glue).map_err(Error::file(&glue))?;
    fs::write(&glue, linked(&text)?).map_err(Error::file(&glue))
}

/// The glue with what the other module needs of the first one. Whoever asks the first to draw the rest has fetched it: the
/// loader, which knows its name and hash, and what to say where it doesn't come.
fn linked(glue: &str) -> Result<String> {
    let import = format!("import * as import1 from \"{LINK_MODULE}\"\n");
    if glue.matches(&import).count() != 1 {
        return Err(Error::Wrong(format!(
            "wasm-bindgen's glue lacks the line {import}"
        )));
    }
    let load = format!(
        "const import1 = {{\n    {LOAD}: (done, data) => queueMicrotask(() => wasm.__indirect_function_table.get(done)(data, true)),\n}};\n"
    );
    Ok(glue.replace(&import, &load) + &shared(SHARED))
}

/// What the loader instantiates the other module with. Quoted names stay as they are when others become short.
pub fn shared(names: &[&str]) -> String {
    let entries: Vec<String> = names
        .iter()
        .map(|name| format!("{name:?}: wasm.{name}"))
        .collect();
    format!(
        "export const shared = () => ({{ {SHARED_MODULE:?}: {{ {} }} }});\n",
        entries.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_glue_gives_what_is_shared() {
        let glue = linked("import * as import1 from \"./__wasm_split.js\"\n\nlet wasm;\n").unwrap();
        assert!(!glue.contains("import *"), "{glue}");
        assert!(
            glue.contains("    __wasm_split_load_rest: (done, data)"),
            "{glue}"
        );
        assert!(glue.ends_with(
            "export const shared = () => ({ \"__wasm_split\": { \"__indirect_function_table\": wasm.__indirect_function_table, \
             \"__wasm_split_shared0\": wasm.__wasm_split_shared0, \"memory\": wasm.memory } });\n"
        ), "{glue}");
        assert!(linked("let wasm;").is_err());
    }
}
