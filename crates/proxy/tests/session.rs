//! `POST /session`: who gets in, what they get, and who does not.

mod common;

use common::{
    ASSERTION_SECRET, PATIENCE, SESSION_SECRET, SITE, Stack, assertion, claims, error_of, now, sign,
};
use reqwest::StatusCode;
use serde_json::{Value, json};
use wire::rest::AccessLevel;
use wire::session::Session;

#[tokio::test]
async fn an_assertion_opens_a_session_in_one_round_trip() {
    let stack = Stack::start().await;
    let session = stack.session_of("user_ada", "exp_general").await;
    assert_eq!(session.user.id.as_str(), "user_ada");
    assert_eq!(session.user.username, "ada");
    assert_eq!(session.channel.id.as_str(), "chat_feed_general");
    assert_eq!(session.permissions.access_level, AccessLevel::Customer);
    assert!(session.permissions.can_post && session.permissions.can_react);
    assert!(!session.permissions.can_moderate);
    let page = session.messages.as_ref().unwrap();
    assert_eq!(page.data.len(), 50);
    assert!(page.page_info.has_next_page);
    assert!(
        page.data[0].created_at.unix_millis() > page.data[49].created_at.unix_millis(),
        "the newest comes first"
    );
    assert!(session.server_time.get() / 1_000 - now() < 5);
    assert_eq!(
        session.socket.path,
        "/_whop/ws/v1/websockets/connect?join_experience=exp_general"
    );
    assert_eq!(session.socket.protocols[0], "whop-chat.v1");
    // The token works, and its owner is the visitor.
    let id = stack.post(&session, "Hello from the session test").await;
    let path = format!("/messages/{id}");
    let answer = stack
        .api(reqwest::Method::GET, &path, &session.token.token, None)
        .await;
    let message: Value = answer.json().await.unwrap();
    assert_eq!(message["user"]["id"], "user_ada");
}

#[tokio::test]
async fn the_newest_messages_come_as_html_too_for_one_visitor_each() {
    let stack = Stack::start().await;
    let ask = async |user: &str, with_html: bool| -> Value {
        let body = json!({
            "channel_id": "exp_quiet", "assertion": assertion(user), "with_messages": true, "with_html": with_html,
            "utc_offset_minutes": -9_999,
        });
        let answer = stack.post_session(&body).await;
        assert_eq!(answer.headers()["cache-control"], "no-store");
        assert_eq!(answer.headers()["content-type"], "application/json");
        answer.json().await.unwrap()
    };
    assert_eq!(ask("user_ada", false).await.get("html"), None);
    let session = stack.session_of("user_ada", "exp_quiet").await;
    stack.post(&session, "mine & <b>yours</b>").await;
    let of = async |user| ask(user, true).await["html"].as_str().unwrap().to_owned();
    let (mine, theirs) = (of("user_ada").await, of("user_bob").await);
    let text = "mine &amp; &lt;b&gt;yours&lt;/b&gt;";
    assert!(mine.contains(text) && theirs.contains(text), "{mine}");
    let last_row = |html: &str| html.rsplit_once("class=\"item").unwrap().1.to_owned();
    assert!(last_row(&mine).starts_with(" own"), "{mine}");
    assert!(!last_row(&theirs).starts_with(" own"), "{theirs}");
}

#[tokio::test]
async fn a_session_is_compressed_for_those_who_can_read_it() {
    let stack = Stack::start().await;
    let ask = async |encoding: &str| {
        let assertion = assertion("user_ada");
        let body = json!({
            "channel_id": "exp_general", "assertion": assertion, "with_messages": true, "with_html": true,
        });
        let answer = stack
            .client
            .post(format!("{}/session", stack.url))
            .header("origin", SITE)
            .header("accept-encoding", encoding)
            .json(&body)
            .send()
            .await
            .unwrap();
        let encoding = answer.headers().get("content-encoding").cloned();
        (encoding, answer.bytes().await.unwrap())
    };
    let (plain_encoding, plain) = ask("identity").await;
    let (encoding, small) = ask("gzip, br").await;
    assert_eq!(plain_encoding, None);
    assert_eq!(encoding.unwrap(), "br");
    assert!(
        small.len() * 4 < plain.len(),
        "{} {}",
        small.len(),
        plain.len()
    );
    let mut back = Vec::new();
    brotli::BrotliDecompress(&mut &small[..], &mut back).unwrap();
    let session: Value = serde_json::from_slice(&back).unwrap();
    assert!(
        session["html"]
            .as_str()
            .unwrap()
            .contains("role=\"article\"")
    );
}

