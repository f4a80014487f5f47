use super::timer::Running;
use chat_core::{HttpOutcome, HttpRequest};
use js_sys::Number;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, AbortSignal, Headers, RequestCredentials, RequestInit, Response};

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

    pub fn signal(&self) -> AbortSignal {
        self.controller.signal()
    }
}

/// Performs a request on an origin.
pub(super) async fn perform(
    origin: &str,
    request: HttpRequest,
    signal: AbortSignal,
) -> HttpOutcome {
    let Ok(init) = init(&request, &signal) else {
        return HttpOutcome::Lost;
    };
    let url = [origin, &request.path].concat();
    match fetch(&url, &init).await {
        Ok(answer) => HttpOutcome::Answered {
            status: answer.status,
            retry_after_millis: retry_after(&answer.headers),
            body: answer.body,
        },
        Err(_) => HttpOutcome::Lost,
    }
}

fn init(request: &HttpRequest, signal: &AbortSignal) -> Result<RequestInit, JsValue> {
    let init = RequestInit::new();
    init.set_method(request.method.as_str());
    init.set_signal(Some(signal));
    // The visitor is known by token alone: no cookies go to another site.
    init.set_credentials(RequestCredentials::SameOrigin);
    let headers = Headers::new()?;
    if let Some(bearer) = &request.bearer {
        headers.set("Authorization", &["Bearer ", bearer].concat())?;
    }
    if let Some(body) = &request.body {
        headers.set("Content-Type", "application/json")?;
        init.set_body(&JsValue::from_str(body));
    }
    init.set_headers(&headers);
    Ok(init)
}

/// What a server answered.
pub(super) struct Answer {
    pub status: u16,
    pub headers: Headers,
    pub body: String,
}

/// Fetches an address, and reads the answer to its end.
pub(super) async fn fetch(url: &str, init: &RequestInit) -> Result<Answer, JsValue> {
    let window = web_sys::window().ok_or(JsValue::UNDEFINED)?;
    let response = JsFuture::from(window.fetch_with_str_and_init(url, init)).await?;
    let response: Response = response.dyn_into()?;
    let body = JsFuture::from(response.text()?).await?;
    Ok(Answer {
        status: response.status(),
        headers: response.headers(),
        body: body.as_string().unwrap_or_default(),
    })
}

/// Whop's `retry-after-ms`, or `Retry-After` in seconds or as a date (RFC 9110, section 10.2.3).
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a cast of a float saturates, and makes nothing of what is no number"
)]
pub(super) fn retry_after(headers: &Headers) -> Option<u32> {
    if let Ok(Some(millis)) = headers.get("retry-after-ms") {
        return Some(Number::parse_float(&millis) as u32);
    }
    let value = headers.get("retry-after").ok()??;
    let seconds = Number::parse_float(&value);
    let millis = if seconds.is_nan() {
        js_sys::Date::parse(&value) - js_sys::Date::now()
    } else {
        seconds * 1_000.0
    };
    (!millis.is_nan()).then_some(millis as u32)
}
