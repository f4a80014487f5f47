//! `cargo xtask size`: what every asset weighs on the wire, against the budgets.

use std::fs;
use std::path::Path;

use crate::error::{Error, Result};
use crate::manifest;
use crate::paths::Paths;

/// The most that the loader may weigh, in bytes of brotli 11: it comes before the first message is painted.
const LOADER_BUDGET: usize = 7_500;
/// The most that everything should weigh that a visitor waits for, in bytes of brotli 11. Being over it is said, not
/// refused: the ceilings see to it that the distance only shrinks.
const CRITICAL_BUDGET: usize = 110_000;
/// What may be weighed where the standard library is compiled with the widget, for size. These are lowered to just above what
/// is measured (2 % at most) whenever less is measured, and raised only for features, with the reason in the CHANGELOG.
const STD_FOR_SIZE: Ceilings = Ceilings {
    critical: 106_000,
    all: 251_500,
};
/// The same for the compiler's own standard library.
const STD_READY_MADE: Ceilings = Ceilings {
    critical: 118_400,
    all: 283_600,
};

/// The most that may be weighed, in bytes of brotli 11.
struct Ceilings {
    /// What a visitor waits for.
    critical: usize,
    /// That and what comes after it.
    all: usize,
}

/// One line of the table, in bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Weight {
    label: String,
    raw: usize,
    gzip: usize,
    brotli: usize,
    /// What it should weigh at most.
    budget: Option<usize>,
    /// What it may weigh at most.
    ceiling: Option<usize>,
}

impl Weight {
    /// How many bytes it weighs more than it should; zero when it does not.
    fn excess(&self) -> usize {
        self.budget
            .map_or(0, |budget| self.brotli.saturating_sub(budget))
    }

    fn refused(&self) -> bool {
        self.ceiling.is_some_and(|ceiling| self.brotli > ceiling)
    }
}

/// Prints the table; an error when something is over its ceiling.
pub fn size(paths: &Paths) -> Result<()> {
    let (weights, std_size) = weigh(&paths.embed())?;
    print!("{}", table(&weights));
    println!("standard library: {}", library(std_size));
    for weight in weights.iter().filter(|weight| weight.excess() > 0) {
        let excess = grouped(weight.excess());
        println!("\n!!! {}: over budget by {excess} bytes", weight.label);
    }
    verdict(&weights)
}

fn library(std_size: bool) -> &'static str {
    if std_size {
        "compiled for size"
    } else {
        "ready-made, which is larger (rustup component add rust-src)"
    }
}

fn verdict(weights: &[Weight]) -> Result<()> {
    let refused: Vec<&str> = weights
        .iter()
        .filter(|weight| weight.refused())
        .map(|weight| &*weight.label)
        .collect();
    if refused.is_empty() {
        return Ok(());
    }
    let text = format!(
        "heavier than its ceiling in xtask/src/size.rs: {}; take out what the last changes added",
        refused.join(", ")
    );
    Err(Error::Wrong(text))
}

/// Every asset and their sum; and whether the standard library was compiled for size.
fn weigh(embed: &Path) -> Result<(Vec<Weight>, bool)> {
    let path = embed.join("manifest.json");
    let unbuilt = || Error::Wrong("no release is built; run `cargo xtask build --release`".into());
    let text = fs::read_to_string(&path).map_err(|_| unbuilt())?;
    let built = manifest::read(&serde_json::from_str(&text).unwrap_or_default())?;
    if built.profile != "release" {
        return Err(unbuilt());
    }
    let length = |name: String| -> Result<usize> {
        let path = embed.join(name);
        Ok(fs::read(&path).map_err(Error::file(&path))?.len())
    };
    let ceilings = if built.std_size {
        STD_FOR_SIZE
    } else {
        STD_READY_MADE
    };
    let mut weights = Vec::new();
    for (role, file) in built.files {
        if role == "rest" {
            weights.push(critical(&weights, &ceilings));
        }
        let budget = (role == "loader").then_some(LOADER_BUDGET);
        weights.push(Weight {
            raw: length(file.clone())?,
            gzip: length(format!("{file}.gz"))?,
            brotli: length(format!("{file}.br"))?,
            budget,
            ceiling: budget,
            label: format!("{role}  {file}"),
        });
    }
    let rest = weights.split_last();
    weights.extend(rest.map(|(rest, before)| all(before, rest, &ceilings)));
    Ok((weights, built.std_size))
}

