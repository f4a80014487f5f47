//! The program as an operator meets it: settings, `--check`, `--help`, start and stop.

#![allow(clippy::unwrap_used, reason = "a test's helpers")]

mod common;

use common::{ASSERTION_SECRET, SESSION_SECRET, fresh_directory};
use proxy::configuration::{Configuration, SECRETS, SETTINGS, Settings, SettingsFile, slips};
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
fn a_sites_visitors_have_to_be_recognised_somehow() {
    let mut settings = good();
    settings.remove("WHOP_CHAT_ASSERTION_SECRET");
    assert!(problems(&settings).is_empty(), "pages may bring tokens");
    settings.insert("WHOP_CHAT_PAGE_TOKENS", "no".to_owned());
    let found = problems(&settings);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("WHOP_CHAT_ASSERTION_SECRET"), "{found:?}");
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
        ("WHOP_CHAT_METRICS_ADDRESS", "9720"),
        ("WHOP_CHAT_DRAIN_SECONDS", "301"),
        ("WHOP_CHAT_IDLE_SECONDS", "4"),
        ("WHOP_CHAT_CONNECTIONS", "9"),
        ("WHOP_CHAT_SESSION_SECRET_PREVIOUS", "short"),
        ("WHOP_CHAT_ASSERTION_SECRET_PREVIOUS", "short"),
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
        ("WHOP_CHAT_PAGE_TOKENS", "perhaps"),
        ("WHOP_OAUTH_URL", "https://api.whop.com/oauth"),
        ("WHOP_OAUTH_CLIENT_SECRET", "of_no_use_alone"),
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
fn no_two_secrets_are_the_same() {
    let secret = "5f1d9c3b7a2e4860b1d8c3f7a9e48605";
    let mut pairs = 0;
    for (index, &one) in SECRETS.iter().enumerate() {
        for &other in &SECRETS[..index] {
            let mut settings = good();
            settings.insert("WHOP_CHAT_PUBLIC_URL", "https://chat.example".to_owned());
            settings.insert("WHOP_OAUTH_URL", "https://api.whop.com/oauth".to_owned());
            settings.insert(one, secret.to_owned());
            settings.insert(other, secret.to_owned());
            let found = problems(&settings);
            assert_eq!(found.len(), 1, "{one} {other}: {found:?}");
            assert!(found[0].contains(one) && found[0].contains(other));
            assert!(!found[0].contains(secret), "no secret is shown");
            pairs += 1;
        }
    }
    assert_eq!(pairs, SECRETS.len() * (SECRETS.len() - 1) / 2);
}

#[test]
fn a_file_fills_in_what_the_environment_leaves_open() {
    let file = "whop_app_id = \"app_file\"\nwhop_chat_token_seconds = 600\n\
                whop_chat_allowed_origins = [\"https://a.example\", \"https://b.example\"]\n";
    let mut environment = good();
    environment.remove("WHOP_CHAT_ALLOWED_ORIGINS");
    let file = SettingsFile {
        path: "chat.toml",
        text: file,
    };
    let (settings, problems) = Settings::collect(|name| environment.get(name).cloned(), Some(file));
    assert!(problems.is_empty(), "{problems:?}");
    let configuration = Configuration::from_settings(&settings).unwrap();
    assert_eq!(
        configuration.app_id.as_str(),
        "app_x",
        "the environment wins"
    );
    assert_eq!(configuration.token_lifetime.as_secs(), 600);
    assert_eq!(configuration.sites.len(), 2);
}

#[test]
fn what_is_wrong_in_a_file_is_said_with_its_line() {
    for (text, expected) in [
        (
            "\nwhop_api_kye = \"x\"",
            "chat.toml:2: \"whop_api_kye\" is no setting; did you mean whop_api_key?",
        ),
        (
            "chat_colour = \"x\"",
            "chat.toml:1: \"chat_colour\" is no setting; `proxy --help` lists all.",
        ),
        (
            "whop_api_key = true",
            "chat.toml:1: WHOP_API_KEY must be a text, a number or a list of texts.",
        ),
        (
            "whop_app_id = \"app_x\"\nwhop_api_key = \"secret",
            "chat.toml:2: this is no valid TOML.",
        ),
        (
            "[whop]\nwhop_app_id = \"app_x\"",
            "chat.toml:1: \"whop\" is no setting",
        ),
    ] {
        let file = SettingsFile {
            path: "chat.toml",
            text,
        };
        let (_, problems) = Settings::collect(|_| None, Some(file));
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(problems[0].starts_with(expected), "{problems:?}");
    }
    // What is understood, but can't be: the line, too.
    let mut environment = good();
    environment.remove("WHOP_APP_ID");
    let file = SettingsFile {
        path: "chat.toml",
        text: "# The app\nwhop_app_id = \"biz_x\"\n",
    };
    let (settings, _) = Settings::collect(|name| environment.get(name).cloned(), Some(file));
    let error = Configuration::from_settings(&settings).unwrap_err();
    assert_eq!(
        error.problems,
        ["chat.toml:2: WHOP_APP_ID must be an id that starts with app_."]
    );
}

