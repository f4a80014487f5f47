use super::May;
use crate::icons::{REPLY, SMILE, TRASH};
use crate::pen::Pen;
use chat_core::{Kind, Row};

/// What can be done with a message: shown on hover, or once the row has the focus.
pub(super) fn draw<P: Pen>(pen: &P, bar: &P::Element, row: &Row, may: May) {
    pen.clear(bar);
    if row.message.is_none() || row.kind == Kind::System {
        return;
    }
    if may.react {
        pen.icon_button(bar, "pick", "", SMILE, pen.strings().add_reaction());
    }
    if may.post {
        pen.icon_button(bar, "reply", "", REPLY, pen.strings().reply());
    }
    if row.own || may.moderate {
        pen.icon_button(bar, "ask-delete", "", TRASH, pen.strings().delete());
    }
}
