//! `dist/npm/`: what is published as an npm package. All of it lies flat in `dist/`: bundlers begin with `bundled.js`,
//! pages that bundle nothing with `loader.js` or `loader.mjs`.

use std::fs;
use std::path::Path;

use serde_json::json;

use crate::assets::{self, TARGET};
use crate::build::Profile;
use crate::error::{Error, Result};
use crate::manifest::Asset;
use crate::process;
use crate::toolchain::Toolchain;

/// What bundlers begin with.
const BUNDLED: &str = "bundled.js";
/// The version in `src/embed/package/package.json`.
const NO_VERSION: &str = "\"version\": \"0.0.0\"";
/// Languages' files have that role, and the language's code before their ending.
const STRINGS: &str = "strings";

/// Lays the package out around these assets, in the place of an earlier one.
pub fn lay_out(toolchain: &Toolchain, profile: Profile, assets: &[Asset]) -> Result<()> {
    let root = &toolchain.paths.root;
    let to = toolchain.paths.package();
    if to.exists() {
        fs::remove_dir_all(&to).map_err(Error::file(&to))?;
    }
    let dist = to.join("dist");
    let types = to.join("types");
    for directory in [&dist, &types] {
        fs::create_dir_all(directory).map_err(Error::file(directory))?;
    }
    let loaders = assets::loaders(toolchain, profile, false, assets)?;
    for asset in assets.iter().chain(&loaders) {
        write(&dist.join(&asset.file), &asset.bytes)?;
    }
    for asset in assets.iter().filter(|asset| asset.role == STRINGS) {
        let text = String::from_utf8_lossy(&asset.bytes);
        let source = format!("export default {};\n", json!(text));
        write(&dist.join(language(asset).1), source.as_bytes())?;
    }
    write(
        &dist.join(BUNDLED),
        &bundled(toolchain, profile, &dist, assets)?,
    )?;

    let own = root.join("src/embed/package");
    let description = own.join("package.json");
    let text = fs::read_to_string(&description).map_err(Error::file(&description))?;
    write(&to.join("package.json"), versioned(&text)?.as_bytes())?;
    copy(&own.join("README.md"), &to)?;
    for license in ["LICENSE-MIT", "LICENSE-APACHE"] {
        copy(&root.join(license), &to)?;
    }
    for file in ["index.d.ts", "react.d.ts"] {
        copy(&root.join("src/embed/types").join(file), &types)?;
    }
    Ok(())
}

/// Packs it as `npm publish` would.
pub fn pack(toolchain: &Toolchain) -> Result<()> {
    let mut command = toolchain.tool("npm");
    command
        .args(["pack", "--pack-destination", ".."])
        .current_dir(toolchain.paths.package());
    process::show("npm pack", &mut command)
}

/// The loader for bundlers.
fn bundled(
    toolchain: &Toolchain,
    profile: Profile,
    dist: &Path,
    assets: &[Asset],
) -> Result<Vec<u8>> {
    let begin = toolchain.paths.root.join("src/embed/begin.js");
    let entry = dist.join("entry.js");
    write(&entry, module(&begin, assets).as_bytes())?;
    let mut command = assets::esbuild(toolchain, profile);
    command
        .arg(&entry)
        .args(["--bundle", "--format=esm", "--external:./widget-*", TARGET]);
    let bundled = process::capture(&mut command)?.into_bytes();
    fs::remove_file(&entry).map_err(Error::file(&entry))?;
    Ok(bundled)
}

/// A language's code, and the module with its text. As a text file, bundlers would put what is as small as that into the page's
/// own script: all eleven, for who reads one.
fn language(asset: &Asset) -> (&str, String) {
    let name = asset.file.trim_end_matches(".txt");
    let (_, code) = name.rsplit_once('-').unwrap_or_default();
    (code, [name, ".js"].concat())
}

/// Its source. Every file is named where it is used, in one of the two ways that bundlers follow.
fn module(begin: &Path, assets: &[Asset]) -> String {
    let address = |file: &str| {
        format!(
            "new URL({}, import.meta.url).href",
            json!(["./", file].concat())
        )
    };
    let import = |file: &str| format!("() => import({})", json!(["./", file].concat()));
    let lines = |of_languages: bool| -> String {
        let chosen = assets
            .iter()
            .filter(|asset| (asset.role == STRINGS) == of_languages);
        let line = |asset: &Asset| {
            let Asset { role, file, .. } = asset;
            if of_languages {
                let (code, file) = language(asset);
                format!("  {code}: {},\n", import(&file))
            } else if file
                .rsplit_once('.')
                .is_some_and(|(_, ending)| ending == "js")
            {
                format!("  {role}: {{ load: {} }},\n", import(file))
            } else {
                format!("  {role}: {{ url: {} }},\n", address(file))
            }
        };
        chosen.map(line).collect()
    };
    let (languages, files) = (lines(true), lines(false));
    format!(
        "import {{ begin }} from {};\nconst languages = {{\n{languages}}};\nconst files = {{\n{files}  \
         {STRINGS}: {{ text: async (language) => (await languages[language]()).default }},\n}};\n\
         export const {{ WhopElements, WhopElementError, loadWhopElements }} = begin(undefined, files);\n",
        json!(begin)
    )
}

fn versioned(description: &str) -> Result<String> {
    if description.matches(NO_VERSION).count() != 1 {
        let text = format!("src/embed/package/package.json does not say {NO_VERSION} once");
        return Err(Error::Wrong(text));
    }
    let version = format!("\"version\": \"{}\"", env!("CARGO_PKG_VERSION"));
    Ok(description.replace(NO_VERSION, &version))
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    fs::write(path, bytes).map_err(Error::file(path))
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    let name = from.file_name().unwrap_or_default();
    fs::copy(from, to.join(name)).map_err(Error::file(from))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_named_as_bundlers_follow_it() {
        let mut assets = vec![
            Asset::hashed("glue", "js", b"export default 1".to_vec()),
            Asset::hashed("wasm", "wasm", b"\0asm".to_vec()),
        ];
        let text = module(Path::new("/begin.js"), &assets);
        assert!(text.contains(&format!(
            "glue: {{ load: () => import(\"./{}\") }}",
            assets[0].file
        )));
        assert!(text.contains(&format!(
            "wasm: {{ url: new URL(\"./{}\", import.meta.url).href }}",
            assets[1].file
        )));
        assets.push(Asset {
            role: STRINGS,
            file: "widget-0123-de.txt".into(),
            bytes: Vec::new(),
        });
        let text = module(Path::new("/begin.js"), &assets);
        assert!(text.contains("de: () => import(\"./widget-0123-de.js\")"));
        assert!(!text.contains(".txt"));
    }

    #[test]
    fn the_version_is_the_workspaces() {
        let version = concat!("\"version\": \"", env!("CARGO_PKG_VERSION"), "\"");
        assert_eq!(versioned(NO_VERSION).unwrap(), version);
        assert!(versioned("{}").is_err());
    }
}
