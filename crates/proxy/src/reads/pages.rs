use super::flights::Needs;
use super::{Names, PageQuery, Reads, View, is_let_in};
use crate::Proxy;
use crate::error::Refusal;
use crate::relay::Changes;
use crate::schedule::{Turn, Urgency};
use crate::upstream::{Upstream, UpstreamError, Visitor};
use bytes::Bytes;
use serde::Deserialize;
use std::borrow::Cow;
use std::sync::Arc;
use wire::ChannelId;

/// What is read in a channel, as whom.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PageKey {
    channel: ChannelId,
    view: View,
    path: String,
    /// As the path says.
    is_newest: bool,
}

impl PageKey {
    fn of_messages(names: &Names, view: View, query: &PageQuery) -> Self {
        Self {
            channel: names.channel.clone(),
            view,
            path: query.path_of_messages(&names.channel),
            is_newest: query.is_newest(),
        }
    }
}

/// What a page takes beside its query and its text.
const OVERHEAD: usize = 1_000;

/// How many bytes a page takes in memory, or one that is only asked for.
pub fn weight(key: &PageKey, page: Option<&Bytes>) -> usize {
    OVERHEAD + key.path.len() + page.map_or(0, Bytes::len)
}

/// What of a page says which messages are a channel's.
#[derive(Deserialize)]
struct Ids<'a> {
    #[serde(borrow)]
    data: Vec<Id<'a>>,
}

#[derive(Deserialize)]
struct Id<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
}

impl Reads {
    /// A page of a channel's messages as JSON, to the byte: read with this visitor's token, or with that of somebody who
    /// sees the same. The visitor's own access has to be certain before they get it.
    pub async fn page(
        &self,
        upstream: &Upstream,
        visitor: Visitor<'_>,
        names: &Arc<Names>,
        view: View,
        query: &PageQuery,
    ) -> Result<Bytes, Arc<UpstreamError>> {
        let needs = self.needs(&names.channel, visitor.user, content);
        let key = PageKey::of_messages(names, view, query);
        self.read_page(upstream, visitor, names, key, needs).await
    }

    /// The same for who asks for what they missed. Who hears of changes from Whop itself is told of them once, perhaps
    /// before they are heard of here: the newest page is read anew for them (T1).
    async fn missed_page(
        &self,
        upstream: &Upstream,
        visitor: Visitor<'_>,
        names: &Arc<Names>,
        view: View,
        query: &PageQuery,
    ) -> Result<Bytes, Arc<UpstreamError>> {
        if !(query.is_newest() && self.hear_from_whop.contains_key(visitor.user)) {
            return self.page(upstream, visitor, names, view, query).await;
        }
        let key = PageKey::of_messages(names, view, query);
        self.read_page(upstream, visitor, names, key, Needs::now())
            .await
    }

    /// A page whose messages are remembered as the channel's.
    async fn read_page(
        &self,
        upstream: &Upstream,
        visitor: Visitor<'_>,
        names: &Arc<Names>,
        key: PageKey,
        needs: Needs,
    ) -> Result<Bytes, Arc<UpstreamError>> {
        // What everybody wants first doesn't wait for what somebody looks up.
        let urgency = if key.is_newest {
            Urgency::Shared
        } else {
            Urgency::Visit
        };
        let ready = turn(upstream, visitor, key.view, urgency);
        let ask = async |turn| {
            let answer = upstream.read(visitor, &key.path, urgency, turn).await?;
            if let Ok(page) = serde_json::from_slice::<Ids<'_>>(&answer) {
                for message in page.data {
                    self.messages.insert(message.id.into_owned(), names.clone());
                }
            }
            Ok(answer)
        };
        let standing = || self.heard(&names.channel, content);
        self.pages.get_when(&key, needs, standing, ready, ask).await
    }

    /// The reactions to one of a channel's messages.
    async fn reactions(
        &self,
        upstream: &Upstream,
        visitor: Visitor<'_>,
        names: &Arc<Names>,
        view: View,
        query: &PageQuery,
    ) -> Result<Bytes, Arc<UpstreamError>> {
        let key = PageKey {
            channel: names.channel.clone(),
            view,
            path: query.path_of_reactions(),
            is_newest: false,
        };
        let needs = self.needs(&names.channel, visitor.user, content);
        let standing = || self.heard(&names.channel, content);
        let ready = turn(upstream, visitor, view, Urgency::Visit);
        let ask = async |turn| {
            upstream
                .read(visitor, &key.path, Urgency::Visit, turn)
                .await
        };
        self.pages.get_when(&key, needs, standing, ready, ask).await
    }
}

