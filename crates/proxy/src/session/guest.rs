use super::open::{newest_messages, protocols, signing, socket};
use super::permissions::{permissions, visible_to};
use crate::Proxy;
use crate::clock;
use crate::error::Refusal;
use crate::identity::{GuestClaims, Identity, IdentityError};
use crate::relay::Ticket;
use wire::rest::{AccessLevel, AccessToken, UserReference};
use wire::session::{Session, SessionRequest};
use wire::{Extra, Millis, Timestamp};

/// The session of a guest: what anybody may read of a channel that the operator has opened to all, with a token that
/// opens nothing else.
pub async fn session(
    proxy: &Proxy,
    wanted: &SessionRequest,
    identity: &Identity,
) -> Result<Session, Refusal> {
    let upstream = &proxy.upstream;
    // Before Whop is asked, so that who is nobody learns nothing of other channels.
    if !proxy.guests.may_read(&[&wanted.channel_id]) {
        return Err(IdentityError::Missing.into());
    }
    let (channel, messages) = tokio::join!(
        upstream.channel(&wanted.channel_id),
        newest_messages(upstream, wanted),
    );
    let channel = channel?;
    if !identity
        .limit
        .allows(&[&channel.id, &channel.experience.id])
    {
        return Err(Refusal::OtherChannel);
    }
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
        socket: socket(&experience, protocols(proxy, &ticket)?),
        channel: visible_to(&permissions, channel),
        permissions,
        messages: messages.transpose()?,
        html: None,
        picture_hosts: proxy.configuration.picture_hosts.clone(),
        server_time: Millis::new(now),
    })
}
