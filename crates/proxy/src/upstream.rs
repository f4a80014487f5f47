//! Whop's REST API, as the proxy calls it: a few calls with its own key, and the visitors' own calls passed on.

use crate::configuration::{Configuration, Secret};
use crate::error::Refusal;
use bytes::Bytes;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use serde::de::DeserializeOwned;
use std::time::Duration;
use thiserror::Error;
use wire::rest::{AccessCheck, AccessToken, AccessTokenCreate, ChatChannel, Message, Page, User};

/// The version of Whop's API that the proxy speaks.
const VERSION: (&str, &str) = ("api-version-date", "2026-07-20");
/// The proxy's own calls are reads, and a mint: all quick.
const OWN_CALL: Duration = Duration::from_secs(10);
/// A visitor's call may be an upload's registration or a slow search.
const FORWARDED_CALL: Duration = Duration::from_secs(25);
/// No page of messages is that long.
const LONGEST_ANSWER: usize = 8 << 20;

/// Why a call to Whop gave nothing to work with. The messages are for the log.
#[derive(Debug, Error)]
pub enum UpstreamError {
    /// Whop has no such thing.
    #[error("Whop has nothing there")]
    NotFound,
    /// Whop refuses the proxy's own key.
    #[error(
        "Whop answered {0}: check WHOP_API_KEY, its permissions, WHOP_COMPANY_ID and WHOP_API_URL"
    )]
    Refused(StatusCode),
    /// Too many calls.
    #[error("Whop answered 429: too many requests")]
    RateLimited {
        /// How long to wait, as Whop said it.
        retry_after: Option<HeaderValue>,
    },
    /// Whop fails.
    #[error("Whop answered {0}")]
    Failed(StatusCode),
    /// No answer in time.
    #[error("Whop did not answer in time")]
    TimedOut,
    /// No connection.
    #[error("Whop can't be reached: {0}")]
    Unreachable(reqwest::Error),
    /// An answer that makes no sense here.
    #[error("Whop's answer can't be understood: {0}")]
    Malformed(String),
}

impl From<reqwest::Error> for UpstreamError {
    fn from(error: reqwest::Error) -> Self {
        if error.is_timeout() {
            Self::TimedOut
        } else {
            // The URL may hold ids.
            Self::Unreachable(error.without_url())
        }
    }
}

impl From<UpstreamError> for Refusal {
    fn from(error: UpstreamError) -> Self {
        tracing::warn!(%error, "a call to Whop failed");
        match error {
            UpstreamError::NotFound => Self::NoSuchChannel,
            UpstreamError::RateLimited { retry_after } => Self::Busy { retry_after },
            UpstreamError::Failed(_) | UpstreamError::TimedOut | UpstreamError::Unreachable(_) => {
                Self::Unavailable
            }
            UpstreamError::Refused(_) | UpstreamError::Malformed(_) => Self::BadGateway,
        }
    }
}

/// A visitor's call, checked.
#[derive(Clone)]
pub struct ForwardedCall {
    /// The method.
    pub method: Method,
    /// Path below `/api/v1` with its query.
    pub path_and_query: String,
    /// Those headers that Whop may see, the visitor's token among them.
    pub headers: HeaderMap,
    /// The body to the byte.
    pub body: Option<Bytes>,
}

/// Whop's answer to a visitor's call.
#[derive(Clone)]
pub struct ForwardedAnswer {
    /// The status.
    pub status: StatusCode,
    /// All headers.
    pub headers: HeaderMap,
    /// The body to the byte.
    pub body: Bytes,
}

/// Whop's REST API.
pub struct Upstream {
    client: Client,
    base: String,
    key: Secret,
}

impl Upstream {
    /// Whop's API as configured.
    pub fn new(client: Client, configuration: &Configuration) -> Self {
        Self {
            client,
            base: configuration.api_url.clone(),
            key: configuration.api_key.clone(),
        }
    }

    /// A channel by its own id or its experience's, as a moderator sees it.
    pub async fn channel(&self, id: &str) -> Result<ChatChannel, UpstreamError> {
        self.get(&format!("/chat_channels/{id}")).await
    }

    /// What access a user has to an experience.
    pub async fn access(&self, user: &str, resource: &str) -> Result<AccessCheck, UpstreamError> {
        self.get(&format!("/users/{user}/access/{resource}")).await
    }

    /// A user's public profile.
    pub async fn user(&self, id: &str) -> Result<User, UpstreamError> {
        self.get(&format!("/users/{id}")).await
    }

    /// The newest messages of a channel, newest first.
    pub async fn newest_messages(&self, channel: &str) -> Result<Page<Message>, UpstreamError> {
        self.get(&format!(
            "/messages?channel_id={channel}&direction=desc&first=50"
        ))
        .await
    }

    /// A new token for a user.
    pub async fn mint(&self, wanted: &AccessTokenCreate) -> Result<AccessToken, UpstreamError> {
        let call = self
            .client
            .post(format!("{}/access_tokens", self.base))
            .json(wanted);
        self.own(call).await
    }

    async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, UpstreamError> {
        self.own(self.client.get(format!("{}{path}", self.base)))
            .await
    }

    /// A call with the proxy's own key.
    async fn own<T: DeserializeOwned>(&self, call: RequestBuilder) -> Result<T, UpstreamError> {
        let answer = call
            .bearer_auth(self.key.expose())
            .header(VERSION.0, VERSION.1)
            .timeout(OWN_CALL)
            .send()
            .await?;
        let status = answer.status();
        match status.as_u16() {
            200..=299 => {
                let body = read(answer).await?;
                serde_json::from_slice(&body)
                    .map_err(|error| UpstreamError::Malformed(category(&error)))
            }
            404 => Err(UpstreamError::NotFound),
            429 => Err(UpstreamError::RateLimited {
                retry_after: answer.headers().get(RETRY_AFTER).cloned(),
            }),
            500..=599 => Err(UpstreamError::Failed(status)),
            _ => Err(UpstreamError::Refused(status)),
        }
    }

    /// Passes a visitor's call on, with nothing of the proxy's in it.
    pub async fn forward(&self, call: ForwardedCall) -> Result<ForwardedAnswer, UpstreamError> {
        let url = format!("{}{}", self.base, call.path_and_query);
        let mut headers = call.headers;
        headers
            .entry(VERSION.0)
            .or_insert(HeaderValue::from_static(VERSION.1));
        if let Some(token) = headers.get_mut(AUTHORIZATION) {
            token.set_sensitive(true);
        }
        let mut request = self
            .client
            .request(call.method, url)
            .headers(headers)
            .timeout(FORWARDED_CALL);
        if let Some(body) = call.body {
            request = request.body(body);
        }
        let answer = request.send().await?;
        Ok(ForwardedAnswer {
            status: answer.status(),
            headers: answer.headers().clone(),
            body: read(answer).await?,
        })
    }
}

/// What is wrong with JSON, without the JSON: it may hold messages.
fn category(error: &serde_json::Error) -> String {
    format!(
        "{:?} error in line {} column {}",
        error.classify(),
        error.line(),
        error.column()
    )
}

async fn read(mut answer: Response) -> Result<Bytes, UpstreamError> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await? {
        if body.len() + chunk.len() > LONGEST_ANSWER {
            return Err(UpstreamError::Malformed("it is too long".to_owned()));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.into())
}
