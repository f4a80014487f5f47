//! What the program writes about its visitors: nothing that is theirs.

#![allow(clippy::unwrap_used, reason = "a test's helpers")]

mod common;

use common::program::Program;
use common::{API_KEY, ASSERTION_SECRET, SESSION_SECRET, Stack, assertion};
use serde_json::{Value, json};
use wire::session::Session;

#[tokio::test]
async fn logs_have_routes_and_request_ids_and_nothing_of_the_visitors() {
    // Only the sandbox of this stack is used; the proxy is the program itself.
    let stack = Stack::start().await;
    let program = Program::start(&stack.sandbox.addresses().api, &[]);
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
