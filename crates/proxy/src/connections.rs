//! Connections from outside: how many there may be, how long one may be idle, and whether the proxy stops.
//! What is asked over them is not known here.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{Sleep, sleep};

/// Who takes nothing of an answer for that long is gone.
const WRITE_PATIENCE: Duration = Duration::from_secs(30);

/// All connections.
pub struct Connections {
    most: usize,
    places: Arc<Semaphore>,
    draining: watch::Sender<bool>,
}

impl Connections {
    /// None yet, and so many at most.
    pub fn new(most: usize) -> Self {
        let most = most.min(Semaphore::MAX_PERMITS);
        Self {
            most,
            places: Arc::new(Semaphore::new(most)),
            draining: watch::Sender::new(false),
        }
    }

    /// How many are open. A websocket is one, too.
    pub fn open(&self) -> usize {
        self.most - self.places.available_permits()
    }

    /// Gives a connection its place; nothing where none is left.
    pub fn admit(&self, stream: TcpStream) -> Option<Connection> {
        let place = self.places.clone().try_acquire_owned().ok()?;
        Some(Connection {
            stream,
            stalled: None,
            _place: place,
        })
    }

    /// Whether the proxy stops: it answers, but nobody should come back.
    pub fn is_draining(&self) -> bool {
        *self.draining.borrow()
    }

    /// The proxy stops from now on.
    pub fn drain(&self) {
        self.draining.send_replace(true);
    }
}

/// A connection that ends when nobody takes what is written. It has its place until it is dropped.
pub struct Connection {
    stream: TcpStream,
    stalled: Option<Pin<Box<Sleep>>>,
    _place: OwnedSemaphorePermit,
}

impl Connection {
    /// What writing came to, unless it has come to nothing for too long.
    fn patiently<T>(
        &mut self,
        context: &mut Context<'_>,
        written: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.stalled = None;
            return written;
        }
        let stalled = self
            .stalled
            .get_or_insert_with(|| Box::pin(sleep(WRITE_PATIENCE)));
        ready!(stalled.as_mut().poll(context));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, buffer);
        self.patiently(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffers: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, buffers);
        self.patiently(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::AsyncWriteExt;
    use tokio::net::TcpListener;

    #[tokio::test(start_paused = true)]
    async fn who_takes_nothing_is_let_go_and_leaves_their_place() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let _silent = TcpStream::connect(address).await.unwrap();
        let connections = Connections::new(1);
        let (stream, _) = listener.accept().await.unwrap();
        let mut connection = connections.admit(stream).unwrap();
        assert_eq!(connections.open(), 1);
        let _another = TcpStream::connect(address).await.unwrap();
        let (stream, _) = listener.accept().await.unwrap();
        assert!(connections.admit(stream).is_none(), "the place is taken");
        let started = tokio::time::Instant::now();
        let error = loop {
            if let Err(error) = connection.write_all(&vec![0; 64 << 10]).await {
                break error;
            }
        };
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert!(started.elapsed() >= WRITE_PATIENCE);
        drop(connection);
        assert_eq!(connections.open(), 0);
    }
}
