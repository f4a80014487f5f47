//! One line per step of the set-up.

use std::time::Instant;

/// Counts the steps.
#[derive(Debug)]
pub struct Progress {
    total: usize,
    done: usize,
    began: Instant,
}

impl Progress {
    /// For this many steps.
    pub fn new(total: usize) -> Self {
        Self {
            total,
            done: 0,
            began: Instant::now(),
        }
    }

    /// The step is done already.
    pub fn found(&mut self, what: &str) {
        self.done += 1;
        println!("[{}/{}] {what} … found", self.done, self.total);
    }

    /// The step is left out here; `command` would add what is missing.
    pub fn skipped(&mut self, what: &str, command: &str) {
        self.done += 1;
        println!(
            "[{}/{}] {what} … skipped ({command})",
            self.done, self.total
        );
    }

    /// The step begins, and takes about as long as `estimate` says.
    pub fn installing(&mut self, what: &str, estimate: &str) {
        self.done += 1;
        self.began = Instant::now();
        println!(
            "[{}/{}] {what} … installing, {estimate}",
            self.done, self.total
        );
    }

    /// The step is tried in another way, and counts once.
    pub fn again(&mut self) {
        self.done -= 1;
    }

    /// The step that began with [`Progress::installing`] has ended well.
    pub fn installed(&self) {
        println!("      installed in {} s", self.began.elapsed().as_secs());
    }
}

/// Something worth knowing about the step that is going on.
pub fn note(text: &str) {
    println!("      {text}");
}
