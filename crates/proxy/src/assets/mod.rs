//! `/embed/*`: the widget's files, with their compressed siblings, cached as long as their names allow.
//! A file that is built anew shows up with the next request.

mod content_type;
mod store;

pub use store::Assets;

use crate::Proxy;
use crate::error::Refusal;
use crate::headers::RESOURCE_POLICY;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;
pub use store::Encoding;

const IMMUTABLE: &str = "public, max-age=31536000, immutable";
/// The loaders' addresses never change (E9), so they must not be kept for long.
const LOADER: &str = "public, max-age=300, stale-while-revalidate=86400";
const ASK_FIRST: &str = "no-cache";

/// `GET /embed/{path}`.
pub async fn serve(State(proxy): State<Arc<Proxy>>, request: Request) -> Result<Response, Refusal> {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Err(Refusal::WrongMethod("GET, HEAD"));
    }
    let path = request
        .uri()
        .path()
        .strip_prefix("/embed/")
        .unwrap_or_default();
    let accepted = accepted(request.headers());
    let Some((asset, encoding)) = proxy.assets.find(path, &accepted).await else {
        return Ok(missing());
    };
    let unchanged = request
        .headers()
        .get(header::IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|known| names(known, &asset.tag));
    let mut response = if unchanged {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        Body::from(asset.bytes).into_response()
    };
    let headers = response.headers_mut();
    let fixed = HeaderValue::from_static;
    headers.insert(header::CONTENT_TYPE, fixed(content_type::of(path)));
    headers.insert(header::CACHE_CONTROL, fixed(cache_control(path)));
    headers.insert(header::VARY, fixed("accept-encoding"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, fixed("*"));
    headers.insert(RESOURCE_POLICY, fixed("cross-origin"));
    if let Ok(tag) = HeaderValue::from_str(&asset.tag) {
        headers.insert(header::ETAG, tag);
    }
    if let Some(name) = encoding.name() {
        headers.insert(header::CONTENT_ENCODING, fixed(name));
    }
    Ok(response)
}

/// In words, since somebody who embeds the chat reads it (E12).
fn missing() -> Response {
    (
        StatusCode::NOT_FOUND,
        [
            (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
            (header::CACHE_CONTROL, "no-store"),
            (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
            (HeaderName::from_static(RESOURCE_POLICY), "cross-origin"),
        ],
        "The chat has no such file. Pages embed /embed/loader.js; it knows the names of the others.\n",
    )
        .into_response()
}

/// The encodings that a client takes, the smallest first.
pub fn accepted(headers: &HeaderMap) -> Vec<Encoding> {
    let listed = |name: &str| {
        headers
            .get_all(header::ACCEPT_ENCODING)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .any(|item| {
                let (coding, parameters) = item.split_once(';').unwrap_or((item, ""));
                let refused = parameters
                    .trim()
                    .strip_prefix("q=")
                    .and_then(|quality| quality.trim().parse::<f32>().ok())
                    .is_some_and(|quality| quality <= 0.0);
                coding.trim().eq_ignore_ascii_case(name) && !refused
            })
    };
    [Encoding::Brotli, Encoding::Gzip]
        .into_iter()
        .filter(|encoding| encoding.name().is_some_and(listed))
        .chain([Encoding::Identity])
        .collect()
}

fn names(known: &str, tag: &str) -> bool {
    known
        .split(',')
        .map(|item| item.trim().trim_start_matches("W/"))
        .any(|item| item == "*" || item == tag)
}

fn cache_control(path: &str) -> &'static str {
    if matches!(path, "loader.js" | "loader.mjs") {
        LOADER
    } else if is_hashed(path) {
        IMMUTABLE
    } else {
        ASK_FIRST
    }
}

/// Whether a file's name has a hash of its content: `name-<hash>.ext`, or Trunk's `name-<hash>_bg.wasm`.
fn is_hashed(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let Some((_, tail)) = name.rsplit_once('-') else {
        return false;
    };
    let hash = tail.split_once(['.', '_']).map_or("", |(hash, _)| hash);
    hash.len() >= 8 && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_hashed_names_are_kept_for_ever() {
        for hashed in [
            "whop-chat-0123456789abcdef.js",
            "whop-chat-0123456789abcdef_bg.wasm",
            "locale/de-89abcdef.json",
        ] {
            assert_eq!(cache_control(hashed), IMMUTABLE, "{hashed}");
        }
        for loader in ["loader.js", "loader.mjs"] {
            assert_eq!(cache_control(loader), LOADER, "{loader}");
        }
        for plain in [
            "manifest.json",
            "whop-chat.js",
            "whop-chat-latest.js",
            "a-1234567.js",
            "snippets/inline-0123456789abcdef/inline0.js",
        ] {
            assert_eq!(cache_control(plain), ASK_FIRST, "{plain}");
        }
    }

    #[test]
    fn the_smallest_accepted_encoding_wins() {
        let accepted = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(value));
            accepted(&headers)[0]
        };
        assert_eq!(accepted("gzip, deflate, br, zstd"), Encoding::Brotli);
        assert_eq!(accepted("gzip;q=1.0, br;q=0"), Encoding::Gzip);
        assert_eq!(accepted("identity"), Encoding::Identity);
        assert_eq!(accepted("brotli"), Encoding::Identity);
    }
}
