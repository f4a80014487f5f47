//! Signing in with Whop, as a browser does it: at the real sandbox, with its consent page.

#![allow(clippy::unwrap_used, reason = "a test's helpers")]

mod common;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use common::{ASSERTION_SECRET, SESSION_SECRET, SITE, Stack, error_of};
use proxy::configuration::Secret;
use reqwest::{Response, StatusCode, Url};
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, Salt};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use wire::session::Session;

const VERIFIER: &str = "a verifier that only the page knows, which it made at random";
const PAGE: &str = "https://creator.example/course?lesson=3&of=7";
const HOUR: i64 = 3_600;

async fn stack() -> Stack {
    stack_with(|_| {}).await
}

async fn stack_with(change: impl FnOnce(&mut proxy::configuration::Configuration)) -> Stack {
    Stack::start_with(
        |_| {},
        |configuration| {
            let api = configuration.api_url.trim_end_matches("/api/v1").to_owned();
            configuration.oauth_url = Some(format!("{api}/oauth"));
            change(configuration);
        },
    )
    .await
}

fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier))
}

async fn get(stack: &Stack, address: &str, cookie: Option<&str>) -> Response {
    let mut request = stack.client.get(address);
    if let Some(cookie) = cookie {
        request = request.header("cookie", cookie);
    }
    request.send().await.unwrap()
}

fn location(answer: &Response) -> Url {
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    Url::parse(answer.headers()["location"].to_str().unwrap()).unwrap()
}

/// Name and value of the cookie that an answer sets, and its attributes.
fn cookie(answer: &Response) -> (String, String) {
    let set = answer.headers()["set-cookie"].to_str().unwrap();
    let (pair, attributes) = set.split_once(';').unwrap();
    (pair.to_owned(), attributes.to_owned())
}

async fn start(stack: &Stack, page: &str, display: &str) -> Response {
    let challenge = challenge(VERIFIER);
    let parameters = [
        ("return_to", page),
        ("challenge", &challenge),
        ("display", display),
    ];
    let address = format!("{}/oauth/start", stack.url);
    let address = Url::parse_with_params(&address, parameters).unwrap();
    get(stack, address.as_str(), None).await
}

/// What the consent page's form sends when somebody presses the button with their name.
async fn allow(stack: &Stack, asked: &Url, user: &str) -> Url {
    let mut form: Vec<(String, String)> = asked.query_pairs().into_owned().collect();
    form.push(("user".to_owned(), user.to_owned()));
    let mut action = asked.clone();
    action.set_query(None);
    let body = Url::parse_with_params("http://form/", &form).unwrap();
    let request = stack.client.post(action);
    let request = request
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body.query().unwrap().to_owned());
    location(&request.send().await.unwrap())
}

/// Begins and allows as that user: the begun sign-in's cookie, and where Whop sends the browser.
async fn allowed(stack: &Stack, user: &str) -> (String, Url) {
    let sent = start(stack, PAGE, "page").await;
    let (begun, attributes) = cookie(&sent);
    for part in ["Secure", "HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(attributes.contains(part), "{attributes}");
    }
    assert!(begun.starts_with("__Host-"));
    let asked = location(&sent);
    assert_eq!(asked.path(), "/oauth/authorize");
    (begun, allow(stack, &asked, user).await)
}

/// Signs in as that user; answers what the page finds in its address.
async fn handover(stack: &Stack, user: &str) -> String {
    let (begun, back) = allowed(stack, user).await;
    assert_eq!(back.path(), "/oauth/callback");
    let landed = get(stack, back.as_str(), Some(&begun)).await;
    let (forgotten, attributes) = cookie(&landed);
    assert!(forgotten.ends_with('=') && attributes.contains("Max-Age=0"));
    assert_eq!(landed.status(), StatusCode::OK);
    let html = landed.text().await.unwrap();
    assert_eq!(data(&html, "display"), "page");
    assert_eq!(data(&html, "return-to"), PAGE.replace('&', "&amp;"));
    let fragment = data(&html, "fragment");
    fragment.strip_prefix("whop-chat=").unwrap().to_owned()
}