/// The visitor's own turn to read, for which nobody else has to wait. Guests share a token and its turns: who of them
/// asks has to be certain first.
async fn turn(
    upstream: &Upstream,
    visitor: Visitor<'_>,
    view: View,
    urgency: Urgency,
) -> Result<Option<Turn>, UpstreamError> {
    match view {
        View::Guest => Ok(None),
        _ => upstream.reading_turn(visitor, urgency).await.map(Some),
    }
}

/// What a channel's pages change with.
fn content(changes: Changes) -> u64 {
    changes.content
}

/// A call of a visitor's whose answer others may share.
pub enum Shareable {
    /// `GET /messages`.
    Messages(PageQuery),
    /// `GET /reactions`.
    Reactions(PageQuery),
}

impl Shareable {
    /// The call at that route of the allow-list, if there is nothing in it that is not known here.
    pub fn of(route: &str, query: &str) -> Option<Self> {
        match route {
            "/messages" => PageQuery::messages(query).map(Self::Messages),
            "/reactions" => PageQuery::reactions(query).map(Self::Reactions),
            _ => None,
        }
    }

    /// The answer for a visitor. Nothing where it can't be shared, be it because the visitor, their access, the channel
    /// or the message is not known here: then Whop decides about the call as it is.
    pub async fn answer(&self, proxy: &Proxy, token: &str) -> Option<Result<Bytes, Refusal>> {
        let user = proxy.mint.owner(token).await?;
        let (reads, upstream) = (&proxy.reads, &proxy.upstream);
        let names = match self {
            Self::Messages(query) => reads.names(&query.of)?,
            Self::Reactions(query) => reads.messages.get(&query.of)?,
        };
        let visitor = Visitor {
            user: &user,
            token,
            turns_of: &user,
        };
        let level = reads
            .shared_access(upstream, visitor, &names.experience)
            .await
            .ok()?;
        let view = is_let_in(&level)?;
        told(match self {
            Self::Messages(query) => {
                reads
                    .missed_page(upstream, visitor, &names, view, query)
                    .await
            }
            Self::Reactions(query) => {
                reads
                    .reactions(upstream, visitor, &names, view, query)
                    .await
            }
        })
    }

    /// The same for a guest, whose calls the proxy makes with a token of its own for reading. That the channel is open to
    /// guests is certain already; its messages are all that they may ask for.
    pub async fn answer_to_guest(
        &self,
        proxy: &Proxy,
        token: &str,
        address: &str,
    ) -> Option<Result<Bytes, Refusal>> {
        let Self::Messages(query) = self else {
            return None;
        };
        let names = proxy.reads.names(&query.of)?;
        let reader = Visitor {
            user: &proxy.configuration.agent_user_id,
            token,
            turns_of: address,
        };
        let page = proxy
            .reads
            .page(&proxy.upstream, reader, &names, View::Guest, query);
        told(page.await)
    }
}

/// Where Whop refuses the call it says why to who makes it. What has to wait has waited already.
fn told(answer: Result<Bytes, Arc<UpstreamError>>) -> Option<Result<Bytes, Refusal>> {
    match answer {
        Err(error) if matches!(*error, UpstreamError::Refused(_) | UpstreamError::NotFound) => None,
        answer => Some(answer.map_err(Refusal::from)),
    }
}
