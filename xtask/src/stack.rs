//! The servers of `cargo xtask serve`: where each listens, and what each is told about the others.

use std::fs;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::Command;

use crate::error::{Error, Result};
use crate::paths::Paths;
use crate::server::Server;

/// Whop: its API, its websockets, and whop.com's page.
const WHOP: u16 = 4710;
/// The app's own origin under Whop.
const APP: u16 = 4711;
const PROXY: u16 = 4720;
/// A creator's own site.
const CREATOR: u16 = 4730;

/// With that the developer's own backend signs assertions, where it is set.
const ASSERTION_SECRET: &str = "WHOP_CHAT_ASSERTION_SECRET";

/// What the servers share, made anew for each run: nothing that is in the sources can sign for anyone.
pub struct Secrets {
    assertion: String,
    session: String,
}

impl Secrets {
    /// Draws them, but for the one that the environment has.
    pub fn draw() -> Result<Self> {
        Ok(Self {
            assertion: match std::env::var(ASSERTION_SECRET) {
                Ok(own) => own,
                Err(_) => secret()?,
            },
            session: secret()?,
        })
    }
}

fn secret() -> Result<String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)
        .map_err(|error| Error::Wrong(format!("the system has no random numbers: {error}")))?;
    Ok(bytes
        .iter()
        .fold(String::new(), |text, byte| text + &format!("{byte:02x}")))
}

/// Starts the servers and waits until they answer. The chat may be embedded by `origins`, too.
pub fn start(paths: &Paths, secrets: &Secrets, origins: &[String]) -> Result<Vec<Server>> {
    let mut sandbox = Server::start("sandbox", &mut sandbox(paths, secrets))?;
    // Not on the app's origin: there it answers with the proxy's words, and the proxy is not there yet.
    sandbox.wait_for(&[WHOP, CREATOR].map(address))?;
    let mut proxy = Server::start("proxy", &mut proxy(paths, secrets, origins))?;
    proxy.wait_for(&[address(PROXY)])?;
    Ok(vec![proxy, sandbox])
}

fn sandbox(paths: &Paths, secrets: &Secrets) -> Command {
    let mut command = Command::new(paths.binary("debug", "sandbox"));
    command
        .args(["--port", &WHOP.to_string()])
        .args(["--app-port", &APP.to_string()])
        .args(["--app-url", &url(PROXY)])
        .args(["--creator-site-port", &CREATOR.to_string()])
        .args(["--widget-origin", &url(PROXY)])
        .arg("--database")
        .arg(database(paths))
        .env(ASSERTION_SECRET, &secrets.assertion);
    command
}

fn proxy(paths: &Paths, secrets: &Secrets, origins: &[String]) -> Command {
    let mut command = Command::new(paths.binary("debug", "proxy"));
    let key = std::env::var("SANDBOX_API_KEY").unwrap_or_else(|_| "sandbox_api_key".into());
    if std::env::var_os("RUST_LOG").is_none() {
        // A line for each request would push the addresses off the screen.
        command.env("RUST_LOG", "warn");
    }
    command
        .env("WHOP_API_KEY", key)
        .env("WHOP_API_URL", format!("{}/api/v1", url(WHOP)))
        .env("WHOP_WEBSOCKET_URL", url(WHOP))
        .env("WHOP_APP_ID", "app_sandbox")
        .env("WHOP_COMPANY_ID", "biz_sandbox")
        .env("WHOP_AGENT_USER_ID", "user_agent")
        .env("WHOP_CHAT_ADDRESS", address(PROXY).to_string())
        // The sandbox that runs beside it has no limit.
        .env("WHOP_CHAT_RATE_LIMIT", "100000/1s")
        .env("WHOP_CHAT_PUBLIC_URL", url(PROXY))
        .env("WHOP_CHAT_ASSETS", paths.embed())
        .env("WHOP_CHAT_ALLOWED_ORIGINS", allowed(origins))
        .env("WHOP_CHAT_APP_ORIGINS", url(APP))
        .env("WHOP_CHAT_FRAME_ANCESTORS", url(WHOP))
        .env(
            "WHOP_CHAT_IMAGE_SOURCES",
            format!("https: data: blob: {}", url(WHOP)),
        )
        .env(ASSERTION_SECRET, &secrets.assertion)
        .env("WHOP_CHAT_SESSION_SECRET", &secrets.session);
    command
}

fn allowed(origins: &[String]) -> String {
    let demo = [url(CREATOR), format!("http://localhost:{CREATOR}")];
    [&demo, origins].concat().join(",")
}

fn address(port: u16) -> SocketAddr {
    (Ipv4Addr::LOCALHOST, port).into()
}

fn url(port: u16) -> String {
    format!("http://{}", address(port))
}

fn database(paths: &Paths) -> PathBuf {
    paths.cache.join("sandbox.sqlite")
}

/// Removes what the sandbox has kept, and what `SQLite` keeps beside it.
pub fn forget(paths: &Paths) -> Result<()> {
    for suffix in ["", "-wal", "-shm"] {
        let mut path = database(paths).into_os_string();
        path.push(suffix);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(Error::file(&path)(error));
            }
            _ => {}
        }
    }
    Ok(())
}

/// What to open in a browser.
pub fn addresses() -> String {
    let lines = [
        (
            "A creator's page with the chat",
            format!("{}/", url(CREATOR)),
        ),
        (
            "The same, as another member",
            format!("{}/?user=user_bob", url(CREATOR)),
        ),
        (
            "whop.com, with the app in a frame",
            format!("{}/", url(WHOP)),
        ),
        ("The proxy", format!("{}/healthz", url(PROXY))),
    ];
    lines.iter().fold(String::new(), |text, (what, url)| {
        text + &format!("  {what:<36}{url}\n")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_allowed_beside_the_demo() {
        assert_eq!(
            allowed(&["http://localhost:5173".to_owned()]),
            "http://127.0.0.1:4730,http://localhost:4730,http://localhost:5173"
        );
    }

    #[test]
    fn secrets_are_long_and_never_the_same() {
        let [one, other] = [secret().unwrap(), secret().unwrap()];
        assert_eq!((one.len(), other.len()), (64, 64));
        assert_ne!(one, other);
    }
}
