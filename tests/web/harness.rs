//! A widget on a page of its own, with a recorder where the network would be.

use super::fixture;
use chat_core::{
    Effect, Event, HttpOutcome, HttpRequest, Identity, Options, RequestId, SocketEvent, SocketId,
};
use leptos::mount::mount_to;
use leptos::prelude::*;
use serde_json::Value;
use std::any::Any;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Element, EventInit, HtmlElement, HtmlTextAreaElement, KeyboardEvent, KeyboardEventInit,
    ShadowRoot, ShadowRootInit, ShadowRootMode,
};
use whop_chat::Conversation;
use whop_chat::platform::letters;
use whop_chat::ui::{self, Appearance, ChatStyle, EmptyState, Theme};

/// Frames that a condition is waited for.
const PATIENCE: u32 = 300;

const STYLE: [(&str, &str); 19] = [
    ("tokens", include_str!("../../style/tokens.css")),
    ("frame", include_str!("../../style/frame.css")),
    ("controls", include_str!("../../style/controls.css")),
    ("status", include_str!("../../style/status.css")),
    ("list", include_str!("../../style/list.css")),
    ("message", include_str!("../../style/message.css")),
    (
        "message-imessage",
        include_str!("../../style/message-imessage.css"),
    ),
    (
        "message-discord",
        include_str!("../../style/message-discord.css"),
    ),
    ("text", include_str!("../../style/text.css")),
    ("reactions", include_str!("../../style/reactions.css")),
    ("poll", include_str!("../../style/poll.css")),
    ("attachments", include_str!("../../style/attachments.css")),
    ("cards", include_str!("../../style/cards.css")),
    ("lightbox", include_str!("../../style/lightbox.css")),
    ("pinned", include_str!("../../style/pinned.css")),
    ("find", include_str!("../../style/find.css")),
    ("composer", include_str!("../../style/composer.css")),
    ("direction", include_str!("../../style/direction.css")),
    ("preferences", include_str!("../../style/preferences.css")),
];

/// What the widget says in a language, as the loader hands it over.
pub fn speaking(language: &str) -> &'static strings::Strings {
    let catalog = strings::catalogs::LANGUAGES
        .iter()
        .find(|(code, _)| *code == language);
    let text = strings::catalogs::compact(language, catalog.unwrap().1).unwrap();
    ui::read_strings(&text, language).unwrap()
}

pub struct Widget {
    pub host: HtmlElement,
    pub root: ShadowRoot,
    pub conversation: Conversation,
    effects: Rc<RefCell<Vec<Effect>>>,
    handle: Option<Box<dyn Any>>,
    /// What was thrown into the page by a listener, which no test would notice otherwise.
    thrown: Rc<RefCell<Vec<String>>>,
    listener: Closure<dyn FnMut(web_sys::ErrorEvent)>,
}

impl Widget {
    /// Mounted, and waiting for its session.
    pub fn mount() -> Self {
        Self::mount_with(Appearance {
            style: ChatStyle::Imessage,
            theme: Theme::Light,
            strings: speaking("en"),
            is_rtl: false,
            locale: "en".to_owned(),
            empty: EmptyState::default(),
        })
    }

    pub fn mount_with(appearance: Appearance) -> Self {
        Self::mount_remembering(appearance, None)
    }

