use crate::Proxy;
use crate::clock;
use crate::identity::{Claim, Identity, IdentityError, USER_TOKEN_HEADER};
use axum::http::HeaderMap;
use wire::session::SessionRequest;

/// Who asks for a session, and the claim to the assertion that says so, if one does.
///
/// The first proof that is there decides; a bad one is not made up for by another. Without any, one is a guest where
/// guests are let in.
pub async fn identify(
    proxy: &Proxy,
    headers: &HeaderMap,
    wanted: &SessionRequest,
) -> Result<(Identity, Option<Claim>), IdentityError> {
    let now = clock::unix_seconds();
    if let Some(token) = headers.get(USER_TOKEN_HEADER) {
        let token = token.to_str().unwrap_or_default();
        return Ok((proxy.iframe_tokens.verify(token, now).await?, None));
    }
    if let Some(assertion) = &wanted.assertion {
        let assertions = proxy
            .assertions
            .as_ref()
            .ok_or(IdentityError::NoAssertions)?;
        let (identity, claim) = assertions.verify(assertion, now)?;
        return Ok((identity, Some(claim)));
    }
    let identity = match &wanted.renewal {
        Some(renewal) => proxy.renewals.verify(renewal, now)?,
        None => proxy
            .guests
            .welcome(&wanted.channel_id, now)
            .ok_or(IdentityError::Missing)?,
    };
    Ok((identity, None))
}
