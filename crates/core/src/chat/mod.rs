//! The conversation as a whole: hands each event to the part that it concerns.
//! What a part does stands in that part's file.

mod deleting;
mod emoji;
mod finding;
mod gap;
mod jumping;
mod live;
mod opening;
mod others;
mod paging;
mod pictures;
mod posting;
mod reacting;
mod reading;
mod requests;
mod rest;
mod roles;
mod sending;
mod settings;
mod view;
mod who_reacted;

use crate::connection::Connection;
use crate::outbox::Outbox;
use crate::session::OpenSession;
use crate::text;
use crate::timeline::{Merged, Timeline};
use crate::{
    Changes, ConnectionStatus, Deletion, Effect, Event, Identity, Moment, Newer, Older, Pinned,
    Row, RowId, SocketEvent, SocketId, Status, Timer, WhoReacted,
};
use emoji::EmojiTable;
use finding::Finding;
pub use finding::{Find, FindState};
use gap::Gap;
use jumping::{Forth, Search};
pub use jumping::{Jump, JumpState};
use litemap::LiteMap;
use others::Others;
pub use others::Typing;
use posting::Pauses;
pub use posting::Posting;
use reacting::Overlay;
use reading::Reading;
pub use reading::Unread;
use requests::Requests;
pub use rest::Rest;
use rest::{Late, Waiting};
use roles::Roles;
use settings::SettingsAt;
use std::ops::Range;
use wire::rest::{ChatChannel, UserReference};
use wire::session::Permissions;
use wire::{ChannelId, MessageId, UserId};

/// What a conversation needs to know from the start.
#[derive(Clone, Debug)]
pub struct Options {
    /// A channel's id, or the id of the experience that shows it.
    pub channel: ChannelId,
    /// Who the visitor is.
    pub identity: Identity,
    /// The page can be asked for a fresh assertion.
    pub page_can_assert: bool,
    /// Minutes to add to UTC for the visitor's local time.
    pub utc_offset_minutes: i32,
    /// How letters are compared where words are looked for.
    pub fold: text::Fold,
}

/// A conversation.
#[derive(Debug)]
pub struct Chat {
    options: Options,
    status: Status,
    session: Option<OpenSession>,
    /// The one before, while there is none: what was read under it is still shown.
    former: Option<OpenSession>,
    requests: Requests,
    connection: Connection,
    timeline: Timeline,
    gap: Gap,
    search: Option<Search>,
    forth: Forth,
    /// How many messages of others came while the beginning was shown.
    missed: u64,
    outbox: Outbox,
    others: Others,
    reading: Reading,
    pauses: Pauses,
    settings_at: SettingsAt,
    /// The socket is open, but brings nothing of this channel.
    is_deaf: bool,
    overlays: Vec<Overlay>,
    /// Messages that the visitor deletes, until they are gone.
    deletions: LiteMap<MessageId, Deletion>,
    emoji: EmojiTable,
    texts: text::Cache,
    /// Names of the users that were seen, for mentions.
    people: LiteMap<UserId, UserReference>,
    roles: Roles,
    who_reacted: Option<WhoReacted>,
    find: Option<Finding>,
    waiting: Waiting,
    /// The page is not visible.
    is_hidden: bool,
    /// The pinned messages as they were when they last changed.
    told_pinned: Vec<Pinned>,
    opening_failures: u32,
    /// A timer runs until the session is asked for again.
    reopens_later: bool,
}

/// Where a step of an update leaves what it wants and what it changed.
struct Step {
    now: Moment,
    effects: Vec<Effect>,
    changes: Changes,
    /// Something has an emoji by a name that is not built in.
    rare_emoji: bool,
    /// The timeline is another.
    merged: bool,
}

impl Chat {
    /// A conversation that nothing has happened to yet.
    pub fn new(options: Options) -> Self {
        let mut chat = Self::without_rest(options);
        chat.complete(Rest::WHOLE);
        chat
    }

    /// The same, but it only opens, connects and sends until [`Chat::complete`]: messages have no text, and what frames and all
    /// others say waits. The rest is more than half of the core, and nobody needs it to write.
    pub fn without_rest(options: Options) -> Self {
        Self {
            options,
            status: Status::Opening,
            session: None,
            former: None,
            requests: Requests::default(),
            connection: Connection::new(),
            timeline: Timeline::default(),
            gap: Gap::default(),
            search: None,
            forth: Forth::default(),
            missed: 0,
            outbox: Outbox::default(),
            others: Others::default(),
            reading: Reading::default(),
            pauses: Pauses::default(),
            settings_at: SettingsAt::default(),
            is_deaf: false,
            overlays: Vec::new(),
            deletions: LiteMap::new(),
            emoji: EmojiTable::default(),
            texts: text::Cache::default(),
            people: LiteMap::new(),
            roles: Roles::default(),
            who_reacted: None,
            find: None,
            waiting: Waiting::default(),
            is_hidden: false,
            told_pinned: Vec::new(),
            opening_failures: 0,
            reopens_later: false,
        }
    }

