use super::feed::Liveness;
use super::hub::Hub;
use super::link::{Link, LinkState};
use super::polling::Polling;
use super::routing::{self, Route};
use crate::clock;
use crate::configuration::{Configuration, Secret};
use crate::schedule::{Credential, Schedule, Urgency, Wish};
use crate::upstream::Upstream;
use axum::extract::ws::Utf8Bytes;
use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use rand::Rng;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use wire::UserId;
use wire::socket::{
    ChannelKind, ClientFrame, ConnectedId, ConnectedKind, Heartbeat, SocketChannel,
    SubscribeToChannel,
};

type Stream = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// The longest pause before another attempt, and the unit in which pauses grow.
const LONGEST_PAUSE: Duration = Duration::from_secs(8);
const FIRST_PAUSE: Duration = Duration::from_millis(500);
/// A connection that lived that long was a good one.
const GOOD: Duration = Duration::from_secs(10);
/// Without a connection for that long, channels are polled.
const HOLD: Duration = Duration::from_secs(10);
/// No handshake takes longer.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// So often the proxy shows Whop that it is there.
const HEARTBEAT: Duration = Duration::from_secs(20);
/// So often it asks whether the connection is.
const PING: Duration = Duration::from_secs(3);
/// Silence that long means that it is not (T3): a thousand listeners hear nothing meanwhile.
const SILENCE: Duration = Duration::from_secs(9);
/// Where Whop doesn't say whether it lets the proxy listen, it does.
const GRACE: Duration = Duration::from_secs(2);
/// So long after Whop refused a feed it is not asked again.
const REFUSAL: Duration = Duration::from_secs(5);

/// Why the connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
enum End {
    #[error("Whop asked for a new one")]
    Asked,
    #[error("Whop closed it")]
    Closed,
    #[error("it broke")]
    Broke,
    #[error("Whop fell silent")]
    Silent,
    #[error("nothing can be sent")]
    Deaf,
}

/// The one connection to Whop's websocket service that all listeners share.
pub struct Source {
    url: String,
    key: Secret,
    agent: UserId,
    hub: Arc<Hub>,
    schedule: Arc<Schedule>,
    upstream: Arc<Upstream>,
    link: Arc<LinkState>,
}

impl Source {
    /// The connection as configured, for that hub. Each attempt is a request of the key's.
    pub fn new(
        configuration: &Configuration,
        hub: Arc<Hub>,
        schedule: Arc<Schedule>,
        upstream: Arc<Upstream>,
        link: Arc<LinkState>,
    ) -> Self {
        // http becomes ws, https becomes wss.
        let base = configuration.websocket_url.replacen("http", "ws", 1);
        Self {
            url: format!("{base}/v1/websockets/connect"),
            key: configuration.api_key.clone(),
            agent: configuration.agent_user_id.clone(),
            hub,
            schedule,
            upstream,
            link,
        }
    }

    /// Keeps the connection up, for ever. While it can't be had, channels are polled.
    pub async fn keep(self) {
        let mut failures = 0;
        loop {
            self.link.set(Link::Connecting);
            let stream = self.connect_at_last(&mut failures).await;
            self.link.set(Link::Connected);
            tracing::info!("connected to Whop's websocket service");
            // Those whose channels were polled fetch what polling may have missed.
            self.hub.interrupt();
            let connected_at = Instant::now();
            let reason = self.listen(stream).await;
            self.hub.interrupt();
            tracing::warn!(%reason, "the connection to Whop's websocket service ended");
            failures = match connected_at.elapsed() {
                lived if lived > GOOD => 0,
                // Whop had a reason, and is there.
                _ if reason == End::Asked => failures.min(1),
                _ => failures + 1,
            };
        }
    }

