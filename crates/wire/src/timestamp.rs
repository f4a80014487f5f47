use crate::json::Value;
use crate::read::{self, Read, Reading};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An RFC 3339 moment as Whop's REST routes write it (`2023-12-01T05:00:00.401Z`), kept to the letter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(String);

impl Timestamp {
    /// The text as it came.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Milliseconds since the Unix epoch, or `None` where the text is no RFC 3339 date and time.
    pub fn unix_millis(&self) -> Option<i64> {
        parse_rfc3339(self.0.as_bytes())
    }

    /// The moment of that many milliseconds since the Unix epoch, in UTC.
    pub fn from_unix_millis(millis: i64) -> Self {
        let days = millis.div_euclid(MILLIS_PER_DAY);
        let rest = millis.rem_euclid(MILLIS_PER_DAY);
        let (year, month, day) = civil_from_days(days);
        let (hour, minute) = (rest / 3_600_000, rest / 60_000 % 60);
        let (second, milli) = (rest / 1_000 % 60, rest % 1_000);
        let parts = [
            ("", year, 4),
            ("-", month, 2),
            ("-", day, 2),
            ("T", hour, 2),
            (":", minute, 2),
            (":", second, 2),
            (".", milli, 3),
        ];
        let mut text = String::new();
        for (before, number, width) in parts {
            text.push_str(before);
            push_padded(&mut text, number, width);
        }
        text.push('Z');
        Self(text)
    }
}

impl From<String> for Timestamp {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Timestamp {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

/// Writes a number with zeros before it. Not by `format!`: padding is much code for a visitor to download.
fn push_padded(text: &mut String, number: i64, width: usize) {
    let digits = number.unsigned_abs().to_string();
    let sign = if number < 0 { "-" } else { "" };
    let zeros = width.saturating_sub(sign.len() + digits.len());
    text.push_str(sign);
    text.push_str(&"0".repeat(zeros));
    text.push_str(&digits);
}

const MILLIS_PER_DAY: i64 = 86_400_000;

/// Days since the Unix epoch of a proleptic Gregorian date, after Howard Hinnant's `days_from_civil`.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// The inverse of [`days_from_civil`].
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

fn parse_rfc3339(text: &[u8]) -> Option<i64> {
    let digits = |from: usize, to: usize| -> Option<i64> {
        text.get(from..to)?.iter().try_fold(0, |value: i64, byte| {
            byte.is_ascii_digit()
                .then(|| value * 10 + i64::from(byte - b'0'))
        })
    };
    let literal = |at: usize, allowed: &[u8]| text.get(at).filter(|byte| allowed.contains(byte));
    let (year, month, day) = (digits(0, 4)?, digits(5, 7)?, digits(8, 10)?);
    let (hour, minute, second) = (digits(11, 13)?, digits(14, 16)?, digits(17, 19)?);
    literal(4, b"-")
        .and(literal(7, b"-"))
        .and(literal(10, b"Tt "))?;
    literal(13, b":").and(literal(16, b":"))?;
    if !(1..=12).contains(&month) || day < 1 || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let days = days_from_civil(year, month, day);
    if civil_from_days(days) != (year, month, day) {
        return None;
    }
    let mut at = 19;
    let mut millis = 0;
    if literal(at, b".").is_some() {
        let start = at + 1;
        at = start
            + text
                .get(start..)?
                .iter()
                .take_while(|byte| byte.is_ascii_digit())
                .count();
        if at == start {
            return None;
        }
        let kept = (at - start).min(3);
        millis = digits(start, start + kept)? * [100, 10, 1][kept - 1];
    }
    let offset_minutes = match text.get(at)? {
        b'Z' | b'z' if text.len() == at + 1 => 0,
        sign @ (b'+' | b'-') if text.len() == at + 6 => {
            literal(at + 3, b":")?;
            let (hours, minutes) = (digits(at + 1, at + 3)?, digits(at + 4, at + 6)?);
            if hours > 23 || minutes > 59 {
                return None;
            }
            (hours * 60 + minutes) * if *sign == b'-' { -1 } else { 1 }
        }
        _ => return None,
    };
    let seconds = hour * 3_600 + (minute - offset_minutes) * 60 + second;
    Some(days * MILLIS_PER_DAY + seconds * 1_000 + millis)
}

/// A moment in milliseconds since the Unix epoch, as the websocket writes it: a number, or a string of one
/// (protobuf's JSON writes 64-bit integers as strings), now and then an RFC 3339 moment. How it was written survives
/// a round trip.
#[derive(Clone, Debug, Default)]
pub struct Millis {
    value: i64,
    /// How it was written, where that was not a number.
    text: Option<Box<str>>,
}

impl Millis {
    /// A moment that is written as a number.
    pub const fn new(value: i64) -> Self {
        Self { value, text: None }
    }

