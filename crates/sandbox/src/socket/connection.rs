use super::client;
use super::hub::{Ending, Place};
use crate::database::StoredUser;
use crate::state::Sandbox;
use axum::extract::ws::{Message, WebSocket};
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt as _, StreamExt as _};
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, interval_at, timeout};

/// The longest text frame that a client may send, in bytes.
pub const LONGEST_FRAME: usize = 64 * 1024;
const PING_EVERY: Duration = Duration::from_secs(20);
/// A connection that says nothing for so long, not even a pong, is gone.
const SILENCE: Duration = Duration::from_secs(60);

/// Serves a connection until it ends.
pub async fn run(socket: WebSocket, sandbox: Sandbox, mut place: Place, user: Option<StoredUser>) {
    let (sink, stream) = socket.split();
    let (_, no_frames) = mpsc::channel(1);
    let outgoing = std::mem::replace(&mut place.outgoing, no_frames);
    let mut writer = tokio::spawn(write(sink, outgoing, place.ending.clone()));
    tokio::select! {
        () = read(stream, &sandbox, &place, user.as_ref()) => {}
        _ = &mut writer => {}
    }
    writer.abort();
    tracing::debug!(connection = place.id, "connection ended");
}

async fn read(
    mut stream: SplitStream<WebSocket>,
    sandbox: &Sandbox,
    place: &Place,
    user: Option<&StoredUser>,
) {
    loop {
        match timeout(SILENCE, stream.next()).await {
            Ok(Some(Ok(Message::Text(text)))) => {
                client::receive(sandbox, place.id, user, text.as_str()).await;
            }
            Ok(Some(Ok(Message::Binary(bytes)))) => {
                tracing::info!(
                    connection = place.id,
                    bytes = bytes.len(),
                    "ignored a binary frame"
                );
            }
            Ok(Some(Ok(Message::Ping(_) | Message::Pong(_)))) => {}
            Ok(Some(Ok(Message::Close(_)) | Err(_)) | None) | Err(_) => return,
        }
    }
}

async fn write(
    mut sink: SplitSink<WebSocket, Message>,
    mut outgoing: mpsc::Receiver<axum::extract::ws::Utf8Bytes>,
    mut ending: watch::Receiver<Ending>,
) {
    let mut pings = interval_at(Instant::now() + PING_EVERY, PING_EVERY);
    let mut broken = ending.clone();
    let until_broken = until(&mut broken, Ending::Abrupt);
    let send_all = async {
        loop {
            let sent = tokio::select! {
                biased;
                frame = outgoing.recv() => match frame {
                    Some(text) => sink.send(Message::Text(text)).await,
                    None => break,
                },
                () = until(&mut ending, Ending::Orderly) => break,
                _ = pings.tick() => sink.send(Message::Ping(axum::body::Bytes::new())).await,
            };
            if sent.is_err() {
                return;
            }
        }
        // Gone anyway if this fails.
        let _ = sink.send(Message::Close(None)).await;
    };
    tokio::select! {
        () = until_broken => {}
        () = send_all => {}
    }
}

/// Waits for that ending; for ever, if the hub lets go of the connection without it.
async fn until(ending: &mut watch::Receiver<Ending>, wanted: Ending) {
    let came = ending.wait_for(|ending| *ending == wanted).await.is_ok();
    if !came {
        std::future::pending::<()>().await;
    }
}
