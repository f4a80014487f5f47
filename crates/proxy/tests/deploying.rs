//! What `deploy/` and its document name is there.

#![allow(clippy::unwrap_used, reason = "a test's helpers")]

mod common;

use common::{PATIENCE, Stack};
use proxy::configuration::{SECRETS, SETTINGS};
use proxy::metrics;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use tokio::net::TcpListener;
use tokio::time::timeout;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The files of `deploy/` and the document, by name.
fn texts() -> Vec<(String, String)> {
    let deploy = std::fs::read_dir(root().join("deploy")).unwrap();
    let mut paths: Vec<_> = deploy.map(|entry| entry.unwrap().path()).collect();
    paths.push(root().join("docs/deploy.md"));
    let text = |path: &PathBuf| std::fs::read_to_string(path).unwrap();
    paths
        .iter()
        .map(|path| (path.display().to_string(), text(path)))
        .collect()
}

/// All words of a text that begin like that.
fn words<'a>(text: &'a str, start: &str) -> BTreeSet<&'a str> {
    text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_')
        .filter(|word| word.starts_with(start))
        .collect()
}

#[test]
fn settings_that_are_named_are_settings() {
    let mut seen = 0;
    for (path, text) in texts() {
        for name in words(&text, "WHOP_") {
            let setting = name
                .strip_suffix("_FILE")
                .filter(|secret| SECRETS.contains(secret))
                .unwrap_or(name);
            let is_known = SETTINGS.iter().any(|known| known.name == setting);
            assert!(is_known, "{name} in {path}");
            seen += 1;
        }
    }
    assert!(seen > 20, "{seen}");
}

#[tokio::test]
async fn series_that_are_named_are_told() {
    let stack = Stack::start().await;
    let session = stack.session_of("user_ada", "exp_general").await;
    stack.post(&session, "hello").await;
    let mut socket = stack.socket(&session).await;
    socket.0.close(None).await.unwrap();
    // A series is told once it has happened.
    let refused = stack.client.post(format!("{}/session", stack.url)).send();
    assert!(refused.await.unwrap().status().is_client_error());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/metrics", listener.local_addr().unwrap());
    tokio::spawn(metrics::serve(stack.proxy.clone(), listener));
    let mut numbers = String::new();
    timeout(PATIENCE, async {
        while !numbers.contains("whop_chat_sockets_ended_total") {
            let answer = stack.client.get(&url).send().await.unwrap();
            numbers = answer.text().await.unwrap();
        }
    })
    .await
    .unwrap();
    let told: BTreeSet<&str> = words(&numbers, "whop_chat_")
        .into_iter()
        .chain(words(&numbers, "process_"))
        .collect();
    let mut seen = 0;
    for (path, text) in texts() {
        for start in ["whop_chat_", "process_"] {
            for name in words(&text, start) {
                let is_setting = SETTINGS
                    .iter()
                    .any(|setting| setting.name.eq_ignore_ascii_case(name));
                assert!(
                    is_setting || told.contains(name),
                    "{name} in {path}: {numbers}"
                );
                seen += 1;
            }
        }
    }
    assert!(seen > 20, "{seen}");
}

#[test]
fn the_unit_and_the_image_are_what_their_tools_take() {
    let unit = root().join("deploy/whop-chat-proxy.service");
    // Not every machine that runs the tests has systemd.
    if let Ok(checked) = Command::new("systemd-analyze")
        .arg("verify")
        .arg(&unit)
        .output()
    {
        let said = String::from_utf8_lossy(&checked.stderr);
        let complaints: Vec<_> = said
            .lines()
            // The program is not installed here.
            .filter(|line| line.contains("whop-chat-proxy") && !line.contains("is not executable"))
            .collect();
        assert!(complaints.is_empty(), "{complaints:?}");
    }
    let image = std::fs::read_to_string(root().join("deploy/Containerfile")).unwrap();
    let last = image.rsplit("\nFROM ").next().unwrap();
    assert!(last.contains("USER nonroot") && last.contains("--probe"));
    for instruction in ["RUN", "ADD"] {
        assert!(
            !last.contains(&format!("\n{instruction} ")),
            "{instruction}"
        );
    }
    let stages = image.matches("\nFROM ").count();
    let named = image.lines().filter_map(|line| line.strip_prefix("FROM "));
    assert_eq!(named.clone().count(), stages);
    assert!(
        named
            .clone()
            .all(|from| from.contains('.') && from.contains(':'))
    );
    for copied in image
        .lines()
        .filter_map(|line| line.strip_prefix("COPY --from=build "))
    {
        assert!(
            copied.starts_with("/source/target/release/proxy")
                || copied.starts_with("/source/dist/embed")
        );
    }
}
