//! The program as an operator meets it: settings, `--check`, `--help`, start and stop.

#![allow(clippy::unwrap_used, reason = "a test's helpers")]

mod common;

use common::{ASSERTION_SECRET, SESSION_SECRET, fresh_directory};
use proxy::configuration::{Configuration, Settings};
use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::process::{Command, Output, Stdio};

fn good() -> HashMap<&'static str, String> {
    let assets = fresh_directory();
    HashMap::from(
        [
            ("WHOP_API_KEY", "apik_0123456789"),
            ("WHOP_APP_ID", "app_x"),
            ("WHOP_COMPANY_ID", "biz_x"),
            ("WHOP_AGENT_USER_ID", "user_x"),
            ("WHOP_CHAT_SESSION_SECRET", SESSION_SECRET),
            ("WHOP_CHAT_ASSERTION_SECRET", ASSERTION_SECRET),
            ("WHOP_CHAT_ALLOWED_ORIGINS", "https://creator.example"),
            ("WHOP_CHAT_ASSETS", assets.to_str().unwrap()),
            ("WHOP_CHAT_ADDRESS", "127.0.0.1:0"),
        ]
        .map(|(name, value)| (name, value.to_owned())),
    )
}

fn problems(settings: &HashMap<&'static str, String>) -> Vec<String> {
    let (settings, _) = Settings::collect(|name| settings.get(name).cloned(), None);
    Configuration::from_settings(&settings)
        .err()
        .map(|error| error.problems)
        .unwrap_or_default()
}

#[test]
fn a_complete_configuration_has_whops_addresses() {
    let environment = good();
    let (settings, _) = Settings::collect(|name| environment.get(name).cloned(), None);
    let configuration = Configuration::from_settings(&settings).unwrap();
    assert_eq!(configuration.api_url, "https://api.whop.com/api/v1");
    assert_eq!(
        configuration.jwks_url,
        "https://api.whop.com/.well-known/jwks.json"
    );
    assert_eq!(configuration.websocket_url, "https://ws-prod.whop.com");
    assert_eq!(configuration.token_lifetime.as_secs(), 3_600);
    assert_eq!(configuration.picture_hosts, ["api.whop.com"]);
    let shown = format!("{configuration:?}");
    assert!(
        !shown.contains("apik_") && !shown.contains(SESSION_SECRET),
        "{shown}"
    );
}

#[test]
fn each_problem_has_its_own_sentence() {
    for (name, value) in [
        ("WHOP_API_KEY", ""),
        ("WHOP_API_KEY", "two words"),
        ("WHOP_APP_ID", "biz_x"),
        ("WHOP_COMPANY_ID", "biz_/.."),
        ("WHOP_AGENT_USER_ID", ""),
        ("WHOP_CHAT_SESSION_SECRET", "short"),
        (
            "WHOP_CHAT_SESSION_SECRET",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        ),
        ("WHOP_CHAT_SESSION_SECRET", ASSERTION_SECRET),
        ("WHOP_CHAT_ASSERTION_SECRET", ""),
        ("WHOP_CHAT_ASSERTION_SECRET", "0123456789"),
        ("WHOP_WEBHOOK_SECRET", "short"),
        ("WHOP_CHAT_RATE_LIMIT", "10"),
        ("WHOP_CHAT_RATE_LIMIT", "0/10s"),
        ("WHOP_CHAT_ACCESS_SECONDS", "0"),
        ("WHOP_CHAT_ACCESS_SECONDS", "soon"),
        ("WHOP_CHAT_ALLOWED_ORIGINS", "creator.example"),
        ("WHOP_CHAT_ALLOWED_ORIGINS", "*"),
        ("WHOP_CHAT_APP_ORIGINS", "https://x.example/path"),
        ("WHOP_CHAT_PUBLIC_URL", "chat.example"),
        ("WHOP_CHAT_IMAGE_SOURCES", "https:; script-src *"),
        ("WHOP_CHAT_PICTURE_HOSTS", "https://a.example"),
        ("WHOP_CHAT_PICTURE_HOSTS", "a.example, *.b.example"),
        ("WHOP_CHAT_PICTURE_HOSTS", "a.example:8080"),
        ("WHOP_CHAT_ASSETS", "/no/such/directory"),
        ("WHOP_CHAT_ADDRESS", "localhost"),
        ("WHOP_CHAT_TOKEN_SECONDS", "10801"),
        ("WHOP_CHAT_TOKEN_SECONDS", "59"),
        ("WHOP_CHAT_TOKEN_SECONDS", "an hour"),
        ("WHOP_CHAT_ASSERTION_KEYS", "a text"),
        (
            "WHOP_CHAT_ASSERTION_KEYS",
            "{\"kty\":\"oct\",\"k\":\"c2VjcmV0\"}",
        ),
        (
            "WHOP_CHAT_ASSERTION_SECRET",
            "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----",
        ),
        (
            "WHOP_USER_TOKEN_KEYS",
            "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}",
        ),
        ("WHOP_CHAT_PUBLIC_CHANNELS", "exp_a, exp/b"),
        ("WHOP_CHAT_REQUESTS_PER_USER", "many"),
        ("WHOP_CHAT_REQUESTS_PER_ADDRESS", "-1"),
        ("WHOP_CHAT_TRUSTED_PROXIES", "10.0.0.0/8, balancer"),
        ("WHOP_API_URL", "http://api.example/api/v1"),
        ("WHOP_WEBSOCKET_URL", "ws-prod.whop.com"),
        ("WHOP_JWKS_URL", "ftp://x"),
    ] {
        let mut settings = good();
        settings.insert(name, value.to_owned());
        let found = problems(&settings);
        assert_eq!(found.len(), 1, "{name}={value}: {found:?}");
        assert!(found[0].contains(name), "{name}: {found:?}");
        assert!(
            value.len() < 32 || !found[0].contains(value),
            "no secret is shown"
        );
    }
    assert!(problems(&good()).is_empty());
    let all = problems(&HashMap::new());
    assert_eq!(all.len(), 7, "all at once: {all:?}");
}

