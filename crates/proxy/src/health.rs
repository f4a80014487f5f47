//! What whoever runs the proxy asks it: is it alive, and can it do its work.

use crate::Proxy;
use axum::extract::{RawQuery, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use reqwest::Client;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Mutex as Queue;
use tokio::time::Instant;

/// That Whop answered is relied on for that long.
const RECENT: Duration = Duration::from_secs(30);
/// That it didn't is, too, so that nobody who asks often makes the proxy ask as often.
const DOWN: Duration = Duration::from_secs(5);
/// Less than load balancers wait for an answer.
const PATIENCE: Duration = Duration::from_secs(3);

/// `GET /healthz`: the process answers.
pub async fn alive() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: whether visitors should be sent here, and if not, why. `?exclude=whop,assets` leaves these out.
pub async fn ready(State(proxy): State<Arc<Proxy>>, RawQuery(query): RawQuery) -> Response {
    let excluded = query
        .as_deref()
        .and_then(|query| query.strip_prefix("exclude="))
        .unwrap_or_default();
    let is_asked = |name| !excluded.split(',').any(|excluded| excluded == name);
    let mut failed = false;
    let mut text = String::new();
    let mut say = |name, problem: Option<&str>| {
        failed |= problem.is_some();
        // Writing to a string does not fail.
        let _ = writeln!(text, "{name}: {}", problem.unwrap_or("ok"));
    };
    say(
        "serving",
        proxy
            .connections
            .is_draining()
            .then_some("no, the proxy stops"),
    );
    if is_asked("assets") {
        let is_there = proxy.assets.has_loader().await;
        say(
            "assets",
            (!is_there).then_some("the widget's files are not there"),
        );
    }
    if is_asked("whop") {
        let is_reachable = proxy.reachability.is_reachable().await;
        say(
            "whop",
            (!is_reachable).then_some("it does not answer, or only with errors"),
        );
    }
    let _ = writeln!(text, "live: {}", proxy.relay.link().name());
    let status = if failed {
        StatusCode::SERVICE_UNAVAILABLE
    } else {
        StatusCode::OK
    };
    (status, [(header::CACHE_CONTROL, "no-store")], text).into_response()
}

/// Whether Whop's API answers.
pub struct Reachability {
    client: Client,
    url: String,
    known: Mutex<Known>,
    /// One asks at a time; the others wait for its answer.
    asking: Queue<()>,
}

#[derive(Clone, Copy, Default)]
struct Known {
    answered: Option<Instant>,
    failed: Option<Instant>,
}

impl Known {
    /// What can be said without asking.
    fn verdict(self) -> Option<bool> {
        let within = |moment: Option<Instant>, time| moment.is_some_and(|at| at.elapsed() < time);
        if within(self.failed, DOWN) {
            Some(false)
        } else if within(self.answered, RECENT) {
            Some(true)
        } else {
            None
        }
    }
}

impl Reachability {
    /// Of the API at that URL. Nothing is known yet.
    pub fn new(client: Client, url: String) -> Self {
        Self {
            client,
            url,
            known: Mutex::default(),
            asking: Queue::new(()),
        }
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether Whop has answered lately, or does now. It is asked without a key, which costs nothing of what the key
    /// may ask.
    pub async fn is_reachable(&self) -> bool {
        let _turn = self.asking.lock().await;
        let known = self.known().verdict();
        if let Some(verdict) = known {
            return verdict;
        }
        let answer = self.client.get(&self.url).timeout(PATIENCE).send().await;
        let is_reachable = answer.is_ok_and(|answer| !answer.status().is_server_error());
        let now = Some(Instant::now());
        *self.known() = if is_reachable {
            Known {
                answered: now,
                failed: None,
            }
        } else {
            Known {
                answered: None,
                failed: now,
            }
        };
        is_reachable
    }
}
