use super::Display;
use crate::error::Refusal;
use crate::words;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use reqwest::Url;

const PAGE: &str = include_str!("../../pages/sign-in.html");
const SCRIPT: &str = include_str!("../../pages/sign-in.js");
const STYLE: &str = include_str!("../../pages/sign-in.css");
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'none'";

/// The page that Whop sends the visitor back to. Its script hands `fragment` to the page that opened the window, if that is
/// one of `origin`; or else it goes on to `return_to` with it. An empty one says that the visitor didn't want to.
///
/// A page goes on, and not a redirect: Whop's page may forbid that its form leads to other sites, by however many redirects.
pub fn done(
    headers: &HeaderMap,
    return_to: &Url,
    origin: &str,
    display: Display,
    fragment: &str,
) -> Response {
    let words = words::of(headers);
    let display = match display {
        Display::Popup => "popup",
        Display::Page => "page",
    };
    let html = filled(
        words::locale(headers),
        &words.done_title,
        &words.done_text,
        &[
            ("return-to", return_to.as_str()),
            ("origin", origin),
            ("display", display),
            ("fragment", fragment),
        ],
    );
    with_policy(Html(html).into_response())
}

/// A refusal for people: they look at it.
pub fn refused(headers: &HeaderMap, refusal: Refusal) -> Response {
    let words = words::of(headers);
    let why = match refusal {
        Refusal::StaleSignIn => &words.stale,
        Refusal::BadReturn => &words.foreign,
        Refusal::Unavailable => &words.unreachable,
        _ => &words.out_of_order,
    };
    let html = filled(words::locale(headers), &words.failed_title, why, &[]);
    let mut response = refusal.into_response();
    if response.status() == StatusCode::NOT_FOUND {
        return response;
    }
    *response.body_mut() = Body::from(html);
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, html);
    response.headers_mut().remove(header::CONTENT_LENGTH);
    with_policy(response)
}

/// `GET /pages/sign-in.js`.
pub async fn script() -> Response {
    file("text/javascript; charset=utf-8", SCRIPT)
}

/// `GET /pages/sign-in.css`.
pub async fn style() -> Response {
    file("text/css; charset=utf-8", STYLE)
}

fn file(kind: &'static str, text: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "public, max-age=300"),
    ];
    (headers, text).into_response()
}

fn with_policy(mut response: Response) -> Response {
    let headers = response.headers_mut();
    let fixed = HeaderValue::from_static;
    headers.insert(header::CONTENT_SECURITY_POLICY, fixed(POLICY));
    headers.insert(header::CACHE_CONTROL, fixed("no-store"));
    response
}

fn filled(locale: &str, title: &str, text: &str, data: &[(&str, &str)]) -> String {
    let data = data.iter().fold(String::new(), |html, (name, value)| {
        html + &format!(" data-{name}=\"{}\"", escaped(value))
    });
    PAGE.replace("{{data}}", &data)
        .replace("{{locale}}", locale)
        .replace("{{title}}", &escaped(title))
        .replace("{{text}}", &escaped(text))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_is_filled_in_is_markup() {
        let html = filled(
            "en",
            "<b>",
            "a & b",
            &[("return-to", "https://a/?\"><script>&x")],
        );
        assert!(html.contains("<h1>&lt;b&gt;</h1>") && html.contains("a &amp; b"));
        assert!(html.contains("data-return-to=\"https://a/?&quot;&gt;&lt;script&gt;&amp;x\""));
        assert!(!html.contains("{{"));
    }
}
