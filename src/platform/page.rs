use chat_core::PageEvent;
use gloo_net::http::Request;
use js_sys::{Object, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{CustomEvent, CustomEventInit, HtmlElement};

/// Asks the creator's own backend who the visitor is: `{"token": "<assertion>"}`.
pub(super) async fn assertion(address: &str, signal: web_sys::AbortSignal) -> Option<String> {
    let response = Request::get(address)
        .abort_signal(Some(&signal))
        .send()
        .await
        .ok()?;
    if !response.ok() {
        return None;
    }
    let body: serde_json::Value = serde_json::from_str(&response.text().await.ok()?).ok()?;
    Some(body.get("token")?.as_str()?.to_owned())
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
