use crate::whop::Whop;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use reqwest::StatusCode;
use sandbox::CreatorSite;
use serde_json::Value;

const SECRET: &str = "0123456789abcdef0123456789abcdef";

async fn site() -> (Whop, String) {
    let whop = Whop::start_with(|options| {
        options.creator_site = Some(CreatorSite {
            port: 0,
            widget_origin: "http://127.0.0.1:9".to_owned(),
            assertion_secret: SECRET.into(),
        });
    })
    .await;
    let site = whop.running.addresses().creator_site.clone().unwrap();
    (whop, site)
}

fn claims(token: &str) -> Value {
    let mut validation = Validation::new(Algorithm::HS256);
    validation.set_audience(&["whop-chat"]);
    let key = DecodingKey::from_secret(SECRET.as_bytes());
    decode(token, &key, &validation).unwrap().claims
}

fn attribute<'a>(page: &'a str, name: &str) -> &'a str {
    let (_, rest) = page.split_once(&format!("{name}=\"")).unwrap();
    rest.split_once('"').unwrap().0
}

#[tokio::test]
async fn the_page_embeds_the_widget_for_its_visitor() {
    let (whop, site) = site().await;
    let query = "user=user_bob&channel=chat_feed_lounge&theme=dark&style=discord&locale=de";
    let answer = whop
        .http
        .get(format!("{site}/?{query}"))
        .send()
        .await
        .unwrap();
    let policy = answer.headers()["content-security-policy"]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(
        policy.contains("script-src http://127.0.0.1:9 'wasm-unsafe-eval'"),
        "{policy}"
    );
    assert!(!policy.contains("unsafe-inline"), "{policy}");
    let page = answer.text().await.unwrap();
    assert!(!page.contains("{{"), "{page}");
    assert!(page.contains("<script src=\"http://127.0.0.1:9/embed/loader.js\" async></script>"));
    for (name, value) in [
        ("channel-id", "chat_feed_lounge"),
        ("theme", "dark"),
        ("style", "discord"),
        ("locale", "de"),
        ("token-url", "/chat-token?user=user_bob"),
    ] {
        assert_eq!(attribute(&page, &format!("data-whop-chat-{name}")), value);
    }
    let claims = claims(attribute(&page, "data-whop-chat-assertion"));
    assert_eq!(claims["sub"], "user_bob");
    let lasts = claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap();
    assert!((1..=300).contains(&lasts), "{lasts} s");
}

#[tokio::test]
async fn every_assertion_is_new_and_only_for_the_sites_own_pages() {
    let (whop, site) = site().await;
    let token = async || {
        let url = format!("{site}/chat-token?user=user_chen");
        let answer = whop.http.get(url).send().await.unwrap();
        assert!(
            answer
                .headers()
                .get("access-control-allow-origin")
                .is_none()
        );
        assert_eq!(answer.headers()["cache-control"], "no-store");
        let body: Value = answer.json().await.unwrap();
        claims(body["token"].as_str().unwrap())
    };
    let (first, second) = (token().await, token().await);
    assert_eq!(first["sub"], "user_chen");
    assert_ne!(first["jti"], second["jti"]);
}

#[tokio::test]
async fn unknown_choices_are_not_taken_over() {
    let (whop, site) = site().await;
    let evil = "%22%3E%3Cscript%3Ealert(1)%3C/script%3E";
    let query = format!("user={evil}&channel={evil}&theme={evil}&style={evil}&locale={evil}");
    let answer = whop
        .http
        .get(format!("{site}/?{query}"))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let page = answer.text().await.unwrap();
    assert!(!page.contains("alert(1)"), "{page}");
    assert_eq!(
        attribute(&page, "data-whop-chat-channel-id"),
        "chat_feed_general"
    );
    assert_eq!(
        claims(attribute(&page, "data-whop-chat-assertion"))["sub"],
        "user_ada"
    );
    // The app's agent is no visitor.
    let answer = whop
        .http
        .get(format!("{site}/chat-token?user=user_agent"))
        .send()
        .await
        .unwrap();
    let body: Value = answer.json().await.unwrap();
    assert_eq!(claims(body["token"].as_str().unwrap())["sub"], "user_ada");
}

#[tokio::test]
async fn a_channel_that_is_not_there_is_the_widgets_business() {
    let (whop, site) = site().await;
    let answer = whop
        .http
        .get(format!("{site}/?channel=chat_feed_nowhere"))
        .send()
        .await
        .unwrap();
    let page = answer.text().await.unwrap();
    let id = attribute(&page, "data-whop-chat-channel-id");
    assert_eq!(id, "chat_feed_nowhere");
}

#[tokio::test]
async fn the_page_asks_no_one_but_the_widgets_origin() {
    let (whop, site) = site().await;
    for path in ["/", "/style.css"] {
        let text = whop
            .http
            .get(format!("{site}{path}"))
            .send()
            .await
            .unwrap()
            .text()
            .await
            .unwrap();
        for (start, _) in text.match_indices("://") {
            let before = &text[..start];
            let scheme = before
                .rsplit(|letter: char| !letter.is_ascii_alphabetic())
                .next();
            let rest = &text[start..];
            assert!(
                scheme == Some("http") && rest.starts_with("://127.0.0.1:9/embed/"),
                "{path} leads elsewhere: {}",
                &rest[..rest.len().min(60)]
            );
        }
    }
}
