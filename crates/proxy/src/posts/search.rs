use super::{Echoes, IdempotencyKey, Post};
use crate::upstream::{ForwardedAnswer, ForwardedCall, Upstream, UpstreamError};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::time::{Duration, Instant};
use wire::rest::PageInfo;
use wire::{ChannelId, MessageId, Timestamp, UserId};

/// By so much the clocks of Whop's servers may differ: of the one that tells the time and the one that dates messages.
const LEEWAY_MILLIS: i64 = 1_000;
/// Pages of 50 messages that are read back to the moment of a post. In one visitor's ten seconds there are no more.
const MOST_PAGES: usize = 10;

/// What one looks for after an answer was lost (S1).
pub struct Search<'a> {
    user: Option<UserId>,
    token: String,
    headers: HeaderMap,
    wanted: Option<Wanted>,
    key: IdempotencyKey,
    echoes: &'a Echoes,
}

/// What a body asks to be posted, as far as it can be told from the message that becomes of it.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    /// Where.
    pub channel_id: ChannelId,
    /// What.
    pub content: Option<String>,
    replying_to_message_id: Option<MessageId>,
    attachments: Option<Vec<serde::de::IgnoredAny>>,
}

#[derive(Deserialize)]
struct Page<'a> {
    #[serde(borrow)]
    data: Vec<&'a RawValue>,
    page_info: PageInfo,
}

#[derive(Deserialize)]
struct Moment {
    created_at: Timestamp,
}

#[derive(Deserialize)]
struct Found {
    id: MessageId,
    content: Option<String>,
    replying_to_message_id: Option<MessageId>,
    user: Author,
    attachments: Option<Vec<serde::de::IgnoredAny>>,
}

#[derive(Deserialize)]
struct Author {
    id: UserId,
}

impl<'a> Search<'a> {
    /// For that post's message.
    pub fn new(post: &Post, echoes: &'a Echoes) -> Self {
        let body = post.call.body.as_deref().unwrap_or_default();
        let mut headers = post.call.headers.clone();
        headers.remove(header::CONTENT_TYPE);
        headers.remove(super::idempotency_key::HEADER);
        Self {
            user: post.looks_like.clone(),
            token: post.token.clone(),
            headers,
            wanted: serde_json::from_slice(body).ok(),
            key: post.key.clone(),
            echoes,
        }
    }

    /// The message, as the visitor sees it; nothing where it did not land, as far as can be seen by now. It was sent at
    /// `since`, and not before.
    ///
    /// # Errors
    /// Where it can't be seen until `deadline`, or more was posted since than is looked through, or something that can't
    /// be read: then nobody knows.
    pub async fn find(
        &self,
        upstream: &Upstream,
        since: Instant,
        deadline: tokio::time::Instant,
    ) -> Result<Option<ForwardedAnswer>, UpstreamError> {
        let user = self.user.as_ref();
        let user = user.ok_or_else(|| unknown("nobody knows whose post it is"))?;
        let wanted = self.wanted.as_ref();
        let wanted = wanted
            .filter(|wanted| crate::identifier::is_safe(&wanted.channel_id))
            .ok_or_else(|| unknown("nobody knows what was to be posted"))?;
        let mut found = None;
        let mut after = None;
        for _ in 0..MOST_PAGES {
            let path = path(&wanted.channel_id, after.as_deref());
            let answer = self.page(upstream, path, deadline).await?;
            let not_before = begin(&answer.headers, since.elapsed())
                .ok_or_else(|| unknown("nobody knows the time at Whop"))?;
            let page: Page<'_> =
                serde_json::from_slice(&answer.body).map_err(|_| unknown("a page of messages"))?;
            let mut reaches_back = false;
            for text in page.data {
                let moment: Option<Moment> = serde_json::from_str(text.get()).ok();
                let at = moment.and_then(|moment| moment.created_at.unix_millis());
                let at = at.ok_or_else(|| unknown("a message without its moment"))?;
                if at < not_before {
                    reaches_back = true;
                    continue;
                }
                let message: Found = serde_json::from_str(text.get())
                    .map_err(|_| unknown("a message that may be the one"))?;
                // The oldest of those that could be it: what came after it may be another post of the same words.
                if self.is_it(wanted, &message, user) {
                    found = Some(Bytes::copy_from_slice(text.get().as_bytes()));
                }
            }
            after = page.page_info.end_cursor;
            if reaches_back || !page.page_info.has_next_page {
                return Ok(found.map(answered));
            }
            if after.is_none() {
                break;
            }
        }
        let found = found.map(answered).map(Some);
        found.ok_or_else(|| unknown("too much was posted since"))
    }

