//! Running other programs: quietly with a log, on the screen, or on the screen and into memory.

use std::collections::VecDeque;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, IsTerminal as _, Read};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use crate::error::{Error, Result};

/// How many lines of a failed program's output are shown.
const TAIL: usize = 40;
/// How often a long quiet step says that it is still alive.
const HEARTBEAT: Duration = Duration::from_secs(30);

/// The program's name as the reader knows it.
fn name(command: &Command) -> String {
    command.get_program().to_string_lossy().into_owned()
}

fn start(command: &mut Command) -> Result<Child> {
    let program = name(command);
    command
        .spawn()
        .map_err(|source| Error::Start { program, source })
}

/// What the program prints on standard output, when it succeeds.
pub fn capture(command: &mut Command) -> Result<String> {
    let program = name(command);
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|source| Error::Start {
            program: program.clone(),
            source,
        })?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let tail = last_lines(&String::from_utf8_lossy(&output.stderr), TAIL);
    Err(Error::Failed {
        what: program,
        status: output.status,
        tail,
    })
}

/// Runs with the program's output on the screen.
pub fn show(what: &str, command: &mut Command) -> Result<()> {
    let status = start(command.stdin(Stdio::null()))?
        .wait()
        .map_err(|source| Error::Start {
            program: what.to_owned(),
            source,
        })?;
    ended(what, status, String::new())
}

/// Runs with the program's output in the file `log` only; its end is shown when the program fails.
pub fn quiet(what: &str, command: &mut Command, log: &Path, limit: Duration) -> Result<()> {
    if let Some(directory) = log.parent() {
        fs::create_dir_all(directory).map_err(Error::file(directory))?;
    }
    let file = File::create(log).map_err(Error::file(log))?;
    let other = file.try_clone().map_err(Error::file(log))?;
    let mut child = start(command.stdin(Stdio::null()).stdout(file).stderr(other))?;
    let began = Instant::now();
    let mut next_heartbeat = HEARTBEAT;
    loop {
        let status = child.try_wait().map_err(|source| Error::Start {
            program: what.to_owned(),
            source,
        })?;
        if let Some(status) = status {
            return ended(what, status, read_tail(log));
        }
        if began.elapsed() > limit {
            // It may have ended in this very moment, which is as good.
            drop(child.kill());
            drop(child.wait());
            let seconds = limit.as_secs();
            return Err(Error::TimedOut {
                what: what.to_owned(),
                seconds,
                tail: read_tail(log),
            });
        }
        if began.elapsed() > next_heartbeat {
            let last = last_lines(&read_tail(log), 1);
            println!("      … {} s, {}", began.elapsed().as_secs(), last.trim());
            next_heartbeat += HEARTBEAT;
        }
        thread::sleep(Duration::from_millis(20));
    }
}

/// How a program ended whose output was on the screen and is still wanted.
pub struct Seen {
    /// Everything that it printed, standard output and standard error in the order of arrival.
    pub text: String,
    /// Whether it exited with zero.
    pub success: bool,
}

/// Runs with the program's output on the screen and in memory.
pub fn tee(command: &mut Command) -> Result<Seen> {
    if std::io::stdout().is_terminal() {
        // Through the pipe, the program can't see that there is someone to show colours to.
        command
            .env("CARGO_TERM_COLOR", "always")
            .env("FORCE_COLOR", "1");
    }
    let mut child = start(
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped()),
    )?;
    let (sender, lines) = mpsc::channel();
    if let Some(output) = child.stdout.take() {
        forward(output, sender.clone());
    }
    if let Some(errors) = child.stderr.take() {
        forward(errors, sender.clone());
    }
    drop(sender);
    let mut text = String::new();
    for line in lines {
        println!("{line}");
        text.push_str(&line);
        text.push('\n');
    }
    let program = name(command);
    let status = child
        .wait()
        .map_err(|source| Error::Start { program, source })?;
    Ok(Seen {
        text,
        success: status.success(),
    })
}

/// Sends every line of a program's output through a channel, from a thread of its own.
pub fn forward(output: impl Read + Send + 'static, sender: mpsc::Sender<String>) {
    thread::spawn(move || {
        let mut reader = BufReader::new(output);
        let mut bytes = Vec::new();
        while matches!(reader.read_until(b'\n', &mut bytes), Ok(read) if read > 0) {
            let line = String::from_utf8_lossy(&bytes).trim_end().to_owned();
            if sender.send(line).is_err() {
                break;
            }
            bytes.clear();
        }
    });
}

fn ended(what: &str, status: ExitStatus, tail: String) -> Result<()> {
    if status.success() {
        return Ok(());
    }
    Err(Error::Failed {
        what: what.to_owned(),
        status,
        tail,
    })
}

fn read_tail(log: &Path) -> String {
    let text = fs::read(log).unwrap_or_default();
    last_lines(&String::from_utf8_lossy(&text), TAIL)
}

/// The last `count` lines of a text that are not blank.
fn last_lines(text: &str, count: usize) -> String {
    let mut kept = VecDeque::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        if kept.len() == count {
            kept.pop_front();
        }
        kept.push_back(line);
    }
    Vec::from(kept).join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_lines_skip_blank_ones() {
        assert_eq!(last_lines("a\nb\n\nc\n\n", 2), "b\nc");
        assert_eq!(last_lines("", 2), "");
    }

    #[test]
    fn a_program_that_fails_shows_what_it_said() {
        let log = std::env::temp_dir().join(format!("xtask-quiet-{}", std::process::id()));
        let mut command = Command::new("sh");
        command.args(["-c", "echo one; echo two >&2; exit 3"]);
        let error = quiet("the step", &mut command, &log, Duration::from_secs(60)).unwrap_err();
        let text = error.to_string();
        assert!(text.contains("the step failed") && text.contains("one") && text.contains("two"));
        fs::remove_file(log).unwrap();
    }

    #[test]
    fn a_program_that_hangs_is_stopped() {
        let log = std::env::temp_dir().join(format!("xtask-hang-{}", std::process::id()));
        let mut command = Command::new("sleep");
        command.arg("600");
        let error = quiet("the step", &mut command, &log, Duration::from_millis(50)).unwrap_err();
        assert!(matches!(error, Error::TimedOut { .. }));
        fs::remove_file(log).unwrap();
    }

    #[test]
    fn tee_keeps_both_streams() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo out; echo err >&2; exit 1"]);
        let seen = tee(&mut command).unwrap();
        assert!(!seen.success && seen.text.contains("out\n") && seen.text.contains("err\n"));
    }
}
