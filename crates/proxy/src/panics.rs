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
