//! Whop's REST API, as the proxy calls it: a few calls with its own key, and the visitors' own calls passed on.

mod error;

pub use error::UpstreamError;

use crate::configuration::{Configuration, Secret};
use crate::forward;
use crate::metrics::{self, Metrics};
use crate::schedule::{Credential, Schedule, Turn, Urgency, Wish};
use bytes::Bytes;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use serde::de::DeserializeOwned;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tokio::time::Instant;
use wire::rest::{AccessCheck, AccessToken, AccessTokenCreate, ChatChannel, Message, Page, User};
use wire::{MessageId, UserId};

/// The version of Whop's API that the proxy speaks.
const VERSION: (&str, &str) = ("api-version-date", "2026-07-20");
/// The proxy's own calls are reads, and a mint: all quick.
const OWN_CALL: Duration = Duration::from_secs(10);
/// A visitor's call is answered within that time, whatever it takes: the widget waits for twenty seconds.
pub const ANSWERED_WITHIN: Duration = Duration::from_secs(18);
/// Nobody waits longer than that for a call's turn.
const PATIENCE: Duration = Duration::from_secs(15);
/// Where Whop asks for patience without saying how much.
const USUAL_PAUSE: Duration = Duration::from_secs(2);
/// A call of the proxy's own is made that often where Whop answers 429, which means that nothing was done.
const ATTEMPTS: usize = 2;
/// No page of messages is that long.
const LONGEST_ANSWER: usize = 8 << 20;

/// A visitor whose own token is known. Without `Debug`: nothing may write the token down.
#[derive(Clone, Copy)]
pub struct Visitor<'a> {
    /// Who.
    pub user: &'a UserId,
    /// Whop's token for them.
    pub token: &'a str,
    /// Whose calls take turns with others' where many share one token: the user, or a guest's address.
    pub turns_of: &'a str,
}

/// A visitor's call, checked.
#[derive(Clone)]
pub struct ForwardedCall {
    /// The visitor's token, which is among the headers too.
    pub token: String,
    /// The method.
    pub method: Method,
    /// Path below `/api/v1` with its query.
    pub path_and_query: String,
    /// Those headers that Whop may see, the visitor's token among them.
    pub headers: HeaderMap,
    /// The body to the byte.
    pub body: Option<Bytes>,
    /// Until when the answer is of use.
    pub deadline: Instant,
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
    schedule: Arc<Schedule>,
    metrics: Arc<Metrics>,
}

impl Upstream {
    /// Whop's API as configured, called when the schedule allows it.
    pub fn new(
        client: Client,
        configuration: &Configuration,
        schedule: Arc<Schedule>,
        metrics: Arc<Metrics>,
    ) -> Self {
        Self {
            client,
            base: configuration.api_url.clone(),
            key: configuration.api_key.clone(),
            schedule,
            metrics,
        }
    }

    /// A channel by its own id or its experience's, as a moderator sees it. Where it is known to be one, it is asked for
    /// as what many wait for; any other name is the affair of the visitor who said it.
    pub async fn channel(
        &self,
        id: &str,
        said_by: Option<&UserId>,
    ) -> Result<ChatChannel, UpstreamError> {
        let wish = match said_by {
            Some(visitor) => Wish {
                visitor,
                ..with_key(Urgency::Visit)
            },
            None => with_key(Urgency::Shared),
        };
        self.get(&format!("/chat_channels/{id}"), wish).await
    }

    /// What access a user has to an experience, as their own token tells.
    pub async fn access(
        &self,
        visitor: Visitor<'_>,
        resource: &str,
        urgency: Urgency,
    ) -> Result<AccessCheck, UpstreamError> {
        let path = format!("/users/{}/access/{resource}", visitor.user);
        self.get(&path, with_token(visitor, urgency)).await
    }

    /// The same, as the proxy's own key tells.
    pub async fn access_by_key(
        &self,
        user: &UserId,
        resource: &str,
        urgency: Urgency,
    ) -> Result<AccessCheck, UpstreamError> {
        let wish = Wish {
            visitor: user,
            ..with_key(urgency)
        };
        self.get(&format!("/users/{user}/access/{resource}"), wish)
            .await
    }

