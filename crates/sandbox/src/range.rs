//! A part of a file, for players that seek and downloads that go on (RFC 9110, section 14).

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use std::ops::RangeInclusive;

/// All bytes, or the one range that was asked for. Several ranges at once, and one that depends on a validator (the sandbox has
/// none), are answered with all, as servers may.
pub fn answer(asked: &HeaderMap, bytes: Vec<u8>) -> Response {
    let range = asked
        .get(header::RANGE)
        .filter(|_| !asked.contains_key(header::IF_RANGE))
        .and_then(|range| parse(range.to_str().ok()?, bytes.len()));
    let mut response = match range {
        None => bytes.into_response(),
        Some(range) => one(range, &bytes),
    };
    let accepts = HeaderValue::from_static("bytes");
    response
        .headers_mut()
        .insert(header::ACCEPT_RANGES, accepts);
    response
}

/// What is asked for of so many bytes: nothing where that isn't understood, an error where there is no such part.
fn parse(range: &str, length: usize) -> Option<Result<RangeInclusive<usize>, ()>> {
    let (first, last) = range.strip_prefix("bytes=")?.trim().split_once('-')?;
    let number = |digits: &str| {
        let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        // More than anybody has is as good as all.
        is_number.then(|| digits.parse().unwrap_or(usize::MAX))
    };
    let (first, last) = match (number(first), number(last)) {
        (Some(first), Some(last)) if first <= last => (first, last),
        (Some(first), None) if last.is_empty() => (first, usize::MAX),
        (None, Some(0)) if first.is_empty() => return Some(Err(())),
        (None, Some(count)) if first.is_empty() => (length.saturating_sub(count), usize::MAX),
        _ => return None,
    };
    let end = length.saturating_sub(1);
    Some(if first < length {
        Ok(first..=last.min(end))
    } else {
        Err(())
    })
}

fn one(range: Result<RangeInclusive<usize>, ()>, bytes: &[u8]) -> Response {
    let length = bytes.len();
    let part = range.ok().and_then(|range| {
        let content_range = format!("bytes {}-{}/{length}", range.start(), range.end());
        Some((content_range, bytes.get(range)?))
    });
    let (status, content_range, part) = if let Some((content_range, part)) = part {
        (StatusCode::PARTIAL_CONTENT, content_range, part)
    } else {
        let content_range = format!("bytes */{length}");
        (StatusCode::RANGE_NOT_SATISFIABLE, content_range, &[][..])
    };
    let content_range = [(header::CONTENT_RANGE, content_range)];
    (status, content_range, part.to_vec()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn asked(range: &str) -> (u16, Option<String>, Vec<u8>) {
        let mut headers = HeaderMap::new();
        headers.insert(header::RANGE, range.parse().unwrap());
        let answer = answer(&headers, b"0123456789".to_vec());
        let status = answer.status().as_u16();
        let content_range = answer.headers().get(header::CONTENT_RANGE).cloned();
        let body = axum::body::to_bytes(answer.into_body(), 100).await.unwrap();
        let content_range = content_range.map(|range| range.to_str().unwrap().to_owned());
        (status, content_range, body.to_vec())
    }

    #[tokio::test]
    async fn one_range_is_answered_alone() {
        for (range, content_range, part) in [
            ("bytes=0-0", "bytes 0-0/10", &b"0"[..]),
            ("bytes=2-4", "bytes 2-4/10", b"234"),
            ("bytes=7-", "bytes 7-9/10", b"789"),
            ("bytes=-3", "bytes 7-9/10", b"789"),
            ("bytes=8-99", "bytes 8-9/10", b"89"),
            ("bytes=-99", "bytes 0-9/10", b"0123456789"),
            ("bytes=9-99999999999999999999999", "bytes 9-9/10", b"9"),
        ] {
            let expected = (206, Some(content_range.to_owned()), part.to_vec());
            assert_eq!(asked(range).await, expected, "{range}");
        }
        for range in ["bytes=10-", "bytes=99-100", "bytes=-0"] {
            let expected = (416, Some("bytes */10".to_owned()), Vec::new());
            assert_eq!(asked(range).await, expected, "{range}");
        }
        for range in [
            "bytes=0-1,3-4",
            "lines=0-1",
            "bytes=",
            "nonsense",
            "bytes=4-2",
            "bytes=+1-2",
        ] {
            let (status, content_range, part) = asked(range).await;
            assert_eq!((status, content_range), (200, None), "{range}");
            assert_eq!(part, b"0123456789");
        }
    }
}