    /// Takes in what happened, and says what is to be done and what is to be drawn anew.
    pub fn update(&mut self, event: Event, now: Moment) -> (Vec<Effect>, Changes) {
        let mut step = Step {
            now,
            effects: Vec::new(),
            changes: Changes::default(),
            rare_emoji: false,
            merged: false,
        };
        let before = (self.connection(), self.older(), self.newer());
        match event {
            Event::Opened => self.open(&mut step),
            Event::Completed => self.completed(&mut step),
            Event::RetriedOpening => {
                self.set_status(Status::Opening, &mut step);
                self.open(&mut step);
            }
            Event::Http(request, outcome) => self.answered(request, outcome, &mut step),
            Event::Socket(socket, event) => self.socket_event(socket, event, &mut step),
            Event::Elapsed(timer) => self.elapsed(timer, &mut step),
            Event::PageAsserted(assertion) => self.page_asserted(assertion, &mut step),
            Event::PageUnreachable => self.page_unreachable(&mut step),
            Event::Resumed => self.resumed(&mut step),
            Event::WentOffline => {
                if self.connection() == ConnectionStatus::Live {
                    self.open_gap();
                }
                self.connection
                    .went_offline(&mut step.effects, &mut step.changes);
            }
            Event::StoppedReading => self.stopped_reading(),
            Event::Wrote { nothing } => self.wrote(nothing, &mut step),
            Event::Sent {
                content,
                replying_to,
            } => self.send(&content, replying_to, &mut step),
            Event::PageShown(visible) => self.is_hidden = !visible,
            event => self.later(Late::Event(event), &mut step),
        }
        self.watch(&mut step);
        self.load_emoji_names(&mut step);
        self.watch_posting(&mut step);
        step.changes.connection |= before.0 != self.connection();
        step.changes.older |= before.1 != self.older();
        step.changes.newer |= before.2 != self.newer();
        (step.effects, step.changes)
    }

    /// Pinned messages that are merged once more are no change of what is shown of them.
    fn watch_pinned(&mut self, step: &mut Step) {
        if step.changes.pinned {
            let pinned = self.pinned();
            step.changes.pinned = pinned != self.told_pinned;
            self.told_pinned = pinned;
        }
    }

    /// What is on its way may answer a message that was just read, edited or deleted. The timeline doesn't know it.
    fn watch_answers(&self, step: &mut Step) {
        let pending = self.outbox.pending.iter().filter(|_| step.merged);
        for answer in pending.filter(|own| own.replying_to.is_some()) {
            step.changes.row(answer.row);
        }
    }

    fn elapsed(&mut self, timer: Timer, step: &mut Step) {
        match timer {
            Timer::ReopenSession => {
                if self.session.is_none() {
                    self.open(step);
                }
            }
            Timer::RenewToken => self.renewal_due(step),
            Timer::SendNext => {
                self.outbox.paused = false;
                self.send_next(step);
            }
            Timer::PostingAgain => self.posting_again(),
            Timer::Reconnect => self.connect(step),
            Timer::Heartbeat | Timer::HeartbeatTimeout | Timer::ConnectTimeout => {
                self.connection_timer(timer, step);
            }
            timer => self.later(Late::Event(Event::Elapsed(timer)), step),
        }
    }

    fn socket_event(&mut self, socket: SocketId, event: SocketEvent, step: &mut Step) {
        if !self.connection.is_current(socket) {
            return;
        }
        match event {
            SocketEvent::Opened => self.socket_opened(step),
            SocketEvent::Received(text) => {
                self.connection.heard(&mut step.effects);
                self.later(Late::Frame(text), step);
            }
            SocketEvent::Closed { code } => self.socket_closed(code, step),
        }
    }

    /// Requests may be made in the visitor's name.
    fn is_open(&self) -> bool {
        self.session.is_some() && self.status == Status::Ready
    }

    fn known_session(&self) -> Option<&OpenSession> {
        self.session.as_ref().or(self.former.as_ref())
    }

