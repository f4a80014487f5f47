use super::target::Target;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

const LONGEST_MILLIS: u64 = 600_000;
const LONGEST_SECONDS: f64 = 86_400.0;
const MOST_COPIES: u32 = 100;
const MOST_OVERTAKING: u32 = 100;
/// A century: further, and moments leave the range of dates.
const LONGEST_SKEW: i64 = 3_155_760_000_000;

/// What goes wrong. Requests are those of the API's origin and of the app's; never those of the control routes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Kind {
    /// An answer takes longer: before the work is done, or after.
    Latency {
        milliseconds: u64,
        /// Up to so much more, evenly.
        #[serde(default)]
        jitter_milliseconds: u64,
        #[serde(default)]
        after_commit: bool,
    },
    /// An error instead of an answer, in Whop's shape.
    Status {
        status: u16,
        /// Seconds, for the header `Retry-After`; 1 with a 429 when missing.
        #[serde(skip_serializing_if = "Option::is_none")]
        retry_after: Option<u64>,
        #[serde(default)]
        after_commit: bool,
    },
    /// The connection is reset instead of an answer.
    Reset {
        #[serde(default)]
        after_commit: bool,
    },
    /// No answer ever comes, and the connection stays open until the fault ends: a half-open connection.
    Hang {
        #[serde(default)]
        after_commit: bool,
    },
    /// The answer breaks off after so many bytes of its body.
    Truncate { bytes: usize },
    /// The request's body is taken in no faster than that.
    SlowUpload { bytes_per_second: u32 },
    /// The websockets that are open are reset.
    SocketReset {},
    /// Of the websockets that are open, no byte comes through any more, either way. Their connections stay open until
    /// the fault ends, and are reset then.
    SocketHalfOpen {},
    /// Frames come later, and those after them wait for them, as on a line that stalls.
    FrameDelay {
        milliseconds: u64,
        #[serde(default)]
        jitter_milliseconds: u64,
    },
    /// Frames come more than once.
    FrameDuplicate {
        /// Besides the first.
        #[serde(default = "one")]
        copies: u32,
    },
    /// Frames are overtaken by those after them.
    FrameReorder {
        /// By so many.
        #[serde(default = "one")]
        by: u32,
        /// Or they come after this time, where fewer follow.
        #[serde(default = "a_second")]
        milliseconds: u64,
    },
    /// Frames never come.
    FrameLoss {},
    /// All is away: open websockets break, every request's connection is reset.
    Outage {
        /// Nothing is reset: no byte comes through any more, as where a network is gone.
        #[serde(default)]
        silent: bool,
    },
    /// The clock goes wrong: `Date` headers, the moments in entities and frames, when tokens begin and end.
    ClockSkew {
        /// Ahead; behind when negative.
        milliseconds: i64,
    },
}

fn one() -> u32 {
    1
}

fn a_second() -> u64 {
    1_000
}

/// What a fault can be aimed at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Each request that it is aimed at.
    Requests,
    /// The websockets that are open when it is made.
    Sockets,
    /// Each frame to a websocket.
    Frames,
    /// Everything.
    All,
}

impl Kind {
    /// What it strikes.
    pub fn scope(&self) -> Scope {
        match self {
            Self::Latency { .. }
            | Self::Status { .. }
            | Self::Reset { .. }
            | Self::Hang { .. }
            | Self::Truncate { .. }
            | Self::SlowUpload { .. } => Scope::Requests,
            Self::SocketReset {} | Self::SocketHalfOpen {} => Scope::Sockets,
            Self::FrameDelay { .. }
            | Self::FrameDuplicate { .. }
            | Self::FrameReorder { .. }
            | Self::FrameLoss {} => Scope::Frames,
            Self::Outage { .. } | Self::ClockSkew { .. } => Scope::All,
        }
    }

