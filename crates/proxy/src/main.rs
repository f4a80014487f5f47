//! The program `proxy`: reads its settings, checks them, serves.

use proxy::configuration::{
    Configuration, SECRETS, SETTINGS, Setting, Settings, SettingsFile, slips,
};
use proxy::{Proxy, log_panics, metrics, serve};
use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::task::JoinSet;
use tracing_subscriber::EnvFilter;

#[derive(Default)]
struct Arguments {
    configuration: Option<PathBuf>,
    check: bool,
    help: bool,
    probe: bool,
    print_ready: bool,
}

impl Arguments {
    fn parse() -> Result<Self, lexopt::Error> {
        use lexopt::prelude::{Long, Short};
        let mut parsed = Self::default();
        let mut arguments = lexopt::Parser::from_env();
        while let Some(argument) = arguments.next()? {
            match argument {
                Long("config") => parsed.configuration = Some(arguments.value()?.into()),
                Long("check") => parsed.check = true,
                Long("probe") => parsed.probe = true,
                Long("print-ready") => parsed.print_ready = true,
                Long("help") | Short('h') => parsed.help = true,
                other => return Err(other.unexpected()),
            }
        }
        Ok(parsed)
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(problems) => {
            let _ = writeln!(std::io::stderr(), "{problems}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), String> {
    let arguments = Arguments::parse().map_err(|error| format!("{error}. Try `proxy --help`."))?;
    if arguments.help {
        return say(&help());
    }
    let configuration = read(&arguments)?;
    if arguments.check {
        return say("The configuration is complete.\n");
    }
    if arguments.probe {
        return probe(configuration.address);
    }
    tracing_subscriber::fmt()
        .with_env_filter(
            EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info")),
        )
        .with_writer(std::io::stderr)
        .json()
        .init();
    log_panics();
    let address = configuration.address;
    let metrics_address = configuration.metrics_address;
    let proxy = Arc::new(Proxy::new(configuration).map_err(|error| error.to_string())?);
    let (listener, address) = listen(address, "WHOP_CHAT_ADDRESS").await?;
    let mut ready = format!("{{\"ready\":\"http://{address}\"");
    let mut beside = JoinSet::new();
    if let Some(address) = metrics_address {
        let (listener, address) = listen(address, "WHOP_CHAT_METRICS_ADDRESS").await?;
        let _ = write!(ready, ",\"metrics\":\"http://{address}\"");
        beside.spawn(metrics::serve(proxy.clone(), listener));
    }
    let stop = stop().map_err(|error| error.to_string())?;
    if arguments.print_ready {
        say(&format!("{ready}}}\n"))?;
    }
    tracing::info!(%address, "listening");
    serve(proxy, listener, stop).await;
    Ok(())
}

async fn listen(address: SocketAddr, setting: &str) -> Result<(TcpListener, SocketAddr), String> {
    let failed =
        |error| format!("{address} can't be listened on: {error}. Set {setting} to a free one.");
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok((listener, address))
}

/// Asks the program that runs with the same settings whether it is alive, for containers that have nothing else to ask
/// with.
fn probe(address: SocketAddr) -> Result<(), String> {
    const PATIENCE: Duration = Duration::from_secs(3);
    let host: IpAddr = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    let address = SocketAddr::new(host, address.port());
    let answer = || -> std::io::Result<[u8; 12]> {
        let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream
            .write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")?;
        let mut head = [0; 12];
        stream.read_exact(&mut head)?;
        Ok(head)
    };
    match answer() {
        Ok(head) if head == *b"HTTP/1.1 200" => Ok(()),
        Ok(_) => Err(format!("What answers at {address} is not well.")),
        Err(error) => Err(format!("Nothing answers at {address}: {error}.")),
    }
}

fn read(arguments: &Arguments) -> Result<Configuration, String> {
    let file = match &arguments.configuration {
        Some(path) => {
            let shown = path.display().to_string();
            let text = std::fs::read_to_string(path)
                .map_err(|error| format!("{shown} can't be read: {error}."))?;
            Some((shown, text))
        }
        None => None,
    };
    let file = file
        .as_ref()
        .map(|(path, text)| SettingsFile { path, text });
    let (settings, mut problems) = Settings::collect(|name| std::env::var(name).ok(), file);
    let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    problems.extend(slips(names));
    match Configuration::from_settings(&settings) {
        Ok(configuration) if problems.is_empty() => Ok(configuration),
        Ok(_) => Err(problems.join("\n")),
        Err(error) => {
            problems.extend(error.problems);
            Err(problems.join("\n"))
        }
    }
}

/// Done when the system wants the program to stop. When it says so again, the program ends at once.
fn stop() -> std::io::Result<impl Future<Output = ()> + Send + 'static> {
    let mut signals = Signals {
        terminate: signal(SignalKind::terminate())?,
        interrupt: signal(SignalKind::interrupt())?,
    };
    Ok(async move {
        signals.next().await;
        tokio::spawn(async move {
            signals.next().await;
            tracing::warn!("told to stop again: everything is cut off");
            std::process::exit(1);
        });
    })
}

/// How the system says that it wants the program to stop.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

fn say(text: &str) -> Result<(), String> {
    let mut output = std::io::stdout();
    output
        .write_all(text.as_bytes())
        .and_then(|()| output.flush())
        .map_err(|error| error.to_string())
}

fn help() -> String {
    let mut text = "The chat's door to Whop.\n\n\
        Usage: proxy [--config FILE] [--check] [--probe] [--print-ready]\n\n\
        --config FILE   read settings from a TOML file; the environment wins\n\
        --check         say what is wrong with the settings, and stop\n\
        --probe         say whether the proxy that runs with these settings answers, and stop\n\
        --print-ready   print one line of JSON with the address when listening\n\
        --help          this text\n\n\
        Settings (in a file: the same names in lower case). Secrets may be read from a file of their own, which the\n\
        same name with _FILE behind it names.\n"
        .to_owned();
    for setting in SETTINGS {
        let note = match (setting.required, setting.default) {
            (true, _) => " Required.".to_owned(),
            (false, Some(default)) if !default.is_empty() => format!(" Default: {default}"),
            _ => String::new(),
        };
        let file = if SECRETS.contains(&setting.name) {
            " Or …_FILE."
        } else {
            ""
        };
        let Setting { name, meaning, .. } = setting;
        let _ = write!(text, "\n{name}\n    {meaning}{note}{file}\n");
    }
    text
}
