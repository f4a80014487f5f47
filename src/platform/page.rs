use chat_core::{PageEvent, Row};
use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{CustomEvent, CustomEventInit, HtmlElement};

/// It may pass by itself: no network, no answer in time, a server that stumbled.
pub(super) struct Unreachable;

/// Asks the page who the visitor is; `None` where it doesn't say.
pub(super) async fn assertion(
    token: &Function,
    signal: web_sys::AbortSignal,
) -> Result<Option<String>, Unreachable> {
    let asked = Object::new();
    let _ = Reflect::set(&asked, &JsValue::from_str("abortSignal"), &signal);
    let promise = token.call1(&JsValue::UNDEFINED, &asked);
    // Libraries such as zone.js put another `Promise` into the page, of which a function's own is none.
    let promise = Promise::resolve(&promise.map_err(|_| Unreachable)?);
    let answer = JsFuture::from(promise).await;
    Ok(answer.map_err(|_| Unreachable)?.as_string())
}

/// Tells the embedding page by a `CustomEvent` on the widget's element.
pub(super) fn emit(host: &HtmlElement, event: &PageEvent) {
    let (name, detail) = match event {
        PageEvent::Ready => ("ready", Object::new()),
        PageEvent::TokenRefreshed => ("tokenRefreshed", Object::new()),
        PageEvent::TokenRefreshFailed => ("tokenRefreshError", Object::new()),
        PageEvent::Failed(code) => ("failed", object(&[("code", (*code).into())])),
        PageEvent::MessageDeleted { id } => ("messageDeleted", object(&[("id", (&**id).into())])),
        PageEvent::UnreadChanged { count, or_more } => (
            "unreadChanged",
            object(&[
                ("count", u32::try_from(*count).unwrap_or(u32::MAX).into()),
                ("orMore", (*or_more).into()),
            ]),
        ),
        PageEvent::MessagesRead { id } => ("messagesRead", object(&[("id", (&**id).into())])),
        PageEvent::MessageSent {
            id,
            content,
            channel,
        } => (
            "messageSent",
            object(&[
                ("id", id.as_str().into()),
                ("content", content.as_str().into()),
                ("channelId", channel.as_str().into()),
            ]),
        ),
    };
    let init = CustomEventInit::new();
    init.set_detail(&detail);
    if let Ok(event) = CustomEvent::new_with_event_init_dict(name, &init) {
        let _ = host.dispatch_event(&event);
    }
}

/// What a page may know of a message: `id`, `author` (a user's id) and `attachments`, each with `id`, `url`, `filename`,
/// `contentType`, `width` and `height`, where they are known.
pub fn message(row: &Row) -> JsValue {
    let attachments = row.attachments.iter().map(|file| {
        let text =
            |text: &Option<String>| text.as_deref().map_or(JsValue::UNDEFINED, JsValue::from);
        object(&[
            ("id", file.id.as_str().into()),
            ("url", text(&file.url)),
            ("filename", text(&file.filename)),
            ("contentType", text(&file.content_type)),
            ("width", file.width.into()),
            ("height", file.height.into()),
        ])
    });
    let id = row
        .message
        .as_ref()
        .map(|id| JsValue::from_str(id.as_str()));
    object(&[
        ("id", id.into()),
        ("author", row.author.id.as_str().into()),
        ("attachments", attachments.collect::<Array>().into()),
    ])
    .into()
}

fn object(fields: &[(&str, JsValue)]) -> Object {
    let object = Object::new();
    for (key, value) in fields {
        let _ = Reflect::set(&object, &JsValue::from_str(key), value);
    }
    object
}