    /// Tries until there is a connection. After a while of that channels are polled besides.
    async fn connect_at_last(&self, failures: &mut u32) -> Stream {
        let polling = async {
            sleep(HOLD).await;
            tracing::warn!("Whop's websocket service is away: channels are polled");
            self.link.set(Link::Polling);
            Polling::new(self.upstream.clone(), self.hub.clone())
                .keep()
                .await
        };
        tokio::pin!(polling);
        let trying = async {
            loop {
                sleep(pause(*failures)).await;
                let error = match timeout(HANDSHAKE, self.connect()).await {
                    Ok(Ok(stream)) => return stream,
                    Ok(Err(error)) => describe(&error),
                    Err(_) => "it does not answer".to_owned(),
                };
                *failures = failures.saturating_add(1);
                tracing::warn!(error, "Whop's websocket service can't be reached");
            }
        };
        tokio::select! {
            stream = trying => stream,
            never = &mut polling => match never {},
        }
    }

    async fn connect(&self) -> Result<Stream, Error> {
        let wish = Wish {
            credential: Credential::Key,
            urgency: Urgency::Shared,
            visitor: "",
            deadline: tokio::time::Instant::now() + HANDSHAKE,
        };
        // Where there is none left, the attempt ends by its time limit as one that Whop doesn't answer.
        let mut turn = match self.schedule.turn(wish).await {
            Ok(turn) => turn,
            Err(_) => std::future::pending().await,
        };
        turn.spend();
        let mut request = self.url.as_str().into_client_request()?;
        let mut key = HeaderValue::from_str(&format!("Bearer {}", self.key.expose()))?;
        key.set_sensitive(true);
        request.headers_mut().insert("authorization", key);
        request
            .headers_mut()
            .insert("x-on-behalf-of", HeaderValue::from_str(&self.agent)?);
        let (stream, _) = connect_async(request).await?;
        Ok(stream)
    }

    /// Passes frames on until the connection ends; says why it did.
    async fn listen(&self, mut stream: Stream) -> End {
        // Which feeds were asked for, and when; nothing once Whop has answered.
        let mut asked = HashMap::new();
        let mut refused = HashMap::new();
        let mut heard_at = Instant::now();
        let mut heartbeat = interval(HEARTBEAT);
        heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut ping = interval(PING);
        ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut grace = interval(GRACE / 2);
        grace.set_missed_tick_behavior(MissedTickBehavior::Delay);
        if self.subscribe(&mut stream, &mut asked).await.is_err() {
            return End::Deaf;
        }
        loop {
            let sent = tokio::select! {
                message = stream.next() => {
                    heard_at = Instant::now();
                    match message {
                        Some(Ok(Message::Text(text))) => {
                            if self.pass_on(text.into(), &mut asked, &mut refused) {
                                return End::Asked;
                            }
                            Ok(())
                        }
                        Some(Ok(Message::Close(_))) | None => return End::Closed,
                        Some(Ok(_)) => Ok(()),
                        Some(Err(_)) => return End::Broke,
                    }
                }
                () = self.hub.new_feed.notified() => self.subscribe(&mut stream, &mut asked).await,
                _ = heartbeat.tick() => self.show_life(&mut stream).await,
                _ = ping.tick() => {
                    if heard_at.elapsed() > SILENCE {
                        return End::Silent;
                    }
                    ask_for_life(&mut stream).await
                }
                _ = grace.tick() => {
                    self.assume(&mut asked);
                    self.forgive(&mut refused, &mut asked);
                    self.subscribe(&mut stream, &mut asked).await
                }
            };
            if sent.is_err() {
                return End::Deaf;
            }
        }
    }

    /// Whether the connection has to be made anew.
    fn pass_on(
        &self,
        frame: Bytes,
        asked: &mut HashMap<String, Option<Instant>>,
        refused: &mut HashMap<String, Instant>,
    ) -> bool {
        let Ok(frame) = Utf8Bytes::try_from(frame) else {
            return false;
        };
        match routing::route(&frame, clock::unix_millis()) {
            Route::Feed {
                feed,
                speaker,
                change,
            } => {
                self.hub.tell(&feed, &frame, &change);
                if let Some(user) = speaker {
                    self.hub.note_member(&feed, &user);
                }
            }
            Route::Presence { user, is_there } => self.hub.set_elsewhere(&user, is_there),
            Route::Reconnect => return true,
            Route::Subscription {
                feed,
                is_subscribed,
            } => {
                let liveness = if is_subscribed {
                    Liveness::Live
                } else {
                    tracing::error!(
                        feed,
                        "Whop does not let the user in WHOP_AGENT_USER_ID listen to a channel: it has no live updates"
                    );
                    Liveness::Refused
                };
                if let Some(waiting) = asked.get_mut(&feed) {
                    *waiting = None;
                    self.hub.set_liveness(&feed, liveness);
                    if is_subscribed {
                        refused.remove(&feed);
                    } else {
                        refused.insert(feed, Instant::now());
                    }
                }
            }
            Route::Nobody => {}
        }
        false
    }

