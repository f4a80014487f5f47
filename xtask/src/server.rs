//! A server that runs beside us: its output with its name in front, whether it answers, its end.

use std::collections::VecDeque;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::error::{Error, Result};
use crate::process;

/// How many of its last lines are shown when it dies.
const KEPT: usize = 20;
/// How long it may take until it answers: the sandbox writes thousands of messages first.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long it may take to stop when asked to.
const GRACE: Duration = Duration::from_secs(3);
const PAUSE: Duration = Duration::from_millis(30);

/// A running server, which is stopped when this is dropped.
#[derive(Debug)]
pub struct Server {
    name: &'static str,
    child: Child,
    last: Arc<Mutex<VecDeque<String>>>,
    /// Reads until the server has closed its output.
    reader: Option<JoinHandle<()>>,
}

impl Server {
    /// Starts it.
    pub fn start(name: &'static str, command: &mut Command) -> Result<Self> {
        let program = command.get_program().to_string_lossy().into_owned();
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|source| Error::Start { program, source })?;
        let (sender, lines) = mpsc::channel();
        if let Some(output) = child.stdout.take() {
            process::forward(output, sender.clone());
        }
        if let Some(errors) = child.stderr.take() {
            process::forward(errors, sender);
        }
        let last = Arc::new(Mutex::new(VecDeque::new()));
        let kept = Arc::clone(&last);
        let reader = thread::spawn(move || {
            for line in lines {
                println!("{name:>8} │ {line}");
                let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
                if kept.len() == KEPT {
                    kept.pop_front();
                }
                kept.push_back(line);
            }
        });
        Ok(Self {
            name,
            child,
            last,
            reader: Some(reader),
        })
    }

    /// Waits until it answers HTTP on each address.
    pub fn wait_for(&mut self, addresses: &[SocketAddr]) -> Result<()> {
        let began = Instant::now();
        for address in addresses {
            while !answers(*address) {
                self.check()?;
                if began.elapsed() > PATIENCE {
                    let text = format!(
                        "{} does not answer on http://{address} after {} s{}",
                        self.name,
                        PATIENCE.as_secs(),
                        self.last_lines()
                    );
                    return Err(Error::Wrong(text));
                }
                thread::sleep(PAUSE);
            }
        }
        // Something else may have answered on a port that was taken: then ours has ended by now.
        self.check()
    }

    /// An error with its last lines when it has ended.
    pub fn check(&mut self) -> Result<()> {
        match self.child.try_wait() {
            Ok(None) => Ok(()),
            Ok(Some(status)) => {
                // Its last words may still be on their way through the pipe.
                if let Some(reader) = self.reader.take() {
                    let _ = reader.join();
                }
                Err(Error::Wrong(format!(
                    "{} has ended ({status}){}",
                    self.name,
                    self.last_lines()
                )))
            }
            Err(source) => Err(Error::Start {
                program: self.name.into(),
                source,
            }),
        }
    }

    fn last_lines(&self) -> String {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.iter()
            .fold(String::from(":"), |text, line| text + "\n    " + line)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let process = self.child.id().to_string();
        let asked = Command::new("kill").args(["-TERM", &process]).output();
        let began = Instant::now();
        while asked.is_ok() && began.elapsed() < GRACE {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            thread::sleep(PAUSE);
        }
        // An error here means that it has ended after all.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Whether something at the address speaks HTTP, whatever it says.
fn answers(address: SocketAddr) -> bool {
    let attempt = || -> std::io::Result<bool> {
        let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(1))?;
        stream.set_read_timeout(Some(Duration::from_secs(2)))?;
        let request =
            format!("GET /healthz HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes())?;
        let mut start = [0; 5];
        stream.read_exact(&mut start)?;
        Ok(&start == b"HTTP/")
    };
    attempt().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead as _, BufReader};
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn a_server_that_dies_says_why() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo the port is taken >&2; exit 7"]);
        let mut server = Server::start("sandbox", &mut command).unwrap();
        let free = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap();
        let text = server.wait_for(&[free]).unwrap_err().to_string();
        assert!(
            text.contains("sandbox has ended") && text.contains("the port is taken"),
            "{text}"
        );
    }

    #[test]
    fn only_http_counts_as_an_answer() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = thread::spawn(move || {
            for words in ["SSH-2.0-x\r\n", "HTTP/1.1 404 Not Found\r\n\r\n"] {
                let (mut stream, _) = listener.accept().unwrap();
                let mut request = BufReader::new(stream.try_clone().unwrap());
                let mut line = String::new();
                while line != "\r\n" {
                    line.clear();
                    request.read_line(&mut line).unwrap();
                }
                stream.write_all(words.as_bytes()).unwrap();
            }
        });
        assert!(!answers(address));
        assert!(answers(address));
        server.join().unwrap();
        assert!(!answers(address));
    }
}
