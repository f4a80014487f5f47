use super::appearance::Appearance;
use super::dates::Dates;
use super::quick_reactions::Picking;
use crate::Conversation;
use leptos::prelude::*;
use markup::strings::{ENGLISH, Strings};
use web_sys::{Element, HtmlTextAreaElement};
use wire::MessageId;

/// What every component of one widget shares: the conversation, the language, and what the visitor is about to do.
/// A handle to copy freely.
#[derive(Clone, Copy)]
pub(super) struct Scene {
    pub conversation: Conversation,
    pub strings: &'static Strings,
    pub dates: Dates,
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
    /// Goes up whenever the list is to show the newest message.
    pub to_latest: RwSignal<u64>,
    /// Far enough from the newest message to offer the way back.
    pub away: RwSignal<bool>,
    /// Messages that came while the reader was elsewhere.
    pub unseen: RwSignal<u64>,
    /// What is said to those who listen.
    pub spoken: RwSignal<String>,
    /// What is shown in passing.
    pub note: RwSignal<String>,
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
            strings: &ENGLISH,
            dates: Dates::new(&appearance.locale),
            draft: RwSignal::new(String::new()),
            replying: RwSignal::new(None),
            field: StoredValue::new_local(None),
            picking: RwSignal::new(None),
            opener: StoredValue::new_local(None),
            to_latest: RwSignal::new(0),
            away: RwSignal::new(false),
            unseen: RwSignal::new(0),
            spoken: RwSignal::new(String::new()),
            note: RwSignal::new(String::new()),
        }
    }

    /// Whether the visitor may post. Tracks.
    pub fn can_post(&self) -> bool {
        let may = self.conversation.permissions();
        may.with(|may| may.as_ref().is_some_and(|may| may.can_post))
    }

    /// Whether the visitor may react and vote. Tracks.
    pub fn can_react(&self) -> bool {
        let may = self.conversation.permissions();
        may.with(|may| may.as_ref().is_some_and(|may| may.can_react))
    }

    /// The channel's name, once it is known. Tracks.
    pub fn channel_name(&self) -> Option<String> {
        let channel = self.conversation.channel();
        channel.with(|channel| {
            channel
                .as_ref()
                .map(|channel| channel.experience.name.clone())
        })
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
