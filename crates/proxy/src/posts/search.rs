use super::{Echoes, IdempotencyKey, Post};
use crate::upstream::{ForwardedAnswer, ForwardedCall, Upstream, UpstreamError};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::time::Instant;
use wire::rest::PageInfo;
use wire::{ChannelId, MessageId, Timestamp, UserId};

/// Whop's clock is read off its answers, in whole seconds; and a request takes a while.
const LEEWAY_MILLIS: i64 = 5_000;
/// Where Whop doesn't tell its time.
const CLOCKS_DIFFER_MILLIS: i64 = 120_000;
/// Pages of 50 messages that are read back to the moment of a post. In one visitor's ten seconds there are no more.
const MOST_PAGES: usize = 10;

/// What one looks for after an answer was lost (S1).
pub struct Search<'a> {
    user: Option<UserId>,
    token: String,
    headers: HeaderMap,
    wanted: Wanted,
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
    created_at: Timestamp,
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
            user: post.user.clone(),
            token: post.token.clone(),
            headers,
            wanted: serde_json::from_slice(body).unwrap_or_default(),
            key: post.key.clone(),
            echoes,
        }
    }

    /// The message, as the visitor sees it; nothing where it did not land, as far as can be seen by now. It was sent at
    /// `since`, and not before.
    ///
    /// # Errors
    /// Where it can't be seen until `deadline`, or more was posted since than is looked through: then nobody knows.
    pub async fn find(
        &self,
        upstream: &Upstream,
        since: Instant,
        deadline: tokio::time::Instant,
    ) -> Result<Option<ForwardedAnswer>, UpstreamError> {
        let Some(user) = &self.user else {
            return Err(UpstreamError::Malformed(
                "nobody knows whose post it is".to_owned(),
            ));
        };
        if !crate::identifier::is_safe(&self.wanted.channel_id) {
            return Ok(None);
        }
        let mut found = None;
        let mut after = None;
        for _ in 0..MOST_PAGES {
            let answer = self.page(upstream, after.as_deref(), deadline).await?;
            let not_before = begin(&answer.headers, since);
            let page: Page<'_> = serde_json::from_slice(&answer.body)
                .map_err(|_| UpstreamError::Malformed("a page of messages".to_owned()))?;
            let is_it = |text: &&&RawValue| {
                let message: Option<Found> = serde_json::from_str(text.get()).ok();
                message.is_some_and(|message| self.is_it(&message, user, not_before))
            };
            // The oldest of those that could be it: what came after it may be another post of the same words.
            if let Some(text) = page.data.iter().rev().find(is_it) {
                found = Some(Bytes::copy_from_slice(text.get().as_bytes()));
            }
            let reaches_back = page.data.last().is_none_or(|text| {
                let oldest: Option<Moment> = serde_json::from_str(text.get()).ok();
                let at = oldest.and_then(|oldest| oldest.created_at.unix_millis());
                at.is_some_and(|at| at < not_before)
            });
            after = page.page_info.end_cursor;
            if reaches_back || !page.page_info.has_next_page || after.is_none() {
                return Ok(found.map(answered));
            }
        }
        let found = found.map(answered).map(Some);
        found.ok_or_else(|| UpstreamError::Malformed("too much was posted since".to_owned()))
    }

    /// A page of the channel, the newest first.
    async fn page(
        &self,
        upstream: &Upstream,
        after: Option<&str>,
        deadline: tokio::time::Instant,
    ) -> Result<ForwardedAnswer, UpstreamError> {
        let answer = upstream
            .forward(ForwardedCall {
                token: self.token.clone(),
                method: Method::GET,
                path_and_query: path(&self.wanted.channel_id, after),
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

    fn is_it(&self, message: &Found, user: &UserId, not_before: i64) -> bool {
        let words =
            |content: &Option<String>| content.as_deref().unwrap_or_default().trim().to_owned();
        let files = |files: &Option<Vec<_>>| files.as_ref().map_or(0, Vec::len);
        message.user.id == *user
            && message
                .created_at
                .unix_millis()
                .is_some_and(|at| at >= not_before)
            && words(&message.content) == words(&self.wanted.content)
            && message.replying_to_message_id == self.wanted.replying_to_message_id
            && files(&message.attachments) == files(&self.wanted.attachments)
            && !self.echoes.is_another(user, &self.key, &message.id)
    }
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

/// The moment `since` by Whop's clock, or a little before, in milliseconds since the Unix epoch.
fn begin(headers: &HeaderMap, since: Instant) -> i64 {
    let elapsed = i64::try_from(since.elapsed().as_millis()).unwrap_or(i64::MAX / 2);
    let date = headers
        .get(header::DATE)
        .and_then(|date| date.to_str().ok());
    let (now, leeway) = match date.and_then(|date| httpdate::parse_http_date(date).ok()) {
        Some(date) => (millis(date), LEEWAY_MILLIS),
        None => (crate::clock::unix_millis(), CLOCKS_DIFFER_MILLIS),
    };
    now - elapsed - leeway
}

fn millis(moment: std::time::SystemTime) -> i64 {
    let elapsed = moment
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(elapsed.as_millis()).unwrap_or_default()
}

/// The id of a message.
pub fn id_of(body: &[u8]) -> Option<MessageId> {
    #[derive(Deserialize)]
    struct Named {
        id: MessageId,
    }
    Some(serde_json::from_slice::<Named>(body).ok()?.id)
}
