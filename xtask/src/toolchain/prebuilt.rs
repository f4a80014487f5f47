//! A program from a GitHub release, checked against the checksum published beside it.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use sha2::{Digest as _, Sha256};

use crate::error::{Error, Result};
use crate::paths::Paths;
use crate::process;

/// Where releases are. A machine with a mirror names it in `WHOP_CHAT_RELEASES`.
const RELEASES: &str = "https://github.com";

/// An archive of a release.
pub struct Release<'a> {
    /// Owner and name of the repository.
    pub repository: &'a str,
    /// The release's tag.
    pub tag: &'a str,
    /// The archive's file name, a `.tar.gz`.
    pub archive: &'a str,
    /// What the archive's checksum file has behind the archive's name.
    pub checksum_suffix: &'a str,
    /// The programs to take out, wherever in the archive they are.
    pub programs: &'a [&'a str],
}

/// This machine's kind, as release archives name it, with the C library that `linux` asks for.
pub fn triple(linux: &str) -> Option<String> {
    let architecture = std::env::consts::ARCH;
    match std::env::consts::OS {
        "linux" => Some(format!("{architecture}-unknown-linux-{linux}")),
        "macos" => Some(format!("{architecture}-apple-darwin")),
        _ => None,
    }
}

/// Downloads, checks and unpacks into the tools' directory.
pub fn install(release: &Release<'_>, paths: &Paths) -> Result<()> {
    let server = std::env::var("WHOP_CHAT_RELEASES").unwrap_or_else(|_| RELEASES.into());
    let directory = paths.cache.join("downloads").join(release.archive);
    if directory.exists() {
        fs::remove_dir_all(&directory).map_err(Error::file(&directory))?;
    }
    fs::create_dir_all(&directory).map_err(Error::file(&directory))?;
    let outcome = install_from(&server, release, &directory, &paths.programs());
    fs::remove_dir_all(&directory).map_err(Error::file(&directory))?;
    outcome
}

fn install_from(
    server: &str,
    release: &Release<'_>,
    directory: &Path,
    programs: &Path,
) -> Result<()> {
    let Release {
        repository,
        tag,
        archive,
        checksum_suffix,
        ..
    } = release;
    let url = format!("{server}/{repository}/releases/download/{tag}/{archive}");
    let checksum = directory.join("checksum");
    download(&format!("{url}{checksum_suffix}"), &checksum)?;
    let file = directory.join(archive);
    download(&url, &file)?;
    let bytes = fs::read(&file).map_err(Error::file(&file))?;
    let text = fs::read_to_string(&checksum).map_err(Error::file(&checksum))?;
    check(&bytes, &text, archive)?;
    process::capture(
        Command::new("tar")
            .arg("-xzf")
            .arg(&file)
            .arg("-C")
            .arg(directory),
    )?;
    fs::create_dir_all(programs).map_err(Error::file(programs))?;
    for program in release.programs {
        let found = find(directory, program)?
            .ok_or_else(|| Error::Wrong(format!("{archive} has no {program} in it")))?;
        let place = programs.join(program);
        fs::copy(&found, &place).map_err(Error::file(&place))?;
    }
    Ok(())
}

fn download(url: &str, to: &Path) -> Result<()> {
    let limit = Duration::from_secs(180).as_secs().to_string();
    let mut command = Command::new("curl");
    command.args([
        "--fail",
        "--silent",
        "--show-error",
        "--location",
        "--connect-timeout",
        "5",
    ]);
    command
        .args(["--max-time", &limit, "--output"])
        .arg(to)
        .arg(url);
    process::capture(&mut command).map(drop)
}

fn check(bytes: &[u8], checksum_file: &str, archive: &str) -> Result<()> {
    let expected = checksum_file.split_whitespace().next().unwrap_or_default();
    let actual = hexadecimal(&Sha256::digest(bytes));
    if expected.eq_ignore_ascii_case(&actual) {
        return Ok(());
    }
    Err(Error::Wrong(format!(
        "{archive} has the SHA-256 {actual}, its release says {expected:?}"
    )))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

fn find(directory: &Path, name: &str) -> Result<Option<std::path::PathBuf>> {
    for entry in fs::read_dir(directory).map_err(Error::file(directory))? {
        let path = entry.map_err(Error::file(directory))?.path();
        if path.is_dir() {
            if let Some(found) = find(&path, name)? {
                return Ok(Some(found));
            }
        } else if path.file_name().is_some_and(|file| file == name) {
            return Ok(Some(path));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RELEASE: Release<'_> = Release {
        repository: "owner/name",
        tag: "v1",
        archive: "program.tar.gz",
        checksum_suffix: ".sha256",
        programs: &["program"],
    };

    /// A release on disk, as curl reads it from a `file:` address.
    fn published(name: &str, checksum: impl Fn(&str) -> String) -> (String, std::path::PathBuf) {
        let place = std::env::temp_dir().join(format!("xtask-{name}-{}", std::process::id()));
        let directory = place.join("server/owner/name/releases/download/v1");
        fs::create_dir_all(directory.join("program-1")).unwrap();
        fs::create_dir_all(place.join("work")).unwrap();
        fs::write(directory.join("program-1/program"), "#!/bin/sh\n").unwrap();
        let mut tar = Command::new("tar");
        tar.args(["-czf", "program.tar.gz", "program-1"])
            .current_dir(&directory);
        process::capture(&mut tar).unwrap();
        let bytes = fs::read(directory.join("program.tar.gz")).unwrap();
        let text = checksum(&hexadecimal(&Sha256::digest(bytes)));
        fs::write(directory.join("program.tar.gz.sha256"), text).unwrap();
        (format!("file://{}/server", place.display()), place)
    }

    #[test]
    fn a_release_with_the_right_checksum_is_unpacked() {
        let (server, place) = published("good", |sum| format!("{sum}  program.tar.gz\n"));
        install_from(&server, &RELEASE, &place.join("work"), &place.join("bin")).unwrap();
        assert_eq!(
            fs::read_to_string(place.join("bin/program")).unwrap(),
            "#!/bin/sh\n"
        );
        fs::remove_dir_all(place).unwrap();
    }

    #[test]
    fn a_wrong_checksum_installs_nothing() {
        let (server, place) = published("bad", |_| "00".repeat(32));
        let outcome = install_from(&server, &RELEASE, &place.join("work"), &place.join("bin"));
        assert!(outcome.unwrap_err().to_string().contains("SHA-256"));
        assert!(!place.join("bin/program").exists());
        fs::remove_dir_all(place).unwrap();
    }

    #[test]
    fn an_unreachable_server_is_an_error_that_names_the_cause() {
        let place = std::env::temp_dir().join(format!("xtask-none-{}", std::process::id()));
        fs::create_dir_all(&place).unwrap();
        let server = format!("file://{}/no-such-directory", place.display());
        let error = install_from(&server, &RELEASE, &place, &place.join("bin")).unwrap_err();
        assert!(error.to_string().contains("curl"), "{error}");
        fs::remove_dir_all(place).unwrap();
    }
}
