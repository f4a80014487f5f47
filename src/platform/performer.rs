use super::http::{self, UnderWay};
use super::listener::Listener;
use super::page::{self, Unreachable};
use super::prefetched::{Asserted, Prefetched};
use super::socket::Socket;
use super::storage;
use super::timer::Running;
use crate::Conversation;
use chat_core::{Effect, Event, HttpRequest, RequestId, SocketEvent, SocketId, Timer};
use js_sys::{Function, Promise};
use litemap::LiteMap;
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::HtmlElement;

/// Where a widget is, and what it may ask there.
pub struct Place {
    /// The element that the page gave to the widget.
    pub host: HtmlElement,
    /// The origin that serves `POST /session`, such as `https://chat.example`.
    pub origin: String,
    /// Answers a promise of who the visitor is, as the page says it.
    pub token: Option<Function>,
    /// What the loader asked for already.
    pub prefetched: Option<Prefetched>,
    /// Answers a promise of the names of all emoji, as a text.
    pub emoji_names: Option<Function>,
}

/// Does what one conversation's core asks. Dropping it ends all that is under way.
pub struct Performer {
    this: Weak<Performer>,
    place: Place,
    prefetched: RefCell<Option<Prefetched>>,
    requests: RefCell<LiteMap<RequestId, UnderWay>>,
    /// The present question, and its number.
    asking_page: RefCell<(u32, Option<UnderWay>)>,
    timers: RefCell<LiteMap<Timer, Running>>,
    socket: RefCell<Option<(SocketId, Socket)>>,
    listeners: RefCell<Vec<Listener>>,
}

impl Performer {
    /// A performer for a widget at a place.
    pub fn new(mut place: Place) -> Rc<Self> {
        let prefetched = RefCell::new(place.prefetched.take());
        Rc::new_cyclic(|this| Self {
            this: this.clone(),
            place,
            prefetched,
            requests: RefCell::default(),
            asking_page: RefCell::default(),
            timers: RefCell::default(),
            socket: RefCell::default(),
            listeners: RefCell::default(),
        })
    }

    /// Tells the conversation of the network and of the page's sleep (T11).
    pub fn watch(&self, conversation: Conversation) {
        let Some(window) = web_sys::window() else {
            return;
        };
        let resumed = move |_| conversation.dispatch(Event::Resumed);
        let mut listeners = self.listeners.borrow_mut();
        listeners.push(Listener::new(window.clone(), "online", resumed));
        listeners.push(Listener::new(window.clone(), "pageshow", resumed));
        listeners.push(Listener::new(window.clone(), "offline", move |_| {
            conversation.dispatch(Event::WentOffline);
        }));
        listeners.push(Listener::new(window.clone(), "blur", move |_| {
            conversation.dispatch(Event::StoppedReading);
        }));
        for deed in ["pointerdown", "keydown", "wheel"] {
            let used = Cell::new(false);
            listeners.push(Listener::new(self.place.host.clone(), deed, move |_| {
                if !used.replace(true) {
                    conversation.dispatch(Event::Used);
                }
            }));
        }
        if let Some(document) = window.document() {
            listeners.push(Listener::new(
                document.clone(),
                "visibilitychange",
                move |_| {
                    let visible = document.visibility_state() == web_sys::VisibilityState::Visible;
                    conversation.dispatch(Event::PageShown(visible));
                    conversation.dispatch(if visible {
                        Event::Resumed
                    } else {
                        Event::StoppedReading
                    });
                },
            ));
        }
    }

    /// Does one thing. What comes of it is dispatched to the conversation.
    pub fn perform(&self, conversation: &Conversation, effect: Effect) {
        let conversation = *conversation;
        match effect {
            Effect::Http(id, request) => self.request(id, request, conversation),
            Effect::OpenSocket {
                socket,
                path,
                protocols,
            } => {
                self.open_socket(socket, &path, &protocols, conversation);
            }
            Effect::SendFrame(id, text) => {
                if let Some((current, socket)) = &*self.socket.borrow()
                    && *current == id
                {
                    socket.send(&text);
                }
            }
            Effect::CloseSocket(id) => {
                let is_current = self
                    .socket
                    .borrow()
                    .as_ref()
                    .is_some_and(|(current, _)| *current == id);
                if is_current {
                    self.socket.take();
                }
            }
            Effect::SetTimer(timer, after) => {
                let run = move || conversation.dispatch(Event::Elapsed(timer));
                if let Some(running) = Running::new(after, run) {
                    self.timers.borrow_mut().insert(timer, running);
                }
            }
            Effect::CancelTimer(timer) => {
                self.timers.borrow_mut().remove(&timer);
            }
            Effect::LoadEmojiNames => self.load_emoji_names(conversation),
            Effect::AskPageForAssertion => self.ask_page(conversation),
            Effect::Store { key, value } => storage::store(&key, &value),
            Effect::Restore(key) => {
                let value = storage::restore(&key);
                conversation.dispatch(Event::Restored { key, value });
            }
            Effect::Emit(event) => page::emit(&self.place.host, &event),
            // Shown by the components.
            Effect::Announce(_) => {}
        }
    }

