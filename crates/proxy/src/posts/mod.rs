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
use crate::token_hash::TokenHash;
use crate::upstream::{ForwardedAnswer, ForwardedCall, UpstreamError};
use axum::http::{HeaderMap, header};
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
/// What one takes beside its name and its answer.
const OVERHEAD: usize = 600;
/// What a post leaves of its time for looking whether it landed.
const LOOK: Duration = Duration::from_secs(4);

/// Who posts, and what they call it.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Name {
    author: Author,
    key: IdempotencyKey,
}

/// Who posts.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Author {
    /// The one for whom the token was minted here.
    Known(UserId),
    /// Whoever has a token that was not: nobody else can call themselves so, whatever the token says.
    Bearer(TokenHash),
}

impl Author {
    fn known(&self) -> Option<&UserId> {
        match self {
            Self::Known(user) => Some(user),
            Self::Bearer(_) => None,
        }
    }
}

impl Name {
    fn length(&self) -> usize {
        let author = self.author.known().map_or(0, |user| user.len());
        author + self.key.as_str().len()
    }
}

/// A post of a visitor's.
pub struct Post {
    /// Who posts.
    pub author: Author,
    /// Whose messages look like theirs. Where that is only what their token says of itself, it is for nothing else.
    pub looks_like: Option<UserId>,
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
        let weight = |name: &Name, entry: &Arc<Entry>| {
            let length = OVERHEAD + name.length() + entry.answer_length();
            u32::try_from(length).unwrap_or(u32::MAX)
        };
        let entries = Cache::builder()
            .weigher(weight)
            .max_capacity(ROOM)
            .eviction_policy(EvictionPolicy::lru())
            .time_to_live(REMEMBERED)
            .build();
        Self { entries, echoes }
    }

    /// What is known of a post. Whoever comes while one of its kind is under way waits for it here.
    async fn fate(&self, name: &Name) -> (Arc<Entry>, OwnedMutexGuard<Fate>) {
        loop {
            let fresh = async { Arc::new(Entry::default()) };
            let entry = self.entries.get_with_by_ref(name, fresh).await;
            let fate = entry.fate().await;
            // Who waited for one that did not land is not alone with what is left of it.
            if !matches!(fate.state, State::Forgotten) {
                return (entry, fate);
            }
        }
    }

    /// Nothing came of it.
    async fn forget(&self, name: &Name, mut fate: OwnedMutexGuard<Fate>) {
        fate.state = State::Forgotten;
        self.entries.invalidate(name).await;
    }
}

/// Posts it, unless it was posted already: then the answer is the same as then. Not to be dropped half-way.
pub async fn post(proxy: &Arc<Proxy>, post: Post) -> Result<ForwardedAnswer, Refusal> {
    let name = Name {
        author: post.author.clone(),
        key: post.key.clone(),
    };
    let (entry, mut fate) = timeout_at(post.call.deadline, proxy.posts.fate(&name))
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
    attempt.make().await
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
        if let Author::Known(user) = &self.post.author {
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
                self.not_landed().await;
                return Ok(answer);
            }
            Err(UpstreamError::Unreachable(error)) if error.is_connect() => {
                tracing::warn!(%error, "a visitor's post can't be passed on");
                self.not_landed().await;
                return Err(Refusal::Unavailable);
            }
            Err(UpstreamError::Crowded(crowded)) => {
                self.not_landed().await;
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
        if let Some(message) = search::named(&answer.body) {
            // Of a token that was not minted here Whop has said now whose it is.
            let author = self.post.author.known().or(message.author());
            let echoes = &self.proxy.posts.echoes;
            if let Some(author) = author {
                echoes.landed(author, &self.post.key, message.id.clone());
            }
        }
        let mut kept = answer.clone();
        kept.headers = kind_of(&answer);
        self.entry.set_answer_length(kept.body.len());
        self.fate.state = State::Done(kept);
        drop(self.fate);
        let entries = &self.proxy.posts.entries;
        entries.insert(self.name, self.entry).await;
        answer
    }

    /// It did not land: the same post may be sent again when what kept it out is over, or another in its place. Nothing
    /// is remembered, so that who is nobody to Whop takes no room.
    async fn not_landed(self) {
        self.proxy.posts.forget(&self.name, self.fate).await;
        if let Author::Known(user) = &self.post.author {
            self.proxy.posts.echoes.forget(user, &self.post.key);
        }
    }
}

/// All of an answer's headers that is told again.
fn kind_of(answer: &ForwardedAnswer) -> HeaderMap {
    let kind = answer.headers.get(header::CONTENT_TYPE);
    kind.map(|kind| (header::CONTENT_TYPE, kind.clone()))
        .into_iter()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(token: &str) -> Name {
        let headers = HeaderMap::from_iter([(
            idempotency_key::HEADER.parse().unwrap(),
            "key".parse().unwrap(),
        )]);
        Name {
            author: Author::Bearer(TokenHash::of(token)),
            key: IdempotencyKey::of(&headers).unwrap().unwrap(),
        }
    }

    #[tokio::test]
    async fn a_long_token_takes_no_more_room_and_one_that_fails_none() {
        let posts = Posts::new(Arc::default());
        let name = name(&"x".repeat(28_000));
        let (_, fate) = posts.fate(&name).await;
        posts.entries.run_pending_tasks().await;
        assert!((1..1_000).contains(&posts.entries.weighted_size()));
        posts.forget(&name, fate).await;
        posts.entries.run_pending_tasks().await;
        assert_eq!(posts.entries.weighted_size(), 0);
    }

    #[tokio::test]
    async fn who_waited_for_one_that_did_not_land_is_alone_with_the_next() {
        let posts = Arc::new(Posts::new(Arc::default()));
        let name = name("a");
        let (entry, fate) = posts.fate(&name).await;
        let waiting = tokio::spawn({
            let (posts, name) = (posts.clone(), name.clone());
            async move { posts.fate(&name).await }
        });
        // It holds the entry, and waits.
        while Arc::strong_count(&entry) < 3 {
            tokio::task::yield_now().await;
        }
        posts.forget(&name, fate).await;
        let (next, _fate) = waiting.await.unwrap();
        assert!(!Arc::ptr_eq(&entry, &next));
        let newest = posts.entries.get(&name).await.unwrap();
        assert!(Arc::ptr_eq(&next, &newest), "nobody has another");
    }
}
