//! What the log says of a fault of the proxy's own. Alone in its process: how panics are told is one for all of it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

use std::io;
use std::sync::{Arc, Mutex};
use tracing_subscriber::fmt::MakeWriter;

/// What was written.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[test]
fn the_log_says_where_the_fault_is_and_not_its_words() {
    let log = Log::default();
    tracing_subscriber::fmt()
        .with_writer(log.clone())
        .json()
        .init();
    proxy::log_panics();
    let broken = std::thread::spawn(|| {
        let word = "hunter2";
        panic!("{word} is private");
    });
    assert!(broken.join().is_err());
    let written = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(written.contains("tests/panics.rs:"), "{written}");
    assert!(written.contains("\"level\":\"ERROR\""), "{written}");
    assert!(!written.contains("hunter2"), "{written}");
}
