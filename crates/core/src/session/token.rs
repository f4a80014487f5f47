use wire::session::Session;

/// A token is replaced when this part of its life is over.
const RENEW_AFTER_PERCENT: i64 = 80;
/// A timer can't be set further ahead.
pub(crate) const LONGEST_TIMER_MILLIS: u32 = 24 * 3_600_000;
/// Nor need it be set nearer.
const SHORTEST_TIMER_MILLIS: i64 = 1_000;

/// A token younger than this is not replaced because it is refused.
const FRESH_MILLIS: i64 = 30_000;

/// A token and how long it lasts. By this device's clock: the server's may differ.
pub(crate) struct TokenLife {
    pub bearer: String,
    pub renewal: String,
    pub renewing: Renewing,
    /// The token was replaced and has not been accepted since. Asking at once for yet another would hammer the
    /// server (T7).
    pub unproven: bool,
    /// When the token took the place of another.
    pub renewed_at: Option<i64>,
    lifetime: i64,
    expires_at: i64,
}

/// Whether a new token is on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Renewing {
    /// The token is good.
    No,
    /// `POST /session` is under way.
    Requested,
    /// The page was asked who the visitor is.
    AskedPage,
    /// The last try was lost; a timer runs.
    Waiting,
}

impl TokenLife {
    pub fn new(session: &Session, now: i64) -> Self {
        let server_now = session.server_time.get();
        let expires_at = session.token.expires_at.unix_millis().unwrap_or(server_now);
        let server_now = if server_now > 0 { server_now } else { now };
        Self {
            bearer: session.token.token.clone(),
            renewal: session.renewal.clone(),
            renewing: Renewing::No,
            unproven: false,
            renewed_at: None,
            lifetime: expires_at - server_now,
            expires_at: now + expires_at - server_now,
        }
    }

    /// Whether the token is over by now.
    pub fn is_expired(&self, now: i64) -> bool {
        now >= self.expires_at
    }

    /// Whether the token is so new that a refusal has another reason than its age (T7).
    pub fn is_fresh(&self, now: i64) -> bool {
        self.renewed_at.is_some_and(|at| now - at < FRESH_MILLIS)
    }

    /// When to renew, in milliseconds from the moment the session arrived.
    pub fn renew_after_millis(&self) -> u32 {
        let after = self.lifetime / 100 * RENEW_AFTER_PERCENT;
        let after = after.clamp(SHORTEST_TIMER_MILLIS, LONGEST_TIMER_MILLIS.into());
        u32::try_from(after).unwrap_or(u32::MAX)
    }
}

impl std::fmt::Debug for TokenLife {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            formatter,
            "TokenLife {{ renewing: {:?}, .. }}",
            self.renewing
        )
    }
}
