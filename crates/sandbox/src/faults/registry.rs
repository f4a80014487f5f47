use super::description::{Fault, FaultError, Kind, Scope};
use super::frames::FrameTreatment;
use super::line::Silence;
use super::target::{FrameFacts, RequestFacts, SocketFacts};
use crate::clock::Skew;
use crate::seed::Random;
use serde_json::{Map, Value, json};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;

/// More faults than these are refused.
const MOST_FAULTS: usize = 1_000;

/// The faults that are there.
#[derive(Clone, Debug)]
pub struct Faults(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    entries: Mutex<Vec<Entry>>,
    /// How many there are: most of the time none, and then nobody has to wait for the lock.
    count: AtomicUsize,
    next_id: AtomicU64,
    skew: Skew,
}

#[derive(Debug)]
struct Entry {
    id: String,
    fault: Fault,
    struck: u64,
    random: Random,
    until: Option<Instant>,
    silence: Silence,
    /// Sweeps when `until` has come.
    timer: Option<JoinHandle<()>>,
}

impl Drop for Entry {
    fn drop(&mut self) {
        if let Some(timer) = &self.timer {
            timer.abort();
        }
        self.silence.end();
    }
}

impl Entry {
    fn is_over(&self, now: Instant) -> bool {
        self.until.is_some_and(|until| now >= until)
            || self
                .fault
                .bounds
                .count
                .is_some_and(|count| self.struck >= count)
    }

    /// Whether it strikes what it is aimed at, this time.
    fn strikes(&mut self, now: Instant) -> bool {
        if self.is_over(now) {
            return false;
        }
        let strikes = match self.fault.bounds.share {
            Some(share) => self.random.share(share),
            None => true,
        };
        self.struck += u64::from(strikes);
        strikes
    }

    /// The time, and up to so much more.
    fn time(&mut self, milliseconds: u64, jitter: u64) -> Duration {
        let jitter = i64::try_from(jitter).unwrap_or_default();
        let more = self.random.between(0, jitter);
        Duration::from_millis(milliseconds.saturating_add(more.unsigned_abs()))
    }

    fn report(&self, now: Instant) -> Value {
        let mut report = Map::new();
        report.insert("id".to_owned(), json!(self.id));
        report.extend(self.fault.to_json());
        report.insert("struck".to_owned(), json!(self.struck));
        if let Some(until) = self.until {
            let left = until.saturating_duration_since(now).as_millis();
            report.insert(
                "milliseconds_left".to_owned(),
                json!(u64::try_from(left).unwrap_or(u64::MAX)),
            );
        }
        Value::Object(report)
    }
}

/// How a request ends that is struck.
#[derive(Clone, Debug)]
pub enum Ending {
    /// In an error.
    Status(u16, Option<u64>),
    /// In a reset of its connection.
    Reset,
    /// In nothing.
    Silence(Silence),
    /// In an answer that breaks off after so many bytes.
    Truncate(usize),
}

/// What becomes of a request.
#[derive(Clone, Debug, Default)]
pub struct RequestTreatment {
    /// Before the work.
    pub wait_before: Duration,
    /// After it.
    pub wait_after: Duration,
    /// At the most so many bytes of the body a second.
    pub upload: Option<u32>,
    /// How it ends, and whether the work is done first.
    pub ending: Option<(Ending, bool)>,
}

impl Default for Faults {
    fn default() -> Self {
        Self(Arc::new(Shared {
            entries: Mutex::default(),
            count: AtomicUsize::new(0),
            next_id: AtomicU64::new(1),
            skew: Skew::default(),
        }))
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Vec<Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// After every change: forgets what is over, and sets the clock.
    fn settle(&self, entries: &mut Vec<Entry>) {
        let now = Instant::now();
        entries.retain(|entry| !entry.is_over(now));
        self.count.store(entries.len(), Ordering::SeqCst);
        self.skew.set(
            entries
                .iter()
                .filter_map(|entry| match entry.fault.kind {
                    Kind::ClockSkew { milliseconds } => Some(milliseconds),
                    _ => None,
                })
                .fold(0, i64::saturating_add),
        );
    }
}

impl Faults {
    /// How wrong the sandbox's clock is.
    pub fn skew(&self) -> &Skew {
        &self.0.skew
    }

