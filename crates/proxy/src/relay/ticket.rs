use crate::configuration::Secret;
use crate::error::Refusal;
use crate::identity::token::{self, OwnTokens, TokenError};
use crate::sign_in::{Kind, Seal};
use axum::http::{HeaderMap, header};
use serde::{Deserialize, Serialize};
use wire::{ChannelId, ExperienceId, UserId};

/// The subprotocol that both sides speak.
pub const PROTOCOL: &str = "whop-chat.v1";
/// Before the ticket in the subprotocol that carries it.
const PREFIX: &str = "ticket.";
/// Longer tokens stay out of tickets, which travel in a header.
const LONGEST_TOKEN: usize = 2 << 10;

/// Lets one visitor listen to one channel, until the visitor's token expires.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// The visitor.
    #[serde(rename = "sub")]
    pub user: UserId,
    /// The channel, by its own id.
    pub channel: ChannelId,
    /// The experience that shows it.
    pub experience: ExperienceId,
    /// The visitor may post there: the others may hear that they type.
    #[serde(default)]
    pub can_post: bool,
    /// Their access is asked for with the token in the ticket, and with nothing else.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub own: bool,
    /// When the visitor's token expires, in seconds since the Unix epoch.
    #[serde(rename = "exp")]
    pub expires_at: i64,
}

/// A ticket as it travels: with the visitor's token, sealed.
#[derive(Serialize, Deserialize)]
struct Claims {
    #[serde(flatten)]
    ticket: Ticket,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    token: Option<String>,
}

/// Makes and reads tickets.
pub struct Tickets {
    tokens: OwnTokens,
    /// Closes the visitor's token, so that a log of headers, should somebody keep one, has none.
    seal: Option<Seal>,
}

impl Tickets {
    /// Tickets signed with that secret.
    pub fn new(secret: &Secret) -> Self {
        Self {
            tokens: OwnTokens::new(secret, "whop-chat-socket"),
            seal: Seal::new(secret),
        }
    }

    /// Signs a ticket. With the visitor's token, any instance can ask Whop for their access at any time, on their own
    /// account.
    pub fn make(&self, ticket: &Ticket, token: Option<&str>) -> Result<String, TokenError> {
        let token = token.filter(|token| token.len() <= LONGEST_TOKEN);
        let sealed = token.and_then(|token| self.seal.as_ref()?.close(Kind::Token, &token));
        self.tokens.sign(&Claims {
            ticket: ticket.clone(),
            token: sealed,
        })
    }

    /// The ticket among the subprotocols that a websocket asks for, and the visitor's token where it is in it. `now` in
    /// seconds since the Unix epoch.
    pub fn find(&self, headers: &HeaderMap, now: i64) -> Result<(Ticket, Option<Secret>), Refusal> {
        let mut speaks = false;
        let mut ticket = None;
        for protocol in headers
            .get_all(header::SEC_WEBSOCKET_PROTOCOL)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .map(str::trim)
        {
            speaks |= protocol == PROTOCOL;
            ticket = ticket.or_else(|| protocol.strip_prefix(PREFIX));
        }
        if !speaks {
            return Err(Refusal::NoTicket("whop-chat.v1 is not among them."));
        }
        let ticket = ticket.ok_or(Refusal::NoTicket("there is no ticket among them."))?;
        let Claims { ticket, token } = self
            .tokens
            .verify(ticket)
            .map_err(|_| Refusal::NoTicket("the ticket is not valid."))?;
        token::check_expiry(ticket.expires_at, now, 0).map_err(|_| {
            Refusal::NoTicket("the ticket has expired; POST /session gives a new one.")
        })?;
        let token = token.and_then(|sealed| {
            let seal = self.seal.as_ref()?;
            seal.open::<String>(Kind::Token, &sealed)
        });
        Ok((ticket, token.map(Secret::new)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    const NOW: i64 = 1_800_000_000;

    fn tickets() -> Tickets {
        Tickets::new(&Secret::new("5f1d9c3b7a2e4860f1d9c3b7a2e48605"))
    }

    fn ticket() -> Ticket {
        Ticket {
            user: "user_ada".into(),
            channel: "chat_feed_a".into(),
            experience: "exp_a".into(),
            can_post: true,
            own: false,
            expires_at: NOW + 60,
        }
    }

    fn find(protocols: &str, now: i64) -> Result<Ticket, Refusal> {
        let mut headers = HeaderMap::new();
        headers.insert(
            header::SEC_WEBSOCKET_PROTOCOL,
            HeaderValue::from_str(protocols).unwrap(),
        );
        let (ticket, token) = tickets().find(&headers, now)?;
        assert_eq!(token.as_ref().map(Secret::expose), Some("token of ada"));
        Ok(ticket)
    }

    fn signed(tickets: &Tickets) -> String {
        tickets.make(&ticket(), Some("token of ada")).unwrap()
    }

    #[test]
    fn travels_in_a_subprotocol() {
        let signed = signed(&tickets());
        assert_eq!(
            find(&format!("whop-chat.v1, ticket.{signed}"), NOW).unwrap(),
            ticket()
        );
        assert!(find(&format!("ticket.{signed},whop-chat.v1"), NOW).is_ok());
    }

    #[test]
    fn nothing_else_opens_the_door() {
        let signed = signed(&tickets());
        let other = Tickets::new(&Secret::new("another secret that is long enough!"))
            .make(&ticket(), None)
            .unwrap();
        for protocols in [
            format!("ticket.{signed}"),
            "whop-chat.v1".to_owned(),
            "whop-chat.v1, ticket.".to_owned(),
            format!("whop-chat.v1, {signed}"),
            format!("whop-chat.v1, ticket.{other}"),
            format!("whop-chat.v1, ticket.{signed}x"),
        ] {
            assert!(find(&protocols, NOW).is_err(), "{protocols}");
        }
        assert!(find(&format!("whop-chat.v1, ticket.{signed}"), NOW + 60).is_err());
    }

    #[test]
    fn nobody_reads_the_token_in_it() {
        let long = "x".repeat(LONGEST_TOKEN + 1);
        let without = tickets().make(&ticket(), Some(&long)).unwrap();
        assert!(without.len() < 500);
        let claims = signed(&tickets()).split('.').nth(1).unwrap().to_owned();
        let claims = URL_SAFE_NO_PAD.decode(claims).unwrap();
        let claims: serde_json::Value = serde_json::from_slice(&claims).unwrap();
        assert!(claims["token"].is_string() && !claims.to_string().contains("of ada"));
    }
}
