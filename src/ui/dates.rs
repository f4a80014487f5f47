//! Moments as people write them, by the browser's `Intl`: no tables of our own.

use super::dom::origin;
use super::pen::set;
use crate::conversation::{Version, raise};
use js_sys::{Array, Date, Object, Reflect};
use leptos::prelude::*;
use std::cell::OnceCell;
use std::time::Duration;
use wasm_bindgen::prelude::*;
use web_sys::Event;

const DAY_MILLIS: f64 = 86_400_000.0;
const HOUR_MILLIS: f64 = 3_600_000.0;
const MINUTE_MILLIS: f64 = 60_000.0;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = Intl, js_name = DateTimeFormat)]
    type DateTimeFormat;
    #[wasm_bindgen(constructor, catch, js_namespace = Intl, js_class = "DateTimeFormat")]
    fn new(locales: &Array, options: &Object) -> Result<DateTimeFormat, JsValue>;
    #[wasm_bindgen(method)]
    fn format(this: &DateTimeFormat, unix_millis: f64) -> String;

    #[wasm_bindgen(js_namespace = Intl, js_name = RelativeTimeFormat)]
    type RelativeTimeFormat;
    #[wasm_bindgen(constructor, catch, js_namespace = Intl, js_class = "RelativeTimeFormat")]
    fn new(locales: &Array, options: &Object) -> Result<RelativeTimeFormat, JsValue>;
    #[wasm_bindgen(method)]
    fn format(this: &RelativeTimeFormat, value: f64, unit: &str) -> String;

    #[wasm_bindgen(catch, js_namespace = Intl, js_name = getCanonicalLocales)]
    fn canonical_locales(locale: &str) -> Result<Array, JsValue>;
}

/// Each is made when it is needed first: that takes milliseconds on a phone, and most are not needed for the first frame.
struct Formats {
    locales: Array,
    time: Format,
    day: Format,
    day_and_year: Format,
    exact: Format,
    relative: OnceCell<Option<RelativeTimeFormat>>,
}

/// A way to write moments: its options, and the formatter once it was needed.
struct Format(
    &'static [(&'static str, &'static str)],
    OnceCell<Option<DateTimeFormat>>,
);

impl Format {
    const fn new(options: &'static [(&'static str, &'static str)]) -> Self {
        Self(options, OnceCell::new())
    }
}

impl Formats {
    fn relative(&self, value: f64, unit: &str) -> Option<String> {
        let format = self.relative.get_or_init(|| {
            let options = options(&[("numeric", "auto"), ("style", "short")]);
            RelativeTimeFormat::new(&self.locales, &options).ok()
        });
        Some(format.as_ref()?.format(value, unit))
    }

    fn written(&self, format: &Format, unix_millis: f64) -> Option<String> {
        let Format(pairs, made) = format;
        let made = made.get_or_init(|| DateTimeFormat::new(&self.locales, &options(pairs)).ok());
        Some(made.as_ref()?.format(unix_millis))
    }
}

/// Writes moments in the page's language and the visitor's time zone. A handle to copy freely.
#[derive(Clone, Copy)]
pub(super) struct Dates {
    formats: StoredValue<Formats, LocalStorage>,
    /// Today, so that what is relative to it is written anew when the day ends.
    today: RwSignal<i32>,
    /// Goes up every minute, so that what is relative to it is written anew.
    minute: Version,
}

impl Dates {
    /// With the browser's own language where the tag is empty or not one.
    pub fn new(locale: &str) -> Self {
        let locales = if locale.is_empty() {
            Array::new()
        } else {
            canonical_locales(locale).unwrap_or_default()
        };
        let formats = Formats {
            locales,
            time: Format::new(&[("hour", "numeric"), ("minute", "2-digit")]),
            day: Format::new(&[("weekday", "long"), ("day", "numeric"), ("month", "long")]),
            day_and_year: Format::new(&[
                ("day", "numeric"),
                ("month", "long"),
                ("year", "numeric"),
            ]),
            exact: Format::new(&[("dateStyle", "full"), ("timeStyle", "medium")]),
            relative: OnceCell::new(),
        };
        let today = RwSignal::new(local_day(&Date::new_0()));
        let minute = Version::new_local(0);
        let tick = move || {
            raise(minute);
            let now = local_day(&Date::new_0());
            if today.get_untracked() != now {
                today.set(now);
            }
        };
        if let Ok(interval) = set_interval_with_handle(tick, Duration::from_secs(60)) {
            on_cleanup(move || interval.clear());
        }
        Self {
            formats: StoredValue::new_local(formats),
            today,
            minute,
        }
    }