    /// A page of the channel, the newest first.
    async fn page(
        &self,
        upstream: &Upstream,
        path_and_query: String,
        deadline: tokio::time::Instant,
    ) -> Result<ForwardedAnswer, UpstreamError> {
        let answer = upstream
            .forward(ForwardedCall {
                token: self.token.clone(),
                method: Method::GET,
                path_and_query,
                headers: self.headers.clone(),
                body: None,
                deadline,
            })
            .await?;
        if answer.status == StatusCode::OK {
            Ok(answer)
        } else {
            Err(UpstreamError::Failed(answer.status))
        }
    }

    fn is_it(&self, wanted: &Wanted, message: &Found, user: &UserId) -> bool {
        let words =
            |content: &Option<String>| content.as_deref().unwrap_or_default().trim().to_owned();
        let files = |files: &Option<Vec<_>>| files.as_ref().map_or(0, Vec::len);
        message.user.id == *user
            && words(&message.content) == words(&wanted.content)
            && message.replying_to_message_id == wanted.replying_to_message_id
            && files(&message.attachments) == files(&wanted.attachments)
            && !self.echoes.is_another(user, &self.key, &message.id)
    }
}

fn unknown(why: &str) -> UpstreamError {
    UpstreamError::Malformed(why.to_owned())
}

fn path(channel: &ChannelId, after: Option<&str>) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query
        .append_pair("channel_id", channel)
        .append_pair("direction", "desc")
        .append_pair("first", "50");
    if let Some(cursor) = after {
        query.append_pair("after", cursor);
    }
    format!("/messages?{}", query.finish())
}

/// A message as Whop's answer to the post that it is.
fn answered(body: Bytes) -> ForwardedAnswer {
    ForwardedAnswer {
        status: StatusCode::OK,
        headers: HeaderMap::from_iter([(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        )]),
        body,
    }
}

/// The moment so long ago by Whop's clock, or a little before, in milliseconds since the Unix epoch. Whop tells its time in
/// whole seconds, cut off, and told it before the answer was here: so it is not later than this. Nothing where Whop does
/// not tell its time: guessed too early, an older message of the same words would count as this one.
fn begin(headers: &HeaderMap, ago: Duration) -> Option<i64> {
    let date = headers.get(header::DATE)?.to_str().ok()?;
    let date = httpdate::parse_http_date(date).ok()?;
    let now = date.duration_since(std::time::UNIX_EPOCH).ok()?;
    let begin = now.checked_sub(ago)?.as_millis();
    Some(i64::try_from(begin).ok()? - LEEWAY_MILLIS)
}

/// What of a message says which one it is.
#[derive(Deserialize)]
pub struct Named {
    /// Its id.
    pub id: MessageId,
    #[serde(default)]
    user: Option<Author>,
}

impl Named {
    /// Who wrote it.
    pub fn author(&self) -> Option<&UserId> {
        self.user.as_ref().map(|user| &user.id)
    }
}

/// Which message that is.
pub fn named(body: &[u8]) -> Option<Named> {
    serde_json::from_slice(body).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begin_at(date: Option<&'static str>, millis: u64) -> Option<i64> {
        let mut headers = HeaderMap::new();
        if let Some(date) = date {
            headers.insert(header::DATE, HeaderValue::from_static(date));
        }
        begin(&headers, Duration::from_millis(millis))
    }

    #[test]
    fn what_was_said_seconds_before_is_not_the_lost_post() {
        // RFC 9110's own example.
        let date = Some("Sun, 06 Nov 1994 08:49:37 GMT");
        let now = 784_111_777_000;
        assert_eq!(begin_at(date, 250), Some(now - 250 - LEEWAY_MILLIS));
        assert!(begin_at(date, 0).is_some_and(|begin| begin > now - 2_000));
        assert_eq!(begin_at(None, 0), None, "nobody guesses");
        assert_eq!(begin_at(Some("yesterday"), 0), None);
    }
}
