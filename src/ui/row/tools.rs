use super::May;
use crate::ui::icons::{REPLY, SMILE};
use crate::ui::pen::{Pen, clear};
use chat_core::{Kind, Row};
use web_sys::Element;

/// What can be done with a message: shown on hover, or once the row has the focus.
pub(super) fn draw(pen: &Pen, bar: &Element, row: &Row, may: May) {
    clear(bar);
    if row.message.is_none() || row.kind == Kind::System {
        return;
    }
    if may.react {
        pen.icon_button(bar, "pick", "", SMILE, pen.strings.add_reaction);
    }
    if may.post {
        pen.icon_button(bar, "reply", "", REPLY, pen.strings.reply);
    }
}
