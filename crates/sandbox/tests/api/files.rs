use crate::messages::seeded_file;
use crate::whop::{As, Whop, assert_error};
use reqwest::StatusCode;

#[tokio::test]
async fn an_image_has_its_size_and_the_right_headers() {
    let whop = Whop::start_with(|options| options.messages = 300).await;
    let file = seeded_file(&whop, "image/").await;
    let url = file["url"].as_str().unwrap();
    assert!(url.starts_with(&whop.api), "{url}");
    let answer = whop.http.get(url).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()["content-type"], "image/png");
    assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
    assert_eq!(answer.headers()["access-control-allow-origin"], "*");
    let bytes = answer.bytes().await.unwrap();
    let reader = png::Decoder::new(std::io::Cursor::new(&bytes))
        .read_info()
        .unwrap();
    assert_eq!(
        u64::from(reader.info().width),
        file["width"].as_u64().unwrap()
    );
    assert_eq!(
        u64::from(reader.info().height),
        file["height"].as_u64().unwrap()
    );
    let again = whop
        .http
        .get(url)
        .send()
        .await
        .unwrap()
        .bytes()
        .await
        .unwrap();
    assert_eq!(bytes, again);
}

#[tokio::test]
async fn documents_are_what_they_say() {
    let whop = Whop::start_with(|options| options.messages = 8_000).await;
    let mut after = String::new();
    let mut kinds = std::collections::BTreeMap::new();
    loop {
        let path = format!("/api/v1/messages?channel_id=exp_general&first=100&after={after}");
        let (_, page) = whop.get(&path, As::App).await;
        for message in page["data"].as_array().unwrap() {
            for file in message["attachments"].as_array().unwrap() {
                let kind = file["content_type"].as_str().unwrap().to_owned();
                kinds
                    .entry(kind)
                    .or_insert(file["url"].as_str().unwrap().to_owned());
            }
        }
        if page["page_info"]["has_next_page"] == false {
            break;
        }
        after = page["page_info"]["end_cursor"].as_str().unwrap().to_owned();
    }
    for (kind, beginning) in [
        ("application/pdf", &b"%PDF-1.4"[..]),
        ("application/zip", b"PK\x05\x06"),
        ("audio/mpeg", b"RIFF"),
        ("text/csv", b"frame,"),
        ("application/json", b"{\""),
    ] {
        let answer = whop.http.get(&kinds[kind]).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{kind}");
        assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
        assert!(
            answer.bytes().await.unwrap().starts_with(beginning),
            "{kind}"
        );
    }
}

#[tokio::test]
async fn an_unknown_file_is_not_found() {
    let whop = Whop::start().await;
    let answer = whop.get("/files/file_nowhere/content", As::Nobody).await;
    assert_error(answer, StatusCode::NOT_FOUND, "not_found");
}
