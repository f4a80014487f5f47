use crate::dates::Dates;
use crate::pen::Pen;
use chat_core::{Kind, Row};

/// Who and when. Every row has it, for those who listen; CSS shows it where a group begins.
pub(super) fn draw<P: Pen>(pen: &P, heading: &P::Element, row: &Row, dates: &impl Dates) {
    pen.clear(heading);
    pen.label(heading, "bdi", "name", &row.author.name);
    if row.kind == Kind::Automated {
        pen.label(heading, "span", "badge", pen.strings().automated);
    }
    let at = row.created_at;
    if let Some(time) = pen.label(heading, "time", "time", &dates.time(at)) {
        pen.set(&time, "datetime", &dates.machine(at));
        pen.set(&time, "title", &dates.exact(at));
    }
}

/// That it was edited or is pinned.
pub(super) fn draw_marks<P: Pen>(pen: &P, marks: &P::Element, row: &Row) {
    pen.clear(marks);
    if row.pinned {
        pen.label(marks, "span", "pinned", pen.strings().pinned);
    }
    if row.edited {
        pen.label(marks, "span", "edited", pen.strings().edited);
    }
}
