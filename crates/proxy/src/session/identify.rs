use crate::Proxy;
use crate::clock;
use crate::error::Refusal;
use crate::identity::token::TokenError;
use crate::identity::{
    ChannelLimit, Claim, Identity, IdentityError, PageTokenClaims, Source, USER_TOKEN_HEADER,
};
use crate::limits::ClientAddress;
use crate::page_tokens::{self, PageToken};
use crate::sign_in::{Handed, Held, Proof};
use axum::http::{HeaderMap, HeaderValue};
use wire::session::SessionRequest;

/// Who asks for a session.
pub struct Asker {
    /// Who.
    pub identity: Identity,
    /// The claim to what says so, if that counts once.
    pub claim: Option<Claim>,
    /// Whop's token that the page brought, if that says so.
    pub page_token: Option<PageToken>,
    /// What their browser is to hold from now on.
    pub cookie: Option<HeaderValue>,
}

impl From<Identity> for Asker {
    fn from(identity: Identity) -> Self {
        Self {
            identity,
            claim: None,
            page_token: None,
            cookie: None,
        }
    }
}

impl From<Proof> for Asker {
    fn from(proof: Proof) -> Self {
        Self {
            identity: proof.identity,
            claim: proof.claim,
            page_token: None,
            cookie: proof.cookie,
        }
    }
}

/// Who asks for a session.
///
/// The first proof that is there decides; a bad one is not made up for by another, but for a renewal that has expired: then
/// the visitor may still be signed in with Whop. Without any proof, one is a guest where guests are let in.
pub async fn identify(
    proxy: &Proxy,
    headers: &HeaderMap,
    wanted: &SessionRequest,
    handed: &Handed,
    address: Option<&ClientAddress>,
) -> Result<Asker, Refusal> {
    let now = clock::unix_seconds();
    if let Some(token) = headers.get(USER_TOKEN_HEADER) {
        let token = token.to_str().unwrap_or_default();
        let identity = proxy.iframe_tokens.verify(token, now).await?;
        return Ok(identity.into());
    }
    let sign_in = proxy.sign_in.as_ref();
    let sign_in = sign_in.filter(|_| proxy.visits.may_sign_in(headers));
    if handed.sign_in.is_some() {
        let sign_in = sign_in.ok_or(IdentityError::SignedOut)?;
        let proof = sign_in.take_over(handed, headers, now)?;
        return Ok(proof.into());
    }
    if let Some(assertion) = &wanted.assertion {
        if proxy.configuration.api_key.is(assertion) {
            return Err(Refusal::ApiKeyFromOutside);
        }
        if let Some(claims) = PageTokenClaims::read(assertion, now) {
            return of_page_token(proxy, assertion, claims, now, address).await;
        }
        let assertions = proxy
            .assertions
            .as_ref()
            .ok_or(IdentityError::NoAssertions)?;
        let (identity, claim) = assertions.verify(assertion, now)?;
        return Ok(Asker {
            claim: Some(claim),
            ..identity.into()
        });
    }
    let expired = match &wanted.renewal {
        Some(renewal) => match proxy.renewals.verify(renewal, now) {
            Err(TokenError::Expired) => Some(TokenError::Expired),
            renewed => return Ok(renewed.map_err(IdentityError::from)?.into()),
        },
        None => None,
    };
    if let Some(sign_in) = sign_in
        && let Held::Proof(proof) = sign_in.find(headers, now).await?
    {
        return Ok((*proof).into());
    }
    if let Some(expired) = expired {
        return Err(IdentityError::from(expired).into());
    }
    let guest = proxy.guests.welcome(&wanted.channel_id, now);
    Ok(guest.ok_or(IdentityError::Missing)?.into())
}

/// Whoever has a token of Whop's that a page brought.
async fn of_page_token(
    proxy: &Proxy,
    token: &str,
    claims: Result<PageTokenClaims, TokenError>,
    now: i64,
    address: Option<&ClientAddress>,
) -> Result<Asker, Refusal> {
    if !proxy.configuration.page_tokens {
        return Err(IdentityError::NoPageTokens.into());
    }
    let claims = claims.map_err(IdentityError::from)?;
    let page_token = page_tokens::find(proxy, token, claims, address).await?;
    let identity = Identity {
        user: page_token.user.id.clone(),
        source: Source::PageToken,
        authenticated_at: now,
        limit: ChannelLimit::Any,
    };
    Ok(Asker {
        page_token: Some(page_token),
        ..identity.into()
    })
}
