//! Packages of Debian and its descendants.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::progress::note;
use crate::error::{Error, Result};
use crate::paths::{Paths, on_path};
use crate::process;

/// How long `apt-get` may take for one thing.
const LIMIT: Duration = Duration::from_secs(15 * 60);

/// Whether packages can be installed without asking anyone.
pub fn can_install() -> bool {
    let root = process::capture(Command::new("id").arg("-u")).is_ok_and(|user| user.trim() == "0");
    root && Path::new("/etc/debian_version").exists() && on_path("apt-get").is_some()
}

/// Installs packages.
pub fn install(packages: &[&str], paths: &Paths) -> Result<()> {
    let update = paths.log("apt-get-update");
    if let Err(error) = process::quiet("apt-get update", apt_get().arg("update"), &update, LIMIT) {
        // Old lists are often good enough; if they are not, the installation says so.
        note(&format!(
            "going on with the package lists that are there: {error}"
        ));
    }
    let mut command = apt_get();
    command
        .args(["install", "--yes", "--no-install-recommends"])
        .args(packages);
    process::quiet(
        "apt-get install",
        &mut command,
        &paths.log("apt-get-install"),
        LIMIT,
    )
}

/// Unpacks packages into a directory, without installing them: nothing of theirs is set up or started.
pub fn unpack(packages: &[&str], to: &Path, paths: &Paths) -> Result<()> {
    let archives = to.join("archives");
    fs::create_dir_all(&archives).map_err(Error::file(&archives))?;
    let log = paths.log("apt-get-download");
    let download = || {
        let mut command = apt_get();
        command
            .args(["download"])
            .args(packages)
            .current_dir(&archives);
        process::quiet("apt-get download", &mut command, &log, LIMIT)
    };
    if let Err(error) = download() {
        note(&format!("fetching the package lists first: {error}"));
        let update = paths.log("apt-get-update");
        process::quiet("apt-get update", apt_get().arg("update"), &update, LIMIT)?;
        download()?;
    }
    let entries = fs::read_dir(&archives).map_err(Error::file(&archives))?;
    for archive in entries.flatten() {
        let mut command = Command::new("dpkg-deb");
        command.arg("--extract").arg(archive.path()).arg(to);
        process::quiet("dpkg-deb", &mut command, &paths.log("dpkg-deb"), LIMIT)?;
    }
    fs::remove_dir_all(&archives).map_err(Error::file(&archives))
}

fn apt_get() -> Command {
    let mut command = Command::new("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive");
    command
}
