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

/// What the names of exports have in them that nobody asks for: the streams of `wasm-streams`.
const UNASKED: &str = "intounderlying";
/// The number of the section that lists what a module exports.
const EXPORTS: u8 = 7;

/// A module without the exports that nobody asks for, before anything follows from them: what only they reach is in neither half.
pub fn without_unasked_exports(module: &[u8]) -> Result<Vec<u8>> {
    let broken = || Error::Wrong("Cargo's module is none".into());
    let (mut kept, mut rest) = module
        .split_at_checked(8)
        .map(|(head, rest)| (head.to_vec(), rest))
        .ok_or_else(broken)?;
    while let Some((&id, after)) = rest.split_first() {
        let (content, following) = sized(after).ok_or_else(broken)?;
        if id == EXPORTS {
            let content = asked_for(content).ok_or_else(broken)?;
            kept.push(id);
            push_number(&mut kept, content.len());
            kept.extend(content);
        } else {
            kept.extend(&rest[..rest.len() - following.len()]);
        }
        rest = following;
    }
    Ok(kept)
}

/// The section of exports without those. An entry is a name, a kind in one byte, and a number.
fn asked_for(section: &[u8]) -> Option<Vec<u8>> {
    let (count, mut rest) = number(section)?;
    let mut kept: Vec<u8> = Vec::new();
    let mut kept_count = 0;
    for _ in 0..count {
        let (name, after) = sized(rest)?;
        let (_, after) = number(after.get(1..)?)?;
        if !String::from_utf8_lossy(name).contains(UNASKED) {
            kept.extend(&rest[..rest.len() - after.len()]);
            kept_count += 1;
        }
        rest = after;
    }
    let mut section = Vec::new();
    push_number(&mut section, kept_count);
    section.extend(kept);
    Some(section)
}

/// As many bytes as the number before them says, and what follows them.
pub fn sized(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = number(bytes)?;
    rest.split_at_checked(length)
}

/// A number in LEB128, and what follows it.
pub fn number(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let length = bytes.iter().take(5).position(|byte| byte & 0x80 == 0)? + 1;
    let (digits, rest) = bytes.split_at(length);
    let add = |number, byte: &u8| number << 7 | usize::from(byte & 0x7f);
    Some((digits.iter().rev().fold(0, add), rest))
}

/// Writes one.
pub fn push_number(bytes: &mut Vec<u8>, mut number: usize) {
    loop {
        let [digit, ..] = (number & 0x7f).to_le_bytes();
        number >>= 7;
        if number == 0 {
            return bytes.push(digit);
        }
        bytes.push(digit | 0x80);
    }
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
const MountedFinalization = (typeof FinalizationRegistry === 'undefined')
    ? { register: () => {}, unregister: () => {} }
    : new FinalizationRegistry(ptr => wasm.__wbg_mounted_free(ptr, 1));
const memory = wasm.memory.buffer;
";

    #[test]
    fn what_the_glue_uses_is_reached() {
        assert_eq!(
            graph_of(GLUE)[0]["reaches"],
            json!(["__wbg_mounted_free", "memory", "mount"])
        );
        assert_eq!(
            graph_of(GLUE)[2],
            json!({"name": "memory", "export": "memory"})
        );
    }

    #[test]
    fn exports_that_nobody_asks_for_go() {
        // One export of a name that is longer than a number in one byte says.
        let entry = |name: &str| {
            let mut entry = Vec::new();
            push_number(&mut entry, name.len());
            entry.extend(name.as_bytes());
            entry.extend([0, 200, 1]);
            entry
        };
        let module = |names: &[&str]| {
            let mut section = vec![];
            push_number(&mut section, names.len());
            section.extend(names.iter().flat_map(|name| entry(name)));
            let mut module = b"\0asm\x01\0\0\0\x01\x01\0".to_vec();
            module.push(EXPORTS);
            push_number(&mut module, section.len());
            module.extend(section);
            module.extend([0, 3, 1, b'n', 9]);
            module
        };
        let long = "mount".repeat(60);
        let before = module(&[
            "memory",
            "intounderlyingsource_pull_58a9",
            &long,
            "__wbg_intounderlyingsink_free",
        ]);
        assert_eq!(
            without_unasked_exports(&before).unwrap(),
            module(&["memory", &long])
        );
        assert!(without_unasked_exports(&before[..before.len() - 1]).is_err());
        assert!(without_unasked_exports(b"").is_err());
    }

    #[test]
    fn functions_that_are_not_imported_go() {
        let glue = without_unused_imports(GLUE, |name| name == "__wbg_append_1");
        assert!(!glue.contains("read") && !glue.contains("send"), "{glue}");
        assert!(glue.contains("        __wbg_append_1: function(arg0) {\n            arg0.append();\n        },\n    };"));
        assert_eq!(without_unused_imports(GLUE, |_| true), GLUE);
    }
}
