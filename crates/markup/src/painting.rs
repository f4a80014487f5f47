//! The widget as it looks before it is there: its frame with the newest messages, as HTML.

use crate::composer::{self, Composer};
use crate::frame::{self, Frame};
use crate::history::{self, History};
use crate::html::{HtmlElement, HtmlPen};
use crate::pinned;
use crate::row::{May, PAINTED, Parts, Shown};
use crate::sanitiser;
use crate::{Dates, Pen};
use chat_core::{Chat, Older, RowId};
use std::rc::Rc;
use strings::Strings;
use wire::Timestamp;

/// More than fit on a tall screen.
pub const ROWS: usize = 30;
/// Rows whose texts together are longer than that, in bytes, are not painted: the widget draws them.
const SOURCE_BYTES: usize = 40_000;

/// The elements of an open conversation with its newest [`ROWS`] rows, fewer where they are very long, or `None` where it has none yet. A sanitiser has
/// the last word, so it may be put into a page as it is.
pub fn paint(chat: &Chat, strings: &'static Strings) -> Option<String> {
    let channel = chat.channel()?;
    let permissions = chat.permissions()?;
    let rows = chat.rows();
    let newest = newest(chat, &rows);
    if newest.is_empty() {
        return None;
    }
    let pen = HtmlPen::new(strings);
    let root = HtmlElement::new("div");
    let name = &channel.experience.name;
    let frame = Frame::new(&pen, &root)?;
    frame::draw_header(&pen, &frame.header, name);
    frame::draw_find(&pen, &frame.header, false);
    pinned::draw(&pen, &frame.pins, &chat.pinned(), false);
    let history = History::new(&pen, &frame.stage)?;
    if newest.len() == rows.len() && chat.older() == Older::Beginning {
        history::draw_before(&pen, &history.before, Older::Beginning, name);
    }
    let may = May {
        react: permissions.can_react,
        post: permissions.can_post,
        moderate: permissions.can_moderate,
    };
    for id in newest {
        let Some(row) = chat.row(*id) else { continue };
        let item = pen.element(&history.rows, "div", "item")?;
        pen.set(&item, PAINTED, "");
        let shown = Shown {
            day: row.starts_day.then(String::new),
            starts_unread: false,
            time: String::new(),
            row: Rc::new(row),
            may,
        };
        Parts::new(&pen, item, *id)?.draw(&pen, &MachineDates, None, &shown);
    }
    if permissions.can_post {
        let composer = Composer::new(&pen, &frame.foot)?;
        composer.name(&pen, name);
        pen.set(&composer.send, "disabled", "");
    } else {
        let sentence = composer::reason(
            strings,
            Some(&permissions.access_level),
            Some(&channel.who_can_post),
        );
        composer::draw_reason(&pen, &frame.foot, sentence);
    }
    Some(sanitiser::clean(&frame.chat.to_html()))
}

/// The rows to paint. Markup may be thirty times as long as what it is made from.
fn newest<'rows>(chat: &Chat, rows: &'rows [RowId]) -> &'rows [RowId] {
    let mut left = SOURCE_BYTES;
    let painted = rows.iter().rev().take(ROWS).take_while(|id| {
        let length = chat.row(**id).map_or(0, |row| row.source.len());
        left = left.saturating_sub(length);
        left > 0
    });
    let count = painted.count();
    rows.get(rows.len() - count..).unwrap_or_default()
}

/// Moments for machines only: the browser writes them in its own language.
struct MachineDates;

impl Dates for MachineDates {
    fn time(&self, _: i64) -> String {
        String::new()
    }

    fn machine(&self, unix_millis: i64) -> String {
        Timestamp::from_unix_millis(unix_millis).as_str().to_owned()
    }
}
