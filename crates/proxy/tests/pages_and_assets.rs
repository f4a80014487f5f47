//! The widget's files and the app's pages.

#![allow(clippy::unwrap_used, reason = "a test's helpers")]

mod common;

use common::{Stack, error_of};
use reqwest::{Response, StatusCode};
use std::fs::{File, write};
use std::time::{Duration, SystemTime};

impl Stack {
    async fn file(&self, path: &str, headers: &[(&str, &str)]) -> Response {
        let mut request = self.client.get(format!("{}{path}", self.url));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.send().await.unwrap()
    }

    fn put(&self, name: &str, content: &str) {
        write(self.assets.join(name), content).unwrap();
    }

    fn age(&self, name: &str, seconds: u64) {
        let file = File::options()
            .write(true)
            .open(self.assets.join(name))
            .unwrap();
        file.set_modified(SystemTime::now() - Duration::from_secs(seconds))
            .unwrap();
    }
}

fn header<'a>(answer: &'a Response, name: &str) -> &'a str {
    answer
        .headers()
        .get(name)
        .map_or("", |value| value.to_str().unwrap())
}

#[tokio::test]
async fn the_smallest_form_that_the_browser_takes_is_served() {
    let stack = Stack::start().await;
    let wasm = "whop-chat-0123456789abcdef_bg.wasm";
    stack.put(wasm, "plain");
    stack.put(&format!("{wasm}.br"), "brotli");
    stack.put(&format!("{wasm}.gz"), "gzip");
    let path = format!("/embed/{wasm}");
    for (accepted, encoding, body) in [
        ("gzip, deflate, br", "br", "brotli"),
        ("gzip", "gzip", "gzip"),
        ("br;q=0, gzip", "gzip", "gzip"),
        ("identity", "", "plain"),
    ] {
        let answer = stack.file(&path, &[("accept-encoding", accepted)]).await;
        assert_eq!(header(&answer, "content-encoding"), encoding, "{accepted}");
        assert_eq!(header(&answer, "vary"), "accept-encoding");
        assert_eq!(header(&answer, "content-type"), "application/wasm");
        assert_eq!(
            header(&answer, "cache-control"),
            "public, max-age=31536000, immutable"
        );
        assert_eq!(header(&answer, "access-control-allow-origin"), "*");
        assert_eq!(
            header(&answer, "cross-origin-resource-policy"),
            "cross-origin"
        );
        assert_eq!(header(&answer, "x-content-type-options"), "nosniff");
        assert_eq!(answer.text().await.unwrap(), body, "P4: {accepted}");
    }
}

#[tokio::test]
async fn the_loader_is_short_lived_and_a_new_build_shows_up_at_once() {
    let stack = Stack::start().await;
    stack.put("loader.js", "old");
    stack.put("loader.js.br", "old br");
    stack.age("loader.js", 60);
    stack.age("loader.js.br", 60);
    let first = stack.file("/embed/loader.js", &[]).await;
    assert_eq!(
        header(&first, "cache-control"),
        "public, max-age=300, stale-while-revalidate=86400"
    );
    assert_eq!(
        header(&first, "content-type"),
        "text/javascript; charset=utf-8"
    );
    let tag = header(&first, "etag").to_owned();
    let known = stack
        .file("/embed/loader.js", &[("if-none-match", &tag)])
        .await;
    assert_eq!(known.status(), StatusCode::NOT_MODIFIED);
    assert_eq!(header(&known, "etag"), tag);
    assert!(known.bytes().await.unwrap().is_empty());
    // E9: same address, new content; the sibling of the old build is not mistaken for it.
    stack.put("loader.js", "new");
    let new = stack
        .file(
            "/embed/loader.js",
            &[("if-none-match", &tag), ("accept-encoding", "br")],
        )
        .await;
    assert_eq!(new.status(), StatusCode::OK);
    assert_eq!(new.text().await.unwrap(), "new");
}

