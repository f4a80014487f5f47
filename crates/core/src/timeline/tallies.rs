use crate::text::{self, EmojiNames};
use litemap::LiteMap;
use wire::rest::Message;
use wire::socket::{
    PostReactionCount, PostReactionCountUpdate, ReactionEntity, ReactionKind, UpdatedFields,
};

/// The reactions and votes of one message. Each is kept with the moment at which it became true.
#[derive(Debug, Default)]
pub(crate) struct Tallies {
    reactions: Counts,
    votes: Counts,
    own_reactions: LiteMap<String, Own>,
    own_votes: LiteMap<String, Own>,
}

/// Counts by value: an emoji's name, or a poll option's id.
#[derive(Debug, Default)]
struct Counts {
    /// The last complete list, its moment, and each value's place in it.
    list: Vec<(String, u64)>,
    list_at: i64,
    /// Single values that changed, and when.
    singles: LiteMap<String, (i64, u64)>,
}

/// Whether the visitor did something, and since when that is true.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Own {
    at: i64,
    present: bool,
}

/// One value's count as it is shown.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Tally {
    pub value: String,
    pub count: u64,
    pub own: bool,
}

impl Counts {
    fn set_all(&mut self, list: Vec<(String, u64)>, at: i64) {
        // Lists of the same moment: the one that counts more wins, whichever came first.
        let weight = |list: &[(String, u64)]| list.iter().map(|(_, count)| count).sum::<u64>();
        let newer = (at, weight(&list), &list) > (self.list_at, weight(&self.list), &self.list);
        if newer {
            self.list = list;
            self.list_at = at;
        }
        let listed_at = self.list_at;
        self.singles
            .retain(|_, (single_at, _)| *single_at > listed_at);
    }

    fn set_one(&mut self, value: String, count: u64, at: i64) {
        if at <= self.list_at && self.list_at > 0 {
            return;
        }
        let known = self.singles.get(&value).copied();
        self.singles.insert(
            value,
            known.map_or((at, count), |known| known.max((at, count))),
        );
    }

    /// In the list's order, then those that came since.
    fn all(&self) -> Vec<(&str, u64)> {
        let single = |value: &str| self.singles.get(value).map(|(_, count)| *count);
        let listed = self
            .list
            .iter()
            .map(|(value, count)| (value.as_str(), single(value).unwrap_or(*count)));
        let unlisted = self
            .singles
            .iter()
            .filter(|(value, _)| !self.list.iter().any(|(other, _)| other == *value))
            .map(|(value, (_, count))| (value.as_str(), *count));
        listed.chain(unlisted).collect()
    }
}

impl Tallies {
    /// A message of REST, or one of a frame turned into one, tells all counts at once.
    pub fn merge_message(&mut self, message: &Message, at: i64) {
        let reactions = message
            .reaction_counts
            .iter()
            .filter_map(|tally| Some((canonical(tally.emoji.as_deref()?), tally.count)));
        self.reactions.set_all(reactions.collect(), at);
        let votes = message
            .poll_votes
            .iter()
            .filter_map(|tally| Some((tally.option_id.clone()?, tally.count)));
        self.votes.set_all(votes.collect(), at);
    }

    /// Applies the fields that the mask names, and no other.
    pub fn merge_update(&mut self, update: PostReactionCountUpdate, at: i64) {
        let mask = update.updated_fields_bitmask;
        if mask.contains(UpdatedFields::ALL_REACTIONS) {
            let counts = update.post_reaction_counts;
            let list = |kind: &ReactionKind| {
                counts
                    .iter()
                    .filter(|tally| tally.reaction_type == *kind)
                    .map(entry)
                    .collect()
            };
            self.reactions.set_all(list(&ReactionKind::Emoji), at);
            self.votes.set_all(list(&ReactionKind::Vote), at);
        }
        if mask.contains(UpdatedFields::SINGLE_REACTION)
            && let Some(tally) = update.single_reaction_count_update
        {
            let (value, count) = entry(&tally);
            match tally.reaction_type {
                ReactionKind::Emoji => self.reactions.set_one(value, count, at),
                ReactionKind::Vote => self.votes.set_one(value, count, at),
                _ => {}
            }
        }
    }

