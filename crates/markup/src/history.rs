//! The frame of a history, and what stands before its first row.

use crate::pen::Pen;
use chat_core::Older;

/// What is always there of a history.
pub struct History<Element> {
    /// What scrolls.
    pub scroller: Element,
    /// What it scrolls: all that is in it.
    pub content: Element,
    /// What stands before the oldest message.
    pub before: Element,
    /// The rows' parent.
    pub rows: Element,
    /// The date of what is read, while its line is out of sight.
    pub date: Element,
    /// The way back to the newest message.
    pub way_back: Element,
}

impl<Element> History<Element> {
    /// Makes it in an element, or takes over the one that is painted there, with its rows.
    pub fn new<P: Pen<Element = Element>>(pen: &P, stage: &Element) -> Option<Self> {
        let history = pen.part(stage, "div", "history")?;
        let scroller = pen.part(&history, "div", "scroller")?;
        let content = pen.part(&scroller, "div", "content")?;
        pen.set(&scroller, "tabindex", "0");
        pen.set(&scroller, "role", "log");
        pen.set(&scroller, "aria-live", "off");
        pen.set(&scroller, "aria-label", pen.strings().messages());
        let date = pen.part(&history, "div", "date")?;
        pen.set(&date, "aria-hidden", "true");
        Some(Self {
            before: pen.part(&content, "div", "before")?,
            rows: pen.part(&content, "div", "rows")?,
            way_back: pen.part(&history, "div", "way-back")?,
            date,
            scroller,
            content,
        })
    }
}

/// What stands before the oldest message of a channel of that name.
pub fn draw_before<P: Pen>(pen: &P, place: &P::Element, older: Older, channel: &str) {
    let strings = pen.strings();
    match older {
        Older::Unknown | Older::Available => {}
        Older::Loading => {
            if let Some(spinner) = pen.element(place, "span", "spinner") {
                pen.set(&spinner, "role", "img");
                pen.set(&spinner, "aria-label", strings.loading_older());
            }
        }
        Older::Failed => {
            pen.label(place, "span", "", strings.older_failed());
            pen.text_button(place, "older", "plain", strings.try_again());
        }
        Older::Beginning => {
            if let Some(line) = pen.element(place, "span", "") {
                pen.names(&line, strings.beginning(), &[("channel", channel)]);
            }
        }
    }
}
