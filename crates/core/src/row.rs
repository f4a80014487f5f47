use crate::Delivery;
use crate::text::{Document, SafeUrl};
use std::rc::Rc;
use wire::rest::Attachment;
use wire::{MessageId, UserId};

/// Names a row for as long as it is shown. It survives the acknowledgement of a pending message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RowId(pub(crate) u64);

impl RowId {
    /// A number unique to the row, for keys and element ids.
    pub const fn get(self) -> u64 {
        self.0
    }
}

/// A message as it is drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The row's name.
    pub id: RowId,
    /// The message's id, once the server gave one.
    pub message: Option<MessageId>,
    /// Who wrote it.
    pub author: Author,
    /// The visitor wrote it.
    pub own: bool,
    /// Written by a person, by Whop, or by automation.
    pub kind: Kind,
    /// The text, ready to be drawn.
    pub text: Rc<Document>,
    /// The text as written.
    pub source: Rc<str>,
    /// When it was posted: milliseconds since the Unix epoch.
    pub created_at: i64,
    /// The text was changed after it was posted.
    pub edited: bool,
    /// Pinned to the top of the channel.
    pub pinned: bool,
    /// The message that it answers.
    pub quote: Option<Quote>,
    /// Reactions, in the server's order.
    pub reactions: Vec<ReactionView>,
    /// The poll it carries.
    pub poll: Option<PollView>,
    /// The files it carries.
    pub attachments: Vec<Attachment>,
    /// The cards of its links.
    pub cards: Vec<LinkCard>,
    /// Whether the server has it.
    pub delivery: Delivery,
    /// Where its deletion stands, once the visitor wants that.
    pub deletion: Option<Deletion>,
    /// The first of a run of messages by one author.
    pub starts_group: bool,
    /// The last of a run of messages by one author.
    pub ends_group: bool,
    /// The first of its day in the visitor's time zone.
    pub starts_day: bool,
}

/// Where the deletion of a message stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deletion {
    /// The visitor is asked whether they are sure.
    Asked,
    /// The server was asked.
    UnderWay,
    /// It was refused, or nobody answered; the server's own words, or nothing.
    Failed(String),
}

/// Who wrote a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Author {
    /// The user's id.
    pub id: UserId,
    /// What to call them: their name, else their username.
    pub name: String,
    /// Their picture.
    pub picture: Option<String>,
    /// They are an admin of the channel. Only live messages say so, and the visitor's own session.
    pub is_admin: bool,
}

/// What kind of author wrote a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A person.
    Regular,
    /// Whop, about the channel.
    System,
    /// A company's automation.
    Automated,
}

/// The message that a message answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Quote {
    /// It is known.
    Known {
        /// Its id.
        message: MessageId,
        /// Its author's name.
        author: String,
        /// Its text in one line without markup.
        excerpt: String,
    },
    /// It was deleted.
    Deleted,
    /// It lies beyond what is loaded.
    Elsewhere {
        /// Its id.
        message: MessageId,
    },
}

/// One emoji under a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReactionView {
    /// As it is sent to the server.
    pub value: String,
    /// As it is shown.
    pub symbol: String,
    /// How many reacted with it.
    pub count: u64,
    /// The visitor did.
    pub own: bool,
}

/// A poll with its tallies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PollView {
    /// The answers, in order.
    pub answers: Vec<PollAnswer>,
    /// The sum of all votes.
    pub total: u64,
}

/// One answer of a poll.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PollAnswer {
    /// The option's id.
    pub option: String,
    /// What it says.
    pub text: String,
    /// How many voted for it.
    pub votes: u64,
    /// The visitor did.
    pub own: bool,
}

/// What a link leads to, as Whop read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkCard {
    /// Where the link leads.
    pub url: SafeUrl,
    /// The page's title, or empty.
    pub title: String,
    /// The page's own summary, or empty.
    pub description: String,
    /// A picture of the page. Never a path: that would be one of the page that shows the chat.
    pub image: Option<SafeUrl>,
    /// The site's icon.
    pub icon: Option<SafeUrl>,
    /// Whop is still reading the page.
    pub loading: bool,
}

/// A message that is pinned to the top of the channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pinned {
    /// Its id.
    pub message: MessageId,
    /// Its author's name.
    pub author: String,
    /// Its text in one line without markup.
    pub excerpt: String,
    /// When it was posted: milliseconds since the Unix epoch.
    pub created_at: i64,
}

/// Who reacted to one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhoReacted {
    /// The message.
    pub message: MessageId,
    /// The reactions that it had when the names were asked for.
    pub(crate) reactions: Vec<ReactionView>,
    /// The names, or what became of asking for them.
    pub state: WhoReactedState,
}

/// What became of asking who reacted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WhoReactedState {
    /// The server was asked.
    Loading,
    /// The server could not be asked, or did not say.
    Failed,
    /// The most recent hundred.
    Known(Vec<ReactedBy>),
}

/// Those who reacted to a message with one emoji.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReactedBy {
    /// [`ReactionView::value`].
    pub value: String,
    /// The others' names, the most recent first. The visitor's own reaction is [`ReactionView::own`].
    pub names: Vec<String>,
}
