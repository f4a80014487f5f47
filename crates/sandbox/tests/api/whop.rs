//! A sandbox for one test, and clients that speak to it.

use futures_util::{SinkExt as _, StreamExt as _};
use reqwest::{Method, RequestBuilder, StatusCode};
use sandbox::{Options, Running};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

/// No condition takes longer on a machine that works.
pub const PATIENCE: Duration = Duration::from_secs(10);
pub const API_KEY: &str = "sandbox_api_key";
pub const QUIET: &str = "chat_feed_quiet";

/// Who asks.
#[derive(Clone, Copy, Debug)]
pub enum As<'a> {
    Nobody,
    App,
    /// With the API key, on behalf of that user.
    Behalf(&'a str),
    /// With that access token.
    Token(&'a str),
}

pub struct Whop {
    pub running: Running,
    pub http: reqwest::Client,
    pub api: String,
    pub app: String,
}

impl Whop {
    pub async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    pub async fn start_with(choose: impl FnOnce(&mut Options)) -> Self {
        let mut options = Options {
            messages: 30,
            ..Options::default()
        };
        choose(&mut options);
        let running = sandbox::start(options).await.unwrap();
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .unwrap();
        Self {
            api: running.addresses().api.clone(),
            app: running.addresses().app.clone(),
            running,
            http,
        }
    }

    pub fn request(&self, method: Method, path: &str, who: As<'_>) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.api));
        match who {
            As::Nobody => request,
            As::App => request.bearer_auth(API_KEY),
            As::Behalf(user) => request.bearer_auth(API_KEY).header("x-on-behalf-of", user),
            As::Token(token) => request.bearer_auth(token),
        }
    }

    pub async fn get(&self, path: &str, who: As<'_>) -> (StatusCode, Value) {
        answer(self.request(Method::GET, path, who)).await
    }

    pub async fn post(&self, path: &str, who: As<'_>, body: Value) -> (StatusCode, Value) {
        answer(self.request(Method::POST, path, who).json(&body)).await
    }

    pub async fn patch(&self, path: &str, who: As<'_>, body: Value) -> (StatusCode, Value) {
        answer(self.request(Method::PATCH, path, who).json(&body)).await
    }

    pub async fn delete(&self, path: &str, who: As<'_>) -> (StatusCode, Value) {
        answer(self.request(Method::DELETE, path, who)).await
    }

    /// Posts a text that must be accepted.
    pub async fn say(&self, channel: &str, user: &str, text: &str) -> Value {
        let body = json!({"channel_id": channel, "content": text});
        let (status, message) = self.post("/api/v1/messages", As::Behalf(user), body).await;
        assert_eq!(status, StatusCode::OK, "{message}");
        message
    }

    /// Reacts, which must be accepted.
    pub async fn react(&self, message: &Value, user: &str, body: Value) -> Value {
        let mut body = body;
        body["resource_id"] = message["id"].clone();
        let (status, reaction) = self.post("/api/v1/reactions", As::Behalf(user), body).await;
        assert_eq!(status, StatusCode::OK, "{reaction}");
        reaction
    }

    /// Changes a channel's settings, which must be accepted.
    pub async fn settings(&self, channel: &str, body: Value) -> Value {
        let path = format!("/api/v1/chat_channels/{channel}");
        let (status, channel) = self.patch(&path, As::App, body).await;
        assert_eq!(status, StatusCode::OK, "{channel}");
        channel
    }

    /// An access token for that user with those scopes.
    pub async fn token(&self, user: &str, scopes: &[&str]) -> String {
        let body = json!({"company_id": "biz_sandbox", "user_id": user, "scoped_actions": scopes});
        let (status, token) = self.post("/api/v1/access_tokens", As::App, body).await;
        assert_eq!(status, StatusCode::OK, "{token}");
        token["token"].as_str().unwrap().to_owned()
    }

    pub async fn control(&self, path: &str, body: Value) {
        let (status, answer) = self
            .post(&format!("/_sandbox/{path}"), As::Nobody, body)
            .await;
        assert_eq!(status, StatusCode::OK, "{answer}");
    }

    /// A server's websocket, with the feeds of that user.
    pub async fn server_socket(&self, user: &str) -> Socket {
        let mut request = format!(
            "{}/v1/websockets/connect",
            self.api.replacen("http", "ws", 1)
        )
        .into_client_request()
        .unwrap();
        let headers = request.headers_mut();
        headers.insert(
            "authorization",
            format!("Bearer {API_KEY}").parse().unwrap(),
        );
        headers.insert("x-on-behalf-of", user.parse().unwrap());
        Socket::open(request).await.unwrap()
    }

    /// The address that the host page gives its iframe for that user.
    pub async fn enter_address(&self, user: &str) -> String {
        let page = self
            .http
            .get(format!("{}/?user={user}&experience=exp_quiet", self.api))
            .send()
            .await
            .unwrap()
            .text()
            .await
            .unwrap();
        let (_, rest) = page.split_once("src=\"").unwrap();
        let (address, _) = rest.split_once('"').unwrap();
        address.replace("&amp;", "&")
    }

    /// The app origin's cookie of that user, got as a browser gets it.
    pub async fn cookie(&self, user: &str) -> String {
        let address = self.enter_address(user).await;
        let answer = self.http.get(address).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        let cookie = answer.headers()["set-cookie"].to_str().unwrap();
        cookie.split(';').next().unwrap().to_owned()
    }

    /// A browser's websocket on the app's origin.
    pub async fn browser_socket(&self, user: &str, query: &str) -> Socket {
        let cookie = self.cookie(user).await;
        let request = self.browser_request(query, Some(&cookie), Some(&self.app));
        Socket::open(request).await.unwrap()
    }

    pub fn browser_request(
        &self,
        query: &str,
        cookie: Option<&str>,
        origin: Option<&str>,
    ) -> tungstenite::handshake::client::Request {
        let mut request = format!(
            "{}/_whop/ws/v1/websockets/connect?{query}",
            self.app.replacen("http", "ws", 1)
        )
        .into_client_request()
        .unwrap();
        for (name, value) in [("cookie", cookie), ("origin", origin)] {
            if let Some(value) = value {
                request.headers_mut().insert(name, value.parse().unwrap());
            }
        }
        request
    }
}

/// Status and JSON of an answer.
pub async fn answer(request: RequestBuilder) -> (StatusCode, Value) {
    let answer = request.send().await.unwrap();
    let status = answer.status();
    let text = answer.text().await.unwrap();
    let json = serde_json::from_str(&text)
        .unwrap_or_else(|error| panic!("{status} {text:?} is no JSON: {error}"));
    (status, json)
}

/// Asserts an error in Whop's shape.
#[track_caller]
pub fn assert_error((status, body): (StatusCode, Value), expected: StatusCode, kind: &str) {
    assert_eq!(status, expected, "{body}");
    assert_eq!(body["error"]["type"], kind, "{body}");
    let message = body["error"]["message"].as_str().unwrap();
    assert!(message.len() > 10, "{message:?} says too little");
}

pub struct Socket(pub WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    pub async fn open(
        request: tungstenite::handshake::client::Request,
    ) -> Result<Self, StatusCode> {
        match tokio_tungstenite::connect_async(request).await {
            Ok((stream, _)) => Ok(Self(stream)),
            Err(tungstenite::Error::Http(answer)) => Err(answer.status()),
            Err(error) => panic!("{error}"),
        }
    }

    pub async fn send(&mut self, frame: Value) {
        self.0
            .send(Message::Text(frame.to_string().into()))
            .await
            .unwrap();
    }

    /// The next frame; `None` when the connection ended. Who comes and goes is left out: that is the same noise in
    /// every test, and has tests of its own.
    pub async fn next(&mut self) -> Option<Value> {
        loop {
            let frame = self.next_of_all().await?;
            if frame.get("userPresence").is_none() {
                return Some(frame);
            }
        }
    }

    /// The next frame of any kind; `None` when the connection ended.
    pub async fn next_of_all(&mut self) -> Option<Value> {
        loop {
            let frame = tokio::time::timeout(PATIENCE, self.0.next())
                .await
                .expect("a frame in time");
            match frame {
                Some(Ok(Message::Text(text))) => return Some(serde_json::from_str(&text).unwrap()),
                Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
                Some(Ok(_)) => {}
            }
        }
    }

    /// The next frame for which the function finds something.
    pub async fn find<T>(&mut self, mut find: impl FnMut(&Value) -> Option<T>) -> T {
        loop {
            let frame = self.next().await.expect("an open connection");
            if let Some(found) = find(&frame) {
                return found;
            }
        }
    }

    /// The next entity of that name in a feed.
    pub async fn entity(&mut self, name: &str) -> Value {
        self.find(|frame| frame["feedEntity"].get(name).cloned())
            .await
    }

    /// Waits until the server says that the connection is in that channel, or is not.
    pub async fn subscription(&mut self, id: &str) -> Value {
        self.find(|frame| {
            let state = frame.get("channelSubscriptionState")?;
            (state["channel"]["id"] == id).then(|| state.clone())
        })
        .await
    }

    /// All frames before the answer to a heartbeat that is sent now.
    pub async fn until_heartbeat(&mut self) -> Vec<Value> {
        self.send(json!({"heartbeat": {"channels": [], "platform": "WEB"}}))
            .await;
        let mut frames = Vec::new();
        loop {
            let frame = self.next().await.expect("an open connection");
            if frame.get("heartbeatResponse").is_some() {
                return frames;
            }
            frames.push(frame);
        }
    }
}
