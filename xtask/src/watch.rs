//! Which sources have changed, by looking at them again and again: it works on every file system.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// What the widget is made of.
const WIDGET: &[&str] = &[
    "src",
    "style",
    "crates/core",
    "crates/wire",
    "Cargo.toml",
    "index.html",
];
/// What the servers are made of.
const SERVERS: &[&str] = &[
    "crates/proxy",
    "crates/sandbox",
    "crates/core",
    "crates/wire",
    "Cargo.toml",
];

/// What has to be built again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Changed {
    /// The widget.
    pub widget: bool,
    /// The servers.
    pub servers: bool,
}

type Snapshot = BTreeMap<PathBuf, (Option<SystemTime>, u64)>;

/// Remembers how the sources looked the last time.
#[derive(Debug)]
pub struct Watch {
    root: PathBuf,
    widget: Snapshot,
    servers: Snapshot,
}

impl Watch {
    /// Looks for the first time.
    pub fn new(root: &Path) -> Self {
        Self {
            widget: look(root, WIDGET),
            servers: look(root, SERVERS),
            root: root.to_owned(),
        }
    }

    /// What has changed since the last look.
    pub fn changed(&mut self) -> Changed {
        let widget = look(&self.root, WIDGET);
        let servers = look(&self.root, SERVERS);
        let changed = Changed {
            widget: widget != self.widget,
            servers: servers != self.servers,
        };
        self.widget = widget;
        self.servers = servers;
        changed
    }
}

fn look(root: &Path, places: &[&str]) -> Snapshot {
    let mut snapshot = Snapshot::new();
    for place in places {
        add(&root.join(place), &mut snapshot);
    }
    snapshot
}

/// A file that vanishes while we look is simply not there: the next look finds out.
fn add(path: &Path, snapshot: &mut Snapshot) {
    let Ok(metadata) = fs::metadata(path) else {
        return;
    };
    if metadata.is_dir() {
        for entry in fs::read_dir(path).into_iter().flatten().flatten() {
            add(&entry.path(), snapshot);
        }
    } else if !is_scratch(path) {
        snapshot.insert(path.to_owned(), (metadata.modified().ok(), metadata.len()));
    }
}

/// What editors leave beside a file for a moment, and what the servers write.
fn is_scratch(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with('.')
        || name.ends_with('~')
        || name.ends_with(".swp")
        || name.contains(".sqlite")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_change_is_told_once_and_to_whom_it_matters() {
        let root = std::env::temp_dir().join(format!("xtask-watch-{}", std::process::id()));
        for directory in ["src/ui", "style", "crates/core/src", "crates/proxy/src"] {
            fs::create_dir_all(root.join(directory)).unwrap();
        }
        fs::write(root.join("src/ui/row.rs"), "1").unwrap();
        let mut watch = Watch::new(&root);
        let nothing = Changed::default();
        assert_eq!(watch.changed(), nothing);
        let steps = [
            ("src/ui/row.rs", true, false),
            ("style/row.css", true, false),
            ("crates/proxy/src/lib.rs", false, true),
            ("crates/core/src/lib.rs", true, true),
            ("src/ui/.row.rs.swp", false, false),
        ];
        for (file, widget, servers) in steps {
            fs::write(root.join(file), "longer than before").unwrap();
            assert_eq!(watch.changed(), Changed { widget, servers }, "{file}");
            assert_eq!(watch.changed(), nothing, "{file}");
        }
        fs::remove_file(root.join("style/row.css")).unwrap();
        assert_eq!(
            watch.changed(),
            Changed {
                widget: true,
                servers: false
            }
        );
        fs::remove_dir_all(root).unwrap();
    }
}
