//! Whop's SDK for Python, with which a suite of `tests/sdk` calls the sandbox.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::progress::Progress;
use super::{debian, version};
use crate::error::{Error, Result};
use crate::paths::{Paths, on_path};
use crate::process;

/// The oldest Python for which the lock file names all packages.
const OLDEST: (u32, u32) = (3, 11);
const LIMIT: Duration = Duration::from_secs(10 * 60);
const LABEL: &str = "whop-sdk (PyPI)";

/// Finds Python (`PYTHON` names another one) and installs the packages beside the other tools, not into it.
pub fn set_up(paths: &Paths, progress: &mut Progress) -> Result<PathBuf> {
    let lock = paths.root.join("tests/sdk/python/requirements.lock");
    let wanted = fs::read_to_string(&lock).map_err(Error::file(&lock))?;
    let stamp = paths.python_packages().join("installed-from.txt");
    let found = find();
    if let Ok(python) = &found {
        let is_installed = |installed: String| installed == stamped(python, &wanted);
        if fs::read_to_string(&stamp).is_ok_and(is_installed) {
            progress.found(LABEL);
            return Ok(python.clone());
        }
    }
    progress.installing(LABEL, "about 20 s");
    let python = match found {
        Ok(python) if has_pip(&python) => python,
        _ if debian::can_install() => {
            debian::install(&["python3", "python3-pip"], paths)?;
            find().map_err(missing)?
        }
        Ok(_) => return Err(missing("python3 is there, pip is not".into())),
        Err(reason) => return Err(missing(reason)),
    };
    let mut command = Command::new(&python);
    command
        .args(["-m", "pip", "install", "--target"])
        .arg(paths.python_packages())
        .args(["--upgrade", "--require-hashes", "--only-binary", ":all:"])
        .args(["--no-input", "--disable-pip-version-check", "--requirement"])
        .arg(&lock);
    process::quiet("pip install", &mut command, &paths.log("pip"), LIMIT).map_err(|error| {
        Error::Missing {
            tool: LABEL.to_owned(),
            reason: error.to_string(),
            advice: "make PyPI reachable (or name a mirror in PIP_INDEX_URL) and run this again"
                .into(),
        }
    })?;
    fs::write(&stamp, stamped(&python, &wanted)).map_err(Error::file(&stamp))?;
    progress.installed();
    Ok(python)
}

/// Compiled packages are of one Python only.
fn stamped(python: &Path, lock: &str) -> String {
    let version = version::of_program(python).unwrap_or_default();
    format!("Python {version}\n{lock}")
}

fn find() -> std::result::Result<PathBuf, String> {
    let named = env::var_os("PYTHON").map(PathBuf::from);
    let python = named
        .or_else(|| on_path("python3"))
        .ok_or("there is no python3 on PATH")?;
    let version = version::of_program(&python).unwrap_or_default();
    if version::part(&version, 0).zip(version::part(&version, 1)) >= Some(OLDEST) {
        Ok(python)
    } else {
        Err(format!("{} is version {version}", python.display()))
    }
}

fn has_pip(python: &Path) -> bool {
    process::capture(Command::new(python).args(["-m", "pip", "--version"])).is_ok()
}

fn missing(reason: String) -> Error {
    Error::Missing {
        tool: format!("Python {}.{} or newer, with pip", OLDEST.0, OLDEST.1),
        reason,
        advice: "install it with your package manager, or name another one in PYTHON".into(),
    }
}
