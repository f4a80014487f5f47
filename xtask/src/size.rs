//! `cargo xtask size`: what every asset weighs on the wire, against the budgets.

use std::fs;
use std::path::Path;

use crate::error::{Error, Result};
use crate::manifest;
use crate::paths::Paths;

/// The most that the loader may weigh, in bytes of brotli 11: it comes before the first message is painted.
const LOADER_BUDGET: usize = 6_000;
/// The most that everything may weigh that a visitor waits for, in bytes of brotli 11.
const CRITICAL_BUDGET: usize = 160_000;

/// One line of the table, in bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Weight {
    label: String,
    raw: usize,
    gzip: usize,
    brotli: usize,
    budget: Option<usize>,
}

impl Weight {
    fn over(&self) -> bool {
        self.budget.is_some_and(|budget| self.brotli > budget)
    }
}

/// Prints the table; an error when a budget is overrun.
pub fn size(paths: &Paths) -> Result<()> {
    let weights = weigh(&paths.embed())?;
    print!("{}", table(&weights));
    let over: Vec<&str> = weights
        .iter()
        .filter(|weight| weight.over())
        .map(|weight| &*weight.label)
        .collect();
    if over.is_empty() {
        return Ok(());
    }
    Err(Error::Wrong(format!("over budget: {}", over.join(", "))))
}

fn weigh(embed: &Path) -> Result<Vec<Weight>> {
    let path = embed.join("manifest.json");
    let unbuilt = || Error::Wrong("no release is built; run `cargo xtask build --release`".into());
    let text = fs::read_to_string(&path).map_err(|_| unbuilt())?;
    let value = serde_json::from_str(&text).unwrap_or_default();
    let (profile, files) = manifest::read(&value)?;
    if profile != "release" {
        return Err(unbuilt());
    }
    let length = |name: String| -> Result<usize> {
        let path = embed.join(name);
        Ok(fs::read(&path).map_err(Error::file(&path))?.len())
    };
    let mut weights = Vec::new();
    for (role, file) in files {
        weights.push(Weight {
            raw: length(file.clone())?,
            gzip: length(format!("{file}.gz"))?,
            brotli: length(format!("{file}.br"))?,
            budget: (role == "loader").then_some(LOADER_BUDGET),
            label: format!("{role}  {file}"),
        });
    }
    weights.push(total(&weights));
    Ok(weights)
}

fn total(weights: &[Weight]) -> Weight {
    weights.iter().fold(
        Weight {
            label: "critical path".into(),
            budget: Some(CRITICAL_BUDGET),
            ..Weight::default()
        },
        |sum, weight| Weight {
            raw: sum.raw + weight.raw,
            gzip: sum.gzip + weight.gzip,
            brotli: sum.brotli + weight.brotli,
            ..sum
        },
    )
}

fn table(weights: &[Weight]) -> String {
    let mut text = format!(
        "{:<34} {:>11} {:>11} {:>11} {:>11}\n",
        "bytes", "raw", "gzip", "brotli 11", "budget"
    );
    for weight in weights {
        let verdict = match weight.budget {
            None => String::new(),
            Some(budget) if weight.over() => format!("{:>11}  OVER", grouped(budget)),
            Some(budget) => format!("{:>11}  ok", grouped(budget)),
        };
        let line = format!(
            "{:<34} {:>11} {:>11} {:>11} {verdict}",
            weight.label,
            grouped(weight.raw),
            grouped(weight.gzip),
            grouped(weight.brotli),
        );
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// A number with a comma between thousands.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weight(label: &str, brotli: usize, budget: Option<usize>) -> Weight {
        Weight {
            label: label.into(),
            raw: brotli * 3,
            gzip: brotli + 1,
            brotli,
            budget,
        }
    }

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!(
            [0, 999, 1_000, 1_234_567].map(grouped),
            ["0", "999", "1,000", "1,234,567"]
        );
    }

    #[test]
    fn the_critical_path_is_the_sum() {
        let sum = total(&[weight("a", 5, None), weight("b", 7, Some(1))]);
        assert_eq!((sum.raw, sum.gzip, sum.brotli), (36, 14, 12));
        assert_eq!(sum.budget, Some(CRITICAL_BUDGET));
    }

    #[test]
    fn a_budget_is_met_to_the_byte_and_not_one_more() {
        assert!(!weight("a", 100, Some(100)).over());
        assert!(weight("a", 101, Some(100)).over());
        assert!(!weight("a", 101, None).over());
    }

    #[test]
    fn the_table_says_who_is_over() {
        let text = table(&[
            weight("loader", 7_000, Some(6_000)),
            weight("css", 10, None),
        ]);
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[1].contains("7,000") && lines[1].ends_with("6,000  OVER"));
        assert!(lines[2].trim_end().ends_with("10"));
    }

    #[test]
    fn a_directory_without_a_release_is_refused() {
        let directory = std::env::temp_dir().join(format!("xtask-size-{}", std::process::id()));
        assert!(
            weigh(&directory)
                .unwrap_err()
                .to_string()
                .contains("cargo xtask build --release")
        );
    }
}
