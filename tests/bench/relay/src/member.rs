use crate::LoadError;
use crate::target::Relay;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use reqwest::Client;
use serde::Deserialize;
use serde_json::json;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// Where all members are.
const CHANNEL: &str = "chat_feed_quiet";

/// Where a session's live updates come from.
#[derive(Clone, Debug, Deserialize)]
pub struct Socket {
    /// Path and query.
    pub path: String,
    /// The subprotocols, the ticket among them.
    pub protocols: Vec<String>,
}

#[derive(Deserialize)]
struct Session {
    socket: Socket,
}

/// `POST /session` as the member of that number, from 0, with a fresh assertion, as a page does that is opened.
pub async fn open_session(
    client: &Client,
    relay: &Relay,
    number: usize,
) -> Result<Socket, LoadError> {
    let body = json!({
        "channel_id": CHANNEL, "assertion": assertion(relay, number)?, "with_messages": true,
    });
    let answer = client
        .post(format!("{}/session", relay.proxy))
        .header("origin", &relay.origin)
        .json(&body)
        .send()
        .await?;
    let status = answer.status();
    if !status.is_success() {
        let text = answer.text().await?;
        return Err(LoadError::Refused {
            what: "POST /session",
            status: status.as_u16(),
            text: text.chars().take(200).collect(),
        });
    }
    let session: Session = answer.json().await?;
    Ok(session.socket)
}

/// What the site's backend signs. Each can be used once.
fn assertion(relay: &Relay, number: usize) -> Result<String, LoadError> {
    static SIGNED: AtomicU64 = AtomicU64::new(0);
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    let claims = json!({
        "sub": format!("user_extra_{}", number + 1), "aud": "whop-chat",
        "iat": now.as_secs(), "exp": now.as_secs() + 240,
        "jti": format!("{}-{}", now.as_nanos(), SIGNED.fetch_add(1, Ordering::Relaxed)),
    });
    let key = EncodingKey::from_secret(relay.secret.as_bytes());
    jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &key)
        .map_err(|error| LoadError::Other(format!("an assertion can't be signed: {error}")))
}