    fn request(&self, id: RequestId, request: HttpRequest, conversation: Conversation) {
        let prefetched = (request.path == "/session")
            .then(|| self.prefetched.take())
            .flatten();
        // At once, so that the first thing that is drawn is the conversation.
        if let Some(first) = prefetched.as_ref().and_then(Prefetched::settled) {
            return conversation.dispatch(Event::Http(id, first.outcome()));
        }
        let Ok(under_way) = UnderWay::new() else {
            return;
        };
        let signal = under_way.signal();
        self.requests.borrow_mut().insert(id, under_way);
        let origin = self.place.origin.clone();
        let this = self.this.clone();
        spawn_local(async move {
            let outcome = match prefetched {
                Some(prefetched) => prefetched.first().await.outcome(),
                None => http::perform(&origin, request, signal).await,
            };
            // Where the performer is gone, nobody waits for this.
            let Some(this) = this.upgrade() else { return };
            this.requests.borrow_mut().remove(&id);
            conversation.dispatch(Event::Http(id, outcome));
        });
    }

    fn load_emoji_names(&self, conversation: Conversation) {
        let load = self.place.emoji_names.as_ref();
        let names = load.and_then(|load| load.call0(&JsValue::UNDEFINED).ok());
        let this = self.this.clone();
        spawn_local(async move {
            let names = match names {
                Some(names) => JsFuture::from(Promise::resolve(&names)).await.ok(),
                None => None,
            };
            if this.upgrade().is_some() {
                let table = names.and_then(|names| names.as_string());
                conversation.dispatch(Event::EmojiNames(table));
            }
        });
    }

    fn open_socket(
        &self,
        id: SocketId,
        path: &str,
        protocols: &[String],
        conversation: Conversation,
    ) {
        // The old one closes before the new one opens (T4).
        self.socket.take();
        let tell = move |event| conversation.dispatch(Event::Socket(id, event));
        match Socket::open(&self.place.origin, path, protocols, tell) {
            Ok(socket) => {
                self.socket.replace(Some((id, socket)));
            }
            Err(_) => conversation.dispatch(Event::Socket(id, SocketEvent::Closed { code: 1006 })),
        }
    }

    fn ask_page(&self, conversation: Conversation) {
        let Some(token) = self.place.token.clone() else {
            return conversation.dispatch(Event::PageAsserted(None));
        };
        let prefetched = self.prefetched.take();
        let settled = prefetched.as_ref().and_then(Prefetched::settled);
        if let Some(Asserted(asserted)) = settled.and_then(|first| first.asserted()) {
            return self.page_answered(asserted, prefetched, conversation);
        }
        let Ok(under_way) = UnderWay::new() else {
            return;
        };
        let signal = under_way.signal();
        let number = self.asking_page.borrow().0.wrapping_add(1);
        self.asking_page.replace((number, Some(under_way)));
        let this = self.this.clone();
        spawn_local(async move {
            let asserted = match &prefetched {
                Some(prefetched) => prefetched.first().await.asserted(),
                None => None,
            };
            let answer = match asserted {
                Some(Asserted(asserted)) => Ok((asserted, prefetched)),
                None => page::assertion(&token, signal)
                    .await
                    .map(|asserted| (asserted, None)),
            };
            let Some(this) = this.upgrade() else { return };
            // An earlier question was aborted by a later one, which is still to be answered.
            if this.asking_page.borrow().0 != number {
                return;
            }
            this.asking_page.borrow_mut().1.take();
            match answer {
                Ok((asserted, session)) => this.page_answered(asserted, session, conversation),
                Err(Unreachable) => conversation.dispatch(Event::PageUnreachable),
            }
        });
    }

    /// `session`: what the loader made of that very assertion.
    fn page_answered(
        &self,
        asserted: Option<String>,
        session: Option<Prefetched>,
        conversation: Conversation,
    ) {
        self.prefetched.replace(session);
        conversation.dispatch(Event::PageAsserted(asserted));
    }
}
