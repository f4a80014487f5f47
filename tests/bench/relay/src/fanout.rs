use crate::LoadError;
use crate::arguments::Arguments;
use crate::crowd;
use crate::frame;
use crate::numbers;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use reqwest::Client;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

/// What was said when the sockets opened is read by then.
const SETTLED: Duration = Duration::from_secs(2);
/// What has not arrived so long after the last was published is lost.
const PATIENCE: Duration = Duration::from_secs(15);
/// Not published yet, or not arrived.
const NEVER: u32 = u32::MAX;

/// When each frame was published, in microseconds since the start.
struct Clock {
    start: Instant,
    published: Vec<AtomicU32>,
}

impl Clock {
    fn now(&self) -> u32 {
        u32::try_from(self.start.elapsed().as_micros()).unwrap_or(NEVER)
    }
}

/// What one socket has got.
struct Received {
    /// After how many microseconds each frame came.
    delays: Vec<u32>,
    doubled: usize,
    /// The server ended it.
    ended: bool,
}

/// Publishes frames, and takes the time until each has arrived at each socket.
pub async fn measure(arguments: &Arguments) -> Result<Value, LoadError> {
    let client = Client::new();
    let sessions = crowd::sessions(arguments, &client).await?;
    let crowd = crowd::gather(arguments, &sessions).await?;
    let seconds = u32::try_from(arguments.duration.as_secs()).unwrap_or(u32::MAX);
    let count = arguments.per_second.saturating_mul(seconds);
    let clock = Arc::new(Clock {
        start: Instant::now(),
        published: (0..count).map(|_| AtomicU32::new(NEVER)).collect(),
    });
    let length = frame::numbered(0, 0).to_string().len();
    let mut sockets = JoinSet::new();
    let listeners = crowd.sockets.len();
    let whole = SETTLED + arguments.duration + PATIENCE;
    for socket in crowd.sockets {
        sockets.spawn(receive(socket, clock.clone(), whole));
    }
    sleep(SETTLED).await;
    let cpu = arguments.watched.cpu()?;
    let began = Instant::now();
    let refused = publish(arguments, &client, &clock).await;
    let published_in = began.elapsed();
    let mut delays = Vec::new();
    let (mut lost, mut doubled, mut ended) = (0, 0, 0);
    while let Some(received) = sockets.join_next().await {
        let Ok(received) = received else { continue };
        doubled += received.doubled;
        ended += usize::from(received.ended);
        let all = received.delays.len();
        let before = delays.len();
        delays.extend(received.delays.into_iter().filter(|delay| *delay != NEVER));
        lost += all - (delays.len() - before);
    }
    Ok(json!({
        "sockets": listeners, "per_second": arguments.per_second, "frames": count, "frame_bytes": length,
        "published_in_seconds": published_in.as_secs_f64(), "not_published": refused,
        "delivery": numbers::summary(delays), "lost": lost, "doubled": doubled, "ended_by_server": ended,
        "all_in_seconds": began.elapsed().as_secs_f64(), "cpu_seconds": arguments.watched.cpu_since(&cpu)?,
    }))
}

/// At an even pace, without waiting for answers; how many were not taken.
async fn publish(arguments: &Arguments, client: &Client, clock: &Clock) -> usize {
    let mut pace = interval(Duration::from_secs(1) / arguments.per_second);
    // Were the late ones sent at once, that burst would be measured.
    pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut requests = FuturesUnordered::new();
    let publish = async |frame: Value| {
        let taken = arguments.target.publish(client, &frame).await;
        usize::from(taken.is_err())
    };
    let mut refused = 0_usize;
    for (number, moment) in (0..).zip(&clock.published) {
        loop {
            tokio::select! {
                biased;
                _ = pace.tick() => break,
                Some(refusal) = requests.next() => refused += refusal,
            }
        }
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let frame = frame::numbered(number, now.unwrap_or_default().as_millis());
        moment.store(clock.now(), Ordering::Relaxed);
        requests.push(publish(frame));
    }
    while let Some(refusal) = requests.next().await {
        refused += refusal;
    }
    refused
}

/// Takes frames until all are there, or time is over.
async fn receive(
    mut socket: WebSocketStream<TcpStream>,
    clock: Arc<Clock>,
    whole: Duration,
) -> Received {
    let mut received = Received {
        delays: vec![NEVER; clock.published.len()],
        doubled: 0,
        ended: false,
    };
    let mut left = clock.published.len();
    let all = async {
        while left > 0 {
            let text = match socket.next().await {
                Some(Ok(Message::Text(text))) => text,
                Some(Ok(Message::Close(_)) | Err(_)) | None => {
                    received.ended = true;
                    return;
                }
                Some(Ok(_)) => continue,
            };
            let Some(number) = frame::number_in(text.as_bytes()) else {
                continue;
            };
            let number = usize::try_from(number).unwrap_or(usize::MAX);
            let Some((moment, delay)) = clock
                .published
                .get(number)
                .zip(received.delays.get_mut(number))
            else {
                continue;
            };
            if *delay == NEVER {
                *delay = clock.now().saturating_sub(moment.load(Ordering::Relaxed));
                left -= 1;
            } else {
                received.doubled += 1;
            }
        }
    };
    let _ = timeout(whole, all).await;
    received
}
