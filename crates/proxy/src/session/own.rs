use super::admission::{first_page_of, without_token};
use super::open::{parsed, protocols, signing, socket};
use super::permissions::permissions;
use super::scopes::{Purpose, Role};
use crate::Proxy;
use crate::clock;
use crate::error::Refusal;
use crate::identifier;
use crate::identity::{Identity, PageTokenClaims, Source};
use crate::page_tokens::{self, PageToken};
use crate::reads::{Kind, Place, is_let_in};
use crate::relay::Ticket;
use crate::schedule::Urgency;
use crate::upstream::{UpstreamError, Visitor};
use bytes::Bytes;
use std::sync::Arc;
use std::time::Duration;
use wire::rest::{AccessToken, Message, Page, UserReference};
use wire::session::{Permissions, Session, SessionRequest, SocketAddress};
use wire::{ExperienceId, Millis, UserId};

/// A session is opened on what Whop said that long ago: a page with several widgets asks once.
const FOR_SESSIONS: Duration = Duration::from_secs(10);

/// With what a visitor comes.
struct Own<'a> {
    token: AccessToken,
    /// In seconds since the Unix epoch.
    expires_at: i64,
    user: UserReference,
    /// What the token says of itself, if it was not minted here.
    claims: Option<&'a PageTokenClaims>,
}

/// The session of somebody whose page brought Whop's token for them. The token is the session's, with what it may do and
/// until it ends; nothing is minted, and there is no renewal: the page has the next one.
pub async fn of_page_token(
    proxy: &Proxy,
    wanted: &SessionRequest,
    identity: &Identity,
    brought: &PageToken,
) -> Result<Session, Refusal> {
    let own = Own {
        token: brought.access_token(),
        expires_at: brought.claims.expires_at,
        user: brought.user.clone(),
        claims: Some(&brought.claims),
    };
    let seen = seen(proxy, wanted, identity, &own.token.token).await;
    let seen = seen
        .map_err(|error| page_tokens::refusal(proxy, brought.token.expose(), &error))?
        .ok_or(Refusal::NoAccess)?;
    session(proxy, wanted, identity, own, seen)
}

/// The session of somebody who is known here in direct messages or a support chat: only their own token says whether they
/// take part there.
pub async fn of_visitor(
    proxy: &Proxy,
    wanted: &SessionRequest,
    identity: &Identity,
) -> Result<Session, Refusal> {
    if !identity.limit.allows(&[&wanted.channel_id]) {
        return Err(Refusal::OtherChannel);
    }
    let upstream = &proxy.upstream;
    let purpose = Purpose {
        role: Role::TakesPart,
        direct_messages: true,
        support: true,
    };
    let mut is_last = false;
    loop {
        let minted = proxy.mint.token(upstream, &identity.user, purpose).await;
        let (token, expires_at) = match minted {
            Ok(minted) => minted,
            Err(error) => {
                let company = ExperienceId::from(proxy.configuration.company_id.to_string());
                return Err(without_token(proxy, identity, &company, error).await);
            }
        };
        let visitor = Visitor {
            user: &identity.user,
            token: &token.token,
            turns_of: &identity.user,
        };
        let found = tokio::join!(
            seen(proxy, wanted, identity, &token.token),
            proxy.reads.profile(upstream, visitor),
        );
        match found {
            (Ok(Some(seen)), Ok(user)) => {
                let own = Own {
                    token,
                    expires_at: expires_at / 1_000,
                    user,
                    claims: None,
                };
                return session(proxy, wanted, identity, own, seen);
            }
            (Ok(None), _) => return Err(Refusal::NoAccess),
            (Err(error), _) | (_, Err(error)) if error.is_unauthorized() && !is_last => {
                is_last = true;
                proxy.mint.forget(&token.token).await;
            }
            (Err(error), _) => {
                return Err(match *error {
                    UpstreamError::Refused(_) => Refusal::NoAccess,
                    _ => error.into(),
                });
            }
            (_, Err(error)) => return Err(error.into()),
        }
    }
}

