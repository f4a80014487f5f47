//! What a hostile member, or a page in the developer's browser, tries.

use crate::whop::{As, QUIET, Whop, answer, assert_error};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

#[tokio::test]
async fn a_change_of_nothing_touches_nothing() {
    let whop = Whop::start().await;
    let message = whop.say(QUIET, "user_ada", "leave me alone").await;
    let path = format!("/api/v1/messages/{}", message["id"].as_str().unwrap());
    let mut socket = whop.server_socket("user_ada").await;
    let reader = whop.token("user_bob", &["chat:read"]).await;
    let scopeless = whop.token("user_bob", &["dms:read"]).await;
    for who in [
        As::Behalf("user_bob"),
        As::Token(&reader),
        As::Token(&scopeless),
    ] {
        let refused = whop.patch(&path, who, json!({})).await;
        assert_error(refused, StatusCode::FORBIDDEN, "forbidden");
    }
    for who in [As::Behalf("user_ada"), As::Behalf("user_marcus")] {
        let (status, same) = whop.patch(&path, who, json!({})).await;
        assert_eq!((status, &same), (StatusCode::OK, &message));
    }
    let frames = socket.until_heartbeat().await;
    assert!(
        !frames.iter().any(|frame| frame.get("feedEntity").is_some()),
        "{frames:?}"
    );
}

#[tokio::test]
async fn an_id_that_is_no_text_is_refused_in_whops_shape() {
    let whop = Whop::start().await;
    for path in [
        "messages/%ff",
        "reactions/%ff",
        "chat_channels/%ff",
        "experiences/%ff",
        "users/%ff",
        "users/%ff/access/%ff",
    ] {
        let refused = whop.get(&format!("/api/v1/{path}"), As::App).await;
        assert_error(refused, StatusCode::BAD_REQUEST, "bad_request");
    }
}

#[tokio::test]
async fn a_user_who_is_no_text_is_nobody() {
    let whop = Whop::start().await;
    for user in [&b"user_\xe4da"[..], b"user_nobody"] {
        let request = whop
            .request(Method::GET, "/api/v1/users/me", As::App)
            .header("x-on-behalf-of", user);
        assert_error(
            answer(request).await,
            StatusCode::UNAUTHORIZED,
            "unauthorized",
        );
    }
}

#[tokio::test]
async fn made_up_methods_are_not_remembered() {
    let whop = Whop::start().await;
    for number in 0..50 {
        let method = Method::from_bytes(format!("MADEUP{number}").as_bytes()).unwrap();
        answer(whop.request(method, "/api/v1/messages", As::App)).await;
    }
    let (_, state) = whop.get("/_sandbox/state", As::Nobody).await;
    let requests: &serde_json::Map<String, Value> = state["requests"].as_object().unwrap();
    assert!(requests.len() < 5, "{requests:?}");
}

/// Sends bytes to the app's origin, and reads all that comes back.
async fn raw(whop: &Whop, bytes: &str) -> String {
    let host = whop.app.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(host).await.unwrap();
    stream.write_all(bytes.as_bytes()).await.unwrap();
    let mut heard = Vec::new();
    let reading = stream.read_to_end(&mut heard);
    tokio::time::timeout(crate::whop::PATIENCE, reading)
        .await
        .unwrap()
        .unwrap();
    String::from_utf8(heard).unwrap()
}

#[tokio::test]
async fn no_request_is_smuggled_past_the_app_origin() {
    let seen = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let record = seen.clone();
    let app = axum::Router::new().fallback(move |request: axum::extract::Request| {
        let record = record.clone();
        async move {
            let path = request.uri().path().to_owned();
            let body = axum::body::to_bytes(request.into_body(), 10_000).await;
            record.lock().unwrap().push((path, body.is_ok()));
        }
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let app_url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    let whop = Whop::start_with(|options| options.app_url = app_url).await;
    // Two lengths: whoever believes the wrong one takes the body's rest for a request.
    let smuggled = "GET /smuggled HTTP/1.1\r\nHost: app\r\n\r\n";
    raw(
        &whop,
        &format!(
            "POST /a HTTP/1.1\r\nHost: app\r\nConnection: close\r\nContent-Length: {}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            smuggled.len() + 5
        ),
    )
    .await;
    raw(
        &whop,
        &format!(
            "POST /b HTTP/1.1\r\nHost: app\r\nConnection: close\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n{:x}\r\n{smuggled}\r\n0\r\n\r\n",
            smuggled.len()
        ),
    )
    .await;
    raw(
        &whop,
        &format!(
            "GET /c HTTP/1.1\r\nHost: app\r\nConnection: close, content-length\r\nContent-Length: {}\r\n\r\n{smuggled}",
            smuggled.len()
        ),
    )
    .await;
    raw(
        &whop,
        "GET http://elsewhere/d HTTP/1.1\r\nHost: app\r\nConnection: close\r\n\r\n",
    )
    .await;
    raw(
        &whop,
        "OPTIONS * HTTP/1.1\r\nHost: app\r\nConnection: close\r\n\r\n",
    )
    .await;
    let seen = seen.lock().unwrap().clone();
    let expected = ["/a", "/b", "/c", "/d"].map(|path| (path.to_owned(), true));
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn one_message_does_not_fill_the_channel() {
    let whop = Whop::start_with(|options| options.messages = 1_000).await;
    let (_, page) = whop
        .get("/api/v1/messages?channel_id=exp_general&first=100", As::App)
        .await;
    let file = page["data"]
        .as_array()
        .unwrap()
        .iter()
        .find_map(|message| message["attachments"][0]["id"].as_str())
        .unwrap();
    let body = json!({"channel_id": QUIET, "content": "x", "attachments": vec![json!({"id": file}); 10_000]});
    let refused = whop
        .post("/api/v1/messages", As::Behalf("user_ada"), body)
        .await;
    assert_error(refused, StatusCode::BAD_REQUEST, "bad_request");
}
