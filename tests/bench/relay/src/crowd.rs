use crate::LoadError;
use crate::arguments::Arguments;
use crate::limits;
use crate::member;
use crate::target::{Relay, Target};
use futures_util::StreamExt;
use futures_util::stream;
use reqwest::Client;
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;

/// Websockets that are open, and how long that took.
pub struct Crowd {
    /// The sockets.
    pub sockets: Vec<WebSocketStream<TcpStream>>,
    /// From the first to the last, their sessions aside.
    pub opened_in: Duration,
}

/// Opens the members' sessions: by whom the sockets come. Nothing where the target wants none.
pub async fn sessions(
    arguments: &Arguments,
    client: &Client,
) -> Result<Vec<member::Socket>, LoadError> {
    let Target::Relay(relay) = &arguments.target else {
        return Ok(Vec::new());
    };
    let people = arguments.people.min(arguments.sockets);
    open_sessions(relay, client, people, arguments.at_once).await
}

async fn open_sessions(
    relay: &Relay,
    client: &Client,
    people: usize,
    at_once: usize,
) -> Result<Vec<member::Socket>, LoadError> {
    let mut opening = stream::iter(0..people)
        .map(|number| member::open_session(client, relay, number))
        .buffered(at_once);
    let mut sessions = Vec::with_capacity(people);
    while let Some(session) = opening.next().await {
        sessions.push(session?);
    }
    Ok(sessions)
}

/// Opens the sockets, the members in turns.
pub async fn gather(
    arguments: &Arguments,
    sessions: &[member::Socket],
) -> Result<Crowd, LoadError> {
    limits::check(arguments.sockets)?;
    let start = Instant::now();
    let mut opening = stream::iter(0..arguments.sockets)
        .map(|number| {
            let session = sessions.get(number % sessions.len().max(1));
            arguments.target.connect(number, session)
        })
        .buffer_unordered(arguments.at_once);
    let mut sockets = Vec::with_capacity(arguments.sockets);
    while let Some(socket) = opening.next().await {
        sockets.push(socket?);
    }
    Ok(Crowd {
        sockets,
        opened_in: start.elapsed(),
    })
}
