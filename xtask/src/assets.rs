//! Puts `dist/embed/` together: hashed names, minified scripts and styles, compressed copies.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::SystemTime;

use flate2::Compression;
use flate2::write::GzEncoder;

use strings::catalogs::LANGUAGES;

use crate::build::{Options, Profile};
use crate::error::{Error, Result};
use crate::manifest::{self, Asset};
use crate::package;
use crate::process;
use crate::shrink;
use crate::split;
use crate::toolchain::Toolchain;

/// What browsers the scripts and styles are written for.
pub const TARGET: &str = "--target=es2022,chrome109,firefox115,safari16.4";
/// The names that pages refer to; they never change.
const LOADER: &str = "loader.js";
const MODULE: &str = "loader.mjs";
const MANIFEST: &str = "manifest.json";

/// Makes every asset from what Trunk built and from the sources, then replaces what was there.
pub fn assemble(toolchain: &Toolchain, options: Options) -> Result<()> {
    let profile = options.profile;
    let root = &toolchain.paths.root;
    let Program { glue, wasm, rest } = program(toolchain, profile)?;
    let emoji = root.join("crates/core/src/text/emoji/names.txt");
    let lazy = |role, file: &str| {
        let source = root.join("src/embed").join(file);
        let text = ["--loader:.css=text".to_owned()];
        let bytes = script(toolchain, profile, &source, &text)?;
        Ok::<_, Error>(Asset::hashed(role, "js", bytes))
    };
    let mut assets = vec![
        Asset::hashed("glue", "js", glue),
        Asset::hashed("wasm", "wasm", wasm),
        Asset::hashed("rest", "wasm", rest),
        Asset::hashed(
            "css",
            "css",
            style(toolchain, profile, &root.join("style/index.css"))?,
        ),
        lazy("painter", "painting.js")?,
        lazy("signIn", "sign_in.js")?,
        lazy("launcher", "launcher.js")?,
        lazy("lists", "lists.js")?,
        lazy("whopFrame", "whop_frame.js")?,
        Asset::hashed(
            "appearance",
            "js",
            // With the licence of the palettes, which asks for that.
            script(
                toolchain,
                profile,
                &root.join("src/embed/appearance.js"),
                &["--legal-comments=inline".to_owned()],
            )?,
        ),
        Asset::hashed(
            "emoji",
            "txt",
            fs::read(&emoji).map_err(Error::file(&emoji))?,
        ),
    ];
    assets.extend(languages()?);
    let [loader, module] = loaders(toolchain, profile, true, &assets)?;
    let manifest =
        manifest::manifest(profile.name(), options.std_size, &loader, &assets).to_string();
    let directory = toolchain.paths.embed();
    fs::create_dir_all(&directory).map_err(Error::file(&directory))?;
    let mut written = BTreeSet::from([MANIFEST.to_owned()]);
    // The loader last: it may only name what is there.
    for asset in assets.iter().chain([&module, &loader]) {
        publish(&directory, asset, profile, &mut written)?;
    }
    replace(
        &directory.join(MANIFEST),
        manifest.as_bytes(),
        SystemTime::now(),
    )?;
    remove_others(&directory, &written)?;
    package::lay_out(toolchain, profile, &assets)
}

/// The modules, and the glue of the first.
struct Program {
    glue: Vec<u8>,
    wasm: Vec<u8>,
    /// What comes when the first one runs.
    rest: Vec<u8>,
}

/// A module with nothing in it: in development all is in the first one, but the other is fetched as in a release. It is one
/// section of 4,100 bytes without a meaning, since bundlers put what is below 4 kB into their scripts.
fn empty_module() -> Vec<u8> {
    let mut module = b"\0asm\x01\0\0\0\0\x84\x20".to_vec();
    module.resize(module.len() + 4_100, 0);
    module
}

