use crate::dates::Dates;
use crate::icons::PIN;
use crate::pen::Pen;
use chat_core::{Kind, Row};

/// Who and when. Every row has it, for those who listen; CSS shows it where a group begins.
pub(super) fn draw<P: Pen>(
    pen: &P,
    heading: &P::Element,
    row: &Row,
    time: &str,
    dates: &impl Dates,
) {
    let strings = pen.strings();
    pen.clear(heading);
    pen.label(heading, "bdi", "name", &row.author.name);
    if row.kind == Kind::Automated {
        pen.label(heading, "span", "badge", strings.automated());
    } else if row.author.is_admin {
        pen.label(heading, "span", "badge", strings.admin());
    }
    if let Some(element) = pen.label(heading, "time", "time", time) {
        pen.set(&element, "datetime", &dates.machine(row.created_at));
    }
}

/// The time alone, which passes.
pub(super) fn draw_time<P: Pen>(pen: &P, heading: &P::Element, time: &str) {
    if let Some(element) = pen.last_child(heading) {
        pen.set_text(&element, time);
    }
}

/// That it was edited or is pinned.
pub(super) fn draw_marks<P: Pen>(pen: &P, marks: &P::Element, row: &Row) {
    pen.clear(marks);
    if row.pinned
        && let Some(mark) = pen.element(marks, "span", "pinned")
    {
        pen.icon(&mark, PIN);
        pen.text(&mark, pen.strings().pinned());
    }
    if row.edited {
        pen.label(marks, "span", "edited", pen.strings().edited());
    }
}