#[tokio::test]
async fn nothing_outside_the_directory_is_served() {
    let stack = Stack::start().await;
    stack.put("loader.js", "x");
    stack.put("loader.js.br", "x");
    stack.put(".secret", "x");
    std::fs::create_dir(stack.assets.join("locale")).unwrap();
    for path in [
        "/embed/missing.js",
        "/embed/",
        "/embed/locale",
        "/embed/locale/",
        "/embed/.secret",
        "/embed/loader.js.br",
        "/embed/%2e%2e/%2e%2e/etc/passwd",
        "/embed/..%2f..%2fetc/passwd",
    ] {
        let answer = stack.file(path, &[]).await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
        assert_ne!(answer.text().await.unwrap(), "x");
    }
    // E12: whoever embeds the chat reads why.
    let answer = stack.file("/embed/loader.mjs", &[]).await;
    assert_eq!(header(&answer, "content-type"), "text/plain; charset=utf-8");
    assert!(answer.text().await.unwrap().contains("/embed/loader.js"));
    let answer = stack
        .client
        .post(format!("{}/embed/loader.js", stack.url))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn the_apps_page_runs_nothing_inline_and_is_framed_by_whop_only() {
    let stack = Stack::start().await;
    let answer = stack.file("/experiences/exp_general", &[]).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let policy = header(&answer, "content-security-policy").to_owned();
    let directive = |name: &str| {
        policy
            .split(';')
            .map(str::trim)
            .find_map(|directive| directive.strip_prefix(name))
            .unwrap_or_else(|| panic!("no {name} in {policy}"))
            .trim()
            .to_owned()
    };
    // E6/E7
    assert_eq!(directive("default-src"), "'none'");
    assert_eq!(directive("script-src"), "'self' 'wasm-unsafe-eval'");
    assert_eq!(directive("style-src"), "'self'");
    assert_eq!(directive("base-uri"), "'none'");
    assert_eq!(directive("form-action"), "'none'");
    let addresses = stack.sandbox.addresses();
    assert_eq!(
        directive("connect-src"),
        format!("'self' {}", addresses.app.replace("http", "ws"))
    );
    assert_eq!(
        directive("frame-ancestors"),
        format!("https://whop.com https://*.whop.com {}", addresses.api)
    );
    assert_eq!(
        directive("img-src"),
        format!("'self' https: data: blob: {}", addresses.api)
    );
    assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"));
    assert_eq!(header(&answer, "referrer-policy"), "no-referrer");
    assert_eq!(header(&answer, "x-content-type-options"), "nosniff");
    let page = answer.text().await.unwrap();
    assert!(page.contains(r#"data-whop-chat-experience-id="exp_general""#));
    assert!(page.contains(r#"data-whop-chat-app-id="app_sandbox""#));
    assert!(page.contains(&format!(
        r#"data-whop-chat-host-origin="{}""#,
        addresses.api
    )));
    assert!(page.contains(r#"<script src="/embed/loader.js" async></script>"#));
    assert!(!page.contains("style=") && !page.contains("<style") && !page.contains("{{"));
    let style = stack.file("/pages/experience.css", &[]).await;
    assert_eq!(header(&style, "content-type"), "text/css; charset=utf-8");
    // It is the page that Whop's own proxy reaches, too.
    let cookie = stack.visitor_cookie("user_ada").await;
    let inside = stack
        .client
        .get(format!("{}/experiences/exp_general", addresses.app))
        .header("cookie", cookie)
        .send()
        .await
        .unwrap();
    assert_eq!(inside.text().await.unwrap(), page);
}

#[tokio::test]
async fn ids_cannot_break_out_of_the_page() {
    let stack = Stack::start().await;
    for id in [
        "%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E",
        "exp_a%22%20onclick=x",
        "exp_a%0d%0aset-cookie:x",
        "..%2f",
        "exp_%7B%7B",
    ] {
        let answer = stack.file(&format!("/experiences/{id}"), &[]).await;
        assert_eq!(error_of(answer).await.0, StatusCode::NOT_FOUND, "{id}");
    }
}

#[tokio::test]
async fn the_rest_is_not_found_in_whops_shape() {
    let stack = Stack::start().await;
    assert_eq!(
        stack.file("/healthz", &[]).await.text().await.unwrap(),
        "ok\n"
    );
    for path in ["/", "/admin", "/api/v2/messages", "/experiences", "/.env"] {
        let answer = stack.file(path, &[]).await;
        assert!(!header(&answer, "x-request-id").is_empty());
        let (status, kind, _) = error_of(answer).await;
        assert_eq!(
            (status, kind.as_str()),
            (StatusCode::NOT_FOUND, "not_found"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn https_is_kept_where_it_is_configured() {
    let plain = Stack::start().await;
    let answer = plain.file("/healthz", &[]).await;
    assert_eq!(header(&answer, "strict-transport-security"), "");
    let secure = Stack::start_with(
        |_| {},
        |configuration| {
            configuration.public_url =
                proxy::configuration::OriginPattern::parse("https://chat.creator.example");
        },
    )
    .await;
    let answer = secure.file("/healthz", &[]).await;
    assert!(header(&answer, "strict-transport-security").starts_with("max-age="));
}