    /// How long ago it was, within the last hour; else hours and minutes. Tracks the time that passes.
    pub fn posted(self, unix_millis: i64) -> String {
        let age = Date::now() - date(unix_millis).get_time();
        // A clock that is a little slow makes nothing come from the future.
        if age > -HOUR_MILLIS && age < HOUR_MILLIS {
            self.minute.track();
            let minutes = (age / MINUTE_MILLIS).floor().max(0.0);
            let unit = if minutes > 0.0 { "minute" } else { "second" };
            let written = |formats: &Formats| formats.relative(-minutes, unit);
            if let Some(written) = self.formats.with_value(written) {
                return written;
            }
        }
        markup::Dates::time(&self, unix_millis)
    }

    /// Today, yesterday, or the date. Tracks the end of the day.
    pub fn day(self, unix_millis: i64) -> String {
        let date = date(unix_millis);
        let today = self.today.get();
        let days_ago = today - local_day(&date);
        if (0..=1).contains(&days_ago) {
            let word = |formats: &Formats| formats.relative(-f64::from(days_ago), "day");
            if let Some(word) = self.formats.with_value(word) {
                return word;
            }
        }
        let same_year = date.get_full_year() == Date::new_0().get_full_year();
        let format: fn(&Formats) -> &Format = if same_year {
            |formats| &formats.day
        } else {
            |formats| &formats.day_and_year
        };
        self.written(date.get_time(), format)
    }

    /// A moment to come: the clock's time where that is within half a day, else all of it.
    pub fn until(self, unix_millis: i64) -> String {
        if date(unix_millis).get_time() - Date::now() < DAY_MILLIS / 2.0 {
            markup::Dates::time(&self, unix_millis)
        } else {
            self.written(date(unix_millis).get_time(), |formats| &formats.exact)
        }
    }

    /// Has the time of a message that one points at or goes to say exactly when.
    pub fn reached(self, event: &Event) {
        let item = origin(event).and_then(|element| element.closest(".item").ok()?);
        let time = item.and_then(|item| item.query_selector(".time").ok()?);
        if let Some(time) = time
            && !time.has_attribute("title")
            && let Some(moment) = time.get_attribute("datetime")
        {
            let exact = self.written(Date::parse(&moment), |formats| &formats.exact);
            set(&time, "title", &exact);
        }
    }

    /// How long it is until then, in minutes and seconds.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "dates end far before the numbers do"
    )]
    pub fn left(unix_millis: i64) -> String {
        let left = date(unix_millis).get_time() - Date::now();
        let seconds = (left / 1_000.0).ceil().max(1.0) as i64;
        let two_digits = if seconds % 60 < 10 { ":0" } else { ":" };
        let rest = (seconds % 60).to_string();
        [&(seconds / 60).to_string(), two_digits, &rest].concat()
    }

    fn written(self, unix_millis: f64, format: fn(&Formats) -> &Format) -> String {
        // What lies beyond the range of dates can't be formatted.
        if unix_millis.is_nan() {
            return String::new();
        }
        self.formats
            .with_value(|formats| formats.written(format(formats), unix_millis))
            .unwrap_or_default()
    }
}

impl markup::Dates for Dates {
    fn time(&self, unix_millis: i64) -> String {
        self.written(date(unix_millis).get_time(), |formats| &formats.time)
    }

    fn machine(&self, unix_millis: i64) -> String {
        let date = date(unix_millis);
        if date.get_time().is_nan() {
            String::new()
        } else {
            date.to_iso_string().into()
        }
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "milliseconds of any year that a date can name are exact"
)]
fn date(unix_millis: i64) -> Date {
    Date::new(&JsValue::from_f64(unix_millis as f64))
}

/// The day in the visitor's time zone, counted from the Unix epoch.
#[expect(
    clippy::cast_possible_truncation,
    reason = "dates end 100 million days from the epoch"
)]
fn local_day(date: &Date) -> i32 {
    ((date.get_time() - date.get_timezone_offset() * 60_000.0) / DAY_MILLIS).floor() as i32
}

fn options(pairs: &[(&str, &str)]) -> Object {
    let options = Object::new();
    for (name, value) in pairs {
        let _ = Reflect::set(
            &options,
            &JsValue::from_str(name),
            &JsValue::from_str(value),
        );
    }
    options
}