    /// In a browser that remembers this of how far the visitor has read.
    pub fn mount_remembering(appearance: Appearance, mark: Option<String>) -> Self {
        let document = document();
        let host: HtmlElement = document.create_element("div").unwrap().unchecked_into();
        host.style().set_property("height", "600px").unwrap();
        host.style().set_property("width", "480px").unwrap();
        document.body().unwrap().append_child(&host).unwrap();
        let root = host
            .attach_shadow(&ShadowRootInit::new(ShadowRootMode::Open))
            .unwrap();
        let style = document.create_element("style").unwrap();
        let css: Vec<&str> = STYLE.iter().map(|(_, text)| *text).collect();
        style.set_text_content(Some(&css.concat()));
        root.append_child(&style).unwrap();
        let container: HtmlElement = document.create_element("div").unwrap().unchecked_into();
        container.set_class_name("root");
        root.append_child(&container).unwrap();

        let thrown = Rc::new(RefCell::new(Vec::new()));
        let errors = Rc::clone(&thrown);
        let listener = Closure::new(move |event: web_sys::ErrorEvent| {
            // The browser's note that it measures again in the next frame is no error.
            if !event.message().starts_with("ResizeObserver loop") {
                errors.borrow_mut().push(event.message());
            }
        });
        window()
            .add_event_listener_with_callback("error", listener.as_ref().unchecked_ref())
            .unwrap();
        let effects = Rc::new(RefCell::new(Vec::new()));
        let recorder = Rc::clone(&effects);
        let made = Rc::new(RefCell::new(None));
        let place = Rc::clone(&made);
        let inside = container.clone();
        let handle = mount_to(container, move || {
            let options = Options {
                channel: fixture::CHANNEL.into(),
                identity: Identity::Whop,
                page_can_assert: false,
                utc_offset_minutes: 0,
                fold: letters::fold,
            };
            let conversation =
                Conversation::new(options, move |conversation, effect| match effect {
                    Effect::Restore(key) => {
                        let value = mark.clone();
                        conversation.dispatch(Event::Restored { key, value });
                    }
                    effect => recorder.borrow_mut().push(effect),
                });
            *place.borrow_mut() = Some(conversation);
            conversation.dispatch(Event::Opened);
            ui::draw(&inside, conversation, &appearance);
        });
        let conversation = made.borrow_mut().take().expect("mounted");
        Self {
            host,
            root,
            conversation,
            effects,
            handle: Some(Box::new(handle)),
            thrown,
            listener,
        }
    }

    /// Live, with these messages (newest first).
    pub async fn live(messages: &[Value], cursor: Option<&str>) -> Self {
        let widget = Self::mount();
        widget.go_live(&fixture::session(messages, cursor)).await;
        widget
    }

    /// Answers the session, opens the socket and fills the first gap.
    pub async fn go_live(&self, session: &Value) {
        self.answer("POST", "/session", 200, session);
        self.conversation
            .dispatch(Event::Socket(self.socket(), SocketEvent::Opened));
        self.answer("GET", "/messages", 200, &session["messages"]);
        frame().await;
        frame().await;
    }

    fn socket(&self) -> SocketId {
        let effects = self.effects.borrow();
        let opened = effects.iter().rev().find_map(|effect| match effect {
            Effect::OpenSocket { socket, .. } => Some(*socket),
            _ => None,
        });
        opened.expect("a socket was asked for")
    }

    pub fn receive(&self, frame: &Value) {
        let event = SocketEvent::Received(frame.to_string());
        self.conversation
            .dispatch(Event::Socket(self.socket(), event));
    }

    /// The requests that were not answered yet.
    pub fn requests(&self, method: &str, path: &str) -> Vec<HttpRequest> {
        let effects = self.effects.borrow();
        let requests = effects.iter().filter_map(|effect| match effect {
            Effect::Http(_, request) if is_of(request, method, path) => Some(request.clone()),
            _ => None,
        });
        requests.collect()
    }

    /// Answers the oldest unanswered request of that kind, and says what it was.
    pub fn answer(&self, method: &str, path: &str, status: u16, body: &Value) -> HttpRequest {
        let (id, request) = self.take(method, path);
        let outcome = HttpOutcome::Answered {
            status,
            body: body.to_string(),
            retry_after_millis: None,
        };
        self.conversation.dispatch(Event::Http(id, outcome));
        request
    }

    fn take(&self, method: &str, path: &str) -> (RequestId, HttpRequest) {
        let mut effects = self.effects.borrow_mut();
        let at = effects
            .iter()
            .position(
                |effect| matches!(effect, Effect::Http(_, request) if is_of(request, method, path)),
            )
            .unwrap_or_else(|| panic!("no {method} {path} among {effects:?}"));
        match effects.remove(at) {
            Effect::Http(id, request) => (id, request),
            _ => unreachable!("found as one"),
        }
    }

    pub fn unmount(&mut self) {
        self.handle.take();
    }

    pub fn find(&self, selector: &str) -> Element {
        self.try_find(selector)
            .unwrap_or_else(|| panic!("no {selector}"))
    }

    pub fn try_find(&self, selector: &str) -> Option<Element> {
        self.root.query_selector(selector).unwrap()
    }

    pub fn count(&self, selector: &str) -> u32 {
        self.root.query_selector_all(selector).unwrap().length()
    }

    /// The row that shows this text.
    pub fn row(&self, text: &str) -> Element {
        let rows = self.root.query_selector_all(".item").unwrap();
        (0..rows.length())
            .filter_map(|index| rows.item(index))
            .map(JsCast::unchecked_into::<Element>)
            .find(|row| {
                let content = row.query_selector(".text").unwrap();
                content.is_some_and(|content| content.text_content().unwrap().trim() == text)
            })
            .unwrap_or_else(|| panic!("no row {text:?}"))
    }

