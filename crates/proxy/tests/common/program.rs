//! The program itself, as a process.

use super::{API_KEY, ASSERTION_SECRET, SESSION_SECRET, SITE, Socket, fresh_directory};
use serde_json::Value;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::JoinHandle;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use wire::session::Session;

/// The program, and all that it writes.
pub struct Program {
    child: Child,
    /// Its origin.
    pub url: String,
    /// Where it tells what it counts.
    pub metrics: Option<String>,
    log: JoinHandle<String>,
}

impl Program {
    /// Starts it before the sandbox at `api`, with more settings.
    pub fn start(api: &str, settings: &[(&str, &str)]) -> Self {
        let mut child = command(api)
            .arg("--print-ready")
            .envs(settings.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut ready = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut ready)
            .unwrap();
        let ready: Value = serde_json::from_str(&ready).unwrap();
        let mut errors = child.stderr.take().unwrap();
        Self {
            child,
            url: ready["ready"].as_str().unwrap().to_owned(),
            metrics: ready["metrics"].as_str().map(str::to_owned),
            log: std::thread::spawn(move || {
                let mut log = String::new();
                errors.read_to_string(&mut log).unwrap();
                log
            }),
        }
    }

    /// Whether the program, asked to, finds one that answers at that address.
    pub fn probe(address: &str) -> bool {
        let probe = command("http://127.0.0.1:9")
            .arg("--probe")
            .env("WHOP_CHAT_ADDRESS", address)
            .stderr(Stdio::null())
            .status();
        probe.unwrap().success()
    }

    /// Kills it; answers what it wrote.
    pub fn stop(mut self) -> String {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.log.join().unwrap()
    }

    /// Sends it a signal.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill")
            .args(["-s", name, &self.child.id().to_string()])
            .status()
            .unwrap();
        assert!(sent.success());
    }

    /// How it ended, if it did.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().unwrap()
    }

    /// What an ended program wrote.
    pub fn log(self) -> String {
        self.log.join().unwrap()
    }

    pub async fn socket(&self, session: &Session) -> Socket {
        let url = format!("{}{}", self.url.replace("http", "ws"), session.socket.path);
        let mut request = url.into_client_request().unwrap();
        let headers = request.headers_mut();
        let protocols = session.socket.protocols.join(", ");
        headers.insert("sec-websocket-protocol", protocols.parse().unwrap());
        headers.insert("origin", SITE.parse().unwrap());
        Socket(tokio_tungstenite::connect_async(request).await.unwrap().0)
    }
}

/// The program with all settings that it needs.
fn command(api: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_proxy"));
    command
        .env_clear()
        .env("RUST_LOG", "debug")
        .env("WHOP_API_KEY", API_KEY)
        .env("WHOP_APP_ID", "app_sandbox")
        .env("WHOP_COMPANY_ID", "biz_sandbox")
        .env("WHOP_AGENT_USER_ID", "user_agent")
        .env("WHOP_API_URL", format!("{api}/api/v1"))
        .env("WHOP_WEBSOCKET_URL", api)
        .env("WHOP_CHAT_ALLOWED_ORIGINS", SITE)
        .env("WHOP_CHAT_ASSERTION_SECRET", ASSERTION_SECRET)
        .env("WHOP_CHAT_SESSION_SECRET", SESSION_SECRET)
        .env("WHOP_CHAT_ASSETS", fresh_directory())
        .env("WHOP_CHAT_ADDRESS", "127.0.0.1:0");
    command
}
