//! What test runners say at their end, read from their real output.

/// What is left of a runner when it is done.
#[derive(Debug)]
pub struct Outcome {
    /// What ran.
    pub name: String,
    /// Its own closing lines.
    pub lines: Vec<String>,
    /// Their sum.
    pub counts: Counts,
    /// Whether it exited with zero.
    pub success: bool,
}

/// How many tests ended how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// They passed.
    pub passed: u64,
    /// They failed, or were cancelled.
    pub failed: u64,
}

impl Outcome {
    /// Reads the output of a runner.
    pub fn read(name: &str, output: &str, success: bool) -> Self {
        let mut counts = Counts::default();
        let mut lines = Vec::new();
        for line in output.lines().map(without_colours) {
            if let Some(found) = cargo_line(&line).or_else(|| node_line(&line)) {
                counts.passed += found.passed;
                counts.failed += found.failed;
                lines.push(line);
            }
        }
        Self {
            name: name.to_owned(),
            lines,
            counts,
            success,
        }
    }
}

/// `test result: ok. 5 passed; 0 failed; …`: cargo test and wasm-bindgen's runner.
fn cargo_line(line: &str) -> Option<Counts> {
    let rest = line.trim_start().strip_prefix("test result: ")?;
    let number = |unit: &str| -> Option<u64> {
        let words: Vec<&str> = rest.split([' ', ';']).collect();
        let place = words.iter().position(|word| *word == unit)?;
        words.get(place.checked_sub(1)?)?.parse().ok()
    };
    Some(Counts {
        passed: number("passed")?,
        failed: number("failed")?,
    })
}

/// `# pass 5` or `ℹ pass 5`, one line for each kind: node's runner.
fn node_line(line: &str) -> Option<Counts> {
    let rest = line
        .strip_prefix("# ")
        .or_else(|| line.strip_prefix("ℹ "))?;
    let (kind, number) = rest.split_once(' ')?;
    let number = number.parse().ok()?;
    match kind {
        "pass" => Some(Counts {
            passed: number,
            failed: 0,
        }),
        "fail" | "cancelled" => Some(Counts {
            passed: 0,
            failed: number,
        }),
        "skipped" | "todo" => Some(Counts::default()),
        _ => None,
    }
}

/// The line without terminal colours.
fn without_colours(line: &str) -> String {
    let mut parts = line.split("\u{1b}[");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        text.push_str(part.split_once('m').map_or(part, |(_, rest)| rest));
    }
    text
}

/// Everything that ran, and the plain line that tools read.
pub fn report(outcomes: &[Outcome]) -> String {
    let mut text = String::from("\nWhat each runner said:\n");
    let mut sum = Counts::default();
    for outcome in outcomes {
        let verdict = if outcome.success { "ok" } else { "FAILED" };
        let lines = outcome.lines.iter().map(|line| format!("      {line}\n"));
        text.extend(
            [format!("  {} … {verdict}\n", outcome.name)]
                .into_iter()
                .chain(lines),
        );
        sum.passed += outcome.counts.passed;
        sum.failed += outcome.counts.failed;
    }
    format!("{text}\n{} passed, {} failed\n", sum.passed, sum.failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(output: &str) -> (u64, u64) {
        let outcome = Outcome::read("x", output, true);
        (outcome.counts.passed, outcome.counts.failed)
    }

    #[test]
    fn cargo_and_wasm_bindgen() {
        let cargo = "running 2 tests\ntest a ... ok\n\ntest result: ok. 5 passed; 0 failed; 1 ignored; \
                     0 measured; 0 filtered out; finished in 0.01s\n\
                     test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out\n";
        assert_eq!(counts(cargo), (8, 2));
        let wasm =
            "test result: ok. 7 passed; 0 failed; 0 ignored; 0 filtered out; finished in 0.2s";
        assert_eq!(counts(wasm), (7, 0));
    }

    #[test]
    fn node_in_both_of_its_languages() {
        assert_eq!(
            counts("# tests 6\n# suites 0\n# pass 4\n# fail 1\n# cancelled 1\n"),
            (4, 2)
        );
        assert_eq!(
            counts("ℹ tests 2\nℹ pass 2\nℹ fail 0\nℹ duration_ms 40.1\n"),
            (2, 0)
        );
    }

    #[test]
    fn colours_do_not_hide_a_line() {
        assert_eq!(
            counts("test result: \u{1b}[32mok\u{1b}(B\u{1b}[m. 5 passed; 0 failed;"),
            (5, 0)
        );
        assert_eq!(counts("\u{1b}[34mℹ pass 3\u{1b}[39m"), (3, 0));
    }

    #[test]
    fn other_lines_count_nothing() {
        assert_eq!(
            counts("# Subtest: pass 5\n5 passed\n# pass x\ntest result: odd\n"),
            (0, 0)
        );
    }

    #[test]
    fn the_report_ends_with_the_plain_sum() {
        let outcomes = [
            Outcome::read(
                "native",
                "test result: ok. 5 passed; 0 failed; 0 ignored",
                true,
            ),
            Outcome::read("sdk", "# pass 2\n# fail 1\n", false),
        ];
        let text = report(&outcomes);
        assert!(text.ends_with("\n7 passed, 1 failed\n"));
        assert!(text.contains("native … ok") && text.contains("sdk … FAILED"));
    }
}