    /// The rows that are in the document, oldest first.
    pub fn items(&self) -> Vec<Element> {
        let rows = self.root.query_selector_all(".item").unwrap();
        (0..rows.length())
            .filter_map(|index| rows.item(index))
            .map(JsCast::unchecked_into)
            .collect()
    }

    /// What they say.
    pub fn texts(&self) -> Vec<String> {
        let items = self.items();
        let texts = items.iter().map(|row| {
            let text = row.query_selector(".text").unwrap().unwrap();
            text.text_content().unwrap()
        });
        texts.collect()
    }

    /// The last of them.
    pub fn newest(&self) -> Element {
        self.find(".rows > :last-child")
    }

    pub fn scroller(&self) -> HtmlElement {
        self.find(".scroller").unchecked_into()
    }

    pub fn field(&self) -> HtmlTextAreaElement {
        self.find("textarea").unchecked_into()
    }

    /// Writes into the composer as a visitor does.
    pub fn write(&self, text: &str) {
        let field = self.field();
        field.focus().unwrap();
        field.set_value(text);
        let init = EventInit::new();
        init.set_bubbles(true);
        let event = web_sys::Event::new_with_event_init_dict("input", &init).unwrap();
        field.dispatch_event(&event).unwrap();
    }

    pub fn focused(&self) -> Option<Element> {
        self.root.active_element()
    }
}

impl Drop for Widget {
    fn drop(&mut self) {
        self.unmount();
        self.host.remove();
        window()
            .remove_event_listener_with_callback("error", self.listener.as_ref().unchecked_ref())
            .unwrap();
        let thrown = self.thrown.take();
        assert!(thrown.is_empty(), "thrown into the page: {thrown:?}");
    }
}

fn is_of(request: &HttpRequest, method: &str, path: &str) -> bool {
    request.method.as_str() == method && request.path.contains(path)
}

pub fn click(element: &Element) {
    element.unchecked_ref::<HtmlElement>().click();
}

/// A key as the browser tells it. Whether anybody prevented what it does by itself.
pub fn press(element: &Element, key: &str, change: impl FnOnce(&KeyboardEventInit)) -> bool {
    let init = KeyboardEventInit::new();
    init.set_key(key);
    init.set_bubbles(true);
    init.set_composed(true);
    init.set_cancelable(true);
    change(&init);
    let event = KeyboardEvent::new_with_keyboard_event_init_dict("keydown", &init).unwrap();
    !element.dispatch_event(&event).unwrap()
}

/// The next frame, painted.
pub async fn frame() {
    let promise = js_sys::Promise::new(&mut |resolve, _| {
        let window = web_sys::window().unwrap();
        let then = Closure::once_into_js(move || {
            let channel = Closure::once_into_js(move || resolve.call0(&JsValue::NULL));
            web_sys::window()
                .unwrap()
                .set_timeout_with_callback_and_timeout_and_arguments_0(channel.unchecked_ref(), 0)
                .unwrap();
        });
        window
            .request_animation_frame(then.unchecked_ref())
            .unwrap();
    });
    JsFuture::from(promise).await.unwrap();
}

/// The next frame, before it is painted: what is measured now is what observers of the layout have not mended yet.
pub async fn before_paint() {
    let promise = js_sys::Promise::new(&mut |resolve, _| {
        web_sys::window()
            .unwrap()
            .request_animation_frame(&resolve)
            .unwrap();
    });
    JsFuture::from(promise).await.unwrap();
}

/// Waits until it is so, frame by frame.
pub async fn until(what: &str, condition: impl Fn() -> bool) {
    for _ in 0..PATIENCE {
        if condition() {
            return;
        }
        frame().await;
    }
    panic!("never: {what}");
}

/// Every file of the style sheet is in these tests, in order.
#[wasm_bindgen_test::wasm_bindgen_test]
fn the_style_sheet_is_the_real_one() {
    let index = include_str!("../../style/index.css");
    let named: Vec<&str> = index
        .lines()
        .filter_map(|line| line.strip_prefix("@import \"./")?.strip_suffix(".css\";"))
        .collect();
    let known: Vec<&str> = STYLE.iter().map(|(name, _)| *name).collect();
    assert_eq!(named, known);
}
