//! A release's wasm and glue without what nobody asks for.
//!
//! What Rust exports, every linker keeps, also where it comes from a dependency of a dependency: `leptos` depends on `server_fn`, that on
//! `wasm-streams`, and its streams are exported from whatever they are compiled into. Only the glue tells what is really used.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::error::{Error, Result};
use crate::process;
use crate::toolchain::Toolchain;

/// The classes of the glue that the loader gets to see.
const CLASSES: &[&str] = &["Mounted"];

/// The glue without the classes that the loader never gets to see.
pub fn without_unused_classes(glue: &str) -> String {
    let is_unused = |name: Option<&str>| name.is_some_and(|name| is_unused_class(glue, name));
    let mut kept = String::new();
    let mut lines = glue.lines();
    while let Some(line) = lines.next() {
        if is_unused(between(line, "export class ", " {")) {
            let _ = lines.by_ref().find(|line| *line == "}");
        } else if is_unused(between(line, "const ", "Finalization = (")) {
            let _ = lines
                .by_ref()
                .find(|line| line.starts_with("    : new FinalizationRegistry("));
        } else if !is_unused(between(line, "if (Symbol.dispose) ", ".prototype")) {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    kept
}

/// Whether the glue exports a class of that name which the loader never gets to see.
fn is_unused_class(glue: &str, name: &str) -> bool {
    !CLASSES.contains(&name) && glue.contains(&format!("export class {name} {{"))
}

fn between<'t>(line: &'t str, before: &str, after: &str) -> Option<&'t str> {
    Some(line.strip_prefix(before)?.split_once(after)?.0)
}

/// Takes out of a module what can't be reached from the exports that the glue uses.
pub fn remove_unreachable(
    toolchain: &Toolchain,
    module: &Path,
    glue: &str,
    to: &Path,
) -> Result<()> {
    let graph = to.with_extension("json");
    fs::write(&graph, graph_of(glue).to_string()).map_err(Error::file(&graph))?;
    let mut command = toolchain.tool("wasm-metadce");
    command
        .arg(module)
        .arg("--debuginfo")
        .arg(format!("--graph-file={}", graph.display()))
        .arg("-o")
        .arg(to);
    // What it says is unused is all of what was not named to it.
    process::capture(&mut command).map(drop)
}

/// What the glue reaches, as `wasm-metadce` wants to be told.
fn graph_of(glue: &str) -> Value {
    let used: BTreeSet<&str> = glue
        .split("wasm.")
        .skip(1)
        .map(|rest| {
            let is_part =
                |character: char| character.is_ascii_alphanumeric() || "_$".contains(character);
            rest.split(|character| !is_part(character))
                .next()
                .unwrap_or_default()
        })
        .collect();
    let nodes = used
        .iter()
        .map(|name| json!({"name": name, "export": name}));
    let root = json!({"name": "the glue", "root": true, "reaches": used});
    std::iter::once(root).chain(nodes).collect()
}

/// The glue without the functions that the module doesn't import. Those it does are `imported`.
pub fn without_unused_imports(glue: &str, imported: impl Fn(&str) -> bool) -> String {
    let mut kept = String::new();
    let mut lines = glue.lines();
    while let Some(line) = lines.next() {
        // As wasm-bindgen writes them, in an object literal: eight spaces, the name, the function, and a brace below the name.
        let name = line
            .strip_prefix("        __w")
            .and_then(|_| line.trim_start().split_once(": function("));
        match name {
            Some((name, _)) if !imported(name) => {
                // A function that may throw is wrapped, and ends so: `        }, arguments); },`.
                let is_end = |line: &&str| line.starts_with("        }") && line.ends_with("},");
                let _ = lines.by_ref().find(is_end);
            }
            _ => {
                kept.push_str(line);
                kept.push('\n');
            }
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    const GLUE: &str = "\
export class Stream {
    free() {
        wasm.__wbg_stream_free(ptr, 0);
    }
}
if (Symbol.dispose) Stream.prototype[Symbol.dispose] = Stream.prototype.free;

export class Mounted {
    free() {
        wasm.__wbg_mounted_free(ptr, 0);
    }
}
if (Symbol.dispose) Mounted.prototype[Symbol.dispose] = Mounted.prototype.free;

export function mount() {
    const ret = wasm.mount();
    return Mounted.__wrap(ret);
}
function __wbg_get_imports() {
    const import0 = {
        __proto__: null,
        __wbg_read_0: function(arg0) {
            if (arg0) {
                arg0.read();
            }
        },
        __wbg_send_2: function() { return handleError(function (arg0) {
            arg0.send();
        }, arguments); },
        __wbg_append_1: function(arg0) {
            arg0.append();
        },
    };
}
const StreamFinalization = (typeof FinalizationRegistry === 'undefined')
    ? { register: () => {}, unregister: () => {} }
    : new FinalizationRegistry(ptr => wasm.__wbg_stream_free(ptr, 1));
const MountedFinalization = (typeof FinalizationRegistry === 'undefined')
    ? { register: () => {}, unregister: () => {} }
    : new FinalizationRegistry(ptr => wasm.__wbg_mounted_free(ptr, 1));
const memory = wasm.memory.buffer;
";

    #[test]
    fn classes_that_the_loader_never_sees_go_and_with_them_what_they_reach() {
        let glue = without_unused_classes(GLUE);
        assert!(!glue.contains("Stream"), "{glue}");
        assert_eq!(
            glue.matches("Mounted").count(),
            GLUE.matches("Mounted").count()
        );
        assert!(glue.contains("export function mount() {"), "{glue}");
        assert_eq!(
            graph_of(&glue)[0]["reaches"],
            json!(["__wbg_mounted_free", "memory", "mount"])
        );
        assert_eq!(
            graph_of(&glue)[2],
            json!({"name": "memory", "export": "memory"})
        );
    }

    #[test]
    fn functions_that_are_not_imported_go() {
        let glue = without_unused_imports(GLUE, |name| name == "__wbg_append_1");
        assert!(!glue.contains("read") && !glue.contains("send"), "{glue}");
        assert!(glue.contains("        __wbg_append_1: function(arg0) {\n            arg0.append();\n        },\n    };"));
        assert_eq!(without_unused_imports(GLUE, |_| true), GLUE);
    }
}
