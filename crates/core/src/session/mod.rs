//! Who the visitor is and what they may do: the session's opening, and its token's renewal.
//! Nothing of messages.

mod token;

pub(crate) use token::{LONGEST_TIMER_MILLIS, Renewing, TokenLife};

use wire::rest::{ChatChannel, UserReference};
use wire::session::{Permissions, Session, SocketAddress};

/// How the visitor's identity reaches `POST /session`.
#[derive(Clone, PartialEq, Eq)]
pub enum Identity {
    /// Whop adds it to every request of an app in its iframe.
    Whop,
    /// The creator's backend put it into the page.
    Assertion(String),
    /// The page's script or token address is asked for it.
    Page,
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Whop => "Whop",
            Self::Assertion(_) => "Assertion(..)",
            Self::Page => "Page",
        })
    }
}

/// How far the widget has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// Nothing is known yet.
    Opening,
    /// The channel is there.
    Ready,
    /// The server could not be reached; another try follows by itself.
    Unreachable,
    /// The server said no, and asking again won't help by itself.
    Refused(Refusal),
}

/// Why the server said no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It doesn't know who the visitor is, or no longer.
    SignedOut,
    /// The visitor may not see the channel.
    NoAccess,
    /// There is no such channel.
    UnknownChannel,
    /// The page may not embed the chat, or embeds it wrongly; the server's sentence for its developer.
    Misconfigured(String),
}

impl Refusal {
    /// What a page knows it by.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::SignedOut => "SIGNED_OUT",
            Self::NoAccess => "NO_ACCESS",
            Self::UnknownChannel => "NOT_FOUND",
            Self::Misconfigured(_) => "MISCONFIGURED",
        }
    }

    /// What a status of `POST /session` other than a success means, or `None` where it may pass by itself.
    pub(crate) fn from_answer(status: u16, body: &str) -> Option<Self> {
        let error = wire::from_json::<wire::rest::ErrorBody>(body)
            .map(|body| body.error)
            .unwrap_or_default();
        match status {
            401 => Some(Self::SignedOut),
            403 if error.kind == "no_access" => Some(Self::NoAccess),
            404 => Some(Self::UnknownChannel),
            400..=428 | 430..=499 => Some(Self::Misconfigured(error.message)),
            _ => None,
        }
    }
}

/// What an open session knows.
#[derive(Debug)]
pub(crate) struct OpenSession {
    pub viewer: UserReference,
    pub channel: ChatChannel,
    pub permissions: Permissions,
    pub socket: SocketAddress,
    pub picture_hosts: Vec<String>,
    pub token: TokenLife,
    /// The server's clock less this device's.
    clock_offset: i64,
}

impl OpenSession {
    /// Everything but the messages, which the caller takes out first.
    pub fn new(session: Session, now: i64) -> Self {
        Self {
            clock_offset: session.server_time.get() - now,
            token: TokenLife::new(&session, now),
            viewer: session.user,
            channel: session.channel,
            permissions: session.permissions,
            socket: session.socket,
            picture_hosts: session.picture_hosts,
        }
    }

    /// The moment by the server's clock, or a little before: the answer took its time.
    pub fn server_time(&self, now: i64) -> i64 {
        now + self.clock_offset
    }

    /// A moment of the server's clock by this device's.
    pub fn device_time(&self, moment: i64) -> i64 {
        moment - self.clock_offset
    }
}
