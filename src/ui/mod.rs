//! Components: each reads a slice of the conversation and sends events, nothing else.

use crate::Conversation;
use leptos::prelude::*;

/// How the widget looks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appearance {
    /// Bubbles or rows.
    pub style: ChatStyle,
    /// Light, dark, or as the system says.
    pub theme: Theme,
    /// BCP 47, for `Intl`.
    pub locale: String,
}

/// Bubbles or rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChatStyle {
    /// Bubbles.
    Imessage,
    /// Rows.
    Discord,
}

/// Light or dark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// Light.
    Light,
    /// Dark.
    Dark,
    /// As the system says.
    System,
}

/// The widget.
#[component]
pub fn App(conversation: Conversation, appearance: Appearance) -> impl IntoView {
    let _ = appearance;
    view! { <p>{move || conversation.rows().with(Vec::len)}</p> }
}
