use crate::platform::clock;
use chat_core::{
    Announcement, Changes, Chat, ConnectionStatus, Effect, Event, Older, Options, Row, RowId,
    Status,
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
    rows: Local<Vec<RowId>>,
    status: Local<Status>,
    connection: Local<ConnectionStatus>,
    older: Local<Older>,
    channel: Local<Option<ChatChannel>>,
    permissions: Local<Option<Permissions>>,
    viewer: Local<Option<UserReference>>,
    announcement: Local<Option<Announcement>>,
}

struct State {
    chat: RefCell<Chat>,
    perform: Box<Perform>,
    /// Owns the rows' signals, which must not go with the component that asked for them first.
    owner: Owner,
    rows: RefCell<LiteMap<RowId, Local<Option<Rc<Row>>>>>,
    /// Signals of removed rows. Their components may still look at them until the list is drawn anew.
    retired: RefCell<Vec<Local<Option<Rc<Row>>>>>,
    /// Events that came while another was being handled.
    waiting: RefCell<VecDeque<Event>>,
    busy: Cell<bool>,
}

impl Conversation {
    /// A conversation that nothing has happened to yet. `perform` does what the core asks; it may dispatch events at
    /// once or later.
    pub fn new(options: Options, perform: impl Fn(&Self, Effect) + 'static) -> Self {
        let chat = Chat::new(options);
        Self {
            rows: RwSignal::new_local(Vec::new()),
            status: RwSignal::new_local(chat.status().clone()),
            connection: RwSignal::new_local(chat.connection()),
            older: RwSignal::new_local(chat.older()),
            channel: RwSignal::new_local(None),
            permissions: RwSignal::new_local(None),
            viewer: RwSignal::new_local(None),
            announcement: RwSignal::new_local(None),
            state: StoredValue::new_local(Rc::new(State {
                chat: RefCell::new(chat),
                perform: Box::new(perform),
                owner: Owner::new(),
                rows: RefCell::default(),
                retired: RefCell::default(),
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
            self.show(&state, &changes);
            for effect in effects {
                if let Effect::Announce(announcement) = effect {
                    self.announcement.set(Some(announcement));
                } else {
                    (state.perform)(self, effect);
                }
            }
        }
        state.busy.set(false);
    }

    /// Fires the signals of what changed, and no other.
    fn show(&self, state: &State, changes: &Changes) {
        let chat = state.chat.borrow();
        for id in &changes.rows {
            let signal = state.rows.borrow().get(id).copied();
            if let Some(signal) = signal {
                signal.set(chat.row(*id).map(Rc::new));
            }
        }
        if changes.order {
            for signal in state.retired.take() {
                signal.dispose();
            }
            let ids = chat.rows();
            let mut signals = state.rows.borrow_mut();
            let mut sorted = ids.clone();
            sorted.sort_unstable();
            signals.retain(|id, signal| {
                let stays = sorted.binary_search(id).is_ok();
                if !stays {
                    state.retired.borrow_mut().push(*signal);
                }
                stays
            });
            self.rows.set(ids);
        }
        if changes.status {
            self.status.set(chat.status().clone());
        }
        if changes.connection {
            self.connection.set(chat.connection());
        }
        if changes.older {
            self.older.set(chat.older());
        }
        if changes.channel {
            self.channel.set(chat.channel().cloned());
            self.permissions.set(chat.permissions().cloned());
            self.viewer.set(chat.viewer().cloned());
        }
    }

    /// The rows, oldest first.
    pub fn rows(&self) -> Read<Vec<RowId>> {
        self.rows.read_only()
    }

    /// A row as it is drawn. Fires when that row changes, and for no other.
    pub fn row(&self, id: RowId) -> Read<Option<Rc<Row>>> {
        let state = self.state.get_value();
        let mut rows = state.rows.borrow_mut();
        let signal = rows.entry(id).or_insert_with(|| {
            let row = state.chat.borrow().row(id).map(Rc::new);
            state.owner.with(|| RwSignal::new_local(row))
        });
        signal.read_only()
    }

    /// How far the widget has come.
    pub fn status(&self) -> Read<Status> {
        self.status.read_only()
    }

    /// How live the conversation is.
    pub fn connection(&self) -> Read<ConnectionStatus> {
        self.connection.read_only()
    }

    /// What lies before the first row.
    pub fn older(&self) -> Read<Older> {
        self.older.read_only()
    }

    /// The channel, once it is known.
    pub fn channel(&self) -> Read<Option<ChatChannel>> {
        self.channel.read_only()
    }

    /// What the visitor may do, once it is known.
    pub fn permissions(&self) -> Read<Option<Permissions>> {
        self.permissions.read_only()
    }

    /// Who the visitor is, once it is known.
    pub fn viewer(&self) -> Read<Option<UserReference>> {
        self.viewer.read_only()
    }

    /// What was last said to those who listen rather than look.
    pub fn announcement(&self) -> Read<Option<Announcement>> {
        self.announcement.read_only()
    }
}
