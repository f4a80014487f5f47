use super::timer::Running;
use chat_core::{HttpOutcome, HttpRequest, Method};
use gloo_net::http::{Headers, RequestBuilder, Response};
use js_sys::Number;
use wasm_bindgen::JsValue;
use web_sys::{AbortController, RequestCredentials};

/// After that the answer counts as lost.
const TIMEOUT_MILLIS: u32 = 20_000;

/// A request that is aborted when this is dropped.
pub(super) struct UnderWay {
    controller: AbortController,
    _timeout: Option<Running>,
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.controller.abort();
    }
}

impl UnderWay {
    pub fn new() -> Result<Self, JsValue> {
        let controller = AbortController::new()?;
        let abort = controller.clone();
        let timeout = Running::new(TIMEOUT_MILLIS, move || abort.abort());
        Ok(Self {
            controller,
            _timeout: timeout,
        })
    }

    pub fn signal(&self) -> web_sys::AbortSignal {
        self.controller.signal()
    }
}

/// Performs a request on an origin.
pub(super) async fn perform(
    origin: &str,
    request: HttpRequest,
    signal: web_sys::AbortSignal,
) -> HttpOutcome {
    let url = format!("{origin}{}", request.path);
    let method = match request.method {
        Method::Get => gloo_net::http::Method::GET,
        Method::Post => gloo_net::http::Method::POST,
        Method::Patch => gloo_net::http::Method::PATCH,
        Method::Delete => gloo_net::http::Method::DELETE,
    };
    // The visitor is known by token; where they have signed in with Whop, the session by a cookie (ADR 0014).
    let credentials = if request.path == "/session" {
        RequestCredentials::Include
    } else {
        RequestCredentials::SameOrigin
    };
    let mut builder = RequestBuilder::new(&url)
        .method(method)
        .abort_signal(Some(&signal))
        .credentials(credentials);
    if let Some(bearer) = &request.bearer {
        builder = builder.header("Authorization", &format!("Bearer {bearer}"));
    }
    if let Some(key) = &request.key {
        builder = builder.header("Idempotency-Key", key);
    }
    let built = match request.body {
        Some(body) => builder
            .header("Content-Type", "application/json")
            .body(body),
        None => builder.build(),
    };
    let Ok(built) = built else {
        return HttpOutcome::Lost;
    };
    match built.send().await {
        Ok(response) => read(response).await,
        Err(_) => HttpOutcome::Lost,
    }
}

async fn read(response: Response) -> HttpOutcome {
    let retry_after_millis = retry_after(&response.headers());
    let status = response.status();
    match response.text().await {
        Ok(body) => HttpOutcome::Answered {
            status,
            body,
            retry_after_millis,
        },
        Err(_) => HttpOutcome::Lost,
    }
}

/// Whop's `retry-after-ms`, or `Retry-After` in seconds or as a date (RFC 9110, section 10.2.3).
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a cast of a float saturates, and makes nothing of what is no number"
)]
pub(super) fn retry_after(headers: &Headers) -> Option<u32> {
    if let Some(millis) = headers.get("retry-after-ms") {
        return Some(Number::parse_float(&millis) as u32);
    }
    let value = headers.get("retry-after")?;
    let seconds = Number::parse_float(&value);
    let millis = if seconds.is_nan() {
        js_sys::Date::parse(&value) - js_sys::Date::now()
    } else {
        seconds * 1_000.0
    };
    (!millis.is_nan()).then_some(millis as u32)
}