/// A channel as a token sees it, and its newest page, which shows that it may read there; nothing without access.
async fn seen(
    proxy: &Proxy,
    wanted: &SessionRequest,
    identity: &Identity,
    token: &str,
) -> Result<Option<(Arc<Place>, Bytes)>, Arc<UpstreamError>> {
    let (reads, upstream) = (&proxy.reads, &proxy.upstream);
    let visitor = Visitor {
        user: &identity.user,
        token,
        turns_of: &identity.user,
    };
    let at_most = FOR_SESSIONS.min(proxy.configuration.access_lifetime);
    let place = reads
        .place(
            upstream,
            visitor,
            &wanted.channel_id,
            at_most,
            Urgency::Visit,
        )
        .await?;
    if is_let_in(&place.level).is_none() {
        return Ok(None);
    }
    let page = first_page_of(proxy, visitor, &place.channel.id).await?;
    Ok(Some((place, page)))
}

fn session(
    proxy: &Proxy,
    wanted: &SessionRequest,
    identity: &Identity,
    own: Own<'_>,
    (place, page): (Arc<Place>, Bytes),
) -> Result<Session, Refusal> {
    let place = Arc::unwrap_or_clone(place);
    let mut channel = place.channel;
    let name = &mut channel.experience.name;
    if name.is_empty() && place.kind == Kind::Direct {
        *name = others(&parsed(&page)?, &identity.user);
    }
    let experience = channel.experience.id.clone();
    if !identifier::is_safe(&experience) || !identifier::is_safe(&channel.id) {
        tracing::error!("the channel or its experience has no id");
        return Err(Refusal::BadGateway);
    }
    let mut permissions = permissions(place.level, &channel);
    narrow(&mut permissions, place.kind, own.claims);
    let now = clock::unix_millis();
    let renewal = match identity.source {
        Source::PageToken => String::new(),
        _ => proxy
            .renewals
            .make(identity, &channel.id, &experience, now / 1_000)
            .map_err(signing)?,
    };
    let protocols = if identity.source == Source::Iframe {
        Vec::new()
    } else {
        let ticket = Ticket {
            user: identity.user.clone(),
            channel: channel.id.clone(),
            experience: experience.clone(),
            can_post: permissions.can_post,
            own: true,
            expires_at: own.expires_at,
        };
        protocols(proxy, &ticket, Some(&own.token.token))?
    };
    Ok(Session {
        token: own.token,
        renewal,
        user: own.user,
        permissions,
        messages: wanted.with_messages.then(|| parsed(&page)).transpose()?,
        html: None,
        socket: match place.kind {
            Kind::Chat => socket(&experience, protocols),
            // No experience shows it; Whop's own websocket is told what one wants to hear of once it is open.
            Kind::Direct | Kind::Support => SocketAddress {
                path: "/_whop/ws/v1/websockets/connect".to_owned(),
                protocols,
            },
        },
        channel,
        picture_hosts: proxy.configuration.picture_hosts.clone(),
        server_time: Millis::new(now),
    })
}

/// What direct messages without a name are called: those who spoke lately, but oneself.
fn others(page: &Page<Message>, oneself: &UserId) -> String {
    const MOST: usize = 3;
    let mut names: Vec<&str> = Vec::new();
    for user in page.data.iter().map(|message| &message.user) {
        let name = user.name.as_deref().unwrap_or(&user.username);
        if user.id != *oneself && !names.contains(&name) && names.len() < MOST {
            names.push(name);
        }
    }
    names.join(", ")
}

/// What the token isn't for its owner can't do with it. Conversations have no moderators as far as Whop's API tells.
fn narrow(permissions: &mut Permissions, kind: Kind, claims: Option<&PageTokenClaims>) {
    let may = |scope: &str| claims.is_none_or(|claims| claims.may(scope));
    permissions.can_post &= may(kind.posting());
    permissions.can_moderate &= kind == Kind::Chat && may("chat:moderate");
}