#[tokio::test]
async fn a_channel_can_be_asked_for_by_its_own_id() {
    let stack = Stack::start().await;
    let session = stack.session_of("user_ada", "chat_feed_lounge").await;
    assert_eq!(session.channel.experience.id.as_str(), "exp_lounge");
}

#[tokio::test]
async fn admins_may_moderate_and_members_of_announcements_only_read() {
    let stack = Stack::start().await;
    let admin = stack.session_of("user_marcus", "exp_announcements").await;
    assert!(admin.permissions.can_post && admin.permissions.can_moderate);
    // D1: the words that are banned are the moderators' secret.
    let settings = json!({"banned_words": ["gadget"]});
    let changed = stack
        .api(
            reqwest::Method::PATCH,
            "/chat_channels/exp_announcements",
            &admin.token.token,
            Some(settings),
        )
        .await;
    assert_eq!(changed.status(), StatusCode::OK);
    let admin = stack.session_of("user_marcus", "exp_announcements").await;
    assert_eq!(admin.channel.banned_words, ["gadget"]);
    let member = stack.session_of("user_ada", "exp_announcements").await;
    assert!(!member.permissions.can_post && member.permissions.can_react);
    assert!(member.channel.banned_words.is_empty());
}

#[tokio::test]
async fn inside_whop_the_header_says_who_it_is() {
    let stack = Stack::start().await;
    let cookie = stack.visitor_cookie("user_bob").await;
    let app = &stack.sandbox.addresses().app;
    let answer = stack
        .client
        .post(format!("{app}/session"))
        .header("cookie", cookie)
        .header("origin", app)
        // The header decides, whatever else is there.
        .json(&json!({"channel_id": "exp_general", "assertion": assertion("user_ada")}))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let session: Session = answer.json().await.unwrap();
    assert_eq!(session.user.id.as_str(), "user_bob");
    assert!(session.messages.is_none(), "nobody asked for messages");
    assert!(
        session.socket.protocols.is_empty(),
        "Whop's own websocket knows its visitor"
    );
}

#[tokio::test]
async fn whops_keys_may_be_away_for_a_moment() {
    let stack = Stack::start().await;
    let cookie = stack.visitor_cookie("user_bob").await;
    let app = &stack.sandbox.addresses().app;
    let fault = json!({"method": "GET", "path": "/.well-known/jwks.json", "status": 500});
    stack.control("fail", &fault).await;
    let ask = async || {
        let request = stack.client.post(format!("{app}/session"));
        let request = request
            .header("cookie", &cookie)
            .json(&json!({"channel_id": "exp_quiet"}));
        request.send().await.unwrap()
    };
    let (status, kind, _) = error_of(ask().await).await;
    assert_eq!(
        (status, kind.as_str()),
        (StatusCode::SERVICE_UNAVAILABLE, "service_unavailable")
    );
    tokio::time::timeout(PATIENCE, async {
        while ask().await.status() != StatusCode::OK {
            tokio::task::yield_now().await;
        }
    })
    .await
    .expect("it recovers by itself");
    let asked = stack.upstream_requests("GET /.well-known/jwks.json").await;
    assert_eq!(asked, 2, "and without hammering");
}

