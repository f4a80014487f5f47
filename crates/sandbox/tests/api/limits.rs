use crate::whop::{As, Whop, assert_error};
use reqwest::StatusCode;
use sandbox::RateLimit;
use std::time::Duration;

const ME: &str = "/api/v1/users/me";

#[tokio::test]
async fn a_key_has_so_many_requests_and_is_told_when_to_come_back() {
    let whop = Whop::start_with(|options| {
        options.rate_limit = Some(RateLimit {
            requests: 5,
            window: Duration::from_secs(600),
        });
    })
    .await;
    let token = whop.token("user_ada", &["chat:read"]).await;
    for _ in 0..4 {
        assert_eq!(whop.get(ME, As::App).await.0, StatusCode::OK);
    }
    let answer = whop
        .request(reqwest::Method::GET, ME, As::App)
        .send()
        .await
        .unwrap();
    let seconds: u64 = answer.headers()["retry-after"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!((590..=600).contains(&seconds), "{seconds}");
    assert_error(
        whop.get(ME, As::App).await,
        StatusCode::TOO_MANY_REQUESTS,
        "too_many_requests",
    );
    // Another key has requests of its own.
    assert_eq!(whop.get(ME, As::Token(&token)).await.0, StatusCode::OK);
}

#[tokio::test]
async fn a_full_window_empties_by_itself() {
    let whop = Whop::start_with(|options| {
        options.rate_limit = Some(RateLimit {
            requests: 2,
            window: Duration::from_millis(300),
        });
    })
    .await;
    let refused = async { while whop.get(ME, As::App).await.0 != StatusCode::TOO_MANY_REQUESTS {} };
    tokio::time::timeout(crate::whop::PATIENCE, refused)
        .await
        .unwrap();
    let accepted = async { while whop.get(ME, As::App).await.0 != StatusCode::OK {} };
    tokio::time::timeout(crate::whop::PATIENCE, accepted)
        .await
        .unwrap();
}
