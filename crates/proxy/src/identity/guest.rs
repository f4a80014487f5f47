use super::token::{self, OwnTokens, TokenError};
use super::{ChannelLimit, Identity, Secret, Source};
use serde::{Deserialize, Serialize};
use wire::{ChannelId, ExperienceId, UserId};

/// Whop has no users with such ids.
const PREFIX: &str = "guest_";
/// Before the tokens that guests read with, so that none is taken for one of Whop's.
const TOKEN_PREFIX: &str = "guest.";

/// Whether that is a guest's id.
pub fn is_guest(user: &UserId) -> bool {
    user.starts_with(PREFIX)
}

/// Where anybody may read: an operator's decision. A channel is open under the name that the operator wrote down, its
/// own id or its experience's.
pub struct Guests {
    channels: Vec<String>,
}

impl Guests {
    /// Guests of those channels.
    pub fn new(channels: Vec<String>) -> Self {
        Self { channels }
    }

    /// A new guest of the channel, if it is open to guests under that name. `now` in seconds since the Unix epoch.
    pub fn welcome(&self, channel: &str, now: i64) -> Option<Identity> {
        self.may_read(&[channel]).then(|| Identity {
            user: format!("{PREFIX}{}", hex::encode(rand::random::<[u8; 12]>())).into(),
            source: Source::Guest,
            authenticated_at: now,
            limit: ChannelLimit::Only(vec![channel.to_owned()]),
        })
    }

    /// Whether anybody may read the channel with these names. It was so when a guest came, but perhaps not any more.
    pub fn may_read(&self, names: &[&str]) -> bool {
        names
            .iter()
            .any(|name| self.channels.iter().any(|channel| channel == name))
    }
}

/// What a guest's token lets them read.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuestClaims {
    /// Who.
    #[serde(rename = "sub")]
    pub user: UserId,
    /// The channel.
    pub channel: ChannelId,
    /// The experience that shows it.
    pub experience: ExperienceId,
    /// Seconds since the Unix epoch.
    #[serde(rename = "exp")]
    pub expires_at: i64,
}

/// Makes and reads the tokens that guests have instead of one of Whop's: those of Whop's read all that their owner
/// may, and guests must read one channel.
pub struct GuestTokens {
    tokens: OwnTokens,
}

impl GuestTokens {
    /// Tokens signed with that secret.
    pub fn new(secret: &Secret) -> Self {
        Self {
            tokens: OwnTokens::new(secret, "whop-chat-guest"),
        }
    }

    /// Signs a token.
    pub fn make(&self, claims: &GuestClaims) -> Result<String, TokenError> {
        Ok([TOKEN_PREFIX, &self.tokens.sign(claims)?].concat())
    }

    /// What a token lets its owner read; nothing where it is no guest's. `now` in seconds since the Unix epoch.
    pub fn read(&self, token: &str, now: i64) -> Option<Result<GuestClaims, TokenError>> {
        let token = token.strip_prefix(TOKEN_PREFIX)?;
        let claims = self.tokens.verify::<GuestClaims>(token);
        Some(claims.and_then(|claims| {
            token::check_expiry(claims.expires_at, now, 0)?;
            Ok(claims)
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_800_000_000;

    #[test]
    fn are_welcome_where_the_operator_says_so() {
        assert_eq!(Guests::new(Vec::new()).welcome("exp_a", NOW), None);
        let guests = Guests::new(vec!["exp_a".to_owned(), "exp_c".to_owned()]);
        let welcome = |channel| guests.welcome(channel, NOW);
        assert_eq!(welcome("exp_b"), None);
        let (one, other) = (welcome("exp_a").unwrap(), welcome("exp_a").unwrap());
        assert!(is_guest(&one.user) && one.user != other.user);
        assert!(one.limit.allows(&["chat_feed_a", "exp_a"]));
        assert!(!one.limit.allows(&["chat_feed_c", "exp_c"]));
        assert!(guests.may_read(&["chat_feed_a", "exp_a"]) && !guests.may_read(&["exp_b"]));
        assert!(!is_guest(&"user_ada".into()));
    }

    #[test]
    fn their_tokens_are_no_others_and_others_are_not_theirs() {
        let secret = Secret::new("5f1d9c3b7a2e4860f1d9c3b7a2e48605");
        let tokens = GuestTokens::new(&secret);
        let claims = GuestClaims {
            user: "guest_1".into(),
            channel: "chat_feed_a".into(),
            experience: "exp_a".into(),
            expires_at: NOW + 60,
        };
        let token = tokens.make(&claims).unwrap();
        let ticket = OwnTokens::new(&secret, "whop-chat-socket");
        let forged = format!("guest.{}", ticket.sign(&claims).unwrap());
        let read = |token: &str, now| tokens.read(token, now);
        assert_eq!(read(&token, NOW + 59), Some(Ok(claims)));
        assert_eq!(read(&token, NOW + 60), Some(Err(TokenError::Expired)));
        assert_eq!(read("a.b.c", NOW), None);
        assert_eq!(read(&forged, NOW), Some(Err(TokenError::Audience)));
        assert_eq!(
            read(&format!("{token}x"), NOW),
            Some(Err(TokenError::Signature))
        );
    }
}
