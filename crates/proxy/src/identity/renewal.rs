use super::token::{self, OwnTokens, TokenError};
use super::{ChannelLimit, Identity, Secret, Source};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use wire::{ChannelId, ExperienceId, UserId};

/// After that many seconds the visitor has to prove anew who they are.
const CHAIN: i64 = 12 * 3_600;
/// A renewal outlives its token by that many seconds, for those whose laptop slept.
const GRACE: i64 = 600;

/// Makes and reads renewals: proofs that this proxy knew the visitor a while ago.
pub struct Renewals {
    tokens: OwnTokens,
    /// Seconds.
    lifetime: i64,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    sub: UserId,
    channel: ChannelId,
    experience: ExperienceId,
    source: Source,
    auth_time: i64,
    exp: i64,
}

impl Renewals {
    /// Renewals for tokens of that lifetime.
    pub fn new(secret: &Secret, token_lifetime: Duration) -> Self {
        Self {
            tokens: OwnTokens::new(secret, "whop-chat-renewal"),
            lifetime: i64::try_from(token_lifetime.as_secs()).unwrap_or(i64::MAX / 4) + GRACE,
        }
    }

    /// A renewal for that visitor in that channel. It can't outlive the 12 hours since the visitor proved who they are.
    pub fn make(
        &self,
        identity: &Identity,
        channel: &ChannelId,
        experience: &ExperienceId,
        now: i64,
    ) -> Result<String, TokenError> {
        self.tokens.sign(&Claims {
            sub: identity.user.clone(),
            channel: channel.clone(),
            experience: experience.clone(),
            source: identity.source,
            auth_time: identity.authenticated_at,
            exp: (now + self.lifetime).min(identity.authenticated_at + CHAIN),
        })
    }

    /// Whose renewal it is. `now` in seconds since the Unix epoch.
    pub fn verify(&self, renewal: &str, now: i64) -> Result<Identity, TokenError> {
        let claims: Claims = self.tokens.verify(renewal)?;
        token::check_expiry(claims.exp.min(claims.auth_time + CHAIN), now, 0)?;
        // A guest has proven nothing that could grow old.
        let authenticated_at = match claims.source {
            Source::Guest => now,
            Source::Iframe | Source::Assertion | Source::SignIn => claims.auth_time,
            // None is made for those: their token is the page's to renew.
            Source::PageToken => return Err(TokenError::Malformed),
        };
        Ok(Identity {
            user: claims.sub,
            source: claims.source,
            authenticated_at,
            limit: ChannelLimit::Only(vec![claims.channel.into(), claims.experience.into()]),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::assertion::{AUDIENCE, Assertions};

    const SECRET: &str = "5f1d9c3b7a2e4860f1d9c3b7a2e48605";
    const NOW: i64 = 1_800_000_000;

    fn renewals() -> Renewals {
        Renewals::new(&Secret::new(SECRET), Duration::from_secs(3_600))
    }

    fn identity() -> Identity {
        Identity {
            user: "user_ada".into(),
            source: Source::Assertion,
            authenticated_at: NOW,
            limit: ChannelLimit::Any,
        }
    }

    fn make(identity: &Identity, now: i64) -> String {
        renewals()
            .make(identity, &"chat_feed_a".into(), &"exp_a".into(), now)
            .unwrap()
    }

    #[test]
    fn keeps_who_and_where() {
        let renewed = renewals()
            .verify(&make(&identity(), NOW), NOW + 4_199)
            .unwrap();
        assert_eq!(renewed.user.as_str(), "user_ada");
        assert_eq!(renewed.source, Source::Assertion);
        assert!(renewed.limit.allows(&["chat_feed_a"]) && renewed.limit.allows(&["exp_a"]));
        assert!(!renewed.limit.allows(&["chat_feed_b", "exp_b"]));
    }

    #[test]
    fn expires_some_minutes_after_the_token() {
        let renewal = make(&identity(), NOW);
        assert_eq!(
            renewals().verify(&renewal, NOW + 4_200).unwrap_err(),
            TokenError::Expired
        );
    }

    #[test]
    fn a_chain_of_renewals_ends_after_twelve_hours() {
        let mut now = NOW;
        let mut identity = identity();
        let end = loop {
            let renewal = make(&identity, now);
            now += 3_600;
            match renewals().verify(&renewal, now) {
                Ok(renewed) => identity = renewed,
                Err(error) => break (error, now),
            }
        };
        assert_eq!(end, (TokenError::Expired, NOW + CHAIN));
    }

    #[test]
    fn other_tokens_are_no_renewals() {
        let secret = Secret::new(SECRET);
        let ticket = OwnTokens::new(&secret, "whop-chat-socket")
            .sign(&Claims {
                sub: "user_ada".into(),
                channel: "c".into(),
                experience: "e".into(),
                source: Source::Iframe,
                auth_time: NOW,
                exp: NOW + 60,
            })
            .unwrap();
        assert_eq!(
            renewals().verify(&ticket, NOW).unwrap_err(),
            TokenError::Audience
        );
        let renewal = make(&identity(), NOW);
        assert_ne!(AUDIENCE, "whop-chat-renewal");
        let assertions = Assertions::new(Some(&secret), &[]).unwrap();
        assert!(assertions.verify(&renewal, NOW).is_err());
        let foreign = Secret::new("another secret that is long enough!");
        assert_eq!(
            Renewals::new(&foreign, Duration::from_secs(60))
                .verify(&renewal, NOW)
                .unwrap_err(),
            TokenError::Signature
        );
    }
}