    /// The visitor's own reaction or vote.
    pub fn merge_own(&mut self, reaction: ReactionEntity) {
        let own = Own {
            at: reaction.updated_at.get(),
            present: !reaction.deleted,
        };
        let (known, value) = match reaction.reaction_type {
            ReactionKind::Emoji => (&mut self.own_reactions, canonical(&reaction.value)),
            ReactionKind::Vote => (&mut self.own_votes, reaction.value),
            _ => return,
        };
        let before = known.get(&value).copied();
        known.insert(value, before.map_or(own, |before| before.max(own)));
    }

    /// The visitor's own reaction or vote, as the answer to a request tells it.
    pub fn set_own(&mut self, kind: &ReactionKind, value: &str, present: bool, at: i64) {
        self.merge_own(ReactionEntity {
            reaction_type: kind.clone(),
            value: value.to_owned(),
            deleted: !present,
            updated_at: wire::Millis::new(at),
            ..ReactionEntity::default()
        });
    }

    /// One count, as the answer to a request makes it.
    pub fn set_count(&mut self, kind: &ReactionKind, value: &str, count: u64, at: i64) {
        match kind {
            ReactionKind::Emoji => self.reactions.set_one(canonical(value), count, at),
            ReactionKind::Vote => self.votes.set_one(value.to_owned(), count, at),
            _ => {}
        }
    }

    /// Whether some reaction is an emoji by a name that is not built in.
    pub fn has_rare_emoji(&self) -> bool {
        let named = self.reactions.all();
        named
            .iter()
            .any(|(value, _)| text::has_rare_shortcode(value))
    }

    pub fn reactions(&self) -> Vec<Tally> {
        let present = |value: &str| self.own_reactions.get(value).is_some_and(|own| own.present);
        let own_alone = self
            .own_reactions
            .iter()
            .filter(|(value, own)| {
                own.present && !self.reactions.all().iter().any(|(other, _)| other == value)
            })
            .map(|(value, _)| Tally {
                value: value.clone(),
                count: 1,
                own: true,
            });
        self.reactions
            .all()
            .into_iter()
            .map(|(value, count)| {
                let own = present(value);
                Tally {
                    value: value.to_owned(),
                    count: count.max(u64::from(own)),
                    own,
                }
            })
            .chain(own_alone)
            .filter(|tally| tally.count > 0)
            .collect()
    }

    /// How many voted for an option, and whether the visitor did. One has a single vote.
    pub fn votes(&self, option: &str) -> (u64, bool) {
        let last = self
            .own_votes
            .iter()
            .max_by_key(|(value, own)| (own.at, own.present, *value));
        let own = last.is_some_and(|(value, own)| own.present && value == option);
        let counts = self.votes.all();
        let count = counts
            .iter()
            .find(|(value, _)| *value == option)
            .map_or(0, |(_, count)| *count);
        (count.max(u64::from(own)), own)
    }
}

fn entry(tally: &PostReactionCount) -> (String, u64) {
    let value = match tally.reaction_type {
        ReactionKind::Emoji => canonical(&tally.value),
        _ => tally.value.clone(),
    };
    (value, tally.user_count)
}

/// `:heart:` and ❤️ are one reaction (X9): the emoji itself, without the variation selector.
pub(crate) fn canonical(value: &str) -> String {
    symbol(value, EmojiNames::COMMON)
        .chars()
        .filter(|character| *character != '\u{FE0F}')
        .collect()
}

/// A reaction as it is shown: the emoji, or the text of an unknown one, which is inert and short (X9).
pub(crate) fn symbol(value: &str, names: EmojiNames<'_>) -> String {
    let name = value
        .strip_prefix(':')
        .and_then(|rest| rest.strip_suffix(':'));
    match name.and_then(|name| names.find(name)) {
        Some((_, emoji)) => emoji.to_owned(),
        None => value
            .chars()
            .filter(|character| !character.is_control())
            .take(24)
            .collect(),
    }
}

/// Whether two spellings mean the same reaction.
pub(crate) fn same_reaction(one: &str, other: &str) -> bool {
    canonical(one) == canonical(other)
}
