use chat_core::PageEvent;
use js_sys::{Function, Object, Promise, Reflect};
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
    let promise = promise.map_err(|_| Unreachable)?.dyn_into::<Promise>();
    let answer = JsFuture::from(promise.map_err(|_| Unreachable)?).await;
    Ok(answer.map_err(|_| Unreachable)?.as_string())
}

/// Tells the embedding page by a `CustomEvent` on the widget's element.
pub(super) fn emit(host: &HtmlElement, event: &PageEvent) {
    let detail = Object::new();
    let set = |key: &str, value: &str| {
        let _ = Reflect::set(&detail, &JsValue::from_str(key), &JsValue::from_str(value));
    };
    let name = match event {
        PageEvent::Ready => "ready",
        PageEvent::TokenRefreshed => "tokenRefreshed",
        PageEvent::TokenRefreshFailed => "tokenRefreshError",
        PageEvent::MessageSent {
            id,
            content,
            channel,
        } => {
            set("id", id);
            set("content", content);
            set("channelId", channel);
            "messageSent"
        }
    };
    let init = CustomEventInit::new();
    init.set_detail(&detail);
    if let Ok(event) = CustomEvent::new_with_event_init_dict(name, &init) {
        let _ = host.dispatch_event(&event);
    }
}
