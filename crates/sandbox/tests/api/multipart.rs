//! Uploads in parts, as `whop-sdk` 2.6.0 announces and completes them, and downloads of a part.

use crate::whop::{As, Whop, assert_error};
use reqwest::header::HeaderMap;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

const ADA: As<'_> = As::Behalf("user_ada");
const PART: usize = 5 * 1024 * 1024;

/// A text that is a little longer than two parts, and looks different everywhere.
fn text() -> Vec<u8> {
    (0_u32..)
        .flat_map(|number| format!("{number} ").into_bytes())
        .take(2 * PART + 7)
        .collect()
}

async fn announce(whop: &Whop, byte_size: usize) -> Value {
    let body = json!({"filename": "long.txt", "multipart": true, "byte_size": byte_size});
    let (status, file) = whop.post("/api/v1/files", ADA, body).await;
    assert_eq!(status, StatusCode::OK, "{file}");
    file
}

/// Sends a part to where the file wants it; the status and the tag.
async fn put(whop: &Whop, file: &Value, number: usize, bytes: &[u8]) -> (StatusCode, String) {
    let url = file["multipart_upload_urls"][number - 1]["url"]
        .as_str()
        .unwrap();
    let answer = whop
        .http
        .put(url)
        .body(bytes.to_vec())
        .send()
        .await
        .unwrap();
    let tag = answer
        .headers()
        .get("etag")
        .map(|tag| tag.to_str().unwrap().to_owned());
    (answer.status(), tag.unwrap_or_default())
}

async fn complete(whop: &Whop, file: &Value, tags: &[&str]) -> (StatusCode, Value) {
    let parts: Vec<Value> = (1..)
        .zip(tags)
        .map(|(number, tag)| json!({"part_number": number, "etag": tag}))
        .collect();
    let path = format!("/api/v1/files/{}/complete", file["id"].as_str().unwrap());
    let body =
        json!({"multipart_upload_id": file["multipart_upload_id"], "multipart_parts": parts});
    whop.post(&path, ADA, body).await
}

#[tokio::test]
async fn a_file_comes_in_parts_and_is_read_in_ranges() {
    let whop =
        Whop::start_with(|options| options.upload_processing = std::time::Duration::ZERO).await;
    let text = text();
    let file = announce(&whop, text.len()).await;
    assert_eq!(file["multipart_chunk_size"], PART);
    assert_eq!(file["upload_url"], json!(null));
    assert_eq!(file["multipart_upload_urls"].as_array().unwrap().len(), 3);
    assert_eq!(file["multipart_upload_urls"][2]["part_number"], 3);
    let mut tags = Vec::new();
    // In any order, and the last that comes for a place counts.
    assert_eq!(
        put(&whop, &file, 1, b"something else").await.0,
        StatusCode::OK
    );
    let parts: Vec<(usize, &[u8])> = (1..).zip(text.chunks(PART)).collect();
    for (number, part) in parts.into_iter().rev() {
        let (status, tag) = put(&whop, &file, number, part).await;
        assert_eq!(status, StatusCode::OK);
        tags.insert(0, tag);
    }
    let tags: Vec<&str> = tags.iter().map(String::as_str).collect();
    let (status, done) = complete(&whop, &file, &tags).await;
    assert_eq!(status, StatusCode::OK, "{done}");
    assert_eq!(
        (&done["upload_status"], &done["size"]),
        (&json!("ready"), &json!(text.len().to_string()))
    );
    // Once.
    assert_error(
        complete(&whop, &file, &tags).await,
        StatusCode::BAD_REQUEST,
        "bad_request",
    );
    assert_eq!(put(&whop, &file, 3, b"late").await.0, StatusCode::NOT_FOUND);

    let read = async |range: &str| {
        let request = whop
            .http
            .get(done["url"].as_str().unwrap())
            .header("range", range);
        let answer = request.send().await.unwrap();
        let headers: HeaderMap = answer.headers().clone();
        (answer.status(), headers, answer.bytes().await.unwrap())
    };
    let (status, headers, bytes) = read("bytes=5242870-5242890").await;
    assert_eq!(status, StatusCode::PARTIAL_CONTENT);
    assert_eq!(
        headers["content-range"],
        format!("bytes 5242870-5242890/{}", text.len())
    );
    assert_eq!(headers["content-type"], "text/plain");
    assert_eq!(bytes, &text[5_242_870..=5_242_890]);
    let (status, headers, bytes) = read("bytes=-7").await;
    assert_eq!(
        (status, headers["content-length"].to_str().unwrap()),
        (StatusCode::PARTIAL_CONTENT, "7")
    );
    assert_eq!(bytes, &text[2 * PART..]);
    assert_eq!(
        read("bytes=99999999-").await.0,
        StatusCode::RANGE_NOT_SATISFIABLE
    );
    assert_eq!(read("bytes=0-1,5-6").await.2.len(), text.len());
}

#[tokio::test]
async fn what_is_no_whole_file_is_not_completed() {
    let whop = Whop::start().await;
    for body in [
        json!({"filename": "x.txt", "multipart": true}),
        json!({"filename": "x.txt", "multipart": true, "byte_size": PART}),
        json!({"filename": "x.txt", "multipart": true, "byte_size": 60_000_000}),
        json!({"filename": "x.txt", "multipart": true, "byte_size": -1}),
    ] {
        let answer = whop.post("/api/v1/files", ADA, body).await;
        assert_error(answer, StatusCode::BAD_REQUEST, "bad_request");
    }
    let file = announce(&whop, PART + 5).await;
    let refused = async |tags: &[&str]| {
        let answer = complete(&whop, &file, tags).await;
        assert_error(answer, StatusCode::BAD_REQUEST, "bad_request");
    };
    let (_, last) = put(&whop, &file, 2, b"the end").await;
    refused(&["\"x\"", &last]).await;
    // Too short for a part that isn't the last, and too long for any.
    let (_, short) = put(&whop, &file, 1, b"short").await;
    refused(&[&short, &last]).await;
    assert_eq!(
        put(&whop, &file, 1, &vec![b'x'; PART + 1]).await.0,
        StatusCode::BAD_REQUEST
    );
    let (status, first) = put(&whop, &file, 1, &vec![b'x'; PART]).await;
    assert_eq!(status, StatusCode::OK);
    refused(&[&first]).await;
    refused(&[&last, &first]).await;
    refused(&[&first, &last, &last]).await;
    // Nobody else can, and nobody without the address.
    let path = format!("/api/v1/files/{}/complete", file["id"].as_str().unwrap());
    let parts = json!([{"part_number": 1, "etag": first}, {"part_number": 2, "etag": last}]);
    let body =
        json!({"multipart_upload_id": file["multipart_upload_id"], "multipart_parts": parts});
    let answer = whop.post(&path, As::Behalf("user_bob"), body).await;
    assert_error(answer, StatusCode::NOT_FOUND, "not_found");
    let url = file["multipart_upload_urls"][0]["url"].as_str().unwrap();
    let other = url.replace("/parts/1?", "/parts/2?");
    let answer = whop
        .http
        .request(Method::PUT, other)
        .body("x")
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    // With or without the quotes of the header.
    let (status, done) = complete(&whop, &file, &[first.trim_matches('"'), &last]).await;
    assert_eq!(status, StatusCode::OK, "{done}");
}