    /// A moment that is written as a string of a number.
    pub fn as_text(value: i64) -> Self {
        Self {
            value,
            text: Some(value.to_string().into()),
        }
    }

    /// Milliseconds since the Unix epoch.
    pub const fn get(&self) -> i64 {
        self.value
    }
}

impl PartialEq for Millis {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl Eq for Millis {}

impl Serialize for Millis {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.text {
            Some(text) => serializer.serialize_str(text),
            None => serializer.serialize_i64(self.value),
        }
    }
}

impl Read for Millis {
    fn read(value: Value<'_>, reading: &mut Reading) -> Self {
        let text = value.as_str();
        let moment = match text {
            Some(text) => parse_rfc3339(text.as_bytes()),
            // A fraction of a millisecond is dropped.
            None => value.whole().map(|(millis, _)| millis),
        };
        Self {
            value: moment.unwrap_or_else(|| reading.integer(&value)),
            text: text.map(Box::from),
        }
    }
}

impl<'de> Deserialize<'de> for Millis {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read::deserialize(deserializer)
    }
}

impl Read for Timestamp {
    fn read(value: Value<'_>, reading: &mut Reading) -> Self {
        Self(String::read(value, reading))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use time::OffsetDateTime;
    use time::format_description::well_known::Rfc3339;

    #[test]
    fn reads_offsets_and_fractions() {
        let millis = |text: &str| Timestamp::from(text).unix_millis();
        assert_eq!(millis("1970-01-01T00:00:00Z"), Some(0));
        assert_eq!(millis("2023-12-01T05:00:00.401Z"), Some(1_701_406_800_401));
        assert_eq!(
            millis("2023-12-01T05:00:00.401987654Z"),
            Some(1_701_406_800_401)
        );
        assert_eq!(
            millis("2023-12-01T07:30:00.4+02:30"),
            Some(1_701_406_800_400)
        );
        assert_eq!(millis("2024-02-29T00:00:00Z"), Some(1_709_164_800_000));
    }

    #[test]
    fn refuses_what_is_no_moment() {
        for text in [
            "",
            "now",
            "2023-12-01",
            "2023-13-01T00:00:00Z",
            "2023-02-29T00:00:00Z",
            "2023-12-01T05:00:00",
            "2023-12-01T05:00:00.Z",
            "2023-12-01T24:00:00Z",
            "2023-12-01T05:00:00Zjunk",
            "２０２３-12-01T05:00:00Z",
        ] {
            assert_eq!(Timestamp::from(text).unix_millis(), None, "{text}");
        }
    }

    #[test]
    fn millis_keep_their_form() {
        for json in [
            "1701406800401",
            "\"1701406800401\"",
            "\"2023-12-01T05:00:00.401Z\"",
        ] {
            let millis: Millis = serde_json::from_str(json).unwrap();
            assert_eq!(millis.get(), 1_701_406_800_401);
            assert_eq!(serde_json::to_string(&millis).unwrap(), json);
        }
        assert!(serde_json::from_str::<Millis>("\"soon\"").is_err());
        assert!(serde_json::from_str::<Millis>("18446744073709551615").is_err());
    }

    proptest! {
        #[test]
        fn agrees_with_the_time_crate(millis in -62_135_596_800_000_i64..253_402_300_799_999) {
            let timestamp = Timestamp::from_unix_millis(millis);
            prop_assert_eq!(timestamp.unix_millis(), Some(millis));
            let theirs = OffsetDateTime::parse(timestamp.as_str(), &Rfc3339).unwrap();
            prop_assert_eq!(theirs.unix_timestamp_nanos() / 1_000_000, i128::from(millis));
        }

        #[test]
        fn never_panics(text in "\\PC*") {
            let _ = Timestamp::from(text).unix_millis();
        }
    }
}
