//! A fault of the proxy's own ends one request, not the program, and nothing of its words is written: they may quote a
//! message.

use crate::Proxy;
use crate::error::Refusal;
use axum::response::{IntoResponse, Response};
use std::any::Any;
use std::panic::PanicHookInfo;
use std::sync::Arc;
use tower_http::catch_panic::ResponseForPanic;

/// Answers a request that ended in a panic.
#[derive(Clone)]
pub struct Answer(Arc<Proxy>);

impl Answer {
    /// Counted by that proxy.
    pub fn new(proxy: &Arc<Proxy>) -> Self {
        Self(proxy.clone())
    }
}

impl ResponseForPanic for Answer {
    type ResponseBody = axum::body::Body;

    fn response_for_panic(&mut self, _: Box<dyn Any + Send + 'static>) -> Response {
        self.0.metrics.panics.inc();
        Refusal::Fault.into_response()
    }
}

/// Writes where the program panicked into the log, within the request's own span, instead of the panic's words onto
/// stderr.
pub fn log() {
    std::panic::set_hook(Box::new(|panic: &PanicHookInfo<'_>| {
        let place = panic.location().map(ToString::to_string);
        tracing::error!(place, "a fault in the proxy: a panic");
    }));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::configuration::{Configuration, Settings};
    use axum::Router;
    use axum::body::{Body, to_bytes};
    use axum::extract::Request;
    use axum::http::StatusCode;
    use axum::middleware::from_fn_with_state;
    use axum::routing::get;
    use tower::ServiceExt;
    use tower_http::catch_panic::CatchPanicLayer;

    fn proxy() -> Arc<Proxy> {
        let directory = std::env::temp_dir();
        let setting = |name: &str| {
            let value = match name {
                "WHOP_API_KEY" => "apik_1",
                "WHOP_APP_ID" => "app_1",
                "WHOP_COMPANY_ID" => "biz_1",
                "WHOP_AGENT_USER_ID" => "user_1",
                "WHOP_CHAT_SESSION_SECRET" => "0f1e2d3c4b5a69788796a5b4c3d2e1f0",
                "WHOP_CHAT_ASSETS" => directory.to_str()?,
                _ => return None,
            };
            Some(value.to_owned())
        };
        let (settings, _) = Settings::collect(setting, None);
        Arc::new(Proxy::new(Configuration::from_settings(&settings).unwrap()).unwrap())
    }

    #[tokio::test]
    async fn end_one_request_and_tell_nothing() {
        #[allow(clippy::panic, reason = "that is what is tested")]
        async fn broken() -> &'static str {
            panic!("private words");
        }
        let proxy = proxy();
        let routes = Router::new()
            .route("/broken", get(broken))
            .layer(CatchPanicLayer::custom(Answer::new(&proxy)))
            .layer(from_fn_with_state(proxy.clone(), crate::headers::all));
        let request = Request::get("/broken").body(Body::empty()).unwrap();
        let answer = routes.oneshot(request).await.unwrap();
        assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert!(answer.headers().contains_key("x-request-id"));
        let body = to_bytes(answer.into_body(), 10_000).await.unwrap();
        let text = String::from_utf8_lossy(&body);
        assert!(text.contains("internal_server_error") && !text.contains("private"));
        assert_eq!(proxy.metrics.panics.get(), 1);
    }
}
