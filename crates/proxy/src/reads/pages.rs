use super::flights::Needs;
use super::{HEARD, Names, PageQuery, Reads, UNHEARD, View, is_let_in};
use crate::Proxy;
use crate::error::Refusal;
use crate::upstream::{Upstream, UpstreamError, Visitor};
use bytes::Bytes;
use std::sync::Arc;
use wire::ChannelId;

/// Which page, as whom.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PageKey {
    channel: ChannelId,
    view: View,
    rest: String,
}

impl Reads {
    /// A page of a channel's messages as JSON, to the byte: read with this visitor's token, or with that of somebody who
    /// sees the same. The visitor's own access has to be certain before they get it.
    pub async fn page(
        &self,
        upstream: &Upstream,
        visitor: Visitor<'_>,
        names: &Names,
        view: View,
        query: &PageQuery,
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
            rest: query.rest().to_owned(),
        };
        let path = query.path(&names.channel);
        let ask = upstream.read(visitor, &path);
        self.pages.get(&key, needs, content, ask).await
    }
}

/// The answer to a visitor's own `GET /messages`, where it can be shared. Nothing where it can't, be it because the
/// visitor, their access or the channel is not known here: then Whop decides about the call as it is.
pub async fn shared(proxy: &Proxy, token: &str, query: &str) -> Option<Result<Bytes, Refusal>> {
    let user = proxy.mint.owner(token).await?;
    let query = PageQuery::parse(query)?;
    let names = proxy.reads.names(&query.channel)?;
    let visitor = Visitor { user: &user, token };
    let level = proxy
        .reads
        .shared_access(&proxy.upstream, visitor, &names.experience)
        .await
        .ok()?;
    let view = is_let_in(&level)?;
    let page = proxy
        .reads
        .page(&proxy.upstream, visitor, &names, view, &query)
        .await;
    answer(page)
}

/// The same for a guest, whose calls the proxy makes with a token of its own for reading. That the channel is open to
/// guests is certain already.
pub async fn shared_with_guests(
    proxy: &Proxy,
    token: &str,
    query: &str,
) -> Option<Result<Bytes, Refusal>> {
    let query = PageQuery::parse(query)?;
    let names = proxy.reads.names(&query.channel)?;
    let reader = Visitor {
        user: &proxy.configuration.agent_user_id,
        token,
    };
    let page = proxy
        .reads
        .page(&proxy.upstream, reader, &names, View::Guest, &query)
        .await;
    answer(page)
}

/// A failure that is one token's own is no answer: another attempt may fare better.
fn answer(page: Result<Bytes, Arc<UpstreamError>>) -> Option<Result<Bytes, Refusal>> {
    match page {
        Err(error) if error.is_of_credential() => None,
        page => Some(page.map_err(Refusal::from)),
    }
}
