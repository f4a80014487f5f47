use crate::platform::clock;
use chat_core::{
    Announcement, Changes, Chat, ConnectionStatus, Effect, Event, Find, Jump, Newer, Older,
    Options, OrderChange, Pinned, Posting, Rest, Row, RowId, Status, Typing, Unread, WhoReacted,
};
use leptos::prelude::*;
use litemap::LiteMap;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use wire::rest::ChatChannel;
use wire::session::Permissions;

/// Goes up whenever a slice of the core changed, or something else happened. Not a copy of the slice: Leptos's signals are compiled
/// anew for each type of value.
pub(crate) type Version = RwSignal<u64, LocalStorage>;
type WatchedRow = RwSignal<Option<Rc<Row>>, LocalStorage>;
/// [`Chat::row`].
type View = fn(&Chat, RowId) -> Option<Row>;
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
    /// [`Chat::row`], once the widget is complete.
    view: Cell<Option<View>>,
    signals: Signals,
    /// Owns the rows' signals, which must not go with the component that asked for them first.
    owner: Owner,
    watched: RefCell<LiteMap<RowId, Watched>>,
    /// What happened to the order since the list last asked.
    order: RefCell<OrderChange>,
    /// There were no rows when that was last told.
    was_empty: Cell<bool>,
    /// What was last said to those who listen rather than look.
    announcement: RefCell<Option<Announcement>>,
    /// Events that came while another was being handled.
    waiting: RefCell<VecDeque<Event>>,
    busy: Cell<bool>,
}

/// A slice of the conversation each.
struct Signals {
    order: Version,
    is_empty: Version,
    status: Version,
    connection: Version,
    older: Version,
    channel: Version,
    announcement: Version,
    newer: Version,
    jump: Version,
    typing: Version,
    present: Version,
    posting: Version,
    reading: Version,
    pinned: Version,
    who_reacted: Version,
    find: Version,
}

/// A row that somebody looks at.
#[derive(Clone, Copy)]
struct Watched {
    signal: WatchedRow,
    /// By how many.
    watchers: usize,
}

/// That many changes of the order are kept for a list that doesn't ask.
const MOST_SPLICES: usize = 1_000;

