use super::client;
use super::hub::{Ending, Endpoint, Place};
use crate::database::StoredUser;
use crate::faults::{FrameFacts, FrameQueue};
use crate::state::Sandbox;
use axum::extract::ws::{Message, Utf8Bytes, WebSocket};
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt as _, StreamExt as _};
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, interval_at, sleep_until, timeout};
use wire::UserId;

/// The longest text frame that a client may send, in bytes.
pub const LONGEST_FRAME: usize = 64 * 1024;
const PING_EVERY: Duration = Duration::from_secs(20);
/// A connection that says nothing for so long, not even a pong, is gone.
const SILENCE: Duration = Duration::from_secs(60);

/// Serves a connection until it ends.
pub async fn run(socket: WebSocket, sandbox: Sandbox, place: Place, user: Option<StoredUser>) {
    let clock = sandbox.faults().skew().clone();
    clock.scope(serve(socket, sandbox, place, user)).await;
}

async fn serve(socket: WebSocket, sandbox: Sandbox, mut place: Place, user: Option<StoredUser>) {
    let (sink, stream) = socket.split();
    let (_, no_frames) = mpsc::channel(1);
    let outgoing = std::mem::replace(&mut place.outgoing, no_frames);
    let frames = Frames {
        sandbox: sandbox.clone(),
        endpoint: place.endpoint,
        user_id: user.as_ref().map(|user| user.id.clone()),
        outgoing,
        queue: FrameQueue::new(),
    };
    let mut writer = tokio::spawn(write(sink, frames, place.ending.clone()));
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
    mut frames: Frames,
    mut ending: watch::Receiver<Ending>,
) {
    let mut pings = interval_at(Instant::now() + PING_EVERY, PING_EVERY);
    let mut broken = ending.clone();
    let until_broken = until(&mut broken, Ending::Abrupt);
    let send_all = async {
        loop {
            let sent = tokio::select! {
                biased;
                frame = frames.next() => match frame {
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
        for text in frames.rest() {
            if sink.send(Message::Text(text)).await.is_err() {
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

/// Frames from the hub, as the faults let them through.
struct Frames {
    sandbox: Sandbox,
    endpoint: Endpoint,
    user_id: Option<UserId>,
    outgoing: mpsc::Receiver<Utf8Bytes>,
    queue: FrameQueue<Utf8Bytes>,
}

impl Frames {
    /// The next one; nothing when no more come. Dropping this loses none.
    async fn next(&mut self) -> Option<Utf8Bytes> {
        loop {
            if let Some(text) = self.queue.pop(Instant::now().into_std()) {
                return Some(text);
            }
            let due = self.queue.next_due();
            tokio::select! {
                biased;
                text = self.outgoing.recv(), if self.queue.has_room() => self.take_in(text?),
                () = at(due) => {}
            }
        }
    }

    fn take_in(&mut self, text: Utf8Bytes) {
        let user_id = self.user_id.as_ref().map(UserId::as_str);
        let facts = FrameFacts::new(self.endpoint, user_id, text.as_str());
        let treatment = self.sandbox.faults().for_frame(&facts);
        self.queue.push(text, treatment, Instant::now().into_std());
    }

    /// What still waits when the connection is closed.
    fn rest(&mut self) -> impl Iterator<Item = Utf8Bytes> {
        self.queue.drain()
    }
}

/// Waits for that moment; for ever, if there is none.
async fn at(due: Option<std::time::Instant>) {
    match due {
        Some(due) => sleep_until(due.into()).await,
        None => std::future::pending().await,
    }
}

/// Waits for that ending; for ever, if the hub lets go of the connection without it.
async fn until(ending: &mut watch::Receiver<Ending>, wanted: Ending) {
    let came = ending.wait_for(|ending| *ending == wanted).await.is_ok();
    if !came {
        std::future::pending::<()>().await;
    }
}
