//! `manifest.json`: the names, sizes and hashes of what the proxy serves; and the loader's share of it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::error::{Error, Result};

/// With what the files' names begin.
const PREFIX: &str = "widget-";
/// How many hexadecimal digits of the hash a file name shows: 64 bits.
const DIGITS: usize = 16;

/// What the widget says in one language: the visitor waits for one of them.
const STRINGS: &str = "strings";

/// A file that is served, before any compression.
#[derive(Debug)]
pub struct Asset {
    /// What it is for: `loader`, `painter`, `glue`, `wasm`, `css`, `strings` (one for each language); `rest`, which comes after; or
    /// what is asked for where it is needed, such as `signIn` or `emoji`.
    pub role: &'static str,
    /// Its name under `/embed/`.
    pub file: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

impl Asset {
    /// An asset whose name changes with its content, so that it can be cached for ever.
    pub fn hashed(role: &'static str, extension: &str, bytes: Vec<u8>) -> Self {
        let file = format!("{PREFIX}{}.{extension}", &hash(&bytes)[..DIGITS]);
        Self { role, file, bytes }
    }

    /// What is said, for each language by its code. They share one hash, so that the loader needs to know no more than that
    /// and the visitor's language.
    pub fn languages(texts: Vec<(&str, String)>) -> Vec<Self> {
        let all: String = texts.iter().map(|(_, text)| &**text).collect();
        let hash = &hash(all.as_bytes())[..DIGITS];
        let asset = |(code, text): (&str, String)| Self {
            role: STRINGS,
            file: format!("{PREFIX}{hash}-{code}.txt"),
            bytes: text.into_bytes(),
        };
        texts.into_iter().map(asset).collect()
    }

    /// Its role; of a language's, with that one's code.
    fn key(&self) -> String {
        match self.file.rsplit_once('-') {
            Some((_, code)) if self.role == STRINGS => {
                [STRINGS, "-", code.trim_end_matches(".txt")].concat()
            }
            _ => self.role.to_owned(),
        }
    }

    /// What a browser checks the file against (subresource integrity).
    pub fn integrity(&self) -> String {
        format!("sha256-{}", STANDARD.encode(Sha256::digest(&self.bytes)))
    }

