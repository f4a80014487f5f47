use crate::configuration::Secret;
use axum::http::HeaderMap;
use moka::sync::Cache;
use standardwebhooks::Webhook;
use std::time::Duration;
use thiserror::Error;
use tokio::sync::{Semaphore, SemaphorePermit};

/// How far a webhook's time may be from ours, in seconds either way.
const TOLERANCE: i64 = 300;
/// Webhooks that are remembered, so that none is heard twice: as long as its time is good.
const REMEMBERED: Duration = Duration::from_secs(2 * 300 + 60);
const MOST_REMEMBERED: u64 = 100_000;
/// No id of a webhook is longer.
const LONGEST_ID: usize = 200;
/// Bodies that are read at a time. The others wait without one.
const MOST_READ: usize = 16;

/// Why a webhook is not believed.
#[derive(Debug, Error)]
pub enum Unsigned {
    /// Neither form of signature.
    #[error(
        "A webhook needs the headers webhook-id, webhook-timestamp and webhook-signature, or x-whop-signature."
    )]
    Missing,
    /// Signed with another secret, or altered.
    #[error("The webhook's signature is not valid. Compare WHOP_WEBHOOK_SECRET with Whop's.")]
    Forged,
    /// Too long ago, or from the future.
    #[error("The webhook's time is more than five minutes from ours.")]
    Untimely,
}

/// Tells Whop's webhooks from others', and new ones from those heard before.
pub struct Webhooks {
    /// Whop signs with the secret's own letters, prefix and all, whatever they look like (`lib/verify_webhook.py` of
    /// whop-sdk 2.6.0). The specification reads `whsec_` and base64 as bytes: a secret of that form may be meant so.
    keys: Vec<Webhook>,
    /// The old form signs with the same letters.
    literal: Vec<u8>,
    heard: Cache<String, ()>,
    reading: Semaphore,
}

impl Webhooks {
    /// Webhooks signed with that secret, as Whop shows it.
    pub fn new(secret: &Secret) -> Option<Self> {
        let text = secret.expose();
        let literal = text.as_bytes().to_vec();
        let mut keys = vec![Webhook::from_bytes(literal.clone()).ok()?];
        if text.starts_with("whsec_") {
            keys.extend(Webhook::new(text));
        }
        Some(Self {
            keys,
            literal,
            heard: Cache::builder()
                .max_capacity(MOST_REMEMBERED)
                .time_to_live(REMEMBERED)
                .build(),
            reading: Semaphore::new(MOST_READ),
        })
    }

    /// Waits until another body may be read. Nothing only if all is over.
    pub async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        self.reading.acquire().await.ok()
    }

    /// Whether headers are those of a webhook of just now, as far as can be told without its body.
    ///
    /// # Errors
    /// Where no body makes a webhook of them that is believed.
    pub fn expect(headers: &HeaderMap, now: i64) -> Result<(), Unsigned> {
        let (Form::Current { time, .. } | Form::Old { time, .. }) = Form::of(headers)?;
        timely(time.parse().map_err(|_| Unsigned::Untimely)?, now)
    }

    /// Whether a webhook is heard for the first time. `now` in seconds since the Unix epoch.
    ///
    /// # Errors
    /// Where it is not certain that Whop sent it, and just now.
    pub fn verify(&self, headers: &HeaderMap, body: &[u8], now: i64) -> Result<bool, Unsigned> {
        let id = match Form::of(headers)? {
            Form::Current {
                id,
                time,
                signatures,
            } => self.check(id, time, signatures, body, now)?,
            Form::Old { time, signature } => self.check_old(time, signature, body, now)?,
        };
        let entry = self.heard.entry(id).or_insert(());
        Ok(entry.is_fresh())
    }

    /// Standard Webhooks: `v1,<base64 of HMAC-SHA256 of "id.time.body">`, several of them while a secret is changed.
    fn check(
        &self,
        id: &str,
        time: &str,
        signatures: &str,
        body: &[u8],
        now: i64,
    ) -> Result<String, Unsigned> {
        let time: i64 = time.parse().map_err(|_| Unsigned::Untimely)?;
        let is_signed = |key: &Webhook| {
            key.sign(id, time, body).is_ok_and(|expected| {
                signatures
                    .split(' ')
                    .any(|signature| is_same(signature.as_bytes(), expected.as_bytes()))
            })
        };
        if id.len() > LONGEST_ID || !self.keys.iter().any(is_signed) {
            return Err(Unsigned::Forged);
        }
        timely(time, now)?;
        Ok(id.to_owned())
    }

    /// The old form: `t=<unix seconds>,v1=<hex of HMAC-SHA256 of "t.body">`. It has no id, so its signature is one.
    fn check_old(
        &self,
        time: &str,
        given: &str,
        body: &[u8],
        now: i64,
    ) -> Result<String, Unsigned> {
        let mut mac = hmac_sha256::HMAC::new(&self.literal);
        mac.update(time.as_bytes());
        mac.update(b".");
        mac.update(body);
        let expected = hex::encode(mac.finalize());
        if !is_same(given.as_bytes(), expected.as_bytes()) {
            return Err(Unsigned::Forged);
        }
        timely(time.parse().map_err(|_| Unsigned::Untimely)?, now)?;
        Ok(expected)
    }
}

