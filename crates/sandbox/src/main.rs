//! The binary `sandbox`: reads the command line, runs until it is told to stop. `--help` tells the rest.

use sandbox::options::{self, Command};
use std::io::{IsTerminal as _, Write as _};
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

#[tokio::main]
async fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn std::error::Error>> {
    let mut stdout = std::io::stdout();
    match options::parse(std::env::args_os(), |name| std::env::var(name).ok())? {
        Command::Help => write!(stdout, "{}", options::help())?,
        Command::Export { options, file } if file.as_os_str() == "-" => {
            sandbox::export(&options, stdout)?;
        }
        Command::Export { options, file } => {
            let written = std::fs::File::create(&file)
                .map_err(|error| format!("{}: {error}", file.display()))?;
            sandbox::export(&options, std::io::BufWriter::new(written))?;
        }
        Command::Run {
            options,
            print_ready,
        } => {
            let running = sandbox::start(*options).await?;
            if print_ready {
                writeln!(stdout, "{}", serde_json::to_string(running.addresses())?)?;
                stdout.flush()?;
            }
            until_told_to_stop().await?;
            tracing::info!("stopping");
            running.stop().await;
        }
    }
    Ok(())
}

#[cfg(unix)]
async fn until_told_to_stop() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted,
        _ = terminate.recv() => Ok(()),
    }
}

#[cfg(not(unix))]
async fn until_told_to_stop() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}