    fn describe(&self) -> Value {
        json!({
            "file": self.file,
            "hash": hash(&self.bytes)[..DIGITS],
            "integrity": self.integrity(),
            "size": self.bytes.len(),
        })
    }
}

fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

/// The whole manifest; `std_size` tells whether the standard library was compiled for size.
pub fn manifest(profile: &str, std_size: bool, loader: &Asset, assets: &[Asset]) -> Value {
    let files: serde_json::Map<String, Value> = assets
        .iter()
        .map(|asset| (asset.key(), asset.describe()))
        .collect();
    json!({
        "profile": profile,
        "std_size": std_size,
        "loader": loader.describe(),
        "files": files,
    })
}

/// What a manifest says of a build.
#[derive(Debug, PartialEq, Eq)]
pub struct Built {
    /// `dev` or `release`.
    pub profile: String,
    /// Whether the standard library was compiled for size.
    pub std_size: bool,
    /// Role and file of what every visitor gets, in the order loader, painter, glue, wasm, css, English strings, and `rest`, which
    /// nobody waits for.
    pub files: Vec<(String, String)>,
}

/// Reads what [`manifest`] wrote.
pub fn read(manifest: &Value) -> Result<Built> {
    let profile = manifest["profile"].as_str();
    let file =
        |role: &str, value: &Value| Some((role.to_owned(), value["file"].as_str()?.to_owned()));
    let mut files = vec![file("loader", &manifest["loader"])];
    for role in ["painter", "glue", "wasm", "css", "strings-en", "rest"] {
        files.push(file(role, &manifest["files"][role]));
    }
    let built = || {
        Some(Built {
            profile: profile?.to_owned(),
            std_size: manifest["std_size"].as_bool()?,
            files: files.into_iter().collect::<Option<_>>()?,
        })
    };
    built().ok_or_else(|| {
        let text = "dist/embed/manifest.json is not one that this xtask wrote; build again";
        Error::Wrong(text.into())
    })
}

/// What the loader knows of the assets, as esbuild puts it into the place of `__ASSETS__`:
/// `{"glue":[hash,".js"],"wasm":[hash,".wasm"],…,"strings":[hash,"-*.txt"]}`. The hash says both the name and the integrity, which
/// `src/embed/place.js` makes of it: bytes that can't be compressed are written once. Of the languages it is the name's only, and
/// `*` is the language's code.
pub fn table(assets: &[Asset]) -> Value {
    let described = |asset: &Asset| {
        let name = asset.file.trim_start_matches(PREFIX);
        let value = if asset.role == STRINGS {
            json!([name.get(..DIGITS), "-*.txt"])
        } else {
            json!([hash(&asset.bytes), name.get(DIGITS..)])
        };
        (asset.role.to_owned(), value)
    };
    Value::Object(assets.iter().map(described).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assets() -> Vec<Asset> {
        let mut assets = vec![
            Asset::hashed("painter", "js", b"export const show = 1".to_vec()),
            Asset::hashed("glue", "js", b"export default 1".to_vec()),
            Asset::hashed("wasm", "wasm", b"\0asm".to_vec()),
            Asset::hashed("css", "css", b"a{}".to_vec()),
            Asset::hashed("rest", "wasm", b"\0asm2".to_vec()),
        ];
        assets.extend(languages("Antworten"));
        assets
    }

    fn languages(german: &str) -> Vec<Asset> {
        Asset::languages(vec![("en", "Reply".to_owned()), ("de", german.to_owned())])
    }

    #[test]
    fn languages_share_a_name_that_changes_with_any_of_them() {
        let [english, german] = &languages("Antworten")[..] else {
            panic!("two files");
        };
        assert_eq!(english.file.replace("-en", "-de"), german.file);
        assert_ne!(languages("Erwidern")[0].file, english.file);
        let table = table(&assets());
        let [hash, ending] = [0, 1].map(|at| table["strings"][at].as_str().unwrap());
        let pattern = format!("widget-{hash}{ending}");
        assert_eq!(pattern, english.file.replace("-en", "-*"));
        let loader = Asset {
            role: "loader",
            file: "loader.js".into(),
            bytes: Vec::new(),
        };
        let manifest = manifest("dev", false, &loader, &assets());
        assert_eq!(manifest["files"]["strings-de"]["file"], *german.file);
    }

    #[test]
    fn a_name_changes_with_its_content_only() {
        let first = Asset::hashed("css", "css", b"a{}".to_vec());
        assert_eq!(
            first.file,
            Asset::hashed("css", "css", b"a{}".to_vec()).file
        );
        assert_ne!(
            first.file,
            Asset::hashed("css", "css", b"b{}".to_vec()).file
        );
        assert_eq!(first.file.len(), "widget-.css".len() + DIGITS);
    }

    #[test]
    fn integrity_is_what_openssl_says() {
        // printf hello | openssl dgst -sha256 -binary | base64
        let asset = Asset::hashed("css", "css", b"hello".to_vec());
        assert_eq!(
            asset.integrity(),
            "sha256-LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ="
        );
    }

    #[test]
    fn the_loader_gets_every_name_and_hash() {
        let table = table(&assets());
        for asset in assets().iter().filter(|asset| asset.role != STRINGS) {
            let hash = table[asset.role][0].as_str().unwrap();
            let ending = table[asset.role][1].as_str().unwrap();
            assert_eq!(format!("widget-{}{ending}", &hash[..DIGITS]), asset.file);
            let bytes: Vec<u8> = (0..hash.len())
                .step_by(2)
                .map(|at| u8::from_str_radix(&hash[at..at + 2], 16).unwrap())
                .collect();
            assert_eq!(
                format!("sha256-{}", STANDARD.encode(bytes)),
                asset.integrity()
            );
        }
    }

    #[test]
    fn what_is_written_can_be_read() {
        let loader = Asset {
            role: "loader",
            file: "loader.js".into(),
            bytes: b"x".to_vec(),
        };
        for std_size in [true, false] {
            let built = read(&manifest("release", std_size, &loader, &assets())).unwrap();
            assert_eq!(
                (&*built.profile, built.std_size, built.files.len()),
                ("release", std_size, 7)
            );
            assert_eq!(built.files[0], ("loader".into(), "loader.js".into()));
        }
        assert!(read(&json!({})).is_err());
    }
}
