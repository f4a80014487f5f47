use crate::whop::{As, QUIET, Whop, answer, assert_error};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use reqwest::{Method, StatusCode};
use serde_json::json;

#[tokio::test]
async fn garbage_is_a_bad_request() {
    let whop = Whop::start().await;
    for body in [
        "{",
        "nonsense",
        "[]",
        "null",
        "\u{0}",
        r#"{"channel_id": 5, "content": "x"}"#,
        r#"{"channel_id": "exp_quiet"}"#,
        r#"{"channel_id": "exp_quiet", "content": "x", "poll": []}"#,
        r#"{"channel_id": "exp_quiet", "content": "x", "attachments": [{}]}"#,
        "",
    ] {
        let request = whop
            .request(Method::POST, "/api/v1/messages", As::App)
            .body(body);
        assert_error(
            answer(request).await,
            StatusCode::BAD_REQUEST,
            "bad_request",
        );
    }
}

#[tokio::test]
async fn bodies_over_a_megabyte_are_too_large() {
    let whop = Whop::start().await;
    let long = json!({"channel_id": QUIET, "content": "x".repeat(1_100_000)});
    for path in [
        "/api/v1/messages",
        "/v1/websockets/send",
        "/api/v1/reactions",
    ] {
        let answer = whop.post(path, As::App, long.clone()).await;
        assert_error(answer, StatusCode::PAYLOAD_TOO_LARGE, "payload_too_large");
    }
    let (_, page) = whop
        .get("/api/v1/messages?channel_id=exp_quiet", As::App)
        .await;
    assert_eq!(page["data"], json!([]));
}

#[tokio::test]
async fn unknown_routes_and_methods_answer_in_whops_shape() {
    let whop = Whop::start().await;
    let answer_404 = whop.get("/api/v1/nothing", As::App).await;
    assert_error(answer_404, StatusCode::NOT_FOUND, "not_found");
    let answer_405 = whop.delete("/api/v1/messages", As::App).await;
    assert_error(
        answer_405,
        StatusCode::METHOD_NOT_ALLOWED,
        "method_not_allowed",
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn any_body_gets_an_answer_and_leaves_a_working_sandbox() {
    let whop = Whop::start_with(|options| options.messages = 1).await;
    let handle = tokio::runtime::Handle::current();
    tokio::task::block_in_place(|| {
        let cases = (
            prop::sample::select(vec![
                (Method::POST, "/api/v1/messages"),
                (Method::POST, "/api/v1/reactions"),
                (Method::POST, "/api/v1/access_tokens"),
                (Method::PATCH, "/api/v1/chat_channels/exp_quiet"),
                (Method::POST, "/v1/websockets/send"),
                (Method::POST, "/_sandbox/fail"),
            ]),
            prop_oneof![
                prop::collection::vec(any::<u8>(), 0..200),
                "\\{\"(channel_id|content|poll|emoji|target|status)\":\\PC{0,20}\\}"
                    .prop_map(String::into_bytes),
            ],
        );
        TestRunner::new(Config::with_cases(150))
            .run(&cases, |((method, path), body)| {
                let (status, _) =
                    handle.block_on(answer(whop.request(method, path, As::App).body(body)));
                prop_assert!(!status.is_server_error(), "{status}");
                Ok(())
            })
            .unwrap();
    });
    whop.say("exp_lounge", "user_olivia", "still here").await;
}
