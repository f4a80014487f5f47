use super::hub::{Hub, Reader};
use super::polling::{Known, tell};
use crate::schedule::Urgency;
use crate::upstream::{Upstream, UpstreamError, Visitor};
use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};
use wire::rest::{Message, Page};
use wire::{ChannelId, MessageId};

/// From one reading to the next where something was said lately, and where not: each is a call of a listener's budget.
const LIVELY: Duration = Duration::from_secs(3);
const QUIET: Duration = Duration::from_secs(10);
/// What was said that long ago was said lately.
const LATELY: Duration = Duration::from_secs(120);
/// Where there is nothing to read.
const IDLE: Duration = Duration::from_secs(60);

/// Reads the newest messages of direct messages and support chats, with the tokens of those who listen, and tells what is
/// different since: Whop tells the proxy's own user nothing of what others say among themselves. What is said by way of
/// this proxy is read at once, and what webhooks tell is told before.
pub struct OwnPolling {
    upstream: Arc<Upstream>,
    hub: Arc<Hub>,
    watched: HashMap<ChannelId, Watched>,
    /// Dropped with all that is under way.
    calls: JoinSet<(ChannelId, Answer)>,
}

/// One conversation.
struct Watched {
    known: Option<Known>,
    due: Instant,
    is_asked: bool,
    news_at: Instant,
    /// Whose turn it is to read.
    turn: usize,
}

/// What Whop said, and to whom.
enum Answer {
    Page(Arc<Reader>, Result<Page<Message>, UpstreamError>),
    Message(MessageId, Result<(), UpstreamError>),
}

impl Watched {
    fn new(now: Instant) -> Self {
        Self {
            known: None,
            due: now,
            is_asked: false,
            news_at: now,
            turn: 0,
        }
    }

    fn pause(&self) -> Duration {
        if self.news_at.elapsed() < LATELY {
            LIVELY
        } else {
            QUIET
        }
    }
}

impl OwnPolling {
    /// Nothing is read yet.
    pub fn new(upstream: Arc<Upstream>, hub: Arc<Hub>) -> Self {
        Self {
            upstream,
            hub,
            watched: HashMap::new(),
            calls: JoinSet::new(),
        }
    }

    /// Reads for ever.
    pub async fn keep(mut self) -> Infallible {
        loop {
            let next = self.ask_due();
            tokio::select! {
                () = sleep_until(next) => {}
                () = self.hub.conversing.notified() => {}
                Some(answer) = self.calls.join_next() => {
                    // One that panicked was logged as such; its conversation is asked for no more.
                    if let Ok((feed, answer)) = answer {
                        self.take(&feed, answer);
                    }
                }
            }
        }
    }

    /// Asks for what is due; says when the next will be.
    fn ask_due(&mut self) -> Instant {
        let now = Instant::now();
        let conversations = self.hub.conversations();
        self.watched
            .retain(|feed, _| conversations.iter().any(|(known, _)| known == feed));
        let mut next = now + IDLE;
        for (feed, was_poked) in conversations {
            let watched = self
                .watched
                .entry(feed.clone())
                .or_insert_with(|| Watched::new(now));
            if was_poked {
                watched.due = now;
                watched.news_at = now;
            }
            if watched.is_asked {
                continue;
            }
            if watched.due > now {
                next = next.min(watched.due);
            } else if let Some(reader) = self.hub.reader(&feed, watched.turn) {
                watched.is_asked = true;
                watched.turn = watched.turn.wrapping_add(1);
                watched.due = now + watched.pause();
                let path = format!("/messages?channel_id={feed}&direction=desc&first=50");
                let upstream = self.upstream.clone();
                self.calls.spawn(async move {
                    let page = seen(&upstream, &reader, &path).await;
                    (feed, Answer::Page(reader, page))
                });
            }
        }
        next
    }

    fn take(&mut self, feed: &ChannelId, answer: Answer) {
        let Some(watched) = self.watched.get_mut(feed) else {
            return;
        };
        match answer {
            Answer::Page(reader, Ok(page)) => {
                watched.is_asked = false;
                let Some(known) = &mut watched.known else {
                    let mut known = Known::default();
                    known.take(&page, |_| true);
                    watched.known = Some(known);
                    self.hub.begin_polled(feed);
                    return;
                };
                let news = known.take(&page, |id| self.hub.was_told(id));
                if !news.messages.is_empty() {
                    watched.news_at = Instant::now();
                }
                tell(&self.hub, feed, &news.messages);
                for id in news.doubtful {
                    let (feed, reader) = (feed.clone(), reader.clone());
                    let upstream = self.upstream.clone();
                    self.calls.spawn(async move {
                        let path = format!("/messages/{id}");
                        let message = seen::<Message>(&upstream, &reader, &path).await;
                        (feed, Answer::Message(id, message.map(|_| ())))
                    });
                }
                self.hub.set_polled(feed);
            }
            Answer::Page(reader, Err(error)) => {
                watched.is_asked = false;
                if matches!(error, UpstreamError::Refused(_) | UpstreamError::NotFound) {
                    // They have left, or their token is over.
                    self.hub.doubt(&reader.user);
                } else {
                    tracing::warn!(%error, "a conversation can't be read");
                }
            }
            Answer::Message(id, answer) => {
                let is_there = match answer {
                    Ok(()) => true,
                    Err(UpstreamError::NotFound) => false,
                    // It is asked for again with the next page.
                    Err(_) => return,
                };
                if let Some(known) = &mut watched.known {
                    known.tell_settled(&self.hub, feed, &id, is_there);
                }
            }
        }
    }
}

async fn seen<T: serde::de::DeserializeOwned>(
    upstream: &Upstream,
    reader: &Reader,
    path: &str,
) -> Result<T, UpstreamError> {
    let visitor = Visitor {
        user: &reader.user,
        token: reader.token.expose(),
        turns_of: &reader.user,
    };
    // What they do themselves goes first.
    upstream.seen(visitor, path, Urgency::Background).await
}