/// What the page's script finds under that name.
fn data<'a>(html: &'a str, name: &str) -> &'a str {
    let (_, rest) = html.split_once(&format!("data-{name}=\"")).unwrap();
    rest.split('"').next().unwrap()
}

async fn open(stack: &Stack, origin: Option<&str>, body: &Value, cookie: Option<&str>) -> Response {
    let mut request = stack.client.post(format!("{}/session", stack.url));
    request = request.json(body);
    if let Some(origin) = origin {
        request = request.header("origin", origin);
    }
    if let Some(cookie) = cookie {
        request = request.header("cookie", cookie);
    }
    request.send().await.unwrap()
}

fn wanted() -> Value {
    json!({"channel_id": "exp_quiet"})
}

fn taking(handover: &str, verifier: &str) -> Value {
    json!({"channel_id": "exp_quiet", "sign_in": handover, "sign_in_verifier": verifier})
}

/// Signs in as that user, and takes it over: the cookie that the browser holds from then on.
async fn signed_in(stack: &Stack, user: &str) -> String {
    let handover = handover(stack, user).await;
    let answer = open(stack, Some(SITE), &taking(&handover, VERIFIER), None).await;
    assert_eq!(answer.status(), StatusCode::OK, "{:?}", answer.text().await);
    cookie(&answer).0
}

async fn status_of(stack: &Stack, cookie: &str) -> StatusCode {
    open(stack, Some(SITE), &wanted(), Some(cookie))
        .await
        .status()
}

async fn end(stack: &Stack, origin: Option<&str>, cookie: &str) -> Response {
    let mut request = stack.client.post(format!("{}/oauth/end", stack.url));
    if let Some(origin) = origin {
        request = request.header("origin", origin);
    }
    request.header("cookie", cookie).send().await.unwrap()
}

fn key(secret: &str) -> LessSafeKey {
    let derived = Salt::new(HKDF_SHA256, b"whop-chat").extract(secret.as_bytes());
    let info = [b"sign-in cookies".as_slice()];
    let okm = derived.expand(&info, &CHACHA20_POLY1305).unwrap();
    LessSafeKey::new(UnboundKey::from(okm))
}

/// The cookie as somebody could make it who has the secret, with changed fields.
fn resealed(cookie: &str, secret: &str, changes: &[(&str, Value)]) -> String {
    let (name, value) = cookie.split_once('=').unwrap();
    let mut sealed = URL_SAFE_NO_PAD.decode(value).unwrap();
    let (nonce, text) = sealed.split_at_mut(NONCE_LEN);
    let nonce = Nonce::try_assume_unique_for_key(nonce).unwrap();
    let context = || Aad::from(b"signed in");
    let opened = key(SESSION_SECRET).open_in_place(nonce, context(), text);
    let mut claims: Value = serde_json::from_slice(opened.unwrap()).unwrap();
    for (field, value) in changes {
        claims[field] = value.clone();
    }
    let mut text = serde_json::to_vec(&claims).unwrap();
    let nonce = [7; NONCE_LEN];
    key(secret)
        .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), context(), &mut text)
        .unwrap();
    let sealed = URL_SAFE_NO_PAD.encode([nonce.as_slice(), &text].concat());
    format!("{name}={sealed}")
}

/// The same sign-in, which Whop was asked about so long ago.
fn aged(cookie: &str, seconds: i64) -> String {
    let changes = [("checked_at", json!(common::now() - seconds))];
    resealed(cookie, SESSION_SECRET, &changes)
}