    async fn subscribe(
        &self,
        stream: &mut Stream,
        asked: &mut HashMap<String, Option<Instant>>,
    ) -> Result<(), Error> {
        for feed in self.hub.known_feeds() {
            if asked.contains_key(feed.as_str()) {
                continue;
            }
            asked.insert(feed.to_string(), Some(Instant::now()));
            let frame = ClientFrame {
                subscribe_to_channel: Some(SubscribeToChannel {
                    channel: SocketChannel {
                        kind: ChannelKind::Dms,
                        id: feed.into(),
                    },
                    userish: Some(self.userish()),
                    extra: wire::Extra::default(),
                }),
                ..ClientFrame::default()
            };
            send(stream, &frame).await?;
        }
        Ok(())
    }

    async fn show_life(&self, stream: &mut Stream) -> Result<(), Error> {
        let frame = ClientFrame {
            heartbeat: Some(Heartbeat {
                userish: Some(self.userish()),
                platform: "WEB".to_owned(),
                ..Heartbeat::default()
            }),
            ..ClientFrame::default()
        };
        send(stream, &frame).await
    }

    /// Takes feeds whose subscription Whop has not answered for live.
    fn assume(&self, asked: &mut HashMap<String, Option<Instant>>) {
        for (feed, waiting) in asked {
            if waiting.is_some_and(|since| since.elapsed() >= GRACE) {
                *waiting = None;
                self.hub.set_liveness(feed, Liveness::Live);
            }
        }
    }

    /// Forgets refusals of a while ago, so that the next who wants to listen makes the proxy ask again: its user may
    /// have been let in since.
    fn forgive(
        &self,
        refused: &mut HashMap<String, Instant>,
        asked: &mut HashMap<String, Option<Instant>>,
    ) {
        refused.retain(|feed, since| {
            let is_recent = since.elapsed() < REFUSAL;
            if !is_recent {
                asked.remove(feed);
                self.hub.forget(feed);
            }
            is_recent
        });
    }

    fn userish(&self) -> ConnectedId {
        ConnectedId {
            kind: ConnectedKind::User,
            id: self.agent.to_string(),
            device_id: String::new(),
        }
    }
}

async fn send(stream: &mut Stream, frame: &ClientFrame) -> Result<(), Error> {
    let text = serde_json::to_string(frame).unwrap_or_default();
    send_within(stream, Message::text(text)).await
}

/// Whatever comes back shows that the connection is alive.
async fn ask_for_life(stream: &mut Stream) -> Result<(), Error> {
    send_within(stream, Message::Ping(Bytes::new())).await
}

async fn send_within(stream: &mut Stream, message: Message) -> Result<(), Error> {
    timeout(SILENCE, stream.send(message))
        .await
        .unwrap_or(Err(Error::ConnectionClosed))
}

/// Full jitter (T2): somewhere between nothing and a pause that doubles with each failure.
fn pause(failures: u32) -> Duration {
    let longest = FIRST_PAUSE
        .saturating_mul(1 << failures.min(6))
        .min(LONGEST_PAUSE);
    rand::rng().random_range(Duration::ZERO..=longest)
}

/// The error in words, without the URL or a body.
fn describe(error: &Error) -> String {
    match error {
        Error::Http(answer) => format!("it answered {}", answer.status()),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_stay_within_bounds() {
        for failures in [0, 1, 5, 6, 40, u32::MAX] {
            for _ in 0..100 {
                assert!(pause(failures) <= LONGEST_PAUSE);
            }
        }
        assert!((0..200).any(|_| pause(6) > LONGEST_PAUSE / 2));
        assert!((0..200).all(|_| pause(0) <= FIRST_PAUSE));
    }
}
