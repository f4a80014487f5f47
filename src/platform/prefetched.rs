use super::http::retry_after;
use chat_core::HttpOutcome;
use gloo_net::http::Headers;
use js_sys::{Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

/// What the loader asked for while the widget was on its way: of the page, who the visitor is, and of the server, the
/// first session.
pub struct Prefetched {
    settled: Option<JsValue>,
    promise: Promise,
}

impl Prefetched {
    /// From the loader's promise of an object, and from that object where it is there already. Its fields: `asserted`,
    /// the page's answer, null where it doesn't say; missing where it was not asked, or stumbled. `status`, `headers`,
    /// `body`: the server's answer; missing where it was not asked, or the answer was lost.
    pub fn new(promise: Promise, settled: Option<JsValue>) -> Self {
        Self { settled, promise }
    }

    /// What came of it, if that is known by now.
    pub(super) fn settled(&self) -> Option<First> {
        self.settled.clone().map(First)
    }

    /// What came of it. The loader gives up in time by itself.
    pub(super) async fn first(&self) -> First {
        let settled = JsFuture::from(self.promise.clone()).await;
        First(settled.unwrap_or_default())
    }
}

/// What the page said of who the visitor is: an assertion, or nothing.
pub(super) struct Asserted(pub Option<String>);

/// What came of the loader's questions.
pub(super) struct First(JsValue);

impl First {
    /// The page's answer; `None` where the page has to be asked again.
    pub fn asserted(&self) -> Option<Asserted> {
        let asserted = self.get("asserted");
        (!asserted.is_undefined()).then(|| Asserted(asserted.as_string()))
    }

    /// The server's answer.
    pub fn outcome(&self) -> HttpOutcome {
        let status = self.get("status").as_f64();
        let headers = self.get("headers").dyn_into::<web_sys::Headers>();
        match (status, self.get("body").as_string()) {
            #[allow(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a status is at most 599"
            )]
            (Some(status), Some(body)) => HttpOutcome::Answered {
                status: status as u16,
                body,
                retry_after_millis: headers
                    .ok()
                    .and_then(|headers| retry_after(&Headers::from_raw(headers))),
            },
            _ => HttpOutcome::Lost,
        }
    }

    fn get(&self, key: &str) -> JsValue {
        Reflect::get(&self.0, &JsValue::from_str(key)).unwrap_or_default()
    }
}
