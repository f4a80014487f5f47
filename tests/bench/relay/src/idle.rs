use crate::LoadError;
use crate::arguments::Arguments;
use crate::crowd;
use futures_util::{SinkExt, StreamExt};
use reqwest::Client;
use serde_json::{Map, Value, json};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

const HEARTBEAT: &str = r#"{"heartbeat":{"channels":[],"platform":"WEB"}}"#;
const ANSWER: &str = "heartbeatResponse";
/// A socket that has not answered by then is dead.
const PATIENCE: Duration = Duration::from_secs(30);
/// What was said when the sockets opened is written and read by then.
const SETTLED: Duration = Duration::from_secs(3);

/// Opens sockets, leaves them alone, and asks each in the end whether it is alive.
pub async fn measure(arguments: &Arguments) -> Result<Value, LoadError> {
    let watched = &arguments.watched;
    let sessions = crowd::sessions(arguments, &Client::new()).await?;
    let before = memory(arguments)?;
    let cpu = watched.cpu()?;
    let crowd = crowd::gather(arguments, &sessions).await?;
    let (ask, asked) = watch::channel(false);
    let mut sockets = JoinSet::new();
    let count = crowd.sockets.len();
    for socket in crowd.sockets {
        sockets.spawn(live(socket, asked.clone()));
    }
    sleep(SETTLED).await;
    let opening = watched.cpu_since(&cpu)?;
    let after = memory(arguments)?;
    let cpu = watched.cpu()?;
    sleep(arguments.duration).await;
    let idling = watched.cpu_since(&cpu)?;
    ask.send_replace(true);
    let mut alive = 0;
    while let Some(ended) = sockets.join_next().await {
        alive += usize::from(ended.unwrap_or(false));
    }
    Ok(json!({
        "sockets": count, "people": sessions.len(), "alive": alive,
        "opened_in_seconds": crowd.opened_in.as_secs_f64(), "opening_cpu_seconds": opening,
        "idle_seconds": arguments.duration.as_secs(), "idle_cpu_seconds": idling,
        "memory_before_bytes": before, "memory_after_bytes": after,
    }))
}

fn memory(arguments: &Arguments) -> Result<Value, LoadError> {
    let mut all = Map::new();
    for name in arguments.watched.names() {
        all.insert(name.to_owned(), json!(arguments.watched.memory(name)?));
    }
    Ok(Value::Object(all))
}

/// Reads what comes until it is asked; then whether the socket still answers.
async fn live(mut socket: WebSocketStream<TcpStream>, mut asked: watch::Receiver<bool>) -> bool {
    loop {
        tokio::select! {
            message = socket.next() => if !matches!(message, Some(Ok(_))) {
                return false;
            },
            _ = asked.wait_for(|asked| *asked) => break,
        }
    }
    let answered = async {
        socket.send(Message::text(HEARTBEAT)).await.ok()?;
        loop {
            if let Message::Text(text) = socket.next().await?.ok()?
                && text.contains(ANSWER)
            {
                return Some(());
            }
        }
    };
    matches!(timeout(PATIENCE, answered).await, Ok(Some(())))
}
