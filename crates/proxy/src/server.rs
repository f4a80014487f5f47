//! Takes connections until the program is told to stop, and then lets them go in good order. What is answered is
//! decided by the routes.

use crate::connections::Connection;
use crate::metrics::most_files;
use crate::{Proxy, router};
use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tower::ServiceExt;

/// When the program stops, requests that are under way have that long to end.
const LAST_REQUESTS: Duration = Duration::from_secs(10);
/// Two JWTs and a browser's cookies are not longer.
const LONGEST_HEAD: usize = 32 << 10;
const MOST_HEADERS: usize = 100;
/// Besides those of visitors: to Whop, the widget's, the log.
const SPARE_FILES: usize = 100;
/// Without room for another connection, the next is looked for that much later.
const NO_ROOM: Duration = Duration::from_millis(200);

/// Serves until `stop` is done. Then, for as long as `WHOP_CHAT_DRAIN_SECONDS` says, it says at `/readyz` that it isn't
/// ready and sends its websockets away one after the other, but still answers, since a load balancer takes a while to
/// learn of it. After that requests that are under way have ten seconds to end: a client that sends or reads nothing
/// can't hold the program up.
pub async fn serve(
    proxy: Arc<Proxy>,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) {
    let most = proxy.configuration.most_connections;
    if let Some(files) = most_files().filter(|files| *files < most + SPARE_FILES) {
        tracing::warn!(
            files,
            "fewer files may be open than WHOP_CHAT_CONNECTIONS allows connections; raise the limit (LimitNOFILE)"
        );
    }
    let mut open = Open::new(proxy.clone());
    tokio::select! {
        () = open.take(&listener) => {}
        () = stop => {}
    }
    let spread = proxy.configuration.drain;
    tracing::info!(
        seconds = spread.as_secs(),
        sockets = proxy.listeners(),
        "stopping: sockets are sent away; a second signal ends the program at once"
    );
    proxy.connections.drain();
    tokio::select! {
        () = open.take(&listener) => {}
        _ = async { tokio::join!(sleep(spread), proxy.relay.thin_out(spread)) } => {}
    }
    drop(listener);
    tokio::join!(open.finish(), proxy.relay.drain());
    // Sockets whose handshake was under way.
    proxy.relay.drain().await;
    tracing::info!("stopped");
}

/// The connections that are served.
struct Open {
    proxy: Arc<Proxy>,
    routes: Router,
    tasks: JoinSet<()>,
    closing: watch::Sender<bool>,
}

impl Open {
    fn new(proxy: Arc<Proxy>) -> Self {
        Self {
            routes: router(&proxy),
            proxy,
            tasks: JoinSet::new(),
            closing: watch::Sender::new(false),
        }
    }

    /// Takes connections for ever.
    async fn take(&mut self, listener: &TcpListener) {
        loop {
            tokio::select! {
                accepted = listener.accept() => match accepted {
                    Ok((stream, peer)) => self.admit(stream, peer),
                    Err(error) => recover(&error).await,
                },
                // Those that are done are forgotten.
                Some(_) = self.tasks.join_next() => {}
            }
        }
    }

    fn admit(&mut self, stream: TcpStream, peer: SocketAddr) {
        // Chat is small packets that somebody waits for. It fails only for a connection that is gone.
        let _ = stream.set_nodelay(true);
        let Some(connection) = self.proxy.connections.admit(stream) else {
            self.proxy.metrics.turned_away.inc();
            return;
        };
        let idle = self.proxy.configuration.idle;
        let closing = self.closing.subscribe();
        let routes = self.routes.clone();
        self.tasks
            .spawn(converse(connection, peer, routes, idle, closing));
    }

    /// Lets requests that are under way end, but not for long.
    async fn finish(&mut self) {
        self.closing.send_replace(true);
        let ended = timeout(LAST_REQUESTS, async {
            while self.tasks.join_next().await.is_some() {}
        });
        if ended.await.is_err() {
            tracing::warn!(count = self.tasks.len(), "requests were cut off");
            self.tasks.shutdown().await;
        }
    }
}

/// Serves one connection until it ends, or becomes a websocket.
async fn converse(
    connection: Connection,
    peer: SocketAddr,
    routes: Router,
    idle: Duration,
    mut closing: watch::Receiver<bool>,
) {
    let routes = routes.map_request(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        request
    });
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        // From the end of one request to the end of the next one's head: who sends it slowly, byte by byte, holds a
        // connection no longer than who sends nothing.
        .header_read_timeout(idle)
        .max_headers(MOST_HEADERS)
        .max_header_size(LONGEST_HEAD);
    let served = builder
        .serve_connection(TokioIo::new(connection), TowerToHyperService::new(routes))
        .with_upgrades();
    tokio::pin!(served);
    let ended = tokio::select! {
        ended = served.as_mut() => ended,
        () = told(&mut closing) => {
            served.as_mut().graceful_shutdown();
            served.await
        }
    };
    if let Err(error) = ended {
        // Mostly clients that went away.
        tracing::debug!(%error, "a connection ended");
    }
}

/// Done when connections should end. An error means that nobody is there who waits for them.
async fn told(closing: &mut watch::Receiver<bool>) {
    let _ = closing.wait_for(|closing| *closing).await;
}

/// After a connection could not be taken: where its client is gone that is all, else something is used up.
async fn recover(error: &io::Error) {
    let is_of_client = matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionRefused
    );
    if !is_of_client {
        tracing::error!(%error, "no connection can be taken; is the limit of open files too low?");
        sleep(NO_ROOM).await;
    }
}
