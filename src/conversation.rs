use crate::platform::clock;
use chat_core::{
    Announcement, Changes, Chat, ConnectionStatus, Effect, Event, Jump, Newer, Older, Options,
    OrderChange, Pinned, Posting, Row, RowId, Status, Typing, Unread, WhoReacted,
};
use leptos::prelude::*;
use litemap::LiteMap;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use wire::rest::{ChatChannel, UserReference};
use wire::session::Permissions;

type Local<T> = RwSignal<T, LocalStorage>;
type Read<T> = ReadSignal<T, LocalStorage>;
type Perform = dyn Fn(&Conversation, Effect);

/// A conversation as components see it: what they show is signals, what they want is [`Event`]s.
///
/// A handle to copy freely. What it names lives as long as the reactive owner that was current at
/// [`Conversation::new`].
#[derive(Clone, Copy)]
pub struct Conversation {
    state: StoredValue<Rc<State>, LocalStorage>,
}

struct State {
    chat: RefCell<Chat>,
    perform: Box<Perform>,
    signals: Signals,
    /// Owns the rows' signals, which must not go with the component that asked for them first.
    owner: Owner,
    watched: RefCell<LiteMap<RowId, Watched>>,
    /// What happened to the order since the list last asked.
    order: RefCell<OrderChange>,
    /// Events that came while another was being handled.
    waiting: RefCell<VecDeque<Event>>,
    busy: Cell<bool>,
}

/// A slice of the conversation each.
struct Signals {
    order: Local<u64>,
    is_empty: Local<bool>,
    status: Local<Status>,
    connection: Local<ConnectionStatus>,
    older: Local<Older>,
    channel: Local<Option<ChatChannel>>,
    permissions: Local<Option<Permissions>>,
    viewer: Local<Option<UserReference>>,
    announcement: Local<Option<Announcement>>,
    /// What follows goes up when something changed: the core is asked for the rest.
    newer: Local<u64>,
    jump: Local<u64>,
    typing: Local<u64>,
    present: Local<u64>,
    posting: Local<u64>,
    reading: Local<u64>,
    pinned: Local<u64>,
    who_reacted: Local<u64>,
}

/// A row that somebody looks at.
#[derive(Clone, Copy)]
struct Watched {
    signal: Local<Option<Rc<Row>>>,
    /// By how many.
    watchers: usize,
}

/// That many changes of the order are kept for a list that doesn't ask.
const MOST_SPLICES: usize = 1_000;

impl Conversation {
    /// A conversation that nothing has happened to yet. `perform` does what the core asks; it may dispatch events at
    /// once or later.
    pub fn new(options: Options, perform: impl Fn(&Self, Effect) + 'static) -> Self {
        let chat = Chat::new(options);
        let signals = Signals {
            order: RwSignal::new_local(0),
            is_empty: RwSignal::new_local(true),
            status: RwSignal::new_local(chat.status().clone()),
            connection: RwSignal::new_local(chat.connection()),
            older: RwSignal::new_local(chat.older()),
            channel: RwSignal::new_local(None),
            permissions: RwSignal::new_local(None),
            viewer: RwSignal::new_local(None),
            announcement: RwSignal::new_local(None),
            newer: RwSignal::new_local(0),
            jump: RwSignal::new_local(0),
            typing: RwSignal::new_local(0),
            present: RwSignal::new_local(0),
            posting: RwSignal::new_local(0),
            reading: RwSignal::new_local(0),
            pinned: RwSignal::new_local(0),
            who_reacted: RwSignal::new_local(0),
        };
        Self {
            state: StoredValue::new_local(Rc::new(State {
                chat: RefCell::new(chat),
                perform: Box::new(perform),
                signals,
                owner: Owner::new(),
                watched: RefCell::default(),
                order: RefCell::default(),
                waiting: RefCell::default(),
                busy: Cell::new(false),
            })),
        }
    }