fn program(toolchain: &Toolchain, profile: Profile) -> Result<Program> {
    let page = toolchain.paths.page();
    if profile == Profile::Release {
        let short = shrink::shrink(toolchain, &page)?;
        let glue = script(toolchain, profile, &short.glue, &short.renaming)?;
        return Ok(Program {
            glue,
            wasm: short.wasm,
            rest: short.rest,
        });
    }
    let wasm = page.join("whop-chat_bg.wasm");
    let bytes = fs::read(&wasm).map_err(Error::file(&wasm))?;
    let mut glue = script(toolchain, profile, &page.join("whop-chat.js"), &[])?;
    glue.extend_from_slice(split::shared(&[]).as_bytes());
    Ok(Program {
        glue,
        wasm: bytes,
        rest: empty_module(),
    })
}

/// A module with what it imports: wasm-bindgen's glue with its snippets, for one.
fn script(
    toolchain: &Toolchain,
    profile: Profile,
    source: &Path,
    more: &[String],
) -> Result<Vec<u8>> {
    let mut command = esbuild(toolchain, profile);
    command
        .arg(source)
        .args(more)
        .args(["--bundle", "--format=esm", TARGET])
        // The loader says where the module is. Where it could be instead, bundlers would look for it.
        .arg("--define:import.meta.url=undefined");
    Ok(process::capture(&mut command)?.into_bytes())
}

/// What the widget says, in each language.
fn languages() -> Result<Vec<Asset>> {
    let compact = |(code, catalog)| {
        let text = strings::catalogs::compact(code, catalog);
        let text = text.map_err(|wrong| {
            Error::Wrong(format!("crates/strings/catalogs/{code}.json: {wrong}"))
        })?;
        Ok((code, text))
    };
    let texts: Result<Vec<_>> = LANGUAGES.into_iter().map(compact).collect();
    Ok(Asset::languages(texts?))
}

/// The stylesheets, in the order in which `index.css` imports them.
fn style(toolchain: &Toolchain, profile: Profile, source: &Path) -> Result<Vec<u8>> {
    let mut command = esbuild(toolchain, profile);
    command
        .arg(source)
        .args(["--bundle", "--loader:.svg=dataurl", TARGET]);
    Ok(process::capture(&mut command)?.into_bytes())
}

/// The loaders, which know the names and hashes of everything else: for a script tag, and for who imports it.
/// `is_proxys`: whether they are served by the proxy, or from anywhere.
pub fn loaders(
    toolchain: &Toolchain,
    profile: Profile,
    is_proxys: bool,
    assets: &[Asset],
) -> Result<[Asset; 2]> {
    let table = manifest::table(assets);
    let loader = |role, file: &str, source: &str, format: &str| {
        let mut command = esbuild(toolchain, profile);
        command
            .arg(toolchain.paths.root.join("src/embed").join(source))
            .args(["--bundle", format, TARGET])
            .arg(format!("--define:__ASSETS__={table}"))
            .arg(format!("--define:__IS_PROXYS__={is_proxys}"));
        Ok::<_, Error>(Asset {
            role,
            file: file.into(),
            bytes: process::capture(&mut command)?.into_bytes(),
        })
    };
    Ok([
        loader("loader", LOADER, "loader.js", "--format=iife")?,
        loader("module", MODULE, "module.js", "--format=esm")?,
    ])
}

/// The bundler, as quiet as it gets.
pub fn esbuild(toolchain: &Toolchain, profile: Profile) -> Command {
    let mut command = toolchain.tool("esbuild");
    command.args([
        "--log-level=warning",
        "--charset=utf8",
        "--legal-comments=none",
    ]);
    if profile == Profile::Release {
        command.arg("--minify");
    }
    command
}

