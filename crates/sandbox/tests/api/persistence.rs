//! What survives a restart: everything but the connections.

use crate::whop::{As, QUIET, Whop, assert_error};
use reqwest::StatusCode;
use sandbox::{StartError, Storage};
use serde_json::json;
use std::path::{Path, PathBuf};

/// A directory of its own under cargo's directory for tests, empty.
fn directory(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("sandbox-{name}"));
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).unwrap();
    path
}

async fn start(path: &Path) -> Whop {
    Whop::start_with(|options| options.storage = Storage::File(path.to_owned())).await
}

#[tokio::test]
async fn messages_settings_keys_and_tokens_survive() {
    let path = directory("restart").join("whop.sqlite");
    let whop = start(&path).await;
    let message = whop.say(QUIET, "user_ada", "remember me").await;
    whop.react(&message, "user_bob", json!({"emoji": "👍"}))
        .await;
    whop.settings(QUIET, json!({"ban_urls": true})).await;
    let ada = As::Behalf("user_ada");
    let dm = crate::direct_messages::open(&whop, ada, &["user_chen"]).await;
    whop.say(&dm, "user_chen", "remember us").await;
    let notes = json!({"filename": "notes.txt", "visibility": "public"});
    let notes = crate::uploads::uploaded(&whop, notes, b"kept").await;
    let hook = json!({"url": "http://127.0.0.1:9/", "enabled": false});
    whop.post("/api/v1/webhooks", As::App, hook).await;
    let expired = whop.token("user_ada", &["chat:read"]).await;
    whop.control("tokens/expire", json!({})).await;
    let token = whop.token("user_ada", &["chat:read"]).await;
    let (_, keys) = whop.get("/.well-known/jwks.json", As::Nobody).await;
    let messages = whop.get("/_sandbox/state", As::Nobody).await.1["messages"].clone();
    whop.running.stop().await;

    let whop = start(&path).await;
    let list = format!("/api/v1/messages?channel_id={QUIET}");
    let (_, page) = whop.get(&list, As::Token(&token)).await;
    assert_eq!(page["data"][0]["content"], "remember me");
    assert_eq!(
        page["data"][0]["reaction_counts"],
        json!([{"emoji": "👍", "count": 1}])
    );
    let (_, channel) = whop.get("/api/v1/chat_channels/exp_quiet", As::App).await;
    assert_eq!(channel["ban_urls"], true);
    let (_, page) = whop
        .get(&format!("/api/v1/messages?channel_id={dm}"), ada)
        .await;
    assert_eq!(page["data"][0]["content"], "remember us");
    let content = format!("/files/{}/content", notes["id"].as_str().unwrap());
    let kept = whop.request(reqwest::Method::GET, &content, As::Nobody);
    assert_eq!(kept.send().await.unwrap().text().await.unwrap(), "kept");
    let (_, hooks) = whop
        .get("/api/v1/webhooks?company_id=biz_sandbox", As::App)
        .await;
    assert_eq!(hooks["data"].as_array().unwrap().len(), 1);
    assert_eq!(whop.get("/.well-known/jwks.json", As::Nobody).await.1, keys);
    assert_eq!(
        whop.get("/_sandbox/state", As::Nobody).await.1["messages"],
        messages
    );
    let refused = whop.get(&list, As::Token(&expired)).await;
    assert_error(refused, StatusCode::UNAUTHORIZED, "unauthorized");
}

#[tokio::test]
async fn the_same_seed_is_the_same_conversation() {
    let start =
        async || Whop::start_with(|options| options.seed_until = Some(1_780_000_000_000)).await;
    let list = "/api/v1/messages?channel_id=exp_general&first=30";
    let mut pages = Vec::new();
    for whop in [start().await, start().await] {
        let (_, mut page) = whop.get(list, As::App).await;
        for message in page["data"].as_array_mut().unwrap() {
            // Their addresses have the listener's port.
            message.as_object_mut().unwrap().remove("attachments");
        }
        pages.push(page);
    }
    assert_eq!(pages[0], pages[1]);
    assert_eq!(
        pages[0]["data"][0]["created_at"],
        "2026-05-28T20:26:40.000Z"
    );
}

#[tokio::test]
async fn a_file_of_another_version_is_refused() {
    let path = directory("version").join("whop.sqlite");
    let connection = rusqlite::Connection::open(&path).unwrap();
    connection.pragma_update(None, "user_version", 99).unwrap();
    drop(connection);
    let options = sandbox::Options {
        storage: Storage::File(path),
        ..sandbox::Options::default()
    };
    match sandbox::start(options).await {
        Err(StartError::Database(error)) => {
            assert!(error.to_string().contains("another version"), "{error}");
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_taken_port_is_named() {
    let taken = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = taken.local_addr().unwrap().port();
    let options = sandbox::Options {
        port,
        messages: 0,
        ..sandbox::Options::default()
    };
    let error = sandbox::start(options).await.err().unwrap().to_string();
    assert!(
        error.contains(&port.to_string()) && error.contains("another port"),
        "{error}"
    );
}