impl Conversation {
    /// A conversation that nothing has happened to yet. `perform` does what the core asks; it may dispatch events at
    /// once or later.
    pub fn new(options: Options, perform: impl Fn(&Self, Effect) + 'static) -> Self {
        let chat = Chat::without_rest(options);
        let signals = Signals {
            order: Version::new_local(0),
            is_empty: Version::new_local(0),
            status: Version::new_local(0),
            connection: Version::new_local(0),
            older: Version::new_local(0),
            channel: Version::new_local(0),
            announcement: Version::new_local(0),
            newer: Version::new_local(0),
            jump: Version::new_local(0),
            typing: Version::new_local(0),
            present: Version::new_local(0),
            posting: Version::new_local(0),
            reading: Version::new_local(0),
            pinned: Version::new_local(0),
            who_reacted: Version::new_local(0),
            find: Version::new_local(0),
        };
        Self {
            state: StoredValue::new_local(Rc::new(State {
                chat: RefCell::new(chat),
                perform: Box::new(perform),
                view: Cell::new(None),
                signals,
                owner: Owner::new(),
                watched: RefCell::default(),
                order: RefCell::default(),
                was_empty: Cell::new(true),
                announcement: RefCell::default(),
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
                    state.announcement.replace(Some(announcement));
                    raise(state.signals.announcement);
                } else {
                    (state.perform)(self, effect);
                }
            }
        }
        state.busy.set(false);
    }

    /// From now on all is made something of and rows can be looked at. Given as functions, so that only who completes a
    /// widget needs to have them (ADR 0017).
    pub(crate) fn complete(&self, rest: Rest, view: View) {
        self.state.try_with_value(|state| {
            state.chat.borrow_mut().complete(rest);
            state.view.set(Some(view));
        });
        self.dispatch(Event::Completed);
    }

    /// Goes up whenever [`Conversation::take_order`] has something to tell. Tracks.
    pub fn order(&self) -> u64 {
        let version = |state: &Rc<State>| state.signals.order.get();
        self.state.try_with_value(version).unwrap_or_default()
    }

    /// What happened to the order since this was last asked. One list asks; to another there would be nothing left
    /// to tell.
    pub fn take_order(&self) -> OrderChange {
        let taken = |state: &Rc<State>| state.order.take();
        self.state.try_with_value(taken).unwrap_or_default()
    }

    /// Whether there are no rows. Tracks.
    pub fn is_empty(&self) -> bool {
        self.tracked(|signals| signals.is_empty, Chat::is_empty)
            .unwrap_or(true)
    }

    /// What the core knows, at this moment. Doesn't track.
    pub fn look<T>(&self, look: impl FnOnce(&Chat) -> T) -> Option<T> {
        self.state
            .try_with_value(|state| look(&state.chat.borrow()))
    }

    /// A row as it is drawn at this moment. Doesn't track.
    pub fn row_now(&self, id: RowId) -> Option<Row> {
        let view = |state: &Rc<State>| state.view(&state.chat.borrow(), id);
        self.state.try_with_value(view).flatten()
    }

    /// A row as it is drawn. Fires when that row changes, and for no other. Kept for as long as the present reactive
    /// owner.
    pub fn row(&self, id: RowId) -> ReadSignal<Option<Rc<Row>>, LocalStorage> {
        let state = self.state.get_value();
        let mut rows = state.watched.borrow_mut();
        let watched = rows.entry(id).or_insert_with(|| {
            let row = state.view(&state.chat.borrow(), id).map(Rc::new);
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

    /// How far the widget has come. Tracks.
    pub fn status(&self) -> Status {
        self.tracked(|signals| signals.status, |chat| chat.status().clone())
            .unwrap_or(Status::Opening)
    }

    /// How live the conversation is. Tracks.
    pub fn connection(&self) -> ConnectionStatus {
        self.tracked(|signals| signals.connection, Chat::connection)
            .unwrap_or(ConnectionStatus::Idle)
    }

    /// What lies before the first row. Tracks.
    pub fn older(&self) -> Older {
        self.tracked(|signals| signals.older, Chat::older)
            .unwrap_or(Older::Unknown)
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
        signal: impl Fn(&Signals) -> Version,
        look: impl FnOnce(&Chat) -> T,
    ) -> Option<T> {
        self.state.try_with_value(|state| {
            signal(&state.signals).track();
            look(&state.chat.borrow())
        })
    }

    /// Looks at the channel, once it is known. Tracks.
    pub fn channel<T>(&self, look: impl FnOnce(&ChatChannel) -> T) -> Option<T> {
        self.tracked(|signals| signals.channel, |chat| chat.channel().map(look))
            .flatten()
    }

    /// What the visitor may do, once it is known. Tracks.
    pub fn permissions(&self) -> Option<Permissions> {
        self.tracked(
            |signals| signals.channel,
            |chat| chat.permissions().cloned(),
        )
        .flatten()
    }

    /// The pinned messages among all that are known, newest first. Tracks.
    pub fn pinned(&self) -> Vec<Pinned> {
        self.tracked(|signals| signals.pinned, Chat::pinned)
            .unwrap_or_default()
    }

    /// What the visitor looks for in the channel, and how far that is. Tracks.
    pub fn find(&self) -> Option<Find> {
        self.tracked(|signals| signals.find, Chat::find).flatten()
    }

    /// Who reacted to the message that was last asked about. Tracks.
    pub fn who_reacted(&self) -> Option<WhoReacted> {
        self.tracked(
            |signals| signals.who_reacted,
            |chat| chat.who_reacted().cloned(),
        )
        .flatten()
    }

    /// What was last said to those who listen rather than look. Tracks.
    pub fn announcement(&self) -> Option<Announcement> {
        let said = |state: &Rc<State>| {
            state.signals.announcement.track();
            state.announcement.borrow().clone()
        };
        self.state.try_with_value(said).flatten()
    }
}

impl State {
    fn view(&self, chat: &Chat, id: RowId) -> Option<Row> {
        self.view.get().and_then(|view| view(chat, id))
    }

    /// Fires the signals of what changed, and no other.
    fn show(&self, changes: Changes) {
        let (chat, signals) = (self.chat.borrow(), &self.signals);
        let watched = self.watched.borrow().clone();
        for (id, Watched { signal, .. }) in watched.iter() {
            if changes.all_rows || changes.rows.contains(id) {
                signal.set(self.view(&chat, *id).map(Rc::new));
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
            raise(signals.order);
            if self.was_empty.replace(chat.is_empty()) != chat.is_empty() {
                raise(signals.is_empty);
            }
        }
        for (changed, signal) in [
            (changes.status, signals.status),
            (changes.connection, signals.connection),
            (changes.older, signals.older),
            (changes.channel, signals.channel),
            (changes.newer, signals.newer),
            (changes.jump, signals.jump),
            (changes.typing, signals.typing),
            (changes.present, signals.present),
            (changes.posting, signals.posting),
            (changes.reading, signals.reading),
            (changes.pinned, signals.pinned),
            (changes.who_reacted, signals.who_reacted),
            (changes.find, signals.find),
        ] {
            if changed {
                raise(signal);
            }
        }
    }
}

/// Has whoever tracks it run again.
pub(crate) fn raise(version: Version) {
    version.update(|version| *version += 1);
}
