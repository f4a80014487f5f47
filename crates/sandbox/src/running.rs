//! Starting and stopping: listeners, database, routes.

use crate::clock::now_millis;
use crate::control;
use crate::creator_site;
use crate::database::{Database, DatabaseError, Seed, Store, World, WorldError};
use crate::faults::{self, Fault, FaultError, LineListener, Origin, Peer};
use crate::files;
use crate::graphql;
use crate::host;
use crate::oauth;
use crate::options::Options;
use crate::rest::{self, ApiError};
use crate::socket;
use crate::state::{Addresses, Sandbox};
use crate::tokens::{KeyError, Tokens};
use crate::uploads;
use crate::webhooks::{self, Webhooks};
use axum::extract::{Request, State};
use axum::http::header;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// How long open requests may go on when the sandbox stops.
const GRACE: Duration = Duration::from_secs(3);
/// The seed's last message is so old at the first start.
const SEED_AGE_MILLIS: i64 = 600_000;

/// Why the sandbox can't start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A port is taken, or may not be used.
    #[error("can't listen on {address}: {source}; choose another port")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// Why not.
        source: std::io::Error,
    },
    /// The database can't be used.
    #[error("can't use the database: {0}")]
    Database(#[from] DatabaseError),
    /// The world can't be read or written.
    #[error("can't use the world: {0}")]
    World(#[from] WorldError),
    /// A key can't be used.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A fault of the options makes no sense.
    #[error(transparent)]
    Fault(#[from] FaultError),
    /// The HTTP client can't be made.
    #[error("can't make an HTTP client: {0}")]
    Client(#[from] reqwest::Error),
}

/// A sandbox that runs. Dropping it ends its listeners; [`Running::stop`] ends everything in an orderly way.
#[derive(Debug)]
pub struct Running {
    sandbox: Sandbox,
    stop: watch::Sender<bool>,
    servers: JoinSet<std::io::Result<()>>,
    /// Ends with this.
    _deliveries: JoinSet<()>,
}

impl Running {
    /// Where it listens.
    pub fn addresses(&self) -> &Addresses {
        self.sandbox.addresses()
    }

    /// Tells the sockets to connect anew, lets open requests end (for three seconds), and stops.
    pub async fn stop(mut self) {
        self.sandbox.hub().shut_down();
        self.stop.send_replace(true);
        let all_ended = async { while self.servers.join_next().await.is_some() {} };
        if tokio::time::timeout(GRACE, all_ended).await.is_err() {
            tracing::warn!("some requests were cut off");
        }
    }
}

/// Starts a sandbox: when this returns, it answers.
///
/// # Errors
/// When a port is taken or the database can't be used.
pub async fn start(options: Options) -> Result<Running, StartError> {
    // Only the first call in a process can succeed, and any provider will do.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let api = listen(SocketAddr::new(options.host, options.port)).await?;
    let app = listen(SocketAddr::new(options.host, options.app_port)).await?;
    let site = match &options.creator_site {
        Some(site) => {
            let listener = listen(SocketAddr::new(options.host, site.port)).await?;
            Some((listener, site.clone()))
        }
        None => None,
    };
    let addresses = Addresses::new(
        api.1,
        app.1,
        site.as_ref().map(|((_, address), _)| *address),
    );
    let seed = seed_of(&options);
    let files_address = format!("{}/files/", addresses.api);
    let chosen = options.clone();
    let (database, tokens, imported) = tokio::task::spawn_blocking(move || {
        let (database, imported) = open(&chosen, seed, files_address)?;
        let tokens = Tokens::load(&database)?;
        Ok::<_, StartError>((database, tokens, imported))
    })
    .await
    .map_err(|_| DatabaseError::Stopped)??;
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()?;
    let (webhooks, events) = Webhooks::new();
    let context = webhooks::Context {
        store: Store::new(database),
        client: client.clone(),
        log: webhooks.log().clone(),
        retry: options.webhook_retry,
    };
    let store = context.store.clone();
    let mut deliveries = JoinSet::new();
    deliveries.spawn(webhooks::deliver_all(events, context));
    let beginning = (seed, imported);
    let sandbox = Sandbox::new(
        options, addresses, store, tokens, beginning, client, webhooks,
    );
    for fault in &sandbox.options().faults {
        add_fault(&sandbox, fault.clone())?;
    }
    let (stop, stopped) = watch::channel(false);
    let mut servers = JoinSet::new();
    servers.spawn(serve(api.0, api_router(&sandbox), stopped.clone()));
    servers.spawn(serve(app.0, app_router(&sandbox), stopped.clone()));
    if let Some(((listener, _), site)) = site {
        servers.spawn(serve(listener, creator_site::router(site), stopped));
    }
    tracing::info!(addresses = ?sandbox.addresses(), "listening");
    Ok(Running {
        sandbox,
        stop,
        servers,
        _deliveries: deliveries,
    })
}

fn seed_of(options: &Options) -> Seed {
    Seed {
        number: options.seed,
        messages: options.messages,
        last_millis: options
            .seed_until
            .unwrap_or_else(|| now_millis() - SEED_AGE_MILLIS),
    }
}

/// Opens the database and fills it, if it is empty: with the world that is to be imported, or the seed.
fn open(
    options: &Options,
    seed: Seed,
    files_address: String,
) -> Result<(Database, Option<Arc<World>>), StartError> {
    let imported = match &options.import {
        Some(path) => Some(Arc::new(World::read(path)?)),
        None => None,
    };
    let mut database = Database::open(&options.storage, files_address)?;
    database.transaction(|database| {
        match &imported {
            Some(_) if !database.is_empty()? => return Err(WorldError::NotEmpty),
            Some(world) => database.fill_with(world)?,
            None => {
                let seeded = database.seed_if_empty(seed)?;
                tracing::info!(seeded, "database ready");
            }
        }
        Ok::<_, WorldError>(())
    })?;
    Ok((database, imported))
}

/// Writes all that the database of those options knows (or, where it is empty, would begin with) as JSON.
///
/// # Errors
/// When the database can't be used, or the writer fails.
pub fn export(options: &Options, mut to: impl std::io::Write) -> Result<(), StartError> {
    let (database, _) = open(options, seed_of(options), String::new())?;
    let world = database.world()?;
    let failed = |source| {
        StartError::from(WorldError::File {
            path: "the export".into(),
            source,
        })
    };
    serde_json::to_writer_pretty(&mut to, &world).map_err(|error| failed(error.into()))?;
    to.write_all(b"\n")
        .and_then(|()| to.flush())
        .map_err(failed)
}

async fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let failed = |source| StartError::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok((listener, address))
}

async fn serve(
    listener: TcpListener,
    router: Router,
    mut stopped: watch::Receiver<bool>,
) -> std::io::Result<()> {
    let service = router.into_make_service_with_connect_info::<Peer>();
    axum::serve(LineListener(listener), service)
        .with_graceful_shutdown(async move {
            // An error means that nobody can stop us any more: the same as being stopped.
            let _ = stopped.wait_for(|stopped| *stopped).await;
        })
        .await
}

/// Nobody is connected yet: what strikes open websockets has nothing to strike.
fn add_fault(sandbox: &Sandbox, fault: Fault) -> Result<(), FaultError> {
    sandbox.hub().strike(sandbox.faults(), fault).map(drop)
}

/// `api.whop.com`, `ws-prod.whop.com` and whop.com's host page.
fn api_router(sandbox: &Sandbox) -> Router {
    let mut router = rest::router()
        .merge(oauth::router())
        .merge(graphql::api_router())
        .route("/v1/websockets/connect", get(socket::connect_server))
        .route("/v1/websockets/send", post(socket::send))
        .route("/files/{id}/content", get(files::content))
        .route(
            "/files/{id}/upload",
            put(uploads::receive).options(uploads::preflight),
        )
        .route(
            "/files/{id}/parts/{number}",
            put(uploads::receive_part).options(uploads::preflight),
        )
        .route("/.well-known/jwks.json", get(key_set))
        .fallback(|| async { ApiError::NoRoute })
        .method_not_allowed_fallback(|| async { ApiError::MethodNotAllowed })
        .layer(middleware::from_fn_with_state(
            sandbox.clone(),
            control::interfere,
        ))
        .route("/", get(host::page))
        .route("/_host/style.css", get(host::style))
        .route("/_host/bridge.js", get(host::bridge))
        .route(
            "/_host/notifications",
            get(host::unread).post(host::mark_read),
        );
    if sandbox.options().control {
        router = router.merge(control::router(sandbox));
    }
    router.with_state(sandbox.clone())
}

/// The app's own origin.
fn app_router(sandbox: &Sandbox) -> Router {
    Router::new()
        .route(
            "/_whop/ws/v1/websockets/connect",
            get(socket::connect_browser),
        )
        .route("/_whop/enter", get(host::enter))
        .merge(graphql::app_router())
        .fallback(host::forward)
        .layer(middleware::from_fn_with_state(sandbox.clone(), strike_app))
        .with_state(sandbox.clone())
}

async fn strike_app(State(sandbox): State<Sandbox>, request: Request, next: Next) -> Response {
    faults::strike(&sandbox, Origin::App, request, next).await
}

async fn key_set(State(sandbox): State<Sandbox>) -> impl IntoResponse {
    (
        [(header::CACHE_CONTROL, "public, max-age=300")],
        Json(sandbox.tokens().key_set().clone()),
    )
}
