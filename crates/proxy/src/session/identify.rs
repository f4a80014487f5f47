use crate::Proxy;
use crate::clock;
use crate::identity::token::TokenError;
use crate::identity::{Claim, Identity, IdentityError, USER_TOKEN_HEADER};
use crate::sign_in::{Handed, Held, Proof};
use axum::http::{HeaderMap, HeaderValue};
use wire::session::SessionRequest;

/// Who asks for a session.
pub struct Asker {
    /// Who.
    pub identity: Identity,
    /// The claim to what says so, if that counts once.
    pub claim: Option<Claim>,
    /// What their browser is to hold from now on.
    pub cookie: Option<HeaderValue>,
}

impl From<Identity> for Asker {
    fn from(identity: Identity) -> Self {
        Self {
            identity,
            claim: None,
            cookie: None,
        }
    }
}

impl From<Proof> for Asker {
    fn from(proof: Proof) -> Self {
        Self {
            identity: proof.identity,
            claim: proof.claim,
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
) -> Result<Asker, IdentityError> {
    let now = clock::unix_seconds();
    if let Some(token) = headers.get(USER_TOKEN_HEADER) {
        let token = token.to_str().unwrap_or_default();
        return Ok(proxy.iframe_tokens.verify(token, now).await?.into());
    }
    let sign_in = proxy.sign_in.as_ref();
    let sign_in = sign_in.filter(|_| proxy.visits.may_sign_in(headers));
    if handed.sign_in.is_some() {
        let sign_in = sign_in.ok_or(IdentityError::SignedOut)?;
        return Ok(sign_in.take_over(handed, headers, now)?.into());
    }
    if let Some(assertion) = &wanted.assertion {
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
            renewed => return Ok(renewed?.into()),
        },
        None => None,
    };
    if let Some(sign_in) = sign_in
        && let Held::Proof(proof) = sign_in.find(headers, now).await?
    {
        return Ok((*proof).into());
    }
    if let Some(expired) = expired {
        return Err(expired.into());
    }
    let guest = proxy.guests.welcome(&wanted.channel_id, now);
    Ok(guest.ok_or(IdentityError::Missing)?.into())
}
