//! What the proxy counts, as Prometheus reads it: at an address of its own, which no visitor reaches.
//! No label has an id, a name or anything else that a visitor chose, so that there are only so many series.

mod process;
mod snapshot;

pub use process::most_files;

use crate::Proxy;
use crate::health;
use axum::Router;
use axum::extract::State;
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::{encode_eof, encode_registry};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Metric, Registry, Unit};
use std::fmt::Debug;
use std::hash::Hash;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;

/// All names begin with that.
const PREFIX: &str = "whop_chat";
const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
/// Upper bounds of durations, in seconds.
const SECONDS: [f64; 12] = [
    0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0,
];

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    route: String,
    method: &'static str,
    status: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    route: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Call {
    route: &'static str,
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CallRoute {
    route: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Outcome {
    outcome: &'static str,
}

/// Counters that parts of the proxy raise. What the parts count themselves is read when somebody asks.
pub struct Metrics {
    registry: Registry,
    requests: Family<Answered, Counter>,
    durations: Family<Route, Histogram, fn() -> Histogram>,
    refusals: Family<Outcome, Counter>,
    sessions: Family<Outcome, Counter>,
    calls: Family<Call, Counter>,
    call_durations: Family<CallRoute, Histogram, fn() -> Histogram>,
    socket_ends: Family<Outcome, Counter>,
    /// Visitors' tokens that Whop made.
    pub minted: Counter,
    /// Requests that ended in a panic.
    pub panics: Counter,
    /// Connections that were closed at once, since there were too many.
    pub turned_away: Counter,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix(PREFIX);
        let mut counted = Counted(&mut registry);
        Self {
            requests: counted.add(
                "requests",
                "Requests that were answered, by the route's pattern and the class of the status",
            ),
            refusals: counted.add("refusals", "Requests that the proxy refused, by the type in the answer"),
            sessions: counted.add(
                "sessions",
                "Sessions that were asked for: opened, or the type of the refusal",
            ),
            calls: counted.add(
                "upstream_requests",
                "Requests to Whop, by the route's pattern and the class of the status, or timed_out or unreachable",
            ),
            socket_ends: counted.add("sockets_ended", "Websockets that ended, by why"),
            minted: counted.add("tokens_minted", "Visitors' tokens that Whop made"),
            panics: counted.add("panics", "Requests that ended in a panic"),
            turned_away: counted.add(
                "connections_turned_away",
                "Connections that were closed at once, since there were too many",
            ),
            durations: counted.add_durations("request_duration", "From a request's head until its answer's head"),
            call_durations: counted.add_durations("upstream_request_duration", "From a request to Whop until its answer's head"),
            registry,
        }
    }
}

/// Where metrics are registered.
struct Counted<'a>(&'a mut Registry);

impl Counted<'_> {
    fn add<M: Metric + Default + Clone>(&mut self, name: &str, help: &str) -> M {
        let metric = M::default();
        self.0.register(name, help, metric.clone());
        metric
    }

    fn add_durations<L>(
        &mut self,
        name: &str,
        help: &str,
    ) -> Family<L, Histogram, fn() -> Histogram>
    where
        L: EncodeLabelSet + Clone + Debug + Eq + Hash + Send + Sync + 'static,
    {
        let durations = Family::new_with_constructor(histogram as fn() -> Histogram);
        self.0
            .register_with_unit(name, help, Unit::Seconds, durations.clone());
        durations
    }
}

fn histogram() -> Histogram {
    Histogram::new(SECONDS)
}

impl Metrics {
    /// A request of that route's pattern was answered, `refused` being the refusal's type where it was one.
    pub fn answered(
        &self,
        route: &str,
        method: &Method,
        status: StatusCode,
        refused: Option<&'static str>,
        took: Duration,
    ) {
        let labels = Answered {
            route: route.to_owned(),
            method: method_name(method),
            status: class(status),
        };
        self.requests.get_or_create(&labels).inc();
        let route = Route {
            route: labels.route,
        };
        self.durations
            .get_or_create(&route)
            .observe(took.as_secs_f64());
        if let Some(outcome) = refused {
            self.refusals.get_or_create(&Outcome { outcome }).inc();
        }
        if route.route == "/session" && *method == Method::POST {
            let outcome = match refused {
                Some(kind) => kind,
                None if status.is_success() => "opened",
                None => "failed",
            };
            self.sessions.get_or_create(&Outcome { outcome }).inc();
        }
    }

    /// Whop was asked at that route's pattern.
    pub fn called(&self, route: &'static str, outcome: &'static str, took: Duration) {
        self.calls.get_or_create(&Call { route, outcome }).inc();
        self.call_durations
            .get_or_create(&CallRoute { route })
            .observe(took.as_secs_f64());
    }

    /// A websocket ended.
    pub fn socket_ended(&self, outcome: &'static str) {
        self.socket_ends.get_or_create(&Outcome { outcome }).inc();
    }

    /// All that is counted, with what the parts say of themselves now.
    fn text(&self, proxy: &Proxy) -> Result<String, std::fmt::Error> {
        let mut text = String::new();
        encode_registry(&mut text, &self.registry)?;
        encode_registry(&mut text, &snapshot::of(proxy))?;
        encode_eof(&mut text)?;
        Ok(text)
    }
}

/// Methods are what a client says; only known ones become a label.
fn method_name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// The class of a status.
pub fn class(status: StatusCode) -> &'static str {
    match status.as_u16() {
        100..=199 => "1xx",
        200..=299 => "2xx",
        300..=399 => "3xx",
        400..=499 => "4xx",
        _ => "5xx",
    }
}

/// Answers `/metrics`, `/healthz` and `/readyz` there until it is dropped.
///
/// # Errors
/// The listener failed.
pub async fn serve(proxy: Arc<Proxy>, listener: TcpListener) -> std::io::Result<()> {
    let routes = Router::new()
        .route("/metrics", get(answer))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .with_state(proxy);
    axum::serve(listener, routes).await
}

async fn answer(State(proxy): State<Arc<Proxy>>) -> Response {
    match proxy.metrics.text(&proxy) {
        Ok(text) => ([(header::CONTENT_TYPE, CONTENT_TYPE)], text).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
