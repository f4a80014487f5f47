//! Who is asking: by which keys, once only, and as nobody.

#![allow(clippy::unwrap_used, reason = "a test's helpers")]

mod common;

use common::{ASSERTION_SECRET, Stack, assertion, claims, error_of, now, sign};
use futures_util::stream::{self, StreamExt};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use p256::pkcs8::{EncodePrivateKey, EncodePublicKey, LineEnding};
use proxy::configuration::PublicKey;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use wire::rest::AccessLevel;
use wire::session::Session;

async fn open(stack: &Stack, assertion: &str) -> (StatusCode, String) {
    let body = json!({"channel_id": "exp_quiet", "assertion": assertion});
    let answer = stack.post_session(&body).await;
    (answer.status(), answer.text().await.unwrap())
}

#[tokio::test]
async fn an_assertion_counts_once() {
    let stack = Stack::start().await;
    let signed = assertion("user_ada");
    assert_eq!(open(&stack, &signed).await.0, StatusCode::OK);
    let (status, said) = open(&stack, &signed).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    assert!(said.contains("used before"), "{said}");
    // Neither at the same time: whoever is first has it.
    let signed = assertion("user_ada");
    let (one, other) = tokio::join!(open(&stack, &signed), open(&stack, &signed));
    let mut statuses = [one.0, other.0];
    statuses.sort();
    assert_eq!(statuses, [StatusCode::OK, StatusCode::UNAUTHORIZED]);
    // Two that differ in nothing but who signed them when are one where they have no id.
    let mut plain = claims("user_ada");
    plain.as_object_mut().unwrap().remove("jti");
    let plain = sign(&plain, ASSERTION_SECRET.as_bytes());
    assert_eq!(open(&stack, &plain).await.0, StatusCode::OK);
    assert_eq!(open(&stack, &plain).await.0, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn an_assertion_that_was_of_no_use_counts_still() {
    let stack = Stack::start().await;
    let signed = assertion("user_ada");
    let fault = json!({"method": "GET", "path": "/api/v1/users/user_ada", "status": 500});
    stack.control("fail", &fault).await;
    let (status, _) = open(&stack, &signed).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(open(&stack, &signed).await.0, StatusCode::OK);
}

fn signed(algorithm: Algorithm, claims: &Value, key: &EncodingKey) -> String {
    jsonwebtoken::encode(&Header::new(algorithm), claims, key).unwrap()
}

#[tokio::test]
async fn backends_with_a_key_of_their_own_vouch_for_their_visitors() {
    let secret = p256::SecretKey::from_slice(&[5; 32]).unwrap();
    let private = secret.to_pkcs8_pem(LineEnding::LF).unwrap();
    let curve = EncodingKey::from_ec_pem(private.as_bytes()).unwrap();
    let pem = secret
        .public_key()
        .to_public_key_pem(LineEnding::LF)
        .unwrap();
    // RFC 8037, appendix A.
    let edwards_public =
        r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
    let mut der = hex::decode("302e020100300506032b657004220420").unwrap();
    der.extend(
        hex::decode("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60").unwrap(),
    );
    let edwards = EncodingKey::from_ed_der(&der);
    for (algorithm, private, public) in [
        (Algorithm::ES256, &curve, pem.as_str()),
        (Algorithm::EdDSA, &edwards, edwards_public),
    ] {
        let stack = Stack::start_with(
            |_| {},
            |configuration| {
                configuration.assertion_secret = None;
                configuration.assertion_keys = PublicKey::parse(public).unwrap();
            },
        )
        .await;
        let honest = signed(algorithm, &claims("user_ada"), private);
        let (status, said) = open(&stack, &honest).await;
        assert_eq!(status, StatusCode::OK, "{said}");
        let (status, said) = open(&stack, &honest).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{said}");
        // What is public is no secret that one could sign with.
        for text in [public, public.trim_end()] {
            let key = EncodingKey::from_secret(text.as_bytes());
            let forged = signed(Algorithm::HS256, &claims("user_ada"), &key);
            let (status, said) = open(&stack, &forged).await;
            assert_eq!(status, StatusCode::UNAUTHORIZED);
            assert!(said.contains("wrong algorithm"), "{said}");
        }
        let shared = open(&stack, &assertion("user_ada")).await;
        assert_eq!(shared.0, StatusCode::UNAUTHORIZED);
        let mut other = claims("user_ada");
        other["aud"] = json!("another-chat");
        let other = open(&stack, &signed(algorithm, &other, private)).await;
        assert_eq!(other.0, StatusCode::UNAUTHORIZED);
        let mut long = claims("user_ada");
        long["exp"] = json!(now() + 301);
        let long = open(&stack, &signed(algorithm, &long, private)).await;
        assert_eq!(long.0, StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn whops_keys_can_be_pinned() {
    let secret = p256::SecretKey::from_slice(&[6; 32]).unwrap();
    let pem = secret.to_pkcs8_pem(LineEnding::LF).unwrap();
    let private = EncodingKey::from_ec_pem(pem.as_bytes()).unwrap();
    let former = p256::SecretKey::from_slice(&[7; 32]).unwrap();
    // Two without names, as in a time when Whop changes its key.
    let pem = |key: &p256::SecretKey| key.public_key().to_public_key_pem(LineEnding::LF).unwrap();
    let pinned = PublicKey::parse(&(pem(&former) + &pem(&secret))).unwrap();
    let stack = Stack::start_with(
        |_| {},
        |configuration| configuration.user_token_keys = pinned,
    )
    .await;
    let ask = async |token: &str| {
        let request = stack.client.post(format!("{}/session", stack.url));
        let request = request
            .header("x-whop-user-token", token)
            .json(&json!({"channel_id": "exp_quiet"}));
        request.send().await.unwrap().status()
    };
    let claims = |age: i64| json!({"sub": "user_bob", "aud": "app_sandbox", "iss": "urn:whopcom:exp-proxy", "iat": now() - age});
    let mut header = Header::new(Algorithm::ES256);
    header.kid = Some("whatever".to_owned());
    let sign = |claims: &Value| jsonwebtoken::encode(&header, claims, &private).unwrap();
    assert_eq!(ask(&sign(&claims(10))).await, StatusCode::OK);
    // One that never expires is old some time all the same.
    assert_eq!(ask(&sign(&claims(3_700))).await, StatusCode::UNAUTHORIZED);
    let foreign = p256::SecretKey::from_slice(&[8; 32]).unwrap();
    let foreign = foreign.to_pkcs8_pem(LineEnding::LF).unwrap();
    let foreign = EncodingKey::from_ec_pem(foreign.as_bytes()).unwrap();
    let forged = jsonwebtoken::encode(&header, &claims(10), &foreign).unwrap();
    assert_eq!(ask(&forged).await, StatusCode::UNAUTHORIZED);
    // What the sandbox signs with its own key is not what is pinned; and nothing is fetched.
    let cookie = stack.visitor_cookie("user_bob").await;
    let app = &stack.sandbox.addresses().app;
    let inside = stack.client.post(format!("{app}/session"));
    let inside = inside
        .header("cookie", &cookie)
        .json(&json!({"channel_id": "exp_quiet"}));
    let inside = inside.send().await.unwrap();
    assert_eq!(inside.status(), StatusCode::UNAUTHORIZED);
    let fetched = stack.upstream_requests("GET /.well-known/jwks.json").await;
    assert_eq!(fetched, 0);
}

async fn guest(stack: &Stack, channel: &str) -> Session {
    let body = json!({"channel_id": channel, "with_messages": true, "with_html": true});
    let answer = stack.post_session(&body).await;
    assert_eq!(answer.status(), StatusCode::OK, "{:?}", answer.text().await);
    answer.json().await.unwrap()
}

async fn public() -> Stack {
    Stack::start_with(
        |_| {},
        |configuration| configuration.public_channels = vec!["exp_quiet".to_owned()],
    )
    .await
}

#[tokio::test]
async fn guests_read_what_the_operator_has_opened() {
    let stack = public().await;
    let ada = stack.session_of("user_ada", "exp_quiet").await;
    stack.post(&ada, "for everybody").await;
    let session = guest(&stack, "exp_quiet").await;
    let may = &session.permissions;
    assert_eq!(may.access_level, AccessLevel::NoAccess);
    assert!(!may.can_post && !may.can_react && !may.can_moderate);
    assert!(session.user.id.as_str().starts_with("guest_"));
    let newest = session.messages.as_ref().unwrap();
    assert_eq!(newest.data[0].content.as_deref(), Some("for everybody"));
    assert!(session.html.as_ref().unwrap().contains("Sign in to post."));
    let token = session.token.token.as_str();
    for path in [
        "/messages?channel_id=exp_quiet&direction=desc&first=5",
        "/messages?channel_id=chat_feed_quiet",
    ] {
        let answer = stack.api(Method::GET, path, token, None).await;
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        let page: Value = answer.json().await.unwrap();
        assert!(page["data"].to_string().contains("for everybody"));
    }
    // What happens comes live, and nobody hears that a guest is there, or has read.
    let mut member = stack.socket(&ada).await;
    let mut socket = stack.socket(&session).await;
    socket
        .say(
            &json!({"broadcastRequest": {"channel": {"type": "DMS", "id": "chat_feed_quiet"},
            "markAsRead": {"timestamp": 1}, "typingIndicator": {}}}),
        )
        .await;
    stack.post(&ada, "live").await;
    assert_eq!(socket.next_message().await, "live");
    let heard = member.next_text().await.unwrap();
    assert!(
        heard.contains("live") && !heard.contains("guest_"),
        "{heard}"
    );
    // A renewal keeps who they are.
    let body = json!({"channel_id": "exp_quiet", "renewal": session.renewal});
    let renewed: Session = stack.post_session(&body).await.json().await.unwrap();
    assert_eq!(renewed.user.id, session.user.id);
    assert_eq!(renewed.permissions, session.permissions);
}

#[tokio::test]
async fn guests_do_nothing_else() {
    let stack = public().await;
    let session = guest(&stack, "exp_quiet").await;
    let token = session.token.token.as_str();
    let post = json!({"channel_id": "exp_quiet", "content": "hello"});
    let ada = stack.session_of("user_ada", "exp_quiet").await;
    let message = stack.post(&ada, "one").await;
    let one = format!("/messages/{message}");
    let reactions = format!("/reactions?resource_id={message}");
    let messages = stack.upstream_requests("GET /api/v1/messages").await;
    for (method, path) in [
        (Method::POST, "/messages"),
        (Method::DELETE, one.as_str()),
        (Method::GET, &one),
        (Method::GET, &reactions),
        (Method::POST, "/reactions"),
        (Method::GET, "/messages?channel_id=exp_general"),
        (
            Method::GET,
            "/messages?channel_id=exp_quiet&channel_id=exp_general",
        ),
        (
            Method::GET,
            "/messages?channel_id=exp_quiet&first=5;channel_id=exp_general",
        ),
        (Method::GET, "/messages"),
        (Method::GET, "/users?query=ada"),
        (Method::GET, "/users/user_ada"),
        (Method::GET, "/chat_channels/exp_quiet"),
    ] {
        let answer = stack
            .api(method.clone(), path, token, Some(post.clone()))
            .await;
        let (status, kind, _) = error_of(answer).await;
        let expected = (StatusCode::FORBIDDEN, "forbidden");
        assert_eq!((status, kind.as_str()), expected, "{method} {path}");
    }
    assert_eq!(
        stack.upstream_requests("GET /api/v1/messages").await,
        messages
    );
    // The token is none of Whop's.
    let api = &stack.sandbox.addresses().api;
    let direct = stack
        .client
        .get(format!("{api}/api/v1/messages?channel_id=exp_quiet"));
    let direct = direct.bearer_auth(token).send().await.unwrap();
    assert_eq!(direct.status(), StatusCode::UNAUTHORIZED);
    // Where it is not open, nobody is let in, and Whop hears nothing of it.
    let asked = stack
        .upstream_requests("GET /api/v1/chat_channels/{id}")
        .await;
    for channel in ["exp_general", "exp_unknown", "chat_feed_general"] {
        let answer = stack.post_session(&json!({"channel_id": channel})).await;
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{channel}");
    }
    let elsewhere = json!({"channel_id": "exp_general", "renewal": session.renewal});
    let elsewhere = stack.post_session(&elsewhere).await;
    assert_eq!(elsewhere.status(), StatusCode::UNAUTHORIZED);
    let now_asked = stack
        .upstream_requests("GET /api/v1/chat_channels/{id}")
        .await;
    assert_eq!(asked, now_asked);
    // A bad proof doesn't make a guest.
    let bad = json!({"channel_id": "exp_quiet", "assertion": "a.b.c"});
    assert_eq!(
        stack.post_session(&bad).await.status(),
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn a_channel_that_is_closed_again_is_closed_for_who_is_there() {
    let open = public().await;
    let session = guest(&open, "exp_quiet").await;
    // The same secrets, another decision.
    let closed = Stack::start().await;
    let path = "/messages?channel_id=exp_quiet";
    let answer = closed
        .api(Method::GET, path, &session.token.token, None)
        .await;
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    let body = json!({"channel_id": "exp_quiet", "renewal": session.renewal});
    let renewed = closed.post_session(&body).await;
    assert_eq!(renewed.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_thousand_openings_of_one_visitor_cost_one_mint() {
    let stack = Stack::start().await;
    let openings = (0..1_000).map(|_| async {
        let body = json!({"channel_id": "exp_quiet", "assertion": assertion("user_chen")});
        let answer = stack.post_session(&body).await;
        assert_eq!(answer.status(), StatusCode::OK, "{:?}", answer.text().await);
        let session: Session = answer.json().await.unwrap();
        session.token.token
    });
    let opened: Vec<String> = stream::iter(openings).buffer_unordered(100).collect().await;
    assert!(opened.iter().all(|token| *token == opened[0]));
    let minted = stack.upstream_requests("POST /api/v1/access_tokens").await;
    assert_eq!(minted, 1);
}