    fn check(&self) -> Result<(), FaultError> {
        let within = |field, value: u64, most: u64| {
            if value <= most {
                Ok(())
            } else {
                Err(FaultError::TooMuch { field, most })
            }
        };
        match *self {
            Self::Latency {
                milliseconds,
                jitter_milliseconds,
                ..
            }
            | Self::FrameDelay {
                milliseconds,
                jitter_milliseconds,
            } => {
                within("milliseconds", milliseconds, LONGEST_MILLIS)?;
                within("jitter_milliseconds", jitter_milliseconds, LONGEST_MILLIS)
            }
            Self::Status { status, .. } if !(400..600).contains(&status) => Err(FaultError::Status),
            Self::SlowUpload {
                bytes_per_second: 0,
            } => Err(FaultError::TooLittle {
                field: "bytes_per_second",
            }),
            Self::FrameDuplicate { copies } => within("copies", copies.into(), MOST_COPIES.into()),
            Self::FrameReorder { by, milliseconds } => {
                within("by", by.into(), MOST_OVERTAKING.into())?;
                within("milliseconds", milliseconds, LONGEST_MILLIS)
            }
            Self::ClockSkew { milliseconds } => within(
                "milliseconds",
                milliseconds.unsigned_abs(),
                LONGEST_SKEW.unsigned_abs(),
            ),
            _ => Ok(()),
        }
    }
}

/// How often and for how long a fault strikes, and what it is aimed at.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bounds {
    /// Everything, when missing.
    #[serde(rename = "match", default, skip_serializing_if = "Option::is_none")]
    pub target: Option<Target>,
    /// It ends after so many strikes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// It ends after so much time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<f64>,
    /// It strikes that part of what it is aimed at: above 0, up to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share: Option<f64>,
    /// Which part, and how much jitter: the same number strikes the same ones again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
}

const BOUNDS: [&str; 5] = ["match", "count", "seconds", "share", "seed"];

/// A fault, as `POST /_sandbox/faults` and `--fault` describe it.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// What goes wrong.
    pub kind: Kind,
    /// How often, how long and where.
    pub bounds: Bounds,
}

/// Why a description is not understood.
#[derive(Debug, thiserror::Error)]
pub enum FaultError {
    /// No JSON, a field that is missing or unknown, or one of another type.
    #[error("the fault is not understood: {0}")]
    Json(#[from] serde_json::Error),
    /// More than can be.
    #[error("{field} can be {most} at the most")]
    TooMuch {
        /// Which field.
        field: &'static str,
        /// How much it can be.
        most: u64,
    },
    /// Less than can be.
    #[error("{field} must be more than 0")]
    TooLittle {
        /// Which field.
        field: &'static str,
    },
    /// A status that is no error.
    #[error("status must be from 400 to 599")]
    Status,
    /// A time that is none.
    #[error("seconds must be more than 0 and at most 86400, a day")]
    Seconds,
    /// A part that is none.
    #[error("share must be more than 0 and at most 1")]
    Share,
    /// A bound that makes no sense with this kind.
    #[error("{field} has no meaning for this kind of fault")]
    Meaningless {
        /// Which field.
        field: &'static str,
    },
    /// More faults than are kept.
    #[error("there are {0} faults already; DELETE some")]
    TooMany(usize),
}

impl Fault {
    /// Reads a description.
    ///
    /// # Errors
    /// When it is not understood, with what is wrong.
    pub fn from_json(value: Value) -> Result<Self, FaultError> {
        let mut kind: Map<String, Value> = serde_json::from_value(value)?;
        let bounds: Map<String, Value> = BOUNDS
            .into_iter()
            .filter_map(|name| kind.remove_entry(name))
            .collect();
        let fault = Self {
            bounds: serde_json::from_value(Value::Object(bounds))?,
            kind: serde_json::from_value(Value::Object(kind))?,
        };
        fault.check()?;
        Ok(fault)
    }

    /// Reads a description from text, as `--fault` gives it.
    ///
    /// # Errors
    /// When it is not understood, with what is wrong.
    pub fn from_text(text: &str) -> Result<Self, FaultError> {
        Self::from_json(serde_json::from_str(text)?)
    }

