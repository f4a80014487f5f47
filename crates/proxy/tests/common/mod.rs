//! A real sandbox and a real proxy in one process, and what a visitor's browser does with them.

#![allow(
    dead_code,
    missing_docs,
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "each test file uses a part of it"
)]

pub mod program;

use futures_util::{SinkExt, StreamExt};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use proxy::configuration::{Configuration, OriginPattern, Settings};
use proxy::{Proxy, serve};
use reqwest::{Client, Response, StatusCode};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use wire::session::Session;

pub const ASSERTION_SECRET: &str = "a1f0c2e4b6d8907162534f5e6d7c8b9a";
pub const SESSION_SECRET: &str = "0f1e2d3c4b5a69788796a5b4c3d2e1f0";
pub const SITE: &str = "https://creator.example";
pub const API_KEY: &str = "sandbox_api_key";
/// How often strangers of one address may have Whop asked in a minute.
pub const STRANGERS_PER_MINUTE: usize = 300;
/// Longer than anything here takes; a test that waits for it has failed.
pub const PATIENCE: Duration = Duration::from_secs(20);

pub struct Stack {
    pub sandbox: sandbox::Running,
    pub proxy: Arc<Proxy>,
    /// The proxy's origin.
    pub url: String,
    /// Its host and port.
    pub host: String,
    pub client: Client,
    pub assets: PathBuf,
    stop: Option<oneshot::Sender<()>>,
    served: Option<tokio::task::JoinHandle<()>>,
}

pub fn now() -> i64 {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(elapsed.as_secs()).unwrap()
}

/// What a limit of so many per minute lets through: a third of them at once, and what flowed in since.
pub fn assert_let_through(count: usize, per_minute: usize, since: Instant) {
    let at_once = per_minute / 3;
    let flowed_in = since.elapsed().as_millis() * per_minute as u128 / 60_000;
    // Setting up takes one of them, or a few of many.
    let expected = at_once * 9 / 10..=at_once + usize::try_from(flowed_in).unwrap() + 1;
    assert!(expected.contains(&count), "{count}, not {expected:?}");
}

impl Stack {
    pub async fn start() -> Self {
        Self::start_with(|_| {}, |_| {}).await
    }

    pub async fn start_with(
        change_sandbox: impl FnOnce(&mut sandbox::Options),
        change_proxy: impl FnOnce(&mut Configuration),
    ) -> Self {
        Self::start_prepared(change_sandbox, async |_, _, configuration| {
            change_proxy(configuration);
        })
        .await
    }

    /// The same; what the proxy is told may depend on the running sandbox (its API's origin) and on the proxy's own origin.
    pub async fn start_prepared(
        change_sandbox: impl FnOnce(&mut sandbox::Options),
        prepare: impl AsyncFnOnce(&str, &str, &mut Configuration),
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let host = listener.local_addr().unwrap().to_string();
        let url = format!("http://{host}");
        let mut options = sandbox::Options {
            app_url: url.clone(),
            messages: 120,
            ..sandbox::Options::default()
        };
        change_sandbox(&mut options);
        let sandbox = sandbox::start(options).await.unwrap();
        let assets = fresh_directory();
        let mut configuration = configuration(
            &sandbox.addresses().api,
            &sandbox.addresses().app,
            assets.to_str().unwrap(),
        );
        prepare(&sandbox.addresses().api, &url, &mut configuration).await;
        if configuration.oauth_url.is_some() {
            // Whop sends visitors back there.
            configuration.public_url = OriginPattern::parse(&url);
        }
        let proxy = Arc::new(Proxy::new(configuration).unwrap());
        let (stop, stopped) = oneshot::channel();
        let served = tokio::spawn({
            let proxy = proxy.clone();
            async move {
                serve(proxy, listener, async {
                    let _ = stopped.await;
                })
                .await;
            }
        });
        let client = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        Self {
            sandbox,
            proxy,
            url,
            host,
            client,
            assets,
            stop: Some(stop),
            served: Some(served),
        }
    }

    pub async fn stop_proxy(&mut self) {
        drop(self.stop.take());
        timeout(PATIENCE, self.served.take().unwrap())
            .await
            .unwrap()
            .unwrap();
    }

    /// `POST /session` from the creator's site.
    pub async fn post_session(&self, body: &Value) -> Response {
        self.client
            .post(format!("{}/session", self.url))
            .header("origin", SITE)
            .json(body)
            .send()
            .await
            .unwrap()
    }

    pub async fn session_of(&self, user: &str, channel: &str) -> Session {
        let body =
            json!({"channel_id": channel, "assertion": assertion(user), "with_messages": true});
        let answer = self.post_session(&body).await;
        assert_eq!(answer.status(), StatusCode::OK, "{:?}", answer.text().await);
        answer.json().await.unwrap()
    }

