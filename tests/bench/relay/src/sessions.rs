use crate::LoadError;
use crate::arguments::Arguments;
use crate::member;
use crate::numbers;
use crate::target::{Relay, Target};
use futures_util::{StreamExt, stream};
use reqwest::Client;
use serde_json::{Value, json};
use std::time::Instant;

/// Every member opens a session for the first time, and then each once more.
pub async fn measure(arguments: &Arguments) -> Result<Value, LoadError> {
    let Target::Relay(relay) = &arguments.target else {
        return Err(LoadError::Other("only the proxy has sessions".to_owned()));
    };
    let client = Client::new();
    // What everybody needs and is asked once.
    member::open_session(&client, relay, arguments.people).await?;
    let first = round(arguments, relay, &client).await?;
    let again = round(arguments, relay, &client).await?;
    Ok(json!({"at_once": arguments.at_once, "first": first, "again": again}))
}

async fn round(arguments: &Arguments, relay: &Relay, client: &Client) -> Result<Value, LoadError> {
    let cpu = arguments.watched.cpu()?;
    let start = Instant::now();
    let mut opening = stream::iter(0..arguments.people)
        .map(async |number| {
            let asked_at = Instant::now();
            member::open_session(client, relay, number).await?;
            Ok::<_, LoadError>(u32::try_from(asked_at.elapsed().as_micros()).unwrap_or(u32::MAX))
        })
        .buffer_unordered(arguments.at_once);
    let mut took = Vec::with_capacity(arguments.people);
    while let Some(micros) = opening.next().await {
        took.push(micros?);
    }
    let seconds = start.elapsed().as_secs_f64();
    let opened = u32::try_from(took.len()).unwrap_or(u32::MAX);
    Ok(json!({
        "seconds": seconds, "per_second": f64::from(opened) / seconds, "delays": numbers::summary(took),
        "cpu_seconds": arguments.watched.cpu_since(&cpu)?,
    }))
}