    fn check(&self) -> Result<(), FaultError> {
        self.kind.check()?;
        let Bounds {
            target,
            count,
            seconds,
            share,
            seed,
        } = &self.bounds;
        if *count == Some(0) {
            return Err(FaultError::TooLittle { field: "count" });
        }
        if seconds.is_some_and(|seconds| !(seconds > 0.0 && seconds <= LONGEST_SECONDS)) {
            return Err(FaultError::Seconds);
        }
        if share.is_some_and(|share| !(share > 0.0 && share <= 1.0)) {
            return Err(FaultError::Share);
        }
        let scope = self.kind.scope();
        let meaningless = |field| Err(FaultError::Meaningless { field });
        if scope == Scope::All {
            for (field, is_there) in [
                ("count", count.is_some()),
                ("share", share.is_some()),
                ("seed", seed.is_some()),
                ("match", target.is_some()),
            ] {
                if is_there {
                    return meaningless(field);
                }
            }
        }
        if self.kind == (Kind::SocketReset {}) && seconds.is_some() {
            // It is done at once.
            return meaningless("seconds");
        }
        match target.as_ref().and_then(|target| target.meaningless(scope)) {
            Some(field) => meaningless(field),
            None => Ok(()),
        }
    }

    /// The description, as it was given.
    pub fn to_json(&self) -> Map<String, Value> {
        let fields = |value: Result<Value, serde_json::Error>| match value {
            Ok(Value::Object(fields)) => fields,
            _ => Map::new(),
        };
        let mut all = fields(serde_json::to_value(&self.kind));
        all.extend(fields(serde_json::to_value(&self.bounds)));
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_description_is_told_as_it_was_given() {
        for given in [
            json!({"kind": "latency", "milliseconds": 200, "jitter_milliseconds": 50, "after_commit": false,
                "match": {"method": "GET", "path": "/api/v1/*"}}),
            json!({"kind": "status", "status": 429, "retry_after": 3, "after_commit": true, "count": 2}),
            json!({"kind": "frame_loss", "share": 0.25, "seed": 7, "match": {"frame": "feedEntity"}}),
            json!({"kind": "socket_half_open", "seconds": 2.5, "match": {"endpoint": "browser"}}),
            json!({"kind": "outage", "silent": true, "seconds": 60.0}),
            json!({"kind": "clock_skew", "milliseconds": -90_000}),
        ] {
            let fault = Fault::from_json(given.clone()).unwrap();
            assert_eq!(Value::Object(fault.to_json()), given);
        }
    }

    #[test]
    fn what_makes_no_sense_is_named() {
        for (given, says) in [
            (json!([]), "not understood"),
            (json!({}), "kind"),
            (json!({"kind": "explosion"}), "unknown variant `explosion`"),
            (json!({"kind": "latency"}), "milliseconds"),
            (json!({"kind": "latency", "milliseconds": -1}), "-1"),
            (
                json!({"kind": "latency", "milliseconds": 1, "milli": 2}),
                "milli",
            ),
            (
                json!({"kind": "latency", "milliseconds": 600_001}),
                "600000",
            ),
            (json!({"kind": "status", "status": 200}), "400 to 599"),
            (
                json!({"kind": "slow_upload", "bytes_per_second": 0}),
                "more than 0",
            ),
            (json!({"kind": "reset", "count": 0}), "more than 0"),
            (json!({"kind": "reset", "share": 0}), "share"),
            (json!({"kind": "reset", "share": 1.5}), "share"),
            (json!({"kind": "reset", "seconds": 0}), "seconds"),
            (
                json!({"kind": "reset", "match": {"frame": "x"}}),
                "frame has no meaning",
            ),
            (json!({"kind": "reset", "match": {"paht": "x"}}), "paht"),
            (
                json!({"kind": "frame_loss", "match": {"path": "x"}}),
                "path has no meaning",
            ),
            (
                json!({"kind": "socket_reset", "seconds": 1}),
                "seconds has no meaning",
            ),
            (
                json!({"kind": "outage", "count": 1}),
                "count has no meaning",
            ),
            (
                json!({"kind": "clock_skew", "milliseconds": 1, "match": {}}),
                "match has no meaning",
            ),
        ] {
            let error = Fault::from_json(given.clone()).unwrap_err().to_string();
            assert!(
                error.contains(says),
                "{given}: {error:?} doesn't say {says:?}"
            );
        }
    }
}
