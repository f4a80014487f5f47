//! `cargo xtask serve`: the whole product on this machine.

use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use crate::build::{self, Profile};
use crate::error::{Error, Result};
use crate::paths::Paths;
use crate::server::Server;
use crate::stack::{self, Secrets};
use crate::toolchain::Toolchain;
use crate::watch::Watch;

/// How often we look at the sources and at the servers.
const LOOK: Duration = Duration::from_millis(300);

/// How to serve.
#[derive(Clone, Debug)]
pub struct Options {
    /// Build again when a source changes.
    pub watch: bool,
    /// Which widget.
    pub profile: Profile,
    /// Forget what the sandbox has kept.
    pub fresh: bool,
    /// Sites of the developer's own that may embed the chat as well.
    pub origins: Vec<String>,
}

/// Serves until Ctrl-C, or until a server dies.
pub fn serve(paths: Paths, options: Options) -> Result<()> {
    let began = Instant::now();
    let toolchain = Toolchain::set_up(paths, options.profile.tools())?;
    // Before the first build, so that nothing that is changed during it is missed.
    let watch = options.watch.then(|| Watch::new(&toolchain.paths.root));
    build::build(&toolchain, build_options(&toolchain, &options))?;
    build::servers(&toolchain, Profile::Dev)?;
    let (sender, stop) = mpsc::channel();
    ctrlc::set_handler(move || {
        // Nobody listens any more when we are about to end anyway.
        let _ = sender.send(());
    })
    .map_err(|error| Error::Wrong(format!("Ctrl-C can't be watched for: {error}")))?;
    if options.fresh {
        stack::forget(&toolchain.paths)?;
    }
    let secrets = Secrets::draw()?;
    let servers = stack::start(&toolchain.paths, &secrets, &options.origins)?;
    println!(
        "\nReady after {:.1} s.\n\n{}",
        began.elapsed().as_secs_f32(),
        stack::addresses()
    );
    if options.watch {
        println!("A change of the sources is built at once; reload the page to see it.");
    }
    println!("Ctrl-C stops everything.\n");
    let outcome = Run {
        toolchain,
        options,
        secrets,
        servers,
        watch,
    }
    .until(&stop);
    println!("\nstopped");
    outcome
}

struct Run {
    toolchain: Toolchain,
    options: Options,
    secrets: Secrets,
    servers: Vec<Server>,
    watch: Option<Watch>,
}

impl Run {
    fn until(mut self, stop: &Receiver<()>) -> Result<()> {
        loop {
            match stop.recv_timeout(LOOK) {
                Ok(()) | Err(RecvTimeoutError::Disconnected) => return Ok(()),
                Err(RecvTimeoutError::Timeout) => {}
            }
            if let Err(error) = self.servers.iter_mut().try_for_each(Server::check) {
                // Ctrl-C reaches the servers as well; their end is no news then.
                return if stop.try_recv().is_ok() {
                    Ok(())
                } else {
                    Err(error)
                };
            }
            self.follow_changes()?;
        }
    }

    fn follow_changes(&mut self) -> Result<()> {
        let Some(changed) = self.watch.as_mut().map(Watch::changed) else {
            return Ok(());
        };
        if changed.widget {
            say(build::build(
                &self.toolchain,
                build_options(&self.toolchain, &self.options),
            ));
        }
        if changed.servers && say(build::servers(&self.toolchain, Profile::Dev)) {
            self.servers.clear();
            self.servers =
                stack::start(&self.toolchain.paths, &self.secrets, &self.options.origins)?;
            println!("the servers run again");
        }
        Ok(())
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

fn build_options(toolchain: &Toolchain, options: &Options) -> build::Options {
    build::Options::new(options.profile, toolchain)
}