#[tokio::test]
async fn a_renewal_stands_in_for_an_assertion_within_its_channel() {
    let stack = Stack::start().await;
    let first = stack.session_of("user_ada", "exp_quiet").await;
    let renew = async |renewal: &str, channel: &str| {
        let body = json!({"channel_id": channel, "renewal": renewal});
        stack.post_session(&body).await
    };
    // Each renewal gives the next, under either name of the channel.
    let second: Session = renew(&first.renewal, "chat_feed_quiet")
        .await
        .json()
        .await
        .unwrap();
    let third: Session = renew(&second.renewal, "exp_quiet")
        .await
        .json()
        .await
        .unwrap();
    assert_eq!(third.user.id.as_str(), "user_ada");
    assert_eq!(third.socket.protocols.len(), 2);
    let elsewhere = error_of(renew(&third.renewal, "exp_general").await).await;
    assert_eq!(
        (elsewhere.0, elsewhere.1.as_str()),
        (StatusCode::FORBIDDEN, "no_access")
    );
    // A chain ends twelve hours after the proof that it began with.
    let chain = |auth_time: i64| {
        let claims = json!({
            "sub": "user_ada", "aud": "whop-chat-renewal", "channel": "chat_feed_quiet", "experience": "exp_quiet",
            "source": "assertion", "auth_time": auth_time, "exp": now() + 600
        });
        sign(&claims, SESSION_SECRET.as_bytes())
    };
    let young = renew(&chain(now() - 12 * 3_600 + 60), "exp_quiet").await;
    assert_eq!(young.status(), StatusCode::OK);
    let old = renew(&chain(now() - 12 * 3_600), "exp_quiet").await;
    assert_eq!(old.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn tokens_are_minted_once_however_many_ask() {
    let stack = Stack::start().await;
    let sessions =
        futures_util::future::join_all((0..8).map(|_| stack.session_of("user_chen", "exp_quiet")))
            .await;
    let again = stack.session_of("user_chen", "exp_lounge").await;
    assert!(
        sessions
            .iter()
            .all(|session| session.token.token == again.token.token)
    );
    assert_eq!(
        stack.upstream_requests("POST /api/v1/access_tokens").await,
        1
    );
    let other = stack.session_of("user_ada", "exp_quiet").await;
    assert_ne!(other.token.token, again.token.token);
}

#[tokio::test]
async fn without_a_valid_proof_nobody_gets_in() {
    let stack = Stack::start().await;
    let claims = |change: fn(&mut Value)| {
        let mut claims =
            json!({"sub": "user_ada", "aud": "whop-chat", "iat": now(), "exp": now() + 240});
        change(&mut claims);
        claims
    };
    let good = claims(|_| {});
    let honest = sign(&good, ASSERTION_SECRET.as_bytes());
    let body_of_honest = honest.split('.').nth(1).unwrap();
    let signed = |claims: &Value| sign(claims, ASSERTION_SECRET.as_bytes());
    let bad = [
        sign(&good, b"somebody else's secret, also long enough"),
        sign(&good, SESSION_SECRET.as_bytes()),
        format!("eyJhbGciOiJub25lIn0.{body_of_honest}."),
        signed(&claims(|claims| claims["exp"] = json!(now() - 60))),
        signed(&claims(|claims| claims["exp"] = json!(now() + 301))),
        signed(&claims(|claims| claims["iat"] = json!(now() + 120))),
        signed(&claims(|claims| claims["aud"] = json!("another-chat"))),
        signed(&claims(|claims| claims["sub"] = json!("ada"))),
        "garbage".to_owned(),
        String::new(),
    ];
    for assertion in bad {
        let body = json!({"channel_id": "exp_general", "assertion": assertion});
        let (status, kind, message) = error_of(stack.post_session(&body).await).await;
        assert_eq!(
            (status, kind.as_str()),
            (StatusCode::UNAUTHORIZED, "unauthorized"),
            "{assertion}"
        );
        assert!(message.contains("Ask the page for a new one"), "{message}");
    }
    let (status, _, message) = error_of(
        stack
            .post_session(&json!({"channel_id": "exp_general"}))
            .await,
    )
    .await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    assert!(message.contains("assertion"), "{message}");
    // An assertion is no renewal, nor the other way round.
    let session = stack.session_of("user_ada", "exp_general").await;
    for body in [
        json!({"channel_id": "exp_general", "renewal": honest}),
        json!({"channel_id": "exp_general", "assertion": session.renewal}),
    ] {
        assert_eq!(
            stack.post_session(&body).await.status(),
            StatusCode::UNAUTHORIZED
        );
    }
}

#[tokio::test]
async fn forged_user_tokens_are_refused() {
    let stack = Stack::start().await;
    let api = &stack.sandbox.addresses().api;
    let keys: Value = stack
        .client
        .get(format!("{api}/.well-known/jwks.json"))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let key = &keys["keys"][0];
    let claims = json!({"sub": "user_olivia", "aud": "app_sandbox", "iss": "urn:whopcom:exp-proxy", "exp": now() + 60});
    // Signed with what is public, as if it were a shared secret.
    let mut header = jsonwebtoken::Header::new(jsonwebtoken::Algorithm::HS256);
    header.kid = key["kid"].as_str().map(str::to_owned);
    let public = key["x"].as_str().unwrap().as_bytes();
    let confused = jsonwebtoken::encode(
        &header,
        &claims,
        &jsonwebtoken::EncodingKey::from_secret(public),
    )
    .unwrap();
    let unsigned = format!(
        "eyJhbGciOiJub25lIn0.{}.",
        confused.split('.').nth(1).unwrap()
    );
    // Signed properly, with a key that Whop never had, under the name of one that it has.
    let own = p256::SecretKey::from_slice(&[7; 32]).unwrap();
    let pem =
        p256::pkcs8::EncodePrivateKey::to_pkcs8_pem(&own, p256::pkcs8::LineEnding::LF).unwrap();
    let own = jsonwebtoken::EncodingKey::from_ec_pem(pem.as_bytes()).unwrap();
    header.alg = jsonwebtoken::Algorithm::ES256;
    let foreign = jsonwebtoken::encode(&header, &claims, &own).unwrap();
    header.kid = Some("unknown".to_owned());
    let unknown = jsonwebtoken::encode(&header, &claims, &own).unwrap();
    for token in [
        confused.as_str(),
        &unsigned,
        &foreign,
        &unknown,
        &unknown,
        "garbage",
        "",
    ] {
        let answer = stack
            .client
            .post(format!("{}/session", stack.url))
            .header("x-whop-user-token", token)
            // A valid assertion does not make up for it.
            .json(&json!({"channel_id": "exp_general", "assertion": assertion("user_ada")}))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{token}");
    }
    // Unknown keys make it look again once, not each time.
    let asked = stack.upstream_requests("GET /.well-known/jwks.json").await;
    assert_eq!(asked, 2, "this test's own request and the proxy's");
}

#[tokio::test]
async fn no_access_means_nothing_at_all() {
    let stack = Stack::start().await;
    let ask = async |user: &str, channel: &str| {
        let body =
            json!({"channel_id": channel, "assertion": assertion(user), "with_messages": true});
        stack.post_session(&body).await
    };
    for channel in ["exp_general", "chat_feed_general"] {
        for user in ["user_stranger", "user_whom_nobody_knows"] {
            let answer = ask(user, channel).await;
            assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{user} {channel}");
            let body: Value = answer.json().await.unwrap();
            assert_eq!(body["error"]["type"], "no_access");
            assert_eq!(body.as_object().unwrap().len(), 1, "nothing else is said");
        }
    }
    for channel in [
        "exp_unknown",
        "chat_feed_unknown",
        "",
        "../users",
        "a/b",
        "exp_general?x=1",
    ] {
        let (status, kind, _) = error_of(ask("user_ada", channel).await).await;
        assert_eq!(
            (status, kind.as_str()),
            (StatusCode::NOT_FOUND, "not_found"),
            "{channel}"
        );
    }
    assert_eq!(
        stack.upstream_requests("GET /api/v1/messages").await,
        0,
        "nothing is read for who has no access"
    );
}

#[tokio::test]
async fn an_assertion_can_be_limited_to_channels() {
    let stack = Stack::start().await;
    for (channel, expected) in [
        ("exp_lounge", StatusCode::OK),
        ("chat_feed_lounge", StatusCode::OK),
        ("exp_general", StatusCode::FORBIDDEN),
    ] {
        let mut claims = claims("user_ada");
        claims["channels"] = json!(["exp_lounge"]);
        let limited = sign(&claims, ASSERTION_SECRET.as_bytes());
        let body = json!({"channel_id": channel, "assertion": limited});
        assert_eq!(
            stack.post_session(&body).await.status(),
            expected,
            "{channel}"
        );
    }
}

#[tokio::test]
async fn a_page_needs_no_preflight_and_a_foreign_one_gets_nothing() {
    let stack = Stack::start().await;
    let post = async |origin: &str| {
        let assertion = assertion("user_ada");
        let body = json!({ "channel_id": "exp_general", "assertion": assertion });
        stack
            .client
            .post(format!("{}/session", stack.url))
            .header("origin", origin)
            .header("content-type", "text/plain;charset=UTF-8")
            .body(body.to_string())
            .send()
            .await
            .unwrap()
    };
    let answer = post(SITE).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()["access-control-allow-origin"], SITE);
    let foreign = post("https://evil.example").await;
    assert_eq!(foreign.status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn bad_bodies_get_clear_answers() {
    let stack = Stack::start().await;
    let post = async |kind: &str, body: String| {
        let answer = stack
            .client
            .post(format!("{}/session", stack.url))
            .header("origin", SITE)
            .header("content-type", kind)
            .body(body)
            .send()
            .await
            .unwrap();
        error_of(answer).await
    };
    for (kind, body, expected) in [
        (
            "text/html",
            "{}".to_owned(),
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ),
        (
            "text/plain",
            "{\"channel".to_owned(),
            StatusCode::BAD_REQUEST,
        ),
        (
            "application/json",
            "{\"channel".to_owned(),
            StatusCode::BAD_REQUEST,
        ),
        ("application/json", String::new(), StatusCode::BAD_REQUEST),
        ("application/json", "[]".to_owned(), StatusCode::BAD_REQUEST),
        (
            "application/json",
            "{\"channel_id\":7}".to_owned(),
            StatusCode::BAD_REQUEST,
        ),
        (
            "application/json",
            "[".repeat(10_000),
            StatusCode::BAD_REQUEST,
        ),
        (
            "application/json",
            format!("\"{}\"", "x".repeat(40_000)),
            StatusCode::PAYLOAD_TOO_LARGE,
        ),
    ] {
        let start: String = body.chars().take(20).collect();
        assert_eq!(post(kind, body).await.0, expected, "{start}");
    }
    let answer = stack
        .client
        .get(format!("{}/session", stack.url))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.headers()["allow"], "POST");
    assert_eq!(error_of(answer).await.0, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn whops_failures_are_said_in_fixed_words() {
    let stack = Stack::start().await;
    let ask = async |user: &str, channel: &str| {
        let body = json!({"channel_id": channel, "assertion": assertion(user)});
        stack.post_session(&body).await
    };
    // Everybody is asked about once. What Whop says to be too much is asked again, and so is what it says to a token
    // that may be old.
    for (user, channel, path, status, times, expected) in [
        (
            "user_ada",
            "exp_general",
            "GET /api/v1/users/user_ada/access/exp_general",
            500,
            1,
            503,
        ),
        (
            "user_bob",
            "exp_quiet",
            "GET /api/v1/chat_channels/exp_quiet",
            429,
            2,
            503,
        ),
        (
            "user_chen",
            "exp_lounge",
            "GET /api/v1/chat_channels/exp_lounge",
            429,
            1,
            200,
        ),
        (
            "user_noor",
            "exp_quiet",
            "GET /api/v1/users/user_noor",
            401,
            2,
            502,
        ),
        (
            "user_yuki",
            "exp_quiet",
            "GET /api/v1/users/user_yuki/access/exp_quiet",
            401,
            1,
            200,
        ),
        (
            "user_sofia",
            "exp_quiet",
            "POST /api/v1/access_tokens",
            429,
            2,
            503,
        ),
        (
            "user_fatima",
            "exp_quiet",
            "POST /api/v1/access_tokens",
            422,
            1,
            502,
        ),
    ] {
        let (method, path) = path.split_once(' ').unwrap();
        let fault = json!({"method": method, "path": path, "status": status, "times": times});
        stack.control("fail", &fault).await;
        let answer = ask(user, channel).await;
        assert_eq!(answer.status().as_u16(), expected, "{path} {status}");
        if expected == 200 {
            continue;
        }
        assert_eq!(
            answer.headers().contains_key("retry-after"),
            expected == 503,
            "{path} {status}"
        );
        let (_, _, message) = error_of(answer).await;
        assert!(
            !message.contains("test") && !message.contains("Whop"),
            "{message}"
        );
        assert_eq!(
            ask(user, channel).await.status(),
            StatusCode::OK,
            "it recovers by itself"
        );
    }
}
