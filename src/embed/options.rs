use crate::platform::Prefetched;
use crate::ui::{self, Appearance, ChatStyle, EmptyState, Theme};
use chat_core::Identity;
use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::prelude::*;

/// What the loader says about a widget.
pub(super) struct Options {
    pub channel: String,
    pub origin: String,
    pub identity: Identity,
    /// Answers a promise of who the visitor is, as the page says it.
    pub token: Option<Function>,
    pub appearance: Appearance,
    /// The message to begin with.
    pub message: Option<String>,
    pub prefetched: Option<Prefetched>,
    pub emoji_names: Option<Function>,
}

impl Options {
    /// Reads the loader's object. Its `channel` and `origin` must be there.
    pub fn read(object: &JsValue) -> Result<Self, JsValue> {
        let text = |key: &str| {
            let value = Reflect::get(object, &JsValue::from_str(key)).ok()?;
            value.as_string().filter(|text| !text.is_empty())
        };
        let required = |key: &str| -> Result<String, JsValue> {
            text(key).ok_or_else(|| JsError::new(&["whop-chat: no ", key].concat()).into())
        };
        let get = |key: &str| Reflect::get(object, &JsValue::from_str(key)).ok();
        let function =
            |key: &str| get(key).and_then(|function| function.dyn_into::<Function>().ok());
        let token = function("token");
        let locale = text("locale").unwrap_or_default();
        let strings = ui::read_strings(&required("strings")?, &locale);
        let strings = strings.ok_or_else(|| JsError::new("whop-chat: strings of another build"))?;
        let identity = match text("assertion") {
            Some(assertion) => Identity::Assertion(assertion),
            None if token.is_some() => Identity::Page,
            None => Identity::Whop,
        };
        Ok(Self {
            channel: required("channel")?,
            origin: required("origin")?,
            identity,
            token,
            appearance: Appearance {
                style: match text("style").as_deref() {
                    Some("discord") => ChatStyle::Discord,
                    _ => ChatStyle::Imessage,
                },
                theme: match text("theme").as_deref() {
                    Some("light") => Theme::Light,
                    Some("dark") => Theme::Dark,
                    _ => Theme::System,
                },
                is_rtl: text("direction").as_deref() == Some("rtl"),
                strings,
                locale,
                empty: empty_state(&get("emptyState").unwrap_or_default()),
            },
            message: text("post"),
            prefetched: get("first")
                .filter(|promise| !promise.is_undefined())
                .map(|promise| {
                    let settled = get("settled").filter(|settled| !settled.is_undefined());
                    Prefetched::new(Promise::resolve(&promise), settled)
                }),
            emoji_names: function("emojiNames"),
        })
    }
}

/// Reads what the page wants a channel without messages to say; what isn't there is ours.
fn empty_state(state: &JsValue) -> EmptyState {
    let get = |object: &JsValue, key: &str| {
        let value = Reflect::get(object, &JsValue::from_str(key)).unwrap_or_default();
        (!value.is_falsy()).then_some(value)
    };
    let text = |object: &JsValue, key: &str| get(object, key)?.as_string();
    let image = get(state, "image").unwrap_or_default();
    let length = |key: &str| {
        let number = get(&image, key)?.as_f64()?;
        js_sys::Number::from(number)
            .to_string_with_radix(10)
            .ok()
            .map(Into::into)
    };
    EmptyState {
        picture: text(&image, "url"),
        size: (length("width"), length("height")),
        title: text(state, "title"),
        description: text(state, "description"),
    }
}
