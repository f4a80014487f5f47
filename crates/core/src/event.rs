use crate::{HttpOutcome, RequestId, RowId, SocketId, Timer};
use wire::MessageId;

/// Something that happened outside the core.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The widget was mounted.
    Opened,
    /// What [`crate::Chat::complete`] was told of is there.
    Completed,
    /// A request ended.
    Http(RequestId, HttpOutcome),
    /// Something happened to a socket.
    Socket(SocketId, SocketEvent),
    /// A timer ran out.
    Elapsed(Timer),
    /// The page answered [`crate::Effect::AskPageForAssertion`]; `None` where it could not.
    PageAsserted(Option<String>),
    /// Nobody answered [`crate::Effect::AskPageForAssertion`]: no network, or a server that stumbled.
    PageUnreachable,
    /// The browser is back on a network, or the page is visible again after a sleep.
    Resumed,
    /// The browser lost its network.
    WentOffline,
    /// The reader nears the oldest loaded message.
    ReachedOldest,
    /// The reader nears the newest loaded message, where [`crate::Chat::newer`] is not [`crate::Newer::Live`].
    ReachedNewest,
    /// The reader wants to see a message, loaded or not: a quote, a link or a pin was followed.
    JumpedTo(MessageId),
    /// The message was shown, or the reader no longer waits for it.
    EndedJump,
    /// The reader wants to see the newest message.
    ReturnedToLatest,
    /// The visitor clicked, typed or scrolled in the widget.
    Used,
    /// The reader looked at a row, in a page that is visible and has the focus, and at all rows between it and where
    /// they came from.
    Seen {
        /// The newest such row.
        up_to: RowId,
    },
    /// The page is hidden, or lost the focus.
    StoppedReading,
    /// The answer to [`crate::Effect::Restore`].
    Restored {
        /// What was asked for.
        key: String,
        /// What was stored; nothing where nothing was, or where the browser doesn't let anything be stored.
        value: Option<String>,
    },
    /// The visitor wrote in the field where messages are written.
    Wrote {
        /// It is empty now.
        nothing: bool,
    },
    /// The visitor posts a message.
    Sent {
        /// Markdown.
        content: String,
        /// The message that it answers.
        replying_to: Option<MessageId>,
    },
    /// The visitor wants a failed message sent after all.
    RetriedSending(RowId),
    /// The visitor gives a failed message up.
    DiscardedFailed(RowId),
    /// The visitor wants to delete a message; [`crate::Row::deletion`] says how that goes.
    AskedToDelete(RowId),
    /// They would rather keep it.
    Kept(RowId),
    /// They are sure, or try again.
    Deleted(RowId),
    /// The visitor adds or takes back a reaction.
    ToggledReaction {
        /// The message's row.
        row: RowId,
        /// A shortcode or the emoji itself.
        emoji: String,
    },
    /// The visitor votes in a message's poll.
    Voted {
        /// The message's row.
        row: RowId,
        /// The option's id.
        option: String,
    },
    /// The answer to [`crate::Effect::LoadEmojiNames`]; `None` where the file could not be loaded.
    EmojiNames(Option<String>),
    /// The visitor wants to know who reacted to a message; [`crate::Chat::who_reacted`] says it.
    AskedWhoReacted(RowId),
    /// The visitor opens the place to write words that they look for. They begin at this row, if they are not at the newest.
    FindOpened(Option<RowId>),
    /// The visitor looks for words in the channel.
    FindChanged(String),
    /// The visitor wants the next match.
    FindStepped {
        /// The words as they stand now; where they are others than before, the first match is wanted.
        words: String,
        /// The one further back in time, else the one further on.
        older: bool,
    },
    /// The visitor doesn't want more history to be read for what they look for.
    FindStopped,
    /// They want it after all, or once more.
    FindContinued,
    /// The visitor no longer looks for anything.
    FindClosed,
    /// The page is visible, or no longer.
    PageShown(bool),
    /// The visitor wants another try after [`crate::Status::Refused`] or [`crate::Status::Unreachable`].
    RetriedOpening,
}

/// Something that happened to a socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SocketEvent {
    /// The handshake is done.
    Opened,
    /// A text frame arrived.
    Received(String),
    /// It is closed, or never opened.
    Closed {
        /// The close code of RFC 6455, section 7.4.
        code: u16,
    },
}
