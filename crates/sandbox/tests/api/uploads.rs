//! Uploads: announced, sent to a presigned address, looked at, and read by those who may.

use crate::whop::{As, PATIENCE, QUIET, Whop, answer, assert_error};
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};
use std::time::Duration;

const ADA: As<'_> = As::Behalf("user_ada");
const BOB: As<'_> = As::Behalf("user_bob");
/// Two by three pixels.
const GIF: &[u8] =
    b"GIF89a\x02\0\x03\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\x02\0\x03\0\0\x02\x03D\x02\x05\0;";

async fn announce(whop: &Whop, body: Value) -> Value {
    let (status, file) = whop.post("/api/v1/files", ADA, body).await;
    assert_eq!(status, StatusCode::OK, "{file}");
    file
}

async fn put(whop: &Whop, file: &Value, bytes: &[u8]) -> Response {
    let mut request = whop
        .http
        .request(Method::PUT, file["upload_url"].as_str().unwrap())
        .body(bytes.to_vec());
    for (name, value) in file["upload_headers"].as_object().unwrap() {
        request = request.header(name, value.as_str().unwrap());
    }
    request.send().await.unwrap()
}

/// The file once it is looked at.
async fn finished(whop: &Whop, file: &Value) -> Value {
    let path = format!("/api/v1/files/{}", file["id"].as_str().unwrap());
    let waiting = async {
        loop {
            let (_, file) = whop.get(&path, ADA).await;
            match file["upload_status"].as_str().unwrap() {
                "ready" | "failed" => return file,
                "processing" => tokio::time::sleep(Duration::from_millis(20)).await,
                other => panic!("{other}"),
            }
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.unwrap()
}

/// A finished upload of Ada's.
pub async fn uploaded(whop: &Whop, body: Value, bytes: &[u8]) -> Value {
    let file = announce(whop, body).await;
    assert_eq!(put(whop, &file, bytes).await.status(), StatusCode::OK);
    finished(whop, &file).await
}

#[tokio::test]
async fn a_picture_is_uploaded_attached_and_read() {
    let whop = Whop::start().await;
    let file = announce(
        &whop,
        json!({"filename": "two by three.gif", "visibility": "public"}),
    )
    .await;
    assert_eq!(
        (
            &file["upload_status"],
            &file["url"],
            &file["size"],
            &file["content_type"]
        ),
        (
            &json!("pending"),
            &json!(null),
            &json!(null),
            &json!("image/gif")
        )
    );
    let attach = json!({"channel_id": QUIET, "content": "", "attachments": [{"id": file["id"]}]});
    let early = whop.post("/api/v1/messages", ADA, attach.clone()).await;
    assert_error(early, StatusCode::BAD_REQUEST, "bad_request");
    let sent = put(&whop, &file, GIF).await;
    assert_eq!(sent.status(), StatusCode::OK);
    assert!(sent.headers().contains_key("etag"));
    assert_eq!(sent.headers()["access-control-allow-origin"], "*");
    let ready = finished(&whop, &file).await;
    assert_eq!(ready["upload_status"], "ready");
    assert_eq!(ready["size"], json!(GIF.len().to_string()));
    assert!(ready.get("upload_url").is_none());
    let (status, message) = whop.post("/api/v1/messages", ADA, attach).await;
    assert_eq!(status, StatusCode::OK, "{message}");
    let attached = &message["attachments"][0];
    assert_eq!(
        (&attached["width"], &attached["height"]),
        (&json!(2), &json!(3))
    );
    assert_eq!(attached["url"], ready["url"]);
    let read = whop
        .http
        .get(ready["url"].as_str().unwrap())
        .send()
        .await
        .unwrap();
    assert_eq!(read.headers()["content-type"], "image/gif");
    assert_eq!(read.headers()["x-content-type-options"], "nosniff");
    assert_eq!(read.bytes().await.unwrap(), GIF);
}

#[tokio::test]
async fn a_private_file_is_read_by_its_signed_address_only() {
    let whop = Whop::start().await;
    let file = uploaded(&whop, json!({"filename": "notes.txt"}), b"for us").await;
    assert_eq!(file["visibility"], "private");
    let url = file["url"].as_str().unwrap();
    let read = async |url: &str| whop.http.get(url).send().await.unwrap().status();
    assert_eq!(read(url).await, StatusCode::OK);
    let (bare, _) = url.split_once('?').unwrap();
    assert_eq!(read(bare).await, StatusCode::FORBIDDEN);
    assert_eq!(
        read(&url.replacen("expires=", "expires=9", 1)).await,
        StatusCode::FORBIDDEN
    );
    // Nobody else can ask for it, list it or attach it.
    let id = file["id"].as_str().unwrap();
    for who in [BOB, As::App] {
        let answer = whop.get(&format!("/api/v1/files/{id}"), who).await;
        assert_error(answer, StatusCode::NOT_FOUND, "not_found");
        let list = format!("/api/v1/files?file_ids={id}");
        assert_eq!(whop.get(&list, who).await.1["data"], json!([]));
        let body = json!({"channel_id": QUIET, "content": "", "attachments": [{"id": id}]});
        let answer = whop.post("/api/v1/messages", who, body).await;
        assert_error(answer, StatusCode::BAD_REQUEST, "bad_request");
    }
    let (_, page) = whop
        .get(&format!("/api/v1/files?file_ids={id}&file_ids=file_x"), ADA)
        .await;
    assert_eq!(page["data"], json!([file]));
}

#[tokio::test]
async fn what_nobody_could_use_fails() {
    let whop = Whop::start().await;
    for (filename, bytes) in [
        ("photo.png", &b"no picture at all"[..]),
        ("empty.txt", b""),
        ("film.mp4", GIF),
        ("data.json", b"{"),
    ] {
        let file = uploaded(&whop, json!({"filename": filename}), bytes).await;
        assert_eq!(file["upload_status"], "failed", "{filename}");
        assert_eq!(file["url"], json!(null));
        let body = json!({"channel_id": QUIET, "content": "", "attachments": [{"id": file["id"]}]});
        let answer = whop.post("/api/v1/messages", ADA, body).await;
        assert_error(answer, StatusCode::BAD_REQUEST, "bad_request");
    }
    for body in [
        json!({"filename": " "}),
        json!({"filename": "../x.png"}),
        json!({"filename": "x".repeat(300)}),
        json!({"filename": "x.png", "visibility": "friends"}),
    ] {
        let answer = whop.post("/api/v1/files", ADA, body).await;
        assert_error(answer, StatusCode::BAD_REQUEST, "bad_request");
    }
}

#[tokio::test]
async fn the_address_takes_one_upload_of_the_right_kind_and_size() {
    let whop = Whop::start_with(|options| options.upload_limit = 1_000).await;
    let file = announce(&whop, json!({"filename": "a.txt"})).await;
    let url = file["upload_url"].as_str().unwrap();
    let send = async |url: &str, kind: &str, bytes: Vec<u8>| {
        let request = whop.http.put(url).header("content-type", kind).body(bytes);
        let response = request.send().await.unwrap();
        (response.status(), response.text().await.unwrap())
    };
    let refused = |(status, body): (StatusCode, String), expected: StatusCode, code: &str| {
        assert_eq!(status, expected, "{body}");
        assert!(body.contains(&format!("<Code>{code}</Code>")), "{body}");
    };
    let (bare, _) = url.split_once('?').unwrap();
    for forged in [
        bare.to_owned(),
        format!("{url}0"),
        url.replacen("file_", "file_0", 1),
    ] {
        let answer = send(&forged, "text/plain", b"x".to_vec()).await;
        refused(answer, StatusCode::FORBIDDEN, "AccessDenied");
    }
    let answer = send(url, "text/html", b"x".to_vec()).await;
    refused(answer, StatusCode::FORBIDDEN, "SignatureDoesNotMatch");
    assert_eq!(
        send(url, "text/plain", vec![b'x'; 1_000]).await.0,
        StatusCode::OK
    );
    let answer = send(url, "text/plain", b"other".to_vec()).await;
    refused(answer, StatusCode::CONFLICT, "OperationAborted");
    let large = announce(&whop, json!({"filename": "large.txt"})).await;
    let url = large["upload_url"].as_str().unwrap();
    let answer = send(url, "text/plain", vec![b'x'; 1_001]).await;
    refused(answer, StatusCode::BAD_REQUEST, "EntityTooLarge");
    assert_eq!(finished(&whop, &large).await["upload_status"], "failed");
    // A browser on another site asks first.
    let asks = whop
        .http
        .request(Method::OPTIONS, url)
        .send()
        .await
        .unwrap();
    assert_eq!(asks.status(), StatusCode::NO_CONTENT);
    assert_eq!(asks.headers()["access-control-allow-methods"], "PUT");
}

#[tokio::test]
async fn media_bans_hold_for_uploads() {
    let whop = Whop::start().await;
    let file = uploaded(&whop, json!({"filename": "x.gif"}), GIF).await;
    whop.settings(QUIET, json!({"ban_media": true})).await;
    let body = json!({"channel_id": QUIET, "content": "look", "attachments": [{"id": file["id"]}]});
    let request = whop
        .request(Method::POST, "/api/v1/messages", ADA)
        .json(&body);
    assert_error(
        answer(request).await,
        StatusCode::UNPROCESSABLE_ENTITY,
        "unprocessable_entity",
    );
}

#[tokio::test]
async fn what_is_still_looked_at_is_neither_read_nor_attached() {
    let an_hour = Duration::from_secs(3_600);
    let whop = Whop::start_with(|options| options.upload_processing = an_hour).await;
    let file = announce(&whop, json!({"filename": "x.gif", "visibility": "public"})).await;
    assert_eq!(put(&whop, &file, GIF).await.status(), StatusCode::OK);
    let id = file["id"].as_str().unwrap();
    let (_, file) = whop.get(&format!("/api/v1/files/{id}"), ADA).await;
    assert_eq!(
        (&file["upload_status"], &file["url"]),
        (&json!("processing"), &json!(null))
    );
    let content = format!("{}/files/{id}/content", whop.api);
    let read = whop.http.get(content).send().await.unwrap();
    assert_eq!(read.status(), StatusCode::NOT_FOUND);
    let body = json!({"channel_id": QUIET, "content": "", "attachments": [{"id": id}]});
    let answer = whop.post("/api/v1/messages", ADA, body).await;
    assert_error(answer, StatusCode::BAD_REQUEST, "bad_request");
}
