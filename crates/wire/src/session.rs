//! `POST /session`, this project's own route: all that a first paint needs in one answer.
//! Served by the proxy, spoken by the widget; Whop has no such route.

use crate::read::read_object;
use crate::rest::{AccessLevel, AccessToken, ChatChannel, Message, Page, UserReference};
use crate::{ChannelId, CompanyId, Millis};
use serde::Serialize;
use std::fmt;

/// Who asks, and for which channel, or for all of a company.
///
/// Who the visitor is comes from the first of these that is there: the header `x-whop-user-token` (inside Whop),
/// `assertion` (on a creator's own site), `renewal` (both, later on).
#[derive(Clone, Default, PartialEq, Serialize)]
pub struct SessionRequest {
    /// A channel's id, or the id of the experience that shows it. Empty where `company_id` is there.
    #[serde(skip_serializing_if = "is_empty")]
    pub channel_id: ChannelId,
    /// The company whose lists are wanted, or empty for the proxy's own; then [`CompanySession`] is the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub company_id: Option<CompanyId>,
    /// A JWT in which the creator's backend vouches for its visitor, or Whop's own access token for them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assertion: Option<String>,
    /// [`Session::renewal`] of this visitor's earlier session.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub renewal: Option<String>,
    /// The token is for direct messages, too.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub with_direct_messages: bool,
    /// The token is for talking to the support, too.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub with_support: bool,
    /// Answer with the newest page too. A renewal has no need of it.
    pub with_messages: bool,
    /// Answer with the newest messages as HTML too: [`Session::html`].
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub with_html: bool,
    /// Minutes to add to UTC for the visitor's local time, which decides where a day begins in that HTML.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub utc_offset_minutes: Option<i64>,
    /// What that HTML says by itself is in the language of this BCP 47 tag, or in English.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
}

read_object!(SessionRequest {
    channel_id: or_default "channel_id",
    company_id: optional "company_id",
    assertion: optional "assertion",
    renewal: optional "renewal",
    with_direct_messages: or_default "with_direct_messages",
    with_support: or_default "with_support",
    with_messages: or_default "with_messages",
    with_html: or_default "with_html",
    utc_offset_minutes: optional "utc_offset_minutes",
    locale: optional "locale",
});

fn is_empty(id: &ChannelId) -> bool {
    id.is_empty()
}

impl fmt::Debug for SessionRequest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "SessionRequest {{ channel_id: {:?}, .. }}",
            self.channel_id
        )
    }
}

/// What the visitor may do, and what they see first.
#[derive(Clone, PartialEq, Serialize)]
pub struct Session {
    /// For `Authorization: Bearer` on `/api/v1`.
    pub token: AccessToken,
    /// Proves the visitor's identity when the token is about to expire. Empty where the page brought Whop's token: then
    /// the page has the next one.
    pub renewal: String,
    /// The visitor.
    pub user: UserReference,
    /// The channel, by its own id. Direct messages and support chats are told in the same words: the experience is a name
    /// and the channel's own id.
    pub channel: ChatChannel,
    /// What the visitor may do there.
    pub permissions: Permissions,
    /// The newest page, newest first, where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub messages: Option<Page<Message>>,
    /// The widget as it looks with these messages, where it was asked for: for this visitor's eyes only, and safe to
    /// be put into a page. Icons, dates and custom properties are left to whoever does that (`crates/markup`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub html: Option<String>,
    /// Where live updates come from.
    pub socket: SocketAddress,
    /// Hosts of pictures that may be requested, besides Whop's own.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub picture_hosts: Vec<String>,
    /// The server's clock when it answered.
    pub server_time: Millis,
}

read_object!(Session {
    token: required "token",
    renewal: required "renewal",
    user: required "user",
    channel: required "channel",
    permissions: required "permissions",
    messages: optional "messages",
    html: optional "html",
    socket: required "socket",
    picture_hosts: or_default "picture_hosts",
    server_time: required "server_time",
});

impl fmt::Debug for Session {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "Session {{ user: {:?}, channel: {:?}, .. }}",
            self.user.id, self.channel.id
        )
    }
}

/// A session without a channel: for lists and searches.
#[derive(Clone, PartialEq, Serialize)]
pub struct CompanySession {
    /// For `Authorization: Bearer` on `/api/v1`.
    pub token: AccessToken,
    /// As [`Session::renewal`], for the company.
    pub renewal: String,
    /// Whose lists they are.
    pub company_id: CompanyId,
    /// The visitor.
    pub user: UserReference,
    /// Hosts of pictures that may be requested, besides Whop's own.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub picture_hosts: Vec<String>,
    /// The server's clock when it answered.
    pub server_time: Millis,
}

read_object!(CompanySession {
    token: required "token",
    renewal: required "renewal",
    company_id: required "company_id",
    user: required "user",
    picture_hosts: or_default "picture_hosts",
    server_time: required "server_time",
});

impl fmt::Debug for CompanySession {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "CompanySession {{ user: {:?}, .. }}",
            self.user.id
        )
    }
}

/// What a visitor may do in a channel.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Permissions {
    /// As what the visitor has access.
    pub access_level: AccessLevel,
    /// May post.
    pub can_post: bool,
    /// May react and vote.
    pub can_react: bool,
    /// May pin and delete others' messages, and change the channel's settings.
    pub can_moderate: bool,
}

read_object!(Permissions {
    access_level: required "access_level",
    can_post: required "can_post",
    can_react: required "can_react",
    can_moderate: required "can_moderate",
});

/// Where live updates come from.
#[derive(Clone, PartialEq, Serialize)]
pub struct SocketAddress {
    /// Path and query on the origin that answered `POST /session`.
    pub path: String,
    /// The subprotocols to ask for. They carry the visitor's ticket, since a browser's websocket has no headers and
    /// a URL is logged. Empty inside Whop, which knows its visitor.
    pub protocols: Vec<String>,
}

read_object!(SocketAddress {
    path: required "path",
    protocols: or_default "protocols",
});

impl fmt::Debug for SocketAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "SocketAddress {{ path: {:?}, .. }}", self.path)
    }
}
