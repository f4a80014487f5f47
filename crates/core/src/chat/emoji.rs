use super::{Chat, Step};
use crate::outbox::Pending;
use crate::text::{self, Context, Document, EmojiNames};
use crate::timeline::Merged;
use crate::{Effect, RowId};
use std::rc::Rc;

/// The table of all names of emoji.
#[derive(Debug, Default)]
pub(super) enum EmojiTable {
    /// Nothing needed it so far.
    #[default]
    Unwanted,
    Asked,
    Known(String),
}

impl Chat {
    /// The names that are at hand.
    pub(super) fn emoji_names(&self) -> EmojiNames<'_> {
        match &self.emoji {
            EmojiTable::Known(table) => EmojiNames::new(table),
            _ => EmojiNames::COMMON,
        }
    }

    /// Asks for the table when something needs it.
    pub(super) fn load_emoji_names(&mut self, step: &mut Step) {
        if step.rare_emoji && matches!(self.emoji, EmojiTable::Unwanted) {
            self.emoji = EmojiTable::Asked;
            step.effects.push(Effect::LoadEmojiNames);
        }
    }

    /// Shows what waited for it anew. Where it could not be loaded, the next message that needs it asks again.
    pub(super) fn emoji_names_arrived(&mut self, table: Option<String>, step: &mut Step) {
        let Some(table) = table else {
            if matches!(self.emoji, EmojiTable::Asked) {
                self.emoji = EmojiTable::Unwanted;
            }
            return;
        };
        self.emoji = EmojiTable::Known(table);
        self.texts.clear();
        let mut merged = Merged::default();
        self.timeline.names_arrived(&mut merged);
        Self::note(merged, step);
        for row in self.parse_pending(|pending| text::has_rare_shortcode(&pending.content)) {
            step.changes.row(row);
        }
    }

    /// What parses messages is there, before anybody looked at one.
    pub(super) fn set_parser(&mut self, parser: text::Parser) {
        self.texts.set_parser(parser);
        self.parse_pending(|_| true);
    }

    /// Parses anew what is on its way, and says which rows that were.
    fn parse_pending(&mut self, is_meant: fn(&Pending) -> bool) -> Vec<RowId> {
        let waiting = self.outbox.pending.iter();
        let parsed_anew: Vec<_> = waiting
            .filter(|pending| is_meant(pending))
            .map(|pending| (pending.row, self.parse_own(&pending.content)))
            .collect();
        let keep = |(row, document)| {
            if let Some(pending) = self.outbox.find_mut(row) {
                pending.document = document;
            }
            row
        };
        parsed_anew.into_iter().map(keep).collect()
    }

    /// What the visitor writes, before the server says whom it mentions.
    pub(super) fn parse_own(&self, source: &str) -> Rc<Document> {
        let context = Context {
            experience: self.experience(),
            emoji: self.emoji_names(),
            ..Context::default()
        };
        self.texts.parse(source, &context)
    }
}
