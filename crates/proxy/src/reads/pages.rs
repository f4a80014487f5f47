use super::flights::Needs;
use super::{HEARD, Names, PageQuery, Reads, UNHEARD, View, is_let_in};
use crate::Proxy;
use crate::error::Refusal;
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
        let path = query.path_of_messages(&names.channel);
        self.read(upstream, visitor, names, view, path, true).await
    }

    /// What is at that path, which is about that channel. The messages of a page are remembered as the channel's.
    async fn read(
        &self,
        upstream: &Upstream,
        visitor: Visitor<'_>,
        names: &Arc<Names>,
        view: View,
        path: String,
        is_page: bool,
    ) -> Result<Bytes, Arc<UpstreamError>> {
        let content = || Some(self.hub.standing(&names.channel)?.content);
        let needs = Needs {
            not_before: self.writes.get(visitor.user),
            standing: content(),
            heard: HEARD,
            unheard: UNHEARD,
            ..Needs::now()
        };
        let key = PageKey {
            channel: names.channel.clone(),
            view,
            path,
        };
        let ask = async {
            let answer = upstream.read(visitor, &key.path).await?;
            if is_page && let Ok(page) = serde_json::from_slice::<Ids<'_>>(&answer) {
                for message in page.data {
                    self.messages.insert(message.id.into_owned(), names.clone());
                }
            }
            Ok(answer)
        };
        self.pages.get(&key, needs, content, ask).await
    }
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
        let visitor = Visitor { user: &user, token };
        let level = reads
            .shared_access(upstream, visitor, &names.experience)
            .await
            .ok()?;
        let view = is_let_in(&level)?;
        let answer = match self {
            Self::Messages(query) => reads.page(upstream, visitor, &names, view, query).await,
            Self::Reactions(query) => {
                let path = query.path_of_reactions();
                reads
                    .read(upstream, visitor, &names, view, path, false)
                    .await
            }
        };
        told(answer)
    }

    /// The same for a guest, whose calls the proxy makes with a token of its own for reading. That the channel is open to
    /// guests is certain already; its messages are all that they may ask for.
    pub async fn answer_to_guest(
        &self,
        proxy: &Proxy,
        token: &str,
    ) -> Option<Result<Bytes, Refusal>> {
        let Self::Messages(query) = self else {
            return None;
        };
        let names = proxy.reads.names(&query.of)?;
        let reader = Visitor {
            user: &proxy.configuration.agent_user_id,
            token,
        };
        let page = proxy
            .reads
            .page(&proxy.upstream, reader, &names, View::Guest, query);
        told(page.await)
    }
}

/// A failure that is one token's own is no answer: another attempt may fare better.
fn told(answer: Result<Bytes, Arc<UpstreamError>>) -> Option<Result<Bytes, Refusal>> {
    match answer {
        Err(error) if error.is_of_credential() => None,
        answer => Some(answer.map_err(Refusal::from)),
    }
}
