use super::{Shown, attachments, avatar, cards, delivery, heading, poll, quote, reactions, tools};
use crate::dates::Dates;
use crate::pen::Pen;
use crate::text;
use chat_core::{Delivery, Kind, Row};

/// A row's elements. They are always there, and an empty one takes no room.
pub struct Parts<P: Pen> {
    item: P::Element,
    day: P::Element,
    avatar: P::Element,
    heading: P::Element,
    quote: P::Element,
    text: P::Element,
    poll: P::Element,
    marks: P::Element,
    tools: P::Element,
    attachments: P::Element,
    cards: P::Element,
    reactions: P::Element,
    delivery: P::Element,
}

impl<P: Pen> Parts<P> {
    /// Fills an empty element with the parts of a row that is not drawn yet.
    pub fn new(pen: &P, item: P::Element) -> Option<Self> {
        let day = pen.element(&item, "div", "day")?;
        let message = pen.element(&item, "div", "message")?;
        let avatar = pen.element(&message, "span", "avatar")?;
        let body = pen.element(&message, "div", "body")?;
        let heading = pen.element(&body, "div", "heading")?;
        let bubble = pen.element(&body, "div", "bubble")?;
        let foot = pen.element(&message, "div", "foot-line")?;
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
            cards: pen.element(&body, "div", "cards")?,
            reactions: pen.element(&foot, "div", "reactions")?,
            delivery: pen.element(&foot, "div", "delivery")?,
            item,
        };
        pen.set(&parts.avatar, "aria-hidden", "true");
        pen.set(&parts.text, "dir", "auto");
        for (group, name) in [
            (&parts.poll, pen.strings().poll),
            (&parts.reactions, pen.strings().reactions),
        ] {
            pen.set(group, "role", "group");
            pen.set(group, "aria-label", name);
        }
        Some(parts)
    }

    /// Touches the parts that show something else than before.
    pub fn draw(&self, pen: &P, dates: &impl Dates, before: Option<&Shown>, now: &Shown) {
        let row = &*now.row;
        let old = before.map(|before| &*before.row);
        let changed = |differs: fn(&Row, &Row) -> bool| old.is_none_or(|old| differs(old, row));
        let may_changed = before.is_none_or(|before| before.may != now.may);

        let class_now = class(row);
        if old.is_none_or(|old| class(old) != class_now) {
            pen.set_class(&self.item, &class_now);
        }
        if before.is_none_or(|before| before.day != now.day) {
            pen.clear(&self.day);
            if let Some(day) = &now.day
                && let Some(time) = pen.label(&self.day, "time", "", day)
            {
                pen.set(&time, "datetime", &dates.machine(row.created_at));
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
            old.author.name != row.author.name
                || old.author.is_admin != row.author.is_admin
                || old.created_at != row.created_at
                || old.kind != row.kind
        }) {
            heading::draw(pen, &self.heading, row, &now.time, dates);
        } else if before.is_some_and(|before| before.time != now.time) {
            heading::draw_time(pen, &self.heading, &now.time);
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
        if changed(|old, row| old.cards != row.cards) {
            cards::draw(pen, &self.cards, &row.cards);
        }
        if may_changed || changed(|old, row| old.reactions != row.reactions) {
            reactions::draw(pen, &self.reactions, &row.reactions, now.may.react);
        }
        if changed(|old, row| old.delivery != row.delivery) {
            delivery::draw(pen, &self.delivery, &row.delivery);
        }
        pen.set_if(&self.quote, "hidden", row.quote.is_none());
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
