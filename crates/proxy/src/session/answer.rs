use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use chat_core::{Chat, Effect, Event, HttpOutcome, Identity, Moment, Options};
use markup::painting;
use std::sync::Arc;
use strings::Strings;
use tokio::sync::Semaphore;
use wire::session::Session;

use crate::assets::{Encoding, accepted};
use crate::error::Refusal;

/// Visitors are at most that many minutes from UTC.
const FARTHEST: i64 = 14 * 60;
/// Half of what the slowest level saves, in a hundredth of its time.
const BROTLI_QUALITY: i32 = 5;
const BROTLI_WINDOW: i32 = 20;
/// Sessions that are painted at the same time.
static PAINTERS: Semaphore = Semaphore::const_new(16);

/// For whom a session is painted.
pub struct Painting {
    /// How far the visitor is from UTC, in minutes.
    pub utc_offset_minutes: i64,
    /// What the visitor reads.
    pub strings: &'static Strings,
}

/// The session as it is answered: with its HTML, where that was asked for, and compressed where the client takes it.
///
/// Compressing a secret beside other people's texts tells those something who can make a visitor's browser ask over
/// and over and who see how long the answers are. Nobody can: a foreign page is turned away before it is answered.
pub async fn answer(
    session: Session,
    painting: Option<Painting>,
    headers: &HeaderMap,
) -> Result<Response, Refusal> {
    let is_brotli = accepted(headers).contains(&Encoding::Brotli);
    let session = match painting {
        Some(painting) => painted(session, painting).await,
        None => session,
    };
    // Milliseconds of work that nobody else should wait for.
    let made = tokio::task::spawn_blocking(move || {
        let body = serde_json::to_vec(&session).ok()?;
        Some(if is_brotli { compressed(&body) } else { body })
    });
    let body = made.await.ok().flatten().ok_or_else(|| {
        tracing::error!("a session can't be written");
        Refusal::BadGateway
    })?;
    let mut response = Body::from(body).into_response();
    let headers = response.headers_mut();
    let fixed = HeaderValue::from_static;
    headers.insert(header::CONTENT_TYPE, fixed("application/json"));
    headers.insert(header::CACHE_CONTROL, fixed("no-store"));
    headers.insert(header::VARY, fixed("accept-encoding"));
    if is_brotli {
        headers.insert(header::CONTENT_ENCODING, fixed("br"));
    }
    Ok(response)
}

/// The session with its HTML. Without, where so many are painted already that one would have to wait, or where painting
/// fails: the widget draws the same a little later.
async fn painted(session: Session, painting: Painting) -> Session {
    let Ok(_permit) = PAINTERS.try_acquire() else {
        return session;
    };
    let session = Arc::new(session);
    let shown = Arc::clone(&session);
    let html = tokio::task::spawn_blocking(move || paint(&shown, &painting)).await;
    if html.is_err() {
        tracing::error!("a session can't be painted");
    }
    let mut session = Arc::unwrap_or_clone(session);
    session.html = html.ok().flatten();
    session
}

/// What the widget would draw of this session: the very same core is fed the very same answer.
fn paint(session: &Session, painting: &Painting) -> Option<String> {
    let offset = painting.utc_offset_minutes.clamp(-FARTHEST, FARTHEST);
    let mut chat = Chat::new(Options {
        channel: session.channel.id.clone(),
        identity: Identity::Whop,
        page_can_assert: false,
        utc_offset_minutes: i32::try_from(offset).unwrap_or_default(),
        // Nobody looks for words here.
        fold: str::to_owned,
    });
    let now = Moment {
        unix_millis: session.server_time.get(),
        random: 0,
    };
    let (effects, _) = chat.update(Event::Opened, now);
    let request = effects.into_iter().find_map(|effect| match effect {
        Effect::Http(request, _) => Some(request),
        _ => None,
    })?;
    let answered = HttpOutcome::Answered {
        status: 200,
        body: serde_json::to_string(session).ok()?,
        retry_after_millis: None,
    };
    chat.update(Event::Http(request, answered), now);
    painting::paint(&chat, painting.strings)
}

fn compressed(body: &[u8]) -> Vec<u8> {
    let parameters = brotli::enc::BrotliEncoderParams {
        quality: BROTLI_QUALITY,
        lgwin: BROTLI_WINDOW,
        size_hint: body.len(),
        ..Default::default()
    };
    let mut compressed = Vec::with_capacity(body.len() / 4);
    // Writing into memory doesn't fail.
    let _ = brotli::BrotliCompress(&mut &body[..], &mut compressed, &parameters);
    compressed
}
