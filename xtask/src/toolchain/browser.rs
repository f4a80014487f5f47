//! Chromium and `ChromeDriver`, for the tests that run in a real browser.

use std::env;
use std::path::PathBuf;

use super::progress::Progress;
use super::{debian, version};
use crate::error::{Error, Result};
use crate::paths::{Paths, on_path};

const BROWSERS: &[&str] = &[
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
];
const MAC: &str = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";

/// Finds or installs the browser; `CHROMIUM` names another one.
pub fn chromium(paths: &Paths, progress: &mut Progress) -> Result<PathBuf> {
    set_up(
        "Chromium",
        find_chromium,
        "CHROMIUM",
        "chromium",
        paths,
        progress,
    )
}

/// Finds or installs the driver, which must be of the browser's version; `CHROMEDRIVER` names another one.
pub fn chromedriver(paths: &Paths, progress: &mut Progress) -> Result<PathBuf> {
    let driver = set_up(
        "ChromeDriver",
        find_driver,
        "CHROMEDRIVER",
        "chromium-driver",
        paths,
        progress,
    )?;
    let majors = [find_chromium().as_ref(), Some(&driver)]
        .map(|program| program.and_then(|path| version::part(&version::of_program(path)?, 0)));
    match majors {
        [Some(browser), Some(driver)] if browser != driver => Err(Error::Missing {
            tool: format!("ChromeDriver {browser}"),
            reason: format!("the one that is there is for Chromium {driver}"),
            advice: "install a Chromium and a ChromeDriver of the same version, or name them in \
                     CHROMIUM and CHROMEDRIVER"
                .into(),
        }),
        _ => Ok(driver),
    }
}

fn set_up(
    label: &str,
    find: fn() -> Option<PathBuf>,
    variable: &str,
    package: &str,
    paths: &Paths,
    progress: &mut Progress,
) -> Result<PathBuf> {
    if let Some(path) = find() {
        progress.found(&format!("{label} ({})", path.display()));
        return Ok(path);
    }
    let missing = |reason: String| Error::Missing {
        tool: label.to_owned(),
        reason,
        advice: format!(
            "install Chromium and ChromeDriver (Debian: apt-get install chromium chromium-driver; \
             elsewhere Google Chrome and its driver), or name the program in {variable}"
        ),
    };
    if !debian::can_install() {
        return Err(missing(
            "packages are only installed as root on Debian".into(),
        ));
    }
    progress.installing(label, "about 1 min");
    debian::install(&[package], paths).map_err(|error| missing(error.to_string()))?;
    let path = find().ok_or_else(|| missing(format!("the package {package} has no program")))?;
    progress.installed();
    Ok(path)
}

fn find_chromium() -> Option<PathBuf> {
    let mac = || Some(PathBuf::from(MAC)).filter(|path| path.is_file());
    named("CHROMIUM")
        .or_else(|| BROWSERS.iter().find_map(|name| on_path(name)))
        .or_else(mac)
}

fn find_driver() -> Option<PathBuf> {
    named("CHROMEDRIVER").or_else(|| on_path("chromedriver"))
}

fn named(variable: &str) -> Option<PathBuf> {
    env::var_os(variable)
        .map(PathBuf::from)
        .filter(|path| path.is_file())
}
