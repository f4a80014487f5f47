//! Packages of Debian and its descendants.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::progress::note;
use crate::error::Result;
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

fn apt_get() -> Command {
    let mut command = Command::new("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive");
    command
}
