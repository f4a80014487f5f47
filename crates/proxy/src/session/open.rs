use super::admission::admit;
use super::answer::{Painting, answer};
use super::company;
use super::guest;
use super::identify::{Asker, identify};
use super::own;
use super::permissions::{permissions, visible_to};
use super::scopes::{Purpose, Role};
use crate::Proxy;
use crate::body;
use crate::clock;
use crate::error::Refusal;
use crate::identifier;
use crate::identity::{Claim, Identity, Source};
use crate::limits::{self, ClientAddress};
use crate::reads::{Names, is_conversation};
use crate::relay::{PROTOCOL, Ticket};
use crate::sign_in::{self, Handed};
use crate::upstream::ANSWERED_WITHIN;
use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;
use tokio::time::timeout;
use wire::rest::{Message, Page};
use wire::session::{Session, SessionRequest, SocketAddress};
use wire::{ExperienceId, Millis};

/// Two JWTs and a channel's id are not longer.
const LONGEST_BODY: usize = 32 << 10;

/// `POST /session`.
pub async fn open(State(proxy): State<Arc<Proxy>>, request: Request) -> Result<Response, Refusal> {
    let headers = request.headers().clone();
    let address = request.extensions().get::<ClientAddress>().copied();
    let body = body::read_json_or_text(request, LONGEST_BODY).await?;
    let bad_body = |error| Refusal::BadBody(body::describe(&error));
    let wanted: SessionRequest = serde_json::from_slice(&body).map_err(bad_body)?;
    let handed: Handed = serde_json::from_slice(&body).map_err(bad_body)?;
    if wanted.company_id.is_some() && !wanted.channel_id.is_empty() {
        let words = "it has both `channel_id` and `company_id`";
        return Err(Refusal::BadBody(words.to_owned()));
    }
    let identified = identify(&proxy, &headers, &wanted, &handed, address.as_ref()).await;
    let (mut response, source) = match identified {
        Ok(mut asker) => {
            let (source, cookie) = (asker.identity.source, asker.cookie.take());
            let address = limits::text_of(address.as_ref());
            let opened = opened(&proxy, &headers, &address, &wanted, asker).await;
            let mut response = opened.unwrap_or_else(Refusal::into_response);
            // Whom Whop knows it knows, whatever becomes of this session.
            if let Some(cookie) = cookie {
                response.headers_mut().append(header::SET_COOKIE, cookie);
            }
            (response, Some(source))
        }
        Err(refusal) => (refusal.into_response(), None),
    };
    let is_unknown = response.status() == StatusCode::UNAUTHORIZED && wanted.assertion.is_none();
    let state = match source {
        Some(Source::SignIn) => Some(sign_in::SIGNED_IN),
        Some(Source::Guest) => Some(sign_in::OFFERED),
        None if is_unknown => Some(sign_in::OFFERED),
        _ => None,
    };
    if let Some(state) = state.filter(|_| proxy.sign_in.is_some()) {
        let headers = response.headers_mut();
        headers.insert(sign_in::HEADER, HeaderValue::from_static(state));
    }
    Ok(response)
}

async fn opened(
    proxy: &Proxy,
    headers: &HeaderMap,
    address: &str,
    wanted: &SessionRequest,
    asker: Asker,
) -> Result<Response, Refusal> {
    let identity = asker.identity;
    // Guests have ids as many as they like; their address is counted.
    if identity.source != Source::Guest {
        proxy.limits.count_visitor(&identity.user)?;
    }
    if let Some(company) = &wanted.company_id {
        let token = asker.page_token.as_ref();
        let session = company::session(proxy, wanted, company, &identity, token);
        let session = timeout(ANSWERED_WITHIN, session)
            .await
            .map_err(|_| Refusal::Unavailable)??;
        asker.claim.into_iter().for_each(Claim::keep);
        let mut response = Json(session).into_response();
        let no_store = HeaderValue::from_static("no-store");
        response
            .headers_mut()
            .insert(header::CACHE_CONTROL, no_store);
        return Ok(response);
    }
    if !identifier::is_safe(&wanted.channel_id) {
        return Err(Refusal::NoSuchChannel);
    }
    let session = async {
        match (identity.source, &asker.page_token) {
            (Source::Guest, _) => guest::session(proxy, wanted, &identity, address).await,
            (_, Some(token)) => own::of_page_token(proxy, wanted, &identity, token).await,
            _ if is_conversation(&wanted.channel_id) => {
                own::of_visitor(proxy, wanted, &identity).await
            }
            _ => session(proxy, wanted, &identity).await,
        }
    };
    let session = timeout(ANSWERED_WITHIN, session)
        .await
        .map_err(|_| Refusal::Unavailable)??;
    // Before the answer: who gets it can't use the proof again, and neither can who only sees it pass.
    if let Some(claim) = asker.claim {
        claim.keep();
    }
    let strings = strings::catalogs::of(wanted.locale.as_deref().unwrap_or_default());
    let painting = strings
        .filter(|_| wanted.with_html)
        .map(|strings| Painting {
            utc_offset_minutes: wanted.utc_offset_minutes.unwrap_or_default(),
            strings,
        });
    answer(session, painting, headers).await
}

