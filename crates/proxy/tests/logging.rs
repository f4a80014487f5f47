//! What the program writes about its visitors: nothing that is theirs.

#![allow(clippy::unwrap_used, reason = "a test's helpers")]

mod common;

use common::{
    API_KEY, ASSERTION_SECRET, SESSION_SECRET, SITE, Socket, Stack, assertion, fresh_directory,
};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use wire::session::Session;

/// The program itself, and all that it writes.
struct Program {
    child: Child,
    url: String,
    log: JoinHandle<String>,
}

impl Program {
    fn start(api: &str) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_proxy"))
            .arg("--print-ready")
            .env_clear()
            .env("RUST_LOG", "debug")
            .env("WHOP_API_KEY", API_KEY)
            .env("WHOP_APP_ID", "app_sandbox")
            .env("WHOP_COMPANY_ID", "biz_sandbox")
            .env("WHOP_AGENT_USER_ID", "user_agent")
            .env("WHOP_API_URL", format!("{api}/api/v1"))
            .env("WHOP_WEBSOCKET_URL", api)
            .env("WHOP_CHAT_ALLOWED_ORIGINS", SITE)
            .env("WHOP_CHAT_ASSERTION_SECRET", ASSERTION_SECRET)
            .env("WHOP_CHAT_SESSION_SECRET", SESSION_SECRET)
            .env("WHOP_CHAT_ASSETS", fresh_directory())
            .env("WHOP_CHAT_ADDRESS", "127.0.0.1:0")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut ready = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut ready)
            .unwrap();
        let ready: Value = serde_json::from_str(&ready).unwrap();
        let mut errors = child.stderr.take().unwrap();
        Self {
            child,
            url: ready["ready"].as_str().unwrap().to_owned(),
            log: std::thread::spawn(move || {
                let mut log = String::new();
                errors.read_to_string(&mut log).unwrap();
                log
            }),
        }
    }

    fn stop(mut self) -> String {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.log.join().unwrap()
    }

    async fn socket(&self, session: &Session) -> Socket {
        let url = format!("{}{}", self.url.replace("http", "ws"), session.socket.path);
        let mut request = url.into_client_request().unwrap();
        let headers = request.headers_mut();
        let protocols = session.socket.protocols.join(", ");
        headers.insert("sec-websocket-protocol", protocols.parse().unwrap());
        headers.insert("origin", SITE.parse().unwrap());
        Socket(tokio_tungstenite::connect_async(request).await.unwrap().0)
    }
}

#[tokio::test]
async fn logs_have_routes_and_request_ids_and_nothing_of_the_visitors() {
    // Only the sandbox of this stack is used; the proxy is the program itself.
    let stack = Stack::start().await;
    let program = Program::start(&stack.sandbox.addresses().api);
    let url = &program.url;
    let proof = assertion("user_ada");
    let answer = stack
        .client
        .post(format!("{url}/session"))
        .json(&json!({"channel_id": "exp_quiet", "assertion": proof, "with_messages": true}))
        .send()
        .await
        .unwrap();
    let request_id = answer.headers()["x-request-id"]
        .to_str()
        .unwrap()
        .to_owned();
    let session: Session = answer.json().await.unwrap();
    let mut socket = program.socket(&session).await;
    for (path, content) in [
        ("/messages", "a very private remark"),
        ("/nothing", "another one"),
    ] {
        stack
            .client
            .post(format!("{url}/api/v1{path}?query=hidden"))
            .bearer_auth(&session.token.token)
            .json(&json!({"channel_id": "exp_quiet", "content": content}))
            .send()
            .await
            .unwrap();
    }
    assert_eq!(socket.next_message().await, "a very private remark");
    stack
        .client
        .get(format!("{url}/api/v1/users/user_ada?query=hidden"))
        .bearer_auth("a.forged.token")
        .send()
        .await
        .unwrap();
    let log = program.stop();

    let answered: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .filter(|line| line["fields"]["message"] == "answered")
        .collect();
    assert_eq!(answered.len(), 5, "one line for each request: {log}");
    assert_eq!(answered[0]["span"]["id"], request_id);
    assert_eq!(answered[0]["span"]["route"], "/session");
    assert_eq!(answered[0]["fields"]["status"], 200);
    let ticket = &session.socket.protocols[1];
    for private in [
        "private remark",
        "hidden",
        "user_ada",
        "Ada",
        API_KEY,
        ASSERTION_SECRET,
        SESSION_SECRET,
        proof.as_str(),
        session.token.token.as_str(),
        session.renewal.as_str(),
        ticket.as_str(),
        "a.forged.token",
    ] {
        assert!(!log.contains(private), "{private} is in the log: {log}");
    }
}