/// What headers say of a webhook.
enum Form<'a> {
    /// Standard Webhooks.
    Current {
        id: &'a str,
        time: &'a str,
        signatures: &'a str,
    },
    /// `x-whop-signature`.
    Old { time: &'a str, signature: &'a str },
}

impl<'a> Form<'a> {
    fn of(headers: &'a HeaderMap) -> Result<Self, Unsigned> {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        if let (Some(id), Some(time), Some(signatures)) = (
            text("webhook-id"),
            text("webhook-timestamp"),
            text("webhook-signature"),
        ) {
            return Ok(Self::Current {
                id,
                time,
                signatures,
            });
        }
        let signature = text("x-whop-signature").ok_or(Unsigned::Missing)?;
        let part = |name: &str| {
            signature
                .split(',')
                .find_map(|part| part.trim().strip_prefix(name)?.strip_prefix('='))
        };
        match (part("t"), part("v1")) {
            (Some(time), Some(signature)) => Ok(Self::Old { time, signature }),
            _ => Err(Unsigned::Missing),
        }
    }
}

fn timely(time: i64, now: i64) -> Result<(), Unsigned> {
    if now.saturating_sub(time).saturating_abs() <= TOLERANCE {
        Ok(())
    } else {
        Err(Unsigned::Untimely)
    }
}