    /// The visitor's own public profile.
    pub async fn profile(&self, visitor: Visitor<'_>) -> Result<User, UpstreamError> {
        let path = format!("/users/{}", visitor.user);
        self.get(&path, with_token(visitor, Urgency::Visit)).await
    }

    /// Whose token that is, as Whop tells whoever has it.
    pub async fn owner(&self, token: &str) -> Result<User, UpstreamError> {
        let wish = Wish {
            credential: Credential::Token(token),
            ..with_key(Urgency::Visit)
        };
        self.get("/users/me", wish).await
    }

    /// What a visitor's own token sees at that path.
    pub async fn seen<T: DeserializeOwned>(
        &self,
        visitor: Visitor<'_>,
        path: &str,
        urgency: Urgency,
    ) -> Result<T, UpstreamError> {
        self.get(path, with_token(visitor, urgency)).await
    }

    /// The newest messages of a channel as the proxy's own key reads them, newest first: to see what changed.
    pub async fn newest_messages(&self, channel: &str) -> Result<Page<Message>, UpstreamError> {
        let path = format!("/messages?channel_id={channel}&direction=desc&first=50");
        self.get(&path, with_key(Urgency::Background)).await
    }

    /// A turn for [`Upstream::read`], of the visitor's own budget.
    pub async fn reading_turn(
        &self,
        visitor: Visitor<'_>,
        urgency: Urgency,
    ) -> Result<Turn, UpstreamError> {
        let turn = self.schedule.turn(with_token(visitor, urgency)).await?;
        Ok(turn)
    }

    /// A message as the proxy's own key reads it.
    pub async fn message(&self, id: &MessageId) -> Result<Message, UpstreamError> {
        self.get(&format!("/messages/{id}"), with_key(Urgency::Background))
            .await
    }

    /// What a visitor's own token reads at that path and query, to the byte.
    pub async fn read(
        &self,
        visitor: Visitor<'_>,
        path_and_query: &str,
        urgency: Urgency,
        turn: Option<Turn>,
    ) -> Result<Bytes, UpstreamError> {
        let call = self.client.get(format!("{}{path_and_query}", self.base));
        self.own(call, with_token(visitor, urgency), turn).await
    }

    /// A new token for a user.
    pub async fn mint(&self, wanted: &AccessTokenCreate) -> Result<AccessToken, UpstreamError> {
        let call = self
            .client
            .post(format!("{}/access_tokens", self.base))
            .json(wanted);
        let wish = Wish {
            visitor: wanted.user_id.as_deref().unwrap_or_default(),
            ..with_key(Urgency::Visit)
        };
        let minted = parse(&self.own(call, wish, None).await?)?;
        self.metrics.minted.inc();
        Ok(minted)
    }

    async fn get<T: DeserializeOwned>(
        &self,
        path: &str,
        wish: Wish<'_>,
    ) -> Result<T, UpstreamError> {
        let call = self.client.get(format!("{}{path}", self.base));
        parse(&self.own(call, wish, None).await?)
    }

    /// A call that the proxy makes of itself, once more where Whop says that it was too much.
    /// The first attempt has that turn, if there is one already.
    async fn own(
        &self,
        call: RequestBuilder,
        wish: Wish<'_>,
        mut turn: Option<Turn>,
    ) -> Result<Bytes, UpstreamError> {
        let token = match wish.credential {
            Credential::Key => self.key.expose(),
            Credential::Token(token) => token,
        };
        let call = call
            .bearer_auth(token)
            .header(VERSION.0, VERSION.1)
            .timeout(OWN_CALL);
        let mut outcome = Err(UpstreamError::TimedOut);
        for _ in 0..ATTEMPTS {
            let Some(call) = call.try_clone() else { break };
            outcome = self.attempt(call, wish, turn.take()).await;
            if !matches!(outcome, Err(UpstreamError::RateLimited { .. })) {
                break;
            }
        }
        outcome
    }

    async fn attempt(
        &self,
        call: RequestBuilder,
        wish: Wish<'_>,
        turn: Option<Turn>,
    ) -> Result<Bytes, UpstreamError> {
        let mut turn = match turn {
            Some(turn) => turn,
            None => self.schedule.turn(wish).await?,
        };
        turn.spend();
        let answer = self.send(call).await?;
        let status = answer.status();
        match status.as_u16() {
            200..=299 => read(answer).await,
            404 => Err(UpstreamError::NotFound),
            429 => {
                let retry_after = answer.headers().get(RETRY_AFTER).cloned();
                self.schedule
                    .hold(wish.credential, pause(retry_after.as_ref()));
                Err(UpstreamError::RateLimited { retry_after })
            }
            500..=599 => Err(UpstreamError::Failed(status)),
            _ => Err(UpstreamError::Refused(status)),
        }
    }

