//! The few icons, as paths on a grid of 20.

#![expect(missing_docs, reason = "an icon is named after what it shows or does")]

pub const SEND: &str = "M10 16.5V4M4.5 9.2 10 3.7l5.5 5.5";
pub const REPLY: &str = "M8 4.5 3.5 9 8 13.5M4 9h7.5a5 5 0 0 1 5 5v1.5";
pub const SMILE: &str = "M8.9 3.3a7 7 0 1 0 7.8 7.8M7.2 11.6a3.4 3.4 0 0 0 5.4.3M7.4 7.9v.1M12.2 7.9v.1M15.5 2.5v5M13 5h5";
pub const TRASH: &str = "M3.5 5.5h13M8 5.5v-2h4v2M5.5 5.5l.7 11h7.6l.7-11M8.5 8.5v5M11.5 8.5v5";
pub const CLOSE: &str = "m5 5 10 10M15 5 5 15";
pub const DOWN: &str = "m4.5 7.5 5.5 5.5 5.5-5.5";
pub const UP: &str = "m4.5 12.5 5.5-5.5 5.5 5.5";
pub const FILE: &str =
    "M11 2.5H6A1.5 1.5 0 0 0 4.5 4v12A1.5 1.5 0 0 0 6 17.5h8a1.5 1.5 0 0 0 1.5-1.5V7zM11 2.5V7h4.5";
pub const WARNING: &str = "M10 6.5v4M10 13.5v.1M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15z";
pub const CHECK: &str = "m4.5 10.5 3.5 3.5 7.5-8";
pub const LOCK: &str = "M5.5 9h9A1.5 1.5 0 0 1 16 10.5v5a1.5 1.5 0 0 1-1.5 1.5h-9A1.5 1.5 0 0 1 4 15.5v-5A1.5 1.5 0 0 1 5.5 9zM6.5 9V6.5a3.5 3.5 0 0 1 7 0V9";
pub const PLUG: &str = "M2.5 7.5a11 11 0 0 1 15 0M5 10.5a7.3 7.3 0 0 1 10 0M7.6 13.400a3.6 3.6 0 0 1 4.8 0M10 16.5v.1M3.5 3.5l13 13";
pub const BUBBLES: &str = "M3 5.5A2.5 2.5 0 0 1 5.5 3h9A2.5 2.5 0 0 1 17 5.5v6a2.5 2.5 0 0 1-2.5 2.5H9l-4 3.5V14A2.5 2.5 0 0 1 3 11.5z";
pub const SEARCH: &str = "M9 3.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11zM13 13l4 4";
/// A pin.
pub const PIN: &str = "M7.5 3h5l-.6 5 2.6 3v1.5h-9V11l2.6-3zM10 12.5v4.5";
/// One back.
pub const LEFT: &str = "M12.5 4.5 7 10l5.5 5.5";
/// One on.
pub const RIGHT: &str = "m7.5 4.5 5.5 5.5-5.5 5.5";
/// Larger.
pub const PLUS: &str = "M10 4v12M4 10h12";
/// Smaller.
pub const MINUS: &str = "M4 10h12";
/// Out of here.
pub const OPEN: &str =
    "M8 4.5H5.5a1 1 0 0 0-1 1v9a1 1 0 0 0 1 1h9a1 1 0 0 0 1-1V12M11.5 4h4.5v4.5M15.5 4.5 9.5 10.5";