    /// Notes what a merge of the timeline changed.
    fn note(merged: Merged, step: &mut Step) {
        step.merged = true;
        step.changes.order.then(merged.order);
        step.changes.pinned |= merged.pinned;
        step.changes.newer |= merged.missed;
        step.rare_emoji |= merged.rare_emoji;
        for row in merged.rows {
            step.changes.row(row);
        }
    }

    /// How far the widget has come.
    pub fn status(&self) -> &Status {
        &self.status
    }

    /// How live the conversation is.
    pub fn connection(&self) -> ConnectionStatus {
        match self.connection.status() {
            ConnectionStatus::Live if self.is_deaf => ConnectionStatus::NoUpdates,
            status => status,
        }
    }

    /// What lies before the first row.
    pub fn older(&self) -> Older {
        if self.timeline.is_detached() {
            return Older::Beginning;
        }
        self.timeline.window.older()
    }

    /// What lies after the last row.
    pub fn newer(&self) -> Newer {
        if !self.timeline.is_detached() {
            Newer::Live
        } else if self.forth.request.is_some() {
            Newer::Loading
        } else if self.forth.failed {
            Newer::Failed
        } else {
            Newer::Available
        }
    }

    /// How many messages of others arrived while [`Chat::newer`] was not [`Newer::Live`].
    pub fn missed(&self) -> u64 {
        self.missed
    }

    /// Which message the reader was sent to last, until [`Event::EndedJump`].
    pub fn jump(&self) -> Option<&Jump> {
        self.search.as_ref().map(|search| &search.jump)
    }

    /// How many rows there are: what the server has, what it does not have, and at the end what is on its way.
    pub fn len(&self) -> usize {
        self.timeline.order().len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The rows of that stretch, oldest first; as many of them as there are.
    pub fn row_ids(&self, range: Range<usize>) -> Vec<RowId> {
        let order = self.timeline.order();
        let rows = range.map_while(|at| order.get(at));
        rows.map(|(_, row)| *row).collect()
    }

    /// How many rows stand before that one, unless it is gone.
    pub fn index_of(&self, row: RowId) -> Option<usize> {
        self.timeline.position(row)
    }

    /// The row that shows a message, if it is loaded.
    pub fn row_of_message(&self, message: &MessageId) -> Option<RowId> {
        let row = self.timeline.record(message)?.row;
        self.index_of(row).map(|_| row)
    }

    /// The row of that [`RowId::get`], unless it is gone.
    pub fn row_numbered(&self, number: u64) -> Option<RowId> {
        self.index_of(RowId(number)).map(|_| RowId(number))
    }

    /// All rows, oldest first.
    pub fn rows(&self) -> Vec<RowId> {
        self.row_ids(0..self.len())
    }

    /// A row as it is drawn, unless it is gone.
    pub fn row(&self, row: RowId) -> Option<Row> {
        self.view(row)
    }

    /// Who reacted to the message that was last asked about.
    pub fn who_reacted(&self) -> Option<&WhoReacted> {
        self.who_reacted.as_ref()
    }

    /// What the visitor looks for in the channel, and how far that is; `None` while they don't.
    pub fn find(&self) -> Option<Find> {
        self.find.as_ref().map(|find| self.find_view(find))
    }

    /// Whether a row that has the words which are looked for is the one that the reader was sent to; `None` of any other
    /// row.
    pub fn is_found(&self, row: RowId) -> Option<bool> {
        let (key, find) = (self.timeline.key(row)?, self.find.as_ref()?);
        find.matches.position(key)?;
        Some(find.current.as_ref() == Some(key))
    }

    /// Where those words stand in a text: from where to where, in UTF-16 code units, in order.
    pub fn found_in(&self, text: &str) -> Vec<(u32, u32)> {
        let places = |find: &Finding| find.query.places(text, self.options.fold);
        self.find.as_ref().map(places).unwrap_or_default()
    }

    /// The pinned messages among all that are known, newest first. The API can't be asked for them.
    pub fn pinned(&self) -> Vec<Pinned> {
        let pinned = self.timeline.pinned();
        pinned.map(|record| self.pinned_view(record)).collect()
    }

    /// The channel, once the session is open.
    pub fn channel(&self) -> Option<&ChatChannel> {
        self.known_session().map(|session| &session.channel)
    }

    /// What the visitor may do, once the session is open.
    pub fn permissions(&self) -> Option<&Permissions> {
        self.known_session().map(|session| &session.permissions)
    }

    /// Who the visitor is, once the session is open.
    pub fn viewer(&self) -> Option<&UserReference> {
        self.known_session().map(|session| &session.viewer)
    }
}