#[test]
fn a_slip_in_the_environment_does_not_go_unseen() {
    let names = [
        "WHOP_CHAT_ALLOWED_ORIGIN",
        "WHOP_API_KEY",
        "WHOP_API_KEY_FILE",
        "WHOP_CHAT_CACHE",
        "PATH",
        "WHOP_SESSION",
    ];
    assert_eq!(
        slips(names.iter().map(ToString::to_string)),
        [
            "WHOP_CHAT_ALLOWED_ORIGIN in the environment is no setting; did you mean WHOP_CHAT_ALLOWED_ORIGINS?"
        ]
    );
    let mut environment = good();
    environment.insert("WHOP_CHAT_PUBLIC_URI", "https://chat.example".to_owned());
    let Output { status, stderr, .. } = proxy(&["--check"], &environment).output().unwrap();
    assert!(!status.success());
    assert!(text(&stderr).contains("did you mean WHOP_CHAT_PUBLIC_URL?"));
}

#[test]
fn secrets_may_be_in_files_of_their_own() {
    let directory = fresh_directory();
    let file = |name: &str, text: &str| {
        let path = directory.join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let key = file("key", "apik_of_a_file\n");
    let weak = file("weak", "short\n");
    let empty = file("empty", "\n");
    let mut environment = good();
    environment.remove("WHOP_API_KEY");
    environment.insert("WHOP_API_KEY_FILE", key.clone());
    let collect = |environment: &HashMap<&'static str, String>| {
        Settings::collect(|name| environment.get(name).cloned(), None)
    };
    let (settings, problems) = collect(&environment);
    assert!(problems.is_empty(), "{problems:?}");
    let configuration = Configuration::from_settings(&settings).unwrap();
    assert_eq!(configuration.api_key.expose(), "apik_of_a_file");

    let mut both = environment.clone();
    both.insert("WHOP_API_KEY", "apik_x".to_owned());
    assert!(collect(&both).1[0].contains("WHOP_API_KEY and WHOP_API_KEY_FILE are both"));
    for (path, word) in [("/no/such/file", "can't be read"), (&empty, "is empty")] {
        environment.insert("WHOP_API_KEY_FILE", path.to_owned());
        let (_, problems) = collect(&environment);
        assert!(problems[0].contains(word), "{problems:?}");
    }
    // A file that a file names, and a secret that is too weak.
    let mut environment = good();
    environment.remove("WHOP_CHAT_SESSION_SECRET");
    let text = format!("whop_chat_session_secret_file = {weak:?}");
    let file = SettingsFile {
        path: "chat.toml",
        text: &text,
    };
    let (settings, _) = Settings::collect(|name| environment.get(name).cloned(), Some(file));
    let error = Configuration::from_settings(&settings).unwrap_err();
    assert_eq!(error.problems.len(), 1);
    assert!(error.problems[0].starts_with(&weak), "{error}");
    assert!(!error.problems[0].contains("short\n"));
}

/// The rows of the table of settings in the README: name, default and meaning.
fn table() -> Vec<[String; 3]> {
    let readme = include_str!("../../../README.md");
    let rows = readme.lines().filter(|line| line.starts_with("| `WHOP_"));
    rows.map(|row| {
        let cells: Vec<_> = row
            .trim_matches('|')
            .splitn(3, '|')
            .map(str::trim)
            .collect();
        [cells[0].trim_matches('`'), cells[1], cells[2]].map(str::to_owned)
    })
    .collect()
}

#[test]
fn the_readme_knows_all_settings_and_says_what_is_true_of_them() {
    let table = table();
    let rows: Vec<_> = table.iter().map(|[name, ..]| name.as_str()).collect();
    for setting in SETTINGS {
        let named = rows.iter().filter(|name| **name == setting.name).count();
        assert_eq!(named, 1, "{} in README.md", setting.name);
    }
    assert_eq!(rows.len(), SETTINGS.len(), "README.md has others: {rows:?}");
    for [name, default, meaning] in &table {
        let setting = SETTINGS.iter().find(|one| one.name == name).unwrap();
        match setting.default.filter(|default| !default.is_empty()) {
            Some(value) => assert_eq!(default, &format!("`{value}`"), "{name}"),
            None if setting.required => assert_eq!(default, "required", "{name}"),
            None => assert!(!default.contains('`'), "{name}: {default}"),
        }
        // Of numbers both bounds are named, in the README and by --help.
        let mut settings = good();
        settings.insert(setting.name, "no number".to_owned());
        let found = problems(&settings);
        let bounds = found
            .iter()
            .find_map(|problem| problem.split_once("must be a number from "))
            .map(|(_, bounds)| bounds.trim_end_matches('.'));
        if let Some(bounds) = bounds {
            assert!(meaning.contains(bounds), "{name}: {bounds} in README.md");
            assert!(
                setting.meaning.contains(bounds),
                "{name}: {bounds} in --help"
            );
        }
    }
    for name in SECRETS {
        assert!(rows.contains(name), "{name}");
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
    for setting in SETTINGS {
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
