//! Who is asking: Whop's user token, the creator's assertion, a renewal of either, Whop's access token that a page
//! brings, or nobody who says so. One file each;
//! signing in with Whop has a module of its own.
//! What somebody may do is not decided here.

mod assertion;
mod guest;
mod iframe_token;
mod key_set;
mod page_token;
mod renewal;
mod single_use;
pub mod token;

pub use assertion::Assertions;
pub use guest::{GuestClaims, GuestTokens, Guests, is_guest};
pub use iframe_token::{HEADER as USER_TOKEN_HEADER, IframeTokens};
pub use key_set::KeySet;
pub use page_token::PageTokenClaims;
pub use renewal::Renewals;
pub use single_use::{Claim, SingleUse};

use crate::configuration::{PublicKey, Secret};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use token::TokenError;
use wire::UserId;

/// By what the proxy first knew a visitor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// By Whop's user token: the app runs inside whop.com.
    Iframe,
    /// By the creator's assertion: the widget is on a creator's site.
    Assertion,
    /// By Whop, where the visitor signed in.
    #[serde(rename = "sign-in")]
    SignIn,
    /// By Whop's access token, which the page brought. All that they do is done with it, and nothing with another.
    #[serde(rename = "page-token")]
    PageToken,
    /// Not at all: anybody may read there.
    Guest,
}

/// The channels for which an identity is good. Each has two names: its own id and its experience's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChannelLimit {
    /// Wherever the visitor has access.
    Any,
    /// Only there.
    Only(Vec<String>),
}

impl ChannelLimit {
    /// Whether the channel with these names is within the limit.
    pub fn allows(&self, names: &[&str]) -> bool {
        match self {
            Self::Any => true,
            Self::Only(allowed) => allowed.iter().any(|name| names.contains(&name.as_str())),
        }
    }
}

/// Who is asking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The user, as Whop knows them.
    pub user: UserId,
    /// How the proxy knows.
    pub source: Source,
    /// When the visitor proved it, in seconds since the Unix epoch.
    pub authenticated_at: i64,
    /// Where it is good.
    pub limit: ChannelLimit,
}

/// Why nobody knows who is asking, and what to do.
#[derive(Debug, PartialEq, Eq, Error)]
pub enum IdentityError {
    /// There was no proof at all.
    #[error(
        "Nobody says who you are. On a creator's site the page has to pass an assertion that its backend signed; inside Whop the app has to be opened through whop.com."
    )]
    Missing,
    /// The proof does not hold.
    #[error("Your proof of identity is not valid: {0}. Ask the page for a new one.")]
    Token(#[from] TokenError),
    /// A sign-in is over, or somebody else's.
    #[error("Your sign-in does not hold. Sign in again.")]
    SignedOut,
    /// There are no creator sites here.
    #[error(
        "This chat takes no assertions: its operator has set neither WHOP_CHAT_ASSERTION_SECRET nor WHOP_CHAT_ASSERTION_KEYS."
    )]
    NoAssertions,
    /// Whop does not take the access token that the page brought.
    #[error(
        "Whop does not take this access token: it has expired, was revoked or is not one of Whop's. Ask the page for a new one. What your own backend signs needs \"whop-chat\" as its `aud`."
    )]
    PageToken,
    /// Pages may not bring Whop's access tokens.
    #[error(
        "This chat takes no access tokens of Whop's: its operator has set WHOP_CHAT_PAGE_TOKENS to no. What your own backend signs needs \"whop-chat\" as its `aud`."
    )]
    NoPageTokens,
    /// More assertions than can be remembered until they expire.
    #[error("Too many people open this chat at the moment. Try again in a moment.")]
    TooManyAssertions,
    /// The proof could not be checked.
    #[error("Who you are can't be checked at the moment. Try again in a moment.")]
    KeysUnavailable,
}
