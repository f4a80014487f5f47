use super::answer::answer;
use super::permissions::{permissions, visible_to};
use crate::Proxy;
use crate::body;
use crate::clock;
use crate::error::Refusal;
use crate::identifier;
use crate::identity::{Identity, IdentityError, Source, USER_TOKEN_HEADER};
use crate::relay::{PROTOCOL, Ticket};
use crate::upstream::{Upstream, UpstreamError};
use axum::extract::{Request, State};
use axum::http::HeaderMap;
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
    let identity = identify(&proxy, &headers, &wanted).await?;
    if !identifier::is_safe(&wanted.channel_id) {
        return Err(Refusal::NoSuchChannel);
    }
    let session = session(&proxy, &wanted, &identity).await?;
    let painted_at = wanted
        .with_html
        .then_some(wanted.utc_offset_minutes.unwrap_or_default());
    answer(session, painted_at, &headers).await
}

/// The first proof that is there decides; a bad one is not made up for by another.
async fn identify(
    proxy: &Proxy,
    headers: &HeaderMap,
    wanted: &SessionRequest,
) -> Result<Identity, IdentityError> {
    let now = clock::unix_seconds();
    if let Some(token) = headers.get(USER_TOKEN_HEADER) {
        return proxy
            .iframe_tokens
            .verify(token.to_str().unwrap_or_default(), now)
            .await;
    }
    if let Some(assertion) = &wanted.assertion {
        let assertions = proxy
            .assertions
            .as_ref()
            .ok_or(IdentityError::NoAssertions)?;
        return Ok(assertions.verify(assertion, now)?);
    }
    match &wanted.renewal {
        Some(renewal) => Ok(proxy.renewals.verify(renewal, now)?),
        None => Err(IdentityError::Missing),
    }
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
    let (token, expires_at) = proxy
        .mint
        .token(upstream, &identity.user, permissions.can_moderate)
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
        Source::Assertion => {
            let ticket = proxy
                .tickets
                .make(&Ticket {
                    user: identity.user.clone(),
                    channel: channel.id.clone(),
                    experience: experience.clone(),
                    can_post: permissions.can_post,
                    expires_at: expires_at / 1_000,
                })
                .map_err(signing)?;
            vec![PROTOCOL.to_owned(), format!("ticket.{ticket}")]
        }
    };
    Ok(Session {
        token,
        renewal,
        user,
        channel: visible_to(&permissions, channel),
        permissions,
        messages,
        html: None,
        socket: SocketAddress {
            path: format!("/_whop/ws/v1/websockets/connect?join_experience={experience}"),
            protocols,
        },
        picture_hosts: proxy.configuration.picture_hosts.clone(),
        server_time: Millis::new(now),
    })
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

async fn newest_messages(
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
fn mint_refusal(error: &UpstreamError) -> Refusal {
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
fn signing(error: crate::identity::token::TokenError) -> Refusal {
    tracing::error!(%error, "a token can't be signed");
    Refusal::BadGateway
}
