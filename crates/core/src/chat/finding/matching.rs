use super::super::Chat;
use super::super::view::display_name;
use super::Finding;
use crate::text::{self, Query};
use crate::timeline::{Key, Record};
use crate::{Changes, OrderChange};
use std::rc::Rc;
use wire::MessageId;

/// So many rows are looked at in one go, so that a frame is not held up.
const ROWS_AT_ONCE: usize = 300;

impl Chat {
    /// Takes in what changed among the rows that were looked at.
    pub(super) fn follow(&self, find: &mut Finding, changes: &Changes) {
        let mut touched = changes.rows.clone();
        match &changes.order {
            OrderChange::Unchanged => {}
            OrderChange::Replaced => {
                find.restart();
                let order = self.timeline.order();
                let is_shown = |key: &Rc<Key>| order.position(key).is_some();
                find.current = find.current.take().filter(is_shown);
            }
            OrderChange::Spliced(splices) => {
                for splice in splices {
                    splice.removed.iter().for_each(|row| find.forget(*row));
                    if splice.inserted.len() > ROWS_AT_ONCE {
                        find.restart();
                    }
                    touched.extend(&splice.inserted);
                }
            }
        }
        for row in touched {
            let Some(key) = self.timeline.key(row) else {
                continue;
            };
            if find.seen.as_ref().is_none_or(|seen| key < seen) {
                continue;
            }
            let is_shown = self.timeline.order().position(key).is_some();
            let matches = is_shown && self.has_words(&find.query, &key.id);
            if matches != find.matches.position(key).is_some() {
                find.changed = true;
                if matches {
                    find.matches.insert(key.clone(), row);
                } else {
                    find.matches.remove(key);
                }
            }
        }
    }

    /// Looks at some of the rows that were not looked at. Whether there are more of them.
    pub(super) fn look_on(&self, find: &mut Finding) -> bool {
        if find.query.is_empty() {
            return false;
        }
        let order = self.timeline.order();
        let end = find
            .seen
            .as_ref()
            .map_or(order.len(), |seen| order.rank(seen));
        let start = end.saturating_sub(ROWS_AT_ONCE);
        for (key, row) in order.range(start..end) {
            if self.has_words(&find.query, &key.id) {
                find.matches.insert(key.clone(), *row);
                find.changed = true;
            }
        }
        if let Some((key, _)) = order.get(start).filter(|_| start < end) {
            find.seen = Some(key.clone());
        }
        start > 0
    }

    /// Whether the server has that message and it has the words.
    pub(super) fn has_words(&self, query: &Query, message: &MessageId) -> bool {
        let Some(record) = self.timeline.record(message) else {
            return false;
        };
        let folded = record.folded(|| self.folded(record));
        let (said, author) = folded.rsplit_once('\n').unwrap_or_default();
        query.is_in(said, author)
    }

    /// All that one reads of a message: its text, its files and the answers of its poll, and in the last line its author.
    fn folded(&self, record: &Record) -> Box<str> {
        let message = &record.message;
        let text = if let Some(document) = record.parsed() {
            document.plain_text()
        } else {
            // Not kept: who looks for words passes most messages unseen.
            let names = self.text_context(record);
            let content = message.content.as_deref().unwrap_or_default();
            self.texts
                .parse_anew(content, &names.context())
                .plain_text()
        };
        let mut folded = String::new();
        let mut add = |field: &str| {
            text::fold_into(field, self.options.fold, &mut folded);
            // Which no field has any more: a phrase doesn't go from one into the next.
            folded.push('\n');
        };
        add(&text);
        for file in message.attachments.iter().flatten() {
            add(file.filename.as_deref().unwrap_or_default());
        }
        if let Some(options) = message.poll.as_ref().and_then(|poll| poll.options.as_ref()) {
            for option in options {
                add(&option.text);
            }
        }
        text::fold_into(&display_name(&message.user), self.options.fold, &mut folded);
        folded.into()
    }
}
