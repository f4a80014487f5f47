use super::appearance::{Appearance, EmptyState};
use super::dates::Dates;
use super::later::Later;
use super::lightbox::Lightbox;
use super::list::Rows;
use super::quick_reactions::Picking;
use super::touch::Press;
use super::who_reacted::Asking;
use crate::Conversation;
use crate::conversation::Version;
use chat_core::RowId;
use leptos::prelude::*;
use leptos::reactive::owner::WeakOwner;
use markup::frame::Frame;
use strings::Strings;
use virtual_list::Length;
use web_sys::{Element, HtmlTextAreaElement};
use wire::MessageId;
use wire::rest::WhoCanReact;

/// What every component of one widget shares: the conversation, the language, and what the visitor is about to do.
/// A handle to copy freely.
#[derive(Clone, Copy)]
pub(super) struct Scene {
    pub conversation: Conversation,
    pub strings: &'static Strings,
    /// What the page wants a channel without messages to say.
    pub empty: StoredValue<EmptyState, LocalStorage>,
    pub dates: Dates,
    /// The frame, until more than the composer is drawn in it.
    pub undrawn: StoredValue<Option<Frame<Element>>, LocalStorage>,
    /// The first drawing is under way, which takes over what was painted before the widget came.
    pub taking_over: StoredValue<bool>,
    /// What stands in the composer.
    pub draft: RwSignal<String>,
    /// The message that the next one answers.
    pub replying: RwSignal<Option<Replying>>,
    /// The composer's field.
    pub field: StoredValue<Option<HtmlTextAreaElement>, LocalStorage>,
    /// The message that an emoji is being picked for.
    pub picking: RwSignal<Option<Picking>>,
    /// The button that opened the picker.
    pub opener: StoredValue<Option<Element>, LocalStorage>,
    /// The pictures that are being looked at.
    pub lightbox: StoredValue<Option<Lightbox>, LocalStorage>,
    /// The pill whose names are shown.
    pub asking: RwSignal<Option<Asking>>,
    /// The same pill's element.
    pub asking_pill: StoredValue<Option<Element>, LocalStorage>,
    /// Until the names are asked for.
    pub asking_timer: StoredValue<Option<TimeoutHandle>>,
    /// The finger that is down.
    pub press: StoredValue<Option<Press>>,
    /// Until the passing note is gone.
    pub note_timer: StoredValue<Option<TimeoutHandle>>,
    /// The bar is open where words are looked for.
    pub finding: RwSignal<bool>,
    /// Its field.
    pub find_field: StoredValue<Option<Element>, LocalStorage>,
    /// What it was opened from.
    pub find_opener: StoredValue<Option<Element>, LocalStorage>,
    /// What was read then.
    pub find_from: StoredValue<Option<(RowId, Length)>, LocalStorage>,
    /// Until what was written there is looked for.
    pub find_pause: Later,
    /// The list of pinned messages is open.
    pub pins_open: RwSignal<bool>,
    /// Owns what is made later, when somebody asks for it. Weak: it owns this, too.
    pub owner: StoredValue<WeakOwner>,
    /// The list's rows, while there is a list.
    pub rows: StoredValue<Option<Rows>, LocalStorage>,
    /// Goes up whenever the list is to show the newest message.
    pub to_latest: Version,
    /// How far the reader is from the last row.
    pub distance: RwSignal<Distance>,
    /// The row that the unread messages begin with. A signal of its own: every row that is drawn looks at it.
    pub divider: RwSignal<Option<RowId>>,
    /// Goes up every second while a time runs down in sight.
    pub second: Version,
    /// Until the second is over.
    pub next_second: Later,
    /// What is said to those who listen.
    pub spoken: RwSignal<String>,
    /// What is shown in passing.
    pub note: RwSignal<String>,
}

/// How far the reader is from the last row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Distance {
    /// It is in sight.
    None,
    /// It is near.
    Short,
    /// Far enough to offer the way back.
    Long,
}

/// A message that is being answered, as the composer quotes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Replying {
    pub message: MessageId,
    pub author: String,
    pub excerpt: String,
}

impl Scene {
    pub fn new(conversation: Conversation, appearance: &Appearance) -> Self {
        Self {
            conversation,
            strings: appearance.strings,
            dates: Dates::new(&appearance.locale),
            empty: StoredValue::new_local(appearance.empty.clone()),
            undrawn: StoredValue::new_local(None),
            taking_over: StoredValue::new(true),
            draft: RwSignal::new(String::new()),
            replying: RwSignal::new(None),
            field: StoredValue::new_local(None),
            picking: RwSignal::new(None),
            opener: StoredValue::new_local(None),
            lightbox: StoredValue::new_local(None),
            asking: RwSignal::new(None),
            asking_pill: StoredValue::new_local(None),
            asking_timer: StoredValue::new(None),
            press: StoredValue::new(None),
            note_timer: StoredValue::new(None),
            finding: RwSignal::new(false),
            find_field: StoredValue::new_local(None),
            find_opener: StoredValue::new_local(None),
            find_from: StoredValue::new_local(None),
            find_pause: Later::new(),
            pins_open: RwSignal::new(false),
            owner: StoredValue::new(Owner::current().unwrap_or_default().downgrade()),
            rows: StoredValue::new_local(None),
            to_latest: Version::new_local(0),
            distance: RwSignal::new(Distance::None),
            divider: RwSignal::new(None),
            second: Version::new_local(0),
            next_second: Later::new(),
            spoken: RwSignal::new(String::new()),
            note: RwSignal::new(String::new()),
        }
    }

    /// Whether the visitor may post. Tracks.
    pub fn can_post(&self) -> bool {
        let may = self.conversation.permissions();
        may.is_some_and(|may| may.can_post)
    }

    /// Whether the visitor may react and vote. Tracks.
    pub fn can_react(&self) -> bool {
        let may = self.conversation.permissions();
        may.is_some_and(|may| may.can_react)
    }

    /// Whether the visitor may delete others' messages. Tracks.
    pub fn can_moderate(&self) -> bool {
        let may = self.conversation.permissions();
        may.is_some_and(|may| may.can_moderate)
    }

    /// The channel's name, once it is known. Tracks.
    pub fn channel_name(&self) -> Option<String> {
        self.conversation
            .channel(|channel| channel.experience.name.clone())
    }

    /// Why the visitor may not react.
    pub fn why_not_react(&self) -> &'static str {
        let who = untrack(|| {
            self.conversation
                .channel(|channel| channel.who_can_react.clone())
        });
        match who {
            Some(WhoCanReact::NoOne) => self.strings.no_one_reacts(),
            Some(WhoCanReact::Admins | WhoCanReact::ProductOwners) => {
                self.strings.only_admins_react()
            }
            _ => self.strings.may_not_react(),
        }
    }

    /// Puts the caret into the composer.
    pub fn focus_field(&self) {
        self.field.with_value(|field| {
            if let Some(field) = field {
                let _ = field.focus();
            }
        });
    }
}
