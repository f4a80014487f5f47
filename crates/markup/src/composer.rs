//! Where the visitor writes, or why they can't.

use crate::icons::{LOCK, SEND};
use crate::pen::Pen;
use strings::Strings;
use wire::rest::{AccessLevel, WhoCanPost};

/// Where the visitor writes.
pub struct Composer<Element> {
    /// The form, which is submitted to send.
    pub form: Element,
    /// The message that is being answered.
    pub preview: Element,
    /// What keeps the visitor from posting for a while.
    pub pause: Element,
    /// The field's frame, whose invisible copy of the text gives the field its height.
    pub frame: Element,
    /// The `textarea`.
    pub field: Element,
    /// The button that sends.
    pub send: Element,
}

impl<Element> Composer<Element> {
    /// Makes it in an element, or takes over the one that is painted there, with what was written in it already.
    pub fn new<P: Pen<Element = Element>>(pen: &P, foot: &Element) -> Option<Self> {
        let strings = pen.strings();
        let form = pen.part(foot, "form", "composer")?;
        let preview = pen.part(&form, "div", "preview")?;
        let pause = pen.part(&form, "div", "pause")?;
        let line = pen.part(&form, "div", "composer-line")?;
        let frame = pen.part(&line, "div", "field")?;
        let field = pen.part(&frame, "textarea", "")?;
        let send = pen.part(&line, "button", "send")?;
        for (name, value) in [
            ("rows", "1"),
            ("dir", "auto"),
            ("enterkeyhint", "send"),
            ("autocomplete", "off"),
            ("aria-label", strings.message()),
        ] {
            pen.set(&field, name, value);
        }
        for (name, value) in [
            ("type", "submit"),
            ("aria-label", strings.send()),
            ("title", strings.send()),
        ] {
            pen.set(&send, name, value);
        }
        if pen.child_count(&send) == 0 {
            pen.icon(&send, SEND);
        }
        Some(Self {
            form,
            preview,
            pause,
            frame,
            field,
            send,
        })
    }

    /// Says where the message will go.
    pub fn name<P: Pen<Element = Element>>(&self, pen: &P, channel: &str) {
        let strings = pen.strings();
        let named = strings.message_in().with(&[("channel", channel)]);
        let placeholder = if channel.is_empty() {
            strings.message()
        } else {
            &named
        };
        pen.set(&self.field, "placeholder", placeholder);
    }
}

/// Why a visitor with that access who may not post can't.
pub fn reason(
    strings: &'static Strings,
    access: Option<&AccessLevel>,
    who_can_post: Option<&WhoCanPost>,
) -> &'static str {
    if access == Some(&AccessLevel::NoAccess) {
        return strings.guests_read();
    }
    match who_can_post {
        Some(WhoCanPost::Admins) => strings.only_admins_post(),
        Some(WhoCanPost::NoOne) => strings.no_one_posts(),
        _ => strings.may_not_post(),
    }
}

/// A sentence in the composer's place.
pub fn draw_reason<P: Pen>(pen: &P, foot: &P::Element, sentence: &str) -> Option<P::Element> {
    let line = pen.element(foot, "div", "read-only")?;
    pen.icon(&line, LOCK);
    pen.label(&line, "span", "", sentence);
    Some(line)
}