    /// Adds a fault. `sockets` are the websockets that are open: those that it is aimed at are struck at once, by
    /// what the second function does to them.
    ///
    /// # Errors
    /// When there are too many.
    pub fn add<'a, S>(
        &self,
        fault: Fault,
        sockets: impl IntoIterator<Item = (SocketFacts<'a>, S)>,
        mut strike: impl FnMut(S, SocketStrike<'_>),
    ) -> Result<Value, FaultError> {
        let now = Instant::now();
        let until = fault
            .bounds
            .seconds
            .map(|seconds| now + Duration::from_secs_f64(seconds));
        let number = self.0.next_id.fetch_add(1, Ordering::SeqCst);
        let mut entry = Entry {
            id: format!("fault_{number}"),
            random: Random::new(fault.bounds.seed.unwrap_or_default()),
            struck: 0,
            until,
            silence: Silence::default(),
            timer: None,
            fault,
        };
        let mut entries = self.0.lock();
        if entries.len() >= MOST_FAULTS {
            return Err(FaultError::TooMany(MOST_FAULTS));
        }
        let is_silent = match entry.fault.kind {
            Kind::SocketReset {} | Kind::Outage { silent: false } => Some(false),
            Kind::SocketHalfOpen {} | Kind::Outage { silent: true } => Some(true),
            _ => None,
        };
        if let Some(is_silent) = is_silent {
            for (facts, socket) in sockets {
                let target = entry.fault.bounds.target.as_ref();
                if target.is_none_or(|target| target.is_socket(&facts)) && entry.strikes(now) {
                    let strike_with = if is_silent {
                        SocketStrike::Silence(&entry.silence)
                    } else {
                        SocketStrike::Reset
                    };
                    strike(socket, strike_with);
                }
            }
        }
        let report = entry.report(now);
        // A reset is done; a silence of counted sockets lasts until it is ended.
        if entry.fault.kind == (Kind::SocketReset {}) {
            return Ok(report);
        }
        if entry.fault.kind.scope() == Scope::Sockets {
            entry.fault.bounds.count = None;
        }
        if let Some(until) = until {
            entry.timer = Some(tokio::spawn(sweep(Arc::downgrade(&self.0), until)));
        }
        entries.push(entry);
        self.0.settle(&mut entries);
        Ok(report)
    }

    /// All that are there, the oldest first.
    pub fn list(&self) -> Vec<Value> {
        let now = Instant::now();
        let mut entries = self.0.lock();
        self.0.settle(&mut entries);
        entries.iter().map(|entry| entry.report(now)).collect()
    }

    /// The fault of that id.
    pub fn get(&self, id: &str) -> Option<Value> {
        self.list().into_iter().find(|report| report["id"] == id)
    }

    /// Ends the fault of that id. What it was, if it was there.
    pub fn remove(&self, id: &str) -> Option<Value> {
        let mut entries = self.0.lock();
        self.0.settle(&mut entries);
        let index = entries.iter().position(|entry| entry.id == id)?;
        let entry = entries.remove(index);
        self.0.settle(&mut entries);
        Some(entry.report(Instant::now()))
    }

    /// Ends all.
    pub fn clear(&self) {
        let mut entries = self.0.lock();
        entries.clear();
        self.0.settle(&mut entries);
    }

    /// Whether there are none: then nothing has to be found out about a request.
    pub fn is_empty(&self) -> bool {
        self.0.count.load(Ordering::SeqCst) == 0
    }

    /// What becomes of a request. Times add up; of the endings the oldest fault's comes, and no other counts it.
    pub fn for_request(&self, facts: &RequestFacts<'_>) -> RequestTreatment {
        let mut treatment = RequestTreatment::default();
        let now = Instant::now();
        let mut entries = self.0.lock();
        for entry in entries.iter_mut() {
            let is_ending = !matches!(
                entry.fault.kind,
                Kind::Latency { .. } | Kind::SlowUpload { .. }
            );
            let is_aimed = matches!(entry.fault.kind.scope(), Scope::Requests | Scope::All)
                && !matches!(entry.fault.kind, Kind::ClockSkew { .. })
                && entry
                    .fault
                    .bounds
                    .target
                    .as_ref()
                    .is_none_or(|target| target.is_request(facts));
            if !is_aimed || (is_ending && treatment.ending.is_some()) || !entry.strikes(now) {
                continue;
            }
            let silence = || Ending::Silence(entry.silence.clone());
            match entry.fault.kind.clone() {
                Kind::Latency {
                    milliseconds,
                    jitter_milliseconds,
                    after_commit,
                } => {
                    let time = entry.time(milliseconds, jitter_milliseconds);
                    if after_commit {
                        treatment.wait_after += time;
                    } else {
                        treatment.wait_before += time;
                    }
                }
                Kind::SlowUpload { bytes_per_second } => {
                    let slowest = treatment.upload.unwrap_or(u32::MAX).min(bytes_per_second);
                    treatment.upload = Some(slowest);
                }
                Kind::Status {
                    status,
                    retry_after,
                    after_commit,
                } => treatment.ending = Some((Ending::Status(status, retry_after), after_commit)),
                Kind::Reset { after_commit } => {
                    treatment.ending = Some((Ending::Reset, after_commit));
                }
                Kind::Hang { after_commit } => treatment.ending = Some((silence(), after_commit)),
                Kind::Truncate { bytes } => {
                    treatment.ending = Some((Ending::Truncate(bytes), true));
                }
                Kind::Outage { silent: true } => treatment.ending = Some((silence(), false)),
                Kind::Outage { silent: false } => {
                    treatment.ending = Some((Ending::Reset, false));
                }
                _ => {}
            }
        }
        self.0.settle(&mut entries);
        treatment
    }

    /// What becomes of a frame.
    pub fn for_frame(&self, facts: &FrameFacts<'_>) -> FrameTreatment {
        let mut treatment = FrameTreatment::default();
        if self.is_empty() {
            return treatment;
        }
        let now = Instant::now();
        let mut entries = self.0.lock();
        for entry in entries.iter_mut() {
            let is_aimed = entry.fault.kind.scope() == Scope::Frames
                && entry
                    .fault
                    .bounds
                    .target
                    .as_ref()
                    .is_none_or(|target| target.is_frame(facts));
            if !is_aimed || !entry.strikes(now) {
                continue;
            }
            match entry.fault.kind.clone() {
                Kind::FrameDelay {
                    milliseconds,
                    jitter_milliseconds,
                } => treatment.delay += entry.time(milliseconds, jitter_milliseconds),
                Kind::FrameDuplicate { copies } => treatment.copies += copies,
                Kind::FrameReorder { by, milliseconds } => {
                    treatment.overtaken = Some((by, Duration::from_millis(milliseconds)));
                }
                Kind::FrameLoss {} => treatment.is_lost = true,
                _ => {}
            }
        }
        self.0.settle(&mut entries);
        treatment
    }
}

/// What is done to a websocket that is open.
#[derive(Clone, Copy, Debug)]
pub enum SocketStrike<'a> {
    /// It is reset.
    Reset,
    /// It falls silent.
    Silence(&'a Silence),
}

/// Forgets faults when their time is over, though nobody asks for anything then.
async fn sweep(faults: Weak<Shared>, until: Instant) {
    tokio::time::sleep_until(until.into()).await;
    if let Some(faults) = faults.upgrade() {
        let mut entries = faults.lock();
        faults.settle(&mut entries);
    }
}
