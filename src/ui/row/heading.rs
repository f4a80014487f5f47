use crate::ui::dates::{Dates, machine};
use crate::ui::pen::{Pen, clear, set};
use chat_core::{Kind, Row};
use web_sys::Element;

/// Who and when. Every row has it, for those who listen; CSS shows it where a group begins.
pub(super) fn draw(pen: &Pen, heading: &Element, row: &Row, dates: Dates) {
    clear(heading);
    pen.label(heading, "bdi", "name", &row.author.name);
    if row.kind == Kind::Automated {
        pen.label(heading, "span", "badge", pen.strings.automated);
    }
    let at = row.created_at;
    if let Some(time) = pen.label(heading, "time", "time", &dates.time(at)) {
        set(&time, "datetime", &machine(at));
        set(&time, "title", &dates.exact(at));
    }
}

/// That it was edited or is pinned.
pub(super) fn draw_marks(pen: &Pen, marks: &Element, row: &Row) {
    clear(marks);
    if row.pinned {
        pen.label(marks, "span", "pinned", pen.strings.pinned);
    }
    if row.edited {
        pen.label(marks, "span", "edited", pen.strings.edited);
    }
}
