//! Every kind of fault, on real connections. That they can be aimed, counted and repeated is in `fault_bounds`.

use crate::whop::{API_KEY, As, PATIENCE, QUIET, Socket, Whop};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::io::ErrorKind;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use wire::Timestamp;

const LIST: &str = "/api/v1/messages?channel_id=chat_feed_quiet";

impl Whop {
    /// Makes a fault; what is answered.
    pub async fn fault(&self, fault: Value) -> Value {
        let (status, fault) = self.post("/_sandbox/faults", As::Nobody, fault).await;
        assert_eq!(status, StatusCode::OK, "{fault}");
        fault
    }

    /// Ends a fault.
    pub async fn end(&self, fault: &Value) {
        let path = format!("/_sandbox/faults/{}", fault["id"].as_str().unwrap());
        assert_eq!(self.delete(&path, As::Nobody).await.0, StatusCode::OK);
    }

    /// Waits until a fault has struck so often.
    pub async fn struck(&self, fault: &Value, times: u64) {
        let path = format!("/_sandbox/faults/{}", fault["id"].as_str().unwrap());
        let done = async {
            while self.get(&path, As::Nobody).await.1["struck"] != times {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, done).await.unwrap();
    }

    /// Sends a request by hand, so that what comes back can be looked at byte by byte.
    async fn raw(&self, request: &str) -> TcpStream {
        let address = self.api.trim_start_matches("http://");
        let mut stream = TcpStream::connect(address).await.unwrap();
        let head = format!(
            "{request} HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {API_KEY}\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        stream
    }

    async fn post_fails(&self, text: &str) {
        let request = self
            .request(Method::POST, "/api/v1/messages", As::Behalf("user_ada"))
            .json(&json!({"channel_id": QUIET, "content": text}));
        let error = request.send().await.expect_err("no answer");
        assert!(error.is_request(), "{error:?}");
    }

    async fn texts(&self) -> Vec<String> {
        let (_, page) = self.get(LIST, As::App).await;
        let messages = page["data"].as_array().unwrap();
        let text = |message: &Value| message["content"].as_str().unwrap().to_owned();
        messages.iter().map(text).collect()
    }
}

async fn read_to_end(stream: &mut TcpStream) -> (Vec<u8>, Option<ErrorKind>) {
    let mut bytes = Vec::new();
    let read = stream.read_to_end(&mut bytes);
    let ended = tokio::time::timeout(PATIENCE, read).await.expect("an end");
    (bytes, ended.err().map(|error| error.kind()))
}

async fn texts_of(socket: &mut Socket, count: usize) -> Vec<Value> {
    let mut texts = Vec::new();
    for _ in 0..count {
        texts.push(socket.entity("dmsPost").await["content"].clone());
    }
    texts
}

#[tokio::test]
async fn latency_comes_before_the_work_or_after_it() {
    let whop = Whop::start().await;
    let fault = json!({"kind": "latency", "milliseconds": 150, "jitter_milliseconds": 100,
        "match": {"path": "/api/v1/messages"}});
    let before = whop.fault(fault).await;
    let start = Instant::now();
    whop.get(LIST, As::App).await;
    assert!(start.elapsed() >= Duration::from_millis(150));
    whop.get("/api/v1/users/me", As::App).await;
    whop.struck(&before, 1).await;
    whop.end(&before).await;

    let fault = json!({"kind": "latency", "milliseconds": 60_000, "after_commit": true,
        "match": {"method": "POST"}});
    let after = whop.fault(fault).await;
    let mut socket = whop.server_socket("user_bob").await;
    let posting = whop
        .request(Method::POST, "/api/v1/messages", As::Behalf("user_ada"))
        .json(&json!({"channel_id": QUIET, "content": "before the answer"}));
    let posting = tokio::spawn(posting.send());
    assert_eq!(
        socket.entity("dmsPost").await["content"],
        "before the answer"
    );
    whop.struck(&after, 1).await;
    assert!(!posting.is_finished());
    posting.abort();
}

#[tokio::test]
async fn an_error_says_when_to_come_back() {
    let whop = Whop::start().await;
    for (given, told) in [(json!(7), "7"), (Value::Null, "1")] {
        let mut fault = json!({"kind": "status", "status": 429, "count": 1});
        if !given.is_null() {
            fault["retry_after"] = given;
        }
        whop.fault(fault).await;
        let answer = whop
            .request(Method::GET, LIST, As::App)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(answer.headers()["retry-after"], told);
        let body: Value = answer.json().await.unwrap();
        assert_eq!(body["error"]["type"], "too_many_requests");
    }
}

#[tokio::test]
async fn s1_a_connection_is_reset_before_the_work_or_after_it() {
    let whop = Whop::start().await;
    whop.fault(json!({"kind": "reset", "count": 1})).await;
    whop.post_fails("never arrived").await;
    whop.fault(
        json!({"kind": "reset", "after_commit": true, "count": 1, "match": {"method": "post"}}),
    )
    .await;
    whop.post_fails("arrived").await;
    assert_eq!(whop.texts().await, ["arrived"]);
    whop.fault(json!({"kind": "reset", "count": 1})).await;
    let mut stream = whop.raw(&format!("GET {LIST}")).await;
    let (bytes, error) = read_to_end(&mut stream).await;
    assert_eq!((bytes.len(), error), (0, Some(ErrorKind::ConnectionReset)));
}

#[tokio::test]
async fn s1_a_half_open_connection_says_nothing_until_the_fault_ends() {
    let whop = Whop::start().await;
    let fault = whop
        .fault(json!({"kind": "hang", "after_commit": true, "match": {"path": "/api/v1/messages"}}))
        .await;
    let mut stream = whop.raw(&format!("GET {LIST}")).await;
    whop.struck(&fault, 1).await;
    // It is still open: more can be written to it.
    stream.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
    let mut byte = [0];
    let nothing = stream.try_read(&mut byte).unwrap_err();
    assert_eq!(nothing.kind(), ErrorKind::WouldBlock);
    whop.end(&fault).await;
    let (bytes, error) = read_to_end(&mut stream).await;
    assert_eq!((bytes.len(), error), (0, Some(ErrorKind::ConnectionReset)));
    assert_eq!(whop.get(LIST, As::App).await.0, StatusCode::OK);
}

#[tokio::test]
async fn an_answer_breaks_off() {
    let whop = Whop::start().await;
    whop.fault(json!({"kind": "truncate", "bytes": 10, "count": 1}))
        .await;
    let mut stream = whop.raw("GET /api/v1/users/me").await;
    let (bytes, _) = read_to_end(&mut stream).await;
    let text = String::from_utf8(bytes).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .unwrap();
    assert!(length.parse::<usize>().unwrap() > 10, "{length}");
    assert_eq!(body.len(), 10, "{body}");
}

#[tokio::test]
async fn an_upload_is_taken_in_slowly() {
    let whop = Whop::start().await;
    whop.fault(json!({"kind": "slow_upload", "bytes_per_second": 10_000}))
        .await;
    let text = "slow ".repeat(600);
    let start = Instant::now();
    let message = whop.say(QUIET, "user_ada", text.trim()).await;
    // 3,000 bytes and a little more.
    assert!(
        start.elapsed() >= Duration::from_millis(290),
        "{:?}",
        start.elapsed()
    );
    assert_eq!(message["content"], text.trim());
}

#[tokio::test]
async fn open_sockets_are_reset() {
    let whop = Whop::start().await;
    let mut server = whop.server_socket("user_bob").await;
    let mut browser = whop.browser_socket("user_ada", "").await;
    let fault = whop
        .fault(json!({"kind": "socket_reset", "match": {"endpoint": "browser"}}))
        .await;
    assert_eq!(fault["struck"], 1);
    assert_eq!(browser.next().await, None);
    // It is done: sockets that come later are left alone, and the others were.
    let (_, faults) = whop.get("/_sandbox/faults", As::Nobody).await;
    assert_eq!(faults, json!({"data": []}));
    let mut browser = whop
        .browser_socket("user_ada", "join_experience=exp_quiet")
        .await;
    browser.subscription("exp_quiet").await;
    whop.say(QUIET, "user_ada", "again").await;
    assert_eq!(server.entity("dmsPost").await["content"], "again");
    assert_eq!(browser.entity("dmsPost").await["content"], "again");
}

#[tokio::test]
async fn t3_a_half_open_socket_says_nothing_and_hears_nothing() {
    let whop = Whop::start().await;
    let mut silent = whop.server_socket("user_ada").await;
    let mut other = whop.server_socket("user_bob").await;
    let fault = whop
        .fault(json!({"kind": "socket_half_open", "match": {"user": "user_ada"}}))
        .await;
    assert_eq!(fault["struck"], 1);
    silent
        .send(json!({"heartbeat": {"channels": [], "platform": "WEB"}}))
        .await;
    whop.say(QUIET, "user_chen", "unheard").await;
    assert_eq!(other.entity("dmsPost").await["content"], "unheard");
    // The sandbox doesn't know: nobody has said goodbye.
    let state = whop.get("/_sandbox/state", As::Nobody).await.1;
    assert_eq!(state["sockets"]["server"], 2);
    whop.end(&fault).await;
    assert_eq!(silent.next().await, None);
    let mut anew = whop.server_socket("user_ada").await;
    whop.say(QUIET, "user_chen", "heard").await;
    assert_eq!(anew.entity("dmsPost").await["content"], "heard");
}

#[tokio::test]
async fn frames_come_late_and_in_order() {
    let whop = Whop::start().await;
    let mut socket = whop.server_socket("user_bob").await;
    whop.fault(json!({"kind": "frame_delay", "milliseconds": 300, "count": 1}))
        .await;
    let start = Instant::now();
    whop.say(QUIET, "user_ada", "first").await;
    whop.say(QUIET, "user_ada", "second").await;
    assert_eq!(texts_of(&mut socket, 2).await, ["first", "second"]);
    assert!(start.elapsed() >= Duration::from_millis(300));
}

#[tokio::test]
async fn t8_frames_come_twice() {
    let whop = Whop::start().await;
    let mut socket = whop.server_socket("user_bob").await;
    whop.fault(json!({"kind": "frame_duplicate", "copies": 2, "count": 1, "match": {"frame": "feedEntity.dmsPost"}}))
        .await;
    whop.say(QUIET, "user_ada", "thrice").await;
    whop.say(QUIET, "user_ada", "once").await;
    let texts = texts_of(&mut socket, 4).await;
    assert_eq!(texts, ["thrice", "thrice", "thrice", "once"]);
}

#[tokio::test]
async fn t8_frames_are_overtaken() {
    let whop = Whop::start().await;
    let mut socket = whop.server_socket("user_bob").await;
    let fault = json!({"kind": "frame_reorder", "by": 2, "milliseconds": 60_000, "count": 1});
    whop.fault(fault).await;
    for text in ["a", "b", "c", "d"] {
        whop.say(QUIET, "user_ada", text).await;
    }
    assert_eq!(texts_of(&mut socket, 4).await, ["b", "c", "a", "d"]);
    // Where nobody overtakes it, it comes all the same.
    whop.fault(json!({"kind": "frame_reorder", "milliseconds": 50, "count": 1}))
        .await;
    whop.say(QUIET, "user_ada", "alone").await;
    assert_eq!(texts_of(&mut socket, 1).await, ["alone"]);
}

#[tokio::test]
async fn frames_are_lost() {
    let whop = Whop::start().await;
    let mut socket = whop.server_socket("user_bob").await;
    whop.fault(json!({"kind": "frame_loss", "count": 2, "match": {"frame": "feedEntity"}}))
        .await;
    for text in ["a", "b", "c"] {
        whop.say(QUIET, "user_ada", text).await;
    }
    assert_eq!(texts_of(&mut socket, 1).await, ["c"]);
    assert_eq!(whop.texts().await, ["c", "b", "a"]);
}

#[tokio::test]
async fn an_outage_takes_all_away_and_ends_by_itself() {
    let whop = Whop::start().await;
    let mut socket = whop.server_socket("user_bob").await;
    let fault = whop.fault(json!({"kind": "outage", "seconds": 1.5})).await;
    assert_eq!(fault["struck"], 1);
    assert_eq!(socket.next().await, None);
    whop.post_fails("nobody there").await;
    let app = whop.http.get(&whop.app).send().await;
    assert!(app.is_err(), "{app:?}");
    // Only the control routes answer.
    let state = whop.get("/_sandbox/state", As::Nobody).await.0;
    assert_eq!(state, StatusCode::OK);
    let back = async {
        let asked = || whop.request(Method::GET, LIST, As::App).send();
        while asked().await.is_err() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, back).await.unwrap();
    assert_eq!(whop.texts().await, [""; 0]);
}

#[tokio::test]
async fn a_silent_outage_answers_nothing() {
    let whop = Whop::start().await;
    let mut socket = whop.server_socket("user_bob").await;
    let fault = whop.fault(json!({"kind": "outage", "silent": true})).await;
    let mut stream = whop.raw(&format!("GET {LIST}")).await;
    whop.struck(&fault, 2).await;
    whop.end(&fault).await;
    let (bytes, error) = read_to_end(&mut stream).await;
    assert_eq!((bytes.len(), error), (0, Some(ErrorKind::ConnectionReset)));
    assert_eq!(socket.next().await, None);
}

#[tokio::test]
async fn the_clock_goes_wrong() {
    let whop = Whop::start().await;
    let hour = 3_600_000;
    let of = |message: &Value| {
        let moment = Timestamp::from(message["created_at"].as_str().unwrap());
        moment.unix_millis().unwrap()
    };
    let before = of(&whop.say(QUIET, "user_ada", "before").await);
    let token = whop.token("user_ada", &["chat:read"]).await;
    let ahead = whop
        .fault(json!({"kind": "clock_skew", "milliseconds": 2 * hour}))
        .await;
    let mut socket = whop.server_socket("user_bob").await;
    let message = whop.say(QUIET, "user_ada", "ahead").await;
    assert!(of(&message) >= before + 2 * hour);
    let frame = socket
        .find(|frame| frame.get("feedEntity").map(|_| frame.clone()))
        .await;
    let sent: i64 = frame["createdAt"].as_str().unwrap().parse().unwrap();
    assert!(sent >= before + 2 * hour, "{frame}");
    // Tokens of an hour are over, new ones are good; and so says the answer's date.
    let answer = whop
        .request(Method::GET, LIST, As::Token(&token))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    let date = answer.headers()["date"].to_str().unwrap();
    let date = httpdate::parse_http_date(date).unwrap();
    let ahead_by = date.duration_since(std::time::SystemTime::now()).unwrap();
    assert!(ahead_by > Duration::from_secs(7_100), "{ahead_by:?}");
    let new = whop.token("user_ada", &["chat:read"]).await;
    assert_eq!(whop.get(LIST, As::Token(&new)).await.0, StatusCode::OK);
    whop.end(&ahead).await;
    assert_eq!(whop.get(LIST, As::Token(&token)).await.0, StatusCode::OK);

    // What was made while the clock was behind is over when it is right again.
    let behind = whop
        .fault(json!({"kind": "clock_skew", "milliseconds": -2 * hour}))
        .await;
    let old = whop.token("user_ada", &["chat:read"]).await;
    assert_eq!(whop.get(LIST, As::Token(&old)).await.0, StatusCode::OK);
    whop.end(&behind).await;
    assert_eq!(
        whop.get(LIST, As::Token(&old)).await.0,
        StatusCode::UNAUTHORIZED
    );
}