/// Writes an asset; a release also gets its compressed copies, which in development only cost time.
fn publish(
    directory: &Path,
    asset: &Asset,
    profile: Profile,
    written: &mut BTreeSet<String>,
) -> Result<()> {
    let mut copies = vec![(asset.file.clone(), asset.bytes.clone())];
    if profile == Profile::Release {
        let failed = |source| Error::File {
            path: directory.join(&asset.file),
            source,
        };
        copies.push((
            format!("{}.br", asset.file),
            brotli(&asset.bytes).map_err(failed)?,
        ));
        copies.push((
            format!("{}.gz", asset.file),
            gzip(&asset.bytes).map_err(failed)?,
        ));
    }
    // The plain file last: whoever sees it may ask for the others. All of one moment: the proxy takes a copy that is older
    // than the file, if only by the time that writing takes, for one of an earlier build.
    let moment = SystemTime::now();
    for (name, bytes) in copies.into_iter().rev() {
        replace(&directory.join(&name), &bytes, moment)?;
        written.insert(name);
    }
    Ok(())
}

/// The smaller of two: in shorter blocks some modules come out smaller, and most scripts larger.
fn brotli(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let usual = brotli_in_blocks(bytes, 0)?;
    let shorter = brotli_in_blocks(bytes, 16)?;
    Ok(if shorter.len() < usual.len() {
        shorter
    } else {
        usual
    })
}

/// In blocks of two to the power of that many bytes; of 0, as many as brotli likes.
fn brotli_in_blocks(bytes: &[u8], lgblock: i32) -> std::io::Result<Vec<u8>> {
    let parameters = brotli::enc::BrotliEncoderParams {
        quality: 11,
        lgwin: 24,
        lgblock,
        size_hint: bytes.len(),
        ..Default::default()
    };
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut &bytes[..], &mut compressed, &parameters)?;
    Ok(compressed)
}

fn gzip(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    encoder.finish()
}

/// A server that reads the file meanwhile sees the old one or the new one, never half of it.
fn replace(path: &Path, bytes: &[u8], moment: SystemTime) -> Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    let part = path.with_file_name(name);
    fs::write(&part, bytes).map_err(Error::file(&part))?;
    let file = File::options().write(true).open(&part);
    let dated = file.and_then(|file| file.set_modified(moment));
    dated.map_err(Error::file(&part))?;
    fs::rename(&part, path).map_err(Error::file(path))
}

fn remove_others(directory: &Path, keep: &BTreeSet<String>) -> Result<()> {
    for entry in fs::read_dir(directory).map_err(Error::file(directory))? {
        let entry = entry.map_err(Error::file(directory))?;
        if !keep.contains(&*entry.file_name().to_string_lossy()) {
            fs::remove_file(entry.path()).map_err(Error::file(entry.path()))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn compressed_copies_hold_the_same_bytes() {
        let bytes = b"the same bytes, the same bytes, the same bytes".repeat(20);
        let mut back = Vec::new();
        brotli::Decompressor::new(&brotli(&bytes).unwrap()[..], 4096)
            .read_to_end(&mut back)
            .unwrap();
        assert_eq!(back, bytes);
        back.clear();
        flate2::read::GzDecoder::new(&gzip(&bytes).unwrap()[..])
            .read_to_end(&mut back)
            .unwrap();
        assert_eq!(back, bytes);
    }

    #[test]
    fn only_a_release_is_compressed_and_old_files_go() {
        let directory = std::env::temp_dir().join(format!("xtask-assets-{}", std::process::id()));
        fs::create_dir_all(&directory).unwrap();
        let names = || -> BTreeSet<String> {
            let entries = fs::read_dir(&directory).unwrap();
            entries
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .collect()
        };
        for (profile, expected) in [(Profile::Release, 3), (Profile::Dev, 1)] {
            let asset = Asset::hashed("css", "css", profile.name().into());
            let mut written = BTreeSet::new();
            publish(&directory, &asset, profile, &mut written).unwrap();
            remove_others(&directory, &written).unwrap();
            assert_eq!(names(), written);
            assert_eq!(written.len(), expected);
            let modified = |name: &String| {
                let metadata = fs::metadata(directory.join(name)).unwrap();
                metadata.modified().unwrap()
            };
            let moments: BTreeSet<_> = written.iter().map(modified).collect();
            assert_eq!(moments.len(), 1, "no copy looks older than its file");
        }
        fs::remove_dir_all(directory).unwrap();
    }
}