#[tokio::test]
async fn who_signs_in_is_known_from_then_on() {
    let stack = stack().await;
    let nobody = open(&stack, Some(SITE), &wanted(), None).await;
    assert_eq!(nobody.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(nobody.headers()["whop-chat-sign-in"], "offered");
    let exposed = nobody.headers()["access-control-expose-headers"].to_str();
    assert!(exposed.unwrap().contains("whop-chat-sign-in"));

    let handover = handover(&stack, "user_bob").await;
    let answer = open(&stack, Some(SITE), &taking(&handover, VERIFIER), None).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()["access-control-allow-credentials"], "true");
    assert_eq!(answer.headers()["access-control-allow-origin"], SITE);
    assert_eq!(answer.headers()["whop-chat-sign-in"], "signed-in");
    let (signed_in, attributes) = cookie(&answer);
    for part in [
        "Secure",
        "HttpOnly",
        "SameSite=None",
        "Partitioned",
        "Path=/",
    ] {
        assert!(attributes.contains(part), "{attributes}");
    }
    assert!(signed_in.starts_with("__Host-") && !attributes.contains("Domain"));
    let session: Session = answer.json().await.unwrap();
    assert_eq!(session.user.id.as_str(), "user_bob");
    assert_eq!(session.socket.protocols.len(), 2);
    stack.post(&session, "signed in with Whop").await;
    let mut socket = stack.socket(&session).await;
    stack.post(&session, "and heard").await;
    assert_eq!(socket.next_message().await, "and heard");

    let again = open(&stack, Some(SITE), &wanted(), Some(&signed_in)).await;
    let again: Session = again.json().await.unwrap();
    assert_eq!(again.user.id.as_str(), "user_bob");
    let renewed = json!({"channel_id": "exp_quiet", "renewal": again.renewal});
    let renewed = open(&stack, Some(SITE), &renewed, None).await;
    let renewed: Session = renewed.json().await.unwrap();
    assert_eq!(renewed.user.id.as_str(), "user_bob");
}

#[tokio::test]
async fn only_the_operators_pages_can_use_the_cookie() {
    let stack = stack().await;
    let signed_in = signed_in(&stack, "user_bob").await;
    // A foreign page's request carries the cookie, too, and gets nothing for it.
    let foreign = open(
        &stack,
        Some("https://evil.example"),
        &wanted(),
        Some(&signed_in),
    )
    .await;
    assert_eq!(foreign.status(), StatusCode::FORBIDDEN);
    for header in [
        "access-control-allow-credentials",
        "access-control-allow-origin",
        "set-cookie",
    ] {
        assert!(foreign.headers().get(header).is_none(), "{header}");
    }
    // Nor do apps of Whop's, or requests that no page makes.
    let app = stack.sandbox.addresses().app.clone();
    for origin in [Some(app.as_str()), None] {
        let answer = open(&stack, origin, &wanted(), Some(&signed_in)).await;
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{origin:?}");
        assert_eq!(
            end(&stack, origin, &signed_in).await.status(),
            StatusCode::FORBIDDEN
        );
    }
    let foreign = end(&stack, Some("https://evil.example"), &signed_in).await;
    assert_eq!(foreign.status(), StatusCode::FORBIDDEN);
    assert_eq!(status_of(&stack, &signed_in).await, StatusCode::OK);
    // Whop's routes know no cookie.
    let forwarded = stack
        .client
        .get(format!("{}/api/v1/users/me", stack.url))
        .header("origin", SITE)
        .header("cookie", &signed_in);
    let forwarded = forwarded.send().await.unwrap();
    assert_eq!(forwarded.status(), StatusCode::UNAUTHORIZED);
    let headers = forwarded.headers();
    assert!(headers.get("access-control-allow-credentials").is_none());
}

