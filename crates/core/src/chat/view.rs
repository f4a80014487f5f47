use super::Chat;
use crate::outbox::{Pending, Stage};
use crate::text;
use crate::timeline::{Key, Record, same_reaction, symbol};
use crate::{
    Author, Delivery, Kind, LinkCard, Pinned, PollAnswer, PollView, Quote, ReactionView, Row, RowId,
};
use std::rc::Rc;
use wire::rest::{MessageType, UserReference};
use wire::socket::{LinkEmbed, ReactionKind};
use wire::{MessageId, UserId};

/// Messages further apart than this are not grouped.
const GROUP_MILLIS: i64 = 5 * 60_000;
const DAY_MILLIS: i64 = 86_400_000;
/// A quote shows that many characters.
const EXCERPT_CHARACTERS: usize = 140;

/// What decides whether two neighbours are one group.
struct Neighbour<'a> {
    author: &'a UserId,
    created_at: i64,
    kind: Kind,
}

impl Chat {
    pub(super) fn view(&self, row: RowId) -> Option<Row> {
        let key = self.timeline.key(row)?;
        let mut view = if key.is_local() {
            self.pending_view(self.outbox.find(row)?)?
        } else {
            self.delivered_view(row, key)?
        };
        if let Some(at) = self.timeline.order().position(key) {
            self.place(&mut view, at);
        }
        Some(view)
    }

    fn delivered_view(&self, row: RowId, key: &Key) -> Option<Row> {
        let record = self.timeline.record(&key.id)?;
        let message = &record.message;
        let viewer = self.viewer().map(|viewer| &viewer.id);
        Some(Row {
            id: row,
            message: Some(message.id.clone()),
            author: self.author(&message.user),
            own: viewer == Some(&message.user.id),
            kind: kind(&message.message_type),
            text: self.document(record),
            source: record.source(),
            created_at: key.created_at,
            edited: message.is_edited,
            pinned: message.is_pinned,
            quote: message
                .replying_to_message_id
                .as_ref()
                .map(|id| self.quote(id)),
            reactions: self.reactions(key),
            poll: self.poll(record),
            attachments: self.files(message.attachments.as_deref().unwrap_or_default()),
            cards: self
                .timeline
                .links(&message.id)
                .iter()
                .filter_map(|link| self.card(link))
                .collect(),
            delivery: Delivery::Delivered,
            deletion: self.deletions.get(&message.id).cloned(),
            starts_group: true,
            ends_group: true,
            starts_day: true,
        })
    }

    fn pending_view(&self, pending: &Pending) -> Option<Row> {
        let viewer = self.viewer()?;
        Some(Row {
            id: pending.row,
            message: None,
            author: self.author(viewer),
            own: true,
            kind: Kind::Regular,
            text: pending.document.clone(),
            source: pending.content.clone(),
            created_at: pending.created_at,
            edited: false,
            pinned: false,
            quote: pending.replying_to.as_ref().map(|id| self.quote(id)),
            reactions: Vec::new(),
            poll: None,
            attachments: Vec::new(),
            cards: Vec::new(),
            delivery: match &pending.stage {
                Stage::Failed(failure) => Delivery::Failed(failure.clone()),
                _ => Delivery::Pending,
            },
            deletion: None,
            starts_group: true,
            ends_group: true,
            starts_day: false,
        })
    }

    /// Fills in what depends on the rows before and after.
    fn place(&self, view: &mut Row, at: usize) {
        let before = at.checked_sub(1).and_then(|before| self.neighbour(before));
        let after = self.neighbour(at + 1);
        let this = Neighbour {
            author: &view.author.id,
            created_at: view.created_at,
            kind: view.kind,
        };
        let starts_day = before
            .as_ref()
            .is_none_or(|before| self.day(before.created_at) != self.day(this.created_at));
        let starts_group = starts_day || !before.is_some_and(|before| self.grouped(&before, &this));
        let ends_group = !after.is_some_and(|after| self.grouped(&this, &after));
        view.starts_day = starts_day;
        view.starts_group = starts_group;
        view.ends_group = ends_group;
    }

