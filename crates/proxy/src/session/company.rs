use super::admission::admit;
use super::open::signing;
use super::scopes::{Purpose, Role};
use crate::Proxy;
use crate::clock;
use crate::error::Refusal;
use crate::identifier;
use crate::identity::Identity;
use crate::page_tokens::PageToken;
use crate::reads::Names;
use std::sync::Arc;
use wire::session::{CompanySession, SessionRequest};
use wire::{CompanyId, Millis};

/// A session without a channel, for lists and searches: a token, and whose it is. Where the page brought it, it is that
/// one; else it is minted, with the scopes of a session in one of the company's channels.
pub async fn session(
    proxy: &Proxy,
    wanted: &SessionRequest,
    company: &CompanyId,
    identity: &Identity,
    brought: Option<&PageToken>,
) -> Result<CompanySession, Refusal> {
    // A page need not know which company that is.
    let own = &proxy.configuration.company_id;
    let company = if company.is_empty() { own } else { company };
    if !identifier::is_safe(company) {
        return Err(Refusal::NoAccess);
    }
    let picture_hosts = proxy.configuration.picture_hosts.clone();
    let now = clock::unix_millis();
    if let Some(brought) = brought {
        return Ok(CompanySession {
            token: brought.access_token(),
            renewal: String::new(),
            company_id: company.clone(),
            user: brought.user.clone(),
            picture_hosts,
            server_time: Millis::new(now),
        });
    }
    // Tokens are minted for one company.
    if company != own {
        return Err(Refusal::NoAccess);
    }
    // A renewal for a channel, or an assertion for some, is none for all of the company.
    if !identity.limit.allows(&[company]) {
        return Err(Refusal::OtherChannel);
    }
    let purpose = Purpose {
        role: Role::TakesPart,
        direct_messages: wanted.with_direct_messages,
        support: wanted.with_support,
    };
    let names = Arc::new(Names {
        channel: company.as_str().into(),
        experience: company.as_str().into(),
    });
    let minted = proxy
        .mint
        .token(&proxy.upstream, &identity.user, purpose)
        .await;
    let admission = admit(proxy, identity, &names, purpose, false, minted).await?;
    let renewal = proxy
        .renewals
        .make(identity, &names.channel, &names.experience, now / 1_000)
        .map_err(signing)?;
    Ok(CompanySession {
        token: admission.token,
        renewal,
        company_id: company.clone(),
        user: admission.user,
        picture_hosts,
        server_time: Millis::new(now),
    })
}
