use bytes::Bytes;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};
use std::time::SystemTime;
use tokio::fs;

/// How a file is compressed on the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// `name.br`
    Brotli,
    /// `name.gz`
    Gzip,
    /// Not at all.
    Identity,
}

impl Encoding {
    /// Its name in `Content-Encoding`.
    pub fn name(self) -> Option<&'static str> {
        match self {
            Self::Brotli => Some("br"),
            Self::Gzip => Some("gzip"),
            Self::Identity => None,
        }
    }

    fn suffix(self) -> &'static str {
        match self {
            Self::Brotli => ".br",
            Self::Gzip => ".gz",
            Self::Identity => "",
        }
    }
}

/// A file's bytes and their `ETag`.
#[derive(Clone)]
pub struct Asset {
    /// The bytes.
    pub bytes: Bytes,
    /// A strong validator, with its quotes.
    pub tag: String,
}

/// The widget's files. Read once, and again when one has changed on the disk.
pub struct Assets {
    root: PathBuf,
    files: RwLock<HashMap<PathBuf, Loaded>>,
}

struct Loaded {
    version: Version,
    asset: Asset,
}

/// What changes when a file is written anew.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Version {
    modified: SystemTime,
    length: u64,
}

impl Assets {
    /// The files of that directory.
    pub fn new(root: PathBuf) -> Self {
        Self {
            root,
            files: RwLock::default(),
        }
    }

    /// Whether the widget was built: pages begin with that file.
    pub async fn has_loader(&self) -> bool {
        version(&self.root.join("loader.js")).await.is_some()
    }

    /// The file of that path, in the first of the encodings in which it is there. A compressed sibling that is older
    /// than the file itself is left over from an earlier build.
    pub async fn find(&self, path: &str, accepted: &[Encoding]) -> Option<(Asset, Encoding)> {
        if !is_plain(path) {
            return None;
        }
        let plain = version(&self.root.join(path)).await?;
        for &encoding in accepted {
            let file = self.root.join(format!("{path}{}", encoding.suffix()));
            let Some(version) = version(&file).await else {
                continue;
            };
            if version.modified < plain.modified {
                continue;
            }
            if let Some(asset) = self.load(&file, version).await {
                return Some((asset, encoding));
            }
        }
        None
    }

    async fn load(&self, file: &Path, version: Version) -> Option<Asset> {
        {
            let files = self.files.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(loaded) = files.get(file).filter(|loaded| loaded.version == version) {
                return Some(loaded.asset.clone());
            }
        }
        let bytes = Bytes::from(fs::read(file).await.ok()?);
        let digest = Sha256::digest(&bytes);
        let asset = Asset {
            tag: format!("\"{}\"", hex::encode(&digest[..16])),
            bytes,
        };
        let loaded = Loaded {
            version,
            asset: asset.clone(),
        };
        self.files
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(file.to_owned(), loaded);
        Some(asset)
    }
}

async fn version(file: &Path) -> Option<Version> {
    let metadata = fs::metadata(file).await.ok()?;
    Some(Version {
        modified: metadata.is_file().then(|| metadata.modified().ok())??,
        length: metadata.len(),
    })
}

/// Whether a path, undecoded, names a file below the root and nothing else: no way up, nothing hidden, no compressed
/// sibling by its own name.
fn is_plain(path: &str) -> bool {
    let segments = path.split('/');
    path.len() <= 200
        && segments.clone().count() <= 4
        && segments.into_iter().all(|segment| {
            !segment.is_empty()
                && !segment.starts_with('.')
                && segment
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
        })
        && !matches!(path.rsplit('.').next(), Some("br" | "gz"))
}

#[cfg(test)]
mod tests {
    use super::is_plain;

    #[test]
    fn paths_lead_nowhere_else() {
        assert!(is_plain("loader.js") && is_plain("locale/de-89abcdef.json"));
        for path in [
            "",
            "/",
            "..",
            "../loader.js",
            "a/../b",
            ".env",
            "a//b",
            "a/",
            "%2e%2e/x",
            "a\\b",
            "a b",
            "loader.js.br",
            "loader.js.gz",
            "a/b/c/d/e",
        ] {
            assert!(!is_plain(path), "{path}");
        }
    }
}
