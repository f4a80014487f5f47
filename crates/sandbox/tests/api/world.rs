//! A whole world as JSON: out of one sandbox and into another.

use crate::whop::{As, QUIET, Whop};
use reqwest::StatusCode;
use sandbox::{Options, Storage};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

fn directory(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("sandbox-world-{name}"));
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).unwrap();
    path
}

async fn world(whop: &Whop) -> Value {
    let (status, world) = whop.get("/_sandbox/world", As::Nobody).await;
    assert_eq!(status, StatusCode::OK);
    world
}

async fn begin_with(path: &Path) -> Whop {
    Whop::start_with(|options| options.import = Some(path.to_owned())).await
}

/// Why a sandbox does not begin with that document.
async fn refusal(path: &Path, document: &str) -> String {
    std::fs::write(path, document).unwrap();
    let options = Options {
        import: Some(path.to_owned()),
        ..Options::default()
    };
    sandbox::start(options).await.err().unwrap().to_string()
}

#[tokio::test]
async fn a_round_trip_is_equal() {
    let directory = directory("round-trip");
    let whop = Whop::start().await;
    let message = whop
        .say(QUIET, "user_ada", "remember @bob 🎞️ \"quoted\"")
        .await;
    whop.react(&message, "user_bob", json!({"emoji": "👍"}))
        .await;
    whop.settings(
        QUIET,
        json!({"banned_words": ["scam"], "user_posts_cooldown_seconds": 5}),
    )
    .await;
    whop.control(
        "mute",
        json!({"channel_id": QUIET, "user_id": "user_chen", "seconds": 60}),
    )
    .await;
    let first = world(&whop).await;
    for list in ["users", "channels", "messages", "reactions", "mutes"] {
        assert!(!first[list].as_array().unwrap().is_empty(), "{list}");
    }
    assert!(first.get("facts").is_none() && first.get("oauth_grants").is_none());
    let path = directory.join("world.json");
    std::fs::write(&path, first.to_string()).unwrap();

    let other = begin_with(&path).await;
    assert_eq!(world(&other).await, first);
    // And it goes on from there, and back to there.
    let list = format!("/api/v1/messages?channel_id={QUIET}");
    let (_, page) = other.get(&list, As::App).await;
    assert_eq!(
        page["data"][0]["reaction_counts"],
        json!([{"emoji": "👍", "count": 1}])
    );
    other.say("exp_general", "user_ada", "more").await;
    assert_ne!(world(&other).await, first);
    other.control("reset", json!({})).await;
    assert_eq!(world(&other).await, first);
}

#[tokio::test]
async fn the_binary_exports_what_its_database_knows() {
    let directory = directory("binary");
    let database = directory.join("whop.sqlite");
    let whop = Whop::start_with(|options| options.storage = Storage::File(database.clone())).await;
    whop.say(QUIET, "user_ada", "on paper").await;
    let told = world(&whop).await;
    whop.running.stop().await;
    let export = |to: &Path| {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_sandbox"))
            .arg("--database")
            .arg(&database)
            .arg("--export")
            .arg(to)
            .output()
            .unwrap();
        let log = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{log}");
        output.stdout
    };
    let path = directory.join("world.json");
    assert!(export(&path).is_empty());
    let written = std::fs::read(&path).unwrap();
    assert_eq!(serde_json::from_slice::<Value>(&written).unwrap(), told);
    assert_eq!(export(Path::new("-")), written);
    assert_eq!(world(&begin_with(&path).await).await, told);
}

