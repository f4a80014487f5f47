use super::admission::first_page;
use super::open::{parsed, protocols, signing, socket};
use super::permissions::{permissions, visible_to};
use super::scopes::Purpose;
use crate::Proxy;
use crate::clock;
use crate::error::Refusal;
use crate::identity::{GuestClaims, Identity, IdentityError};
use crate::reads::{Names, View};
use crate::relay::Ticket;
use crate::upstream::Visitor;
use bytes::Bytes;
use std::sync::Arc;
use wire::rest::{AccessLevel, AccessToken, UserReference};
use wire::session::{Session, SessionRequest};
use wire::{Extra, Millis, Timestamp};

/// The session of a guest: what anybody may read of a channel that the operator has opened to all, with a token that
/// opens nothing else.
pub async fn session(
    proxy: &Proxy,
    wanted: &SessionRequest,
    identity: &Identity,
    address: &str,
) -> Result<Session, Refusal> {
    let upstream = &proxy.upstream;
    // Before Whop is asked, so that who is nobody learns nothing of other channels.
    if !proxy.guests.may_read(&[&wanted.channel_id]) {
        return Err(IdentityError::Missing.into());
    }
    let channel = proxy
        .reads
        .channel(upstream, &wanted.channel_id, &identity.user)
        .await?;
    let names = Arc::new(Names {
        channel: channel.id.clone(),
        experience: channel.experience.id.clone(),
    });
    if !identity.limit.allows(&[&names.channel, &names.experience]) {
        return Err(Refusal::OtherChannel);
    }
    proxy.relay.watch(&names.channel, &names.experience);
    let messages = if wanted.with_messages {
        Some(parsed(&newest_messages(proxy, &names, address).await?)?)
    } else {
        None
    };
    let permissions = permissions(AccessLevel::NoAccess, &channel);
    let now = clock::unix_millis();
    let lifetime = i64::try_from(proxy.configuration.token_lifetime.as_secs()).unwrap_or_default();
    let expires_at = now / 1_000 + lifetime;
    let experience = channel.experience.id.clone();
    let token = proxy
        .guest_tokens
        .make(&GuestClaims {
            user: identity.user.clone(),
            channel: channel.id.clone(),
            experience: experience.clone(),
            expires_at,
        })
        .map_err(signing)?;
    let ticket = Ticket {
        user: identity.user.clone(),
        channel: channel.id.clone(),
        experience: experience.clone(),
        can_post: permissions.can_post,
        own: false,
        expires_at,
    };
    Ok(Session {
        token: AccessToken {
            token,
            expires_at: Timestamp::from_unix_millis(expires_at * 1_000),
            extra: Extra::default(),
        },
        renewal: proxy
            .renewals
            .make(identity, &channel.id, &experience, now / 1_000)
            .map_err(signing)?,
        user: UserReference {
            id: identity.user.clone(),
            name: None,
            username: String::new(),
            profile_picture: None,
            extra: Extra::default(),
        },
        socket: socket(&experience, protocols(proxy, &ticket, None)?),
        channel: visible_to(&permissions, Arc::unwrap_or_clone(channel)),
        permissions,
        messages,
        html: None,
        picture_hosts: proxy.configuration.picture_hosts.clone(),
        server_time: Millis::new(now),
    })
}

/// The newest page as guests see it, read with a new token where Whop doesn't take the present one any more (T6).
async fn newest_messages(
    proxy: &Proxy,
    names: &Arc<Names>,
    address: &str,
) -> Result<Bytes, Refusal> {
    let mut is_last = false;
    loop {
        let token = readers_token(proxy).await?;
        let reader = Visitor {
            user: &proxy.configuration.agent_user_id,
            token: &token,
            turns_of: address,
        };
        match first_page(proxy, reader, names, View::Guest).await {
            Err(error) if error.is_unauthorized() && !is_last => {
                is_last = true;
                proxy.mint.forget(&token).await;
            }
            page => return Ok(page?),
        }
    }
}

/// The token with which the proxy reads for guests: one that can't do anything else, and never leaves it.
pub async fn readers_token(proxy: &Proxy) -> Result<String, Refusal> {
    let reader = &proxy.configuration.agent_user_id;
    let (token, _) = proxy
        .mint
        .token(&proxy.upstream, reader, Purpose::READING)
        .await?;
    Ok(token.token)
}