    /// Tells the core what happened, then has done what it asks. After the conversation is gone, nothing.
    pub fn dispatch(&self, event: Event) {
        let Some(state) = self.state.try_get_value() else {
            return;
        };
        state.waiting.borrow_mut().push_back(event);
        if state.busy.replace(true) {
            return;
        }
        loop {
            let next = state.waiting.borrow_mut().pop_front();
            let Some(event) = next else { break };
            let (effects, changes) = state.chat.borrow_mut().update(event, clock::now());
            state.show(changes);
            for effect in effects {
                if let Effect::Announce(announcement) = effect {
                    state.signals.announcement.set(Some(announcement));
                } else {
                    (state.perform)(self, effect);
                }
            }
        }
        state.busy.set(false);
    }

    /// Goes up whenever [`Conversation::take_order`] has something to tell.
    pub fn order(&self) -> Read<u64> {
        self.state.get_value().signals.order.read_only()
    }

    /// What happened to the order since this was last asked. One list asks; to another there would be nothing left
    /// to tell.
    pub fn take_order(&self) -> OrderChange {
        let taken = |state: &Rc<State>| state.order.take();
        self.state.try_with_value(taken).unwrap_or_default()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> Read<bool> {
        self.state.get_value().signals.is_empty.read_only()
    }

    /// What the core knows, at this moment. Doesn't track.
    pub fn look<T>(&self, look: impl FnOnce(&Chat) -> T) -> Option<T> {
        self.state
            .try_with_value(|state| look(&state.chat.borrow()))
    }

    /// A row as it is drawn at this moment. Doesn't track.
    pub fn row_now(&self, id: RowId) -> Option<Row> {
        self.look(|chat| chat.row(id)).flatten()
    }

    /// A row as it is drawn. Fires when that row changes, and for no other. Kept for as long as the present reactive
    /// owner.
    pub fn row(&self, id: RowId) -> Read<Option<Rc<Row>>> {
        let state = self.state.get_value();
        let mut rows = state.watched.borrow_mut();
        let watched = rows.entry(id).or_insert_with(|| {
            let row = state.chat.borrow().row(id).map(Rc::new);
            Watched {
                signal: state.owner.with(|| RwSignal::new_local(row)),
                watchers: 0,
            }
        });
        watched.watchers += 1;
        let this = *self;
        on_cleanup(move || this.unwatch(id));
        watched.signal.read_only()
    }

    /// Somebody no longer looks at a row.
    fn unwatch(&self, id: RowId) {
        let unwatch = |state: &Rc<State>| {
            let mut rows = state.watched.borrow_mut();
            let watched = rows.get_mut(&id)?;
            watched.watchers -= 1;
            let signal = watched.signal;
            if watched.watchers > 0 {
                return None;
            }
            rows.remove(&id);
            Some(signal)
        };
        if let Some(Some(signal)) = self.state.try_with_value(unwatch) {
            signal.dispose();
        }
    }

    /// How far the widget has come.
    pub fn status(&self) -> Read<Status> {
        self.state.get_value().signals.status.read_only()
    }

    /// How live the conversation is.
    pub fn connection(&self) -> Read<ConnectionStatus> {
        self.state.get_value().signals.connection.read_only()
    }

    /// What lies before the first row.
    pub fn older(&self) -> Read<Older> {
        self.state.get_value().signals.older.read_only()
    }

    /// What lies after the last row, and how many messages of others arrived there unseen. Tracks.
    pub fn newer(&self) -> (Newer, u64) {
        self.tracked(
            |signals| signals.newer,
            |chat| (chat.newer(), chat.missed()),
        )
        .unwrap_or((Newer::Live, 0))
    }

    /// Which message the reader was sent to, and what came of it. Tracks.
    pub fn jump(&self) -> Option<Jump> {
        self.tracked(|signals| signals.jump, |chat| chat.jump().cloned())
            .flatten()
    }

    /// Who types, the visitor aside. Tracks.
    pub fn typing(&self) -> Typing {
        self.tracked(|signals| signals.typing, Chat::typing)
            .unwrap_or_default()
    }

    /// How many others are there. Tracks.
    pub fn present(&self) -> usize {
        self.tracked(|signals| signals.present, |chat| chat.present().count())
            .unwrap_or_default()
    }

    /// Whether the visitor may post now, and if not, why. Tracks.
    pub fn posting(&self) -> Posting {
        self.tracked(|signals| signals.posting, Chat::posting)
            .unwrap_or_default()
    }

    /// How many messages of others are unread. Tracks.
    pub fn unread(&self) -> Unread {
        self.tracked(|signals| signals.reading, Chat::unread)
            .unwrap_or_default()
    }

    /// The row before which the unread messages began when the reader came (M8). Tracks.
    pub fn divider(&self) -> Option<RowId> {
        self.tracked(|signals| signals.reading, Chat::divider)
            .flatten()
    }

    /// Reads a slice of the core, now and whenever its signal says that it changed.
    fn tracked<T>(
        &self,
        signal: impl Fn(&Signals) -> Local<u64>,
        look: impl FnOnce(&Chat) -> T,
    ) -> Option<T> {
        self.state.try_with_value(|state| {
            signal(&state.signals).track();
            look(&state.chat.borrow())
        })
    }

    /// The channel, once it is known.
    pub fn channel(&self) -> Read<Option<ChatChannel>> {
        self.state.get_value().signals.channel.read_only()
    }

    /// What the visitor may do, once it is known.
    pub fn permissions(&self) -> Read<Option<Permissions>> {
        self.state.get_value().signals.permissions.read_only()
    }

    /// Who the visitor is, once it is known.
    pub fn viewer(&self) -> Read<Option<UserReference>> {
        self.state.get_value().signals.viewer.read_only()
    }

    /// The pinned messages among all that are known, newest first. Tracks.
    pub fn pinned(&self) -> Vec<Pinned> {
        self.tracked(|signals| signals.pinned, Chat::pinned)
            .unwrap_or_default()
    }

    /// Who reacted to the message that was last asked about. Tracks.
    pub fn who_reacted(&self) -> Option<WhoReacted> {
        self.tracked(
            |signals| signals.who_reacted,
            |chat| chat.who_reacted().cloned(),
        )
        .flatten()
    }

    /// What was last said to those who listen rather than look.
    pub fn announcement(&self) -> Read<Option<Announcement>> {
        self.state.get_value().signals.announcement.read_only()
    }
}

impl State {
    /// Fires the signals of what changed, and no other.
    fn show(&self, changes: Changes) {
        let (chat, signals) = (self.chat.borrow(), &self.signals);
        let watched = self.watched.borrow().clone();
        for (id, Watched { signal, .. }) in watched.iter() {
            if changes.all_rows || changes.rows.contains(id) {
                signal.set(chat.row(*id).map(Rc::new));
            }
        }
        if !changes.order.is_unchanged() {
            {
                let mut order = self.order.borrow_mut();
                order.then(changes.order);
                if matches!(&*order, OrderChange::Spliced(splices) if splices.len() > MOST_SPLICES)
                {
                    *order = OrderChange::Replaced;
                }
            }
            signals.order.update(|version| *version += 1);
            if signals.is_empty.get_untracked() != chat.is_empty() {
                signals.is_empty.set(chat.is_empty());
            }
        }
        if changes.status {
            signals.status.set(chat.status().clone());
        }
        if changes.connection {
            signals.connection.set(chat.connection());
        }
        if changes.older {
            signals.older.set(chat.older());
        }
        for (changed, signal) in [
            (changes.newer, signals.newer),
            (changes.jump, signals.jump),
            (changes.typing, signals.typing),
            (changes.present, signals.present),
            (changes.posting, signals.posting),
            (changes.reading, signals.reading),
            (changes.pinned, signals.pinned),
            (changes.who_reacted, signals.who_reacted),
        ] {
            if changed {
                signal.update(|version| *version += 1);
            }
        }
        if changes.channel {
            signals.channel.set(chat.channel().cloned());
            signals.permissions.set(chat.permissions().cloned());
            signals.viewer.set(chat.viewer().cloned());
        }
    }
}
