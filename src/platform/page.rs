use super::http::fetch;
use chat_core::PageEvent;
use js_sys::{Object, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{CustomEvent, CustomEventInit, HtmlElement, RequestInit};

/// No network, no answer in time, or a server that stumbled: it may pass by itself.
pub(super) struct Unreachable;

/// Asks the creator's own backend who the visitor is: `{"token": "<assertion>"}`. `None` where it doesn't say.
pub(super) async fn assertion(
    address: &str,
    signal: web_sys::AbortSignal,
) -> Result<Option<String>, Unreachable> {
    let init = RequestInit::new();
    init.set_signal(Some(&signal));
    let answer = fetch(address, &init).await.map_err(|_| Unreachable)?;
    match answer.status {
        429 | 500.. => return Err(Unreachable),
        200..300 => {}
        _ => return Ok(None),
    }
    let body = wire::Value::parse(&answer.body);
    let token = body.as_ref().and_then(|body| body.get("token")?.as_str());
    Ok(token.map(str::to_owned))
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