    /// The cookie of somebody who opened the app inside whop.com.
    pub async fn visitor_cookie(&self, user: &str) -> String {
        let addresses = self.sandbox.addresses();
        let page = self
            .client
            .get(format!(
                "{}/?user={user}&experience=exp_general",
                addresses.api
            ))
            .send()
            .await
            .unwrap()
            .text()
            .await
            .unwrap();
        let code = page.split("/_whop/enter?token=").nth(1).unwrap();
        let code: String = code.chars().take_while(char::is_ascii_hexdigit).collect();
        let entered = self
            .client
            .get(format!(
                "{}/_whop/enter?token={code}&next=/experiences/exp_general",
                addresses.app
            ))
            .send()
            .await
            .unwrap();
        assert_eq!(entered.status(), StatusCode::SEE_OTHER);
        let cookie = entered.headers()["set-cookie"].to_str().unwrap();
        cookie.split(';').next().unwrap().to_owned()
    }

    /// A control route of the sandbox.
    pub async fn control(&self, path: &str, body: &Value) {
        let answer = self
            .client
            .post(format!("{}/_sandbox/{path}", self.sandbox.addresses().api))
            .json(body)
            .send()
            .await
            .unwrap();
        assert!(answer.status().is_success(), "{}", answer.status());
    }

    /// How often that route of Whop's was asked.
    pub async fn upstream_requests(&self, route: &str) -> u64 {
        let state: Value = self
            .client
            .get(format!("{}/_sandbox/state", self.sandbox.addresses().api))
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap();
        state["requests"][route].as_u64().unwrap_or_default()
    }

    pub async fn api(
        &self,
        method: reqwest::Method,
        path: &str,
        token: &str,
        body: Option<Value>,
    ) -> Response {
        let mut request = self
            .client
            .request(method, format!("{}/api/v1{path}", self.url))
            .header("origin", SITE)
            .bearer_auth(token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        request.send().await.unwrap()
    }

    /// Posts a message through the proxy; answers its id.
    pub async fn post(&self, session: &Session, content: &str) -> String {
        let body = json!({"channel_id": session.channel.id, "content": content});
        let answer = self
            .api(
                reqwest::Method::POST,
                "/messages",
                &session.token.token,
                Some(body),
            )
            .await;
        assert!(answer.status().is_success(), "{:?}", answer.text().await);
        let message: Value = answer.json().await.unwrap();
        message["id"].as_str().unwrap().to_owned()
    }

    /// Opens the session's websocket as a page of that origin does.
    pub async fn try_socket(
        &self,
        path: &str,
        protocols: &[String],
        origin: Option<&str>,
    ) -> Result<Socket, Error> {
        let mut request = format!("ws://{}{path}", self.host).into_client_request()?;
        let headers = request.headers_mut();
        if let Some(origin) = origin {
            headers.insert("origin", HeaderValue::from_str(origin)?);
        }
        if !protocols.is_empty() {
            let protocols = HeaderValue::from_str(&protocols.join(", "))?;
            headers.insert("sec-websocket-protocol", protocols);
        }
        let (stream, answer) = connect_async(request).await?;
        assert_eq!(answer.headers()["sec-websocket-protocol"], "whop-chat.v1");
        Ok(Socket(stream))
    }

    pub async fn socket(&self, session: &Session) -> Socket {
        self.try_socket(&session.socket.path, &session.socket.protocols, Some(SITE))
            .await
            .unwrap()
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.assets);
    }
}

pub fn configuration(api: &str, app: &str, assets: &str) -> Configuration {
    let settings = Settings::collect(
        |name| {
            let value = match name {
                "WHOP_API_KEY" => API_KEY.to_owned(),
                "WHOP_APP_ID" => "app_sandbox".to_owned(),
                "WHOP_COMPANY_ID" => "biz_sandbox".to_owned(),
                "WHOP_AGENT_USER_ID" => "user_agent".to_owned(),
                "WHOP_API_URL" => format!("{api}/api/v1"),
                "WHOP_WEBSOCKET_URL" | "WHOP_CHAT_FRAME_ANCESTORS" => api.to_owned(),
                "WHOP_CHAT_APP_ORIGINS" => app.to_owned(),
                "WHOP_CHAT_ALLOWED_ORIGINS" => SITE.to_owned(),
                "WHOP_CHAT_ASSERTION_SECRET" => ASSERTION_SECRET.to_owned(),
                "WHOP_CHAT_SESSION_SECRET" => SESSION_SECRET.to_owned(),
                "WHOP_CHAT_ASSETS" => assets.to_owned(),
                "WHOP_CHAT_ADDRESS" => "127.0.0.1:0".to_owned(),
                // Tests ask more often than people do; those of the limits set them.
                "WHOP_CHAT_REQUESTS_PER_USER"
                | "WHOP_CHAT_REQUESTS_PER_ADDRESS"
                | "WHOP_CHAT_DRAIN_SECONDS" => "0".to_owned(),
                // The sandbox has none either, unless a test says so.
                "WHOP_CHAT_RATE_LIMIT" => "100000/1s".to_owned(),
                _ => return None,
            };
            Some(value)
        },
        None,
    );
    assert!(settings.1.is_empty());
    Configuration::from_settings(&settings.0).unwrap()
}

