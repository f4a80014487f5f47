use crate::{HttpRequest, RequestId, SocketId};
use wire::{ChannelId, MessageId};

/// Something that the platform is asked to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Perform a request and report [`crate::Event::Http`].
    Http(RequestId, HttpRequest),
    /// Open a socket and report its [`crate::Event::Socket`]s.
    OpenSocket {
        /// The new socket's name.
        socket: SocketId,
        /// Path and query on the origin that serves `POST /session`.
        path: String,
        /// The subprotocols to ask for.
        protocols: Vec<String>,
    },
    /// Send a text frame.
    SendFrame(SocketId, String),
    /// Close a socket. What it still says is ignored.
    CloseSocket(SocketId),
    /// Report [`crate::Event::Elapsed`] after that many milliseconds. A timer of the same name is replaced.
    SetTimer(Timer, u32),
    /// Forget a timer.
    CancelTimer(Timer),
    /// Ask the page's script or token address who the visitor is, and report [`crate::Event::PageAsserted`].
    AskPageForAssertion,
    /// Load the names of all emoji (`text/emoji/names.txt`) and report [`crate::Event::EmojiNames`].
    LoadEmojiNames,
    /// Keep something in this browser, if it lets one.
    Store {
        /// Under which name.
        key: String,
        /// What.
        value: String,
    },
    /// Report [`crate::Event::Restored`] of what was stored under that name.
    Restore(String),
    /// Tell those who listen rather than look.
    Announce(Announcement),
    /// Tell the page that embeds the widget.
    Emit(PageEvent),
}

/// A timer's name. At most one of each runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Timer {
    /// Try to open the session again.
    ReopenSession,
    /// Renew the token before it expires.
    RenewToken,
    /// Connect again.
    Reconnect,
    /// Send a heartbeat.
    Heartbeat,
    /// The heartbeat went unanswered for too long.
    HeartbeatTimeout,
    /// The socket took too long to open.
    ConnectTimeout,
    /// Send the next message of the outbox.
    SendNext,
    /// Fill the gap again.
    RefillGap,
    /// Go on with the search for a message.
    SearchOn,
    /// Look for words further on.
    FindOn,
    /// Tell how far the visitor has read.
    TellRead,
    /// Somebody may type no longer.
    TypingEnds,
    /// The visitor may post again.
    PostingAgain,
}

/// What a screen reader says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Announcement {
    /// Somebody else's message arrived live.
    Message {
        /// The author's name.
        author: String,
        /// The message without its markup.
        text: String,
    },
    /// The visitor's message was not sent.
    SendingFailed,
    /// The visitor's reaction or vote did not count; the server's reason, where it gave one.
    ReactingFailed(String),
    /// The message that the visitor deleted is gone.
    Deleted,
    /// It is still there.
    DeletingFailed,
}

/// What the embedding page is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PageEvent {
    /// The first page is there.
    Ready,
    /// The visitor's message was posted.
    MessageSent {
        /// Its id.
        id: MessageId,
        /// Its text.
        content: String,
        /// Where it was posted.
        channel: ChannelId,
    },
    /// The visitor deleted a message.
    MessageDeleted {
        /// Its id.
        id: MessageId,
    },
    /// There is no session, or no longer; why, as `SIGNED_OUT`, `NO_ACCESS`, `NOT_FOUND`, `MISCONFIGURED` or
    /// `UNREACHABLE`.
    Failed(&'static str),
    /// The visitor has read all there is, up to the newest message.
    MessagesRead {
        /// That message's id.
        id: MessageId,
    },
    /// How many messages of others are unread is another number now.
    UnreadChanged {
        /// That many are known.
        count: u64,
        /// There may be more.
        or_more: bool,
    },
    /// The token was replaced.
    TokenRefreshed,
    /// The token could not be replaced.
    TokenRefreshFailed,
}