/// What a visitor waits for before they can write.
fn critical(weights: &[Weight], ceilings: &Ceilings) -> Weight {
    let label = Weight {
        label: "critical path".into(),
        budget: Some(CRITICAL_BUDGET),
        ceiling: Some(ceilings.critical),
        ..Weight::default()
    };
    sum(label, weights)
}

/// That, which is the last of `before`, and what comes after it.
fn all(before: &[Weight], rest: &Weight, ceilings: &Ceilings) -> Weight {
    let label = Weight {
        label: "all of it".into(),
        ceiling: Some(ceilings.all),
        ..Weight::default()
    };
    let critical = before.last().cloned();
    sum(label, &[critical.unwrap_or_default(), rest.clone()])
}

fn sum(label: Weight, weights: &[Weight]) -> Weight {
    weights.iter().fold(label, |sum, weight| Weight {
        raw: sum.raw + weight.raw,
        gzip: sum.gzip + weight.gzip,
        brotli: sum.brotli + weight.brotli,
        ..sum
    })
}

fn table(weights: &[Weight]) -> String {
    let mut text = format!(
        "{:<34} {:>11} {:>11} {:>11} {:>11} {:>11} {:>11}\n",
        "bytes", "raw", "gzip", "brotli 11", "budget", "over by", "ceiling"
    );
    let optional = |number: Option<usize>| number.map_or_else(String::new, grouped);
    for weight in weights {
        let excess = Some(weight.excess()).filter(|excess| *excess > 0);
        let line = format!(
            "{:<34} {:>11} {:>11} {:>11} {:>11} {:>11} {:>11}{}",
            weight.label,
            grouped(weight.raw),
            grouped(weight.gzip),
            grouped(weight.brotli),
            optional(weight.budget),
            optional(excess),
            optional(weight.ceiling),
            if weight.refused() { "  REFUSED" } else { "" },
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

    fn weight(brotli: usize, budget: Option<usize>, ceiling: Option<usize>) -> Weight {
        Weight {
            label: "loader".into(),
            raw: brotli * 3,
            gzip: brotli + 1,
            brotli,
            budget,
            ceiling,
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
        let weights = [weight(5, None, None), weight(7, Some(1), Some(1))];
        let sum = critical(&weights, &STD_FOR_SIZE);
        assert_eq!((sum.raw, sum.gzip, sum.brotli), (36, 14, 12));
        assert_eq!(sum.budget, Some(CRITICAL_BUDGET));
        assert_eq!(sum.ceiling, Some(STD_FOR_SIZE.critical));
    }

    #[test]
    fn all_of_it_is_the_critical_path_and_what_comes_after() {
        let before = [weight(5, None, None), weight(12, Some(1), Some(1))];
        let all = all(&before, &weight(30, None, None), &STD_READY_MADE);
        assert_eq!((all.brotli, all.budget), (42, None));
        assert_eq!(all.ceiling, Some(STD_READY_MADE.all));
    }

    #[test]
    fn over_budget_is_said_and_over_the_ceiling_is_refused() {
        for (brotli, excess, accepted) in [
            (100, 0, true),
            (101, 1, true),
            (150, 50, true),
            (151, 51, false),
        ] {
            let weight = weight(brotli, Some(100), Some(150));
            assert_eq!(weight.excess(), excess);
            assert_eq!(verdict(&[weight]).is_ok(), accepted, "{brotli}");
        }
        assert!(verdict(&[weight(101, None, None)]).is_ok());
    }

    #[test]
    fn the_table_shows_budget_excess_and_ceiling() {
        let text = table(&[
            weight(7_000, Some(6_000), Some(6_500)),
            weight(10, None, None),
        ]);
        let lines: Vec<&str> = text.lines().collect();
        let words: Vec<&str> = lines[1].split_whitespace().skip(3).collect();
        assert_eq!(words, ["7,000", "6,000", "1,000", "6,500", "REFUSED"]);
        assert!(lines[2].ends_with(" 10"));
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