#[tokio::test]
async fn a_small_world_can_be_written_by_hand() {
    let path = directory("by-hand").join("world.json");
    let user = |id: &str, name: &str, level: &str, position: u32| {
        json!({"id": id, "username": name, "created_at": "2026-01-01T00:00:00Z", "access_level": level,
            "position": position})
    };
    let document = json!({
        "users": [user("user_agent", "app", "admin", 0), user("user_kim", "kim", "customer", 1)],
        "feeds": [{"id": "chat_feed_tea"}],
        "channels": [{"id": "chat_feed_tea", "experience_id": "exp_tea", "name": "Tea", "position": 0,
            "created_at": "2026-01-01T00:00:00Z", "ban_urls": true, "banned_words": ["coffee"],
            "who_can_post": "everyone", "who_can_react": "everyone"}],
        "messages": [{"id": "msg_1", "channel_id": "chat_feed_tea", "user_id": "user_kim", "content": "Sencha?",
            "created_at": "2026-01-02T10:00:00Z", "updated_at": "2026-01-02T10:00:00Z", "message_type": "regular"}],
    });
    std::fs::write(&path, document.to_string()).unwrap();
    let whop = begin_with(&path).await;
    let (_, page) = whop
        .get(
            "/api/v1/messages?channel_id=exp_tea",
            As::Behalf("user_kim"),
        )
        .await;
    assert_eq!(page["data"][0]["content"], "Sencha?");
    assert_eq!(page["data"][0]["created_at"], "2026-01-02T10:00:00.000Z");
    let body = json!({"channel_id": "exp_tea", "content": "Coffee!"});
    let (status, _) = whop
        .post("/api/v1/messages", As::Behalf("user_kim"), body)
        .await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn what_is_wrong_in_a_file_is_named_with_its_place() {
    let path = directory("wrong").join("world.json");
    let agent = r#"{"id": "user_agent", "username": "app", "created_at": 1, "access_level": "admin", "position": 0}"#;
    for (document, says) in [
        ("", "no JSON"),
        ("{\n  \"users\": [,]\n}", "line 2"),
        ("[]", "the document: it must be an object"),
        (r#"{"users": {}}"#, "users: it must be a list"),
        (r#"{"users": [1]}"#, "users[0]: it must be an object"),
        (r#"{"users": []}"#, "user_agent is missing"),
        (
            &format!(r#"{{"users": [{agent}], "mesages": []}}"#),
            "mesages: there is no such list; there are",
        ),
        (
            &format!(r#"{{"users": [{agent}, {{"nmae": "x"}}]}}"#),
            "users[1].nmae: there is no such field",
        ),
        (
            &format!(r#"{{"users": [{agent}, {{"id": "user_x"}}]}}"#),
            "users[1]: NOT NULL constraint failed: users",
        ),
        (
            &format!(r#"{{"users": [{agent}, {agent}]}}"#),
            "users[1]: UNIQUE constraint failed",
        ),
        (
            &format!(
                r#"{{"users": [{agent}], "mutes": [{{"channel_id": "x", "user_id": "y", "muted_until": 1}}]}}"#
            ),
            "mutes[0]: FOREIGN KEY constraint failed",
        ),
        (
            &format!(r#"{{"users": [{agent}], "feeds": [{{"id": [5]}}]}}"#),
            "feeds[0].id: it can't be a list",
        ),
        (
            &format!(r#"{{"users": [{agent}], "mutes": [{{"muted_until": "soon"}}]}}"#),
            "mutes[0].muted_until: \"soon\" is neither",
        ),
    ] {
        let error = refusal(&path, document).await;
        assert!(
            error.contains(says),
            "{document}: {error:?} doesn't say {says:?}"
        );
    }
    let missing = directory("wrong").join("nowhere.json");
    let options = Options {
        import: Some(missing),
        ..Options::default()
    };
    let error = sandbox::start(options).await.err().unwrap().to_string();
    assert!(error.contains("nowhere.json"), "{error}");
}

#[tokio::test]
async fn an_import_replaces_nothing() {
    let directory = directory("replaces");
    let database = directory.join("whop.sqlite");
    let whop = Whop::start_with(|options| options.storage = Storage::File(database.clone())).await;
    let path = directory.join("world.json");
    std::fs::write(&path, world(&whop).await.to_string()).unwrap();
    whop.running.stop().await;
    let options = Options {
        storage: Storage::File(database),
        import: Some(path),
        ..Options::default()
    };
    let error = sandbox::start(options).await.err().unwrap().to_string();
    assert!(error.contains("empty database"), "{error}");
}
