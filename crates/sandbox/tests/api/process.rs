//! The binary itself.

use reqwest::StatusCode;
use serde_json::Value;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

fn sandbox() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sandbox"));
    command
        .env_remove("RUST_LOG")
        .env_remove("SANDBOX_API_KEY")
        .env_remove("SANDBOX_APP_URL")
        .env("WHOP_CHAT_ASSERTION_SECRET", "x".repeat(32));
    command
}

#[test]
fn help_names_every_flag_and_variable() {
    let output = sandbox().arg("--help").output().unwrap();
    assert!(output.status.success());
    let help = String::from_utf8(output.stdout).unwrap();
    let flags: Vec<&str> = sandbox::options::names().collect();
    assert!(flags.len() > 15, "{flags:?}");
    for flag in &flags {
        let lines = help.lines().filter(|line| {
            let mut words = line.split_whitespace();
            line.starts_with("  --") && words.next() == Some(flag)
        });
        assert_eq!(lines.count(), 1, "{flag} in\n{help}");
    }
    // And the other way: what looks like a flag is one.
    for line in help.lines().filter(|line| line.starts_with("  --")) {
        let flag = line.split_whitespace().next().unwrap();
        assert!(flags.contains(&flag), "{flag}");
    }
    for variable in &sandbox::options::VARIABLES {
        assert!(help.contains(variable.name), "{}", variable.name);
    }
    assert!(help.lines().all(|line| line.chars().count() <= 120));
    let output = sandbox().arg("--prot=1").output().unwrap();
    assert!(!output.status.success());
    assert!(String::from_utf8(output.stderr).unwrap().contains("--help"));
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn it_says_where_it_listens_and_stops_when_told() {
    // The client wants a TLS provider even for plain HTTP; another test may have installed it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut child = sandbox()
        .args([
            "--port=0",
            "--app-port=0",
            "--creator-site-port=0",
            "--messages=5",
            // Port 1 is nobody's, whatever else runs on this machine.
            "--app-url=http://127.0.0.1:1",
        ])
        .arg("--print-ready")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    stdout.read_line(&mut line).unwrap();
    let urls: Value = serde_json::from_str(&line).unwrap();
    for name in ["api", "app", "creator_site"] {
        let url = urls[name].as_str().unwrap();
        let answer = reqwest::Client::builder()
            .no_proxy()
            .build()
            .unwrap()
            .get(format!("{url}/_nothing"))
            .send()
            .await
            .unwrap();
        // The app origin asks the app, which isn't there.
        let expected = if name == "app" {
            StatusCode::BAD_GATEWAY
        } else {
            StatusCode::NOT_FOUND
        };
        assert_eq!(answer.status(), expected, "{name}");
    }
    let pid = child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-TERM", &pid])
            .status()
            .unwrap()
            .success()
    );
    let output = child.wait_with_output().unwrap();
    let log = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{log}");
    assert!(
        !log.contains("sandbox_api_key") && !log.contains("xxxx"),
        "{log}"
    );
}