    /// Sends a call and counts what comes of it, by the pattern of its route.
    async fn send(&self, call: RequestBuilder) -> Result<Response, UpstreamError> {
        let request = call.build()?;
        let path = request.url().as_str().strip_prefix(&self.base);
        let path = path.map(|path| path.split('?').next().unwrap_or_default());
        let route = match path {
            Some("/access_tokens") => "/access_tokens",
            path => path.and_then(forward::pattern).unwrap_or("other"),
        };
        let started = Instant::now();
        let answer = self.client.execute(request).await;
        let outcome = match &answer {
            Ok(answer) => metrics::class(answer.status()),
            Err(error) if error.is_timeout() => "timed_out",
            Err(_) => "unreachable",
        };
        self.metrics.called(route, outcome, started.elapsed());
        Ok(answer?)
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
        let credential = Credential::Token(&call.token);
        let mut turn = self
            .schedule
            .turn(Wish {
                credential,
                urgency: if call.method == Method::GET {
                    Urgency::Visit
                } else {
                    Urgency::Write
                },
                visitor: "",
                deadline: call.deadline.min(Instant::now() + PATIENCE),
            })
            .await?;
        let mut request = self
            .client
            .request(call.method, url)
            .headers(headers)
            .timeout(call.deadline.saturating_duration_since(Instant::now()));
        if let Some(body) = call.body {
            request = request.body(body);
        }
        turn.spend();
        let answer = self.send(request).await?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        if status == StatusCode::TOO_MANY_REQUESTS {
            self.schedule
                .hold(credential, pause(headers.get(RETRY_AFTER)));
        }
        Ok(ForwardedAnswer {
            status,
            headers,
            body: read(answer).await?,
        })
    }
}

fn with_key(urgency: Urgency) -> Wish<'static> {
    Wish {
        credential: Credential::Key,
        urgency,
        visitor: "",
        deadline: Instant::now() + PATIENCE,
    }
}

fn with_token(visitor: Visitor<'_>, urgency: Urgency) -> Wish<'_> {
    Wish {
        credential: Credential::Token(visitor.token),
        urgency,
        visitor: visitor.turns_of,
        deadline: Instant::now() + PATIENCE,
    }
}

/// Whether a call with those headers is answered in the version that the proxy speaks.
pub fn is_asked_for(headers: &HeaderMap) -> bool {
    let mut versions = headers.get_all(VERSION.0).iter();
    versions.all(|version| version == VERSION.1)
}

/// How long Whop wants to be left alone: seconds, or the moment until when (RFC 9110, section 10.2.3).
fn pause(retry_after: Option<&HeaderValue>) -> Duration {
    let said = retry_after.and_then(|value| value.to_str().ok());
    let Some(said) = said.map(str::trim) else {
        return USUAL_PAUSE;
    };
    let until = |moment: SystemTime| moment.duration_since(SystemTime::now()).unwrap_or_default();
    said.parse()
        .map(Duration::from_secs)
        .or_else(|_| httpdate::parse_http_date(said).map(until))
        .unwrap_or(USUAL_PAUSE)
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, UpstreamError> {
    serde_json::from_slice(body).map_err(|error| UpstreamError::Malformed(category(&error)))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_is_said_in_seconds_or_as_a_moment() {
        let said = |text: &str| pause(Some(&HeaderValue::from_str(text).unwrap()));
        assert_eq!(said("7"), Duration::from_secs(7));
        let moment = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(120));
        let long = said(&moment);
        assert!(long > Duration::from_secs(100) && long <= Duration::from_secs(120));
        assert_eq!(said("Sun, 06 Nov 1994 08:49:37 GMT"), Duration::ZERO);
        for odd in ["soon", "-1", "1.5"] {
            assert_eq!(said(odd), USUAL_PAUSE);
        }
        assert_eq!(pause(None), USUAL_PAUSE);
    }
}
