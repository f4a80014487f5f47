//! Where Whop's dated versions differ, each client gets its own: `@whop/sdk` 0.0.42 asks for 2026-07-20, Python's `whop-sdk`
//! 2.6.0 for 2026-10-15-1.

use crate::uploads::uploaded;
use crate::whop::{As, Whop, answer};
use reqwest::Method;
use serde_json::{Value, json};

const VERSIONS: [(&str, bool); 2] = [("2026-07-20", false), ("2026-10-15-1", true)];

async fn ask(whop: &Whop, method: Method, path: &str, version: &str) -> Value {
    let request = whop.request(method, path, As::Behalf("user_ada"));
    let (status, body) = answer(request.header("api-version-date", version)).await;
    assert!(status.is_success(), "{body}");
    body
}

#[tokio::test]
async fn users_have_a_picture_since_october() {
    let whop = Whop::start().await;
    for (version, is_october) in VERSIONS {
        for path in ["/api/v1/users/user_ada", "/api/v1/users/me"] {
            let user = ask(&whop, Method::GET, path, version).await;
            assert_eq!(user["profile_picture"]["url"].is_string(), is_october);
            assert_eq!(user["balances"] == json!([]), is_october);
        }
        let page = ask(&whop, Method::GET, "/api/v1/users?query=ada", version).await;
        assert_eq!(page["data"][0]["verification"].is_object(), is_october);
    }
}

#[tokio::test]
async fn sizes_of_files_are_numbers_since_october() {
    let whop = Whop::start().await;
    let file = uploaded(&whop, json!({"filename": "a.txt"}), b"eleven byte").await;
    let path = format!("/api/v1/files/{}", file["id"].as_str().unwrap());
    let file = ask(&whop, Method::GET, &path, "2026-07-20").await;
    assert_eq!((&file["size"], file.get("object")), (&json!("11"), None));
    let file = ask(&whop, Method::GET, &path, "2026-10-15-1").await;
    assert_eq!(
        (
            &file["size"],
            &file["object"],
            &file["removed_by_moderation"]
        ),
        (&json!(11), &json!("file"), &json!(false))
    );
    assert!(file["created_at"].is_string());
}

#[tokio::test]
async fn a_webhook_that_is_deleted_is_named_since_october() {
    let whop = Whop::start().await;
    for (version, is_october) in VERSIONS {
        let body = json!({"url": "http://127.0.0.1:9/"});
        let (_, webhook) = whop.post("/api/v1/webhooks", As::App, body).await;
        let path = format!("/api/v1/webhooks/{}", webhook["id"].as_str().unwrap());
        let deleted = whop.request(Method::DELETE, &path, As::App);
        let (_, deleted) = answer(deleted.header("api-version-date", version)).await;
        let named = json!({"deleted": true, "id": webhook["id"]});
        assert_eq!(deleted, if is_october { named } else { json!(true) });
    }
}

#[tokio::test]
async fn whoever_does_not_say_gets_july() {
    let whop = Whop::start().await;
    let (_, user) = whop.get("/api/v1/users/user_ada", As::App).await;
    assert_eq!(user["profile_picture"], json!(null));
    for version in ["nonsense", "2026-10-14", ""] {
        let user = ask(&whop, Method::GET, "/api/v1/users/user_ada", version).await;
        assert!(user["profile_picture"].is_null(), "{version}");
    }
}
