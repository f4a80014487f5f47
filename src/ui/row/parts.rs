use super::{Shown, attachments, avatar, delivery, heading, poll, quote, reactions, tools};
use crate::ui::dates::{Dates, machine};
use crate::ui::pen::{Pen, clear, set, set_if};
use crate::ui::text;
use chat_core::{Delivery, Kind, Row};
use web_sys::Element;

/// A row's elements. They are always there, and an empty one takes no room.
pub(super) struct Parts {
    item: Element,
    day: Element,
    avatar: Element,
    heading: Element,
    quote: Element,
    text: Element,
    poll: Element,
    marks: Element,
    tools: Element,
    attachments: Element,
    reactions: Element,
    delivery: Element,
}

impl Parts {
    pub fn new(pen: &Pen, item: Element) -> Option<Self> {
        let day = pen.element(&item, "div", "day")?;
        let message = pen.element(&item, "div", "message")?;
        let avatar = pen.element(&message, "span", "avatar")?;
        let body = pen.element(&message, "div", "body")?;
        let heading = pen.element(&body, "div", "heading")?;
        let bubble = pen.element(&body, "div", "bubble")?;
        let parts = Self {
            day,
            avatar,
            heading,
            quote: pen.button(&bubble, "quoted", "quote")?,
            text: pen.element(&bubble, "div", "text")?,
            poll: pen.element(&bubble, "div", "poll")?,
            marks: pen.element(&bubble, "div", "marks")?,
            tools: pen.element(&bubble, "div", "tools")?,
            attachments: pen.element(&body, "div", "attachments")?,
            reactions: pen.element(&body, "div", "reactions")?,
            delivery: pen.element(&body, "div", "delivery")?,
            item,
        };
        set(&parts.avatar, "aria-hidden", "true");
        set(&parts.text, "dir", "auto");
        for (group, name) in [
            (&parts.poll, pen.strings.poll),
            (&parts.reactions, pen.strings.reactions),
        ] {
            set(group, "role", "group");
            set(group, "aria-label", name);
        }
        Some(parts)
    }

    /// Touches the parts that show something else than before.
    pub fn draw(&self, pen: &Pen, dates: Dates, before: Option<&Shown>, now: &Shown) {
        let row = &*now.row;
        let old = before.map(|before| &*before.row);
        let changed = |differs: fn(&Row, &Row) -> bool| old.is_none_or(|old| differs(old, row));
        let may_changed = before.is_none_or(|before| before.may != now.may);

        let class = class(row);
        if self.item.class_name() != class {
            self.item.set_class_name(&class);
        }
        if before.is_none_or(|before| before.day != now.day) {
            clear(&self.day);
            if let Some(day) = &now.day
                && let Some(time) = pen.label(&self.day, "time", "", day)
            {
                set(&time, "datetime", &machine(row.created_at));
            }
        }
        if changed(|old, row| {
            old.author != row.author
                || old.starts_group != row.starts_group
                || old.ends_group != row.ends_group
        }) {
            avatar::draw(pen, &self.avatar, row);
        }
        if changed(|old, row| {
            old.author.name != row.author.name || old.created_at != row.created_at
        }) {
            heading::draw(pen, &self.heading, row, dates);
        }
        if changed(|old, row| old.quote != row.quote) {
            quote::draw(pen, &self.quote, row.quote.as_ref());
        }
        if changed(|old, row| old.text != row.text) {
            text::draw(pen, &self.text, &row.text);
        }
        if may_changed || changed(|old, row| old.poll != row.poll) {
            poll::draw(pen, &self.poll, row.poll.as_ref(), now.may.react);
        }
        if changed(|old, row| old.edited != row.edited || old.pinned != row.pinned) {
            heading::draw_marks(pen, &self.marks, row);
        }
        if may_changed || changed(|old, row| old.message.is_some() != row.message.is_some()) {
            tools::draw(pen, &self.tools, row, now.may);
        }
        if changed(|old, row| old.attachments != row.attachments) {
            attachments::draw(pen, &self.attachments, &row.attachments);
        }
        if may_changed || changed(|old, row| old.reactions != row.reactions) {
            reactions::draw(pen, &self.reactions, &row.reactions, now.may.react);
        }
        if changed(|old, row| old.delivery != row.delivery) {
            delivery::draw(pen, &self.delivery, &row.delivery);
        }
        set_if(&self.quote, "hidden", row.quote.is_none());
    }
}

fn class(row: &Row) -> String {
    let mut class = String::from("item");
    let bare = row.text.blocks.is_empty() && row.poll.is_none() && row.quote.is_none();
    for (condition, name) in [
        (row.own, " own"),
        (row.kind == Kind::System, " system"),
        (row.starts_group, " first"),
        (row.ends_group, " last"),
        (row.starts_day, " starts-day"),
        (row.delivery == Delivery::Pending, " pending"),
        (matches!(row.delivery, Delivery::Failed(_)), " failed"),
        (row.poll.is_some(), " has-poll"),
        (bare, " textless"),
        (row.text.is_emoji_only() && row.quote.is_none(), " is-jumbo"),
    ] {
        if condition {
            class.push_str(name);
        }
    }
    class
}
