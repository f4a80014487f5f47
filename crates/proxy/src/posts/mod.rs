//! `POST /messages` with an `Idempotency-Key`: each lands once, however often it is sent, and its echo says which it is.
//! What may be posted is not decided here.

mod echoes;
mod entry;
mod idempotency_key;
mod search;

pub use echoes::Echoes;
pub use idempotency_key::IdempotencyKey;

use crate::Proxy;
use crate::error::Refusal;
use crate::upstream::{ForwardedAnswer, ForwardedCall, UpstreamError};
use entry::{Entry, Fate, State};
use moka::future::Cache;
use moka::policy::EvictionPolicy;
use search::Search;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::OwnedMutexGuard;
use tokio::time::timeout_at;
use wire::UserId;

/// Posts are remembered for that long, and no longer than there is room for them.
const REMEMBERED: Duration = Duration::from_secs(600);
/// Of all posts that are remembered, in bytes.
const ROOM: u64 = 64 << 20;
/// What one takes beside its answer.
const OVERHEAD: usize = 600;
/// What a post leaves of its time for looking whether it landed.
const LOOK: Duration = Duration::from_secs(4);

/// Who posts, and what they call it.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Name {
    /// A user's id, or, where nobody knows whose it is, a token.
    visitor: Box<str>,
    key: IdempotencyKey,
}

/// A post of a visitor's.
pub struct Post {
    /// Who posts, if that is known.
    pub user: Option<UserId>,
    /// Their token.
    pub token: String,
    /// What they call it.
    pub key: IdempotencyKey,
    /// The call.
    pub call: ForwardedCall,
}

/// Posts of the last ten minutes. They are in this process's memory only: another instance, or this one after a
/// restart, knows nothing of them, and the widget looks for itself before it posts again.
pub struct Posts {
    entries: Cache<Name, Arc<Entry>>,
    /// Which messages they are.
    pub echoes: Arc<Echoes>,
}

impl Posts {
    /// None so far.
    pub fn new(echoes: Arc<Echoes>) -> Self {
        let weight = |_: &Name, entry: &Arc<Entry>| {
            u32::try_from(OVERHEAD + entry.answer_length()).unwrap_or(u32::MAX)
        };
        let entries = Cache::builder()
            .weigher(weight)
            .max_capacity(ROOM)
            .eviction_policy(EvictionPolicy::lru())
            .time_to_live(REMEMBERED)
            .build();
        Self { entries, echoes }
    }
}

/// Posts it, unless it was posted already: then the answer is the same as then.
pub async fn post(proxy: &Arc<Proxy>, post: Post) -> Result<ForwardedAnswer, Refusal> {
    let visitor = post.user.as_deref().unwrap_or(&post.token);
    let name = Name {
        visitor: visitor.into(),
        key: post.key.clone(),
    };
    let fresh = async { Arc::new(Entry::default()) };
    let entry = proxy.posts.entries.get_with(name.clone(), fresh).await;
    // Whoever comes while the first is under way waits for it here.
    let mut fate = timeout_at(post.call.deadline, entry.fate())
        .await
        .map_err(|_| Refusal::TimedOut)?;
    if !fate.is_of(post.call.body.as_deref().unwrap_or_default()) {
        return Err(Refusal::OtherPost);
    }
    if let State::Done(answer) = &fate.state {
        return Ok(answer.clone());
    }
    let attempt = Attempt {
        proxy: proxy.clone(),
        name,
        entry,
        fate,
        post,
    };
    // A visitor who leaves in the middle does not leave their post half-way.
    let task = tokio::spawn(attempt.make());
    task.await.unwrap_or(Err(Refusal::BadGateway))
}

/// One attempt to post. While it is made, others of the same post wait.
struct Attempt {
    proxy: Arc<Proxy>,
    name: Name,
    entry: Arc<Entry>,
    fate: OwnedMutexGuard<Fate>,
    post: Post,
}

impl Attempt {
    async fn make(mut self) -> Result<ForwardedAnswer, Refusal> {
        let deadline = self.post.call.deadline;
        if let State::Lost { since } = &self.fate.state {
            let since = *since;
            // Never blindly (S1).
            match self.find(since, deadline - LOOK).await {
                Ok(Some(answer)) => return Ok(self.done(answer).await),
                Ok(None) => {}
                Err(_) => return Err(Refusal::Unavailable),
            }
        }
        let began = Instant::now();
        let echoes = self.proxy.posts.echoes.clone();
        if let Some(user) = &self.post.user {
            let body = self.post.call.body.as_deref().unwrap_or_default();
            echoes.expect(user, &self.post.key, body);
        }
        // Lost until it is known better: also if this program is stopped in the middle.
        self.fate.state = State::Lost { since: began };
        let mut call = self.post.call.clone();
        call.deadline = deadline - LOOK;
        let outcome = self.proxy.upstream.forward(call).await;
        let refusal = match outcome {
            Ok(answer) if answer.status.is_success() => return Ok(self.done(answer).await),
            Ok(answer) if !answer.status.is_server_error() => {
                self.not_landed();
                return Ok(answer);
            }
            Err(UpstreamError::Unreachable(error)) if error.is_connect() => {
                tracing::warn!(%error, "a visitor's post can't be passed on");
                self.not_landed();
                return Err(Refusal::Unavailable);
            }
            Err(UpstreamError::Crowded(crowded)) => {
                self.not_landed();
                return Err(Refusal::crowded(&crowded));
            }
            // A server that stumbled may have stored the message before it did.
            Ok(answer) => Ok(answer),
            Err(error) => {
                tracing::warn!(%error, "the answer to a visitor's post is lost");
                Err(Refusal::TimedOut)
            }
        };
        match self.find(began, deadline).await {
            Ok(Some(answer)) => Ok(self.done(answer).await),
            Ok(None) | Err(_) => refusal,
        }
    }

    /// What was posted at that time, if it can be seen.
    async fn find(
        &self,
        since: Instant,
        deadline: tokio::time::Instant,
    ) -> Result<Option<ForwardedAnswer>, UpstreamError> {
        let search = Search::new(&self.post, &self.proxy.posts.echoes);
        let found = search.find(&self.proxy.upstream, since, deadline).await;
        if let Err(error) = &found {
            tracing::warn!(%error, "whether a post has landed can't be seen");
        }
        found
    }

    /// It landed, and this is the answer. Remembered anew, because it takes more room now.
    async fn done(mut self, answer: ForwardedAnswer) -> ForwardedAnswer {
        if let (Some(user), Some(id)) = (&self.post.user, search::id_of(&answer.body)) {
            self.proxy.posts.echoes.landed(user, &self.post.key, id);
        }
        self.entry.set_answer_length(answer.body.len());
        self.fate.state = State::Done(answer.clone());
        drop(self.fate);
        let entries = &self.proxy.posts.entries;
        entries.insert(self.name, self.entry).await;
        answer
    }

    /// It did not land: the same post may be sent again when what kept it out is over, or another in its place.
    fn not_landed(mut self) {
        self.fate.state = State::New;
        if let Some(user) = &self.post.user {
            self.proxy.posts.echoes.forget(user, &self.post.key);
        }
    }
}