    fn neighbour(&self, at: usize) -> Option<Neighbour<'_>> {
        let (key, row) = self.timeline.order().get(at)?;
        if key.is_local() {
            return Some(Neighbour {
                author: &self.viewer()?.id,
                created_at: self.outbox.find(*row)?.created_at,
                kind: Kind::Regular,
            });
        }
        let message = &self.timeline.record(&key.id)?.message;
        Some(Neighbour {
            author: &message.user.id,
            created_at: key.created_at,
            kind: kind(&message.message_type),
        })
    }

    fn grouped(&self, before: &Neighbour<'_>, after: &Neighbour<'_>) -> bool {
        before.author == after.author
            && before.kind == Kind::Regular
            && after.kind == Kind::Regular
            && after.created_at - before.created_at <= GROUP_MILLIS
            && self.day(before.created_at) == self.day(after.created_at)
    }

    /// The day of a moment in the visitor's time zone, counted from the Unix epoch.
    fn day(&self, unix_millis: i64) -> i64 {
        (unix_millis + i64::from(self.options.utc_offset_minutes) * 60_000).div_euclid(DAY_MILLIS)
    }

    fn document(&self, record: &Record) -> Rc<text::Document> {
        let parse = |content: &str| {
            let names = self.text_context(record);
            self.texts.parse(content, &names.context())
        };
        if self.texts.can_parse() {
            record.document(parse)
        } else {
            parse(record.message.content.as_deref().unwrap_or_default())
        }
    }

    pub(super) fn text_context<'a>(&'a self, record: &'a Record) -> TextContext<'a> {
        let message = &record.message;
        let users = message.mentions.iter().filter_map(|id| self.people.get(id));
        TextContext {
            mentions: users
                .map(|user| text::KnownUser {
                    id: &user.id,
                    username: &user.username,
                    name: user.name.as_deref(),
                })
                .collect(),
            everyone: message.mentions_everyone,
            viewer: self.viewer().map(|viewer| viewer.id.as_str()),
            experience: self.experience(),
            emoji: self.emoji_names(),
        }
    }

    fn author(&self, user: &UserReference) -> Author {
        Author {
            id: user.id.clone(),
            name: display_name(user),
            picture: self.picture(
                user.profile_picture
                    .as_ref()
                    .and_then(|picture| picture.url.clone())
                    .or_else(|| self.picture_of(&user.id)),
            ),
            is_admin: self.is_admin(&user.id),
        }
    }

    pub(super) fn pinned_view(&self, record: &Record) -> Pinned {
        Pinned {
            message: record.message.id.clone(),
            author: display_name(&record.message.user),
            excerpt: self.excerpt(record),
            created_at: record.key.created_at,
        }
    }

    /// The experience that the channel belongs to, which a message can name.
    pub(super) fn experience(&self) -> Option<text::KnownExperience<'_>> {
        let experience = &self.channel()?.experience;
        Some(text::KnownExperience {
            id: &experience.id,
            name: &experience.name,
        })
    }

    fn quote(&self, id: &MessageId) -> Quote {
        if self.timeline.is_deleted(id) {
            return Quote::Deleted;
        }
        match self.timeline.record(id) {
            Some(record) => Quote::Known {
                message: id.clone(),
                author: display_name(&record.message.user),
                excerpt: self.excerpt(record),
            },
            None => Quote::Elsewhere {
                message: id.clone(),
            },
        }
    }

    /// A message in one line: its text, or the name of its first file where it has none.
    pub(super) fn excerpt(&self, record: &Record) -> String {
        let text = self.document(record).plain_text();
        let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if line.is_empty() {
            let mut files = record.message.attachments.iter().flatten();
            return files
                .find_map(|file| file.filename.clone())
                .unwrap_or_default();
        }
        line.chars().take(EXCERPT_CHARACTERS).collect()
    }

    /// A card of a link that may be followed. One that says nothing is none.
    fn card(&self, link: &LinkEmbed) -> Option<LinkCard> {
        let url = text::SafeUrl::parse(&link.url).filter(|url| url.as_str().starts_with("http"))?;
        let loading = link.processing;
        if !loading && link.title.trim().is_empty() && link.description.trim().is_empty() {
            return None;
        }
        Some(LinkCard {
            url,
            title: link.title.trim().to_owned(),
            description: link.description.trim().to_owned(),
            image: self.web_picture(&link.image),
            icon: self.web_picture(&link.favicon),
            loading,
        })
    }

    fn reactions(&self, key: &Key) -> Vec<ReactionView> {
        let tallies = self.timeline.tallies(&key.id);
        let mut views: Vec<ReactionView> = tallies
            .map(crate::timeline::Tallies::reactions)
            .unwrap_or_default()
            .into_iter()
            .map(|tally| ReactionView {
                symbol: shown(&tally.value, self.emoji_names()),
                value: tally.value,
                count: tally.count,
                own: tally.own,
            })
            .collect();
        let overlays = self
            .overlays
            .iter()
            .filter(|overlay| overlay.message == key.id && overlay.kind == ReactionKind::Emoji);
        for overlay in overlays {
            let view = views
                .iter_mut()
                .find(|view| same_reaction(&view.value, &overlay.value));
            match view {
                Some(view) if view.own != overlay.present => {
                    view.own = overlay.present;
                    view.count = if overlay.present {
                        view.count + 1
                    } else {
                        view.count.saturating_sub(1)
                    };
                }
                None if overlay.present => views.push(ReactionView {
                    value: overlay.value.clone(),
                    symbol: shown(&overlay.value, self.emoji_names()),
                    count: 1,
                    own: true,
                }),
                _ => {}
            }
        }
        views.retain(|view| view.count > 0);
        views
    }

    /// [`Row::reactions`] alone. How all of a row looks, only those need who draw it, and they come later (ADR 0017).
    pub(super) fn reactions_of(&self, row: RowId) -> Vec<ReactionView> {
        let key = self.timeline.key(row).filter(|key| !key.is_local());
        key.map(|key| self.reactions(key)).unwrap_or_default()
    }

    /// [`Row::poll`] alone.
    pub(super) fn poll_of(&self, row: RowId) -> Option<PollView> {
        self.poll(self.timeline.record(&self.timeline.key(row)?.id)?)
    }

    fn poll(&self, record: &Record) -> Option<PollView> {
        let options = record.message.poll.as_ref()?.options.as_ref()?;
        let tallies = self.timeline.tallies(&record.message.id);
        let mut answers: Vec<PollAnswer> = options
            .iter()
            .map(|option| {
                let (votes, own) = tallies.map_or((0, false), |tallies| tallies.votes(&option.id));
                PollAnswer {
                    option: option.id.clone(),
                    text: option.text.clone(),
                    votes,
                    own,
                }
            })
            .collect();
        let overlays = self.overlays.iter().filter(|overlay| {
            overlay.message == record.message.id && overlay.kind == ReactionKind::Vote
        });
        for overlay in overlays {
            for answer in &mut answers {
                let chosen = answer.option == overlay.value;
                match (answer.own, chosen) {
                    (true, false) => answer.votes = answer.votes.saturating_sub(1),
                    (false, true) => answer.votes += 1,
                    _ => {}
                }
                answer.own = chosen;
            }
        }
        let votes = answers.iter().map(|answer| answer.votes);
        let total = votes.fold(0, u64::saturating_add);
        Some(PollView { answers, total })
    }
}