/// An empty directory that no other test uses.
pub fn fresh_directory() -> PathBuf {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let directory = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!(
        "proxy-{}-{}",
        std::process::id(),
        COUNT.fetch_add(1, Ordering::Relaxed)
    ));
    std::fs::create_dir_all(&directory).unwrap();
    directory
}

pub fn sign(claims: &Value, secret: &[u8]) -> String {
    let header = Header::new(Algorithm::HS256);
    jsonwebtoken::encode(&header, claims, &EncodingKey::from_secret(secret)).unwrap()
}

/// What the creator's backend says of its visitor, another time each time.
pub fn claims(user: &str) -> Value {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let id = COUNT.fetch_add(1, Ordering::Relaxed).to_string();
    json!({"sub": user, "aud": "whop-chat", "iat": now(), "exp": now() + 240, "jti": id})
}

/// The same, signed.
pub fn assertion(user: &str) -> String {
    sign(&claims(user), ASSERTION_SECRET.as_bytes())
}

/// The kind and the message of an error in Whop's shape.
pub async fn error_of(answer: Response) -> (StatusCode, String, String) {
    let status = answer.status();
    let body: Value = answer.json().await.unwrap();
    let text = |name: &str| body["error"][name].as_str().unwrap().to_owned();
    (status, text("type"), text("message"))
}

pub struct Socket(pub WebSocketStream<MaybeTlsStream<TcpStream>>);

/// How a socket ended.
#[derive(Debug, PartialEq, Eq)]
pub struct Closed(pub Option<u16>);

impl Socket {
    pub async fn say(&mut self, frame: &Value) {
        self.0.send(Message::text(frame.to_string())).await.unwrap();
    }

    /// The next text frame as it came, or how the socket ended.
    pub async fn next_text(&mut self) -> Result<String, Closed> {
        loop {
            match timeout(PATIENCE, self.0.next())
                .await
                .expect("no frame came")
            {
                Some(Ok(Message::Text(text))) => return Ok(text.as_str().to_owned()),
                Some(Ok(Message::Close(frame))) => {
                    return Err(Closed(frame.map(|frame| frame.code.into())));
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Err(Closed(None)),
            }
        }
    }

    /// The next frame. Who comes and goes is left out: that is the same noise in every test, and has tests of its own.
    pub async fn next(&mut self) -> Result<Value, Closed> {
        loop {
            let frame: Value = serde_json::from_str(&self.next_text().await?).unwrap();
            if frame.get("userPresence").is_none() {
                return Ok(frame);
            }
        }
    }

    /// The next frame's text; who comes and goes is left out.
    pub async fn next_text_but_presence(&mut self) -> String {
        loop {
            let text = self.next_text().await.expect("the socket ended");
            if !text.contains("userPresence") {
                return text;
            }
        }
    }

    /// The content of the next message; other frames are passed over.
    pub async fn next_message(&mut self) -> String {
        loop {
            let frame = self.next().await.expect("the socket ended");
            let content = &frame["feedEntity"]["dmsPost"]["content"];
            if let Some(content) = content.as_str() {
                return content.to_owned();
            }
        }
    }

    /// All frames up to the answer of a heartbeat: what was sent to this socket before.
    pub async fn all_until_heartbeat(&mut self) -> Vec<Value> {
        self.say(&json!({"heartbeat": {}})).await;
        let mut frames = Vec::new();
        loop {
            let frame = self.next().await.expect("the socket ended");
            if frame.get("heartbeatResponse").is_some() {
                return frames;
            }
            frames.push(frame);
        }
    }

    /// The next presence frame: who, and whether they came.
    pub async fn presence(&mut self) -> (String, bool) {
        loop {
            let text = self.next_text().await.expect("the socket ended");
            let frame: Value = serde_json::from_str(&text).unwrap();
            let presence = &frame["userPresence"];
            if let Some(user) = presence["userId"].as_str() {
                return (user.to_owned(), presence.get("lastSeenAt").is_none());
            }
        }
    }
}