#[test]
fn a_file_fills_in_what_the_environment_leaves_open() {
    let file = "whop_app_id = \"app_file\"\nwhop_chat_token_seconds = 600\n\
                whop_chat_allowed_origins = [\"https://a.example\", \"https://b.example\"]\n";
    let mut environment = good();
    environment.remove("WHOP_CHAT_ALLOWED_ORIGINS");
    let (settings, problems) = Settings::collect(|name| environment.get(name).cloned(), Some(file));
    assert!(problems.is_empty());
    let configuration = Configuration::from_settings(&settings).unwrap();
    assert_eq!(
        configuration.app_id.as_str(),
        "app_x",
        "the environment wins"
    );
    assert_eq!(configuration.token_lifetime.as_secs(), 600);
    assert_eq!(configuration.sites.len(), 2);
    for (file, word) in [
        ("whop_api_kye = \"x\"", "whop_api_kye"),
        ("whop_api_key = true", "WHOP_API_KEY"),
        ("whop_app_id = \"app_x\"\nwhop_api_key = \"secret", "line 2"),
    ] {
        let (_, problems) = Settings::collect(|_| None, Some(file));
        assert_eq!(problems.len(), 1);
        assert!(
            problems[0].contains(word) && !problems[0].contains("\"secret"),
            "{problems:?}"
        );
    }
}

fn proxy(arguments: &[&str], settings: &HashMap<&'static str, String>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_proxy"));
    command.args(arguments).env_clear().envs(settings);
    command
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn the_program_checks_and_explains_itself() {
    let Output { status, stdout, .. } = proxy(&["--help"], &HashMap::new()).output().unwrap();
    assert!(status.success());
    for setting in proxy::configuration::SETTINGS {
        assert!(text(&stdout).contains(setting.name), "{}", setting.name);
    }
    assert!(proxy(&["--check"], &good()).status().unwrap().success());
    let mut weak = good();
    weak.insert("WHOP_CHAT_SESSION_SECRET", "hunter2".to_owned());
    for arguments in [&["--check"][..], &[]] {
        let Output { status, stderr, .. } = proxy(arguments, &weak).output().unwrap();
        assert!(!status.success());
        let said = text(&stderr);
        assert!(
            said.contains("WHOP_CHAT_SESSION_SECRET is shorter than 32 bytes"),
            "{said}"
        );
        assert!(!said.contains("hunter2"));
    }
    assert!(
        !proxy(&["--chekc"], &good())
            .output()
            .unwrap()
            .status
            .success()
    );
}

#[test]
fn the_program_says_where_it_listens() {
    let mut child = proxy(&["--print-ready"], &good())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    let ready: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert!(
        ready["ready"]
            .as_str()
            .unwrap()
            .starts_with("http://127.0.0.1:"),
        "{line}"
    );
}
