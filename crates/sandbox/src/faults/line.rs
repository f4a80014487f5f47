use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use futures_util::task::AtomicWaker;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

/// Connections that one silence keeps open after the sandbox has done with them; more than these are reset.
const MOST_KEPT: usize = 1_000;

/// A handle on one TCP connection, by which it can be reset or made silent from anywhere.
#[derive(Clone, Debug)]
pub struct Line(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    reader: AtomicWaker,
    writer: AtomicWaker,
}

#[derive(Clone, Debug, Default)]
enum State {
    #[default]
    Open,
    /// No byte comes through, either way, until that silence ends.
    Silent(Silence),
    /// To be reset as soon as it is dropped.
    Reset,
}

impl Line {
    fn new() -> Self {
        Self(Arc::default())
    }

    fn state(&self) -> State {
        self.0
            .state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn set(&self, state: State) {
        *self.0.state.lock().unwrap_or_else(PoisonError::into_inner) = state;
        self.0.reader.wake();
        self.0.writer.wake();
    }

    /// Ends the connection with a TCP reset.
    pub fn reset(&self) {
        self.set(State::Reset);
    }

    /// Lets no byte through any more. The connection stays open until the silence ends, and is reset then.
    pub fn fall_silent(&self, silence: &Silence) {
        self.set(State::Silent(silence.clone()));
        if !silence.add(self) {
            self.reset();
        }
    }
}

/// The connections that one fault made silent.
#[derive(Clone, Debug, Default)]
pub struct Silence(Arc<Mutex<Members>>);

#[derive(Debug, Default)]
struct Members {
    is_over: bool,
    lines: Vec<Weak<Shared>>,
    /// Those that the sandbox would have closed.
    kept: Vec<TcpStream>,
}

impl Silence {
    /// False when it is over.
    fn add(&self, line: &Line) -> bool {
        let mut members = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !members.is_over {
            members.lines.retain(|line| line.strong_count() > 0);
            members.lines.push(Arc::downgrade(&line.0));
        }
        !members.is_over
    }

    /// Keeps a connection open, or resets it when the silence is over or has many.
    fn keep(&self, stream: TcpStream) {
        let mut members = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if members.is_over || members.kept.len() >= MOST_KEPT {
            prepare_reset(&stream);
        } else {
            members.kept.push(stream);
        }
    }

    /// Resets all its connections.
    pub fn end(&self) {
        let mut members = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        members.is_over = true;
        let (lines, kept) = (
            std::mem::take(&mut members.lines),
            std::mem::take(&mut members.kept),
        );
        drop(members);
        for line in lines.iter().filter_map(Weak::upgrade) {
            Line(line).reset();
        }
        kept.iter().for_each(prepare_reset);
    }
}

/// Dropped as it is, a connection ends in a `FIN`; without lingering, in a `RST`.
fn prepare_reset(stream: &TcpStream) {
    if let Err(error) = stream.set_zero_linger() {
        tracing::warn!(%error, "a connection is closed instead of reset");
    }
}

/// Listens as a `TcpListener` does, with a [`Line`] to every connection.
#[derive(Debug)]
pub struct LineListener(pub TcpListener);

impl Listener for LineListener {
    type Io = LineStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (LineStream, SocketAddr) {
        let (stream, address) = Listener::accept(&mut self.0).await;
        let stream = LineStream {
            stream: Some(stream),
            line: Line::new(),
        };
        (stream, address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

/// Who is at the other end of a connection, and the connection itself.
#[derive(Clone, Debug)]
pub struct Peer {
    /// Their address.
    pub address: SocketAddr,
    /// The connection.
    pub line: Line,
}

impl Connected<IncomingStream<'_, LineListener>> for Peer {
    fn connect_info(stream: IncomingStream<'_, LineListener>) -> Self {
        Self {
            address: *stream.remote_addr(),
            line: stream.io().line.clone(),
        }
    }
}

/// A TCP connection that does as its [`Line`] says.
#[derive(Debug)]
pub struct LineStream {
    /// There until it is dropped.
    stream: Option<TcpStream>,
    line: Line,
}

impl LineStream {
    fn is_gone<T>() -> Poll<io::Result<T>> {
        Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()))
    }
}

impl Drop for LineStream {
    fn drop(&mut self) {
        if let Some(stream) = self.stream.take() {
            match self.line.state() {
                State::Open => {}
                State::Silent(silence) => silence.keep(stream),
                State::Reset => prepare_reset(&stream),
            }
        }
    }
}

impl AsyncRead for LineStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.line.0.reader.register(context.waker());
        match (self.line.state(), self.stream.as_mut()) {
            (State::Open, Some(stream)) => Pin::new(stream).poll_read(context, buffer),
            (State::Silent(_), _) => Poll::Pending,
            _ => Self::is_gone(),
        }
    }
}

impl AsyncWrite for LineStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.line.0.writer.register(context.waker());
        match (self.line.state(), self.stream.as_mut()) {
            (State::Open, Some(stream)) => Pin::new(stream).poll_write(context, bytes),
            // Sent, as far as the sender can tell.
            (State::Silent(_), _) => Poll::Ready(Ok(bytes.len())),
            _ => Self::is_gone(),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match (self.line.state(), self.stream.as_mut()) {
            (State::Open, Some(stream)) => Pin::new(stream).poll_flush(context),
            (State::Silent(_), _) => Poll::Ready(Ok(())),
            _ => Self::is_gone(),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match (self.line.state(), self.stream.as_mut()) {
            (State::Open, Some(stream)) => Pin::new(stream).poll_shutdown(context),
            // No goodbye is heard.
            _ => Poll::Ready(Ok(())),
        }
    }
}