/// The names that a message's mentions may have.
pub(super) struct TextContext<'a> {
    mentions: Vec<text::KnownUser<'a>>,
    everyone: bool,
    viewer: Option<&'a str>,
    experience: Option<text::KnownExperience<'a>>,
    emoji: text::EmojiNames<'a>,
}

impl TextContext<'_> {
    pub(super) fn context(&self) -> text::Context<'_> {
        text::Context {
            mentions: &self.mentions,
            everyone: self.everyone,
            viewer: self.viewer,
            experience: self.experience,
            emoji: self.emoji,
        }
    }
}

/// A reaction as it is drawn: an emoji that is also a text symbol is asked for in colour.
fn shown(value: &str, names: text::EmojiNames<'_>) -> String {
    let symbol = symbol(value, names);
    let mut characters = symbol.chars();
    match (characters.next(), characters.next()) {
        (Some(single), None) if ('\u{2000}'..='\u{2BFF}').contains(&single) => {
            [&symbol, "\u{FE0F}"].concat()
        }
        _ => symbol,
    }
}

pub(super) fn kind(message_type: &MessageType) -> Kind {
    match message_type {
        MessageType::System => Kind::System,
        MessageType::Automated => Kind::Automated,
        _ => Kind::Regular,
    }
}

/// What to call a user.
pub(super) fn display_name(user: &UserReference) -> String {
    let name = user
        .name
        .as_deref()
        .map(str::trim)
        .filter(|name| !name.is_empty());
    name.unwrap_or(&user.username).to_owned()
}
