use super::appearance::Appearance;
use super::dates::Dates;
use super::quick_reactions::Picking;
use super::strings::{ENGLISH, Strings};
use crate::Conversation;
use leptos::html;
use leptos::prelude::*;
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
    pub field: NodeRef<html::Textarea>,
    /// The message that an emoji is being picked for.
    pub picking: RwSignal<Option<Picking>>,
    /// The button that opened the picker.
    pub opener: StoredValue<Option<web_sys::Element>, LocalStorage>,
    /// Goes up whenever the list is to show the newest message.
    pub to_latest: RwSignal<u32>,
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
            field: NodeRef::new(),
            picking: RwSignal::new(None),
            opener: StoredValue::new_local(None),
            to_latest: RwSignal::new(0),
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

    /// Puts the caret into the composer.
    pub fn focus_field(&self) {
        if let Some(field) = self.field.get_untracked() {
            let _ = field.focus();
        }
    }
}
