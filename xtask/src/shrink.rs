//! A release's wasm and glue, with short names where they meet.
//!
//! wasm-bindgen names every import and export in full, with a hash, once in the module and once in the glue.
//! They are random enough that no compression helps.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::error::{Error, Result};
use crate::order;
use crate::process;
use crate::prune;
use crate::split;
use crate::toolchain::Toolchain;

/// What the module imports from, in the module and in the glue.
const MODULE: &str = "./whop-chat_bg.js";
/// What wasm-opt renames it to.
const SHORT_MODULE: &str = "a";

/// Puts the functions where they cost least, and takes out what no browser needs to run a module.
const FINISH: &[&str] = &[
    "--reorder-functions-by-name",
    "--strip-debug",
    "--strip-producers",
    "--strip-target-features",
];

/// How wasm-opt makes a module small for the wire, not for the disk.
///
/// A function with one caller is inlined only where it is tiny: it would bring its stack frame and its locals along, which makes the file
/// 3 % smaller and what brotli makes of it 4 % larger. And nothing lies in the first kilobyte: the stack ends there.
pub const OPTIMISE: &[&str] = &[
    "--flatten",
    "--rereloop",
    "-Oz",
    "-Oz",
    "--low-memory-unused",
    "--one-caller-inline-max-function-size",
    "20",
];

/// The modules and the glue of a release; esbuild still has to rename in the glue.
pub struct Shrunk {
    /// The module, optimised once more.
    pub wasm: Vec<u8>,
    /// The module that comes after it.
    pub rest: Vec<u8>,
    /// The glue's source, beside the snippets that it imports.
    pub glue: PathBuf,
    /// What esbuild needs to give the glue the names that the module has.
    pub renaming: [String; 2],
}

/// Shortens what Trunk left in `page`.
pub fn shrink(toolchain: &Toolchain, page: &Path) -> Result<Shrunk> {
    let source = page.join("whop-chat.js");
    let text = fs::read_to_string(&source).map_err(Error::file(&source))?;
    let module = page.join("whop-chat_bg.wasm");
    let reached = page.join("reached.wasm");
    prune::remove_unreachable(toolchain, &module, &text, &reached)?;

    let optimised = page.join("optimised.wasm");
    optimise(toolchain, &reached, &optimised)?;
    let rest = page.join("rest.wasm");
    let optimised_rest = page.join("optimised_rest.wasm");
    optimise(toolchain, &rest, &optimised_rest)?;
    let small_rest = page.join("short_rest.wasm");
    let mut command = toolchain.tool("wasm-opt");
    command
        .arg(&optimised_rest)
        .args(FINISH)
        .arg("-o")
        .arg(&small_rest);
    process::show("wasm-opt", &mut command)?;

    let small = page.join("short.wasm");
    let mut command = toolchain.tool("wasm-opt");
    command
        .arg(&optimised)
        .args(FINISH)
        .arg("--minify-imports-and-exports-and-modules")
        .arg("-o")
        .arg(&small);
    let names = renamed(&process::capture(&mut command)?)?;

    let text = prune::without_unused_imports(&text, |name| names.contains_key(name));
    let glue = page.join("short.js");
    fs::write(&glue, short_module(&text)?).map_err(Error::file(&glue))?;

    let cache = page.join("names.json");
    fs::write(&cache, Value::Object(names.clone()).to_string()).map_err(Error::file(&cache))?;
    Ok(Shrunk {
        wasm: fs::read(&small).map_err(Error::file(&small))?,
        rest: fs::read(&small_rest).map_err(Error::file(&small_rest))?,
        glue,
        renaming: [
            format!("--mangle-props={}", pattern(&names)),
            format!("--mangle-cache={}", cache.display()),
        ],
    })
}

fn optimise(toolchain: &Toolchain, module: &Path, to: &Path) -> Result<()> {
    let mut command = toolchain.tool("wasm-opt");
    command.arg(module).args(OPTIMISE).arg("-o").arg(to);
    process::show("wasm-opt", &mut command)?;
    let optimised = fs::read(to).map_err(Error::file(to))?;
    fs::write(to, order::named_in_order(&optimised)?).map_err(Error::file(to))
}

/// Old and new names, from what wasm-opt prints:
/// `{"imports":[["module","old","new"],…],"exports":[["old","new"],…]}`.
fn renamed(printed: &str) -> Result<Map<String, Value>> {
    let wrong = |what: &str| {
        let text = format!("wasm-opt's list of new names has {what}; is another version in use?");
        Error::Wrong(text)
    };
    let value: Value = serde_json::from_str(printed).map_err(|_| wrong("no JSON in it"))?;
    let mut names = Map::new();
    for kind in ["imports", "exports"] {
        let entries = value[kind].as_array().ok_or_else(|| wrong("no lists"))?;
        for entry in entries {
            let words: Vec<&str> = entry
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .collect();
            let (old, new) = match words[..] {
                [MODULE | split::LINK_MODULE, old, new] if kind == "imports" => (old, new),
                [old, new] if kind == "exports" => (old, new),
                _ => return Err(wrong(&format!("an entry {entry}"))),
            };
            names.insert(old.to_owned(), new.into());
        }
    }
    Ok(names)
}

/// The glue with the modules' new name, which is a quoted key that esbuild leaves alone: the few functions that come from elsewhere
/// stand beside the others.
fn short_module(glue: &str) -> Result<String> {
    let linked = format!("        {:?}: import1,\n", split::LINK_MODULE);
    let glue = glue.replace(&linked, "");
    let first = "        __proto__: null,\n";
    let glue = glue.replacen(first, &[first, "        ...import1,\n"].concat(), 1);
    let written = format!("\"{MODULE}\"");
    match glue.matches(&written).count() {
        1 => Ok(glue.replace(&written, &format!("\"{SHORT_MODULE}\""))),
        count => {
            let text = format!("wasm-bindgen's glue has {written} {count} times instead of once");
            Err(Error::Wrong(text))
        }
    }
}

/// A regular expression that matches exactly these names.
fn pattern(names: &Map<String, Value>) -> String {
    let escaped: Vec<String> = names.keys().map(|name| name.replace('$', "\\$")).collect();
    format!("^({})$", escaped.join("|"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRINTED: &str = r#"{
 "imports": [
  ["./whop-chat_bg.js", "__wbg_new_07eab", "$"]
 ],
"exports": [
  ["memory", "b"],
  ["take$it", "c"]
 ]
}"#;

    #[test]
    fn names_of_imports_and_exports_are_read() {
        let names = renamed(PRINTED).unwrap();
        assert_eq!(names["__wbg_new_07eab"], "$");
        assert_eq!(names["memory"], "b");
        assert_eq!(names.len(), 3);
        assert_eq!(pattern(&names), "^(__wbg_new_07eab|memory|take\\$it)$");
    }

    #[test]
    fn what_is_imported_from_elsewhere_is_refused() {
        let printed = PRINTED.replace(MODULE, "./snippets/inline0.js");
        let error = renamed(&printed).unwrap_err().to_string();
        assert!(error.contains("snippets"), "{error}");
        assert!(renamed("").is_err() && renamed("{}").is_err());
    }

    #[test]
    fn the_module_is_renamed_once_or_not_at_all() {
        let glue = "return { \"./whop-chat_bg.js\": import0 };";
        assert_eq!(short_module(glue).unwrap(), "return { \"a\": import0 };");
        assert!(short_module("return {};").is_err());
        assert!(short_module(&glue.repeat(2)).is_err());
    }
}