#[tokio::test]
async fn who_signs_out_is_signed_out_everywhere() {
    let stack = stack().await;
    let signed_in = signed_in(&stack, "user_bob").await;
    let ended = end(&stack, Some(SITE), &signed_in).await;
    assert_eq!(ended.status(), StatusCode::NO_CONTENT);
    let (forgotten, attributes) = cookie(&ended);
    assert!(forgotten.ends_with('=') && attributes.contains("Max-Age=0"));
    assert_eq!(stack.upstream_requests("POST /oauth/revoke").await, 1);
    // A copy of the cookie is of no use, and neither is it once Whop is asked.
    for copy in [signed_in.clone(), aged(&signed_in, 13 * HOUR)] {
        assert_eq!(status_of(&stack, &copy).await, StatusCode::UNAUTHORIZED);
    }
    let elsewhere = resealed(
        &aged(&signed_in, 13 * HOUR),
        SESSION_SECRET,
        &[("id", json!("x"))],
    );
    assert_eq!(
        status_of(&stack, &elsewhere).await,
        StatusCode::UNAUTHORIZED
    );
    // Nobody is signed in, and that is no error.
    let again = end(&stack, Some(SITE), "__Host-whop-chat=").await;
    assert_eq!(again.status(), StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn a_cookie_that_was_not_made_here_says_nothing() {
    let stack = stack().await;
    let signed_in = signed_in(&stack, "user_bob").await;
    let (name, value) = signed_in.split_once('=').unwrap();
    let mut bytes = value.as_bytes().to_vec();
    bytes[40] = if bytes[40] == b'A' { b'B' } else { b'A' };
    let tampered = format!("{name}={}", String::from_utf8(bytes).unwrap());
    let month_ago = json!(common::now() - 31 * 24 * HOUR);
    for cookie in [
        tampered,
        format!("{name}="),
        format!("{name}=user_ada"),
        resealed(&signed_in, ASSERTION_SECRET, &[]),
        resealed(&signed_in, SESSION_SECRET, &[("began_at", month_ago)]),
    ] {
        assert_eq!(
            status_of(&stack, &cookie).await,
            StatusCode::UNAUTHORIZED,
            "{cookie}"
        );
    }
    let same = resealed(&signed_in, SESSION_SECRET, &[]);
    assert_eq!(status_of(&stack, &same).await, StatusCode::OK);
}

#[tokio::test]
async fn a_secret_that_was_changed_still_counts() {
    let stack = stack_with(|configuration| {
        let newer = Secret::new("7c1e5a90b3d24f6881ac0e2b4d6f8197");
        configuration.session_secret = newer.after(&Secret::new(SESSION_SECRET));
    });
    let (stack, older) = tokio::join!(stack, self::stack());
    let signed_in = signed_in(&older, "user_bob").await;
    assert_eq!(status_of(&stack, &signed_in).await, StatusCode::OK);
}

#[tokio::test]
async fn whop_is_asked_twice_a_day_and_once_by_many() {
    let stack = stack().await;
    let signed_in = signed_in(&stack, "user_bob").await;
    let asked = async || stack.upstream_requests("POST /oauth/token").await;
    let before = asked().await;
    let recent = open(
        &stack,
        Some(SITE),
        &wanted(),
        Some(&aged(&signed_in, 11 * HOUR)),
    )
    .await;
    assert_eq!(recent.status(), StatusCode::OK);
    assert!(recent.headers().get("set-cookie").is_none());
    assert_eq!(asked().await, before);

    let old = aged(&signed_in, 13 * HOUR);
    let body = wanted();
    let tabs = (0..8).map(|_| open(&stack, Some(SITE), &body, Some(&old)));
    let tabs = futures_util::future::join_all(tabs).await;
    let cookies: Vec<String> = tabs.iter().map(|tab| cookie(tab).0).collect();
    assert!(tabs.iter().all(|tab| tab.status() == StatusCode::OK));
    assert_eq!(asked().await, before + 1);
    // Whose answer was lost asks again with the old one, and Whop is not asked with a token that is spent.
    assert_eq!(status_of(&stack, &old).await, StatusCode::OK);
    assert_eq!(asked().await, before + 1);
    // The new token is one that Whop knows.
    assert_eq!(
        status_of(&stack, &aged(&cookies[0], 13 * HOUR)).await,
        StatusCode::OK
    );
    assert_eq!(asked().await, before + 2);
}

#[tokio::test]
async fn a_sign_in_outlives_a_bad_day_of_whops_but_not_two() {
    let stack = stack().await;
    let signed_in = signed_in(&stack, "user_bob").await;
    let fault = json!({"kind": "status", "status": 503, "match": {"path": "/oauth/token"}});
    stack.control("faults", &fault).await;
    assert_eq!(
        status_of(&stack, &aged(&signed_in, 13 * HOUR)).await,
        StatusCode::OK
    );
    let older = aged(&signed_in, 25 * HOUR);
    assert_eq!(
        status_of(&stack, &older).await,
        StatusCode::SERVICE_UNAVAILABLE
    );
}

#[tokio::test]
async fn only_the_page_that_began_takes_it_over_and_once() {
    let stack = stack().await;
    let handover = handover(&stack, "user_bob").await;
    for (origin, code, verifier) in [
        (SITE, handover.as_str(), "another verifier"),
        (SITE, &handover, ""),
        (SITE, "garbage", VERIFIER),
        (stack.url.as_str(), &handover, VERIFIER),
    ] {
        let answer = open(&stack, Some(origin), &taking(code, verifier), None).await;
        assert_eq!(
            answer.status(),
            StatusCode::UNAUTHORIZED,
            "{origin} {verifier}"
        );
        assert!(answer.headers().get("set-cookie").is_none());
    }
    let taken = open(&stack, Some(SITE), &taking(&handover, VERIFIER), None).await;
    assert_eq!(taken.status(), StatusCode::OK);
    let again = open(&stack, Some(SITE), &taking(&handover, VERIFIER), None).await;
    assert_eq!(again.status(), StatusCode::UNAUTHORIZED);
    // What one kind of seal holds is no other kind.
    let cookie = format!("__Host-whop-chat={handover}");
    assert_eq!(status_of(&stack, &cookie).await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn whop_sends_back_only_who_began_here() {
    let stack = stack().await;
    let (begun, back) = allowed(&stack, "user_bob").await;
    let (other_begun, other_back) = allowed(&stack, "user_stranger").await;
    let refused = async |address: &str, cookie: Option<&str>| {
        let answer = get(&stack, address, cookie).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{address}");
        assert!(answer.headers().get("location").is_none());
        let text = answer.text().await.unwrap();
        assert!(text.contains("Go back to the page and try again"), "{text}");
    };
    // Another browser's sign-in, none, and a state that was guessed.
    for cookie in [
        None,
        Some("__Host-whop-chat-begun=x"),
        Some(other_begun.as_str()),
    ] {
        refused(back.as_str(), cookie).await;
    }
    let mut forged = back.clone();
    forged.set_query(Some("code=stolen&state=guessed"));
    refused(forged.as_str(), Some(&begun)).await;
    // Another's code under this browser's state: it does not answer this browser's challenge.
    let of = |url: &Url, name: &str| {
        let value = url.query_pairs().find(|(key, _)| key == name);
        value.unwrap().1.into_owned()
    };
    let (begun_too, back_too) = allowed(&stack, "user_bob").await;
    let mut injected = back_too.clone();
    let parameters = [
        ("code", of(&other_back, "code")),
        ("state", of(&back_too, "state")),
    ];
    injected.query_pairs_mut().clear().extend_pairs(parameters);
    refused(injected.as_str(), Some(&begun_too)).await;
    // A state counts once, and so does a code.
    let landed = get(&stack, back.as_str(), Some(&begun)).await;
    assert_eq!(landed.status(), StatusCode::OK);
    refused(back.as_str(), Some(&begun)).await;
    // In the visitor's language.
    let page = stack.client.get(back.as_str());
    let page = page.header("accept-language", "fi, de-AT;q=0.8").send();
    let page = page.await.unwrap().text().await.unwrap();
    assert!(
        page.contains("<html lang=\"de-AT\">") && page.contains("<h1>Das hat nicht geklappt</h1>")
    );
    // Who doesn't want to is back where they were.
    let (begun, back) = allowed(&stack, "").await;
    let landed = get(&stack, back.as_str(), Some(&begun)).await;
    assert_eq!(data(&landed.text().await.unwrap(), "fragment"), "");
}

#[tokio::test]
async fn what_whop_is_asked_for() {
    let stack = stack().await;
    let asked = location(&start(&stack, PAGE, "page").await);
    let of = |name: &str| {
        let value = asked.query_pairs().find(|(key, _)| key == name);
        value.unwrap().1.into_owned()
    };
    assert_eq!(of("redirect_uri"), format!("{}/oauth/callback", stack.url));
    assert_eq!(
        (of("response_type"), of("scope")),
        ("code".into(), "openid".into())
    );
    assert_eq!(
        (of("code_challenge_method"), of("code_challenge").len()),
        ("S256".into(), 43)
    );
    // Whop learns nothing that the page keeps, and nothing is used twice.
    assert!(!asked.as_str().contains(&challenge(VERIFIER)));
    let other = location(&start(&stack, PAGE, "page").await);
    for name in ["state", "nonce", "code_challenge"] {
        let value = of(name);
        assert!(
            value.len() == 43 && !other.as_str().contains(&value),
            "{name}"
        );
    }
}

#[tokio::test]
async fn a_popup_ends_in_a_page_that_hands_it_over() {
    let stack = stack().await;
    for (user, prefix) in [("user_bob", "whop-chat="), ("", "")] {
        let sent = start(&stack, PAGE, "popup").await;
        let back = allow(&stack, &location(&sent), user).await;
        let landed = get(&stack, back.as_str(), Some(&cookie(&sent).0)).await;
        assert_eq!(landed.status(), StatusCode::OK);
        assert_eq!(landed.headers()["cache-control"], "no-store");
        assert_eq!(landed.headers()["referrer-policy"], "no-referrer");
        assert!(landed.headers().get("cross-origin-opener-policy").is_none());
        let policy = landed.headers()["content-security-policy"]
            .to_str()
            .unwrap();
        assert!(policy.contains("script-src 'self'") && policy.contains("frame-ancestors 'none'"));
        let html = landed.text().await.unwrap();
        assert_eq!(data(&html, "display"), "popup");
        assert_eq!(data(&html, "origin"), SITE);
        assert_eq!(data(&html, "return-to"), PAGE.replace('&', "&amp;"));
        let fragment = data(&html, "fragment");
        assert!(fragment.starts_with(prefix) && fragment.is_empty() == prefix.is_empty());
    }
    let script = get(&stack, &format!("{}/pages/sign-in.js", stack.url), None).await;
    assert!(script.text().await.unwrap().contains("postMessage"));
}

#[tokio::test]
async fn who_has_no_access_is_signed_in_all_the_same() {
    let stack = stack().await;
    let handover = handover(&stack, "user_stranger").await;
    let answer = open(&stack, Some(SITE), &taking(&handover, VERIFIER), None).await;
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    assert_eq!(answer.headers()["whop-chat-sign-in"], "signed-in");
    let signed_in = cookie(&answer).0;
    assert_eq!(status_of(&stack, &signed_in).await, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn guests_may_sign_in() {
    let stack = stack_with(|configuration| {
        configuration.public_channels = vec!["exp_quiet".to_owned()];
    })
    .await;
    let guest = open(&stack, Some(SITE), &wanted(), None).await;
    assert_eq!(guest.status(), StatusCode::OK);
    assert_eq!(guest.headers()["whop-chat-sign-in"], "offered");
    let signed_in = signed_in(&stack, "user_bob").await;
    let member = open(&stack, Some(SITE), &wanted(), Some(&signed_in)).await;
    let member: Session = member.json().await.unwrap();
    assert_eq!(member.user.id.as_str(), "user_bob");
    // Whom the page vouches for it vouches for, whoever is signed in.
    let vouched = json!({"channel_id": "exp_quiet", "assertion": common::assertion("user_ada")});
    let vouched = open(&stack, Some(SITE), &vouched, Some(&signed_in)).await;
    assert!(vouched.headers().get("whop-chat-sign-in").is_none());
    let vouched: Session = vouched.json().await.unwrap();
    assert_eq!(vouched.user.id.as_str(), "user_ada");
}

#[tokio::test]
async fn a_confidential_client_shows_its_secret() {
    for (secret, status) in [
        (common::API_KEY, StatusCode::OK),
        ("another", StatusCode::BAD_GATEWAY),
    ] {
        let stack = stack_with(|configuration| {
            configuration.oauth_client_secret = Some(Secret::new(secret));
        })
        .await;
        let app = format!("{}/api/v1/apps/app_sandbox", stack.sandbox.addresses().api);
        let change = stack.client.patch(app).bearer_auth(common::API_KEY);
        let change = change.json(&json!({"oauth_client_type": "confidential"}));
        assert!(change.send().await.unwrap().status().is_success());
        let (begun, back) = allowed(&stack, "user_bob").await;
        let landed = get(&stack, back.as_str(), Some(&begun)).await;
        assert_eq!(landed.status(), status);
    }
}

#[tokio::test]
async fn nobody_is_sent_to_a_strange_page() {
    let stack = stack().await;
    let app = stack.sandbox.addresses().app.clone();
    for page in [
        "https://evil.example/",
        "https://creator.example.evil.example/",
        "https://creator.example@evil.example/",
        "https://user@creator.example/",
        "http://creator.example/",
        "https://creator.example:8443/",
        "javascript:alert(1)",
        "data:text/html,x",
        "//evil.example",
        "/course",
        "",
        &app,
    ] {
        for display in ["page", "popup"] {
            let answer = start(&stack, page, display).await;
            assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{page}");
            assert!(answer.headers().get("location").is_none());
            assert!(answer.headers().get("set-cookie").is_none());
        }
    }
    for query in [
        format!("return_to={PAGE}"),
        format!("return_to={PAGE}&challenge=short"),
        format!(
            "return_to={PAGE}&challenge={}&display=x",
            challenge(VERIFIER)
        ),
        String::new(),
    ] {
        let bare = get(&stack, &format!("{}/oauth/start?{query}", stack.url), None).await;
        assert_eq!(bare.status(), StatusCode::BAD_REQUEST, "{query}");
    }
    // A long address is kept without what makes it long, so that the cookie has room.
    let long = format!("{PAGE}&more={}", "x".repeat(4_000));
    assert_eq!(
        start(&stack, &long, "page").await.status(),
        StatusCode::SEE_OTHER
    );
    let longer = format!("https://creator.example/{}", "x".repeat(4_000));
    assert_eq!(
        start(&stack, &longer, "page").await.status(),
        StatusCode::BAD_REQUEST
    );
}

#[tokio::test]
async fn where_the_operator_has_not_set_it_up_there_is_nothing() {
    let stack = Stack::start().await;
    for path in ["/oauth/start?return_to=x&challenge=x", "/oauth/callback"] {
        let answer = get(&stack, &format!("{}{path}", stack.url), None).await;
        assert_eq!(error_of(answer).await.0, StatusCode::NOT_FOUND);
    }
    let cookie = "__Host-whop-chat=x";
    assert_eq!(
        end(&stack, Some(SITE), cookie).await.status(),
        StatusCode::NOT_FOUND
    );
    let nobody = open(&stack, Some(SITE), &wanted(), Some(cookie)).await;
    assert_eq!(nobody.status(), StatusCode::UNAUTHORIZED);
    assert!(nobody.headers().get("whop-chat-sign-in").is_none());
    // The page can't know, and asks with credentials anyway.
    assert_eq!(nobody.headers()["access-control-allow-credentials"], "true");
    let taken = open(&stack, Some(SITE), &taking("x", VERIFIER), None).await;
    assert_eq!(taken.status(), StatusCode::UNAUTHORIZED);
}
