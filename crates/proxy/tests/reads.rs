//! Reads that are shared: what they cost, and that nobody gets what is not for them.

#![allow(clippy::unwrap_used, reason = "a test's helpers")]

mod common;

use common::{Stack, assertion, error_of};
use futures_util::future::join_all;
use proxy::configuration::RateLimit;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::time::{Duration, Instant};
use wire::session::Session;

const READS: &str = "GET /api/v1/messages";
const MINTS: &str = "POST /api/v1/access_tokens";

/// Opens a session as an honest client does: who is told to come again later does.
async fn open_patiently(stack: &Stack, user: &str) -> Session {
    loop {
        let body = json!({"channel_id": "exp_general", "assertion": assertion(user), "with_messages": true});
        let answer = stack.post_session(&body).await;
        if answer.status() == StatusCode::OK {
            return answer.json().await.unwrap();
        }
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
        let seconds = answer.headers()["retry-after"].to_str().unwrap();
        tokio::time::sleep(Duration::from_secs(seconds.parse().unwrap())).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_members_who_open_a_channel_at_once_cost_two_reads() {
    // Whop's own limit, on a clock a hundred times as fast.
    let millis = Duration::from_millis(100);
    let stack = Stack::start_with(
        |options| {
            options.rate_limit = Some(sandbox::RateLimit {
                requests: 10,
                window: millis,
            });
        },
        |configuration| {
            configuration.rate_limit = RateLimit {
                requests: 10,
                window: millis,
            };
        },
    )
    .await;
    stack.control("people", &json!({"count": 1_000})).await;
    let users: Vec<String> = (1..=1_000)
        .map(|number| format!("user_extra_{number}"))
        .collect();
    let sessions = join_all(users.iter().map(|user| open_patiently(&stack, user))).await;
    for (user, session) in users.iter().zip(&sessions) {
        assert_eq!(session.user.id.as_str(), user);
        assert_eq!(session.messages.as_ref().unwrap().data.len(), 50);
    }
    assert!(stack.upstream_requests(READS).await <= 2);
    assert_eq!(stack.upstream_requests(MINTS).await, 1_000, "one each");
    assert!(
        stack
            .upstream_requests("GET /api/v1/chat_channels/{id}")
            .await
            <= 2
    );
    assert_eq!(
        stack.proxy.schedule_counts().held,
        0,
        "Whop never said that it was too much"
    );
    // They fill their gaps, all at once again: it costs nothing but their own looks at their access.
    let path = "/messages?channel_id=chat_feed_general&direction=desc&first=50";
    let newest = &sessions[0].messages.as_ref().unwrap().data[0].id;
    let pages = sessions.iter().map(async |session| {
        let answer = stack
            .api(Method::GET, path, &session.token.token, None)
            .await;
        assert_eq!(answer.status(), StatusCode::OK);
        answer.json::<Value>().await.unwrap()
    });
    for page in join_all(pages).await {
        assert_eq!(page["data"][0]["id"], newest.as_str());
    }
    assert!(stack.upstream_requests(READS).await <= 2);
}

#[tokio::test]
async fn what_is_shared_is_what_is_there_now() {
    let stack = Stack::start().await;
    let ada = stack.session_of("user_ada", "exp_quiet").await;
    let bob = stack.session_of("user_bob", "exp_quiet").await;
    let mut socket = stack.socket(&bob).await;
    let page = async |session: &Session| -> Value {
        let path = "/messages?channel_id=exp_quiet&direction=desc&first=50";
        let answer = stack
            .api(Method::GET, path, &session.token.token, None)
            .await;
        assert_eq!(answer.status(), StatusCode::OK);
        answer.json().await.unwrap()
    };
    // S1: who wrote finds it, whether its frame has come yet or not.
    for number in 0..5 {
        let content = format!("number {number}");
        let id = stack.post(&ada, &content).await;
        assert_eq!(page(&ada).await["data"][0]["id"], id.as_str());
        // Who has heard of it finds it too.
        assert_eq!(socket.next_message().await, content);
        assert_eq!(page(&bob).await["data"][0]["content"], content);
        let reaction = json!({"resource_id": id, "emoji": ":heart:"});
        let token = &ada.token.token;
        stack
            .api(Method::POST, "/reactions", token, Some(reaction))
            .await;
        loop {
            let frame = socket.next().await.unwrap();
            if frame["feedEntity"].get("reaction").is_some() {
                break;
            }
        }
        let counts = page(&bob).await["data"][0]["reaction_counts"].clone();
        assert_eq!(counts[0]["count"], 1, "{counts}");
    }
    let reads = stack.upstream_requests(READS).await;
    for _ in 0..20 {
        assert_eq!(page(&bob).await, page(&ada).await);
    }
    assert!(
        stack.upstream_requests(READS).await <= reads + 2,
        "nothing has changed"
    );
}

#[tokio::test]
async fn who_reacted_is_shared_until_somebody_else_does() {
    let stack = Stack::start().await;
    let sessions = join_all(
        ["user_ada", "user_bob", "user_chen", "user_noor"]
            .map(|user| stack.session_of(user, "exp_lounge")),
    )
    .await;
    let mut socket = stack.socket(&sessions[0]).await;
    let message = &sessions[0].messages.as_ref().unwrap().data[0].id;
    let path = format!("/reactions?resource_id={message}&first=20");
    let route = "GET /api/v1/reactions";
    let get = async |session: &Session| {
        let answer = stack
            .api(Method::GET, &path, &session.token.token, None)
            .await;
        (answer.status(), answer.json::<Value>().await.unwrap())
    };
    let before = join_all(sessions.iter().map(get)).await;
    assert!(
        before.iter().all(|answer| *answer == before[0]),
        "{before:?}"
    );
    assert_eq!(stack.upstream_requests(route).await, 1);
    let reaction = json!({"resource_id": message, "emoji": "🎞️"});
    let token = &sessions[1].token.token;
    stack
        .api(Method::POST, "/reactions", token, Some(reaction))
        .await;
    while socket.next().await.unwrap()["feedEntity"]
        .get("reaction")
        .is_none()
    {}
    let (_, after) = get(&sessions[0]).await;
    let count = |answer: &Value| answer["data"].as_array().unwrap().len();
    assert_eq!(count(&after), count(&before[0].1) + 1);
    // Who has left gets Whop's own answer.
    let left = json!({"user_id": "user_chen", "access_level": "no_access"});
    stack.control("access", &left).await;
    let body = json!({"channel_id": "exp_lounge", "content": "bye"});
    let token = &sessions[2].token.token;
    let refused = stack
        .api(Method::POST, "/messages", token, Some(body))
        .await;
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    assert_eq!(get(&sessions[2]).await.0, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn whoever_is_told_of_is_looked_at_whether_they_listen_or_not() {
    let stack = Stack::start().await;
    let ada = stack.session_of("user_ada", "exp_quiet").await;
    let bob = stack.session_of("user_bob", "exp_quiet").await;
    let mut socket = stack.socket(&bob).await;
    let path = "/messages?channel_id=exp_quiet&direction=desc&first=50";
    let get = async || {
        stack
            .api(Method::GET, path, &ada.token.token, None)
            .await
            .status()
    };
    assert_eq!(get().await, StatusCode::OK);
    let taken = json!({"user_id": "user_ada", "access_level": "no_access"});
    stack.control("access", &taken).await;
    let mute = json!({"channel_id": "exp_quiet", "user_id": "user_ada", "seconds": 60});
    stack.control("mute", &mute).await;
    while socket.next().await.unwrap()["feedEntity"]
        .get("mutedUser")
        .is_none()
    {}
    assert_eq!(get().await, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn after_a_gap_nobody_gets_what_was_read_before_it() {
    let stack = Stack::start().await;
    let ada = stack.session_of("user_ada", "exp_quiet").await;
    let mut socket = stack.socket(&ada).await;
    let path = "/messages?channel_id=exp_quiet&direction=desc&first=50";
    let get = async || -> Value {
        let answer = stack.api(Method::GET, path, &ada.token.token, None).await;
        answer.json().await.unwrap()
    };
    get().await;
    stack
        .control("sockets/refuse", &json!({"refuse": true}))
        .await;
    stack.control("sockets/drop", &json!({})).await;
    // Written on Whop's side while nobody here hears of it.
    let flood = json!({"count": 1, "per_second": 100, "channel_id": "exp_quiet", "numbered": true});
    stack.control("flood", &flood).await;
    stack
        .control("sockets/refuse", &json!({"refuse": false}))
        .await;
    assert_eq!(socket.next_text().await.unwrap(), r#"{"reconnect":{}}"#);
    assert_eq!(get().await["data"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_dead_upstream_is_not_hammered() {
    let stack = Stack::start().await;
    stack.session_of("user_ada", "exp_lounge").await;
    let fault = json!({"method": "GET", "path": "/api/v1/messages", "status": 500, "times": 1_000});
    stack.control("fail", &fault).await;
    stack
        .control("latency", &json!({"milliseconds": 200}))
        .await;
    let before = stack.upstream_requests(READS).await;
    stack.control("people", &json!({"count": 50})).await;
    let opened = join_all((1..=50).map(async |number| {
        let user = format!("user_extra_{number}");
        let body = json!({"channel_id": "exp_general", "assertion": assertion(&user), "with_messages": true});
        let (status, kind, _) = error_of(stack.post_session(&body).await).await;
        assert_eq!((status, kind.as_str()), (StatusCode::SERVICE_UNAVAILABLE, "service_unavailable"));
    }));
    opened.await;
    let asked = stack.upstream_requests(READS).await - before;
    assert!(asked <= 10, "{asked}");
}

#[tokio::test]
async fn many_who_ask_for_what_is_not_there_ask_once() {
    let stack = Stack::start().await;
    let route = "GET /api/v1/chat_channels/{id}";
    let before = stack.upstream_requests(route).await;
    stack.control("people", &json!({"count": 50})).await;
    let refused = join_all((1..=50).map(async |number| {
        let assertion = assertion(&format!("user_extra_{number}"));
        let body = json!({"channel_id": "exp_of_yesterday", "assertion": assertion});
        let answer = stack.post_session(&body).await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    }));
    refused.await;
    assert_eq!(stack.upstream_requests(route).await, before + 1);
}

/// What one person may have seen, from when until when they had access.
struct Person {
    name: String,
    has_access: bool,
    changed_at: Instant,
    ever: bool,
    session: Option<Session>,
}

/// Longer than Whop's word is relied on, and than what is under way.
const BOUND: Duration = Duration::from_millis(1_500);

#[tokio::test(flavor = "multi_thread")]
async fn nobody_without_access_ever_gets_a_byte() {
    let seed: u64 = rand::random();
    println!("seed {seed}");
    let mut random = StdRng::seed_from_u64(seed);
    let stack = Stack::start_with(
        |_| {},
        |configuration| configuration.access_lifetime = Duration::from_millis(500),
    )
    .await;
    stack
        .control("people", &json!({"count": 24, "access_level": "no_access"}))
        .await;
    let mut people: Vec<Person> = (1..=24)
        .map(|number| Person {
            name: format!("user_extra_{number}"),
            has_access: false,
            changed_at: Instant::now().checked_sub(BOUND).unwrap(),
            ever: false,
            session: None,
        })
        .collect();
    let mut served = HashMap::from([("session", 0), ("page", 0), ("refused", 0)]);
    let until = Instant::now() + Duration::from_secs(8);
    while Instant::now() < until {
        // A third of them never gets in; the others come and go.
        let index = random.random_range(0..people.len());
        if index % 3 != 0 && random.random_bool(0.3) {
            let person = &mut people[index];
            person.has_access = !person.has_access;
            person.ever |= person.has_access;
            let level = if person.has_access {
                "customer"
            } else {
                "no_access"
            };
            let body = json!({"user_id": person.name, "access_level": level});
            stack.control("access", &body).await;
            person.changed_at = Instant::now();
        }
        let asked_at = Instant::now();
        let chosen: Vec<(usize, bool)> = (0..8)
            .map(|_| {
                (
                    random.random_range(0..people.len()),
                    random.random_bool(0.5),
                )
            })
            .collect();
        let asks = chosen.iter().map(async |(index, opens)| {
            let person = &people[*index];
            let token = person.session.as_ref().map(|session| session.token.token.clone());
            if let (Some(token), false) = (token, opens) {
                let path = "/messages?channel_id=chat_feed_general&direction=desc&first=50";
                let answer = stack.api(Method::GET, path, &token, None).await;
                (*index, "page", answer.status(), answer.text().await.unwrap())
            } else {
                let body = json!({"channel_id": "exp_general", "assertion": assertion(&person.name), "with_messages": true});
                let answer = stack.post_session(&body).await;
                (*index, "session", answer.status(), answer.text().await.unwrap())
            }
        });
        for (index, what, status, body) in join_all(asks).await {
            let person = &mut people[index];
            if status == StatusCode::OK {
                assert!(
                    person.ever,
                    "{} got a {what} and never had access",
                    person.name
                );
                let lost_long_ago = !person.has_access && asked_at > person.changed_at + BOUND;
                assert!(!lost_long_ago, "{} got a {what} too late", person.name);
                *served.entry(what).or_default() += 1;
                if what == "session" {
                    person.session = serde_json::from_str(&body).ok();
                    assert!(person.session.is_some());
                }
            } else {
                assert_eq!(status, StatusCode::FORBIDDEN, "{body}");
                assert!(
                    !body.contains("content") && !body.contains("\"data\""),
                    "{body}"
                );
                let had_it = person.has_access && asked_at > person.changed_at + BOUND;
                assert!(!had_it, "{} was refused a {what}", person.name);
                *served.entry("refused").or_default() += 1;
            }
        }
    }
    assert!(served.values().all(|count| *count > 20), "{served:?}");
    println!(
        "{served:?}, {} reads of pages",
        stack.upstream_requests(READS).await
    );
}

#[tokio::test]
async fn moderators_and_members_never_share_a_page() {
    let stack = Stack::start().await;
    stack.session_of("user_marcus", "exp_lounge").await;
    stack.session_of("user_ada", "exp_lounge").await;
    assert_eq!(stack.upstream_requests(READS).await, 2);
}

#[tokio::test]
async fn who_listens_to_whop_itself_is_never_told_what_was_true_before() {
    let stack = Stack::start().await;
    let cookie = stack.visitor_cookie("user_bob").await;
    let app = &stack.sandbox.addresses().app;
    let answer = stack
        .client
        .post(format!("{app}/session"))
        .header("cookie", cookie)
        .header("origin", app)
        .json(&json!({"channel_id": "exp_quiet", "with_messages": true}))
        .send()
        .await
        .unwrap();
    let bob: Session = answer.json().await.unwrap();
    let ada = stack.session_of("user_ada", "exp_quiet").await;
    // T1: the proxy hears nothing, and so can't know that what it read a moment ago is over.
    stack
        .control("sockets/refuse", &json!({"refuse": true}))
        .await;
    let path = "/messages?channel_id=chat_feed_quiet&direction=desc&first=50";
    for number in 0..3 {
        let id = stack.post(&ada, &format!("number {number}")).await;
        let answer = stack.api(Method::GET, path, &bob.token.token, None).await;
        let page: Value = answer.json().await.unwrap();
        assert_eq!(page["data"][0]["id"], id.as_str());
    }
}

#[tokio::test]
async fn one_who_has_spent_their_budget_keeps_nobody_waiting() {
    let limit = |window| RateLimit {
        requests: 10,
        window,
    };
    let window = Duration::from_secs(10);
    let stack = Stack::start_with(
        |options| {
            options.rate_limit = Some(sandbox::RateLimit {
                requests: 10,
                window,
            });
        },
        |configuration| configuration.rate_limit = limit(window),
    )
    .await;
    let ada = stack.session_of("user_ada", "exp_quiet").await;
    let bob = stack.session_of("user_bob", "exp_quiet").await;
    // What Ada wrote she has to find, so that her page is read anew, with her own token.
    // One of the posts has to wait for its turn.
    let mut number = 0;
    loop {
        number += 1;
        let body = json!({"channel_id": "exp_quiet", "content": format!("number {number}")});
        let token = &ada.token.token;
        let post = stack.api(Method::POST, "/messages", token, Some(body));
        if tokio::time::timeout(window / 10, post).await.is_err() {
            break;
        }
    }
    let path = "/messages?channel_id=chat_feed_quiet&direction=desc&first=50";
    let page = async |session: &Session| -> StatusCode {
        let answer = stack.api(Method::GET, path, &session.token.token, None);
        answer.await.status()
    };
    // Bob's turn is all that they need.
    let both = async { tokio::join!(page(&ada), page(&bob)) };
    let (ada, bob) = tokio::time::timeout(window / 2, both)
        .await
        .expect("nobody waits for Ada's turn");
    assert_eq!((ada, bob), (StatusCode::OK, StatusCode::OK));
}