async fn session(
    proxy: &Proxy,
    wanted: &SessionRequest,
    identity: &Identity,
) -> Result<Session, Refusal> {
    let upstream = &proxy.upstream;
    let purpose = Purpose {
        role: Role::TakesPart,
        direct_messages: wanted.with_direct_messages,
        support: wanted.with_support,
    };
    // The token is what a session costs of the key's budget. All else is asked with the token, whose budget is its own
    // (ADR 0012).
    let (channel, token) = tokio::join!(
        proxy
            .reads
            .channel(upstream, &wanted.channel_id, &identity.user),
        proxy.mint.token(upstream, &identity.user, purpose),
    );
    let channel = channel?;
    let names = Arc::new(Names {
        channel: channel.id.clone(),
        experience: channel.experience.id.clone(),
    });
    if !identifier::is_safe(&names.experience) || !identifier::is_safe(&names.channel) {
        tracing::error!("the channel's experience has no id");
        return Err(Refusal::BadGateway);
    }
    if !identity.limit.allows(&[&names.channel, &names.experience]) {
        return Err(Refusal::OtherChannel);
    }
    let admission = admit(
        proxy,
        identity,
        &names,
        purpose,
        wanted.with_messages,
        token,
    )
    .await?;
    proxy.relay.watch(&names.channel, &names.experience);
    let messages = admission.messages.as_deref().map(parsed).transpose()?;
    let permissions = permissions(admission.level, &channel);
    let (token, expires_at) = if permissions.can_moderate {
        let purpose = Purpose {
            role: Role::Moderates,
            ..purpose
        };
        proxy.mint.token(upstream, &identity.user, purpose).await?
    } else {
        (admission.token, admission.expires_at)
    };
    let user = admission.user;
    let now = clock::unix_millis();
    let experience = channel.experience.id.clone();
    let renewal = proxy
        .renewals
        .make(identity, &channel.id, &experience, now / 1_000)
        .map_err(signing)?;
    let protocols = match identity.source {
        Source::Iframe => {
            proxy.reads.hears_from_whop(&identity.user);
            Vec::new()
        }
        _ => protocols(
            proxy,
            &Ticket {
                user: identity.user.clone(),
                channel: channel.id.clone(),
                experience: experience.clone(),
                can_post: permissions.can_post,
                own: false,
                expires_at: expires_at / 1_000,
            },
            Some(&token.token),
        )?,
    };
    Ok(Session {
        token,
        renewal,
        user,
        channel: visible_to(&permissions, Arc::unwrap_or_clone(channel)),
        permissions,
        messages,
        html: None,
        socket: socket(&experience, protocols),
        picture_hosts: proxy.configuration.picture_hosts.clone(),
        server_time: Millis::new(now),
    })
}

/// The subprotocols that carry a ticket, and the visitor's token in it.
pub(super) fn protocols(
    proxy: &Proxy,
    ticket: &Ticket,
    token: Option<&str>,
) -> Result<Vec<String>, Refusal> {
    let ticket = proxy.tickets.make(ticket, token).map_err(signing)?;
    Ok(vec![PROTOCOL.to_owned(), format!("ticket.{ticket}")])
}

/// Where live updates of an experience come from.
pub(super) fn socket(experience: &ExperienceId, protocols: Vec<String>) -> SocketAddress {
    SocketAddress {
        path: format!("/_whop/ws/v1/websockets/connect?join_experience={experience}"),
        protocols,
    }
}

/// The messages of a page that was read to the byte.
pub(super) fn parsed(page: &[u8]) -> Result<Page<Message>, Refusal> {
    serde_json::from_slice(page).map_err(|_| {
        tracing::error!("a page of messages can't be understood");
        Refusal::BadGateway
    })
}

#[allow(clippy::needless_pass_by_value, reason = "for map_err")]
pub(super) fn signing(error: crate::identity::token::TokenError) -> Refusal {
    tracing::error!(%error, "a token can't be signed");
    Refusal::BadGateway
}
