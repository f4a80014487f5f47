use chat_core::Moment;

/// Now, by this device's clock, with fresh randomness.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "both fit: the year 287396 is far, and a random number is below 1"
)]
pub fn now() -> Moment {
    Moment {
        unix_millis: js_sys::Date::now() as i64,
        random: (js_sys::Math::random() * f64::from(u32::MAX)) as u32,
    }
}

/// Minutes to add to UTC for local time, now.
#[allow(
    clippy::cast_possible_truncation,
    reason = "an offset is less than a day"
)]
pub fn utc_offset_minutes() -> i32 {
    -(js_sys::Date::new_0().get_timezone_offset() as i32)
}
