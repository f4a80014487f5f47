//! The project's own commands: `cargo xtask help` lists them.
//!
//! Here: which command was meant. What a command does is in the module of its name.
#![allow(clippy::print_stdout)]

mod assets;
mod bench;
mod build;
mod error;
mod lint;
mod manifest;
mod order;
mod package;
mod paths;
mod process;
mod prune;
mod serve;
mod server;
mod shrink;
mod size;
mod split;
mod stack;
mod summary;
mod test;
mod text_module;
mod toolchain;
mod watch;

use std::process::ExitCode;

use lexopt::prelude::*;

use bench::Bench;
use build::{Options, Profile};
use error::{Error, Result};
use paths::Paths;
use test::Part;
use toolchain::Toolchain;

const HELP: &str = "\
The project's own commands. Each sets up what it needs, in ~/.cache/whop-chat.

  cargo xtask serve [--watch] [--release] [--fresh] [--origin ORIGIN]...
      Build everything, start the sandbox, the proxy and the demo, print their addresses.
      --watch    build again when a source changes
      --release  the widget that visitors get
      --fresh    forget what the sandbox has kept from earlier runs
      --origin   a site of your own that may embed the chat, like http://localhost:5173; with
                 WHOP_CHAT_ASSERTION_SECRET in the environment its backend can sign for its visitors

  cargo xtask test [lint|native|browser|sdk|faults|product|size]...
      Run every check and every test, or only the named parts.

  cargo xtask build [--release | --dev] [--assets]
      Build the widget into dist/embed (--dev is the default).
      --assets  only its scripts and styles, around the program of the last build

  cargo xtask package
      Build a release and pack it for npm, into dist/whop-chat-VERSION.tgz. Every build leaves what would
      be packed in dist/npm.

  cargo xtask bench [native|text|reading|relay]...
      How fast a release is, beside what others build chats of; docs/benchmarks.md explains the tables.
      RUNS and ONLY (loading, live, scrolling) shorten the benchmark of reading; RUNS and ONLY (sessions,
      idle, fanout) that of relay, which measures the proxy beside nchan.

  cargo xtask size
      What each asset of a release weighs, against the budgets and the ceilings in xtask/src/size.rs.

  cargo xtask setup
      Only find or install the tools.

Environment: WHOP_CHAT_CACHE (where tools and builds are kept), CARGO_TARGET_DIR,
WHOP_CHAT_WASM_STD=rustup|debian (where the standard library for wasm comes from),
WHOP_CHAT_RELEASES (a mirror of https://github.com), CHROMIUM, CHROMEDRIVER.";

fn main() -> ExitCode {
    match run(lexopt::Parser::from_env()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nerror: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(mut arguments: lexopt::Parser) -> Result<()> {
    let command = match arguments.next()? {
        None | Some(Short('h') | Long("help")) => "help".to_owned(),
        Some(Value(name)) => name.to_string_lossy().into_owned(),
        Some(other) => return Err(other.unexpected().into()),
    };
    match &*command {
        "serve" => serve_command(arguments),
        "test" => test_command(arguments),
        "bench" => bench_command(arguments),
        "build" => build_command(arguments),
        "package" => {
            nothing_more(arguments)?;
            let toolchain = Toolchain::set_up(Paths::find()?, Profile::Release.tools())?;
            build::build(&toolchain, Options::new(Profile::Release, &toolchain))?;
            package::pack(&toolchain)
        }
        "size" => {
            nothing_more(arguments)?;
            size::size(&Paths::find()?)
        }
        "setup" => {
            nothing_more(arguments)?;
            Toolchain::set_up(Paths::find()?, toolchain::ALL).map(drop)
        }
        "help" => {
            println!("{HELP}");
            Ok(())
        }
        other => Err(Error::Usage(format!("there is no command {other:?}"))),
    }
}

fn serve_command(mut arguments: lexopt::Parser) -> Result<()> {
    let mut options = serve::Options {
        watch: false,
        profile: Profile::Dev,
        fresh: false,
        origins: Vec::new(),
    };
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("watch") => options.watch = true,
            Long("release") => options.profile = Profile::Release,
            Long("fresh") => options.fresh = true,
            Long("origin") => options.origins.push(arguments.value()?.string()?),
            other => return Err(other.unexpected().into()),
        }
    }
    serve::serve(Paths::find()?, options)
}

fn test_command(mut arguments: lexopt::Parser) -> Result<()> {
    let mut parts = Vec::new();
    while let Some(argument) = arguments.next()? {
        match argument {
            Value(name) => parts.push(Part::parse(&name.to_string_lossy())?),
            other => return Err(other.unexpected().into()),
        }
    }
    let parts = if parts.is_empty() {
        Part::ALL.to_vec()
    } else {
        parts
    };
    test::test(Paths::find()?, &parts)
}

fn bench_command(mut arguments: lexopt::Parser) -> Result<()> {
    let mut benches = Vec::new();
    while let Some(argument) = arguments.next()? {
        match argument {
            Value(name) => benches.push(Bench::parse(&name.to_string_lossy())?),
            other => return Err(other.unexpected().into()),
        }
    }
    let benches = if benches.is_empty() {
        Bench::ALL.to_vec()
    } else {
        benches
    };
    bench::bench(Paths::find()?, &benches)
}

fn build_command(mut arguments: lexopt::Parser) -> Result<()> {
    let mut profile = Profile::Dev;
    let mut only_assets = false;
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("release") => profile = Profile::Release,
            Long("dev") => profile = Profile::Dev,
            Long("assets") => only_assets = true,
            other => return Err(other.unexpected().into()),
        }
    }
    let toolchain = Toolchain::set_up(Paths::find()?, profile.tools())?;
    let options = Options::new(profile, &toolchain);
    if only_assets {
        return build::assets(&toolchain, options);
    }
    build::build(&toolchain, options)
}

fn nothing_more(mut arguments: lexopt::Parser) -> Result<()> {
    match arguments.next()? {
        None => Ok(()),
        Some(other) => Err(other.unexpected().into()),
    }
}
