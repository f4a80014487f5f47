use chat_core::PageEvent;
use gloo_net::http::Request;
use js_sys::{Object, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{CustomEvent, CustomEventInit, HtmlElement};

/// No network, no answer in time, or a server that stumbled: it may pass by itself.
pub(super) struct Unreachable;

/// Asks the creator's own backend who the visitor is: `{"token": "<assertion>"}`. `None` where it doesn't say.
pub(super) async fn assertion(
    address: &str,
    signal: web_sys::AbortSignal,
) -> Result<Option<String>, Unreachable> {
    let asked = Request::get(address).abort_signal(Some(&signal)).send();
    let response = asked.await.map_err(|_| Unreachable)?;
    if response.status() == 429 || response.status() >= 500 {
        return Err(Unreachable);
    }
    if !response.ok() {
        return Ok(None);
    }
    let body = response.text().await.map_err(|_| Unreachable)?;
    let body = wire::Value::parse(&body);
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
