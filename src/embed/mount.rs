use super::options::Options;
use crate::Conversation;
use crate::platform::{Performer, Place, clock, letters, page};
use crate::ui::{self, Begun};
use chat_core::{Chat, Event};
use leptos::mount::{UnmountHandle, mount_to};
use leptos::prelude::*;
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::{HtmlElement, ShadowRoot, ShadowRootInit, ShadowRootMode};

/// A widget on a page. Dropping it, or [`Mounted::unmount`], takes it away with all that it started.
#[wasm_bindgen]
pub struct Mounted {
    root: ShadowRoot,
    view: Option<Box<dyn std::any::Any>>,
    conversation: Option<Conversation>,
    begun: Option<Begun>,
    performer: Option<Rc<Performer>>,
}

#[wasm_bindgen]
impl Mounted {
    /// What the page may know of the message in that row, as [`page::message`]; undefined where there is none.
    pub fn message(&self, row: f64) -> JsValue {
        let Some(conversation) = self.conversation else {
            return JsValue::UNDEFINED;
        };
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "rows are counted from 0, and never up to 2^53"
        )]
        let id = conversation.look(|chat: &Chat| chat.row_numbered(row as u64));
        id.flatten()
            .and_then(|id| conversation.row_now(id))
            .as_ref()
            .map_or(JsValue::UNDEFINED, page::message)
    }

    /// Shows that message, wherever it is in the channel.
    pub fn jump_to(&self, message: &str) {
        if let Some(conversation) = self.conversation {
            conversation.dispatch(Event::JumpedTo(message.into()));
        }
    }

    /// Draws all that is not needed to write. In a release it is in a module of its own, which must be there.
    pub fn complete(&self) {
        if let Some(begun) = self.begun {
            begun.complete();
        }
    }

    /// Takes the widget away: its nodes, requests, timers, listeners and socket.
    pub fn unmount(mut self) {
        self.clear();
    }
}

impl Mounted {
    fn clear(&mut self) {
        // The performer first: what is under way must not find a conversation that is gone.
        self.performer.take();
        self.view.take();
        self.root.replace_children_with_node_0();
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        self.clear();
    }
}

fn keep<State>(handle: UnmountHandle<State>) -> Box<dyn std::any::Any>
where
    State: Mountable + 'static,
{
    Box::new(handle)
}

/// Puts a widget into an element of the page. `options` are the loader's: `channel`, `origin`, `assertion`,
/// `token` (a function that answers a promise of an assertion, null where the page says nothing, and fails where it may say
/// later), `style`, `theme`, `locale`, `strings` (what the widget says, as `strings::catalogs::compact` writes it),
/// `direction` (`rtl` for a chrome that is mirrored), `post` (the message to begin with),
/// `emptyState` (`{image: {url, width, height}, title, description}`, instead of our words for a channel without messages), `first` (a promise of what the loader asked for
/// already, see [`crate::platform::Prefetched`]), `settled` (the same, once it is there), `emojiNames` (a function that
/// answers a promise of the names of all emoji). What the loader painted in the element's shadow root is taken over; the
/// style sheets are the loader's.
///
/// # Errors
/// An `Error` that says what is wrong with the options, or that the element can't have a shadow root.
#[wasm_bindgen]
pub fn mount(host: HtmlElement, options: &JsValue) -> Result<Mounted, JsValue> {
    let options = Options::read(options)?;
    let root = match host.shadow_root() {
        Some(root) => root,
        None => host.attach_shadow(&ShadowRootInit::new(ShadowRootMode::Open))?,
    };
    let container = container(&root)?;

    let page_can_assert = options.token.is_some();
    let performer = Performer::new(Place {
        host,
        origin: options.origin,
        token: options.token,
        prefetched: options.prefetched,
        emoji_names: options.emoji_names,
    });
    let core = chat_core::Options {
        channel: options.channel.into(),
        identity: options.identity,
        page_can_assert,
        utc_offset_minutes: clock::utc_offset_minutes(),
        fold: letters::fold,
    };
    let (appearance, message) = (options.appearance, options.message);
    let weak = Rc::downgrade(&performer);
    let started = Rc::clone(&performer);
    let place = container.clone();
    let made = Rc::new(Cell::new(None));
    let making = Rc::clone(&made);
    let begun = Rc::new(Cell::new(None));
    let begun_there = Rc::clone(&begun);
    let handle = mount_to(container, move || {
        let conversation = Conversation::new(core, move |conversation, effect| {
            if let Some(performer) = weak.upgrade() {
                performer.perform(conversation, effect);
            }
        });
        making.set(Some(conversation));
        started.watch(conversation);
        // Before anything is drawn: where the loader has the answer, the first thing to be seen is the conversation.
        conversation.dispatch(Event::Opened);
        if let Some(message) = &message {
            conversation.dispatch(Event::JumpedTo(message.as_str().into()));
        }
        begun_there.set(ui::begin(&place, conversation, &appearance));
    });
    Ok(Mounted {
        root,
        view: Some(keep(handle)),
        conversation: made.get(),
        begun: begun.get(),
        performer: Some(performer),
    })
}

/// Where the widget is drawn: where the loader has painted, or a new element that is alone in the root.
fn container(root: &ShadowRoot) -> Result<HtmlElement, JsValue> {
    if let Some(painted) = root.query_selector(".root")? {
        return Ok(painted.unchecked_into());
    }
    root.replace_children_with_node_0();
    let document = root.owner_document();
    let document = document.ok_or_else(|| JsError::new("whop-chat: no document"))?;
    let container: HtmlElement = document.create_element("div")?.unchecked_into();
    container.set_class_name("root");
    root.append_child(&container)?;
    Ok(container)
}
