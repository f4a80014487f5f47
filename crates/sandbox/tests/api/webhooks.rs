//! Webhooks: registered, told of messages and reactions, signed, tried again, and looked at afterwards.

use crate::whop::{As, PATIENCE, QUIET, Whop, assert_error};
use axum::Router;
use axum::http::{HeaderMap, StatusCode as Status};
use axum::routing::post;
use base64::Engine as _;
use hmac::Mac as _;
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// An address that hears events, and answers what it is told to.
pub struct Receiver {
    pub url: String,
    heard: Arc<Mutex<Vec<(HeaderMap, String)>>>,
    answers: Arc<Mutex<VecDeque<u16>>>,
    server: tokio::task::JoinHandle<()>,
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Receiver {
    /// Answers those first, and 200 then.
    pub async fn start(answers: &[u16]) -> Self {
        let heard: Arc<Mutex<Vec<(HeaderMap, String)>>> = Arc::default();
        let answers = Arc::new(Mutex::new(answers.iter().copied().collect::<VecDeque<_>>()));
        let (inbox, script) = (heard.clone(), answers.clone());
        let router = Router::new().route(
            "/hook",
            post(move |headers: HeaderMap, body: String| async move {
                inbox.lock().unwrap().push((headers, body));
                let status = script.lock().unwrap().pop_front().unwrap_or(200);
                (Status::from_u16(status).unwrap(), "{\"heard\": true}")
            }),
        );
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self {
            url,
            heard,
            answers,
            server,
        }
    }

    /// Waits until so many events came, and has all of them.
    pub async fn wait(&self, count: usize) -> Vec<(HeaderMap, String)> {
        until(|| self.heard.lock().unwrap().len() >= count).await;
        self.heard.lock().unwrap().clone()
    }
}

async fn until(mut condition: impl FnMut() -> bool) {
    let waiting = async {
        while !condition() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.unwrap();
}

pub async fn quick() -> Whop {
    Whop::start_with(|options| options.webhook_retry = Duration::from_millis(5)).await
}

pub async fn register(whop: &Whop, body: Value) -> Value {
    let (status, webhook) = whop.post("/api/v1/webhooks", As::App, body).await;
    assert_eq!(status, StatusCode::OK, "{webhook}");
    webhook
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers[name].to_str().unwrap()
}

/// The deliveries, when the control route knows so many.
pub async fn deliveries(whop: &Whop, count: usize) -> Vec<Value> {
    let waiting = async {
        loop {
            let (_, log) = whop.get("/_sandbox/webhooks", As::Nobody).await;
            let log = log["data"].as_array().unwrap().clone();
            if log.len() >= count {
                return log;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.unwrap()
}

#[tokio::test]
async fn a_message_and_a_reaction_are_told_and_signed() {
    let whop = quick().await;
    let receiver = Receiver::start(&[]).await;
    let webhook = register(&whop, json!({"url": receiver.url})).await;
    let secret = webhook["webhook_secret"].as_str().unwrap();
    let message = whop.say(QUIET, "user_ada", "hello hooks").await;
    let reaction = whop
        .react(&message, "user_bob", json!({"emoji": "👍"}))
        .await;
    let heard = receiver.wait(2).await;
    let mut events: Vec<Value> = Vec::new();
    for (headers, body) in &heard {
        let (id, time) = (
            header(headers, "webhook-id"),
            header(headers, "webhook-timestamp"),
        );
        let mut mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        mac.update(format!("{id}.{time}.{body}").as_bytes());
        let signature =
            base64::engine::general_purpose::STANDARD.encode(mac.finalize().into_bytes());
        assert_eq!(
            header(headers, "webhook-signature"),
            format!("v1,{signature}")
        );
        let event: Value = serde_json::from_str(body).unwrap();
        assert_eq!(event["id"], id);
        assert_eq!(event["api_version"], "v1");
        assert_eq!(event["company_id"], "biz_sandbox");
        events.push(event);
    }
    events.sort_by_key(|event| event["type"].to_string());
    assert_eq!(events[0]["type"], "chat.message.created");
    assert_eq!(events[0]["data"]["message"], message);
    let channel = json!({"id": QUIET, "type": "chat", "experience_id": "exp_quiet"});
    assert_eq!(events[0]["data"]["channel"], channel);
    assert_eq!(
        events[0]["data"]["audience"],
        json!({"type": "channel", "user_ids": null})
    );
    assert_eq!(events[1]["type"], "chat.reaction.created");
    assert_eq!(events[1]["data"]["reaction"], reaction);
    assert_eq!(
        events[1]["data"]["message"]["reaction_counts"],
        json!([{"emoji": "👍", "count": 1}])
    );
}

#[tokio::test]
async fn the_old_form_is_there_for_who_asks() {
    let whop = quick().await;
    let receiver = Receiver::start(&[]).await;
    let webhook = register(&whop, json!({"url": receiver.url, "api_version": "v5"})).await;
    whop.say(QUIET, "user_ada", "old").await;
    let (headers, body) = receiver.wait(1).await.remove(0);
    let signed = header(&headers, "x-whop-signature");
    let (time, signature) = signed
        .strip_prefix("t=")
        .unwrap()
        .split_once(",v1=")
        .unwrap();
    let secret = webhook["webhook_secret"].as_str().unwrap();
    let mut mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("{time}.{body}").as_bytes());
    assert_eq!(signature, hex::encode(mac.finalize().into_bytes()));
    let event: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(event["api_version"], "v5");
    assert_eq!(event["action"], "chat.message.created");
    assert_eq!(event["data"]["message"]["content"], "old");
}

#[tokio::test]
async fn a_failed_delivery_is_tried_again_under_the_same_id() {
    let whop = quick().await;
    let receiver = Receiver::start(&[500, 302, 429]).await;
    let webhook = register(&whop, json!({"url": receiver.url})).await;
    whop.say(QUIET, "user_ada", "again").await;
    let heard = receiver.wait(4).await;
    let ids: Vec<&str> = heard
        .iter()
        .map(|(headers, _)| header(headers, "webhook-id"))
        .collect();
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    let log = deliveries(&whop, 4).await;
    let codes: Vec<&Value> = log
        .iter()
        .map(|delivery| &delivery["response_code"])
        .collect();
    assert_eq!(codes, [500, 302, 429, 200]);
    let successes: Vec<bool> = log
        .iter()
        .map(|delivery| delivery["success"] == true)
        .collect();
    assert_eq!(successes, [false, false, false, true]);
    assert_eq!(log[3]["response_body"], json!({"heard": true}));
    let path = format!("/api/v1/webhooks/{}", webhook["id"].as_str().unwrap());
    assert_eq!(whop.get(&path, As::App).await.1["consecutive_failures"], 0);
}

#[tokio::test]
async fn after_six_attempts_it_is_given_up_and_can_be_repeated() {
    let whop = quick().await;
    let receiver = Receiver::start(&[500; 6]).await;
    let webhook = register(&whop, json!({"url": receiver.url})).await;
    whop.say(QUIET, "user_ada", "given up").await;
    let log = deliveries(&whop, 6).await;
    let path = format!("/api/v1/webhooks/{}", webhook["id"].as_str().unwrap());
    assert_eq!(whop.get(&path, As::App).await.1["consecutive_failures"], 1);
    assert_eq!(receiver.heard.lock().unwrap().len(), 6);
    assert!(receiver.answers.lock().unwrap().is_empty());
    let replay = format!(
        "{path}/deliveries/{}/replay",
        log[5]["id"].as_str().unwrap()
    );
    let (_, answer) = whop.post(&replay, As::App, json!({})).await;
    assert_eq!(
        answer,
        json!({"success": true, "status": 200, "body": "{\"heard\":true}"})
    );
    let (_, answer) = whop
        .post(&replay, As::App, json!({"regenerate_id": true}))
        .await;
    assert_eq!(answer["success"], true);
    let heard = receiver.wait(8).await;
    let id = |at: usize| header(&heard[at].0, "webhook-id").to_owned();
    assert_eq!(id(6), id(0));
    assert_eq!(heard[6].1, heard[0].1);
    assert_ne!(id(7), id(0));
    assert!(heard[7].1.contains(&id(7)));
    let (_, page) = whop
        .get(&format!("{path}/deliveries?first=2"), As::App)
        .await;
    assert_eq!(page["data"][0]["replayed_from"], log[5]["id"]);
    assert_eq!(page["page_info"]["has_next_page"], true);
}

#[tokio::test]
async fn only_what_was_asked_for_is_sent_and_only_while_it_is_wanted() {
    let whop = quick().await;
    let receiver = Receiver::start(&[]).await;
    let reactions =
        json!({"url": receiver.url, "events": ["chat.reaction.created", "payment.succeeded"]});
    let webhook = register(&whop, reactions).await;
    assert_eq!(webhook["testable_events"], json!(["chat.reaction.created"]));
    let path = format!("/api/v1/webhooks/{}", webhook["id"].as_str().unwrap());
    let message = whop.say(QUIET, "user_ada", "unheard").await;
    whop.react(&message, "user_bob", json!({"emoji": "👍"}))
        .await;
    // The same reaction again is no event.
    whop.react(&message, "user_bob", json!({"emoji": "👍"}))
        .await;
    assert!(
        receiver.wait(1).await[0]
            .1
            .contains("chat.reaction.created")
    );
    let (_, changed) = whop.patch(&path, As::App, json!({"enabled": false})).await;
    assert_eq!(
        (&changed["enabled"], changed.get("webhook_secret")),
        (&json!(false), None)
    );
    whop.react(&message, "user_bob", json!({"emoji": "🔥"}))
        .await;
    whop.patch(
        &path,
        As::App,
        json!({"enabled": true, "events": ["chat.message.created"]}),
    )
    .await;
    whop.say(QUIET, "user_ada", "heard").await;
    let heard = receiver.wait(2).await;
    assert!(heard[1].1.contains("\"heard\""));
    assert_eq!(heard.len(), 2);
    assert_eq!(whop.delete(&path, As::App).await.1, json!(true));
    assert_error(
        whop.get(&path, As::App).await,
        StatusCode::NOT_FOUND,
        "not_found",
    );
    whop.say(QUIET, "user_ada", "nobody listens").await;
    assert_eq!(deliveries(&whop, 2).await.len(), 2);
}

#[tokio::test]
async fn support_chats_are_the_companys_business_and_other_peoples_dms_are_not() {
    let whop = quick().await;
    let receiver = Receiver::start(&[]).await;
    register(&whop, json!({"url": receiver.url})).await;
    whop.say("feed_ada_bob", "user_ada", "between us").await;
    whop.say("feed_support_ada", "user_ada", "help").await;
    let within = json!({"with_user_ids": ["user_bob"], "company_id": "biz_sandbox"});
    let (_, dm) = whop
        .post("/api/v1/dm_channels", As::Behalf("user_ada"), within)
        .await;
    whop.say(dm["id"].as_str().unwrap(), "user_bob", "at work")
        .await;
    let heard = receiver.wait(2).await;
    let mut told: Vec<(Value, Value)> = heard
        .iter()
        .map(|(_, body)| serde_json::from_str::<Value>(body).unwrap()["data"].clone())
        .map(|data| (data["channel"]["type"].clone(), data["audience"].clone()))
        .collect();
    told.sort_by_key(|(kind, _)| kind.to_string());
    assert_eq!(
        told,
        [
            (
                json!("direct_message"),
                json!({"type": "users", "user_ids": ["user_ada", "user_bob"]})
            ),
            (
                json!("support"),
                json!({"type": "users", "user_ids": ["user_ada", "user_olivia"]})
            ),
        ]
    );
    assert!(heard.iter().all(|(_, body)| !body.contains("between us")));
}

#[tokio::test]
async fn webhooks_are_listed_tested_and_guarded() {
    let whop = quick().await;
    let receiver = Receiver::start(&[]).await;
    let webhook = register(&whop, json!({"url": receiver.url})).await;
    let path = format!("/api/v1/webhooks/{}", webhook["id"].as_str().unwrap());
    let (_, page) = whop
        .get("/api/v1/webhooks?company_id=biz_sandbox", As::App)
        .await;
    assert_eq!(page["data"][0]["id"], webhook["id"]);
    assert!(!page.to_string().contains("ws_"), "the secret is told once");
    let test = format!("{path}/test");
    let (_, tested) = whop
        .post(&test, As::App, json!({"event": "chat.message.created"}))
        .await;
    assert_eq!(
        (&tested["success"], &tested["status"]),
        (&json!(true), &json!(200))
    );
    let unknown = whop
        .post(&test, As::App, json!({"event": "payment.succeeded"}))
        .await;
    assert_error(unknown, StatusCode::BAD_REQUEST, "bad_request");
    for body in [
        json!({}),
        json!({"url": "ftp://x"}),
        json!({"url": "nowhere"}),
        json!({"url": receiver.url, "api_version": "v2"}),
        json!({"url": receiver.url, "events": ["everything"]}),
    ] {
        let answer = whop.post("/api/v1/webhooks", As::App, body).await;
        assert_error(answer, StatusCode::BAD_REQUEST, "bad_request");
    }
    let ada = whop.token("user_ada", &["developer:manage_webhook"]).await;
    let marcus = whop.token("user_marcus", &["chat:read"]).await;
    for token in [&ada, &marcus] {
        assert_error(
            whop.get(&path, As::Token(token)).await,
            StatusCode::FORBIDDEN,
            "forbidden",
        );
        let answer = whop
            .post(
                "/api/v1/webhooks",
                As::Token(token),
                json!({"url": receiver.url}),
            )
            .await;
        assert_error(answer, StatusCode::FORBIDDEN, "forbidden");
    }
}
