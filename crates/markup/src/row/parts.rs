use super::{Shown, attachments, avatar, cards, delivery, heading, poll, quote, reactions, tools};
use crate::dates::Dates;
use crate::pen::Pen;
use crate::text;
use chat_core::{Deletion, Delivery, Kind, Row, RowId};

/// A row's elements. They are always there, and an empty one takes no room.
pub struct Parts<P: Pen> {
    item: P::Element,
    day: P::Element,
    message: P::Element,
    avatar: P::Element,
    heading: P::Element,
    bubble: P::Element,
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
    /// Makes an empty element that of a row, with the parts of one that is not drawn yet.
    pub fn new(pen: &P, item: P::Element, id: RowId) -> Option<Self> {
        pen.set(&item, "data-row", &id.get().to_string());
        pen.set(&item, "tabindex", "-1");
        pen.set(&item, "role", "article");
        Self::within(pen, item, false)
    }

    /// The parts of a row that is drawn already, by the same steps elsewhere.
    pub fn of(pen: &P, item: P::Element) -> Option<Self> {
        Self::within(pen, item, true)
    }

    fn within(pen: &P, item: P::Element, is_drawn: bool) -> Option<Self> {
        let part = |parent: &P::Element, name: &str, class: &str| {
            if is_drawn {
                pen.part(parent, name, class)
            } else {
                pen.element(parent, name, class)
            }
        };
        let day = part(&item, "div", "day")?;
        let message = part(&item, "div", "message")?;
        let avatar = part(&message, "span", "avatar")?;
        let body = part(&message, "div", "body")?;
        let heading = part(&body, "div", "heading")?;
        let bubble = part(&body, "div", "bubble")?;
        let foot = part(&message, "div", "foot-line")?;
        let parts = Self {
            day,
            message,
            avatar,
            heading,
            quote: part(&bubble, "button", "quote")?,
            text: part(&bubble, "div", "text")?,
            poll: part(&bubble, "div", "poll")?,
            marks: part(&bubble, "div", "marks")?,
            tools: part(&bubble, "div", "tools")?,
            attachments: part(&body, "div", "attachments")?,
            cards: part(&body, "div", "cards")?,
            reactions: part(&foot, "div", "reactions")?,
            delivery: part(&foot, "div", "delivery")?,
            bubble,
            item,
        };
        pen.set(&parts.quote, "type", "button");
        pen.set(&parts.quote, "data-act", "quoted");
        pen.set(&parts.avatar, "aria-hidden", "true");
        pen.set(&parts.text, "dir", "auto");
        for (group, name) in [
            (&parts.poll, pen.strings().poll()),
            (&parts.reactions, pen.strings().reactions()),
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
        if old.is_some_and(|old| old.own) != row.own {
            self.expose(pen, row.own);
        }
        if before.is_none_or(|before| before.day != now.day) {
            pen.clear(&self.day);
            if let Some(day) = &now.day
                && let Some(time) = pen.label(&self.day, "time", "", day)
            {
                pen.set(&time, "datetime", &dates.machine(row.created_at));
            }
        }
        if before.is_some_and(|before| before.starts_unread) != now.starts_unread {
            self.divide(pen, now.starts_unread);
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
        if may_changed
            || changed(|old, row| {
                old.message.is_some() != row.message.is_some() || old.own != row.own
            })
        {
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
        if changed(|old, row| old.delivery != row.delivery || old.deletion != row.deletion) {
            delivery::draw(pen, &self.delivery, row);
        }
        pen.set_if(&self.quote, "hidden", row.quote.is_none());
    }

    /// Lets the page style one's own messages apart.
    fn expose(&self, pen: &P, own: bool) {
        for (element, part, own_part) in [
            (&self.message, "message", "message own-message"),
            (&self.bubble, "bubble", "bubble own-bubble"),
        ] {
            pen.set(element, "part", if own { own_part } else { part });
        }
    }

    /// Sets the message off from what was read before it, or no longer.
    fn divide(&self, pen: &P, divided: bool) {
        let Some(line) = pen.part(&self.item, "div", "unread") else {
            return;
        };
        if divided {
            pen.set(&line, "role", "separator");
            pen.set(&line, "aria-label", pen.strings().unread_from());
            pen.label(&line, "span", "", pen.strings().unread_from());
            pen.move_before(&self.item, &line, &self.message);
        } else {
            pen.remove(&line);
        }
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
        (
            row.delivery == Delivery::Pending || row.deletion == Some(Deletion::UnderWay),
            " pending",
        ),
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
