//! Versions: of a package in Cargo.lock, and of a program that is there.

use std::path::Path;
use std::process::Command;

use crate::process;

/// The version of a package in a `Cargo.lock`.
pub fn locked<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name);
    lines
        .nth(1)?
        .strip_prefix("version = \"")?
        .strip_suffix('"')
}

/// What the program says its version is: the first word that begins with a digit, without a leading `v`.
pub fn of_program(program: &Path) -> Option<String> {
    let output = process::capture(Command::new(program).arg("--version")).ok()?;
    first(&output).map(str::to_owned)
}

/// The first version in a text such as `trunk 0.21.14` or `v20.20.2`.
pub fn first(text: &str) -> Option<&str> {
    text.split_whitespace()
        .map(|word| word.trim_start_matches('v'))
        .find(|word| word.starts_with(|first: char| first.is_ascii_digit()))
}

/// The number at a place of a version: `part("1.96.0", 1)` is 96.
pub fn part(version: &str, index: usize) -> Option<u32> {
    let digits = version.split('.').nth(index)?;
    let end = digits
        .find(|character: char| !character.is_ascii_digit())
        .unwrap_or(digits.len());
    digits[..end].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lock_file_names_the_version() {
        let lock = "[[package]]\nname = \"wasm-bindgen-shared\"\nversion = \"0.2.1\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\nsource = \"x\"\n";
        assert_eq!(locked(lock, "wasm-bindgen"), Some("0.2.130"));
        assert_eq!(locked(lock, "trunk"), None);
        assert_eq!(locked("name = \"trunk\"", "trunk"), None);
    }

    #[test]
    fn programs_print_their_version_in_several_ways() {
        assert_eq!(first("wasm-bindgen 0.2.130\n"), Some("0.2.130"));
        assert_eq!(first("v20.20.2"), Some("20.20.2"));
        assert_eq!(
            first("ChromeDriver 150.0.7000.1 (abc)"),
            Some("150.0.7000.1")
        );
        assert_eq!(first("wasm-opt version 132 (version_132)"), Some("132"));
        assert_eq!(first("nothing here"), None);
    }

    #[test]
    fn parts_are_numbers() {
        assert_eq!(part("1.96.0", 1), Some(96));
        assert_eq!(part("1.98.0-nightly", 2), Some(0));
        assert_eq!(part("132", 1), None);
        assert_eq!(part("x.y", 0), None);
    }
}
