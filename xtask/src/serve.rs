//! `cargo xtask serve`: the whole product on this machine.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use crate::build::{self, Profile};
use crate::error::{Error, Result};
use crate::paths::Paths;
use crate::server::Server;
use crate::toolchain::{self, Toolchain};
use crate::watch::Watch;

/// Where each listener is, all on loopback.
const SANDBOX: u16 = 4710;
const APP: u16 = 4711;
const PROXY: u16 = 4720;
const CREATOR: u16 = 4730;
/// How often we look at the sources and at the servers.
const LOOK: Duration = Duration::from_millis(300);
/// Secrets of a machine's own loopback, the same on each so that examples in the documentation work.
const API_KEY: &str = "sandbox_api_key";
const ASSERTION_SECRET: &str = "loopback-assertion-secret-for-development";

/// How to serve.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Build again when a source changes.
    pub watch: bool,
    /// Which widget.
    pub profile: Profile,
    /// Forget what the sandbox has kept.
    pub fresh: bool,
}

/// Serves until Ctrl-C, or until a server dies.
pub fn serve(paths: Paths, options: Options) -> Result<()> {
    let began = Instant::now();
    let toolchain = Toolchain::set_up(paths, toolchain::BUILD)?;
    // Before the first build, so that nothing that is changed during it is missed.
    let watch = options.watch.then(|| Watch::new(&toolchain.paths.root));
    build::build(&toolchain, build_options(&toolchain, options))?;
    build::servers(&toolchain)?;
    let (sender, stop) = mpsc::channel();
    ctrlc::set_handler(move || {
        // Nobody listens any more when we are about to end anyway.
        let _ = sender.send(());
    })
    .map_err(|error| Error::Wrong(format!("Ctrl-C can't be watched for: {error}")))?;
    if options.fresh {
        forget(&toolchain.paths)?;
    }
    let servers = start(&toolchain)?;
    println!(
        "\nReady after {:.1} s.\n{}",
        began.elapsed().as_secs_f32(),
        addresses()
    );
    if options.watch {
        println!("Watching the sources. ");
    }
    let outcome = run(&toolchain, options, servers, watch, &stop);
    println!("\nstopped");
    outcome
}

fn run(
    toolchain: &Toolchain,
    options: Options,
    mut servers: Vec<Server>,
    mut watch: Option<Watch>,
    stop: &Receiver<()>,
) -> Result<()> {
    loop {
        match stop.recv_timeout(LOOK) {
            Ok(()) | Err(RecvTimeoutError::Disconnected) => return Ok(()),
            Err(RecvTimeoutError::Timeout) => {}
        }
        // Ctrl-C reaches the servers as well; their end is no news then.
        if let Err(error) = servers.iter_mut().try_for_each(Server::check) {
            return if stop.try_recv().is_ok() {
                Ok(())
            } else {
                Err(error)
            };
        }
        let Some(watch) = &mut watch else { continue };
        let changed = watch.changed();
        if changed.widget {
            say(build::build(toolchain, build_options(toolchain, options)));
        }
        if changed.servers && say(build::servers(toolchain)) {
            servers.clear();
            servers = start(toolchain)?;
            println!("servers started again");
        }
    }
}

/// A build that fails in the watch is told, and waits for the next change.
fn say(outcome: Result<()>) -> bool {
    match outcome {
        Ok(()) => true,
        Err(error) => {
            println!("{error}\nwaiting for the next change");
            false
        }
    }
}

fn build_options(toolchain: &Toolchain, options: Options) -> build::Options {
    build::Options::new(options.profile, toolchain)
}

fn start(toolchain: &Toolchain) -> Result<Vec<Server>> {
    let paths = &toolchain.paths;
    let address = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut sandbox = std::process::Command::new(paths.binary("debug", "sandbox"));
    sandbox
        .arg("--database")
        .arg(database(paths))
        .env("SANDBOX_API_KEY", API_KEY)
        .env("WHOP_CHAT_ASSERTION_SECRET", ASSERTION_SECRET);
    let mut sandbox = Server::start("sandbox", &mut sandbox)?;
    sandbox.wait_for(&[address(SANDBOX), address(APP), address(CREATOR)])?;
    let mut proxy = std::process::Command::new(paths.binary("debug", "proxy"));
    proxy
        .env("WHOP_API_URL", format!("http://127.0.0.1:{SANDBOX}"))
        .env("WHOP_API_KEY", API_KEY)
        .env("WHOP_CHAT_ASSETS", paths.embed())
        .env("WHOP_CHAT_ASSERTION_SECRET", ASSERTION_SECRET);
    let mut proxy = Server::start("proxy", &mut proxy)?;
    proxy.wait_for(&[address(PROXY)])?;
    Ok(vec![proxy, sandbox])
}

fn database(paths: &Paths) -> std::path::PathBuf {
    paths.cache.join("sandbox.sqlite")
}

/// Removes the sandbox's file and what `SQLite` keeps beside it.
fn forget(paths: &Paths) -> Result<()> {
    let file = database(paths);
    for suffix in ["", "-wal", "-shm"] {
        let mut path = file.clone().into_os_string();
        path.push(suffix);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(Error::file(&path)(error));
            }
            _ => {}
        }
    }
    Ok(())
}

fn addresses() -> String {
    format!(
        "\n  A creator's page with the chat     http://127.0.0.1:{CREATOR}/\n  \
           The same, as another member        http://127.0.0.1:{CREATOR}/?user=user_bob\n  \
           whop.com with the app in a frame   http://127.0.0.1:{SANDBOX}/\n  \
           The proxy                          http://127.0.0.1:{PROXY}/healthz\n\n\
         Ctrl-C stops everything.\n"
    )
}