/// Takes as long for one wrong letter as for another.
fn is_same(given: &[u8], expected: &[u8]) -> bool {
    given.len() == expected.len()
        && given
            .iter()
            .zip(expected)
            .fold(0, |difference, (one, other)| difference | (one ^ other))
            == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderName, HeaderValue};

    /// The specification's own example, signed by nobody here.
    const SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
    const ID: &str = "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk";
    const TIME: i64 = 1_649_367_553;
    const BODY: &[u8] = br#"{"email":"test@example.com","username":"test_user"}"#;
    const SIGNATURE: &str = "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=";

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| {
                let value = HeaderValue::from_str(value).unwrap();
                (HeaderName::from_static(name), value)
            })
            .collect()
    }

    fn current(id: &str, time: i64, signature: &str) -> HeaderMap {
        headers(&[
            ("webhook-id", id),
            ("webhook-timestamp", &time.to_string()),
            ("webhook-signature", signature),
        ])
    }

    fn webhooks() -> Webhooks {
        Webhooks::new(&Secret::new(SECRET)).unwrap()
    }

    #[test]
    fn the_specifications_example_is_heard_once() {
        let webhooks = webhooks();
        let signed = current(ID, TIME, &format!("v1a,x v1,AAAA {SIGNATURE}"));
        assert!(webhooks.verify(&signed, BODY, TIME).unwrap());
        for later in [0, 1, TOLERANCE] {
            assert!(!webhooks.verify(&signed, BODY, TIME + later).unwrap());
        }
        for wrong in [
            TIME + TOLERANCE + 1,
            TIME - TOLERANCE - 1,
            i64::MIN,
            i64::MAX,
        ] {
            let untimely = webhooks.verify(&signed, BODY, wrong);
            assert!(matches!(untimely, Err(Unsigned::Untimely)), "{wrong}");
        }
    }

    #[test]
    fn whop_signs_with_the_secrets_own_letters() {
        // printf 'msg_1.1649367553.{}' | openssl dgst -sha256 -hmac ws_0123456789abcdef -binary | base64
        const LITERAL: &str = "34JnKvMH1h71RDx5XgmSWnGqDQdSOmEpHanokanMy5M=";
        // The same with the secret whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD, prefix and all.
        const PREFIXED: &str = "hZeAiLjfKo4GdAGmKVhhsZB6T1KkUOtahkhYmwX0YtQ=";
        for (secret, signature) in [("ws_0123456789abcdef", LITERAL), (SECRET, PREFIXED)] {
            let webhooks = Webhooks::new(&Secret::new(secret)).unwrap();
            let signed = current("msg_1", TIME, &format!("v1,{signature}"));
            assert!(webhooks.verify(&signed, b"{}", TIME).unwrap(), "{secret}");
        }
    }

    #[test]
    fn whatever_is_altered_is_forged() {
        for (headers, body) in [
            (current("msg_other", TIME, SIGNATURE), BODY),
            (current(ID, TIME + 1, SIGNATURE), BODY),
            (current(ID, TIME, "v1,"), BODY),
            (
                current(ID, TIME, "v2,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw="),
                BODY,
            ),
            (current(ID, TIME, SIGNATURE), b"{}".as_slice()),
            (current(ID, TIME, SIGNATURE), b"\xff".as_slice()),
        ] {
            let refused = webhooks().verify(&headers, body, TIME);
            assert!(matches!(refused, Err(Unsigned::Forged)), "{headers:?}");
        }
        let refused = Webhooks::new(&Secret::new("another secret"))
            .unwrap()
            .verify(&current(ID, TIME, SIGNATURE), BODY, TIME);
        assert!(matches!(refused, Err(Unsigned::Forged)));
        let refused = webhooks().verify(&HeaderMap::new(), BODY, TIME);
        assert!(matches!(refused, Err(Unsigned::Missing)));
    }

    #[test]
    fn the_old_form_is_heard_once_too() {
        // printf '1649367553.{}' | openssl dgst -sha256 -hmac secret
        const OLD: &str = "61de1180ff9a3596f943d5aa8686d1a964166114738545f1c4ee7dd14ad07525";
        let webhooks = Webhooks::new(&Secret::new("secret")).unwrap();
        let signed = |text: &str| headers(&[("x-whop-signature", text)]);
        let good = signed(&format!("t={TIME},v1={OLD}"));
        assert!(webhooks.verify(&good, b"{}", TIME + 60).unwrap());
        assert!(!webhooks.verify(&good, b"{}", TIME + 60).unwrap());
        let refused = webhooks.verify(&good, b"{}", TIME + TOLERANCE + 1);
        assert!(matches!(refused, Err(Unsigned::Untimely)));
        for text in [
            format!("t={},v1={OLD}", TIME + 1),
            format!("t={TIME},v1={OLD}0"),
            format!("t={TIME},v1="),
        ] {
            let refused = webhooks.verify(&signed(&text), b"{}", TIME);
            assert!(matches!(refused, Err(Unsigned::Forged)), "{text}");
        }
        for text in ["", "t=1", "v1=aa", "nonsense"] {
            let refused = webhooks.verify(&signed(text), b"{}", TIME);
            assert!(matches!(refused, Err(Unsigned::Missing)), "{text}");
        }
    }
}
