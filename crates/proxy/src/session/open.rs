use super::answer::answer;
use super::guest;
use super::identify::identify;
use super::permissions::{permissions, visible_to};
use super::scopes::{Purpose, Role};
use crate::Proxy;
use crate::body;
use crate::clock;
use crate::error::Refusal;
use crate::identifier;
use crate::identity::{Identity, Source};
use crate::relay::{PROTOCOL, Ticket};
use crate::upstream::{Upstream, UpstreamError};
use axum::extract::{Request, State};
use axum::response::Response;
use std::sync::Arc;
use wire::rest::{AccessCheck, AccessLevel, ChatChannel, Message, Page, User, UserReference};
use wire::session::{Session, SessionRequest, SocketAddress};
use wire::{ExperienceId, Extra, Millis};

/// Two JWTs and a channel's id are not longer.
const LONGEST_BODY: usize = 32 << 10;

/// `POST /session`.
pub async fn open(State(proxy): State<Arc<Proxy>>, request: Request) -> Result<Response, Refusal> {
    let headers = request.headers().clone();
    let body = body::read_json_or_text(request, LONGEST_BODY).await?;
    let wanted: SessionRequest =
        serde_json::from_slice(&body).map_err(|error| Refusal::BadBody(body::describe(&error)))?;
    let (identity, claim) = identify(&proxy, &headers, &wanted).await?;
    // Guests have ids as many as they like; their address is counted.
    if identity.source != Source::Guest {
        proxy.limits.count_visitor(&identity.user)?;
    }
    if !identifier::is_safe(&wanted.channel_id) {
        return Err(Refusal::NoSuchChannel);
    }
    let session = match identity.source {
        Source::Guest => guest::session(&proxy, &wanted, &identity).await?,
        Source::Iframe | Source::Assertion => session(&proxy, &wanted, &identity).await?,
    };
    // Before the answer: who gets it can't use the assertion again, and neither can who only sees it pass.
    if let Some(claim) = claim {
        claim.keep();
    }
    let painted_at = wanted
        .with_html
        .then_some(wanted.utc_offset_minutes.unwrap_or_default());
    answer(session, painted_at, &headers).await
}

async fn session(
    proxy: &Proxy,
    wanted: &SessionRequest,
    identity: &Identity,
) -> Result<Session, Refusal> {
    let upstream = &proxy.upstream;
    // Nothing of what these bring is answered before access is certain.
    let ((channel, access), user, messages) = tokio::join!(
        channel_and_access(upstream, wanted, identity),
        upstream.user(&identity.user),
        newest_messages(upstream, wanted),
    );
    let channel = channel?;
    if !identity
        .limit
        .allows(&[&channel.id, &channel.experience.id])
    {
        return Err(Refusal::OtherChannel);
    }
    let access = match access {
        Ok(access) if access.has_access && access.access_level != AccessLevel::NoAccess => access,
        // A user whom Whop doesn't know has no access either.
        Ok(_) | Err(UpstreamError::NotFound) => return Err(Refusal::NoAccess),
        Err(error) => return Err(error.into()),
    };
    // Before the mint, so that no token is made for an answer that can't be given.
    let user = reference(user?);
    let messages = messages.transpose()?;
    let permissions = permissions(access.access_level, &channel);
    let purpose = Purpose {
        role: if permissions.can_moderate {
            Role::Moderates
        } else {
            Role::TakesPart
        },
        direct_messages: wanted.with_direct_messages,
        support: wanted.with_support,
    };
    let (token, expires_at) = proxy
        .mint
        .token(upstream, &identity.user, purpose)
        .await
        .map_err(|error| mint_refusal(&error))?;
    let now = clock::unix_millis();
    let experience = channel.experience.id.clone();
    let renewal = proxy
        .renewals
        .make(identity, &channel.id, &experience, now / 1_000)
        .map_err(signing)?;
    let protocols = match identity.source {
        Source::Iframe => Vec::new(),
        Source::Assertion | Source::Guest => protocols(
            proxy,
            &Ticket {
                user: identity.user.clone(),
                channel: channel.id.clone(),
                experience: experience.clone(),
                can_post: permissions.can_post,
                expires_at: expires_at / 1_000,
            },
        )?,
    };
    Ok(Session {
        token,
        renewal,
        user,
        channel: visible_to(&permissions, channel),
        permissions,
        messages,
        html: None,
        socket: socket(&experience, protocols),
        picture_hosts: proxy.configuration.picture_hosts.clone(),
        server_time: Millis::new(now),
    })
}

/// The subprotocols that carry a ticket.
pub(super) fn protocols(proxy: &Proxy, ticket: &Ticket) -> Result<Vec<String>, Refusal> {
    let ticket = proxy.tickets.make(ticket).map_err(signing)?;
    Ok(vec![PROTOCOL.to_owned(), format!("ticket.{ticket}")])
}

/// Where live updates of an experience come from.
pub(super) fn socket(experience: &ExperienceId, protocols: Vec<String>) -> SocketAddress {
    SocketAddress {
        path: format!("/_whop/ws/v1/websockets/connect?join_experience={experience}"),
        protocols,
    }
}

/// Access is granted to experiences. Where the visitor named the channel instead, the channel knows its experience.
async fn channel_and_access(
    upstream: &Upstream,
    wanted: &SessionRequest,
    identity: &Identity,
) -> (
    Result<ChatChannel, UpstreamError>,
    Result<AccessCheck, UpstreamError>,
) {
    let id = wanted.channel_id.as_str();
    if ExperienceId::is_experience(id) {
        return tokio::join!(upstream.channel(id), upstream.access(&identity.user, id));
    }
    match upstream.channel(id).await {
        Ok(channel) if identifier::is_safe(&channel.experience.id) => {
            let access = upstream
                .access(&identity.user, &channel.experience.id)
                .await;
            (Ok(channel), access)
        }
        Ok(_) => {
            let reason = "the channel's experience has no id".to_owned();
            (
                Err(UpstreamError::Malformed(reason)),
                Err(UpstreamError::NotFound),
            )
        }
        Err(error) => (Err(error), Err(UpstreamError::NotFound)),
    }
}

pub(super) async fn newest_messages(
    upstream: &Upstream,
    wanted: &SessionRequest,
) -> Option<Result<Page<Message>, UpstreamError>> {
    if wanted.with_messages {
        Some(upstream.newest_messages(&wanted.channel_id).await)
    } else {
        None
    }
}

fn reference(user: User) -> UserReference {
    UserReference {
        id: user.id,
        name: user.name,
        username: user.username,
        profile_picture: user.profile_picture,
        extra: Extra::default(),
    }
}

/// Several visitors may wait for the same mint, so its error is shared.
pub fn mint_refusal(error: &UpstreamError) -> Refusal {
    tracing::warn!(%error, "a token can't be minted");
    match error {
        UpstreamError::RateLimited { retry_after } => Refusal::Busy {
            retry_after: retry_after.clone(),
        },
        UpstreamError::Failed(_) | UpstreamError::TimedOut | UpstreamError::Unreachable(_) => {
            Refusal::Unavailable
        }
        _ => Refusal::BadGateway,
    }
}

#[allow(clippy::needless_pass_by_value, reason = "for map_err")]
pub(super) fn signing(error: crate::identity::token::TokenError) -> Refusal {
    tracing::error!(%error, "a token can't be signed");
    Refusal::BadGateway
}
